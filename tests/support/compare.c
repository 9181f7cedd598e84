/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing results with the oracle and with each other. */
#include "support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool same_part(long double expected, long double got, bool signed_zero) {
    if (isnan(expected)) return isnan(got);
    if (signed_zero && expected == 0 && got == 0) return signbit(expected) == signbit(got);
    return expected == got;
}

static bool near(long double expected, long double got, long double bound, long double largest) {
    if (isnan(expected)) return isnan(got);
    if (ref_infinite(got)) return fabsl(expected) > 0.99L * largest && (expected < 0) == (got < 0);
    return fabsl(expected - got) <= bound;
}

static long double largest_scale(const struct ref_array *a) {
    long double largest = 0;
    for (int64_t i = 0; i < a->n; i++) {
        if (a->scale[i] > largest) largest = a->scale[i];
    }
    return largest;
}

/* 4 eps sqrt(K) (sum |x||w| + 0.1 max) + eps(result) |expected|, and one subnormal step. */
static long double bound_of(const struct ref_array *a, int64_t i, long double largest) {
    lax_dtype sums = a->accumulate ? a->accumulate : a->dtype;
    long double bound = 4 * ref_epsilon(sums) * sqrtl((long double)(a->k > 0 ? a->k : 1)) *
                        (a->scale[i] + largest / 10);
    long double size = ref_magnitude(a->dtype, a->v[i]);
    return bound + ref_epsilon(a->dtype) * size + ref_tiny(a->dtype);
}

static bool element_agrees(const struct ref_array *a, int64_t i, struct ref_value got,
                           long double largest) {
    unsigned char memory[16];
    struct ref_value x = a->v[i];
    if (a->match == REF_FLOAT) {
        long double bound = bound_of(a, i, largest), end = ref_largest(a->dtype);
        return near(x.re, got.re, bound, end) && near(x.im, got.im, bound, end);
    }
    ref_store(a->dtype, memory, x);
    x = ref_load(a->dtype, memory);
    return x.bits == got.bits && same_part(x.re, got.re, a->signed_zero) &&
           same_part(x.im, got.im, a->signed_zero);
}

static void describe(const struct ref_array *a, int64_t i, const int64_t *index,
                     struct ref_value got, struct message *m) {
    int capacity = (int)sizeof m->text;
    int n = snprintf(m->text, sizeof m->text, "element [");
    for (int32_t d = 0; d < a->rank && n < capacity; d++) {
        n += snprintf(m->text + n, (size_t)(capacity - n), d ? ",%lld" : "%lld",
                      (long long)index[d]);
    }
    if (n >= capacity) return;
    long double bound = a->match == REF_FLOAT ? bound_of(a, i, largest_scale(a)) : 0;
    snprintf(m->text + n, (size_t)(capacity - n),
             "]: expected %.17Lg%+.17Lgi (%lld), got %.17Lg%+.17Lgi (%lld), bound %.3Lg",
             a->v[i].re, a->v[i].im, (long long)a->v[i].bits, got.re, got.im, (long long)got.bits,
             bound);
}

static bool shape_agrees(const struct ref_array *a, const lax_tensor *got) {
    return a->dtype == got->dtype && a->rank == got->rank &&
           (a->rank == 0 ||
            memcmp(a->shape, got->shape, (size_t)a->rank * sizeof *got->shape) == 0);
}

bool agrees(const struct ref_array *expected, const lax_tensor *got, struct message *m) {
    int64_t index[LAX_MAX_RANK] = {0};
    long double largest = expected->match == REF_FLOAT ? largest_scale(expected) : 0;
    if (!shape_agrees(expected, got)) {
        snprintf(m->text, sizeof m->text, "the result's shape or type is not the oracle's");
        return false;
    }
    for (int64_t i = 0; i < expected->n; i++) {
        struct ref_value x = ref_load(got->dtype, (char *)got->data + tensor_offset(got, index));
        if (!element_agrees(expected, i, x, largest)) {
            describe(expected, i, index, x, m);
            return false;
        }
        ref_next(got->rank, got->shape, index);
    }
    return true;
}

bool same_bytes(const lax_tensor *a, const lax_tensor *b) {
    int64_t index[LAX_MAX_RANK] = {0};
    if (lax_tensor_elements(a) <= 0) return true;
    do {
        if (memcmp((char *)a->data + tensor_offset(a, index),
                   (char *)b->data + tensor_offset(b, index), ref_size(a->dtype)) != 0) {
            return false;
        }
    } while (ref_next(a->rank, a->shape, index));
    return true;
}

void must(lax_status status, const lax_error *why, const char *what) {
    ck_assert_msg(status == LAX_OK, "%s: %s: %s", what, lax_status_name(status), why->text);
}

void expect_f32(const lax_tensor *got, struct list values) {
    ck_assert_int_eq(lax_tensor_elements(got), values.n);
    const float *x = got->data;
    for (int64_t i = 0; i < values.n; i++) {
        float y = values.v[i];
        bool same = isnan(y) ? isnan(x[i]) != 0 : x[i] == y;
        ck_assert_msg(same, "element %lld: expected %.9g, got %.9g", (long long)i, (double)y,
                      (double)x[i]);
    }
}
