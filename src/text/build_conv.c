/* SPDX-License-Identifier: Apache-2.0 */
/* Convolutions: attributes to options, XLA's checks and the result's shape. */
#include "text/text.h"

static bool group_count(struct parser *p, const struct draft *draft, enum key key, const char *name,
                        int64_t *out) {
    const struct attributes *a = &draft->attributes;
    *out = 1;
    if (p->mlir && !lax_i_build_required(p, draft, key, name)) return false;
    if (!lax_i_attribute_has(a, key)) return true;
    *out = a->values[key][0];
    lax_status status =
        key == KEY_FEATURE_GROUPS ? LAX_ERROR_FEATURE_GROUPS : LAX_ERROR_BATCH_GROUPS;
    return *out >= 1 || lax_i_parse_fail(p, status, a->place[key], "%s must be positive, got %lld",
                                         name, (long long)*out);
}

static bool reversal(struct parser *p, const struct draft *draft, int n, bool *out) {
    const struct attributes *a = &draft->attributes;
    if (!lax_i_attribute_has(a, KEY_REVERSAL) || (p->mlir && a->n[KEY_REVERSAL] == 0)) return true;
    if (a->n[KEY_REVERSAL] != n)
        return lax_i_parse_fail(p, LAX_ERROR_WINDOW_LENGTH, a->place[KEY_REVERSAL],
                                "convolution: window reversal has %d entries, the window has %d "
                                "dimensions",
                                a->n[KEY_REVERSAL], n);
    for (int i = 0; i < n; i++) {
        int64_t value = a->values[KEY_REVERSAL][i];
        out[i] = p->mlir ? value != 0 : value == 1;
    }
    return true;
}

/* Labels, window and groups; the ranks of the operands must be the labels'. */
static bool options(struct parser *p, const struct draft *draft, const lax_operation *operation,
                    lax_conv_options *out) {
    const struct attributes *a = &draft->attributes;
    *out = LAX_CONV_OPTIONS(.padding = NULL);
    if (!lax_i_build_required(p, draft, KEY_LABELS, p->mlir ? "dim_numbers" : "dim_labels"))
        return false;
    int rank = (int)a->values[KEY_LABELS][0], n = rank - 2;
    for (int i = 0; i < operation->n_operands; i++)
        if (operation->operands[i].rank != rank)
            return lax_i_parse_fail(p, LAX_ERROR_RANK_MISMATCH, draft->place,
                                    "convolution: operand %d has rank %d, the dimension labels "
                                    "name %d dimensions",
                                    i, (int)operation->operands[i].rank, rank);
    out->indices = a->numbers;
    return lax_i_build_option(p, draft, KEY_STRIDES, n, "stride", out->window_strides) &&
           lax_i_build_pads(p, draft, n, out->pads) &&
           lax_i_build_option(p, draft, KEY_BASE_DILATION, n, "lhs dilation", out->lhs_dilation) &&
           lax_i_build_option(p, draft, KEY_WINDOW_DILATION, n, "rhs dilation",
                              out->rhs_dilation) &&
           reversal(p, draft, n, out->window_reversal) &&
           group_count(p, draft, KEY_FEATURE_GROUPS, "feature_group_count",
                       &out->feature_group_count) &&
           group_count(p, draft, KEY_BATCH_GROUPS, "batch_group_count", &out->batch_group_count);
}

/* --- checks ----------------------------------------------------------------------------------- */

/* Sizes by role. */
struct roles {
    int64_t batch, in_features, out_features, rhs_features;
};

static bool divides(struct parser *p, const struct draft *draft, lax_status status, int64_t size,
                    int64_t count, const char *what) {
    return size % count == 0 ||
           lax_i_parse_fail(p, status, draft->place,
                            "convolution: %s (%lld) must be a multiple of the group count %lld",
                            what, (long long)size, (long long)count);
}

static bool check_groups(struct parser *p, const struct draft *draft, const lax_conv_options *o,
                         const struct roles *r) {
    int64_t features = o->feature_group_count, batches = o->batch_group_count;
    if (features > 1 && batches > 1)
        return lax_i_parse_fail(p, LAX_ERROR_BOTH_GROUPS, draft->place,
                                "convolution: feature_group_count %lld and batch_group_count %lld "
                                "cannot both be above 1",
                                (long long)features, (long long)batches);
    if (!divides(p, draft, LAX_ERROR_FEATURE_DIVIDE, r->in_features, features,
                 "input features of lhs"))
        return false;
    if (r->in_features / features != r->rhs_features)
        return lax_i_parse_fail(p, LAX_ERROR_FEATURE_MISMATCH, draft->place,
                                "convolution: input features of lhs (%lld) / "
                                "feature_group_count %lld must be the input features of rhs "
                                "(%lld)",
                                (long long)r->in_features, (long long)features,
                                (long long)r->rhs_features);
    return divides(p, draft, LAX_ERROR_OUTPUT_DIVIDE, r->out_features, features,
                   "output features of rhs") &&
           divides(p, draft, LAX_ERROR_BATCH_DIVIDE, r->batch, batches, "batch of lhs") &&
           divides(p, draft, LAX_ERROR_OUTPUT_DIVIDE, r->out_features, batches,
                   "output features of rhs");
}

