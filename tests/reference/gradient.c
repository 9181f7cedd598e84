/* SPDX-License-Identifier: Apache-2.0 */
/* Gradients as JAX's transpose rules build them: a convolution with other options. The adjoints of
 * conv.c must agree with them; each is checked against the other. */
#include "reference/reference.h"

#include <string.h>

static void swapped(int32_t rank, const int32_t *spec, int32_t *to) {
    memcpy(to, spec, (size_t)rank * sizeof *spec);
    to[0] = spec[1];
    to[1] = spec[0];
}

struct ref_array ref_conv_jax_lhs(const struct ref_conv *c, const int64_t *lhs_shape,
                                  const struct ref_array *grad, const struct ref_array *rhs) {
    struct ref_conv g;
    memset(&g, 0, sizeof g);
    int64_t groups = c->features > 1 ? c->features : c->batches;
    struct ref_array turned = ref_array_merged(rhs, c->rhs[0], c->rhs[1], groups);
    int32_t rank = c->w.n + 2;
    memcpy(g.lhs, c->out, sizeof g.lhs);
    swapped(rank, c->rhs, g.rhs);
    memcpy(g.out, c->lhs, sizeof g.out);
    g.features = groups;
    g.batches = 1;
    g.w.n = c->w.n;
    for (int32_t d = 0; d < c->w.n; d++) {
        int64_t k = ref_dilate(c->w.size[d], c->w.dilation[d]);
        int64_t x = ref_dilate(lhs_shape[c->lhs[d + 2]], c->w.base[d]);
        g.w.in[d] = grad->shape[c->out[d + 2]];
        g.w.size[d] = c->w.size[d];
        g.w.stride[d] = c->w.base[d];
        g.w.base[d] = c->w.stride[d];
        g.w.dilation[d] = c->w.dilation[d];
        g.w.reversed[d] = !c->w.reversed[d];
        g.w.low[d] = k - 1 - c->w.low[d];
        g.w.high[d] = x + k - 1 - ref_dilate(g.w.in[d], c->w.stride[d]) - g.w.low[d];
    }
    ref_window_close(&g.w);
    struct ref_array dx = ref_conv_forward(&g, grad->dtype, grad, &turned);
    ref_array_free(&turned);
    if (c->batches == 1) return dx;
    struct ref_array merged = ref_array_merged(&dx, c->lhs[1], c->lhs[0], c->batches);
    ref_array_free(&dx);
    return merged;
}

/* Reverses the spatial axes that the forward window reverses. */
static struct ref_array reversed(const struct ref_conv *c, struct ref_array a) {
    struct ref_array b = ref_array_new(a.dtype, a.rank, a.shape);
    int64_t strides[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    ref_row_major(a.rank, a.shape, strides);
    b.scale = a.scale;
    b.terms = a.terms;
    b.k = a.k;
    b.match = a.match;
    b.accumulate = a.accumulate;
    for (int64_t i = 0; i < a.n; i++) {
        int64_t at = i;
        for (int32_t d = 0; d < c->w.n; d++) {
            int32_t axis = c->rhs[d + 2];
            int64_t last = a.shape[axis] - 1;
            if (c->w.reversed[d]) at += (last - 2 * index[axis]) * strides[axis];
        }
        b.v[i] = a.v[at];
        ref_next(a.rank, a.shape, index);
    }
    a.scale = NULL;
    a.terms = NULL;
    ref_array_free(&a);
    return b;
}

struct ref_array ref_conv_jax_rhs(const struct ref_conv *c, const int64_t *rhs_shape,
                                  const struct ref_array *grad, const struct ref_array *lhs) {
    struct ref_conv g;
    memset(&g, 0, sizeof g);
    int32_t rank = c->w.n + 2;
    swapped(rank, c->lhs, g.lhs);
    swapped(rank, c->out, g.rhs);
    swapped(rank, c->rhs, g.out);
    g.features = c->batches;
    g.batches = c->features;
    g.w.n = c->w.n;
    for (int32_t d = 0; d < c->w.n; d++) {
        int64_t k = ref_dilate(rhs_shape[c->rhs[d + 2]], c->w.dilation[d]);
        g.w.in[d] = lhs->shape[c->lhs[d + 2]];
        g.w.size[d] = grad->shape[c->out[d + 2]];
        g.w.stride[d] = c->w.dilation[d];
        g.w.base[d] = c->w.base[d];
        g.w.dilation[d] = c->w.stride[d];
        g.w.low[d] = c->w.low[d];
        g.w.high[d] = ref_dilate(g.w.size[d], c->w.stride[d]) -
                      ref_dilate(g.w.in[d], c->w.base[d]) + k - c->w.low[d] - 1;
    }
    ref_window_close(&g.w);
    if (grad->n == 0) return ref_array_sums(grad->dtype, rank, rhs_shape);
    return reversed(c, ref_conv_forward(&g, grad->dtype, lhs, grad));
}

struct ref_array ref_window_sum_jax_grad(const struct ref_window *w, const struct ref_array *grad) {
    struct ref_window g = *w;
    lax_pad_options pad = {.size = sizeof pad};
    struct ref_value zero = {0, 0, 0};
    for (int32_t d = 0; d < w->n; d++) {
        int64_t k = ref_dilate(w->size[d], w->dilation[d]);
        int64_t x = ref_dilate(w->in[d], w->base[d]);
        pad.low[d] = k - 1 - w->low[d];
        pad.high[d] = x + k - 1 - ref_dilate(w->out[d], w->stride[d]) - pad.low[d];
        pad.interior[d] = w->stride[d] - 1;
        g.stride[d] = w->base[d];
        g.low[d] = g.high[d] = 0;
        g.base[d] = 1;
    }
    struct ref_array padded = ref_pad(&pad, grad, zero);
    memcpy(g.in, padded.shape, sizeof g.in);
    ref_window_close(&g);
    struct ref_array out = ref_reduce_window(&g, LAX_ADD, &padded, NULL);
    ref_array_free(&padded);
    return out;
}
