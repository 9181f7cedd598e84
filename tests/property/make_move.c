/* SPDX-License-Identifier: Apache-2.0 */
/* Random pad, transpose and reduce_precision, pad's gradients, and pooling. */
#include "property/problem.h"

#include <string.h>

static void make_padding(struct problem *p, int32_t *rank, int64_t *shape, int64_t *padded) {
    struct rng *r = &p->rng;
    *rank = (int32_t)rng_in(r, 0, rng_chance(r, 6) ? LAX_MAX_RANK : 4);
    for (int32_t d = 0; d < *rank; d++) {
        int64_t low = rng_in(r, -3, *rank > 4 ? 1 : 4), high = rng_in(r, -3, *rank > 4 ? 1 : 4);
        int64_t interior = rng_chance(r, 50) ? rng_in(r, 0, 2) : 0;
        shape[d] = rng_chance(r, 3) ? 0 : problem_size(p, 1, *rank > 4 ? 2 : 8);
        if (ref_dilate(shape[d], interior + 1) + low + high < 0) low = high = 0;
        p->op.pad.low[d] = low;
        p->op.pad.high[d] = high;
        p->op.pad.interior[d] = interior;
        padded[d] = ref_dilate(shape[d], interior + 1) + low + high;
    }
}

static void special_fill(struct problem *p, lax_dtype type) {
    make_fill(p, type < LAX_S8 && rng_chance(&p->rng, 50) ? FILL_SPECIAL : FILL_NORMAL);
}

void make_pad(struct problem *p) {
    int32_t rank;
    int64_t shape[LAX_MAX_RANK], padded[LAX_MAX_RANK];
    lax_dtype type = any_dtype(&p->rng);
    make_padding(p, &rank, shape, padded);
    p->op.op = LAX_OP_PAD;
    problem_operand(p, 0, type, rank, shape);
    special_fill(p, type);
    if (rng_chance(&p->rng, 70)) {
        ref_store(type, p->init[0], ref_number(type, type == LAX_PRED ? 1 : 7));
        p->op.padding_value = p->init[0];
    }
}

/* Operand 0 is the cotangent; `other` is the padded operand's form; axis 1: the value's. */
void make_pad_grad(struct problem *p) {
    int32_t rank;
    int64_t shape[LAX_MAX_RANK] = {0}, padded[LAX_MAX_RANK];
    lax_dtype type = any_dtype(&p->rng);
    if (type == LAX_PRED) type = LAX_F32;
    make_padding(p, &rank, shape, padded);
    p->other = lax_tensor_of(type, NULL, rank, shape);
    p->op.axis = (int32_t)rng_in(&p->rng, 0, 1);
    problem_operand(p, 0, type, rank, padded);
    make_fill(p, FILL_NORMAL);
}

void expect_pad_grad(struct problem *p) {
    struct ref_array g = ref_array_read(&p->in[0].tensor);
    p->expected[0] = p->op.axis ? ref_pad_grad_value(&p->op.pad, p->other.shape, &g)
                                : ref_pad_grad(&p->op.pad, p->other.shape, &g);
    ref_array_free(&g);
}

lax_status call_pad_grad(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *g = &p->in[0].tensor;
    lax_tensor *y = &p->out[0].tensor;
    if (p->op.axis) return lax_pad_grad_value(ctx, g, p->other.shape, &p->op.pad, y, why);
    return lax_pad_grad_operand(ctx, g, &p->op.pad, y, why);
}

/* Conversions whose every value is representable or rounds in one step. */
static lax_dtype converted(struct rng *r, lax_dtype type) {
    lax_dtype to = (lax_dtype)rng_in(r, LAX_F64, LAX_C128);
    return ref_is_complex(type) && !ref_is_complex(to) ? type : to;
}

void make_transpose(struct problem *p) {
    struct rng *r = &p->rng;
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = (int32_t)rng_in(r, 0, rng_chance(r, 8) ? LAX_MAX_RANK : 5);
    lax_dtype type = any_dtype(r);
    for (int32_t d = 0; d < rank; d++) {
        shape[d] = rng_chance(r, 2) ? 0 : problem_size(p, 1, rank > 5 ? 2 : rank < 3 ? 40 : 7);
    }
    rng_permutation(r, rank, p->op.permutation);
    p->op.op = LAX_OP_TRANSPOSE;
    problem_operand(p, 0, type, rank, shape);
    p->op.results[0].dtype = rng_chance(r, 30) ? converted(r, type) : type;
    special_fill(p, type);
    if (p->op.results[0].dtype != type) make_fill(p, FILL_NORMAL);
}

void make_reduce_precision(struct problem *p) {
    int64_t shape[3];
    int32_t rank = (int32_t)rng_in(&p->rng, 0, 3);
    lax_dtype type = any_float(&p->rng);
    for (int32_t d = 0; d < rank; d++) shape[d] = problem_size(p, 1, 9);
    p->op.op = LAX_OP_REDUCE_PRECISION;
    p->op.exponent_bits = (int32_t)rng_in(&p->rng, 1, 11);
    p->op.mantissa_bits = (int32_t)rng_in(&p->rng, 0, rng_chance(&p->rng, 50) ? 10 : 52);
    problem_operand(p, 0, type, rank, shape);
    make_fill(p, rng_chance(&p->rng, 30) ? FILL_SPECIAL : FILL_NORMAL);
}

