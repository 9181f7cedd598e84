/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernels for AVX-512: thirty-two registers of sixteen floats or eight doubles. */
#include "kernel/tile/tile.h"

#include <immintrin.h>

enum { MOST_VECTORS = 6, MOST_CASES = 13 };
#define MOST_ROWS(vectors) ((vectors) <= 2 ? 13 : (vectors) == 3 ? 9 : 24 / (vectors))
#define MOST_K_ROWS(columns) ((columns) == 1 ? 8 : (columns) == 2 ? 7 : 8 - (columns))

/* The lanes that are below n, of `lanes`. */
static inline unsigned first_of(int64_t n, int lanes) {
    return n <= 0 ? 0 : n >= lanes ? (1u << lanes) - 1 : (1u << n) - 1;
}

/* Lanes of a vector's last n, then the first of another: numbers below zero count from the end of
 * the second operand. */
static inline __m512i order_16(int64_t n) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm512_sub_epi32(lane, _mm512_set1_epi32((int)n));
}
static inline __m512i order_8(int64_t n) {
    return _mm512_sub_epi64(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64(n));
}

/* Halves are added to halves. */
static inline float sum_16(__m512 x) {
    __m256 h = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

static inline double sum_8(__m512d x) {
    __m256d h = _mm256_add_pd(_mm512_castpd512_pd256(x), _mm512_extractf64x4_pd(x, 1));
    __m128d s = _mm_add_pd(_mm256_castpd256_pd128(h), _mm256_extractf128_pd(h, 1));
    return _mm_cvtsd_f64(_mm_add_sd(s, _mm_unpackhi_pd(s, s)));
}

#define NAME(part) f32_##part
#define ELEM float
#define VEC __m512
#define LANES 16
#define ZERO() _mm512_setzero_ps()
#define BROADCAST(p) _mm512_set1_ps(*(p))
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, x) _mm512_storeu_ps(p, x)
#define STREAM(p, x) _mm512_stream_ps(p, x)
#define FMA(x, y, sum) _mm512_fmadd_ps(x, y, sum)
#define MASK __mmask16
#define FIRST_LANES(n) (__mmask16) first_of(n, 16)
#define LOAD_MASKED(p, mask) _mm512_maskz_loadu_ps(mask, p)
#define LOAD_LAST(p, n) _mm512_maskz_loadu_ps((__mmask16)~first_of(16 - (n), 16), (p) + (n)-16)
#define STORE_MASKED(p, mask, x) _mm512_mask_storeu_ps(p, mask, x)
#define STORE_LAST(p, x, n) _mm512_mask_storeu_ps(p, (__mmask16)~first_of(n, 16), x)
#define JOIN(last, first, n) _mm512_permutex2var_ps(first, order_16(n), last)
#define SUM(x) sum_16(x)
#include "kernel/tile/tile_tmpl.h"

#define NAME(part) f64_##part
#define ELEM double
#define VEC __m512d
#define LANES 8
#define ZERO() _mm512_setzero_pd()
#define BROADCAST(p) _mm512_set1_pd(*(p))
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, x) _mm512_storeu_pd(p, x)
#define STREAM(p, x) _mm512_stream_pd(p, x)
#define FMA(x, y, sum) _mm512_fmadd_pd(x, y, sum)
#define MASK __mmask8
#define FIRST_LANES(n) (__mmask8) first_of(n, 8)
#define LOAD_MASKED(p, mask) _mm512_maskz_loadu_pd(mask, p)
#define LOAD_LAST(p, n) _mm512_maskz_loadu_pd((__mmask8)~first_of(8 - (n), 8), (p) + (n)-8)
#define STORE_MASKED(p, mask, x) _mm512_mask_storeu_pd(p, mask, x)
#define STORE_LAST(p, x, n) _mm512_mask_storeu_pd(p, (__mmask8)~first_of(n, 8), x)
#define JOIN(last, first, n) _mm512_permutex2var_pd(first, order_8(n), last)
#define SUM(x) sum_8(x)
#include "kernel/tile/tile_tmpl.h"

const struct tile_kernel lax_i_tile_avx512[] = {
#define TILE(type, vectors)                                                                        \
    {type##_x##vectors, TILE_TYPE(type), TILE_LANES(type, 64), vectors, MOST_ROWS(vectors)},
#include "kernel/tile/tile.def"
};

const struct tile_kernel lax_i_tile_k_avx512[] = {
#define TILE_K(type, columns)                                                                      \
    {type##_k##columns, TILE_TYPE(type), 1, columns, MOST_K_ROWS(columns)},
#include "kernel/tile/tile.def"
};

/* --- lines: words of four bytes, whatever they are parts of ----------------------------------- */

enum { WORDS = 16 };
typedef __m512i words;

static inline words words_load(const void *p) { return _mm512_loadu_si512(p); }
static inline void words_store(void *p, words x) { _mm512_storeu_si512(p, x); }
static inline void words_stream(void *p, words x) { _mm512_stream_si512(p, x); }

/* Words begin <= i < end. */
static inline void words_store_part(void *p, words x, int64_t begin, int64_t end) {
    _mm512_mask_storeu_epi32(p, (__mmask16)(first_of(end, 16) & ~first_of(begin, 16)), x);
}

/* The last n words of one, then the first of another. */
static inline words words_join(words last, words first, int64_t n) {
    return _mm512_permutex2var_epi32(first, order_16(n), last);
}

#define STORE_TILE lax_i_tile_store_avx512
#define STORE_LINES lax_i_tile_lines_avx512
#include "kernel/tile/store_x86.h"