static bool check_types(struct parser *p, const struct draft *draft, lax_dtype lhs, lax_dtype rhs) {
    bool mixed =
        lax_i_frontend_get(&draft->attributes, "mixed") != NULL && lhs == LAX_U8 && rhs == LAX_S8;
    return lhs == rhs || mixed ||
           lax_i_parse_fail(p, LAX_ERROR_DTYPE_MISMATCH, draft->place,
                            "convolution: lhs is %s and rhs is %s", lax_dtype_name(lhs),
                            lax_dtype_name(rhs));
}

/* Where the text gives the window's size, it is that of rhs. */
static bool check_size(struct parser *p, const struct draft *draft, int n, const int64_t *size) {
    const struct attributes *a = &draft->attributes;
    if (!lax_i_attribute_has(a, KEY_WINDOW_SIZE)) return true;
    int64_t given[LAX_MAX_RANK];
    if (!lax_i_build_option(p, draft, KEY_WINDOW_SIZE, n, "size", given)) return false;
    for (int i = 0; i < n; i++)
        if (given[i] != size[i])
            return lax_i_parse_fail(p, LAX_ERROR_WINDOW_SIZE, a->place[KEY_WINDOW_SIZE],
                                    "convolution: size of window dimension %d is %lld, that of "
                                    "rhs is %lld",
                                    i, (long long)given[i], (long long)size[i]);
    return true;
}

/* --- result ----------------------------------------------------------------------------------- */

static bool spatial(struct parser *p, const struct draft *draft, const lax_operation *operation,
                    lax_tensor *form) {
    const lax_conv_options *o = &operation->conv;
    const lax_tensor *lhs = &operation->operands[0], *rhs = &operation->operands[1];
    int64_t size[LAX_MAX_RANK];
    int n = lhs->rank - 2;
    for (int j = 0; j < n; j++) {
        size[j] = rhs->shape[o->indices.rhs_spec[2 + j]];
        if (size[j] < 1)
            return lax_i_parse_fail(p, LAX_ERROR_WINDOW_SIZE, draft->place,
                                    "convolution: size of rhs in window dimension %d must be "
                                    "positive, got 0",
                                    j);
        struct extent extent = {lhs->shape[o->indices.lhs_spec[2 + j]],
                                size[j],
                                o->window_strides[j],
                                o->pads[j][0],
                                o->pads[j][1],
                                o->lhs_dilation[j],
                                o->rhs_dilation[j]};
        if (!lax_i_build_extent(&extent, &form->shape[o->indices.out_spec[2 + j]]))
            return lax_i_parse_fail(p, LAX_ERROR_OVERFLOW, draft->place,
                                    "convolution: the padded size of dimension %d does not fit", j);
    }
    return check_size(p, draft, n, size);
}

static bool infer(struct parser *p, const struct draft *draft, const lax_operation *operation,
                  lax_tensor *form) {
    const lax_conv_options *o = &operation->conv;
    const lax_tensor *lhs = &operation->operands[0], *rhs = &operation->operands[1];
    struct roles roles = {lhs->shape[o->indices.lhs_spec[0]], lhs->shape[o->indices.lhs_spec[1]],
                          rhs->shape[o->indices.rhs_spec[0]], rhs->shape[o->indices.rhs_spec[1]]};
    if (!check_types(p, draft, lhs->dtype, rhs->dtype) || !check_groups(p, draft, o, &roles))
        return false;
    form->rank = lhs->rank;
    form->shape[o->indices.out_spec[0]] = roles.batch / o->batch_group_count;
    form->shape[o->indices.out_spec[1]] = roles.out_features;
    return spatial(p, draft, operation, form);
}

/* Bias and residual stand behind lhs and rhs. */
static bool check_operands(struct parser *p, const struct draft *draft) {
    const struct attributes *a = &draft->attributes;
    int expected =
        2 + (lax_i_frontend_get(a, "bias") != NULL) + (lax_i_frontend_get(a, "residual") != NULL);
    if (lax_i_frontend_get(a, "patches") != NULL) expected = 1;
    return draft->operands.n == expected ||
           lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place,
                            "convolution takes %d operands here, got %d", expected,
                            draft->operands.n);
}

BUILD(convolution) {
    bool patches = lax_i_frontend_get(&draft->attributes, "patches") != NULL, taken;
    if (!check_operands(p, draft)) return false;
    struct family *family = lax_i_build_family(p, instruction, LAX_OP_CONV, patches ? 1 : 2);
    const lax_tensor *written = lax_i_written(p, draft);
    if (family == NULL || written == NULL) return false;
    lax_operation *operation = &family->operation;
    if (!options(p, draft, operation, &operation->conv)) return false;
    if (!lax_i_build_extended_conv(p, draft, instruction, &taken) || taken)
        return p->status == LAX_OK;
    lax_tensor form = {.dtype = written->dtype};
    if (!infer(p, draft, operation, &form)) return false;
    if (!lax_i_build_result(p, draft, instruction, &form)) return false;
    if (form.dtype != operation->operands[0].dtype)
        operation->conv.preferred_element_type = form.dtype;
    return lax_i_build_family_end(p, draft, instruction) &&
           (operation->epilogue.size == 0 || lax_i_build_ask_library(p, draft, instruction));
}
