/* SPDX-License-Identifier: Apache-2.0 */
/* Random convolutions: forward, dense (for the fast lowerings), gradients, patches, local. */
#include "property/problem.h"

#include <stdio.h>
#include <string.h>

#define MOST_PRODUCTS 24000

/* Sizes of one random convolution, in roles. */
struct sizes {
    int32_t n;
    int64_t batch, in_features, features; /* in_features: of one group */
    int64_t in[LAX_MAX_RANK], kernel[LAX_MAX_RANK];
};

void make_fill(struct problem *p, enum fill fill) {
    for (int32_t k = 0; k < LAX_MAX_OPERANDS; k++) p->fill[k] = fill;
}

static int32_t some_dimensions(struct rng *r) {
    static const int32_t often[] = {0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3};
    if (rng_chance(r, 6)) return (int32_t)rng_in(r, 4, LAX_MAX_SPATIAL);
    return often[rng_in(r, 0, 10)];
}

/* 2^k and 2^k +- 1 now and then, 0 rarely. */
static int64_t some_features(struct problem *p, int64_t high) {
    static const int64_t powers[] = {7, 8, 9, 15, 16, 17, 31, 32, 33};
    if (rng_chance(&p->rng, 2)) return 0;
    if (high >= 33 && rng_chance(&p->rng, 15)) return powers[rng_in(&p->rng, 0, 8)];
    return problem_size(p, 1, high > 7 ? 7 : high);
}

static void some_sizes(struct problem *p, struct sizes *s) {
    static const int64_t largest_in[] = {1, 24, 12, 6, 3, 3, 2, 2, 2, 2, 2};
    static const int64_t largest_kernel[] = {1, 7, 5, 3, 2, 2, 2, 2, 2, 2, 1};
    s->n = some_dimensions(&p->rng);
    int64_t features = s->n <= 2 ? 33 : s->n <= 4 ? 4 : 2;
    s->batch = rng_chance(&p->rng, 2) ? 0 : problem_size(p, 1, s->n > 4 ? 2 : 4);
    s->in_features = some_features(p, features);
    s->features = some_features(p, features);
    for (int32_t d = 0; d < s->n; d++) {
        s->kernel[d] = problem_size(p, 1, largest_kernel[s->n]);
        s->in[d] = rng_chance(&p->rng, 2) ? 0 : problem_size(p, 1, largest_in[s->n]);
    }
}

static void some_groups(struct problem *p, struct sizes *s) {
    lax_conv_options *o = &p->op.conv;
    int64_t kind = rng_in(&p->rng, 0, 99), groups = rng_in(&p->rng, 2, 5);
    if (kind < 25) {
        o->feature_group_count = groups;
        if (rng_chance(&p->rng, 25)) s->in_features = 1;
    } else if (kind < 40) {
        o->batch_group_count = groups;
        s->batch *= groups;
        if (s->features == groups) s->features++; /* a wrong formula is right for O = G * G */
    }
    if (kind < 40) s->features *= groups;
    if (o->feature_group_count == 0 && rng_chance(&p->rng, 30)) o->feature_group_count = 1;
}

static void some_window(struct problem *p, const struct sizes *s) {
    lax_conv_options *o = &p->op.conv;
    struct rng *r = &p->rng;
    static const char *const names[] = {"SAME", "VALID", "SAME_LOWER", "same", "Valid"};
    bool strides = rng_chance(r, 50), base = rng_chance(r, 25), dilated = rng_chance(r, 30);
    bool reversed = rng_chance(r, 12), pads = rng_chance(r, 60);
    for (int32_t d = 0; d < s->n; d++) {
        if (strides) o->window_strides[d] = rng_in(r, 1, 4);
        if (base) o->lhs_dilation[d] = rng_in(r, 1, 3);
        if (dilated) o->rhs_dilation[d] = rng_in(r, 1, 3);
        if (reversed) o->window_reversal[d] = rng_chance(r, 60);
        if (!pads) continue;
        int64_t size = ref_dilate(s->in[d], base ? o->lhs_dilation[d] : 1);
        o->pads[d][0] = rng_in(r, -2, 4);
        o->pads[d][1] = rng_in(r, -2, 4);
        if (size + o->pads[d][0] + o->pads[d][1] < 0) o->pads[d][0] = o->pads[d][1] = 0;
    }
    if (!pads && !base && rng_chance(r, 70)) o->padding = names[rng_in(r, 0, 4)];
}

