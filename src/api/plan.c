/* SPDX-License-Identifier: Apache-2.0 */
/* Plans: made by taking an operation through the stages, executed with checked pointers. */
#include "api/api.h"

#include "api/key.h"

#define TEXT_OF(number) #number
#define VERSION_OF(major, minor, patch) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(patch)

const char *lax_version(void) {
    return VERSION_OF(LAX_VERSION_MAJOR, LAX_VERSION_MINOR, LAX_VERSION_PATCH);
}

lax_status lax_i_require(const void *pointer, const char *name, lax_error *why) {
    return pointer != NULL ? LAX_OK : lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL", name);
}

lax_status lax_i_copy_options(void *ours, size_t want, const void *theirs, const char *macro,
                              lax_error *why) {
    size_t have;
    if (theirs == NULL) {
        memset(ours, 0, want);
        memcpy(ours, &want, sizeof want);
        return LAX_OK;
    }
    memcpy(&have, theirs, sizeof have);
    if (have <= sizeof have || have % sizeof have != 0 || have > 4 * want)
        return lax_i_fail(why, LAX_ERROR_OPTIONS_SIZE,
                          "an options struct has size %zu instead of %zu: fill it with %s(...)",
                          have, want, macro);
    for (size_t i = want; i < have; i++)
        if (((const unsigned char *)theirs)[i] != 0)
            return lax_i_fail(why, LAX_ERROR_OPTIONS_SIZE,
                              "an options struct of size %zu sets a member behind the %zu bytes "
                              "that this version knows",
                              have, want);
    memset(ours, 0, want);
    memcpy(ours, theirs, have < want ? have : want);
    memcpy(ours, &want, sizeof want);
    return LAX_OK;
}

lax_status lax_i_check(const lax_operation *operation, struct spec *spec, struct shape *shape,
                       lax_error *why) {
    lax_status s = lax_i_require(operation, "operation", why);
    if (s != LAX_OK) return s;
    if (operation->size != sizeof *operation)
        return lax_i_fail(why, LAX_ERROR_OPTIONS_SIZE,
                          "operation has size %zu instead of %zu: fill it with LAX_OPERATION(...)",
                          operation->size, sizeof *operation);
    if (operation->n_results < 0 || operation->n_results > LAX_MAX_OPERANDS)
        return lax_i_fail(why, LAX_ERROR_COUNT, "n_results must be 0 to %d, got %d",
                          LAX_MAX_OPERANDS, operation->n_results);
    s = lax_i_spec(operation, spec, why);
    return s == LAX_OK ? lax_i_shape(spec, shape, why) : s;
}

lax_status lax_i_infer(const lax_operation *operation, int i, lax_tensor *out, lax_error *why) {
    struct spec spec = {0};
    struct shape shape = {0};
    lax_status s = lax_i_require(out, "out", why);
    if (s == LAX_OK) s = lax_i_check(operation, &spec, &shape, why);
    if (s == LAX_OK) *out = shape.results[i], out->data = NULL;
    return s;
}

lax_status lax_operation_infer(lax_operation *operation, lax_error *why) {
    struct spec spec = {0};
    struct shape shape = {0};
    lax_status s = lax_i_check(operation, &spec, &shape, why);
    if (s != LAX_OK) return s;
    operation->n_results = shape.n_results;
    memcpy(operation->results, shape.results, sizeof operation->results);
    return LAX_OK;
}

/* --- making ----------------------------------------------------------------------------------- */

static const char *forced_lowering(const lax_operation *op) {
    return op->op <= LAX_OP_CONV_LOCAL ? op->conv.lowering
           : op->op == LAX_OP_REDUCE   ? op->reduce.lowering
                                       : op->window.lowering;
}

static lax_status make_plan(const struct lax_context *ctx, const lax_operation *op,
                            struct plan **out, lax_error *why) {
    struct spec spec = {0};
    struct shape shape = {0};
    lax_status s = lax_i_check(op, &spec, &shape, why);
    if (s != LAX_OK) return s;
    const char *strict = forced_lowering(op);
    const char *forced = strict != NULL ? strict : ctx->lowering[0] != '\0' ? ctx->lowering : NULL;
    s = lax_i_lower(ctx, &shape, forced, strict != NULL, out, why);
    if (s == LAX_OK && ctx->verbose) lax_i_keep_replay(ctx, op, *out);
    return s;
}

lax_status lax_operation_plan(lax_context *ctx, const lax_operation *operation, lax_plan **plan,
                              lax_error *why) {
    lax_status s = lax_i_require(plan, "plan", why);
    struct plan *made;
    if (s == LAX_OK) s = make_plan(lax_i_context(ctx), operation, &made, why);
    if (s == LAX_OK) *plan = (lax_plan *)made;
    return s;
}

