/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernels for AVX2 and FMA: sixteen registers of eight floats or four doubles. */
#include "kernel/tile/tile.h"

#include <immintrin.h>

enum { MOST_VECTORS = 6, MOST_CASES = 13 };
#define MOST_ROWS(vectors) (12 / (vectors))
#define MOST_K_ROWS(columns) ((columns) == 1 ? 8 : 12 / (columns))

/* The lanes that are below n; the last n. */
static inline __m256i first_8(int64_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lane);
}
static inline __m256i last_8(int64_t n) {
    const __m256i lane = _mm256_setr_epi32(8, 7, 6, 5, 4, 3, 2, 1);
    return _mm256_cmpgt_epi32(lane, _mm256_set1_epi32((int)n));
}

static inline __m256i first_4(int64_t n) {
    const __m256i lane = _mm256_setr_epi64x(0, 1, 2, 3);
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), lane);
}
static inline __m256i last_4(int64_t n) {
    const __m256i lane = _mm256_setr_epi64x(4, 3, 2, 1);
    return _mm256_cmpgt_epi64(lane, _mm256_set1_epi64x(n));
}

/* Halves are added to halves. */
static inline float sum_8(__m256 x) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

static inline double sum_4(__m256d x) {
    __m128d s = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
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
#define LOAD_LAST(p, n) _mm256_andnot_ps(_mm256_castsi256_ps(last_8(n)), LOAD((p) + (n)-8))
#define STORE_MASKED(p, mask, x) _mm256_maskstore_ps(p, mask, x)
#define SUM(x) sum_8(x)
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
#define LOAD_LAST(p, n) _mm256_andnot_pd(_mm256_castsi256_pd(last_4(n)), LOAD((p) + (n)-4))
#define STORE_MASKED(p, mask, x) _mm256_maskstore_pd(p, mask, x)
#define SUM(x) sum_4(x)
#include "kernel/tile/tile_tmpl.h"

const struct tile_kernel lax_i_tile_avx2[] = {
#define TILE(type, vectors)                                                                        \
    {type##_x##vectors, TILE_TYPE(type), TILE_LANES(type, 32), vectors, MOST_ROWS(vectors)},
#include "kernel/tile/tile.def"
};

const struct tile_kernel lax_i_tile_k_avx2[] = {
#define TILE_K(type, columns)                                                                      \
    {type##_k##columns, TILE_TYPE(type), 1, columns, MOST_K_ROWS(columns)},
#include "kernel/tile/tile.def"
};

#define STORE_TILE lax_i_tile_store_avx2
#include "kernel/tile/store_x86.h"
