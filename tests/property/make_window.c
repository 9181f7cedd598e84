/* SPDX-License-Identifier: Apache-2.0 */
/* Random window problems: reductions, arg-max, select_and_scatter, gradients, pooling. */
#include "property/problem.h"

#include <string.h>

#define MOST_TAPS 20000

static int32_t some_rank(struct rng *r) {
    static const int32_t often[] = {0, 1, 1, 2, 2, 2, 3, 3, 4, 4};
    if (rng_chance(r, 6)) return (int32_t)rng_in(r, 5, LAX_MAX_RANK);
    return often[rng_in(r, 0, 9)];
}

static void one_dimension(struct problem *p, int32_t d, int64_t size, const bool use[4]) {
    lax_window_options *o = &p->op.window;
    struct rng *r = &p->rng;
    if (use[0]) o->window_strides[d] = rng_in(r, 1, 4);
    if (use[1]) o->base_dilation[d] = rng_in(r, 1, 3);
    if (use[2]) o->window_dilation[d] = rng_in(r, 1, 3);
    if (use[3]) {
        o->pads[d][0] = rng_in(r, -2, 4);
        o->pads[d][1] = rng_in(r, -2, 4);
        if (ref_dilate(size, use[1] ? o->base_dilation[d] : 1) + o->pads[d][0] + o->pads[d][1] <
            0) {
            o->pads[d][0] = o->pads[d][1] = 0;
        }
    }
}

int64_t make_window_options(struct problem *p, int32_t rank, int64_t *shape) {
    static const char *const names[] = {"SAME", "VALID", "SAME_LOWER", "same_lower"};
    struct rng *r = &p->rng;
    int64_t taps;
    do {
        struct ref_window w;
        const bool use[4] = {rng_chance(r, 60), rng_chance(r, 20), rng_chance(r, 30),
                             rng_chance(r, 60)};
        lax_window_options *o = &p->op.window;
        memset(o, 0, sizeof *o);
        o->size = sizeof *o;
        p->n_used = 0;
        for (int32_t d = 0; d < rank; d++) {
            bool point = rng_chance(r, rank > 4 ? 60 : 25);
            o->window_dimensions[d] = point ? 1 : problem_size(p, 1, rank > 4 ? 2 : 5);
            shape[d] = rng_chance(r, 2) ? 0 : problem_size(p, 1, rank < 3 ? 20 : rank < 5 ? 8 : 3);
            one_dimension(p, d, shape[d], use);
        }
        if (!use[3] && rng_chance(r, 70)) o->padding = names[rng_in(r, 0, 3)];
        ref_window_of(o, rank, shape, &w);
        taps = 1;
        for (int32_t d = 0; d < rank; d++) taps *= w.out[d] * w.size[d];
    } while (taps > MOST_TAPS);
    return taps;
}

static lax_reducer_kind some_reducer(struct rng *r, lax_dtype type) {
    static const lax_reducer_kind floats[] = {LAX_ADD, LAX_MUL, LAX_MAX, LAX_MIN, LAX_LOGADDEXP};
    static const lax_reducer_kind integers[] = {LAX_ADD, LAX_MUL, LAX_MAX, LAX_MIN,
                                                LAX_AND, LAX_OR,  LAX_XOR};
    if (type == LAX_PRED) return (lax_reducer_kind)rng_in(r, LAX_MAX, LAX_XOR);
    return ref_is_integer(type) ? integers[rng_in(r, 0, 6)] : floats[rng_in(r, 0, 4)];
}

/* Values for which the reducer neither overflows nor meets what is unspecified. */
static void reducer_fill(struct problem *p, lax_reducer_kind kind, lax_dtype type) {
    bool order = kind == LAX_MAX || kind == LAX_MIN;
    enum fill fill = kind == LAX_MUL                    ? FILL_UNIT
                     : kind == LAX_LOGADDEXP            ? FILL_SMALL
                     : rng_chance(&p->rng, 40) && order ? FILL_FEW
                                                        : FILL_NORMAL;
    if (ref_is_integer(type)) fill = FILL_NORMAL;
    if (ref_is_float(type) && (order || kind == LAX_ADD) && rng_chance(&p->rng, 15)) {
        fill = FILL_SPECIAL;
    }
    make_fill(p, fill);
}

static const void *some_init(struct problem *p, int32_t k, lax_dtype type) {
    ref_store(type, p->init[k],
              ref_number(type, type == LAX_PRED ? 1 : (double)rng_in(&p->rng, 1, 3)));
    return p->init[k];
}

