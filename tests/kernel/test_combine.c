/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of windows: every row of combine.def and select.def against the oracle's scalar
 * arithmetic, with canaries around what they may write, strides of any sign and special values;
 * identities; exact associativity of max and min. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "support/support.h"

static const struct row {
    const char *name;
    int kind; /* lax_reducer_kind or lax_select */
    lax_dtype type;
} combine_rows[] = {
#define COMBINE(kind, type, name) {#name, LAX_##kind, LAX_##type},
#include "kernel/window/combine.def"
#undef COMBINE
};
static const struct row select_rows[] = {
#define SELECT(kind, type, name) {#name, LAX_##kind, LAX_##type},
#include "kernel/window/select.def"
#undef SELECT
};
enum {
    N_COMBINE = sizeof combine_rows / sizeof *combine_rows,
    N_SELECT = sizeof select_rows / sizeof *select_rows,
    LANES = 41,
    CANARY = 0x5a
};

static const int64_t strides[] = {1, 1, 2, 3, 0, -1, -2};
enum { N_STRIDES = sizeof strides / sizeof *strides };

/* --- expectation ------------------------------------------------------------------------------ */

/* f16 and bf16 accumulate in f32, everything else in its own type. */
static lax_dtype accumulator(lax_dtype type) {
    return type == LAX_F16 || type == LAX_BF16 ? LAX_F32 : type;
}

static bool exact(int kind, lax_dtype type) {
    return kind == LAX_MAX || kind == LAX_MIN || !(ref_is_float(type) || ref_is_complex(type));
}

static bool same_sign(long double a, long double b) {
    return isnan(a) || (signbit(a) != 0) == (signbit(b) != 0);
}

/* Within a few roundings of the larger of result and terms; infinities beyond the type's range. */
static bool near(lax_dtype type, long double got, long double want, long double size) {
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got);
    if (got == want) return true;
    if (ref_infinite(got) || fabsl(want) < ref_tiny(type))
        return fabsl(want) > ref_largest(type) * 0.999L || fabsl(got - want) <= ref_tiny(type);
    return fabsl(got - want) <= 4 * ref_epsilon(type) * fmaxl(fabsl(want), size);
}

/* Products of complex numbers with infinite or NaN parts are not specified. */
static bool unspecified(int kind, lax_dtype type, struct ref_value a, struct ref_value x) {
    bool finite = ref_finite(a.re) && ref_finite(a.im) && ref_finite(x.re) && ref_finite(x.im);
    return ref_is_complex(type) && (kind == LAX_MUL || kind == LAX_LOGADDEXP) && !finite;
}

static bool as_expected(int kind, lax_dtype type, const struct ref_value v[3]) {
    struct ref_value a = v[0], x = v[1], got = v[2], want = ref_fold(kind, type, a, x);
    if (unspecified(kind, type, a, x)) return true;
    if (!ref_is_float(type) && !ref_is_complex(type)) return got.bits == want.bits;
    if (exact(kind, type)) {
        bool re = got.re == want.re || (isnan(got.re) && isnan(want.re));
        bool im = got.im == want.im || (isnan(got.im) && isnan(want.im));
        return re && im && same_sign(want.re, got.re);
    }
    long double size = kind == LAX_ADD        ? 0
                       : kind == LAX_MUL      ? hypotl(a.re, a.im) * hypotl(x.re, x.im)
                       : ref_is_complex(type) ? 4
                                              : 1;
    return near(type, got.re, want.re, size) && near(type, got.im, want.im, size);
}

/* --- combine ---------------------------------------------------------------------------------- */

/* A buffer of `n` numbers with a canary of 64 bytes on each side. */
struct lanes {
    unsigned char *memory, *data;
    size_t nbytes;
};

static struct lanes lanes_new(struct rng *r, lax_dtype type, int64_t n, enum fill fill) {
    lax_tensor dense = dense_new(type, 1, &n);
    struct lanes l = {.nbytes = (size_t)n * ref_size(type)};
    tensor_fill(r, &dense, fill);
    l.memory = malloc(l.nbytes + 128);
    l.data = l.memory + 64;
    memset(l.memory, CANARY, l.nbytes + 128);
    memcpy(l.data, dense.data, l.nbytes);
    free(dense.data);
    return l;
}

static void lanes_free(struct lanes *l) {
    for (size_t i = 0; i < 64; i++)
        ensure(l->memory[i] == CANARY && l->data[l->nbytes + i] == CANARY,
               "byte %d before or behind the lanes is written to", (int)i);
    free(l->memory);
}

