/* SPDX-License-Identifier: Apache-2.0 */
/* Cache sizes by CPUID's deterministic cache parameters; elsewhere sizes that most cores have. */
#include "cpu/caches.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* Intel describes caches in leaf 4; AMD in leaf 0x8000001d, in the same words. */
static unsigned cache_leaf(void) {
    enum { AMD_TOPOLOGY_EXTENSIONS = 1 << 22 };
    unsigned eax, ebx, ecx, edx;
    bool amd = __get_cpuid(0x80000001u, &eax, &ebx, &ecx, &edx) && (ecx & AMD_TOPOLOGY_EXTENSIONS);
    return amd ? 0x8000001du : 4;
}

/* Takes the sizes of data and unified caches, level by level. */
static void read_caches(int64_t sizes[4]) {
    unsigned leaf = cache_leaf(), eax, ebx, ecx, edx;
    for (unsigned i = 0; i < 16; i++) {
        if (!__get_cpuid_count(leaf, i, &eax, &ebx, &ecx, &edx)) return;
        unsigned type = eax & 0x1f, level = eax >> 5 & 7;
        if (type == 0) return;
        int64_t ways = (ebx >> 22) + 1, partitions = (ebx >> 12 & 0x3ff) + 1;
        int64_t line = (ebx & 0xfff) + 1, sets = (int64_t)ecx + 1;
        if (type != 2 && level >= 1 && level <= 3) sizes[level] = ways * partitions * line * sets;
    }
}
#else
static void read_caches(int64_t sizes[4]) { (void)sizes; }
#endif

void lax_i_cache_sizes(struct machine *machine) {
    int64_t sizes[4] = {0, 32 << 10, 1 << 20, 8 << 20};
    read_caches(sizes);
    machine->l1_nbytes = sizes[1];
    machine->l2_nbytes = sizes[2];
    machine->l3_nbytes = sizes[3];
}