void make_reduce_window(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = some_rank(&p->rng);
    lax_dtype type = any_dtype(&p->rng);
    make_window_options(p, rank, shape);
    p->op.op = LAX_OP_REDUCE_WINDOW;
    p->op.reducer.kind = some_reducer(&p->rng, type);
    if (rng_chance(&p->rng, 20)) p->op.window.init_values[0] = some_init(p, 0, type);
    problem_operand(p, 0, type, rank, shape);
    reducer_fill(p, p->op.reducer.kind, type);
}

/* ceil_pads are the part of the high padding that never counts. */
void make_avg_pool(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = some_rank(&p->rng);
    lax_dtype type = rng_chance(&p->rng, 15) ? LAX_C64 : any_float(&p->rng);
    make_window_options(p, rank, shape);
    p->op.op = LAX_OP_AVG_POOL;
    p->op.exclude_padding = rng_chance(&p->rng, 50);
    for (int32_t d = 0; d < rank && rng_chance(&p->rng, 60); d++) {
        int64_t high = p->op.window.pads[d][1];
        if (high > 0) p->op.ceil_pads[d] = rng_in(&p->rng, 0, high);
    }
    problem_operand(p, 0, type, rank, shape);
    make_fill(p, FILL_NORMAL);
}

/* Windows long enough for every way of folding them: sliding, in runs, in halves. */
static int64_t make_wide_options(struct problem *p, int32_t rank, int64_t *shape) {
    struct rng *r = &p->rng;
    int64_t taps;
    do {
        struct ref_window w;
        const bool use[4] = {rng_chance(r, 50), rng_chance(r, 20), rng_chance(r, 30),
                             rng_chance(r, 60)};
        lax_window_options *o = &p->op.window;
        memset(o, 0, sizeof *o);
        o->size = sizeof *o;
        for (int32_t d = 0; d < rank; d++) {
            bool wide = rng_chance(r, rank == 1 ? 100 : 60);
            shape[d] = rng_in(r, 1, rank == 1 ? 900 : wide ? 70 : 9);
            o->window_dimensions[d] = wide ? rng_in(r, 2, rank == 1 ? 300 : 40) : rng_in(r, 1, 2);
            one_dimension(p, d, shape[d], use);
            if (use[0] && rng_chance(r, 20)) o->window_strides[d] = o->window_dimensions[d];
            if (use[3] && wide) o->pads[d][rng_in(r, 0, 1)] = rng_in(r, 0, 40);
        }
        ref_window_of(o, rank, shape, &w);
        taps = 1;
        for (int32_t d = 0; d < rank; d++) taps *= w.out[d] * w.size[d];
    } while (taps > 10 * MOST_TAPS || taps == 0);
    return taps;
}

void make_window_wide(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = (int32_t)rng_in(&p->rng, 1, 4);
    lax_dtype type = any_dtype(&p->rng);
    make_wide_options(p, rank, shape);
    bool average = ref_is_float(type) && rng_chance(&p->rng, 15);
    p->op.op = average ? LAX_OP_AVG_POOL : LAX_OP_REDUCE_WINDOW;
    p->op.exclude_padding = average && rng_chance(&p->rng, 50);
    p->op.reducer.kind = average ? LAX_ADD : some_reducer(&p->rng, type);
    if (!average && rng_chance(&p->rng, 20)) p->op.window.init_values[0] = some_init(p, 0, type);
    problem_operand(p, 0, type, rank, shape);
    reducer_fill(p, p->op.reducer.kind, type);
}

void make_scan_long(struct problem *p) {
    int64_t shape[LAX_MAX_RANK] = {0};
    int32_t rank = (int32_t)rng_in(&p->rng, 1, 3);
    lax_dtype type = any_dtype(&p->rng);
    if (type == LAX_PRED) type = LAX_F64;
    for (int32_t d = 0; d < rank; d++) shape[d] = rng_in(&p->rng, 1, rank == 3 ? 3 : 8);
    p->op.axis = (int32_t)rng_in(&p->rng, 0, rank - 1);
    shape[p->op.axis] = rng_in(&p->rng, 200, 900); /* the oracle is quadratic */
    p->op.op = LAX_OP_SCAN;
    p->op.reverse = rng_chance(&p->rng, 40);
    p->op.reducer.kind = ref_is_integer(type) || rng_chance(&p->rng, 40)
                             ? (lax_reducer_kind)rng_in(&p->rng, LAX_ADD, LAX_MIN)
                             : LAX_ADD;
    if (p->op.reducer.kind == LAX_MUL && !ref_is_integer(type)) p->op.reducer.kind = LAX_MAX;
    problem_operand(p, 0, type, rank, shape);
    reducer_fill(p, p->op.reducer.kind, type);
}

