/* SPDX-License-Identifier: Apache-2.0 */
/* jax.lax.conv_transpose: a convolution with lhs_dilation, and pads made from SAME or VALID. */
#include "api/api.h"

lax_status lax_conv_transpose_padding(int64_t k, int64_t s, const char *padding, int64_t pads[2],
                                      lax_error *why) {
    int64_t total, low;
    if (padding == NULL || pads == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", padding ? "pads" : "padding");
    if (k < 1 || s < 1 || k > INT64_MAX / 4 || s > INT64_MAX / 4)
        return lax_i_fail(why, LAX_ERROR_VALUE,
                          "kernel %lld and stride %lld must be positive and below 2^61",
                          (long long)k, (long long)s);
    if (strcmp(padding, "SAME") == 0) {
        total = k + s - 2;
        low = s > k - 1 ? k - 1 : lax_i_ceil_div(total, 2);
    } else if (strcmp(padding, "VALID") == 0) {
        total = k + s - 2 + lax_i_max(k - s, 0);
        low = k - 1;
    } else {
        return lax_i_fail(why, LAX_ERROR_PADDING_NAME,
                          "padding of conv_transpose must be \"SAME\" or \"VALID\", got \"%.40s\"",
                          padding);
    }
    pads[0] = low;
    pads[1] = total - low;
    return LAX_OK;
}

static lax_status default_numbers(int rank, const char *names[3], lax_error *why) {
    static const char *const defaults[][3] = {{"NC", "IO", "NC"},
                                              {"NHC", "HIO", "NHC"},
                                              {"NHWC", "HWIO", "NHWC"},
                                              {"NHWDC", "HWDIO", "NHWDC"}};
    if (rank < 2 || rank > 5)
        return lax_i_fail(why, LAX_ERROR_LABELS_DEFAULT,
                          "conv_transpose has default dimension numbers for rank 2 to 5, got %d",
                          rank);
    memcpy(names, defaults[rank - 2], sizeof defaults[0]);
    return LAX_OK;
}

static bool any_numbers(const lax_conv_transpose_options *o) {
    static const lax_conv_dimension_numbers unset;
    return o->dim_labels != NULL || o->dimension_numbers[0] != NULL ||
           o->dimension_numbers[1] != NULL || o->dimension_numbers[2] != NULL ||
           memcmp(&o->indices, &unset, sizeof unset) != 0;
}

/* Options that only rename: everything but padding and the kernel's transposition. */
static lax_status rename_options(const lax_tensor *lhs, const lax_conv_transpose_options *o,
                                 lax_conv_options *conv, lax_error *why) {
    *conv = LAX_CONV_OPTIONS(.preferred_element_type = o->preferred_element_type,
                             .policy = o->policy, .lowering = o->lowering,
                             .dim_labels = o->dim_labels, .indices = o->indices);
    memcpy(conv->lhs_dilation, o->strides, sizeof o->strides);
    memcpy(conv->rhs_dilation, o->rhs_dilation, sizeof o->rhs_dilation);
    memcpy(conv->dimension_numbers, o->dimension_numbers, sizeof o->dimension_numbers);
    return any_numbers(o) ? LAX_OK : default_numbers(lhs->rank, conv->dimension_numbers, why);
}

static bool any_pads(const lax_conv_transpose_options *o) {
    for (int d = 0; d < LAX_MAX_SPATIAL; d++)
        if (o->pads[d][0] != 0 || o->pads[d][1] != 0) return true;
    return o->explicit_pads;
}

static lax_status set_pads(const lax_conv_transpose_options *o, const struct conv_spec *spec,
                           const lax_tensor *rhs, lax_conv_options *conv, lax_error *why) {
    bool pairs = any_pads(o);
    if (pairs && o->padding != NULL)
        return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                          "padding is given twice: padding is \"%.20s\" and pads are set",
                          o->padding);
    memcpy(conv->pads, o->pads, sizeof conv->pads);
    if (pairs && !o->use_consistent_padding) return LAX_OK;
    for (int d = 0; d < spec->window.n; d++) {
        int64_t k;
        if (!lax_i_dilate_dim(rhs->shape[spec->numbers.rhs_spec[2 + d]],
                              spec->window.window_dilation[d], &k))
            return lax_i_fail(why, LAX_ERROR_OVERFLOW, "rhs spatial dimension %d is too large", d);
        lax_status s = LAX_OK;
        if (pairs)
            conv->pads[d][0] = k - 1 - o->pads[d][0], conv->pads[d][1] = k - 1 - o->pads[d][1];
        else
            s = lax_conv_transpose_padding(k, spec->window.base_dilation[d],
                                           o->padding == NULL ? "SAME" : o->padding, conv->pads[d],
                                           why);
        if (s != LAX_OK) return s;
    }
    return LAX_OK;
}

/* transpose_kernel: rhs is flipped, which is window reversal, and its I and O trade names. */
static void transpose_kernel(const struct conv_spec *spec, lax_conv_options *conv) {
    conv->indices = spec->numbers;
    conv->indices.rhs_spec[0] = spec->numbers.rhs_spec[1];
    conv->indices.rhs_spec[1] = spec->numbers.rhs_spec[0];
    conv->dim_labels = NULL;
    memset(conv->dimension_numbers, 0, sizeof conv->dimension_numbers);
    for (int d = 0; d < spec->window.n; d++) conv->window_reversal[d] = true;
}

lax_status lax_conv_transpose_as_conv(const lax_tensor *lhs, const lax_tensor *rhs,
                                      const lax_conv_transpose_options *options,
                                      lax_conv_options *conv, lax_error *why) {
    lax_conv_transpose_options o;
    struct conv_spec spec;
    lax_conv_options made;
    lax_status s = lax_i_require(lhs, "lhs", why);
    if (s == LAX_OK) s = lax_i_require(rhs, "rhs", why);
    if (s == LAX_OK) s = lax_i_require(conv, "conv", why);
    if (s == LAX_OK)
        s = lax_i_copy_options(&o, sizeof o, options, "LAX_CONV_TRANSPOSE_OPTIONS", why);
    if (s == LAX_OK) s = lax_i_check_tensor(rhs, "rhs", why);
    if (s == LAX_OK) s = rename_options(lhs, &o, &made, why);
    if (s == LAX_OK) s = lax_i_conv_spec(&made, lhs->rank, rhs->rank, &spec, why);
    if (s == LAX_OK) s = set_pads(&o, &spec, rhs, &made, why);
    if (s != LAX_OK) return s;
    if (o.transpose_kernel) transpose_kernel(&spec, &made);
    *conv = made;
    return LAX_OK;
}

lax_status lax_conv_transpose(lax_context *ctx, const lax_tensor *lhs, const lax_tensor *rhs,
                              const lax_conv_transpose_options *options, lax_tensor *out,
                              lax_error *why) {
    lax_conv_options conv;
    lax_status s = lax_conv_transpose_as_conv(lhs, rhs, options, &conv, why);
    return s == LAX_OK ? lax_conv_general_dilated(ctx, lhs, rhs, &conv, out, why) : s;
}

lax_status lax_conv_transpose_shape(const lax_tensor *lhs, const lax_tensor *rhs,
                                    const lax_conv_transpose_options *options, lax_tensor *out,
                                    lax_error *why) {
    lax_conv_options conv;
    lax_status s = lax_conv_transpose_as_conv(lhs, rhs, options, &conv, why);
    return s == LAX_OK ? lax_conv_general_dilated_shape(lhs, rhs, &conv, out, why) : s;
}