static void spec_text(const int32_t *spec, int32_t rank, const char *labels, char *text) {
    for (int32_t i = 0; i < rank; i++) text[spec[i]] = labels[i];
    text[rank] = 0;
}

/* JAX strings: spatial characters in the order in which the rhs string shows them. */
static void numbers_as_strings(struct problem *p, int32_t rank, struct ref_conv *c) {
    char lhs[] = "NC..........", rhs[] = "OI..........";
    static const char characters[] = "HWDxyz0189";
    int32_t order[LAX_MAX_RANK], n = 2;
    rng_permutation(&p->rng, rank, order);
    for (int32_t axis = 0; axis < rank; axis++) {
        if (order[axis] < 2) {
            c->rhs[order[axis]] = axis;
        } else {
            c->rhs[n++] = axis;
        }
    }
    int32_t start = (int32_t)rng_in(&p->rng, 0, 9);
    for (int32_t d = 2; d < rank; d++) lhs[d] = rhs[d] = characters[(start + d) % 10];
    spec_text(c->lhs, rank, lhs, p->strings[0]);
    spec_text(c->rhs, rank, rhs, p->strings[1]);
    spec_text(c->out, rank, lhs, p->strings[2]);
    for (int i = 0; i < 3; i++) p->op.conv.dimension_numbers[i] = p->strings[i];
}

static void numbers_as_labels(struct problem *p, int32_t rank, const struct ref_conv *c) {
    char text[3][LAX_MAX_RANK + 1];
    spec_text(c->lhs, rank, "bf0123456789", text[0]);
    spec_text(c->rhs, rank, "oi0123456789", text[1]);
    spec_text(c->out, rank, "bf0123456789", text[2]);
    snprintf(p->labels, sizeof p->labels, "%s_%s->%s", text[0], text[1], text[2]);
    p->op.conv.dim_labels = p->labels;
}

void make_spatial_numbers(struct problem *p, int32_t rank, struct ref_conv *c) {
    int64_t kind = rng_in(&p->rng, 0, 9);
    memset(c, 0, sizeof *c);
    for (int32_t d = 0; d < rank; d++) c->lhs[d] = c->rhs[d] = c->out[d] = d;
    if (kind < 2) return;
    rng_permutation(&p->rng, rank, c->lhs);
    rng_permutation(&p->rng, rank, c->rhs);
    rng_permutation(&p->rng, rank, c->out);
    if (kind < 6) {
        numbers_as_strings(p, rank, c);
    } else if (kind < 8) {
        numbers_as_labels(p, rank, c);
    } else {
        size_t bytes = (size_t)rank * sizeof *c->lhs;
        memcpy(p->op.conv.indices.lhs_spec, c->lhs, bytes);
        memcpy(p->op.conv.indices.rhs_spec, c->rhs, bytes);
        memcpy(p->op.conv.indices.out_spec, c->out, bytes);
    }
}

static void place(const struct ref_conv *c, const struct sizes *s, const lax_conv_options *o,
                  int64_t *lhs, int64_t *rhs) {
    int64_t groups = o->feature_group_count ? o->feature_group_count : 1;
    lhs[c->lhs[0]] = s->batch;
    lhs[c->lhs[1]] = s->in_features * groups;
    rhs[c->rhs[0]] = s->features;
    rhs[c->rhs[1]] = s->in_features;
    for (int32_t d = 0; d < s->n; d++) {
        lhs[c->lhs[d + 2]] = s->in[d];
        rhs[c->rhs[d + 2]] = s->kernel[d];
    }
}

