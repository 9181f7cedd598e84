/* SPDX-License-Identifier: Apache-2.0 */
/* 128-bit lanes, whole and in part: what every x86 transpose is made of. Parts of a lane are
 * reached by pieces of 8, 4, 2 and 1 bytes, so that nothing beside them is touched. */
#ifndef LAX_KERNEL_MOVE_LANE_H
#define LAX_KERNEL_MOVE_LANE_H

#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

typedef __m128i lane;

static inline lane lane_load(const char *p) { return _mm_loadu_si128((const lane *)p); }

static inline void lane_store(char *p, lane v) { _mm_storeu_si128((lane *)p, v); }

/* The first n bytes, 0 < n < 16, and zeros. Overlapping pieces agree where they meet. */
static inline lane lane_load_part(const char *p, int n) {
    uint64_t low = 0, high = 0;
    if (n >= 8) {
        memcpy(&low, p, 8);
        memcpy(&high, p + n - 8, 8);
        high = n == 8 ? 0 : high >> (8 * (16 - n));
    } else if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + n - 4, 4);
        low = first | (uint64_t)last << (8 * (n - 4));
    } else if (n >= 2) {
        uint16_t first, last;
        memcpy(&first, p, 2);
        memcpy(&last, p + n - 2, 2);
        low = first | (uint64_t)last << (8 * (n - 2));
    } else {
        low = (uint8_t)*p;
    }
    return _mm_set_epi64x((long long)high, (long long)low);
}

/* Writes the first n bytes, 0 < n < 16. */
static inline void lane_store_low(char *p, lane v, int n) {
    uint64_t bits = (uint64_t)_mm_cvtsi128_si64(v);
    if (n >= 8) {
        memcpy(p, &bits, 8);
        bits = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
        p += 8, n -= 8;
    }
    if (n >= 4) {
        memcpy(p, &bits, 4);
        bits >>= 32;
        p += 4, n -= 4;
    }
    if (n >= 2) {
        memcpy(p, &bits, 2);
        bits >>= 16;
        p += 2, n -= 2;
    }
    if (n > 0) *p = (char)bits;
}

/* Elements of both in turn, of their low or high halves. */
static inline lane lane_low(lane a, lane b, int size) {
    switch (size) {
    case 1: return _mm_unpacklo_epi8(a, b);
    case 2: return _mm_unpacklo_epi16(a, b);
    case 4: return _mm_unpacklo_epi32(a, b);
    default: return _mm_unpacklo_epi64(a, b);
    }
}

static inline lane lane_high(lane a, lane b, int size) {
    switch (size) {
    case 1: return _mm_unpackhi_epi8(a, b);
    case 2: return _mm_unpackhi_epi16(a, b);
    case 4: return _mm_unpackhi_epi32(a, b);
    default: return _mm_unpackhi_epi64(a, b);
    }
}

/* Positions of bytes in a lane whose elements of `size` bytes are reversed. */
static inline lane reversed_bytes(int size) {
    switch (size) {
    case 1: return _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    case 2: return _mm_set_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    case 4: return _mm_set_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    case 8: return _mm_set_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    default: return _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }
}

#endif /* LAX_KERNEL_MOVE_LANE_H */
