/* SPDX-License-Identifier: Apache-2.0 */
/* Convolutions, their gradients, patches and local convolutions become one strided problem: the
 * roles of batch, features and window change places, dimension orders, group kinds and reversal
 * turn into strides and offsets. JAX's transpose rules (semantics of conv VJPs) are what the two
 * gradient functions spell out. */
#include "layout/layout.h"

/* Strides of one tensor by role. */
struct roles {
    int64_t first, second, spatial[LAX_MAX_SPATIAL]; /* batch or O, features or I, spatial */
};

static struct roles roles_of(const lax_tensor *t, const int32_t *spec, int n) {
    struct roles r = {t->strides[spec[0]], t->strides[spec[1]], {0}};
    for (int d = 0; d < n; d++) r.spatial[d] = t->strides[spec[2 + d]];
    return r;
}

/* What stays the same in every direction: group stride of the lhs-like and out-like tensors. */
struct groups {
    int64_t count, batch, in, out; /* batch per group, features per group */
    bool on_batch;
};

static struct groups groups_of(const struct conv_shape *c) {
    int64_t count = lax_i_max(c->feature_groups, c->batch_groups);
    return (struct groups){.count = count,
                           .batch = c->batch / c->batch_groups,
                           .in = c->in_features / c->feature_groups,
                           .out = c->out_features / count,
                           .on_batch = c->batch_groups > 1};
}

/* Group stride of the forward lhs: over features, or over the batch. */
static int64_t lhs_group(const struct groups *g, const struct roles *lhs) {
    return g->on_batch ? g->batch * lhs->first : g->in * lhs->second;
}

static void reverse(int64_t size, int64_t *stride, int64_t *offset) {
    *offset += (size - 1) * *stride;
    *stride = -*stride;
}

static void forward(const struct shape *s, struct conv_problem *p) {
    const struct conv_shape *c = &s->conv;
    struct groups g = groups_of(c);
    struct roles lhs = roles_of(&s->operands[0], c->numbers.lhs_spec, c->n);
    struct roles rhs = roles_of(&s->operands[1], c->numbers.rhs_spec, c->n);
    struct roles out = roles_of(&s->results[0], c->numbers.out_spec, c->n);
    p->groups = g.count, p->batch = g.batch, p->in_features = g.in, p->out_features = g.out;
    p->lhs_group = lhs_group(&g, &lhs), p->lhs_batch = lhs.first, p->lhs_feature = lhs.second;
    p->rhs_group = g.out * rhs.first, p->rhs_out = rhs.first, p->rhs_in = rhs.second;
    p->out_group = g.out * out.second, p->out_batch = out.first, p->out_feature = out.second;
    for (int d = 0; d < c->n; d++) {
        const struct window_dim *w = &c->dim[d];
        p->dim[d] = (struct conv_dim){w->in,
                                      w->size,
                                      w->out,
                                      w->stride,
                                      w->pad_lo,
                                      w->base_dilation,
                                      w->window_dilation,
                                      lhs.spatial[d],
                                      rhs.spatial[d],
                                      out.spatial[d],
                                      0};
        if (w->reversed) reverse(w->size, &p->dim[d].rhs_stride, &p->rhs_offset);
    }
}

/* d lhs: grad is convolved with the flipped kernel, features trade places; padding may become
 * negative. */
