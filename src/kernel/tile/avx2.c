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

/* The last n words of four bytes of a vector, then the first of another. */
static inline __m256i join(__m256i last, __m256i first, int64_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i order = _mm256_sub_epi32(lane, _mm256_set1_epi32((int)n));
    return _mm256_blendv_epi8(_mm256_permutevar8x32_epi32(first, order),
                              _mm256_permutevar8x32_epi32(last, order), first_8(n));
}
static inline __m256i others(__m256i mask) { return _mm256_xor_si256(mask, _mm256_set1_epi32(-1)); }
static inline __m256i cast_f32(__m256 x) { return _mm256_castps_si256(x); }
static inline __m256i cast_f64(__m256d x) { return _mm256_castpd_si256(x); }

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
#define STORE_LAST(p, x, n) _mm256_maskstore_ps(p, others(first_8(n)), x)
#define JOIN(last, first, n) _mm256_castsi256_ps(join(cast_f32(last), cast_f32(first), n))
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
#define STORE_LAST(p, x, n) _mm256_maskstore_pd(p, others(first_4(n)), x)
#define JOIN(last, first, n) _mm256_castsi256_pd(join(cast_f64(last), cast_f64(first), 2 * (n)))
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

/* --- lines, halves of them: words of four bytes, whatever they are parts of ------------------- */

enum { WORDS = 8 };
typedef __m256i words;

static inline words words_load(const void *p) { return _mm256_loadu_si256(p); }
static inline void words_store(void *p, words x) { _mm256_storeu_si256(p, x); }
static inline void words_stream(void *p, words x) { _mm256_stream_si256(p, x); }

/* Words begin <= i < end. */
static inline void words_store_part(void *p, words x, int64_t begin, int64_t end) {
    _mm256_maskstore_epi32(p, _mm256_andnot_si256(first_8(begin), first_8(end)), x);
}

/* The last n words of one, then the first of another. */
static inline words words_join(words last, words first, int64_t n) { return join(last, first, n); }

#define STORE_TILE lax_i_tile_store_avx2
#define STORE_LINES lax_i_tile_lines_avx2
#include "kernel/tile/store_x86.h"