void lax_plan_release(lax_plan *plan) {
    if (plan != NULL) lax_i_value_release(&((struct plan *)plan)->value);
}

/* A plan of this operation: the cache's, or a new one. */
static lax_status get_plan(const struct lax_context *ctx, const lax_operation *op,
                           struct plan **out, lax_error *why) {
    struct key key;
    bool cached = ctx->cache != NULL && op != NULL && op->size == sizeof *op && lax_i_key(op, &key);
    if (cached) {
        *out = (struct plan *)lax_i_cache_find(ctx->cache, key.bytes, key.length);
        if (*out != NULL) return LAX_OK;
    }
    lax_status s = make_plan(ctx, op, out, why);
    if (s == LAX_OK && cached) lax_i_cache_store(ctx->cache, key.bytes, key.length, &(*out)->value);
    return s;
}

/* --- executing -------------------------------------------------------------------------------- */

/* One execution's tensors: the plan's forms with data, and the batch where it is open. */
struct call {
    lax_tensor in[LAX_MAX_OPERANDS + 1]; /* operands, then the residual */
    lax_tensor out[LAX_MAX_OPERANDS];
    int n_in;
    int skipped; /* operand that packed weights replace, or -1 */
};

static const char *input_name(const struct plan *plan, int i) {
    return i < plan->n_operands ? lax_i_operand_name(plan->op, i) : "residual";
}

static const char *output_name(const struct plan *plan, int i) {
    static const char *const numbered[LAX_MAX_OPERANDS] = {"output 0", "output 1", "output 2",
                                                           "output 3", "output 4", "output 5",
                                                           "output 6", "output 7"};
    return plan->n_results == 1 ? "out" : numbered[i];
}

static void set_forms(const struct plan *plan, struct call *call) {
    call->n_in = plan->n_operands;
    call->skipped = -1;
    memcpy(call->in, plan->operands, (size_t)plan->n_operands * sizeof *call->in);
    memcpy(call->out, plan->results, (size_t)plan->n_results * sizeof *call->out);
    if (plan->residual.rank != -1) call->in[call->n_in++] = plan->residual;
}

/* Every tensor has data unless it is empty; no output overlaps anything it may not. */
static lax_status check_data(const struct plan *plan, const struct call *call, lax_error *why) {
    for (int i = 0; i < call->n_in; i++)
        if (call->in[i].data == NULL && i != call->skipped &&
            lax_tensor_elements(&call->in[i]) != 0)
            return lax_i_fail(why, LAX_ERROR_NULL, "%s has no data", input_name(plan, i));
    for (int o = 0; o < plan->n_results; o++) {
        if (call->out[o].data == NULL && lax_tensor_elements(&call->out[o]) != 0)
            return lax_i_fail(why, LAX_ERROR_NULL, "%s has no data", output_name(plan, o));
        for (int i = 0; i < call->n_in; i++) {
            bool in_place = plan->op == LAX_OP_SCAN || i >= plan->n_operands;
            if (i == call->skipped && call->in[i].data == NULL) continue; /* a packed copy */
            lax_status s = lax_i_check_overlap(&call->out[o], &call->in[i], in_place,
                                               output_name(plan, o), input_name(plan, i), why);
            if (s != LAX_OK) return s;
        }
        for (int i = 0; i < o; i++) {
            lax_status s = lax_i_check_overlap(&call->out[o], &call->out[i], false,
                                               output_name(plan, o), output_name(plan, i), why);
            if (s != LAX_OK) return s;
        }
    }
    return LAX_OK;
}

/* The bias is read while results are written. */
static lax_status check_bias(const struct plan *plan, const struct call *call, const void *data,
                             lax_error *why) {
    lax_tensor bias = plan->bias;
    bias.data = (void *)(uintptr_t)data;
    return bias.rank == -1 ? LAX_OK
                           : lax_i_check_overlap(&call->out[0], &bias, false, "out", "bias", why);
}

