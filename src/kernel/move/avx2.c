/* SPDX-License-Identifier: Apache-2.0 */
/* The move kernels for AVX2: vectors of two lanes. */
#include "kernel/kernel.h"
#include "kernel/move/lane.h"

#include <immintrin.h>

typedef __m256i vec;
enum { LANES = 2 };

static inline vec vec_load(const char *p) { return _mm256_loadu_si256((const vec *)p); }
static inline void vec_store(char *p, vec v) { _mm256_storeu_si256((vec *)p, v); }
static inline void vec_stream(char *p, vec v) { _mm256_stream_si256((vec *)p, v); }
static inline vec vec_broadcast(lane a) { return _mm256_broadcastsi128_si256(a); }
static inline vec vec_shuffle(vec v, vec order) { return _mm256_shuffle_epi8(v, order); }
static inline lane vec_lane(vec v, int k) {
    return k == 0 ? _mm256_castsi256_si128(v) : _mm256_extracti128_si256(v, 1);
}
static inline vec vec_join(const lane *part) { return _mm256_set_m128i(part[1], part[0]); }

/* Lane j of vector i becomes lane i of vector j. */
static inline void vec_turn(vec *v) {
    vec a = _mm256_permute2x128_si256(v[0], v[1], 0x20);
    v[1] = _mm256_permute2x128_si256(v[0], v[1], 0x31);
    v[0] = a;
}

static inline vec vec_low(vec a, vec b, int size) {
    switch (size) {
    case 1: return _mm256_unpacklo_epi8(a, b);
    case 2: return _mm256_unpacklo_epi16(a, b);
    case 4: return _mm256_unpacklo_epi32(a, b);
    default: return _mm256_unpacklo_epi64(a, b);
    }
}

static inline vec vec_high(vec a, vec b, int size) {
    switch (size) {
    case 1: return _mm256_unpackhi_epi8(a, b);
    case 2: return _mm256_unpackhi_epi16(a, b);
    case 4: return _mm256_unpackhi_epi32(a, b);
    default: return _mm256_unpackhi_epi64(a, b);
    }
}

static inline vec vec_reverse(vec v, int size) {
    vec order = _mm256_broadcastsi128_si256(reversed_bytes(size));
    return _mm256_permute4x64_epi64(_mm256_shuffle_epi8(v, order), 0x4e);
}

#define TABLE lax_i_move_avx2
#include "kernel/move/family_tmpl.h"
