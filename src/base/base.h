/* SPDX-License-Identifier: Apache-2.0 */
/* What C lacks and every stage needs: error sentences, overflow-checked sizes, element types,
 * allocation through the user's allocator, and bounded text building. Knows nothing of windows. */
#ifndef LAX_BASE_BASE_H
#define LAX_BASE_BASE_H

#include <lax/lax.h>
#include <stdarg.h>
#include <string.h>

#if defined(__GNUC__)
#define LAX_PRINTF(string, first) __attribute__((format(printf, string, first)))
#else
#define LAX_PRINTF(string, first)
#endif

#define LAX_COUNTOF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* --- errors --------------------------------------------------------------------------------- */

/* Fills `why` (which may be NULL) with a printf sentence and returns `status`. */
lax_status lax_i_fail(lax_error *why, lax_status status, const char *format, ...) LAX_PRINTF(3, 4);

/* --- bounded text --------------------------------------------------------------------------- */

/* A caller's buffer that counts what it would need: snprintf's rule, over many calls. */
struct text {
    char *data;
    size_t capacity;
    size_t length; /* without the NUL; may exceed capacity */
};

struct text lax_i_text(char *data, size_t capacity);
void lax_i_text_add(struct text *text, const char *format, ...) LAX_PRINTF(2, 3);
/* "[1,2,3]"-like lists: elements of `values` between separators. */
void lax_i_text_list(struct text *text, int n, const int64_t *values, const char *separator);
/* "4x3x5x5 f32" style form of a tensor for sentences: f32[4,3,5,5]. */
void lax_i_text_form(struct text *text, const lax_tensor *tensor);

/* --- checked sizes -------------------------------------------------------------------------- */

/* Each returns false when the exact result does not fit; *out is then unspecified. */
static inline bool lax_i_add(int64_t a, int64_t b, int64_t *out) {
    return !__builtin_add_overflow(a, b, out);
}
static inline bool lax_i_sub(int64_t a, int64_t b, int64_t *out) {
    return !__builtin_sub_overflow(a, b, out);
}
static inline bool lax_i_mul(int64_t a, int64_t b, int64_t *out) {
    return !__builtin_mul_overflow(a, b, out);
}
static inline int64_t lax_i_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t lax_i_max(int64_t a, int64_t b) { return a > b ? a : b; }
/* |x|; of INT64_MIN, a stride that nothing can be walked by, INT64_MAX. */
static inline int64_t lax_i_magnitude(int64_t x) {
    return x == INT64_MIN ? INT64_MAX : x < 0 ? -x : x;
}
/* Greatest common divisor of a and b >= 0; the other one where one is 0. */
static inline int64_t lax_i_gcd(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
/* ceil(a / b) for a >= 0, b > 0. */
static inline int64_t lax_i_ceil_div(int64_t a, int64_t b) { return a / b + (a % b != 0); }
/* Of a power of two. */
static inline int lax_i_log2(size_t power) {
    int n = 0;
    while (power >> n > 1) n++;
    return n;
}
static inline size_t lax_i_round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

/* Product of n sizes >= 0; false when it does not fit. */
bool lax_i_product(int n, const int64_t *sizes, int64_t *out);

/* --- element types -------------------------------------------------------------------------- */

enum dtype_kind { KIND_NONE, KIND_FLOAT, KIND_SIGNED, KIND_UNSIGNED, KIND_PRED, KIND_COMPLEX };

enum dtype_kind lax_i_dtype_kind(lax_dtype dtype);
static inline bool lax_i_dtype_valid(lax_dtype dtype) {
    return lax_i_dtype_kind(dtype) != KIND_NONE;
}
/* The type that sums of `dtype` are formed in: f32 for f16/bf16, s64 for integers, else itself. */
lax_dtype lax_i_dtype_accumulator(lax_dtype dtype);

/* Writes the identity of a reducer on a type (16 bytes at most): 0, 1, -inf or lowest, ... */
void lax_i_identity(lax_reducer_kind reducer, lax_dtype type, void *out);

static inline uint32_t lax_i_float_bits(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}
static inline float lax_i_bits_float(uint32_t u) {
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* bf16 is the upper half of an f32. */
static inline float lax_i_from_bf16(uint16_t h) { return lax_i_bits_float((uint32_t)h << 16); }
/* Round to nearest even; NaN stays a quiet NaN of its sign. */
uint16_t lax_i_to_bf16(float x);
float lax_i_from_f16(uint16_t h);
/* Round to nearest even, with subnormal results and overflow to infinity. */
uint16_t lax_i_to_f16(float x);
/* Direct roundings of doubles (through float they could round twice). */
uint16_t lax_i_double_to_bf16(double x);
uint16_t lax_i_double_to_f16(double x);

/* --- hashing -------------------------------------------------------------------------------- */

/* FNV-1a, continued from `hash` (start with LAX_HASH_START). */
#define LAX_HASH_START 0xcbf29ce484222325u
static inline uint64_t lax_i_hash(uint64_t hash, const void *bytes, size_t n) {
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

/* --- memory --------------------------------------------------------------------------------- */

enum { LAX_ALIGNMENT = 64 };

/* LAX_ALIGNMENT-aligned memory, or NULL; nbytes may be 0. */
void *lax_i_allocate(const lax_allocator *allocator, size_t nbytes);
void lax_i_release(const lax_allocator *allocator, void *memory, size_t nbytes);
extern const lax_allocator lax_i_malloc_allocator;

/* --- tensors -------------------------------------------------------------------------------- */

/* Row-major strides of a shape; a shape whose product overflows gets wrapped strides. */
void lax_i_row_major(lax_tensor *tensor);
/* The element at linear row-major index; the tensor is well-formed. */
static inline int64_t lax_i_offset(int rank, const int64_t *index, const int64_t *strides) {
    int64_t offset = 0;
    for (int d = 0; d < rank; d++) offset += index[d] * strides[d];
    return offset;
}
/* Counts `index` up in row-major order; false after the last. */
static inline bool lax_i_next(int rank, int64_t *index, const int64_t *shape) {
    for (int d = rank - 1; d >= 0; d--) {
        if (++index[d] < shape[d]) return true;
        index[d] = 0;
    }
    return false;
}

#endif /* LAX_BASE_BASE_H */
