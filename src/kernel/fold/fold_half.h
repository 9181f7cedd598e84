/* SPDX-License-Identifier: Apache-2.0 */
#ifdef __AVX512BW__
#include "kernel/convert/half_x86.h"
#endif

/* f16 and bf16 to f32 and back, lane by lane in vectors. The same bits as lax_i_from_f16 and its
 * kin, which are functions that no loop can be made of. */

static inline float from_bf16(uint16_t h) { return lax_i_from_bf16(h); }

/* Without a branch: lanes beyond a row may hold anything. */
static inline uint16_t to_bf16(float x) {
    uint32_t u = lax_i_float_bits(x);
    uint32_t nearest = (u + 0x7fffu + (u >> 16 & 1u)) >> 16, quiet = u >> 16 | 0x40u;
    uint32_t nan = 0u - (uint32_t)((u & 0x7fffffffu) > 0x7f800000u);
    return (uint16_t)((quiet & nan) | (nearest & ~nan));
}

#define NAME load_bf16
#define FROM uint16_t
#define TO float
#define CHANGE from_bf16
#include "kernel/fold/fold_move.h"

#define NAME store_bf16
#define FROM float
#define TO uint16_t
#define CHANGE to_bf16
#include "kernel/fold/fold_move.h"

#ifdef __F16C__
static inline float one_from_f16(uint16_t h) {
    return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(h)));
}

static inline uint16_t one_to_f16(float x) {
    return (uint16_t)_mm_cvtsi128_si32(_mm_cvtps_ph(_mm_set_ss(x), 0));
}
#else
static inline float one_from_f16(uint16_t h) { return lax_i_from_f16(h); }
static inline uint16_t one_to_f16(float x) { return lax_i_to_f16(x); }
#endif

static void load_f16(void *to_lanes, int64_t to_step, const void *from_lanes, int64_t from_step,
                     int64_t n) {
    float *to = to_lanes;
    const uint16_t *from = from_lanes;
    int64_t i = 0;
#ifdef __F16C__
    for (; to_step == 1 && from_step == 1 && i + 8 <= n; i += 8)
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const void *)(from + i))));
#endif
    for (; i < n; i++) to[i * to_step] = one_from_f16(from[i * from_step]);
}

static void store_f16(void *to_lanes, int64_t to_step, const void *from_lanes, int64_t from_step,
                      int64_t n) {
    uint16_t *to = to_lanes;
    const float *from = from_lanes;
    int64_t i = 0;
#ifdef __F16C__
    for (; to_step == 1 && from_step == 1 && i + 8 <= n; i += 8)
        _mm_storeu_si128((void *)(to + i), _mm256_cvtps_ph(_mm256_loadu_ps(from + i), 0));
#endif
    for (; i < n; i++) to[i * to_step] = one_to_f16(from[i * from_step]);
}

/* As many halves as there are floats in a vector. */
FOLD_INLINE FOLD_VECTOR read_bf16(const void *from) {
#if defined(__AVX512BW__)
    return _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(from)), 16);
#elif defined(__AVX2__)
    return _mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128(from)), 16);
#else
    float lanes[4];
    load_bf16(lanes, 1, from, 1, 4);
    return fold_read(lanes);
#endif
}

FOLD_INLINE FOLD_VECTOR read_f16(const void *from) {
#if defined(__AVX512BW__)
    return (FOLD_VECTOR)_mm512_cvtph_ps(_mm256_loadu_si256(from));
#elif defined(__AVX2__)
    return (FOLD_VECTOR)_mm256_cvtph_ps(_mm_loadu_si128(from));
#else
    float lanes[4];
    load_f16(lanes, 1, from, 1, 4);
    return fold_read(lanes);
#endif
}

/* Half a vector at `to`. */
FOLD_INLINE void write_bf16(void *to, FOLD_VECTOR v, bool work) {
    float lanes[sizeof v / sizeof(float)];
    fold_write(work ? to : lanes, v);
    if (work) return;
#if defined(__AVX512BW__)
    _mm256_storeu_si256(to, bf16_of_16(lanes));
#else
    uint16_t halves[sizeof lanes / sizeof *lanes];
    for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) halves[i] = to_bf16(lanes[i]);
    memcpy(to, halves, sizeof halves);
#endif
}

FOLD_INLINE void write_f16(void *to, FOLD_VECTOR v, bool work) {
    if (work) {
        fold_write(to, v);
        return;
    }
#if defined(__AVX512BW__)
    _mm256_storeu_si256(to, _mm512_cvtps_ph((__m512)v, 0));
#elif defined(__AVX2__)
    _mm_storeu_si128(to, _mm256_cvtps_ph((__m256)v, 0));
#else
    float lanes[4];
    fold_write(lanes, v);
    store_f16(to, 1, lanes, 1, 4);
#endif
}