static struct ref_value odd(lax_dtype type, struct ref_value a, struct ref_value b) {
    if (type == LAX_PRED) return (struct ref_value){0, 0, a.bits & !b.bits};
    return ref_sub(type, ref_mul(type, a, ref_number(type, 3)), b);
}

lax_status reducer_odd(void *user, int64_t n, const void *const *acc, const void *const *elem,
                       void *const *out) {
    const lax_dtype *types = user;
    for (int32_t k = 0; types[k] != LAX_DTYPE_UNSET; k++) {
        size_t size = ref_size(types[k]);
        for (int64_t i = 0; i < n; i++) {
            size_t at = (size_t)i * size;
            struct ref_value a = ref_load(types[k], (const char *)acc[k] + at);
            struct ref_value b = ref_load(types[k], (const char *)elem[k] + at);
            ref_store(types[k], (char *)out[k] + at, odd(types[k], a, b));
        }
    }
    return LAX_OK;
}

/* At most one operand less than there is room for, so that the list of types has an end. */
static int32_t callback_operands(struct problem *p, int32_t rank, const int64_t *shape) {
    int32_t n = rng_chance(&p->rng, 60) ? 1 : (int32_t)rng_in(&p->rng, 2, LAX_MAX_OPERANDS - 1);
    for (int32_t k = 0; k < n; k++) {
        p->types[k] = any_dtype(&p->rng);
        problem_operand(p, k, p->types[k], rank, shape);
    }
    p->callback = true;
    p->op.reducer = LAX_REDUCER(.fn = reducer_odd, .user = p->types);
    make_fill(p, FILL_FEW);
    return n;
}

void make_reduce_window_fn(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = some_rank(&p->rng);
    make_window_options(p, rank, shape);
    int32_t n = callback_operands(p, rank, shape);
    for (int32_t k = 0; k < n; k++) p->op.window.init_values[k] = some_init(p, k, p->types[k]);
    p->op.op = LAX_OP_REDUCE_WINDOW;
}

static lax_dtype ordered_dtype(struct rng *r) {
    lax_dtype type = any_dtype(r);
    return type >= LAX_C64 ? LAX_F32 : type;
}

/* Values with ties, and NaN where there is one. */
static void ordered_fill(struct problem *p, lax_dtype type) {
    make_fill(p, rng_chance(&p->rng, 60) ? FILL_FEW : FILL_NORMAL);
    if (ref_is_float(type) && rng_chance(&p->rng, 30)) p->fill[0] = FILL_SPECIAL;
}

void make_window_arg(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = some_rank(&p->rng);
    lax_dtype type = ordered_dtype(&p->rng);
    make_window_options(p, rank, shape);
    p->op.op = LAX_OP_REDUCE_WINDOW_ARG;
    p->op.select.kind = (lax_select)rng_in(&p->rng, LAX_GE, LAX_LT);
    problem_operand(p, 0, type, rank, shape);
    p->op.n_results = 2;
    p->op.results[1].dtype = rng_chance(&p->rng, 50) ? LAX_S32 : LAX_S64;
    ordered_fill(p, type);
}

void make_select_and_scatter(struct problem *p) {
    static const lax_reducer_kind kinds[] = {LAX_ADD, LAX_ADD, LAX_ADD, LAX_MAX, LAX_MIN};
    int64_t shape[LAX_MAX_RANK];
    struct ref_window w;
    int32_t rank = some_rank(&p->rng);
    lax_dtype type = ordered_dtype(&p->rng);
    make_window_options(p, rank, shape);
    ref_window_of(&p->op.window, rank, shape, &w);
    p->op.op = LAX_OP_SELECT_AND_SCATTER;
    p->op.select.kind = (lax_select)rng_in(&p->rng, LAX_GE, LAX_LT);
    p->op.reducer.kind = type == LAX_PRED ? LAX_OR : kinds[rng_in(&p->rng, 0, 4)];
    if (rng_chance(&p->rng, 25)) p->op.window.init_values[0] = some_init(p, 0, type);
    problem_operand(p, 0, type, rank, shape);
    problem_operand(p, 1, type, rank, w.out);
    ordered_fill(p, type);
    p->fill[1] = FILL_NORMAL;
}

void make_select_and_gather(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = some_rank(&p->rng);
    lax_dtype type = rng_chance(&p->rng, 10) ? LAX_PRED : any_float(&p->rng);
    make_window_options(p, rank, shape);
    p->op.op = LAX_OP_SELECT_AND_GATHER_ADD;
    p->op.select.kind = rng_chance(&p->rng, 50) ? LAX_GE : LAX_LE;
    problem_operand(p, 0, type, rank, shape);
    problem_operand(p, 1, type, rank, shape);
    ordered_fill(p, type);
    p->fill[1] = p->fill[0];
    p->fill[0] = FILL_NORMAL;
}

