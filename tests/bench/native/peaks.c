/* SPDX-License-Identifier: Apache-2.0 */
/* Peaks of one core. This file is compiled with contraction of a * b + c into multiply-adds, for
 * which it is the only one. Each figure is the best of many short runs, because a neighbour on the
 * machine can only make one slower. */
#include "peaks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double peaks_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__x86_64__)
#define FOR(isa) __attribute__((target(isa), noinline))
#define FMA_NAME fma32_avx2
#define FMA_VECTOR v32_avx2
#define ELEMENT float
#define VECTOR_BYTES 32
#define TARGET FOR("avx2,fma")
#include "peaks_tmpl.h"
#define FMA_NAME fma64_avx2
#define FMA_VECTOR v64_avx2
#define ELEMENT double
#define VECTOR_BYTES 32
#define TARGET FOR("avx2,fma")
#include "peaks_tmpl.h"
#define FMA_NAME fma32_avx512
#define FMA_VECTOR v32_avx512
#define ELEMENT float
#define VECTOR_BYTES 64
#define TARGET FOR("avx512f")
#include "peaks_tmpl.h"
#define FMA_NAME fma64_avx512
#define FMA_VECTOR v64_avx512
#define ELEMENT double
#define VECTOR_BYTES 64
#define TARGET FOR("avx512f")
#include "peaks_tmpl.h"
#endif
#define FMA_NAME fma32_plain
#define FMA_VECTOR v32_plain
#define ELEMENT float
#define VECTOR_BYTES 16
#define TARGET __attribute__((noinline))
#include "peaks_tmpl.h"
#define FMA_NAME fma64_plain
#define FMA_VECTOR v64_plain
#define ELEMENT double
#define VECTOR_BYTES 16
#define TARGET __attribute__((noinline))
#include "peaks_tmpl.h"

enum { CHAINS = 12, ROUNDS = 20000 };

struct chain {
    double (*run)(int rounds);
    int vector_bytes;
};

static struct chain chain_of(int bits, enum peaks_isa isa) {
    int wide = bits == 64;
#if defined(__x86_64__)
    const struct chain avx512[] = {{fma32_avx512, 64}, {fma64_avx512, 64}};
    const struct chain avx2[] = {{fma32_avx2, 32}, {fma64_avx2, 32}};
    if ((isa == PEAKS_BEST || isa == PEAKS_AVX512) && __builtin_cpu_supports("avx512f"))
        return avx512[wide];
    if (isa != PEAKS_SCALAR && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return avx2[wide];
#endif
    (void)isa;
    return wide ? (struct chain){fma64_plain, 16} : (struct chain){fma32_plain, 16};
}

double peaks_fma(int bits, enum peaks_isa isa, double seconds) {
    struct chain chain = chain_of(bits, isa);
    double best = 1e9, start = peaks_now();
    do {
        double begun = peaks_now();
        chain.run(ROUNDS);
        double spent = peaks_now() - begun;
        if (spent < best) best = spent;
    } while (peaks_now() - start < seconds);
    double elements = (double)chain.vector_bytes * 8 / bits;
    return 2 * elements * CHAINS * ROUNDS / best * 1e-9;
}

/* Best seconds of one pass; small sizes are repeated inside so that the clock does not matter. */
static double best_pass(void (*pass)(char *, char *, size_t), size_t nbytes, double seconds) {
    char *from = aligned_alloc(64, (nbytes + 63) / 64 * 64);
    char *to = aligned_alloc(64, (nbytes + 63) / 64 * 64);
    int inner = nbytes < (1 << 20) ? (int)((1 << 20) / nbytes) : 1;
    double best = 0;
    if (from && to) {
        memset(from, 1, nbytes);
        memset(to, 2, nbytes);
        double start = peaks_now();
        do {
            double begun = peaks_now();
            for (int i = 0; i < inner; i++) pass(from, to, nbytes);
            double spent = (peaks_now() - begun) / inner;
            if (best == 0 || spent < best) best = spent;
        } while (peaks_now() - start < seconds);
    }
    free(from);
    free(to);
    return best;
}

static void copy_pass(char *from, char *to, size_t nbytes) {
    memcpy(to, from, nbytes);
    __asm__ volatile("" ::"r"(to) : "memory");
}

double peaks_copy(size_t nbytes, double seconds) {
    double best = best_pass(copy_pass, nbytes, seconds);
    return best > 0 ? 2 * (double)nbytes / best * 1e-9 : 0;
}
