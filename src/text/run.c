/* SPDX-License-Identifier: Apache-2.0 */
/* The run of a module: the caller's tensors against its forms, ENTRY, and the results into the
 * caller's outputs. Nothing is written to them before all that can fail is done. */
#include "context/context.h"
#include "shape/shape.h"
#include "text/eval.h"

#include <stdio.h>

/* The caller's tensor against the module's form. */
static lax_status check_tensor(const lax_tensor *tensor, const lax_tensor *form, const char *what,
                               int i, lax_error *why) {
    char have[160], want[160];
    struct text a = lax_i_text(have, sizeof have), b = lax_i_text(want, sizeof want);
    bool sane = tensor->rank >= 0 && tensor->rank <= LAX_MAX_RANK;
    if (sane && lax_i_same_form(tensor, form)) {
        if (tensor->data != NULL || lax_i_empty(form)) return LAX_OK;
        return lax_i_fail(why, LAX_ERROR_NULL, "%s %d has no data", what, i);
    }
    if (sane) lax_i_text_form(&a, tensor);
    lax_i_text_form(&b, form);
    lax_status status =
        tensor->dtype != form->dtype ? LAX_ERROR_DTYPE_MISMATCH : LAX_ERROR_SHAPE_MISMATCH;
    return lax_i_fail(why, status, "%s %d must be %s, got %s", what, i, want,
                      sane ? have : "a rank out of range");
}

/* Whole, injective, and on no memory of an output before it. */
static lax_status check_output(const lax_tensor *outputs, const lax_tensor *form, int i,
                               lax_error *why) {
    char name[24], other[24];
    lax_tensor output = outputs[i];
    lax_status status = check_tensor(&output, form, "output", i, why);
    snprintf(name, sizeof name, "output %d", i);
    if (status == LAX_OK) status = lax_i_check_result(&output, form, name, why);
    for (int k = 0; k < i && status == LAX_OK; k++) {
        snprintf(other, sizeof other, "output %d", k);
        status = lax_i_check_overlap(&output, &outputs[k], false, name, other, why);
    }
    return status;
}

static lax_status check_tensors(const struct computation *entry, const lax_tensor *inputs,
                                const lax_tensor *outputs, lax_error *why) {
    lax_status status = LAX_OK;
    for (int i = 0; i < entry->parameters.n && status == LAX_OK; i++)
        status = check_tensor(&inputs[i], &instruction_at(&entry->parameters, i)->results[0],
                              "input", i, why);
    for (int i = 0; i < entry->root->n_results && status == LAX_OK; i++)
        status = check_output(outputs, &entry->root->results[i], i, why);
    return status;
}

/* Results that lie on the caller's memory get a copy: an output may lie there, too. */
static lax_status own_results(struct frame *frame, struct value *results, int n) {
    lax_status status = LAX_OK;
    for (int i = 0; i < n && status == LAX_OK; i++) {
        if (results[i].buffer != NULL || lax_i_empty(&results[i].view)) continue;
        struct value copy = {0};
        status = lax_i_value_new(frame, &results[i].view, &copy);
        if (status == LAX_OK)
            status = lax_transpose(frame->ctx, &results[i].view, NULL, &copy.view, frame->why);
        results[i] = copy;
    }
    return status;
}

static lax_status plan_copy(struct frame *frame, const lax_tensor *from, const lax_tensor *to,
                            lax_plan **plan) {
    lax_operation operation = LAX_OPERATION(.op = LAX_OP_TRANSPOSE, .n_operands = 1, .n_results = 1,
                                            .operands = {*from}, .results = {*to});
    for (int d = 0; d < from->rank; d++) operation.permutation[d] = d;
    return lax_operation_plan(frame->ctx, &operation, plan, frame->why);
}

/* Every copy is planned before the first one runs: copies need no memory of their own. */
static lax_status copy_results(struct frame *frame, const struct value *results, int n,
                               lax_tensor *outputs) {
    lax_status status = LAX_OK;
    size_t nbytes = (size_t)n * sizeof(lax_plan *);
    lax_plan **plans = lax_i_allocate(frame->allocator, nbytes);
    if (plans == NULL) return lax_i_eval_memory(frame);
    memset(plans, 0, nbytes);
    for (int i = 0; i < n && status == LAX_OK; i++)
        if (!lax_i_empty(&results[i].view))
            status = plan_copy(frame, &results[i].view, &outputs[i], &plans[i]);
    for (int i = 0; i < n && status == LAX_OK; i++)
        if (plans[i] != NULL)
            status = lax_plan_execute(plans[i], (const lax_tensor *[]){&results[i].view}, NULL,
                                      (lax_tensor *[]){&outputs[i]}, NULL, frame->why);
    for (int i = 0; i < n; i++) lax_plan_release(plans[i]);
    lax_i_release(frame->allocator, plans, nbytes);
    return status;
}

static lax_status run(struct frame *frame, const lax_tensor *inputs, lax_tensor *outputs) {
    int n = frame->computation->parameters.n, m = frame->computation->root->n_results;
    struct value *values = lax_i_values_new(frame, (size_t)n + (size_t)m);
    if (values == NULL) return LAX_ERROR_MEMORY;
    struct value *results = values + n;
    for (int i = 0; i < n; i++) values[i].view = inputs[i];
    lax_status status = lax_i_eval_computation(frame, values, results);
    if (status == LAX_OK) status = own_results(frame, results, m);
    if (status == LAX_OK) status = copy_results(frame, results, m, outputs);
    for (int i = 0; i < m; i++) lax_i_value_drop(&results[i]);
    lax_i_values_release(frame, values, (size_t)n + (size_t)m);
    return status;
}

lax_status lax_module_run(lax_context *ctx, const lax_module *module, const lax_tensor *inputs,
                          int32_t n_inputs, lax_tensor *outputs, int32_t n_outputs,
                          lax_error *why) {
    if (module == NULL) return lax_i_fail(why, LAX_ERROR_NULL, "module is NULL");
    const struct computation *entry = module->entry;
    int n = entry->parameters.n, m = entry->root->n_results;
    if (n_inputs != n || n_outputs != m)
        return lax_i_fail(why, LAX_ERROR_COUNT,
                          "the module has %d parameters and %d results, got %d inputs and %d "
                          "outputs",
                          n, m, (int)n_inputs, (int)n_outputs);
    if ((n > 0 && inputs == NULL) || (m > 0 && outputs == NULL))
        return lax_i_fail(why, LAX_ERROR_NULL, "%s is NULL",
                          n > 0 && inputs == NULL ? "inputs" : "outputs");
    lax_status status = check_tensors(entry, inputs, outputs, why);
    if (status != LAX_OK) return status;
    const struct runtime *runtime = lax_i_context(ctx)->runtime;
    struct frame frame = {ctx, &runtime->allocator, entry, NULL, why};
    unsigned saved = lax_i_fp_enter(runtime->flush_subnormals); /* for what is not a task */
    status = run(&frame, inputs, outputs);
    lax_i_fp_leave(saved);
    return status;
}
