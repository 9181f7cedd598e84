/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of integers of 8 to 64 bits with what folds need: compilers rewrite such code in loops,
 * losing the single instructions. high and low are signed, most and least unsigned, plus wraps;
 * `pick(a, b, yes, no)` is yes where a > b. Of the same bits as floats: `greater` and `less`, which
 * give the second operand where there is a NaN, `mix`, a * b + c with any rounding. `nan`, `same`
 * (equal integers) are masks; fold_any: is one of a mask's bits set? evens(a, b): every second lane
 * of both. Where the instruction set is not known here, 16 bytes by the compiler's own vectors. */

#if defined(__AVX512BW__)
#define FOLD_VECTOR __m512i
#define FOLD_MM(op) _mm512_##op
#elif defined(__AVX2__)
#define FOLD_VECTOR __m256i
#define FOLD_MM(op) _mm256_##op
#else
typedef long long fold_vector __attribute__((vector_size(16), may_alias));
#define FOLD_VECTOR fold_vector
#endif

#define FOLD_LANES __attribute__((vector_size(sizeof(FOLD_VECTOR))))
typedef int8_t fold_lanes8 FOLD_LANES;
typedef int16_t fold_lanes16 FOLD_LANES;
typedef int32_t fold_lanes32 FOLD_LANES;
typedef int64_t fold_lanes64 FOLD_LANES;
typedef uint8_t fold_wraps8 FOLD_LANES;
typedef uint16_t fold_wraps16 FOLD_LANES;
typedef uint32_t fold_wraps32 FOLD_LANES;
typedef uint64_t fold_wraps64 FOLD_LANES;
typedef float fold_floats32 FOLD_LANES;
typedef double fold_floats64 FOLD_LANES;

FOLD_INLINE FOLD_VECTOR fold_read(const void *from) {
    FOLD_VECTOR v;
    memcpy(&v, from, sizeof v);
    return v;
}

FOLD_INLINE void fold_write(void *to, FOLD_VECTOR v) { memcpy(to, &v, sizeof v); }

#define FOLD_ALL(size, x) ((FOLD_VECTOR)((x) - (NAME_OF_SIZE(fold_lanes, size)){0}))
#define plus8(a, b) ((FOLD_VECTOR)((fold_wraps8)(a) + (fold_wraps8)(b)))
#define plus16(a, b) ((FOLD_VECTOR)((fold_wraps16)(a) + (fold_wraps16)(b)))
#define plus32(a, b) ((FOLD_VECTOR)((fold_wraps32)(a) + (fold_wraps32)(b)))
#define plus64(a, b) ((FOLD_VECTOR)((fold_wraps64)(a) + (fold_wraps64)(b)))
#define sum32(a, b) ((FOLD_VECTOR)((fold_floats32)(a) + (fold_floats32)(b)))
#define sum64(a, b) ((FOLD_VECTOR)((fold_floats64)(a) + (fold_floats64)(b)))

#define nan32(a) ((FOLD_VECTOR)((a) != (a)))
#define nan64(a) ((FOLD_VECTOR)((a) != (a)))
#define same32(a, b) ((FOLD_VECTOR)((fold_lanes32)(a) == (fold_lanes32)(b)))
#define same64(a, b) ((FOLD_VECTOR)((fold_lanes64)(a) == (fold_lanes64)(b)))

