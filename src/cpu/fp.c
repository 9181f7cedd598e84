/* SPDX-License-Identifier: Apache-2.0 */
/* The floating-point environment of tasks: round to nearest, exceptions masked, subnormals kept
 * or flushed, whatever the caller's or the pool's threads had. */
#include "cpu/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>

unsigned lax_i_fp_enter(bool flush_subnormals) {
    enum { MASKED_NEAREST = 0x1f80, FTZ_DAZ = 0x8040 };
    unsigned saved = _mm_getcsr(), wanted = MASKED_NEAREST | (flush_subnormals ? FTZ_DAZ : 0);
    if (saved != wanted) _mm_setcsr(wanted);
    return saved;
}

void lax_i_fp_leave(unsigned saved) {
    if (_mm_getcsr() != saved) _mm_setcsr(saved);
}
#elif defined(__aarch64__)
unsigned lax_i_fp_enter(bool flush_subnormals) {
    enum { FZ = 1 << 24 };
    uint64_t saved, wanted = flush_subnormals ? FZ : 0;
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
    __asm__ volatile("msr fpcr, %0" : : "r"(wanted));
    return (unsigned)saved;
}

void lax_i_fp_leave(unsigned saved) { __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)saved)); }
#else
unsigned lax_i_fp_enter(bool flush_subnormals) {
    (void)flush_subnormals;
    return 0;
}

void lax_i_fp_leave(unsigned saved) { (void)saved; }
#endif
