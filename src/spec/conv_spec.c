/* SPDX-License-Identifier: Apache-2.0 */
/* What the options of a convolution mean: dimension numbers in any of their forms, strides,
 * dilations, padding, groups. */
#include "spec/spec.h"

static lax_status check_triple(const int32_t *spec, int rank, const char *name, lax_error *why) {
    unsigned seen = 0;
    for (int i = 0; i < rank; i++) {
        if (spec[i] < 0 || spec[i] >= rank)
            return lax_i_fail(why, LAX_ERROR_LABELS_RANGE,
                              "indices.%s[%d] must be an axis below rank %d, got %d", name, i, rank,
                              spec[i]);
        if (seen & 1u << spec[i])
            return lax_i_fail(why, LAX_ERROR_LABELS_DUPLICATE,
                              "indices.%s must name each axis once, but index %d repeats axis %d",
                              name, i, spec[i]);
        seen |= 1u << spec[i];
    }
    return LAX_OK;
}

static bool triple_set(const int32_t *spec) {
    for (int i = 0; i < LAX_MAX_RANK; i++)
        if (spec[i] != 0) return true;
    return false;
}

/* Index triples; each that is unset is 0, 1, 2, ... */
static lax_status from_indices(const lax_conv_dimension_numbers *given, int rank,
                               lax_conv_dimension_numbers *out, lax_error *why) {
    static const char *const names[3] = {"lhs_spec", "rhs_spec", "out_spec"};
    const int32_t *from[3] = {given->lhs_spec, given->rhs_spec, given->out_spec};
    int32_t *to[3] = {out->lhs_spec, out->rhs_spec, out->out_spec};
    for (int w = 0; w < 3; w++) {
        bool set = triple_set(from[w]);
        lax_status s = set ? check_triple(from[w], rank, names[w], why) : LAX_OK;
        if (s != LAX_OK) return s;
        for (int i = 0; i < rank; i++) to[w][i] = set ? from[w][i] : i;
    }
    return LAX_OK;
}

static bool strings_set(const char *const strings[3]) {
    return strings[0] != NULL || strings[1] != NULL || strings[2] != NULL;
}

static lax_status read_numbers(const lax_conv_options *o, int rank, lax_conv_dimension_numbers *out,
                               lax_error *why) {
    bool indices = triple_set(o->indices.lhs_spec) || triple_set(o->indices.rhs_spec) ||
                   triple_set(o->indices.out_spec);
    bool strings = strings_set(o->dimension_numbers);
    if ((int)strings + (int)indices + (int)(o->dim_labels != NULL) > 1)
        return lax_i_fail(why, LAX_ERROR_OPTION_TWICE,
                          "dimension numbers are given twice: set only one of "
                          "dimension_numbers, dim_labels and indices");
    if (strings)
        return lax_conv_dimension_numbers_from_strings(rank, rank, o->dimension_numbers, out, why);
    if (o->dim_labels == NULL) return from_indices(&o->indices, rank, out, why);
    int32_t labels_rank;
    lax_status s = lax_conv_dimension_numbers_from_labels(o->dim_labels, &labels_rank, out, why);
    if (s == LAX_OK && labels_rank != rank)
        s = lax_i_fail(why, LAX_ERROR_LABELS_LENGTH,
                       "dim_labels \"%.40s\" is for rank %d, but the operands have rank %d",
                       o->dim_labels, labels_rank, rank);
    return s;
}

static lax_status read_padding(const lax_conv_options *o, struct window_spec *out, lax_error *why) {
    lax_status s = lax_i_option_padding(o->padding, o->pads, LAX_MAX_SPATIAL, out, why);
    if (s != LAX_OK || o->padding == NULL) return s;
    for (int d = 0; d < out->n; d++)
        if (out->base_dilation[d] != 1)
            return lax_i_fail(why, LAX_ERROR_PADDING_DILATED,
                              "padding \"%.20s\" cannot be resolved with lhs_dilation[%d] = %lld: "
                              "give pads, or use conv_transpose",
                              o->padding, d, (long long)out->base_dilation[d]);
    return LAX_OK;
}

static lax_status read_window(const lax_conv_options *o, struct window_spec *out, lax_error *why) {
    int n = out->n;
    lax_status s = lax_i_option_array(
        &(struct option){"window_strides", LAX_MAX_SPATIAL, LAX_ERROR_WINDOW_STRIDE},
        o->window_strides, n, out->strides, why);
    if (s == LAX_OK)
        s = lax_i_option_array(
            &(struct option){"lhs_dilation", LAX_MAX_SPATIAL, LAX_ERROR_DILATION}, o->lhs_dilation,
            n, out->base_dilation, why);
    if (s == LAX_OK)
        s = lax_i_option_array(
            &(struct option){"rhs_dilation", LAX_MAX_SPATIAL, LAX_ERROR_DILATION}, o->rhs_dilation,
            n, out->window_dilation, why);
    for (int d = 0; d < LAX_MAX_SPATIAL && s == LAX_OK; d++) {
        if (d >= n && o->window_reversal[d])
            s = lax_i_fail(why, LAX_ERROR_WINDOW_LENGTH,
                           "window_reversal is set at index %d, but the window has %d dimensions",
                           d, n);
        out->reversal[d] = o->window_reversal[d];
    }
    return s == LAX_OK ? read_padding(o, out, why) : s;
}

static lax_status read_groups(const lax_conv_options *o, struct conv_spec *out, lax_error *why) {
    out->feature_groups = o->feature_group_count == 0 ? 1 : o->feature_group_count;
    out->batch_groups = o->batch_group_count == 0 ? 1 : o->batch_group_count;
    if (out->feature_groups < 1)
        return lax_i_fail(why, LAX_ERROR_FEATURE_GROUPS,
                          "feature_group_count must be positive, got %lld",
                          (long long)out->feature_groups);
    if (out->batch_groups < 1)
        return lax_i_fail(why, LAX_ERROR_BATCH_GROUPS,
                          "batch_group_count must be positive, got %lld",
                          (long long)out->batch_groups);
    if (out->feature_groups > 1 && out->batch_groups > 1)
        return lax_i_fail(why, LAX_ERROR_BOTH_GROUPS,
                          "at most one of feature_group_count and batch_group_count may be above "
                          "1, got %lld and %lld",
                          (long long)out->feature_groups, (long long)out->batch_groups);
    return LAX_OK;
}

lax_status lax_i_conv_spec(const lax_conv_options *options, int32_t lhs_rank, int32_t rhs_rank,
                           struct conv_spec *out, lax_error *why) {
    *out = (struct conv_spec){.preferred = options->preferred_element_type};
    lax_status s = lax_i_conv_ranks(lhs_rank, rhs_rank, why);
    if (s != LAX_OK) return s;
    if (out->preferred != LAX_DTYPE_UNSET && !lax_i_dtype_valid(out->preferred))
        return lax_i_fail(why, LAX_ERROR_DTYPE, "preferred_element_type %d is no element type",
                          (int)out->preferred);
    out->window.n = lhs_rank - 2;
    s = read_numbers(options, lhs_rank, &out->numbers, why);
    if (s == LAX_OK) s = read_groups(options, out, why);
    return s == LAX_OK ? read_window(options, &out->window, why) : s;
}