static int64_t products(const lax_conv_options *o, int32_t rank, const int64_t *lhs,
                        const int64_t *rhs) {
    struct ref_conv c;
    lax_tensor form = lax_tensor_of(LAX_F32, NULL, rank, lhs);
    int64_t n;
    ref_conv_of(o, &form, rhs, &c);
    n = lhs[c.lhs[0]] / c.batches * rhs[c.rhs[0]] * rhs[c.rhs[1]];
    for (int32_t d = 0; d < c.w.n; d++) n *= c.w.out[d] * c.w.size[d];
    return n;
}

/* Draws again until the problem is small. */
int64_t make_conv_shapes(struct problem *p, int64_t *lhs, int64_t *rhs, int32_t *rank) {
    int64_t n;
    do {
        struct sizes s;
        struct ref_conv c;
        memset(&p->op.conv, 0, sizeof p->op.conv);
        p->op.conv.size = sizeof p->op.conv;
        p->n_used = 0;
        some_sizes(p, &s);
        some_groups(p, &s);
        some_window(p, &s);
        *rank = s.n + 2;
        make_spatial_numbers(p, *rank, &c);
        place(&c, &s, &p->op.conv, lhs, rhs);
        n = products(&p->op.conv, *rank, lhs, rhs);
    } while (n > MOST_PRODUCTS);
    return n;
}

/* The type of the result, among those that JAX takes for this type of operand. */
static lax_dtype some_preferred(struct rng *r, lax_dtype type) {
    static const struct {
        lax_dtype from, to[4];
    } rows[] = {{LAX_F16, {LAX_F32, LAX_F64, LAX_BF16, LAX_F16}},
                {LAX_BF16, {LAX_F32, LAX_F64, LAX_F16, LAX_F32}},
                {LAX_F32, {LAX_F64, LAX_F32, LAX_F64, LAX_F64}},
                {LAX_S8, {LAX_S32, LAX_S16, LAX_F32, LAX_BF16}},
                {LAX_S16, {LAX_S32, LAX_S64, LAX_F16, LAX_F64}},
                {LAX_S32, {LAX_S64, LAX_F32, LAX_F64, LAX_S32}},
                {LAX_S64, {LAX_F64, LAX_S64, LAX_F64, LAX_F64}},
                {LAX_U8, {LAX_U32, LAX_S32, LAX_S8, LAX_F32}},
                {LAX_U16, {LAX_U64, LAX_S32, LAX_F32, LAX_U16}},
                {LAX_PRED, {LAX_S32, LAX_F32, LAX_U8, LAX_PRED}},
                {LAX_C64, {LAX_C128, LAX_C64, LAX_C128, LAX_C128}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].from == type) return rows[i].to[rng_in(r, 0, 3)];
    }
    return LAX_DTYPE_UNSET;
}

/* Large integers lose bits that a float sum could cancel: small ones for float results. */
static void conv_fill(struct problem *p, lax_dtype type, lax_dtype result) {
    bool narrow = ref_is_integer(type) && !ref_is_integer(result);
    make_fill(p, narrow ? FILL_FEW : FILL_NORMAL);
    if (ref_is_float(type) && rng_chance(&p->rng, 5)) p->fill[0] = FILL_SPECIAL;
}

void make_conv(struct problem *p) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK];
    int32_t rank;
    lax_dtype type = any_dtype(&p->rng), result = type;
    make_conv_shapes(p, lhs, rhs, &rank);
    p->op.op = LAX_OP_CONV;
    if (rng_chance(&p->rng, 20)) {
        p->op.conv.preferred_element_type = some_preferred(&p->rng, type);
        if (p->op.conv.preferred_element_type) result = p->op.conv.preferred_element_type;
    }
    problem_operand(p, 0, type, rank, lhs);
    problem_operand(p, 1, type, rank, rhs);
    conv_fill(p, type, result);
}

void make_conv_u8(struct problem *p) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK];
    int32_t rank;
    make_conv_shapes(p, lhs, rhs, &rank);
    p->op.op = LAX_OP_CONV;
    problem_operand(p, 0, LAX_U8, rank, lhs);
    problem_operand(p, 1, LAX_S8, rank, rhs);
    make_fill(p, FILL_NORMAL);
}

