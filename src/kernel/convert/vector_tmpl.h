/* SPDX-License-Identifier: Apache-2.0 */
/* Template: vectorised conversions at the instruction-set level that the including file is compiled
 * for. Loops are plain, for the compiler to vectorise; f16 needs intrinsics, and bf16 is twice
 * as fast with them. TABLE is the name of the result. */

/* --- to f32 ----------------------------------------------------------------------------------- */

static void read_bf16(void *dst, const void *src, int64_t n) {
    const uint16_t *x = src;
    float *y = dst;
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(x + i)));
        _mm256_storeu_si256((__m256i *)(y + i), _mm256_slli_epi32(wide, 16));
    }
    for (; i < n; i++) y[i] = lax_i_bits_float((uint32_t)x[i] << 16);
}

static void read_f16(void *dst, const void *src, int64_t n) {
    const uint16_t *x = src;
    float *y = dst;
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(y + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(x + i))));
    for (; i < n; i++) y[i] = _cvtsh_ss(x[i]);
}

static void read_s8(void *dst, const void *src, int64_t n) {
    const int8_t *x = src;
    float *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (float)x[i];
}

static void read_s16(void *dst, const void *src, int64_t n) {
    const int16_t *x = src;
    float *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (float)x[i];
}

static void read_u8(void *dst, const void *src, int64_t n) {
    const uint8_t *x = src;
    float *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (float)x[i];
}

static void read_u16(void *dst, const void *src, int64_t n) {
    const uint16_t *x = src;
    float *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (float)x[i];
}

static void read_pred(void *dst, const void *src, int64_t n) {
    const uint8_t *x = src;
    float *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] != 0 ? 1.0f : 0.0f;
}

/* --- from f32 --------------------------------------------------------------------------------- */

static void write_bf16(void *dst, const void *src, int64_t n) {
    const float *x = src;
    uint16_t *y = dst;
    int64_t i = 0;
    for (; i + 16 <= n; i += 16) _mm256_storeu_si256((__m256i *)(y + i), bf16_of_16(x + i));
    for (; i < n; i++) y[i] = bf16_of(x[i]);
}

static void write_f16(void *dst, const void *src, int64_t n) {
    const float *x = src;
    uint16_t *y = dst;
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) _mm_storeu_si128((__m128i *)(y + i), f16_of_8(x + i));
    for (; i < n; i++) y[i] = _cvtss_sh(x[i], _MM_FROUND_TO_NEAREST_INT);
}

/* Bounds that f32 holds, so that clamping comes first; NaN gives 0. */
static inline int32_t clamped(float x, float low, float high) {
    float inside = x < low ? low : x > high ? high : x;
    return (int32_t)(x != x ? 0.0f : inside);
}

static void write_s8(void *dst, const void *src, int64_t n) {
    const float *x = src;
    int8_t *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (int8_t)clamped(x[i], -128.0f, 127.0f);
}

static void write_s16(void *dst, const void *src, int64_t n) {
    const float *x = src;
    int16_t *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (int16_t)clamped(x[i], -32768.0f, 32767.0f);
}

static void write_u8(void *dst, const void *src, int64_t n) {
    const float *x = src;
    uint8_t *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (uint8_t)clamped(x[i], 0.0f, 255.0f);
}

static void write_u16(void *dst, const void *src, int64_t n) {
    const float *x = src;
    uint16_t *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = (uint16_t)clamped(x[i], 0.0f, 65535.0f);
}

/* 2^31 - 1 is no float: what is not below 2^31 gets it after the conversion. */
static void write_s32(void *dst, const void *src, int64_t n) {
    const float *x = src;
    int32_t *y = dst;
    for (int64_t i = 0; i < n; i++) {
        int32_t inside = clamped(x[i], -0x1p31f, 0x1.fffffep30f);
        y[i] = x[i] >= 0x1p31f ? INT32_MAX : inside;
    }
}

static void write_pred(void *dst, const void *src, int64_t n) {
    const float *x = src;
    uint8_t *y = dst;
    for (int64_t i = 0; i < n; i++) y[i] = x[i] != 0;
}

const struct convert_kernels TABLE = {
    .to_f32 = {[LAX_F16] = read_f16,
               [LAX_BF16] = read_bf16,
               [LAX_S8] = read_s8,
               [LAX_S16] = read_s16,
               [LAX_U8] = read_u8,
               [LAX_U16] = read_u16,
               [LAX_PRED] = read_pred},
    .from_f32 = {[LAX_F16] = write_f16,
                 [LAX_BF16] = write_bf16,
                 [LAX_S8] = write_s8,
                 [LAX_S16] = write_s16,
                 [LAX_S32] = write_s32,
                 [LAX_U8] = write_u8,
                 [LAX_U16] = write_u16,
                 [LAX_PRED] = write_pred},
};
