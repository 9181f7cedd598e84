/* SPDX-License-Identifier: Apache-2.0 */
/* Pooling to a given number of outputs, and the window of local response normalization. Windows
 * of an adaptive pooling repeat: with g = gcd(in, out), output i + out / g pools what i does,
 * in / g elements further. So each of the first out / g outputs and those that follow it at that
 * distance are an ordinary pooling, of a view of the operand into a view of the result. */
#include "api/api.h"

/* One spatial dimension: `phases` ordinary poolings of `count` outputs. */
struct adaptive_dim {
    int axis;
    int64_t in, out, phases, count, stride;
};

struct adaptive {
    const lax_tensor *operand, *result;
    int n;
    struct adaptive_dim dim[LAX_MAX_SPATIAL];
    int64_t poolings;
    lax_operation op; /* what all of them share */
};

/* Where a pooling of the set reads and writes: offsets in elements. */
struct place {
    int64_t in, out;
};

/* floor(i * in / out) for 0 <= i <= out; out * out fits. */
static int64_t start_of(const struct adaptive_dim *d, int64_t i) {
    return i * (d->in / d->out) + i * (d->in % d->out) / d->out;
}

/* ceil((i + 1) * in / out) */
static int64_t end_of(const struct adaptive_dim *d, int64_t i) {
    return (i + 1) * (d->in / d->out) + lax_i_ceil_div((i + 1) * (d->in % d->out), d->out);
}

/* --- checks ----------------------------------------------------------------------------------- */

static lax_status check_only(const lax_pool_options *o, lax_error *why) {
    lax_pool_options rest = LAX_POOL_OPTIONS(.layout = o->layout, .policy = o->policy,
                                             .lowering = o->lowering, .convention = o->convention);
    bool plain = !o->padding && !o->exclude_padding && !o->ceil_mode && !o->include_padding &&
                 !o->global && memcmp(o->window, rest.window, sizeof o->window) == 0 &&
                 memcmp(o->strides, rest.strides, sizeof o->strides) == 0 &&
                 memcmp(o->pads, rest.pads, sizeof o->pads) == 0 &&
                 memcmp(o->dilation, rest.dilation, sizeof o->dilation) == 0;
    if (plain) return LAX_OK;
    return lax_i_fail(
        why, LAX_ERROR_VALUE,
        "adaptive pooling takes its windows from the sizes of out: of the options only "
        "convention, layout, policy and lowering may be set");
}

/* Sizes of out that are no pooling's are refused with the dimension's number. */
static lax_status set_dims(struct adaptive *a, const bool *spatial, lax_error *why) {
    const lax_tensor *x = a->operand, *y = a->result;
    a->poolings = 1;
    for (int d = 0; d < x->rank; d++) {
        int64_t in = x->shape[d], out = y->shape[d];
        if (!spatial[d] && in != out)
            return lax_i_fail(why, LAX_ERROR_SHAPE_MISMATCH,
                              "out dimension %d has size %lld, operand's is %lld", d,
                              (long long)out, (long long)in);
        if (!spatial[d]) continue;
        if (in < 1)
            return lax_i_fail(why, LAX_ERROR_WINDOW_SIZE,
                              "adaptive pooling over operand dimension %d, which is empty", d);
        int64_t g = out > 0 ? lax_i_gcd(in, out) : 1, square;
        a->dim[a->n++] = (struct adaptive_dim){d, in, out, out / g, g, in / g};
        if (!lax_i_mul(out, out, &square) || !lax_i_mul(a->poolings, out / g, &a->poolings))
            return lax_i_fail(why, LAX_ERROR_OVERFLOW, "out dimension %d is too large: %lld", d,
                              (long long)out);
    }
    return LAX_OK;
}

/* The spatial axes are those that a pooling with a window of 2 has its window on. */
static lax_status find_spatial(const lax_tensor *operand, const lax_pool_options *o, bool *spatial,
                               lax_error *why) {
    lax_pool_options two = LAX_POOL_OPTIONS(.layout = o->layout, .convention = o->convention);
    lax_window_options window;
    for (int d = 0; d < operand->rank - 2 && d < LAX_MAX_SPATIAL; d++) two.window[d] = 2;
    lax_status s = lax_pool_window(operand, &two, &window, why);
    for (int d = 0; d < operand->rank && s == LAX_OK; d++)
        spatial[d] = window.window_dimensions[d] == 2;
    return s;
}