/* Channels-last layers with enough channels for matrix kernels, in both float types. */
void make_conv_dense(struct problem *p) {
    static const int64_t channels[] = {8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65};
    static const char *const numbers[][3] = {{"NC", "IO", "NC"},
                                             {"NWC", "WIO", "NWC"},
                                             {"NHWC", "HWIO", "NHWC"},
                                             {"HWNC", "OIHW", "NWHC"},
                                             {"NHWC", "OHWI", "HNWC"}};
    int64_t pick = rng_in(&p->rng, 0, 4), lhs[4], rhs[4];
    int32_t n = pick < 2 ? (int32_t)pick : 2;
    struct sizes s = {n, 0, 0, 0, {0}, {0}};
    s.batch = problem_size(p, 1, 3);
    s.in_features = channels[rng_in(&p->rng, 0, 10)];
    s.features = rng_chance(&p->rng, 70) ? channels[rng_in(&p->rng, 0, 8)] : problem_size(p, 1, 7);
    for (int32_t d = 0; d < n; d++) {
        s.kernel[d] = problem_size(p, 1, n == 1 ? 5 : 3);
        s.in[d] = problem_size(p, s.kernel[d], n == 1 ? 17 : 6);
    }
    some_window(p, &s);
    memset(p->op.conv.lhs_dilation, 0, sizeof p->op.conv.lhs_dilation);
    if (rng_chance(&p->rng, 25) && s.in_features < 20) {
        p->op.conv.feature_group_count = rng_in(&p->rng, 2, 3);
        s.features *= p->op.conv.feature_group_count;
    }
    struct ref_conv c;
    ref_conv_numbers(numbers[pick], NULL, NULL, n + 2, &c);
    memcpy(p->op.conv.dimension_numbers, numbers[pick], sizeof numbers[pick]);
    place(&c, &s, &p->op.conv, lhs, rhs);
    p->op.op = LAX_OP_CONV;
    p->plain = rng_chance(&p->rng, 85);
    lax_dtype type = rng_chance(&p->rng, 70) ? LAX_F32 : LAX_F64;
    problem_operand(p, 0, type, n + 2, lhs);
    problem_operand(p, 1, type, n + 2, rhs);
    make_fill(p, FILL_NORMAL);
    for (int32_t d = 0; d < n; d++) {
        int64_t *pads = p->op.conv.pads[d];
        if (pads[0] + s.in[d] + pads[1] < 0) pads[0] = pads[1] = 0;
    }
}

static lax_dtype cotangent_type(struct rng *r, lax_dtype type) {
    bool widened = (type == LAX_BF16 || type == LAX_F16) && rng_chance(r, 40);
    return widened ? LAX_F32 : type;
}

void make_conv_grad(struct problem *p) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK], out[LAX_MAX_RANK];
    int32_t rank;
    struct ref_conv c;
    lax_dtype type = any_dtype(&p->rng), grad = cotangent_type(&p->rng, type);
    make_conv_shapes(p, lhs, rhs, &rank);
    if (grad != type) p->op.conv.preferred_element_type = grad;
    lax_tensor form = lax_tensor_of(type, NULL, rank, lhs);
    ref_conv_of(&p->op.conv, &form, rhs, &c);
    ref_conv_shape(&c, lhs, rhs, out);
    bool wrt_lhs = rng_chance(&p->rng, 50);
    p->op.op = wrt_lhs ? LAX_OP_CONV_GRAD_LHS : LAX_OP_CONV_GRAD_RHS;
    problem_operand(p, 0, wrt_lhs ? grad : type, rank, wrt_lhs ? out : lhs);
    problem_operand(p, 1, wrt_lhs ? type : grad, rank, wrt_lhs ? rhs : out);
    p->op.results[0] = lax_tensor_of(type, NULL, rank, wrt_lhs ? lhs : rhs);
    make_fill(p, FILL_NORMAL);
}