static void grad_lhs(const struct shape *s, struct conv_problem *p) {
    const struct conv_shape *c = &s->conv;
    struct groups g = groups_of(c);
    struct roles lhs = roles_of(&s->results[0], c->numbers.lhs_spec, c->n);
    struct roles rhs = roles_of(&s->operands[1], c->numbers.rhs_spec, c->n);
    struct roles grad = roles_of(&s->operands[0], c->numbers.out_spec, c->n);
    p->groups = g.count, p->batch = g.batch, p->in_features = g.out, p->out_features = g.in;
    p->lhs_group = g.out * grad.second, p->lhs_batch = grad.first, p->lhs_feature = grad.second;
    p->rhs_group = g.out * rhs.first, p->rhs_out = rhs.second, p->rhs_in = rhs.first;
    p->out_group = lhs_group(&g, &lhs), p->out_batch = lhs.first, p->out_feature = lhs.second;
    for (int d = 0; d < c->n; d++) {
        const struct window_dim *w = &c->dim[d];
        int64_t reach = w->window_dilation * (w->size - 1);
        p->dim[d] = (struct conv_dim){w->out,
                                      w->size,
                                      w->in,
                                      w->base_dilation,
                                      reach - w->pad_lo,
                                      w->stride,
                                      w->window_dilation,
                                      grad.spatial[d],
                                      rhs.spatial[d],
                                      lhs.spatial[d],
                                      0};
        if (!w->reversed) reverse(w->size, &p->dim[d].rhs_stride, &p->rhs_offset);
    }
}

/* d rhs: lhs is convolved with grad as the kernel, the batch is contracted, strides and
 * dilations trade places. */
static void grad_rhs(const struct shape *s, struct conv_problem *p) {
    const struct conv_shape *c = &s->conv;
    struct groups g = groups_of(c);
    struct roles lhs = roles_of(&s->operands[0], c->numbers.lhs_spec, c->n);
    struct roles rhs = roles_of(&s->results[0], c->numbers.rhs_spec, c->n);
    struct roles grad = roles_of(&s->operands[1], c->numbers.out_spec, c->n);
    p->groups = g.count, p->batch = g.in, p->in_features = g.batch, p->out_features = g.out;
    p->lhs_group = lhs_group(&g, &lhs), p->lhs_batch = lhs.second, p->lhs_feature = lhs.first;
    p->rhs_group = g.out * grad.second, p->rhs_out = grad.second, p->rhs_in = grad.first;
    p->out_group = g.out * rhs.first, p->out_batch = rhs.second, p->out_feature = rhs.first;
    for (int d = 0; d < c->n; d++) {
        const struct window_dim *w = &c->dim[d];
        p->dim[d] =
            (struct conv_dim){w->in,           w->out,           w->size,   w->window_dilation,
                              w->pad_lo,       w->base_dilation, w->stride, lhs.spatial[d],
                              grad.spatial[d], rhs.spatial[d],   0};
        if (w->reversed) reverse(w->size, &p->dim[d].out_stride, &p->out_offset);
    }
}

/* Patches copy: a group for each feature, taps walk the output's feature axis. */
static void patches(const struct shape *s, struct conv_problem *p) {
    const struct conv_shape *c = &s->conv;
    struct roles lhs = roles_of(&s->operands[0], c->numbers.lhs_spec, c->n);
    struct roles out = roles_of(&s->results[0], c->numbers.out_spec, c->n);
    p->patches = true;
    p->groups = c->in_features, p->batch = c->batch, p->in_features = p->out_features = 1;
    p->lhs_group = p->lhs_feature = lhs.second, p->lhs_batch = lhs.first;
    p->out_batch = out.first, p->out_feature = out.second;
    int64_t taps = 1;
    for (int d = c->n - 1; d >= 0; d--) {
        const struct window_dim *w = &c->dim[d];
        p->dim[d] = (struct conv_dim){w->in,
                                      w->size,
                                      w->out,
                                      w->stride,
                                      w->pad_lo,
                                      w->base_dilation,
                                      w->window_dilation,
                                      lhs.spatial[d],
                                      taps * out.second,
                                      out.spatial[d],
                                      0};
        taps *= w->size;
    }
    p->out_group = taps * out.second;
}

/* A kernel for every position: taps walk the rhs feature axis, positions its spatial axes. */
static void local(const struct shape *s, struct conv_problem *p) {
    const struct conv_shape *c = &s->conv;
    struct roles rhs = roles_of(&s->operands[1], c->numbers.rhs_spec, c->n);
    forward(s, p);
    int64_t taps = 1;
    for (int d = c->n - 1; d >= 0; d--) {
        p->dim[d].rhs_stride = taps * rhs.second;
        p->dim[d].rhs_position_stride = rhs.spatial[d];
        taps *= c->dim[d].size;
    }
    p->rhs_in = taps * rhs.second;
}