static void check_combine(const struct row *row, int64_t stride, int64_t n, enum fill fill) {
    struct rng r =
        rng_of(21, (uint64_t)row->kind * 10000 + (uint64_t)row->type * 100 + (uint64_t)n);
    lax_dtype type = row->type, acc_type = accumulator(type);
    size_t size = ref_size(type), acc_size = ref_size(acc_type);
    struct lanes acc = lanes_new(&r, acc_type, LANES, fill);
    struct lanes x = lanes_new(&r, type, 3 * LANES, fill);
    unsigned char *before = malloc(acc.nbytes), *x_before = malloc(x.nbytes);
    memcpy(before, acc.data, acc.nbytes);
    memcpy(x_before, x.data, x.nbytes);
    unsigned char *first = stride < 0 ? x.data + x.nbytes - size : x.data;
    lax_i_combine_kernel((lax_reducer_kind)row->kind, type)(acc.data, first, stride, n);
    for (int64_t i = 0; i < n; i++) {
        size_t at = (size_t)i * acc_size;
        struct ref_value v[3] = {ref_load(acc_type, before + at),
                                 ref_load(type, first + i * stride * (int64_t)size),
                                 ref_load(acc_type, acc.data + at)};
        ensure(as_expected(row->kind, acc_type, v),
               "%s lane %d stride %d: %Lg%+Lgi and %Lg%+Lgi gave %Lg%+Lgi (%llx %llx %llx)",
               row->name, (int)i, (int)stride, v[0].re, v[0].im, v[1].re, v[1].im, v[2].re, v[2].im,
               (unsigned long long)v[0].bits, (unsigned long long)v[1].bits,
               (unsigned long long)v[2].bits);
    }
    size_t done = (size_t)n * acc_size;
    ck_assert_msg(memcmp(before + done, acc.data + done, acc.nbytes - done) == 0,
                  "%s writes behind lane %d", row->name, (int)n);
    ck_assert(memcmp(x_before, x.data, x.nbytes) == 0);
    lanes_free(&acc);
    lanes_free(&x);
    free(before);
    free(x_before);
}

START_TEST(combine) {
    const struct row *row = &combine_rows[_i];
    bool logarithm = row->kind == LAX_LOGADDEXP && ref_is_complex(row->type);
    for (int s = 0; s < N_STRIDES; s++) {
        check_combine(row, strides[s], LANES, logarithm ? FILL_SMALL : FILL_NORMAL);
        check_combine(row, strides[s], LANES, logarithm ? FILL_UNIT : FILL_SPECIAL);
        for (int64_t n = 0; n < 20; n++) check_combine(row, strides[s], n, FILL_SMALL);
    }
}
END_TEST

/* pred: every nonzero byte is true, and results are 0 or 1. */
START_TEST(combine_any_byte) {
    static const lax_reducer_kind kinds[] = {LAX_AND, LAX_OR, LAX_XOR};
    for (int k = 0; k < 3; k++) {
        for (int byte = 0; byte < 256 * 256; byte++) {
            uint8_t acc = (uint8_t)byte, x = (uint8_t)(byte >> 8);
            bool a = acc != 0, b = x != 0, want = k == 0 ? a && b : k == 1 ? a || b : a != b;
            lax_i_combine_kernel(kinds[k], LAX_PRED)(&acc, &x, 1, 1);
            ensure(acc == want, "%d and %d give %d", byte & 255, byte >> 8, acc);
        }
    }
}
END_TEST

/* The tables have no other rows than the lists: what is not listed is not defined. */
START_TEST(undefined_is_null) {
    int combines = 0, selects = 0;
    for (int type = -1; type <= LAX_C128 + 1; type++) {
        for (int kind = -1; kind <= LAX_LOGADDEXP + 1; kind++)
            combines += lax_i_combine_kernel((lax_reducer_kind)kind, (lax_dtype)type) != NULL;
        for (int kind = -1; kind <= LAX_LT + 1; kind++)
            selects += lax_i_select_kernel((lax_select)kind, (lax_dtype)type) != NULL;
        ck_assert(type < LAX_F64 || type > LAX_C128 ||
                  lax_i_combine_accumulator((lax_dtype)type) == accumulator((lax_dtype)type));
    }
    ck_assert_int_eq(combines, N_COMBINE);
    ck_assert_int_eq(selects, N_SELECT);
    ck_assert(lax_i_combine_kernel(LAX_ADD, LAX_PRED) == NULL);
    ck_assert(lax_i_combine_kernel(LAX_AND, LAX_F32) == NULL);
    ck_assert(lax_i_combine_kernel(LAX_LOGADDEXP, LAX_S32) == NULL);
    ck_assert(lax_i_select_kernel(LAX_GE, LAX_C64) == NULL);
}
END_TEST

/* --- identities ------------------------------------------------------------------------------- */

static bool unchanged(int kind, lax_dtype type, struct ref_value x, struct ref_value got) {
    const struct ref_value v[3] = {ref_identity((lax_reducer_kind)kind, type), x, got};
    if (ref_is_nan(type, x)) return ref_is_complex(type) || ref_is_nan(type, got);
    if (unspecified(kind, type, x, x)) return true;
    if (!ref_is_float(type) && !ref_is_complex(type)) return got.bits == x.bits;
    if (kind == LAX_LOGADDEXP) return near(type, got.re, x.re, 1) && near(type, got.im, x.im, 1);
    return got.re == x.re && got.im == x.im && as_expected(kind, type, v);
}

