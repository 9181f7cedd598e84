/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution's relatives: patches, unshared kernels, conv_transpose. */
#include "reference/reference.h"

#include <string.h>

static int64_t filter_elements(const struct ref_conv *c, const int64_t *filter) {
    int64_t n = 1;
    for (int32_t d = 0; d < c->w.n; d++) n *= filter[d];
    return n;
}

/* Offset in lhs of (batch, channel, tap) for an output index in role order; -1: padding, hole. */
static int64_t patch_offset(const struct ref_conv *c, const struct ref_array *lhs,
                            const int64_t *role_index, int64_t channel, const int64_t *tap) {
    int64_t strides[LAX_MAX_RANK];
    ref_row_major(lhs->rank, lhs->shape, strides);
    int64_t offset = role_index[0] * strides[c->lhs[0]] + channel * strides[c->lhs[1]];
    for (int32_t d = 0; d < c->w.n; d++) {
        int64_t at;
        if (!ref_tap(&c->w, d, role_index[d + 2], tap[d], &at)) return -1;
        offset += at * strides[c->lhs[d + 2]];
    }
    return offset;
}

static void unravel(int32_t n, const int64_t *shape, int64_t flat, int64_t *index) {
    for (int32_t d = n - 1; d >= 0; d--) {
        index[d] = flat % shape[d];
        flat /= shape[d];
    }
}

struct ref_array ref_patches(const struct ref_conv *c, const int64_t *filter,
                             const struct ref_array *lhs) {
    int64_t shape[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0}, taps = filter_elements(c, filter);
    shape[c->out[0]] = lhs->shape[c->lhs[0]];
    shape[c->out[1]] = lhs->shape[c->lhs[1]] * taps;
    for (int32_t d = 0; d < c->w.n; d++) shape[c->out[d + 2]] = c->w.out[d];
    struct ref_array out = ref_array_new(lhs->dtype, lhs->rank, shape);
    for (int64_t i = 0; i < out.n; i++) {
        int64_t role[LAX_MAX_RANK], tap[LAX_MAX_RANK];
        for (int32_t d = 0; d < out.rank; d++) role[d] = index[c->out[d]];
        unravel(c->w.n, filter, role[1] % taps, tap);
        int64_t at = patch_offset(c, lhs, role, role[1] / taps, tap);
        if (at >= 0) out.v[i] = lhs->v[at];
        ref_next(out.rank, out.shape, index);
    }
    return out;
}

/* Adds up one output element of the unshared convolution. */
static void local_element(const struct ref_conv *c, const int64_t *filter,
                          const struct ref_array *const in[2], const int64_t *role,
                          struct ref_array *out, int64_t to) {
    int64_t strides[LAX_MAX_RANK], taps = filter_elements(c, filter);
    ref_row_major(in[1]->rank, in[1]->shape, strides);
    int64_t base = role[1] * strides[c->rhs[0]];
    for (int32_t d = 0; d < c->w.n; d++) base += role[d + 2] * strides[c->rhs[d + 2]];
    for (int64_t i = 0; i < in[1]->shape[c->rhs[1]]; i++) {
        int64_t tap[LAX_MAX_RANK];
        unravel(c->w.n, filter, i % taps, tap);
        int64_t at = patch_offset(c, in[0], role, i / taps, tap);
        if (at < 0) continue;
        struct ref_value x = in[0]->v[at], y = in[1]->v[base + i * strides[c->rhs[1]]];
        out->v[to] = ref_add(out->dtype, out->v[to], ref_mul(out->dtype, x, y));
        out->scale[to] += ref_magnitude(out->dtype, x) * ref_magnitude(out->dtype, y);
    }
}

