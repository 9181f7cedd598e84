/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the small problems of the corner cases: once as called, once forced to the reference. */
#include "property/corner.h"

#include <stdlib.h>
#include <string.h>

#include "support/support.h"

lax_tensor f32_of(int32_t rank, const int64_t *shape, const float *values) {
    union {
        const float *from;
        void *to;
    } both = {values};
    return lax_tensor_of(LAX_F32, both.to, rank, shape);
}

static void conv_with(const lax_tensor *x, const lax_tensor *w, const lax_conv_options *options,
                      const lax_tensor *y, const char *lowering) {
    lax_conv_options o = options ? *options : LAX_CONV_OPTIONS(.lowering = NULL);
    lax_tensor form, got;
    lax_error why;
    if (lowering) o.lowering = lowering;
    must(lax_conv_general_dilated_shape(x, w, &o, &form, &why), &why, "shape");
    ck_assert_int_eq(form.rank, y->rank);
    for (int32_t d = 0; d < y->rank; d++) ck_assert_int_eq(form.shape[d], y->shape[d]);
    got = dense_new(form.dtype, form.rank, form.shape);
    must(lax_conv_general_dilated(NULL, x, w, &o, &got, &why), &why, "conv_general_dilated");
    if (got.dtype == LAX_F32) {
        expect_f32(&got, (struct list){lax_tensor_elements(y), y->data});
    } else {
        ck_assert(same_bytes(&got, y));
    }
    free(got.data);
}

void conv_nd(const lax_tensor *x, const lax_tensor *w, const lax_conv_options *options,
             const lax_tensor *y) {
    conv_with(x, w, options, y, NULL);
    conv_with(x, w, options, y, "reference");
}

void conv_1d(struct list x, struct list w, const lax_conv_options *options, struct list y) {
    lax_tensor lhs = f32_of(SHAPE(1, 1, x.n), x.v), rhs = f32_of(SHAPE(1, 1, w.n), w.v);
    lax_tensor out = f32_of(SHAPE(1, 1, y.n), y.v);
    conv_nd(&lhs, &rhs, options, &out);
}

static void expect_and_free(lax_tensor *got, struct list y) {
    expect_f32(got, y);
    free(got->data);
}

void window_1d(struct list x, lax_reducer_kind reducer, const lax_window_options *options,
               struct list y) {
    lax_tensor in = f32_of(SHAPE(x.n), x.v), form;
    lax_error why;
    must(lax_reduce_window_shape(&in, options, &form, &why), &why, "shape");
    ck_assert_int_eq(form.shape[0], y.n);
    lax_tensor got = dense_new(LAX_F32, 1, &y.n);
    must(lax_reduce_window(NULL, &in, reducer, options, &got, &why), &why, "reduce_window");
    expect_and_free(&got, y);
}

void scatter_1d(struct list x, lax_select select, const lax_window_options *options,
                struct list source, const float *y) {
    lax_tensor in = f32_of(SHAPE(x.n), x.v), from = f32_of(SHAPE(source.n), source.v);
    lax_tensor got = dense_new(LAX_F32, 1, &x.n);
    lax_error why;
    must(lax_select_and_scatter(NULL, &in, &LAX_SELECTOR(.kind = select), &from,
                                &LAX_REDUCER(.kind = LAX_ADD), options, &got, &why),
         &why, "select_and_scatter");
    expect_and_free(&got, (struct list){x.n, y});
}

void gather_1d(struct list x, const float *tangents, lax_select select,
               const lax_window_options *options, struct list y) {
    lax_tensor in = f32_of(SHAPE(x.n), x.v), t = f32_of(SHAPE(x.n), tangents);
    lax_tensor got = dense_new(LAX_F32, 1, &y.n);
    lax_error why;
    must(lax_select_and_gather_add(NULL, &t, &in, select, options, &got, &why), &why,
         "select_and_gather_add");
    expect_and_free(&got, y);
}