#ifdef FOLD_MM
#define high8 FOLD_MM(max_epi8)
#define high16 FOLD_MM(max_epi16)
#define high32 FOLD_MM(max_epi32)
#define low8 FOLD_MM(min_epi8)
#define low16 FOLD_MM(min_epi16)
#define low32 FOLD_MM(min_epi32)
#define most8 FOLD_MM(max_epu8)
#define most16 FOLD_MM(max_epu16)
#define most32 FOLD_MM(max_epu32)
#define least8 FOLD_MM(min_epu8)
#define least16 FOLD_MM(min_epu16)
#define least32 FOLD_MM(min_epu32)
#define FOLD_PS(op, a, b) ((FOLD_VECTOR)FOLD_MM(op)((fold_floats32)(a), (fold_floats32)(b)))
#define FOLD_PD(op, a, b) ((FOLD_VECTOR)FOLD_MM(op)((fold_floats64)(a), (fold_floats64)(b)))
#define mix32(a, b, c) ((fold_floats32)FOLD_MM(fmadd_ps)(a, b, c))
#define mix64(a, b, c) ((fold_floats64)FOLD_MM(fmadd_pd)(a, b, c))
#define greater32(a, b) FOLD_PS(max_ps, a, b)
#define less32(a, b) FOLD_PS(min_ps, a, b)
#define greater64(a, b) FOLD_PD(max_pd, a, b)
#define less64(a, b) FOLD_PD(min_pd, a, b)
#else
FOLD_INLINE FOLD_VECTOR fold_choose(FOLD_VECTOR mask, FOLD_VECTOR yes, FOLD_VECTOR no) {
    return (mask & yes) | (~mask & no);
}
#define FOLD_WHERE(type, a, op, b) fold_choose((FOLD_VECTOR)((type)(a)op(type)(b)), a, b)
#define high8(a, b) FOLD_WHERE(fold_lanes8, a, >, b)
#define high16(a, b) FOLD_WHERE(fold_lanes16, a, >, b)
#define high32(a, b) FOLD_WHERE(fold_lanes32, a, >, b)
#define high64(a, b) FOLD_WHERE(fold_lanes64, a, >, b)
#define low8(a, b) FOLD_WHERE(fold_lanes8, a, <, b)
#define low16(a, b) FOLD_WHERE(fold_lanes16, a, <, b)
#define low32(a, b) FOLD_WHERE(fold_lanes32, a, <, b)
#define low64(a, b) FOLD_WHERE(fold_lanes64, a, <, b)
#define most8(a, b) FOLD_WHERE(fold_wraps8, a, >, b)
#define most16(a, b) FOLD_WHERE(fold_wraps16, a, >, b)
#define most32(a, b) FOLD_WHERE(fold_wraps32, a, >, b)
#define most64(a, b) FOLD_WHERE(fold_wraps64, a, >, b)
#define least8(a, b) FOLD_WHERE(fold_wraps8, a, <, b)
#define least16(a, b) FOLD_WHERE(fold_wraps16, a, <, b)
#define least32(a, b) FOLD_WHERE(fold_wraps32, a, <, b)
#define least64(a, b) FOLD_WHERE(fold_wraps64, a, <, b)
#define FOLD_FLOATS(type, a, op, b)                                                                \
    fold_choose((FOLD_VECTOR)((type)(a)op(type)(b)), (FOLD_VECTOR)(a), (FOLD_VECTOR)(b))
#define greater32(a, b) FOLD_FLOATS(fold_floats32, a, >, b)
#define less32(a, b) FOLD_FLOATS(fold_floats32, a, <, b)
#define greater64(a, b) FOLD_FLOATS(fold_floats64, a, >, b)
#define less64(a, b) FOLD_FLOATS(fold_floats64, a, <, b)
#endif

#if defined(__AVX512BW__)
#define high64 _mm512_max_epi64
#define low64 _mm512_min_epi64
#define most64 _mm512_max_epu64
#define least64 _mm512_min_epu64

FOLD_INLINE __m512i pick16(__m512i a, __m512i b, __m512i yes, __m512i no) {
    return _mm512_mask_blend_epi16(_mm512_cmpgt_epi16_mask(a, b), no, yes);
}
FOLD_INLINE __m512i pick32(__m512i a, __m512i b, __m512i yes, __m512i no) {
    return _mm512_mask_blend_epi32(_mm512_cmpgt_epi32_mask(a, b), no, yes);
}
FOLD_INLINE __m512i pick64(__m512i a, __m512i b, __m512i yes, __m512i no) {
    return _mm512_mask_blend_epi64(_mm512_cmpgt_epi64_mask(a, b), no, yes);
}

FOLD_INLINE bool fold_any(__m512i mask) { return _mm512_test_epi64_mask(mask, mask) != 0; }

