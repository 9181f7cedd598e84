/* SPDX-License-Identifier: Apache-2.0 */
/* What options mean: padding names, dimension numbers, sizes. Options are taken to be valid. */
#include "reference/reference.h"

#include <ctype.h>
#include <string.h>

int64_t ref_dilate(int64_t size, int64_t dilation) {
    return size == 0 ? 0 : 1 + dilation * (size - 1);
}

void ref_same(int64_t in, int64_t window, int64_t stride, bool lower, int64_t pads[2]) {
    int64_t out = (in + stride - 1) / stride;
    int64_t total = (out - 1) * stride + window - in;
    if (total < 0) total = 0;
    pads[0] = lower ? total - total / 2 : total / 2;
    pads[1] = total - pads[0];
}

void ref_window_close(struct ref_window *w) {
    for (int32_t d = 0; d < w->n; d++) {
        int64_t padded = w->low[d] + ref_dilate(w->in[d], w->base[d]) + w->high[d];
        int64_t window = ref_dilate(w->size[d], w->dilation[d]);
        w->out[d] = padded < window ? 0 : (padded - window) / w->stride[d] + 1;
    }
}

static bool same_word(const char *a, const char *b) {
    while (*a && toupper((unsigned char)*a) == *b) a++, b++;
    return *a == 0 && *b == 0;
}

static void resolve_padding(struct ref_window *w, const char *padding, const int64_t (*pads)[2]) {
    for (int32_t d = 0; d < w->n; d++) {
        int64_t pair[2] = {pads[d][0], pads[d][1]};
        if (padding && !same_word(padding, "VALID")) {
            ref_same(w->in[d], ref_dilate(w->size[d], w->dilation[d]), w->stride[d],
                     same_word(padding, "SAME_LOWER"), pair);
        }
        w->low[d] = pair[0];
        w->high[d] = pair[1];
    }
}

static void ones(int32_t n, const int64_t *from, int64_t *to) {
    for (int32_t d = 0; d < n; d++) to[d] = from[d] ? from[d] : 1;
}

void ref_window_of(const lax_window_options *options, int32_t rank, const int64_t *shape,
                   struct ref_window *w) {
    memset(w, 0, sizeof *w);
    w->n = rank;
    if (rank) memcpy(w->in, shape, (size_t)rank * sizeof *shape);
    ones(rank, options->window_dimensions, w->size);
    ones(rank, options->window_strides, w->stride);
    ones(rank, options->base_dilation, w->base);
    ones(rank, options->window_dilation, w->dilation);
    resolve_padding(w, options->padding, options->pads);
    ref_window_close(w);
}

bool ref_tap(const struct ref_window *w, int32_t d, int64_t position, int64_t tap, int64_t *at) {
    int64_t u = position * w->stride[d] + tap * w->dilation[d] - w->low[d];
    if (u < 0 || u % w->base[d] != 0 || u / w->base[d] >= w->in[d]) return false;
    *at = u / w->base[d];
    return true;
}

static int32_t place(const char *text, char c) { return (int32_t)(strchr(text, c) - text); }

/* first and second name the roles; the others follow in the order of `order`'s characters. */
static void spec_from_string(const char *text, const char roles[2], const char *order,
                             const char order_roles[2], int32_t *spec) {
    int32_t n = 2;
    spec[0] = place(text, roles[0]);
    spec[1] = place(text, roles[1]);
    for (const char *c = order; *c; c++) {
        if (*c != order_roles[0] && *c != order_roles[1]) spec[n++] = place(text, *c);
    }
}

static void spec_from_labels(const char *text, const char roles[2], int32_t rank, int32_t *spec) {
    spec[0] = place(text, roles[0]);
    spec[1] = place(text, roles[1]);
    for (int32_t d = 2; d < rank; d++) spec[d] = place(text, (char)('0' + d - 2));
}

static void numbers_from_labels(const char *labels, int32_t rank, struct ref_conv *c) {
    char lhs[LAX_MAX_RANK + 1] = "", rhs[LAX_MAX_RANK + 1] = "";
    memcpy(lhs, labels, (size_t)rank);
    memcpy(rhs, labels + rank + 1, (size_t)rank);
    spec_from_labels(lhs, "bf", rank, c->lhs);
    spec_from_labels(rhs, "oi", rank, c->rhs);
    spec_from_labels(labels + 2 * rank + 3, "bf", rank, c->out);
}

void ref_conv_numbers(const char *const strings[3], const char *labels,
                      const lax_conv_dimension_numbers *indices, int32_t rank, struct ref_conv *c) {
    static const lax_conv_dimension_numbers unset;
    size_t bytes = (size_t)rank * sizeof *c->lhs;
    if (strings[0]) {
        spec_from_string(strings[0], "NC", strings[1], "OI", c->lhs);
        spec_from_string(strings[1], "OI", strings[1], "OI", c->rhs);
        spec_from_string(strings[2], "NC", strings[1], "OI", c->out);
    } else if (labels) {
        numbers_from_labels(labels, rank, c);
    } else if (memcmp(indices, &unset, sizeof unset) != 0) {
        memcpy(c->lhs, indices->lhs_spec, bytes);
        memcpy(c->rhs, indices->rhs_spec, bytes);
        memcpy(c->out, indices->out_spec, bytes);
    } else {
        for (int32_t d = 0; d < rank; d++) c->lhs[d] = c->rhs[d] = c->out[d] = d;
    }
}

void ref_conv_of(const lax_conv_options *options, const lax_tensor *lhs, const int64_t *rhs_shape,
                 struct ref_conv *c) {
    memset(c, 0, sizeof *c);
    int32_t n = lhs->rank - 2;
    ref_conv_numbers(options->dimension_numbers, options->dim_labels, &options->indices, lhs->rank,
                     c);
    c->w.n = n;
    for (int32_t d = 0; d < n; d++) {
        c->w.in[d] = lhs->shape[c->lhs[d + 2]];
        c->w.size[d] = rhs_shape[c->rhs[d + 2]];
        c->w.reversed[d] = options->window_reversal[d];
    }
    ones(n, options->window_strides, c->w.stride);
    ones(n, options->lhs_dilation, c->w.base);
    ones(n, options->rhs_dilation, c->w.dilation);
    resolve_padding(&c->w, options->padding, options->pads);
    ref_window_close(&c->w);
    c->features = options->feature_group_count ? options->feature_group_count : 1;
    c->batches = options->batch_group_count ? options->batch_group_count : 1;
}