/* ---- pooling: rank n + 2, channels where `layout` says ---- */

static void pool_window(struct problem *p, int32_t n, const int64_t *size) {
    static const char *const names[] = {"SAME", "VALID", "SAME_LOWER"};
    lax_pool_options *o = &p->pool;
    struct rng *r = &p->rng;
    bool strides = rng_chance(r, 70), dilated = rng_chance(r, 20);
    o->ceil_mode = rng_chance(r, 30);
    bool pads = rng_chance(r, 50);
    for (int32_t d = 0; d < n; d++) {
        o->window[d] = rng_in(r, 1, size[d] < 4 ? size[d] + 1 : 4);
        if (strides) o->strides[d] = rng_in(r, 1, 4);
        if (dilated) o->dilation[d] = rng_in(r, 1, 2);
        if (pads) o->pads[d][0] = rng_in(r, 0, o->window[d] / 2);
        if (pads) o->pads[d][1] = rng_in(r, 0, o->window[d] / 2);
    }
    if (!pads && !o->ceil_mode) o->padding = names[rng_in(r, 0, 2)];
    o->exclude_padding = rng_chance(r, 50);
}

/* Pooling's window over every dimension, from the options by their definition. */
static void pool_resolve(const struct problem *p, const int64_t *shape, struct ref_window *w,
                         int64_t *never) {
    const lax_pool_options *o = &p->pool;
    int32_t rank = p->op.operands[0].rank, n = 0;
    const char *layout = o->layout;
    lax_window_options all = {.size = sizeof all, .padding = o->padding};
    memset(never, 0, LAX_MAX_RANK * sizeof *never);
    int32_t axis_of[LAX_MAX_RANK];
    for (int32_t d = 0; d < rank; d++) {
        bool spatial = layout ? layout[d] != 'N' && layout[d] != 'C' : d != 0 && d != rank - 1;
        if (!spatial) continue;
        axis_of[n] = d;
        all.window_dimensions[d] = o->window[n];
        all.window_strides[d] = o->strides[n];
        all.window_dilation[d] = o->dilation[n];
        all.pads[d][0] = o->pads[n][0];
        all.pads[d][1] = o->pads[n][1];
        n++;
    }
    ref_window_of(&all, rank, shape, w);
    for (int32_t i = 0; i < n && o->ceil_mode; i++) {
        int32_t d = axis_of[i];
        int64_t k = ref_dilate(w->size[d], w->dilation[d]), s = w->stride[d];
        int64_t room = w->in[d] + w->low[d] + w->high[d] - k;
        int64_t out = room <= -s ? 0 : room < 0 ? 1 : (room + s - 1) / s + 1;
        if (out > 0 && (out - 1) * s >= w->in[d] + w->low[d]) out--;
        int64_t needed = (out - 1) * s + k - w->in[d] - w->low[d];
        if (out > w->out[d]) {
            never[d] = needed - w->high[d];
            w->high[d] = needed;
            w->out[d] = out;
        }
    }
}

/* op.axis: 0 max, 1 min, 2 average. */
void make_pool(struct problem *p) {
    static const char *const layouts[][3] = {
        {NULL, "NC", "CN"}, {NULL, "NCW", "WNC"}, {NULL, "NCHW", "HNWC"}, {NULL, "NCDHW", "DCNHW"}};
    int32_t n = (int32_t)rng_in(&p->rng, 0, 3), rank = n + 2, spatial = 0;
    int64_t shape[5], size[3] = {0};
    p->pool = LAX_POOL_OPTIONS(.layout = layouts[n][rng_in(&p->rng, 0, 2)]);
    for (int32_t d = 0; d < rank; d++) {
        const char *layout = p->pool.layout;
        bool is_spatial = layout ? layout[d] != 'N' && layout[d] != 'C' : d != 0 && d != rank - 1;
        shape[d] = problem_size(p, 1, is_spatial ? (n == 3 ? 5 : 11) : 3);
        if (is_spatial) size[spatial++] = shape[d];
    }
    pool_window(p, n, size);
    p->op.axis = (int32_t)rng_in(&p->rng, 0, 2);
    problem_operand(p, 0, p->op.axis == 2 ? any_float(&p->rng) : any_dtype(&p->rng), rank, shape);
    make_fill(p, FILL_NORMAL);
}

void expect_pool(struct problem *p) {
    struct ref_array x = ref_array_read(&p->in[0].tensor);
    struct ref_window w;
    int64_t never[LAX_MAX_RANK];
    pool_resolve(p, x.shape, &w, never);
    p->expected[0] = p->op.axis == 2
                         ? ref_avg_pool(&w, p->pool.exclude_padding, never, &x)
                         : ref_reduce_window(&w, p->op.axis ? LAX_MIN : LAX_MAX, &x, NULL);
    ref_array_free(&x);
}

lax_status call_pool(lax_context *ctx, struct problem *p, lax_error *why) {
    const lax_tensor *x = &p->in[0].tensor;
    lax_tensor *y = &p->out[0].tensor;
    if (p->op.axis == 0) return lax_max_pool(ctx, x, &p->pool, y, why);
    if (p->op.axis == 1) return lax_min_pool(ctx, x, &p->pool, y, why);
    return lax_avg_pool(ctx, x, &p->pool, y, why);
}
