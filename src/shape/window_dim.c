/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of one window dimension, shared by convolutions and windows: jax.lax's
 * dilate_dim, stride_dim and padtype_to_pads. */
#include "shape/shape.h"

bool lax_i_dilate_dim(int64_t size, int64_t dilation, int64_t *out) {
    if (size == 0) return *out = 0, true;
    return lax_i_mul(size - 1, dilation, out) && lax_i_add(*out, 1, out);
}

int64_t lax_i_stride_dim(int64_t size, int64_t window, int64_t stride) {
    /* The test comes first: C's division truncates, and -1 / s would give a phantom output. */
    return size < window ? 0 : (size - window) / stride + 1;
}

/* SAME: out = ceil(in / stride), the odd cell goes high; SAME_LOWER: low. Never negative. */
static bool same_pads(int64_t in, int64_t window, int64_t stride, enum padding_word word,
                      int64_t *lo, int64_t *hi) {
    int64_t total;
    int64_t steps = in == 0 ? -1 : (in - 1) / stride;
    if (!lax_i_mul(steps, stride, &total) || !lax_i_add(total, window, &total) ||
        !lax_i_sub(total, in, &total))
        return false;
    total = lax_i_max(total, 0);
    *lo = word == PADDING_SAME ? total / 2 : total - total / 2;
    *hi = total - *lo;
    return true;
}

static lax_status overflow(const char *what, int d, lax_error *why) {
    return lax_i_fail(why, LAX_ERROR_OVERFLOW,
                      "%s dimension %d: dilated and padded sizes do not fit in int64_t", what, d);
}

lax_status lax_i_window_dim(struct window_dim *dim, enum padding_word padding,
                            bool empty_if_negative, const char *what, int d, lax_error *why) {
    int64_t window, padded;
    if (dim->size <= 0)
        return lax_i_fail(why, LAX_ERROR_WINDOW_SIZE,
                          "the window must be positive in %s dimension %d, got %lld", what, d,
                          (long long)dim->size);
    if (!lax_i_dilate_dim(dim->size, dim->window_dilation, &window)) return overflow(what, d, why);
    if (padding == PADDING_VALID) dim->pad_lo = dim->pad_hi = 0;
    if ((padding == PADDING_SAME || padding == PADDING_SAME_LOWER) &&
        !same_pads(dim->in, window, dim->stride, padding, &dim->pad_lo, &dim->pad_hi))
        return overflow(what, d, why);
    if (!lax_i_dilate_dim(dim->in, dim->base_dilation, &padded) ||
        !lax_i_add(padded, dim->pad_lo, &padded) || !lax_i_add(padded, dim->pad_hi, &padded))
        return overflow(what, d, why);
    if (padded < 0 && !empty_if_negative)
        return lax_i_fail(
            why, LAX_ERROR_PADDING_NEGATIVE,
            "padding (%lld, %lld) is larger than %s dimension %d of dilated size %lld",
            (long long)dim->pad_lo, (long long)dim->pad_hi, what, d,
            (long long)(padded - dim->pad_lo - dim->pad_hi));
    dim->out = lax_i_stride_dim(padded, window, dim->stride);
    return LAX_OK;
}

lax_status lax_padtype_to_pads(int32_t n, const int64_t *in_shape, const int64_t *window_shape,
                               const int64_t *window_strides, const char *padding,
                               int64_t (*pads)[2], lax_error *why) {
    enum padding_word word;
    if (n < 0 || n > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_RANK, "n must be 0 to %d, got %d", LAX_MAX_RANK, n);
    if (padding == NULL || (n > 0 && (!in_shape || !window_shape || !window_strides || !pads)))
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", padding ? "an array" : "padding");
    lax_status s = lax_i_padding_word(padding, &word, why);
    if (s != LAX_OK) return s;
    for (int d = 0; d < n; d++) {
        if (in_shape[d] < 0 || window_strides[d] <= 0 || window_shape[d] < 0)
            return lax_i_fail(why, LAX_ERROR_VALUE,
                              "dimension %d: size %lld and window %lld must not be negative, "
                              "stride %lld must be positive",
                              d, (long long)in_shape[d], (long long)window_shape[d],
                              (long long)window_strides[d]);
        pads[d][0] = pads[d][1] = 0;
        if (word != PADDING_VALID && !same_pads(in_shape[d], window_shape[d], window_strides[d],
                                                word, &pads[d][0], &pads[d][1]))
            return overflow("in_shape", d, why);
    }
    return LAX_OK;
}
