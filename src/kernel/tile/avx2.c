/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernels for AVX2 and FMA: sixteen registers of eight floats or four doubles. */
#include "kernel/tile/tile.h"

#include <immintrin.h>

enum { MOST_VECTORS = 6, MOST_CASES = 13 };
#define MOST_ROWS(vectors) (12 / (vectors))

/* The lanes that are below n. */
static inline __m256i first_8(int64_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    n = n < 0 ? 0 : n > 8 ? 8 : n;
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}

static inline __m256i first_4(int64_t n) {
    const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
    n = n < 0 ? 0 : n > 4 ? 4 : n;
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), lane);
}

#define NAME(part) f32_##part
#define ELEM float
#define VEC __m256
#define LANES 8
#define ZERO() _mm256_setzero_ps()
#define BROADCAST(p) _mm256_broadcast_ss(p)
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, x) _mm256_storeu_ps(p, x)
#define STREAM(p, x) _mm256_stream_ps(p, x)
#define FMA(x, y, sum) _mm256_fmadd_ps(x, y, sum)
#define MASK __m256i
#define FIRST_LANES(n) first_8(n)
#define LOAD_MASKED(p, mask) _mm256_maskload_ps(p, mask)
#define STORE_MASKED(p, mask, x) _mm256_maskstore_ps(p, mask, x)
#include "kernel/tile/tile_tmpl.h"

#define NAME(part) f64_##part
#define ELEM double
#define VEC __m256d
#define LANES 4
#define ZERO() _mm256_setzero_pd()
#define BROADCAST(p) _mm256_broadcast_sd(p)
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, x) _mm256_storeu_pd(p, x)
#define STREAM(p, x) _mm256_stream_pd(p, x)
#define FMA(x, y, sum) _mm256_fmadd_pd(x, y, sum)
#define MASK __m256i
#define FIRST_LANES(n) first_4(n)
#define LOAD_MASKED(p, mask) _mm256_maskload_pd(p, mask)
#define STORE_MASKED(p, mask, x) _mm256_maskstore_pd(p, mask, x)
#include "kernel/tile/tile_tmpl.h"

const struct tile_kernel lax_i_tile_avx2[] = {
#define TILE(type, vectors)                                                                        \
    {type##_x##vectors, TILE_TYPE(type), TILE_LANES(type, 32), vectors, MOST_ROWS(vectors)},
#include "kernel/tile/tile.def"
#undef TILE
};

#define STORE_TILE lax_i_tile_store_avx2
#include "kernel/tile/store_x86.h"