/* --- epilogue --------------------------------------------------------------------------------- */

static void epilogue(const struct shape *s, struct conv_problem *p) {
    const lax_epilogue *e = &s->spec->operation->epilogue;
    if (e->size == 0) return;
    struct conv_epilogue *to = &p->epilogue;
    to->activation = e->activation, to->alpha = e->alpha, to->beta = e->beta;
    to->bias = s->bias.rank != -1;
    to->residual = s->residual.rank != -1;
    if (to->bias) {
        to->bias_feature = s->bias.strides[0];
        to->bias_group = p->out_features * to->bias_feature;
    }
    if (!to->residual) return;
    struct roles r = roles_of(&s->residual, s->conv.numbers.out_spec, s->conv.n);
    to->residual_group = p->out_features * r.second;
    to->residual_batch = r.first, to->residual_feature = r.second;
    memcpy(to->residual_stride, r.spatial, sizeof r.spatial);
}

/* --- simplification --------------------------------------------------------------------------- */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Taps at the ends of a window that lie in the padding for every output are gone; one always
 * stays. */
static void crop_window(struct conv_dim *d, int64_t *rhs_offset) {
    if (d->in < 1 || d->out < 1 || d->kernel < 2) return;
    int64_t before = d->pad_lo - (d->out - 1) * d->stride; /* what tap 0 lacks at the last output */
    int64_t first = before > 0 ? lax_i_ceil_div(before, d->rhs_dilation) : 0;
    int64_t last = floor_div((d->in - 1) * d->lhs_dilation + d->pad_lo, d->rhs_dilation);
    last = lax_i_min(last, d->kernel - 1);
    if (first > last) return;
    *rhs_offset += first * d->rhs_stride;
    d->pad_lo -= first * d->rhs_dilation;
    d->kernel = last - first + 1;
}

/* A dimension with one tap and one output is a constant offset, if that tap exists. */
static bool is_trivial(const struct conv_dim *d) {
    return d->kernel == 1 && d->out == 1 && d->pad_lo <= 0 && -d->pad_lo % d->lhs_dilation == 0 &&
           -d->pad_lo / d->lhs_dilation < d->in;
}

static void drop_trivial_dims(struct conv_problem *p) {
    int n = 0;
    for (int d = 0; d < p->n; d++) {
        if (is_trivial(&p->dim[d])) {
            p->lhs_offset += -p->dim[d].pad_lo / p->dim[d].lhs_dilation * p->dim[d].lhs_stride;
            continue;
        }
        p->epilogue.residual_stride[n] = p->epilogue.residual_stride[d];
        p->dim[n++] = p->dim[d];
    }
    p->n = n;
}

void lax_i_layout_conv(const struct shape *shape, struct problem *out) {
    static const struct {
        lax_op op;
        void (*layout)(const struct shape *, struct conv_problem *);
    } rows[] = {{LAX_OP_CONV, forward},
                {LAX_OP_CONV_GRAD_LHS, grad_lhs},
                {LAX_OP_CONV_GRAD_RHS, grad_rhs},
                {LAX_OP_CONV_PATCHES, patches},
                {LAX_OP_CONV_LOCAL, local}};
    const lax_operation *op = shape->spec->operation;
    struct conv_problem *p = &out->conv;
    out->kind = PROBLEM_CONV;
    *p = (struct conv_problem){.n = shape->conv.n, .open_batch = op->conv.open_batch};
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        if (rows[i].op == op->op) rows[i].layout(shape, p);
    p->lhs_type = shape->operands[0].dtype;
    p->rhs_type = p->patches ? p->lhs_type : shape->operands[1].dtype;
    p->compute_type = shape->conv.compute;
    p->out_type = shape->results[0].dtype;
    epilogue(shape, p);
    for (int d = 0; d < p->n && !p->patches; d++) crop_window(&p->dim[d], &p->rhs_offset);
    drop_trivial_dims(p);
}
