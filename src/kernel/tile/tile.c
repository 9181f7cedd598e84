/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernel of a level, a type and a width. */
#include "kernel/tile/tile.h"

static const struct tile_kernel *list_of(lax_isa isa) {
#if defined(LAX_HAVE_X86_KERNELS)
    if (isa >= LAX_ISA_AVX512) return lax_i_tile_avx512;
    if (isa >= LAX_ISA_AVX2) return lax_i_tile_avx2;
#endif
    (void)isa;
    return lax_i_tile_scalar;
}

static const struct tile_kernel *list_of_k(lax_isa isa) {
#if defined(LAX_HAVE_X86_KERNELS)
    if (isa >= LAX_ISA_AVX512) return lax_i_tile_k_avx512;
    if (isa >= LAX_ISA_AVX2) return lax_i_tile_k_avx2;
#endif
    (void)isa;
    return lax_i_tile_k_scalar;
}

static const struct tile_kernel *find(const struct tile_kernel *list, int n, lax_dtype type,
                                      int vectors) {
    for (int i = 0; i < n; i++)
        if (list[i].type == type && list[i].vectors == vectors) return &list[i];
    return NULL;
}

const struct tile_kernel *lax_i_tile_kernel(lax_isa isa, lax_dtype type, int vectors) {
    return find(list_of(isa), TILE_KERNELS, type, vectors);
}

const struct tile_kernel *lax_i_tile_k_kernel(lax_isa isa, lax_dtype type, int columns) {
    return find(list_of_k(isa), TILE_K_KERNELS, type, columns);
}
