/* SPDX-License-Identifier: Apache-2.0 */
/* f32 to f16 and bf16 sixteen at a time, for what is compiled for AVX2 and more. */
#ifndef LAX_KERNEL_CONVERT_HALF_X86_H
#define LAX_KERNEL_CONVERT_HALF_X86_H

#include "kernel/kernel.h"

#include <immintrin.h>

static inline uint16_t bf16_of(float x) {
    uint32_t u = lax_i_float_bits(x);
    uint32_t rounded = (u + 0x7fffu + (u >> 16 & 1u)) >> 16, quiet = u >> 16 | 0x40u;
    return (uint16_t)(x != x ? quiet : rounded);
}

#ifdef __AVX512BW__
static inline __m256i bf16_of_16(const float *x) {
    __m512i u = _mm512_loadu_si512(x), high = _mm512_srli_epi32(u, 16);
    __m512i odd = _mm512_and_si512(high, _mm512_set1_epi32(1));
    __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(u, _mm512_set1_epi32(0x7fff)), odd);
    __m512 value = _mm512_castsi512_ps(u);
    __mmask16 nan = _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
    rounded = _mm512_srli_epi32(rounded, 16);
    return _mm512_cvtepi32_epi16(_mm512_mask_or_epi32(rounded, nan, high, _mm512_set1_epi32(0x40)));
}
#else
/* In the low halves; wrong for NaN. Half of the last place to keep, less one, plus one where that
 * place is odd: a comparison is cheaper than a shift. */
static inline __m256i round_bf16(__m256 x) {
    const __m256i place = _mm256_set1_epi32(0x10000);
    __m256i u = _mm256_castps_si256(x);
    __m256i odd = _mm256_cmpeq_epi32(_mm256_and_si256(u, place), place);
    u = _mm256_sub_epi32(_mm256_add_epi32(u, _mm256_set1_epi32(0x7fff)), odd);
    return _mm256_srli_epi32(u, 16);
}

/* A NaN among them, which is rare, has them go one by one. */
static inline __m256i bf16_of_16(const float *x) {
    __m256 low = _mm256_loadu_ps(x), high = _mm256_loadu_ps(x + 8);
    if (_mm256_movemask_ps(_mm256_cmp_ps(low, high, _CMP_UNORD_Q)) != 0) {
        uint16_t room[16];
        for (int k = 0; k < 16; k++) room[k] = bf16_of(x[k]);
        return _mm256_loadu_si256((const __m256i *)room);
    }
    __m256i both = _mm256_packus_epi32(round_bf16(low), round_bf16(high));
    return _mm256_permute4x64_epi64(both, 0xd8);
}

#endif

static inline __m128i f16_of_8(const float *x) {
    return _mm256_cvtps_ph(_mm256_loadu_ps(x), _MM_FROUND_TO_NEAREST_INT);
}

static inline __m256i f16_of_16(const float *x) {
#ifdef __AVX512BW__
    return _mm512_cvtps_ph(_mm512_loadu_ps(x), _MM_FROUND_TO_NEAREST_INT);
#else
    return _mm256_set_m128i(f16_of_8(x + 8), f16_of_8(x));
#endif
}

#endif /* LAX_KERNEL_CONVERT_HALF_X86_H */
