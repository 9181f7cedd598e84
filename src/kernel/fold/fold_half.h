/* SPDX-License-Identifier: Apache-2.0 */
/* f16 and bf16 to f32 and back, lane by lane in vectors. The same bits as lax_i_from_f16 and its
 * kin, which are functions that no loop can be made of. */

static inline float from_bf16(uint16_t h) { return lax_i_from_bf16(h); }

static inline uint16_t to_bf16(float x) {
    uint32_t u = lax_i_float_bits(x);
    uint32_t nearest = (u + 0x7fffu + (u >> 16 & 1u)) >> 16, quiet = u >> 16 | 0x40u;
    return (uint16_t)((u & 0x7fffffffu) > 0x7f800000u ? quiet : nearest);
}

static void load_f16(void *to_lanes, int64_t to_step, const void *from_lanes, int64_t from_step,
                     int64_t n) {
    float *to = to_lanes;
    const uint16_t *from = from_lanes;
    int64_t i = 0;
#ifdef __F16C__
    for (; to_step == 1 && from_step == 1 && i + 8 <= n; i += 8)
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const void *)(from + i))));
#endif
    for (; i < n; i++) to[i * to_step] = lax_i_from_f16(from[i * from_step]);
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
    for (; i < n; i++) to[i * to_step] = lax_i_to_f16(from[i * from_step]);
}