static lax_status read_adaptive(const lax_tensor *operand, lax_reducer_kind reducer,
                                const lax_pool_options *options, const lax_tensor *out,
                                struct adaptive *a, lax_error *why) {
    bool spatial[LAX_MAX_RANK] = {false};
    lax_pool_options o;
    lax_status s = lax_i_require(operand, "operand", why);
    if (s == LAX_OK) s = lax_i_require(out, "out", why);
    if (s == LAX_OK) s = lax_i_copy_options(&o, sizeof o, options, "LAX_POOL_OPTIONS", why);
    if (s == LAX_OK) s = check_only(&o, why);
    if (s == LAX_OK && reducer != LAX_MAX && reducer != LAX_MIN && reducer != LAX_ADD)
        s = lax_i_fail(why, LAX_ERROR_ENUM,
                       "reducer of an adaptive pooling must be max, min or add (for averages)");
    if (s == LAX_OK) s = lax_i_check_tensor(operand, "operand", why);
    if (s == LAX_OK) s = lax_i_check_tensor(out, "out", why);
    if (s == LAX_OK) s = find_spatial(operand, &o, spatial, why);
    if (s == LAX_OK && out->rank != operand->rank)
        s = lax_i_fail(why, LAX_ERROR_RANK_MISMATCH, "out has rank %d, operand %d", out->rank,
                       operand->rank);
    if (s != LAX_OK) return s;
    *a = (struct adaptive){.operand = operand, .result = out};
    a->op = LAX_OPERATION(.n_operands = 1, .n_results = 1);
    a->op.op = reducer == LAX_ADD ? LAX_OP_AVG_POOL : LAX_OP_REDUCE_WINDOW;
    if (reducer != LAX_ADD) a->op.reducer = LAX_REDUCER(.kind = reducer);
    a->op.window = LAX_WINDOW_OPTIONS(.policy = o.policy, .lowering = o.lowering);
    return set_dims(a, spatial, why);
}

/* --- the poolings ----------------------------------------------------------------------------- */

/* Pooling `number` of the set as an operation on views; their data is not in it. */
static struct place make_pooling(const struct adaptive *a, int64_t number, lax_operation *op) {
    struct place place = {0, 0};
    *op = a->op;
    op->operands[0] = *a->operand;
    op->results[0] = *a->result;
    for (int d = 0; d < a->operand->rank; d++)
        op->window.window_dimensions[d] = op->window.window_strides[d] = 1;
    for (int d = a->n - 1; d >= 0; d--) {
        const struct adaptive_dim *dim = &a->dim[d];
        int64_t phase = number % dim->phases, from = start_of(dim, phase);
        int64_t window = end_of(dim, phase) - from;
        number /= dim->phases;
        op->window.window_dimensions[dim->axis] = window;
        op->window.window_strides[dim->axis] = dim->stride;
        op->operands[0].shape[dim->axis] = (dim->count - 1) * dim->stride + window;
        op->results[0].shape[dim->axis] = dim->count;
        op->results[0].strides[dim->axis] *= dim->phases;
        place.in += from * a->operand->strides[dim->axis];
        place.out += phase * a->result->strides[dim->axis];
    }
    return place;
}

static void drop_plans(const lax_allocator *allocator, lax_plan **plans, int64_t n) {
    for (int64_t i = 0; i < n && plans != NULL; i++) lax_plan_release(plans[i]);
    lax_i_release(allocator, plans, (size_t)n * sizeof *plans);
}

/* Every plan, and the largest workspace: nothing fails once the first pooling has written. */
static lax_status make_plans(lax_context *ctx, const struct adaptive *a, lax_plan **plans,
                             size_t *nbytes, lax_error *why) {
    lax_status s = LAX_OK;
    *nbytes = 0;
    for (int64_t i = 0; i < a->poolings && s == LAX_OK; i++) {
        lax_operation op;
        make_pooling(a, i, &op);
        op.operands[0].data = op.results[0].data = NULL;
        s = lax_operation_plan(ctx, &op, &plans[i], why);
        size_t have = s == LAX_OK ? lax_plan_workspace_size(plans[i]) : 0;
        if (have > *nbytes) *nbytes = have;
    }
    return s;
}

