/* SPDX-License-Identifier: Apache-2.0 */
/* The move kernels for AVX-512: vectors of four lanes. */
#include "kernel/kernel.h"
#include "kernel/move/lane.h"

#include <immintrin.h>

typedef __m512i vec;
enum { LANES = 4 };

static inline vec vec_load(const char *p) { return _mm512_loadu_si512(p); }
static inline void vec_store(char *p, vec v) { _mm512_storeu_si512(p, v); }
static inline void vec_stream(char *p, vec v) { _mm512_stream_si512((vec *)p, v); }

static inline vec vec_broadcast(lane a) { return _mm512_broadcast_i32x4(a); }
static inline vec vec_shuffle(vec v, vec order) { return _mm512_shuffle_epi8(v, order); }

static inline lane vec_lane(vec v, int k) {
    switch (k) {
    case 0: return _mm512_castsi512_si128(v);
    case 1: return _mm512_extracti32x4_epi32(v, 1);
    case 2: return _mm512_extracti32x4_epi32(v, 2);
    default: return _mm512_extracti32x4_epi32(v, 3);
    }
}

static inline vec vec_join(const lane *part) {
    vec low = _mm512_castsi256_si512(_mm256_set_m128i(part[1], part[0]));
    return _mm512_inserti64x4(low, _mm256_set_m128i(part[3], part[2]), 1);
}

/* Lane j of vector i becomes lane i of vector j. */
static inline void vec_turn(vec *v) {
    vec a = _mm512_shuffle_i32x4(v[0], v[1], 0x44), b = _mm512_shuffle_i32x4(v[0], v[1], 0xee);
    vec c = _mm512_shuffle_i32x4(v[2], v[3], 0x44), d = _mm512_shuffle_i32x4(v[2], v[3], 0xee);
    v[0] = _mm512_shuffle_i32x4(a, c, 0x88);
    v[1] = _mm512_shuffle_i32x4(a, c, 0xdd);
    v[2] = _mm512_shuffle_i32x4(b, d, 0x88);
    v[3] = _mm512_shuffle_i32x4(b, d, 0xdd);
}

static inline vec vec_low(vec a, vec b, int size) {
    switch (size) {
    case 1: return _mm512_unpacklo_epi8(a, b);
    case 2: return _mm512_unpacklo_epi16(a, b);
    case 4: return _mm512_unpacklo_epi32(a, b);
    default: return _mm512_unpacklo_epi64(a, b);
    }
}

static inline vec vec_high(vec a, vec b, int size) {
    switch (size) {
    case 1: return _mm512_unpackhi_epi8(a, b);
    case 2: return _mm512_unpackhi_epi16(a, b);
    case 4: return _mm512_unpackhi_epi32(a, b);
    default: return _mm512_unpackhi_epi64(a, b);
    }
}

static inline vec vec_reverse(vec v, int size) {
    vec order = _mm512_broadcast_i32x4(reversed_bytes(size));
    vec turned = _mm512_shuffle_epi8(v, order);
    return _mm512_shuffle_i64x2(turned, turned, 0x1b);
}

#define TABLE lax_i_move_avx512
#include "kernel/move/family_tmpl.h"