START_TEST(identity) {
    const struct row *row = &combine_rows[_i];
    struct rng r = rng_of(22, (uint64_t)_i);
    lax_dtype type = accumulator(row->type);
    int64_t n = 200;
    lax_tensor x = dense_new(type, 1, &n);
    tensor_fill(&r, &x, FILL_SPECIAL);
    for (int64_t i = 0; i < n; i++) {
        unsigned char acc[16 + 1];
        const unsigned char *from = (unsigned char *)x.data + (size_t)i * ref_size(type);
        memset(acc, CANARY, sizeof acc);
        lax_i_identity((lax_reducer_kind)row->kind, type, acc);
        ensure(acc[ref_size(type)] == CANARY, "%s: an identity is too long", row->name);
        lax_i_combine_kernel((lax_reducer_kind)row->kind, type)(acc, from, 1, 1);
        ensure(unchanged(row->kind, type, ref_load(type, from), ref_load(type, acc)),
               "%s: the identity changes element %d", row->name, (int)i);
    }
    free(x.data);
}
END_TEST

/* --- max and min in any order ---------------------------------------------------------------- */

/* Folds x[order[0]], x[order[1]], ... */
static void fold(const struct row *row, const lax_tensor *x, const int32_t *order, void *acc) {
    lax_i_identity((lax_reducer_kind)row->kind, x->dtype, acc);
    for (int64_t i = 0; i < x->shape[0]; i++)
        lax_i_combine_kernel((lax_reducer_kind)row->kind, x->dtype)(
            acc, (char *)x->data + order[i] * (int64_t)ref_size(x->dtype), 1, 1);
}

/* The same bits in every order, NaN of any payload and both zeros included. */
START_TEST(extremes_commute) {
    const struct row *row = &combine_rows[_i];
    if ((row->kind != LAX_MAX && row->kind != LAX_MIN) || accumulator(row->type) != row->type ||
        ref_is_complex(row->type))
        return;
    for (uint64_t trial = 0; trial < 200; trial++) {
        struct rng r = rng_of(23, trial);
        int64_t n = rng_in(&r, 2, 6);
        int32_t order[8], other[8];
        unsigned char a[16], b[16];
        lax_tensor x = dense_new(row->type, 1, &n);
        tensor_fill(&r, &x, FILL_SPECIAL);
        unsigned char *bytes = x.data;
        if (trial % 2) bytes[rng_in(&r, 0, n - 1) * (int64_t)ref_size(row->type)] ^= 1;
        rng_permutation(&r, (int32_t)n, order);
        rng_permutation(&r, (int32_t)n, other);
        fold(row, &x, order, a);
        fold(row, &x, other, b);
        ensure(memcmp(a, b, ref_size(row->type)) == 0, "%s depends on the order", row->name);
        free(x.data);
    }
}
END_TEST

/* --- select ----------------------------------------------------------------------------------- */

START_TEST(select_row) {
    const struct row *row = &select_rows[_i];
    size_t size = ref_size(row->type);
    for (int64_t n = 0; n <= LANES; n++) {
        struct rng r = rng_of(24, (uint64_t)n);
        enum fill fill = n % 2 ? FILL_SPECIAL : FILL_FEW;
        struct lanes a = lanes_new(&r, row->type, LANES, fill);
        struct lanes b = lanes_new(&r, row->type, LANES, fill);
        struct lanes keep = lanes_new(&r, LAX_U8, LANES, FILL_NORMAL);
        memset(keep.data, CANARY, LANES);
        lax_i_select_kernel((lax_select)row->kind, row->type)(keep.data, a.data, b.data, n);
        for (int64_t i = 0; i < n; i++) {
            bool want = ref_select((lax_select)row->kind, row->type,
                                   ref_load(row->type, a.data + (size_t)i * size),
                                   ref_load(row->type, b.data + (size_t)i * size));
            ensure(keep.data[i] == want, "%s lane %d gives %d", row->name, (int)i, keep.data[i]);
        }
        for (int64_t i = n; i < LANES; i++)
            ensure(keep.data[i] == CANARY, "%s writes to lane %d", row->name, (int)i);
        lanes_free(&a);
        lanes_free(&b);
        lanes_free(&keep);
    }
}
END_TEST

Suite *suite_combine(void) {
    Suite *suite = suite_create("combine");
    TCase *tc = tcase_create("combine");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, combine, 0, N_COMBINE);
    tcase_add_test(tc, combine_any_byte);
    tcase_add_test(tc, undefined_is_null);
    tcase_add_loop_test(tc, identity, 0, N_COMBINE);
    tcase_add_loop_test(tc, extremes_commute, 0, N_COMBINE);
    tcase_add_loop_test(tc, select_row, 0, N_SELECT);
    suite_add_tcase(suite, tc);
    return suite;
}