/* Operand 0 is the cotangent, operand 1 what the window went over. */
void make_window_grad(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    struct ref_window w;
    int32_t rank = some_rank(&p->rng);
    lax_dtype type = ordered_dtype(&p->rng);
    if (type == LAX_PRED) type = LAX_F32;
    make_window_options(p, rank, shape);
    ref_window_of(&p->op.window, rank, shape, &w);
    p->op.reducer.kind = (lax_reducer_kind[]){LAX_ADD, LAX_MAX, LAX_MIN}[rng_in(&p->rng, 0, 2)];
    problem_operand(p, 0, type, rank, w.out);
    problem_operand(p, 1, type, rank, shape);
    ordered_fill(p, type);
    p->fill[1] = p->fill[0];
    p->fill[0] = FILL_NORMAL;
}

void expect_window_grad(struct problem *p) {
    struct ref_array g = ref_array_read(&p->in[0].tensor), x = ref_array_read(&p->in[1].tensor);
    struct ref_value zero = {0, 0, 0};
    struct ref_window w;
    ref_window_of(&p->op.window, x.rank, x.shape, &w);
    p->expected[0] =
        p->op.reducer.kind == LAX_ADD
            ? ref_window_sum_grad(&w, &g)
            : ref_select_and_scatter(&w, p->op.reducer.kind == LAX_MAX ? LAX_GE : LAX_LE, LAX_ADD,
                                     &x, &g, zero);
    p->expected[0].accumulate = p->op.reducer.kind == LAX_ADD ? p->expected[0].accumulate : g.dtype;
    ref_array_free(&g);
    ref_array_free(&x);
}

lax_status call_window_grad(lax_context *ctx, struct problem *p, lax_error *why) {
    return lax_reduce_window_grad(ctx, &p->in[0].tensor, &p->in[1].tensor, p->op.reducer.kind,
                                  &p->op.window, &p->out[0].tensor, why);
}

void make_scan(struct problem *p) {
    static const lax_reducer_kind kinds[] = {LAX_ADD, LAX_MUL, LAX_MAX, LAX_MIN, LAX_LOGADDEXP};
    struct rng *r = &p->rng;
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = (int32_t)rng_in(r, 1, rng_chance(r, 5) ? LAX_MAX_RANK : 4);
    lax_dtype type = any_dtype(r);
    if (type == LAX_PRED) type = LAX_F32;
    for (int32_t d = 0; d < rank; d++)
        shape[d] = problem_size(p, rng_chance(r, 3) ? 0 : 1, rank > 4 ? 2 : 9);
    p->op.axis = (int32_t)rng_in(r, 0, rank - 1);
    if (rng_chance(r, 20) && rank < 3) shape[p->op.axis] = rng_in(r, 15, 70);
    p->op.op = LAX_OP_SCAN;
    p->op.reverse = rng_chance(r, 40);
    p->op.reducer.kind = kinds[rng_in(r, 0, ref_is_integer(type) ? 3 : 4)];
    problem_operand(p, 0, type, rank, shape);
    reducer_fill(p, p->op.reducer.kind, type);
}

/* reduce: some dimensions of any, and the same with a callback. */
static int32_t make_reduced(struct problem *p, int64_t *shape) {
    struct rng *r = &p->rng;
    int32_t rank = some_rank(r), order[LAX_MAX_RANK];
    for (int32_t d = 0; d < rank; d++) {
        shape[d] = problem_size(p, rng_chance(r, 3) ? 0 : 1, rank < 3 ? 30 : rank < 5 ? 7 : 2);
    }
    rng_permutation(r, rank, order);
    p->op.op = LAX_OP_REDUCE;
    p->op.reduce.n_dimensions = (int32_t)rng_in(r, 0, rank);
    memcpy(p->op.reduce.dimensions, order, (size_t)p->op.reduce.n_dimensions * sizeof *order);
    return rank;
}

void make_reduce(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = make_reduced(p, shape);
    lax_dtype type = any_dtype(&p->rng);
    p->op.reducer.kind = some_reducer(&p->rng, type);
    if (rng_chance(&p->rng, 20)) p->op.reduce.init_values[0] = some_init(p, 0, type);
    problem_operand(p, 0, type, rank, shape);
    reducer_fill(p, p->op.reducer.kind, type);
}

void make_reduce_fn(struct problem *p) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = make_reduced(p, shape), n = callback_operands(p, rank, shape);
    for (int32_t k = 0; k < n; k++) p->op.reduce.init_values[k] = some_init(p, k, p->types[k]);
}
