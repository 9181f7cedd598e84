/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of signed integers of 16, 32 and 64 bits with what order needs: compilers rewrite such
 * code in loops, losing the single instructions. `pick(a, b, yes, no)` is yes where a > b.
 * Of the same bits as floats: `greater` and `less`, which give the second operand where there is a
 * NaN, `sum`, `unordered` (any lane is NaN) and `zero(a, yes)`, yes where a is a zero, else a. */

#if defined(__AVX512BW__)
#define FOLD_VECTOR __m512i
#define FOLD_READ(from) _mm512_loadu_si512(from)
#define FOLD_WRITE(to, v) _mm512_storeu_si512(to, v)
#define FOLD_XOR(a, b) _mm512_xor_si512(a, b)
#define FOLD_ALL16(x) _mm512_set1_epi16(x)
#define FOLD_ALL32(x) _mm512_set1_epi32(x)
#define FOLD_ALL64(x) _mm512_set1_epi64(x)

static inline __m512i high16(__m512i a, __m512i b) { return _mm512_max_epi16(a, b); }
static inline __m512i low16(__m512i a, __m512i b) { return _mm512_min_epi16(a, b); }
static inline __m512i most16(__m512i a, __m512i b) { return _mm512_max_epu16(a, b); }
static inline __m512i pick16(__m512i a, __m512i b, __m512i yes, __m512i no) {
    return _mm512_mask_blend_epi16(_mm512_cmpgt_epi16_mask(a, b), no, yes);
}
static inline __m512i high32(__m512i a, __m512i b) { return _mm512_max_epi32(a, b); }
static inline __m512i low32(__m512i a, __m512i b) { return _mm512_min_epi32(a, b); }
static inline __m512i most32(__m512i a, __m512i b) { return _mm512_max_epu32(a, b); }
static inline __m512i pick32(__m512i a, __m512i b, __m512i yes, __m512i no) {
    return _mm512_mask_blend_epi32(_mm512_cmpgt_epi32_mask(a, b), no, yes);
}
static inline __m512i high64(__m512i a, __m512i b) { return _mm512_max_epi64(a, b); }
static inline __m512i low64(__m512i a, __m512i b) { return _mm512_min_epi64(a, b); }
static inline __m512i most64(__m512i a, __m512i b) { return _mm512_max_epu64(a, b); }
static inline __m512i pick64(__m512i a, __m512i b, __m512i yes, __m512i no) {
    return _mm512_mask_blend_epi64(_mm512_cmpgt_epi64_mask(a, b), no, yes);
}

#define FOLD_AND(a, b) _mm512_and_si512(a, b)
#define FOLD_OR(a, b) _mm512_or_si512(a, b)
static inline __m512i greater32(__m512i a, __m512i b) {
    return _mm512_castps_si512(_mm512_max_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)));
}
static inline __m512i less32(__m512i a, __m512i b) {
    return _mm512_castps_si512(_mm512_min_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)));
}
static inline __m512i sum32(__m512i a, __m512i b) {
    return _mm512_castps_si512(_mm512_add_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(b)));
}
static inline bool unordered32(__m512i a) {
    return _mm512_cmp_ps_mask(_mm512_castsi512_ps(a), _mm512_castsi512_ps(a), _CMP_UNORD_Q) != 0;
}
static inline __m512i zero32(__m512i a, __m512i yes) {
    __mmask16 zero = _mm512_cmp_ps_mask(_mm512_castsi512_ps(a), _mm512_setzero_ps(), _CMP_EQ_OQ);
    return _mm512_mask_mov_epi32(a, zero, yes);
}
static inline __m512i greater64(__m512i a, __m512i b) {
    return _mm512_castpd_si512(_mm512_max_pd(_mm512_castsi512_pd(a), _mm512_castsi512_pd(b)));
}
static inline __m512i less64(__m512i a, __m512i b) {
    return _mm512_castpd_si512(_mm512_min_pd(_mm512_castsi512_pd(a), _mm512_castsi512_pd(b)));
}
static inline __m512i sum64(__m512i a, __m512i b) {
    return _mm512_castpd_si512(_mm512_add_pd(_mm512_castsi512_pd(a), _mm512_castsi512_pd(b)));
}
static inline bool unordered64(__m512i a) {
    return _mm512_cmp_pd_mask(_mm512_castsi512_pd(a), _mm512_castsi512_pd(a), _CMP_UNORD_Q) != 0;
}
static inline __m512i zero64(__m512i a, __m512i yes) {
    __mmask8 zero = _mm512_cmp_pd_mask(_mm512_castsi512_pd(a), _mm512_setzero_pd(), _CMP_EQ_OQ);
    return _mm512_mask_mov_epi64(a, zero, yes);
}