struct ref_array ref_local(const struct ref_conv *c, const int64_t *filter, lax_dtype type,
                           const struct ref_array *lhs, const struct ref_array *rhs) {
    int64_t shape[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    shape[c->out[0]] = lhs->shape[c->lhs[0]];
    shape[c->out[1]] = rhs->shape[c->rhs[0]];
    for (int32_t d = 0; d < c->w.n; d++) shape[c->out[d + 2]] = c->w.out[d];
    struct ref_array out = ref_array_sums(type, lhs->rank, shape);
    struct ref_array left = ref_array_converted(lhs, type), right = ref_array_converted(rhs, type);
    out.k = rhs->shape[c->rhs[1]];
    for (int64_t i = 0; i < out.n; i++) {
        int64_t role[LAX_MAX_RANK];
        for (int32_t d = 0; d < out.rank; d++) role[d] = index[c->out[d]];
        local_element(c, filter, (const struct ref_array *const[]){&left, &right}, role, &out, i);
        ref_next(out.rank, out.shape, index);
    }
    ref_array_free(&left);
    ref_array_free(&right);
    return out;
}

void ref_conv_transpose_pads(int64_t kernel, int64_t stride, const char *padding, int64_t pads[2]) {
    int64_t length = kernel + stride - 2;
    if (strcmp(padding, "SAME") == 0) {
        pads[0] = stride > kernel - 1 ? kernel - 1 : (length + 1) / 2;
    } else {
        length += kernel > stride ? kernel - stride : 0;
        pads[0] = kernel - 1;
    }
    pads[1] = length - pads[0];
}

static const char *const default_numbers[][3] = {{"NC", "IO", "NC"},
                                                 {"NHC", "HIO", "NHC"},
                                                 {"NHWC", "HWIO", "NHWC"},
                                                 {"NHWDC", "HWDIO", "NHWDC"}};

static void transpose_numbers(const lax_conv_transpose_options *o, int32_t rank,
                              struct ref_conv *c) {
    static const lax_conv_dimension_numbers unset;
    bool given =
        o->dimension_numbers[0] || o->dim_labels || memcmp(&o->indices, &unset, sizeof unset) != 0;
    ref_conv_numbers(given ? o->dimension_numbers : default_numbers[rank - 2], o->dim_labels,
                     &o->indices, rank, c);
}

struct ref_array ref_conv_transpose(const lax_conv_transpose_options *o,
                                    const struct ref_array *lhs, const struct ref_array *rhs) {
    struct ref_conv c;
    memset(&c, 0, sizeof c);
    transpose_numbers(o, lhs->rank, &c);
    if (o->transpose_kernel) {
        int32_t axis = c.rhs[0];
        c.rhs[0] = c.rhs[1];
        c.rhs[1] = axis;
    }
    c.features = c.batches = 1;
    c.w.n = lhs->rank - 2;
    static const int64_t zeros[2];
    bool by_pads =
        o->explicit_pads ||
        (!o->padding && memcmp(o->pads, (int64_t[LAX_MAX_SPATIAL][2]){{0}}, sizeof o->pads) != 0);
    for (int32_t d = 0; d < c.w.n; d++) {
        int64_t pads[2] = {zeros[0], zeros[1]};
        c.w.in[d] = lhs->shape[c.lhs[d + 2]];
        c.w.size[d] = rhs->shape[c.rhs[d + 2]];
        c.w.stride[d] = 1;
        c.w.base[d] = o->strides[d] ? o->strides[d] : 1;
        c.w.dilation[d] = o->rhs_dilation[d] ? o->rhs_dilation[d] : 1;
        c.w.reversed[d] = o->transpose_kernel;
        int64_t k = ref_dilate(c.w.size[d], c.w.dilation[d]);
        if (by_pads) {
            bool turned = o->use_consistent_padding;
            pads[0] = turned ? k - 1 - o->pads[d][0] : o->pads[d][0];
            pads[1] = turned ? k - 1 - o->pads[d][1] : o->pads[d][1];
        } else {
            ref_conv_transpose_pads(k, c.w.base[d], o->padding ? o->padding : "SAME", pads);
        }
        c.w.low[d] = pads[0];
        c.w.high[d] = pads[1];
    }
    ref_window_close(&c.w);
    lax_dtype type = o->preferred_element_type ? o->preferred_element_type : lhs->dtype;
    return ref_conv_forward(&c, type, lhs, rhs);
}