static lax_status run_plans(const struct adaptive *a, lax_plan **plans, void *workspace,
                            lax_error *why) {
    size_t size = lax_dtype_size(a->operand->dtype);
    lax_status s = LAX_OK;
    for (int64_t i = 0; i < a->poolings && s == LAX_OK; i++) {
        lax_operation op;
        struct place place = make_pooling(a, i, &op);
        lax_tensor *x = &op.operands[0], *y = &op.results[0];
        x->data = (char *)x->data + place.in * (int64_t)size;
        y->data = (char *)y->data + place.out * (int64_t)size;
        s = lax_plan_execute(plans[i], (const lax_tensor *[]){x}, NULL, (lax_tensor *[]){y},
                             workspace, why);
    }
    return s;
}

lax_status lax_adaptive_pool(lax_context *ctx, const lax_tensor *operand, lax_reducer_kind reducer,
                             const lax_pool_options *options, lax_tensor *out, lax_error *why) {
    struct adaptive a;
    size_t nbytes;
    lax_status s = read_adaptive(operand, reducer, options, out, &a, why);
    if (s != LAX_OK) return s;
    lax_tensor want = lax_tensor_of(operand->dtype, NULL, out->rank, out->shape), form = *out;
    s = lax_i_check_result(&form, &want, "out", why);
    if (s != LAX_OK || lax_tensor_elements(out) == 0) return s;
    if (operand->data == NULL || out->data == NULL)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s has no data",
                          operand->data == NULL ? "operand" : "out");
    s = lax_i_check_overlap(out, operand, false, "out", "operand", why);
    if (s != LAX_OK) return s;
    const lax_allocator *allocator = &lax_i_context(ctx)->runtime->allocator;
    size_t list = (size_t)a.poolings * sizeof(lax_plan *);
    lax_plan **plans = lax_i_allocate(allocator, list);
    if (plans == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes for plans cannot be had", list);
    memset(plans, 0, list);
    s = make_plans(ctx, &a, plans, &nbytes, why);
    void *workspace = s == LAX_OK ? lax_i_allocate(allocator, nbytes) : NULL;
    if (s == LAX_OK && workspace == NULL)
        s = lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes of workspace cannot be had", nbytes);
    if (s == LAX_OK) s = run_plans(&a, plans, workspace, why);
    if (workspace != NULL) lax_i_release(allocator, workspace, nbytes);
    drop_plans(allocator, plans, a.poolings);
    return s;
}

/* --- local response normalization ------------------------------------------------------------ */

lax_status lax_lrn_window(const lax_tensor *operand, int32_t axis, int64_t size,
                          lax_pool_convention convention, lax_window_options *window,
                          lax_error *why) {
    lax_status s = lax_i_require(operand, "operand", why);
    if (s == LAX_OK) s = lax_i_require(window, "window", why);
    if (s == LAX_OK) s = lax_i_check_tensor(operand, "operand", why);
    if (s != LAX_OK) return s;
    if (axis < 0 || axis >= operand->rank)
        return lax_i_fail(why, LAX_ERROR_AXIS, "axis %d is not in [0, %d)", axis, operand->rank);
    if (size < 1)
        return lax_i_fail(why, LAX_ERROR_WINDOW_SIZE, "size must be positive, got %lld",
                          (long long)size);
    if (convention < LAX_POOL_UNSET || convention > LAX_POOL_ONNX)
        return lax_i_fail(why, LAX_ERROR_ENUM, "unknown pooling convention %d", (int)convention);
    int64_t less = (size - 1) / 2, more = size / 2;
    *window = LAX_WINDOW_OPTIONS(.policy = LAX_POLICY_UNSET);
    for (int d = 0; d < operand->rank; d++) window->window_dimensions[d] = 1;
    window->window_dimensions[axis] = size;
    window->pads[axis][0] = convention == LAX_POOL_ONNX ? less : more;
    window->pads[axis][1] = convention == LAX_POOL_ONNX ? more : less;
    return LAX_OK;
}
