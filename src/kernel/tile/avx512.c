/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernels for AVX-512: thirty-two registers of sixteen floats or eight doubles. */
#include "kernel/tile/tile.h"

#include <immintrin.h>

enum { MOST_VECTORS = 6, MOST_CASES = 13 };
#define MOST_ROWS(vectors) ((vectors) <= 2 ? 13 : (vectors) == 3 ? 9 : 24 / (vectors))

/* The lanes that are below n, of `lanes`. */
static inline unsigned first_of(int64_t n, int lanes) {
    return n <= 0 ? 0 : n >= lanes ? (1u << lanes) - 1 : (1u << n) - 1;
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
#define STORE_MASKED(p, mask, x) _mm512_mask_storeu_ps(p, mask, x)
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
#define STORE_MASKED(p, mask, x) _mm512_mask_storeu_pd(p, mask, x)
#include "kernel/tile/tile_tmpl.h"

const struct tile_kernel lax_i_tile_avx512[] = {
#define TILE(type, vectors)                                                                        \
    {type##_x##vectors, TILE_TYPE(type), TILE_LANES(type, 64), vectors, MOST_ROWS(vectors)},
#include "kernel/tile/tile.def"
#undef TILE
};

#define STORE_TILE lax_i_tile_store_avx512
#include "kernel/tile/store_x86.h"