#elif defined(__AVX2__)
#define FOLD_VECTOR __m256i
#define FOLD_READ(from) _mm256_loadu_si256((const __m256i *)(from))
#define FOLD_WRITE(to, v) _mm256_storeu_si256((__m256i *)(to), v)
#define FOLD_XOR(a, b) _mm256_xor_si256(a, b)
#define FOLD_ALL16(x) _mm256_set1_epi16(x)
#define FOLD_ALL32(x) _mm256_set1_epi32(x)
#define FOLD_ALL64(x) _mm256_set1_epi64x(x)

static inline __m256i high16(__m256i a, __m256i b) { return _mm256_max_epi16(a, b); }
static inline __m256i low16(__m256i a, __m256i b) { return _mm256_min_epi16(a, b); }
static inline __m256i most16(__m256i a, __m256i b) { return _mm256_max_epu16(a, b); }
static inline __m256i pick16(__m256i a, __m256i b, __m256i yes, __m256i no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi16(a, b));
}
static inline __m256i high32(__m256i a, __m256i b) { return _mm256_max_epi32(a, b); }
static inline __m256i low32(__m256i a, __m256i b) { return _mm256_min_epi32(a, b); }
static inline __m256i most32(__m256i a, __m256i b) { return _mm256_max_epu32(a, b); }
static inline __m256i pick32(__m256i a, __m256i b, __m256i yes, __m256i no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi32(a, b));
}
static inline __m256i pick64(__m256i a, __m256i b, __m256i yes, __m256i no) {
    return _mm256_blendv_epi8(no, yes, _mm256_cmpgt_epi64(a, b));
}
static inline __m256i high64(__m256i a, __m256i b) { return pick64(a, b, a, b); }
static inline __m256i low64(__m256i a, __m256i b) { return pick64(a, b, b, a); }
static inline __m256i most64(__m256i a, __m256i b) {
    __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    return pick64(_mm256_xor_si256(a, sign), _mm256_xor_si256(b, sign), a, b);
}

#define FOLD_AND(a, b) _mm256_and_si256(a, b)
#define FOLD_OR(a, b) _mm256_or_si256(a, b)
static inline __m256i greater32(__m256i a, __m256i b) {
    return _mm256_castps_si256(_mm256_max_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}
static inline __m256i less32(__m256i a, __m256i b) {
    return _mm256_castps_si256(_mm256_min_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}
static inline __m256i sum32(__m256i a, __m256i b) {
    return _mm256_castps_si256(_mm256_add_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}
static inline bool unordered32(__m256i a) {
    __m256 x = _mm256_castsi256_ps(a);
    return _mm256_movemask_ps(_mm256_cmp_ps(x, x, _CMP_UNORD_Q)) != 0;
}
static inline __m256i zero32(__m256i a, __m256i yes) {
    __m256 x = _mm256_castsi256_ps(a), zero = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_EQ_OQ);
    return _mm256_castps_si256(_mm256_blendv_ps(x, _mm256_castsi256_ps(yes), zero));
}
static inline __m256i greater64(__m256i a, __m256i b) {
    return _mm256_castpd_si256(_mm256_max_pd(_mm256_castsi256_pd(a), _mm256_castsi256_pd(b)));
}
static inline __m256i less64(__m256i a, __m256i b) {
    return _mm256_castpd_si256(_mm256_min_pd(_mm256_castsi256_pd(a), _mm256_castsi256_pd(b)));
}
static inline __m256i sum64(__m256i a, __m256i b) {
    return _mm256_castpd_si256(_mm256_add_pd(_mm256_castsi256_pd(a), _mm256_castsi256_pd(b)));
}
static inline bool unordered64(__m256i a) {
    __m256d x = _mm256_castsi256_pd(a);
    return _mm256_movemask_pd(_mm256_cmp_pd(x, x, _CMP_UNORD_Q)) != 0;
}
static inline __m256i zero64(__m256i a, __m256i yes) {
    __m256d x = _mm256_castsi256_pd(a), zero = _mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_EQ_OQ);
    return _mm256_castpd_si256(_mm256_blendv_pd(x, _mm256_castsi256_pd(yes), zero));
}
#endif