static lax_status execute(const struct plan *plan, const struct call *call, const void *bias,
                          const void *packed, void *workspace, lax_error *why) {
    struct execution execution = {.bias = bias, .packed = packed};
    lax_status s = check_data(plan, call, why);
    if (s == LAX_OK) s = check_bias(plan, call, bias, why);
    if (s != LAX_OK) return s;
    for (int i = 0; i < plan->n_operands; i++) execution.in[i] = call->in[i].data;
    for (int o = 0; o < plan->n_results; o++) execution.out[o] = call->out[o].data;
    if (call->n_in > plan->n_operands) execution.residual = call->in[plan->n_operands].data;
    execution.batch = plan->problem.kind != PROBLEM_CONV ? 1
                      : plan->batch_axis_in >= 0         ? call->in[0].shape[plan->batch_axis_in]
                                                         : plan->problem.conv.batch;
    bool nothing = true;
    for (int o = 0; o < plan->n_results; o++)
        nothing = nothing && lax_tensor_elements(&call->out[o]) == 0;
    return nothing ? LAX_OK : lax_i_execute(plan, &execution, workspace, why);
}

/* --- one-shot calls --------------------------------------------------------------------------- */

lax_status lax_i_run(lax_context *ctx, const lax_operation *operation,
                     const lax_tensor *const *inputs, lax_tensor *const *outputs, lax_error *why) {
    const struct lax_context *c = lax_i_context(ctx);
    struct plan *plan;
    struct call call;
    double start = c->verbose ? lax_i_now_ms() : 0;
    lax_status s = get_plan(c, operation, &plan, why);
    if (s != LAX_OK) return s;
    set_forms(plan, &call);
    for (int i = 0; i < call.n_in; i++) call.in[i].data = inputs[i]->data;
    for (int o = 0; o < plan->n_results; o++) call.out[o].data = outputs[o]->data;
    const void *bias = plan->bias.rank == -1 ? NULL : operation->epilogue.bias->data;
    s = plan->bias.rank != -1 && bias == NULL && plan->bias.shape[0] > 0
            ? lax_i_fail(why, LAX_ERROR_NULL, "bias has no data")
            : execute(plan, &call, bias, NULL, NULL, why);
    if (plan->verbose && s == LAX_OK) lax_i_log_execution(plan, start);
    lax_i_value_release(&plan->value);
    return s;
}

lax_status lax_operation_run(lax_context *ctx, const lax_operation *operation,
                             const lax_tensor *const *inputs, lax_tensor *const *outputs,
                             lax_error *why) {
    lax_status s = lax_i_require(operation, "operation", why);
    if (s == LAX_OK) s = lax_i_require(inputs, "inputs", why);
    if (s == LAX_OK) s = lax_i_require(outputs, "outputs", why);
    if (s != LAX_OK) return s;
    lax_operation op = *operation;
    s = lax_operation_infer(&op, why);
    bool residual = s == LAX_OK && op.op == LAX_OP_CONV && op.epilogue.size != 0 &&
                    op.epilogue.residual != NULL;
    for (int i = 0; s == LAX_OK && i < op.n_operands + residual; i++)
        s = lax_i_require(inputs[i], "an input", why);
    for (int o = 0; s == LAX_OK && o < op.n_results; o++)
        s = lax_i_require(outputs[o], "an output", why);
    return s == LAX_OK ? lax_i_run(ctx, &op, inputs, outputs, why) : s;
}

/* --- lax_plan_execute ------------------------------------------------------------------------- */

lax_status lax_i_check_form(const lax_tensor *have, const lax_tensor *want, int open_axis,
                            const char *name, lax_error *why) {
    if (have->dtype != want->dtype || have->rank != want->rank)
        return lax_i_fail(
            why, LAX_ERROR_PLAN_MISMATCH, "%s is %s of rank %d, the plan is for %s of rank %d",
            name, lax_dtype_name(have->dtype), have->rank, lax_dtype_name(want->dtype), want->rank);
    for (int d = 0; d < want->rank; d++) {
        if (d != open_axis && have->shape[d] != want->shape[d])
            return lax_i_fail(why, LAX_ERROR_PLAN_MISMATCH,
                              "%s has size %lld in dimension %d, the plan is for %lld", name,
                              (long long)have->shape[d], d, (long long)want->shape[d]);
        if (have->strides[d] != want->strides[d] && (have->shape[d] > 1 || d == open_axis))
            return lax_i_fail(why, LAX_ERROR_PLAN_MISMATCH,
                              "%s has stride %lld in dimension %d, the plan is for %lld", name,
                              (long long)have->strides[d], d, (long long)want->strides[d]);
    }
    return LAX_OK;
}

/* An open batch is the same in every tensor that has one, and its tensor is well-formed. */
static lax_status check_batch(const struct plan *plan, const lax_tensor *t, int axis, int64_t batch,
                              const char *name, lax_error *why) {
    if (plan->batch_axis_in < 0) return LAX_OK;
    if (t->shape[axis] != batch)
        return lax_i_fail(why, LAX_ERROR_PLAN_MISMATCH, "%s has batch size %lld, lhs has %lld",
                          name, (long long)t->shape[axis], (long long)batch);
    return lax_i_check_tensor(t, name, why);
}

