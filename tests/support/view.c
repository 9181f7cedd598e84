/* SPDX-License-Identifier: Apache-2.0 */
/* Tensors with every kind of strides: permuted, sliced, reversed, and for inputs broadcast. */
#include "support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gives t strides in the order of `order` (outermost first), with gaps of up to `gap` elements. */
static void strides_in_order(struct rng *r, lax_tensor *t, const int32_t *order, int gap) {
    int64_t step = gap ? rng_in(r, 1, 1 + gap) : 1;
    for (int32_t i = t->rank - 1; i >= 0; i--) {
        int32_t d = order[i];
        t->strides[d] = step;
        step *= t->shape[d] > 0 ? t->shape[d] : 1;
        if (gap) step += rng_in(r, 0, gap);
    }
}

static void random_strides(struct rng *r, lax_tensor *t, enum view_kind kind) {
    int32_t order[LAX_MAX_RANK];
    for (int32_t d = 0; d < t->rank; d++) order[d] = d;
    if (kind != VIEW_PLAIN && rng_chance(r, 50)) rng_permutation(r, t->rank, order);
    strides_in_order(r, t, order, kind != VIEW_PLAIN && rng_chance(r, 25) ? 2 : 0);
    if (kind == VIEW_PLAIN) return;
    bool negate = rng_chance(r, 20), broadcast = kind == VIEW_INPUT && rng_chance(r, 10);
    for (int32_t d = 0; d < t->rank; d++) {
        if (negate && rng_chance(r, 50)) t->strides[d] = -t->strides[d];
        if (broadcast && rng_chance(r, 40)) t->strides[d] = 0;
    }
}

/* First and last element that the tensor touches, relative to element [0...0]. */
static void extent(const lax_tensor *t, int64_t *low, int64_t *high) {
    *low = *high = 0;
    for (int32_t d = 0; d < t->rank; d++) {
        int64_t reach = (t->shape[d] - 1) * t->strides[d];
        *(reach < 0 ? low : high) += reach;
    }
}

static bool is_empty(const lax_tensor *t) {
    for (int32_t d = 0; d < t->rank; d++) {
        if (t->shape[d] == 0) return true;
    }
    return false;
}

struct view view_new(struct rng *r, lax_dtype type, int32_t rank, const int64_t *shape,
                     enum view_kind kind) {
    struct view v;
    memset(&v, 0, sizeof v);
    v.tensor.dtype = type;
    v.tensor.rank = rank;
    if (rank) memcpy(v.tensor.shape, shape, (size_t)rank * sizeof *shape);
    random_strides(r, &v.tensor, kind);
    if (is_empty(&v.tensor)) return v;
    int64_t low, high;
    extent(&v.tensor, &low, &high);
    size_t size = ref_size(type);
    v.memory = guarded_new((size_t)(high - low + 1) * size, rng_chance(r, 50));
    v.tensor.data = v.memory.bytes - low * (int64_t)size;
    view_reset(&v);
    return v;
}

struct view view_like(struct rng *r, const lax_tensor *form, enum view_kind kind) {
    return view_new(r, form->dtype, form->rank, form->shape, kind);
}

void view_reset(struct view *v) {
    if (v->memory.map) memset(v->memory.bytes, 0xff, v->memory.nbytes);
}

void view_free(struct view *v) { guarded_free(&v->memory); }

int64_t tensor_offset(const lax_tensor *t, const int64_t *index) {
    int64_t at = 0;
    for (int32_t d = 0; d < t->rank; d++) at += index[d] * t->strides[d];
    return at * (int64_t)ref_size(t->dtype);
}

bool view_holes_intact(const struct view *v) {
    if (!v->memory.map) return true;
    if (!guarded_intact(&v->memory)) return false;
    unsigned char *written = calloc(v->memory.nbytes, 1);
    ck_assert_ptr_nonnull(written);
    int64_t index[LAX_MAX_RANK] = {0};
    do {
        unsigned char *to = (unsigned char *)v->tensor.data + tensor_offset(&v->tensor, index);
        memset(written + (to - v->memory.bytes), 1, ref_size(v->tensor.dtype));
    } while (ref_next(v->tensor.rank, v->tensor.shape, index));
    bool intact = true;
    for (size_t i = 0; i < v->memory.nbytes; i++) {
        intact &= written[i] || v->memory.bytes[i] == 0xff;
    }
    free(written);
    return intact;
}

static long double special(struct rng *r) {
    static const long double values[] = {0, -0.0L, 1, -1, 2, INFINITY, -INFINITY, NAN};
    return values[rng_in(r, 0, 7)];
}

static long double real_value(struct rng *r, enum fill fill, int64_t number) {
    switch (fill) {
    case FILL_FEW: return (long double)rng_in(r, -1, 1);
    case FILL_UNIT: return (rng_chance(r, 30) ? -1 : 1) * (1 + (long double)rng_in(r, -4, 4) / 16);
    case FILL_SMALL: return (long double)rng_in(r, -64, 64) / 128;
    case FILL_SPECIAL: return rng_chance(r, 12) ? special(r) : (long double)rng_in(r, -2, 2);
    case FILL_INDEX: return (long double)number;
    default: break;
    }
    return rng_chance(r, 60) ? (long double)rng_in(r, -16, 16) / 8
                             : (long double)rng_in(r, -4095, 4095) / 4096;
}

static uint64_t integer_value(struct rng *r, enum fill fill, int64_t number) {
    switch (fill) {
    case FILL_NORMAL: return rng_chance(r, 50) ? rng_next(r) : (uint64_t)rng_in(r, -9, 9);
    case FILL_INDEX: return (uint64_t)number;
    default: return (uint64_t)rng_in(r, -2, 2);
    }
}

void tensor_fill(struct rng *r, const lax_tensor *t, enum fill fill) {
    int64_t index[LAX_MAX_RANK] = {0}, number = 0;
    if (is_empty(t)) return;
    do {
        struct ref_value x = {0, 0, 0};
        if (t->dtype == LAX_PRED) {
            x.bits = (uint64_t)rng_in(r, 0, 1);
        } else if (ref_is_integer(t->dtype)) {
            x.bits = integer_value(r, fill, number);
        } else {
            x.re = real_value(r, fill, number);
            if (ref_is_complex(t->dtype)) x.im = real_value(r, fill, number);
            if (fill == FILL_UNIT) x.im /= 16;
        }
        ref_store(t->dtype, (char *)t->data + tensor_offset(t, index), x);
        number++;
    } while (ref_next(t->rank, t->shape, index));
}

lax_dtype any_dtype(struct rng *r) {
    return rng_chance(r, 40) ? LAX_F32 : (lax_dtype)rng_in(r, LAX_F64, LAX_C128);
}

lax_dtype any_float(struct rng *r) {
    return rng_chance(r, 40) ? LAX_F32 : (lax_dtype)rng_in(r, LAX_F64, LAX_BF16);
}

lax_tensor dense_new(lax_dtype type, int32_t rank, const int64_t *shape) {
    lax_tensor t = lax_tensor_of(type, NULL, rank, shape);
    int64_t n = lax_tensor_elements(&t);
    t.data = calloc(n > 0 ? (size_t)n : 1, ref_size(type));
    ck_assert_ptr_nonnull(t.data);
    return t;
}

lax_tensor dense_f32(int32_t rank, const int64_t *shape, const float *values) {
    lax_tensor t = dense_new(LAX_F32, rank, shape);
    int64_t n = lax_tensor_elements(&t);
    if (n > 0) memcpy(t.data, values, (size_t)n * sizeof *values);
    return t;
}
