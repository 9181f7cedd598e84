/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the family: forms and data of this execution are put into the operation, the
 * library runs it. */
#include "text/eval.h"

/* Initial values come from the operands, whatever the plan would assume. */
static void set_inits(struct frame *frame, const struct instruction *i, struct family *family) {
    for (int k = 0; k < family->n_init; k++)
        lax_i_family_set_init(family, k,
                              lax_i_operand_value(frame, i, family->init + k)->view.data);
}

static lax_status new_results(struct frame *frame, const struct instruction *i,
                              struct value *results) {
    for (int k = 0; k < i->n_results; k++) {
        lax_status status = lax_i_value_new(frame, &i->results[k], &results[k]);
        if (status == LAX_OK) continue;
        while (k > 0) lax_i_value_drop(&results[--k]);
        return status;
    }
    return LAX_OK;
}

static lax_status call(struct frame *frame, const lax_operation *operation,
                       const lax_tensor *residual) {
    const lax_tensor *inputs[LAX_MAX_OPERANDS + 1];
    lax_tensor results[LAX_MAX_OPERANDS], *outputs[LAX_MAX_OPERANDS];
    for (int k = 0; k < operation->n_operands; k++) inputs[k] = &operation->operands[k];
    inputs[operation->n_operands] = residual;
    for (int k = 0; k < operation->n_results; k++) {
        results[k] = operation->results[k];
        outputs[k] = &results[k];
    }
    return lax_operation_run(frame->ctx, operation, inputs, outputs, frame->why);
}

/* The epilogue's tensors at this execution. */
static const lax_tensor *set_epilogue(struct frame *frame, const struct instruction *i,
                                      struct family *family) {
    if (family->bias >= 0)
        family->operation.epilogue.bias = &lax_i_operand_value(frame, i, family->bias)->view;
    if (family->residual < 0) return NULL;
    family->operation.epilogue.residual = &lax_i_operand_value(frame, i, family->residual)->view;
    return family->operation.epilogue.residual;
}

static bool all_empty(const struct instruction *i) {
    for (int k = 0; k < i->n_results; k++)
        if (!lax_i_empty(&i->results[k])) return false;
    return true;
}

lax_status lax_i_eval_family(struct frame *frame, const struct instruction *i,
                             struct value *results) {
    lax_status status = new_results(frame, i, results);
    if (status != LAX_OK || all_empty(i)) return status;
    struct family family = *i->family;
    lax_operation *operation = &family.operation;
    operation->conv.open_batch = false;
    for (int k = 0; k < operation->n_operands; k++)
        operation->operands[k] = lax_i_operand_value(frame, i, k)->view;
    for (int k = 0; k < operation->n_results; k++) operation->results[k] = results[k].view;
    set_inits(frame, i, &family);
    const lax_tensor *residual = set_epilogue(frame, i, &family);
    status = call(frame, operation, residual);
    for (int k = 0; status != LAX_OK && k < i->n_results; k++) lax_i_value_drop(&results[k]);
    return status;
}
