/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the family `tile`: one list of kernels a level, rows as in tile.def. */
#ifndef LAX_KERNEL_TILE_TILE_H
#define LAX_KERNEL_TILE_TILE_H

#include "kernel/kernel.h"

#define TILE_TYPE(type) TILE_TYPE_##type
#define TILE_TYPE_f32 LAX_F32
#define TILE_TYPE_f64 LAX_F64
/* Elements of a vector of nbytes. */
#define TILE_LANES(type, nbytes) ((nbytes) / TILE_NBYTES_##type)
#define TILE_NBYTES_f32 4
#define TILE_NBYTES_f64 8

#define TILE(type, vectors) +1
enum {
    TILE_KERNELS = 0
#include "kernel/tile/tile.def"
};
#define TILE_K(type, columns) +1
enum {
    TILE_K_KERNELS = 0
#include "kernel/tile/tile.def"
};

/* Row by row, for every type; and for f32 in vectors. */
void lax_i_tile_store_rows(const struct tile_store *store, void *sums,
                           const struct tile_part *part);
void lax_i_tile_store_avx2(const struct tile_store *store, void *sums,
                           const struct tile_part *part);
void lax_i_tile_store_avx512(const struct tile_store *store, void *sums,
                             const struct tile_part *part);

/* The way out of sums of any type by lines, where there is nothing but that to do. */
void lax_i_tile_lines_avx2(const struct tile_store *store, void *sums,
                           const struct tile_part *part);
void lax_i_tile_lines_avx512(const struct tile_store *store, void *sums,
                             const struct tile_part *part);

extern const struct tile_kernel lax_i_tile_scalar[TILE_KERNELS];
extern const struct tile_kernel lax_i_tile_avx2[TILE_KERNELS];
extern const struct tile_kernel lax_i_tile_avx512[TILE_KERNELS];
extern const struct tile_kernel lax_i_tile_k_scalar[TILE_K_KERNELS];
extern const struct tile_kernel lax_i_tile_k_avx2[TILE_K_KERNELS];
extern const struct tile_kernel lax_i_tile_k_avx512[TILE_K_KERNELS];

#endif /* LAX_KERNEL_TILE_TILE_H */