#elif defined(__AVX2__)
FOLD_INLINE bool fold_any(__m256i mask) { return !_mm256_testz_si256(mask, mask); }
FOLD_INLINE __m256i pick16(__m256i a, __m256i b, __m256i yes, __m256i no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi16(a, b));
}
FOLD_INLINE __m256i pick32(__m256i a, __m256i b, __m256i yes, __m256i no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi32(a, b));
}
FOLD_INLINE __m256i pick64(__m256i a, __m256i b, __m256i yes, __m256i no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi64(a, b));
}
FOLD_INLINE __m256i high64(__m256i a, __m256i b) { return pick64(a, b, a, b); }
FOLD_INLINE __m256i low64(__m256i a, __m256i b) { return pick64(a, b, b, a); }
FOLD_INLINE __m256i most64(__m256i a, __m256i b) {
    __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    return pick64(a ^ sign, b ^ sign, a, b);
}
FOLD_INLINE __m256i least64(__m256i a, __m256i b) {
    __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    return pick64(a ^ sign, b ^ sign, b, a);
}

#else
#define pick16(a, b, yes, no)                                                                      \
    fold_choose((FOLD_VECTOR)((fold_lanes16)(a) > (fold_lanes16)(b)), yes, no)
#define pick32(a, b, yes, no)                                                                      \
    fold_choose((FOLD_VECTOR)((fold_lanes32)(a) > (fold_lanes32)(b)), yes, no)
#define pick64(a, b, yes, no)                                                                      \
    fold_choose((FOLD_VECTOR)((fold_lanes64)(a) > (fold_lanes64)(b)), yes, no)
FOLD_INLINE bool fold_any(FOLD_VECTOR mask) { return (mask[0] | mask[1]) != 0; }
#define mix32(a, b, c) ((a) * (b) + (c))
#define mix64(a, b, c) ((a) * (b) + (c))
#endif

#if defined(__AVX2__) && !defined(__AVX512BW__)
FOLD_INLINE __m256i fold_in_order(__m256i halves) { return _mm256_permute4x64_epi64(halves, 0xd8); }
FOLD_INLINE __m256i evens8(__m256i a, __m256i b) {
    __m256i low = _mm256_set1_epi16(0xff);
    return fold_in_order(_mm256_packus_epi16(a & low, b & low));
}
FOLD_INLINE __m256i evens16(__m256i a, __m256i b) {
    __m256i low = _mm256_set1_epi32(0xffff);
    return fold_in_order(_mm256_packus_epi32(a & low, b & low));
}
FOLD_INLINE __m256i evens32(__m256i a, __m256i b) {
    return fold_in_order((__m256i)_mm256_shuffle_ps((__m256)a, (__m256)b, 0x88));
}
FOLD_INLINE __m256i evens64(__m256i a, __m256i b) {
    return fold_in_order(_mm256_unpacklo_epi64(a, b));
}
#else
FOLD_INLINE FOLD_VECTOR evens8(FOLD_VECTOR a, FOLD_VECTOR b) {
    uint8_t in[2 * sizeof a], out[sizeof a];
    fold_write(in, a), fold_write(in + LAX_COUNTOF(out), b);
    for (size_t i = 0; i < LAX_COUNTOF(out); i++) out[i] = in[2 * i];
    return fold_read(out);
}
FOLD_INLINE FOLD_VECTOR evens16(FOLD_VECTOR a, FOLD_VECTOR b) {
    uint16_t in[sizeof a], out[sizeof a / 2];
    fold_write(in, a), fold_write(in + LAX_COUNTOF(out), b);
    for (size_t i = 0; i < LAX_COUNTOF(out); i++) out[i] = in[2 * i];
    return fold_read(out);
}
FOLD_INLINE FOLD_VECTOR evens32(FOLD_VECTOR a, FOLD_VECTOR b) {
    uint32_t in[sizeof a / 2], out[sizeof a / 4];
    fold_write(in, a), fold_write(in + LAX_COUNTOF(out), b);
    for (size_t i = 0; i < LAX_COUNTOF(out); i++) out[i] = in[2 * i];
    return fold_read(out);
}
FOLD_INLINE FOLD_VECTOR evens64(FOLD_VECTOR a, FOLD_VECTOR b) {
    uint64_t in[sizeof a / 4], out[sizeof a / 8];
    fold_write(in, a), fold_write(in + LAX_COUNTOF(out), b);
    for (size_t i = 0; i < LAX_COUNTOF(out); i++) out[i] = in[2 * i];
    return fold_read(out);
}
#endif
