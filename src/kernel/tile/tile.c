/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernel of a level, a type and a width; the way out of tiles for any type. */
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

/* --- the way out ------------------------------------------------------------------------------ */

enum { MOST_WIDTH = 6 * 16 };

void lax_i_tile_store_rows(const struct tile_store *s, void *sums, const struct tile_part *part) {
    double bias_room[MOST_WIDTH], residual_room[MOST_WIDTH];
    int64_t size = (int64_t)s->to.src_size, out_size = (int64_t)s->to.dst_size;
    for (int64_t m = 0; m < part->rows; m++) {
        char *x = (char *)sums + m * part->width * size;
        const void *bias = s->bias, *residual = NULL;
        if (bias != NULL && s->bias_by_row) {
            const char *one = (const char *)bias + (part->first + m) * size;
            for (int64_t j = 0; j < part->columns; j++)
                memcpy((char *)bias_room + j * size, one, (size_t)size);
            bias = bias_room;
        }
        if (s->residual != NULL) {
            const char *row = (const char *)s->residual;
            row += s->residual_row[part->first + m] * out_size;
            lax_i_convert(&s->from, residual_room, 1, row, 1, part->columns);
            residual = residual_room;
        }
        if (s->epilogue != NULL)
            s->epilogue(x, bias, residual, part->columns, s->activation, s->alpha, s->beta);
        lax_i_convert(&s->to, (char *)s->out + s->out_row[part->first + m] * out_size, 1, x, 1,
                      part->columns);
    }
}

void lax_i_tile_store(struct tile_store *store, lax_isa isa, lax_dtype type) {
    store->run = lax_i_tile_store_rows;
#if defined(LAX_HAVE_X86_KERNELS)
    bool wide = isa >= LAX_ISA_AVX512;
    if (store->lines && store->epilogue == NULL)
        store->run = wide ? lax_i_tile_lines_avx512 : lax_i_tile_lines_avx2;
    else if (type == LAX_F32 && isa >= LAX_ISA_AVX2)
        store->run = wide ? lax_i_tile_store_avx512 : lax_i_tile_store_avx2;
#else
    (void)isa, (void)type;
#endif
}
