/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's best instruction-set level, from CPUID, XCR0 and the operating system's word on
 * AMX, and the table of level names. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity, syscall */
#endif
#include "cpu/caches.h"

#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#include <sys/syscall.h>
#endif
#if defined(__x86_64__)
#include <cpuid.h>
#endif

static const struct {
    const char *name;
    double gflops; /* f32 rate of one core of a present server at this level */
} levels[] = {
    [LAX_ISA_UNSET] = {"unset", 0}, [LAX_ISA_SCALAR] = {"scalar", 8},
    [LAX_ISA_AVX2] = {"avx2", 80},  [LAX_ISA_AVX512] = {"avx512", 150},
    [LAX_ISA_AMX] = {"amx", 150},
};

const char *lax_i_isa_name(lax_isa isa) {
    unsigned i = (unsigned)isa;
    return i < (unsigned)LAX_COUNTOF(levels) ? levels[i].name : "invalid";
}

lax_isa lax_i_isa_from_name(const char *name) {
    for (int i = LAX_ISA_SCALAR; i < LAX_COUNTOF(levels); i++)
        if (strcmp(levels[i].name, name) == 0) return (lax_isa)i;
    return LAX_ISA_UNSET;
}

#if defined(__x86_64__)
struct registers {
    unsigned eax, ebx, ecx, edx;
};

static struct registers cpuid(unsigned leaf) {
    struct registers r = {0, 0, 0, 0};
    if (!__get_cpuid_count(leaf, 0, &r.eax, &r.ebx, &r.ecx, &r.edx))
        r = (struct registers){0, 0, 0, 0};
    return r;
}

static bool has(unsigned word, unsigned bits) { return (word & bits) == bits; }

/* Which register files the operating system saves. Valid only where OSXSAVE is set. */
static unsigned xcr0(void) {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* Linux gives the tile registers only to processes that ask. */
static bool amx_permitted(void) {
#if defined(__linux__)
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
#else
    return false;
#endif
}

static lax_isa detect_isa(void) {
    enum { YMM_STATE = 0x6, ZMM_STATE = 0xe6, TILE_STATE = 0x60000 };
    struct registers one = cpuid(1), seven = cpuid(7);
    if (!has(one.ecx, bit_OSXSAVE | bit_AVX | bit_FMA | bit_F16C)) return LAX_ISA_SCALAR;
    unsigned saved = xcr0();
    if (!has(saved, YMM_STATE) || !has(seven.ebx, bit_AVX2)) return LAX_ISA_SCALAR;
    unsigned avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL | bit_AVX512CD;
    if (!has(saved, ZMM_STATE) || !has(seven.ebx, avx512)) return LAX_ISA_AVX2;
    unsigned amx = 1u << 24 | 1u << 22 | 1u << 25; /* tiles, bf16, int8 */
    if (!has(saved, TILE_STATE) || !has(seven.edx, amx)) return LAX_ISA_AVX512;
    return amx_permitted() ? LAX_ISA_AMX : LAX_ISA_AVX512;
}
#else
static lax_isa detect_isa(void) { return LAX_ISA_SCALAR; }
#endif

static int32_t count_cpus(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int32_t)online : 1;
}

/* Written once, under pthread_once, and constant from then on: CPUID leaves the virtual machine
 * and costs tens of microseconds there. */
static struct machine machine;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void detect(void) {
    machine.hardware_isa = machine.isa = detect_isa();
    machine.gflops = levels[machine.isa].gflops;
    machine.gbytes = 12;
    machine.cpus = count_cpus();
    lax_i_cache_sizes(&machine);
}

const struct machine *lax_i_machine(void) {
    pthread_once(&once, detect);
    return &machine;
}

struct machine lax_i_machine_at(lax_isa isa) {
    struct machine limited = *lax_i_machine();
    if (isa != LAX_ISA_UNSET && isa < limited.isa) limited.isa = isa;
    limited.gflops = levels[limited.isa].gflops;
    return limited;
}