static lax_status take_input(const struct plan *plan, struct call *call, int i,
                             const lax_tensor *tensor, lax_error *why) {
    int axis = i == 0 ? plan->batch_axis_in : i >= plan->n_operands ? plan->batch_axis_out : -1;
    lax_status s = lax_i_require(tensor, input_name(plan, i), why);
    if (s == LAX_OK) s = lax_i_check_form(tensor, &call->in[i], axis, input_name(plan, i), why);
    if (s == LAX_OK && i == 0 && axis >= 0)
        s = check_batch(plan, tensor, axis, tensor->shape[axis], "lhs", why);
    else if (s == LAX_OK && axis >= 0)
        s = check_batch(plan, tensor, axis, call->in[0].shape[plan->batch_axis_in], "residual",
                        why);
    if (s == LAX_OK) call->in[i] = *tensor;
    return s;
}

static lax_status take_output(const struct plan *plan, struct call *call, int o,
                              const lax_tensor *tensor, lax_error *why) {
    lax_status s = lax_i_require(tensor, output_name(plan, o), why);
    if (s == LAX_OK)
        s = lax_i_check_form(tensor, &call->out[o], plan->batch_axis_out, output_name(plan, o),
                             why);
    if (s == LAX_OK && plan->batch_axis_out >= 0)
        s = check_batch(plan, tensor, plan->batch_axis_out, call->in[0].shape[plan->batch_axis_in],
                        "out", why);
    if (s != LAX_OK) return s;
    call->out[o] = *tensor; /* an open batch may make strides overlap that did not at plan time */
    return plan->batch_axis_out < 0 ? LAX_OK
                                    : lax_i_check_result(&call->out[o], tensor, "out", why);
}

lax_status lax_plan_execute(const lax_plan *plan, const lax_tensor *const *inputs,
                            const lax_packed *packed, lax_tensor *const *outputs, void *workspace,
                            lax_error *why) {
    const struct plan *p = (const struct plan *)plan;
    struct call call;
    const void *blob = NULL;
    lax_status s = lax_i_require(plan, "plan", why);
    if (s == LAX_OK) s = lax_i_require(inputs, "inputs", why);
    if (s == LAX_OK) s = lax_i_require(outputs, "outputs", why);
    if (s != LAX_OK) return s;
    if ((uintptr_t)workspace % LAX_ALIGNMENT != 0)
        return lax_i_fail(why, LAX_ERROR_ALIGNMENT, "workspace at %p is not %d-byte aligned",
                          workspace, LAX_ALIGNMENT);
    set_forms(p, &call);
    if (packed != NULL) {
        call.in[1].data = NULL;
        s = lax_i_packed_weights(p, packed, &blob, &call.in[1].data, why);
        call.skipped = 1;
    }
    for (int i = 0; i < call.n_in && s == LAX_OK; i++)
        if (i != call.skipped) s = take_input(p, &call, i, *inputs++, why);
    for (int o = 0; o < p->n_results && s == LAX_OK; o++)
        s = take_output(p, &call, o, outputs[o], why);
    if (s == LAX_OK && p->bias.rank != -1 && p->bias.data == NULL && p->bias.shape[0] > 0)
        s = lax_i_fail(why, LAX_ERROR_NULL, "the plan was made with a bias without data");
    if (s != LAX_OK) return s;
    double start = p->verbose ? lax_i_now_ms() : 0;
    s = execute(p, &call, p->bias.data, blob, workspace, why);
    if (p->verbose && s == LAX_OK) lax_i_log_execution(p, start);
    return s;
}

size_t lax_plan_workspace_size(const lax_plan *plan) {
    return plan == NULL ? 0 : lax_i_workspace_nbytes((const struct plan *)plan);
}

const char *lax_plan_lowering(const lax_plan *plan) {
    return plan == NULL ? "" : ((const struct plan *)plan)->lowering->name;
}

size_t lax_plan_print(const lax_plan *plan, char *text, size_t capacity) {
    struct text t = lax_i_text(text, capacity);
    if (plan == NULL) return 0;
    const struct plan *p = (const struct plan *)plan;
    lax_i_print_plan(&t, p);
    lax_i_text_add(&t, "; workspace %zu bytes, packed weights %zu bytes", lax_i_workspace_nbytes(p),
                   p->packed_nbytes);
    return t.length;
}
