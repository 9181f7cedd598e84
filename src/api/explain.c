/* SPDX-License-Identifier: Apache-2.0 */
/* lax_explain(): an operation at every stage, in words. */
#include "api/api.h"

static void print_spec(struct text *t, const lax_operation *op) {
    size_t need = lax_operation_print(op, NULL, 0);
    lax_i_text_add(t, "spec       ");
    size_t room = t->length < t->capacity ? t->capacity - t->length : 0;
    lax_operation_print(op, room > 0 ? t->data + t->length : NULL, room);
    t->length += need;
    lax_i_text_add(t, "\n");
}

static void print_dims(struct text *t, const struct window_dim *dims, int n) {
    for (int d = 0; d < n; d++)
        lax_i_text_add(t,
                       "  dim %-2d   in %lld, window %lld, stride %lld, padding (%lld, %lld), base "
                       "dilation %lld, window dilation %lld%s -> out %lld\n",
                       d, (long long)dims[d].in, (long long)dims[d].size, (long long)dims[d].stride,
                       (long long)dims[d].pad_lo, (long long)dims[d].pad_hi,
                       (long long)dims[d].base_dilation, (long long)dims[d].window_dilation,
                       dims[d].reversed ? ", reversed" : "", (long long)dims[d].out);
}

static void print_shape(struct text *t, const struct shape *shape) {
    const lax_operation *op = shape->spec->operation;
    lax_i_text_add(t, "shape      ");
    for (int i = 0; i < shape->n_operands; i++) {
        lax_i_text_add(t, "%s%s ", i == 0 ? "" : ", ", lax_i_operand_name(op->op, i));
        lax_i_text_form(t, &shape->operands[i]);
    }
    lax_i_text_add(t, " ->");
    for (int i = 0; i < shape->n_results; i++) {
        lax_i_text_add(t, "%s ", i == 0 ? "" : ",");
        lax_i_text_form(t, &shape->results[i]);
    }
    lax_i_text_add(t, "\n");
    if (op->op <= LAX_OP_CONV_LOCAL)
        print_dims(t, shape->conv.dim, shape->conv.n);
    else if (op->op <= LAX_OP_SELECT_AND_GATHER_ADD)
        print_dims(t, shape->window, shape->operands[0].rank);
}

static void print_plan(struct text *t, const struct plan *plan) {
    lax_i_text_add(t, "plan       ");
    lax_i_print_plan(t, plan);
    lax_i_text_add(t,
                   "\nworkspace  %zu bytes: %zu for each of %d threads, %zu shared; packed "
                   "weights %zu\n",
                   lax_i_workspace_nbytes(plan), plan->scratch_nbytes, plan->threads,
                   plan->shared_nbytes, plan->packed_nbytes);
    lax_i_text_add(t, "cost       predicted %.4g ms on one core\n",
                   plan->lowering->cost(&plan->problem, &plan->machine));
}

lax_status lax_explain(lax_context *ctx, const lax_operation *operation, char *text,
                       size_t capacity, size_t *needed, lax_error *why) {
    const struct lax_context *c = lax_i_context(ctx);
    struct spec spec = {0};
    struct shape shape = {0};
    struct problem problem;
    lax_plan *plan = NULL;
    lax_error refusal;
    lax_status s = lax_i_require(needed, "needed", why);
    if (s == LAX_OK) s = lax_i_check(operation, &spec, &shape, why);
    if (s != LAX_OK) return s;
    struct text t = lax_i_text(text, capacity);
    print_spec(&t, operation);
    print_shape(&t, &shape);
    lax_i_layout(&shape, &problem);
    lax_i_text_add(&t, "problem    ");
    lax_i_print_problem(&t, &problem);
    lax_i_text_add(&t, "\nlowerings  at %s\n", lax_i_isa_name(c->machine.isa));
    lax_i_print_candidates(&t, &problem, &c->machine);
    s = lax_operation_plan(ctx, operation, &plan, &refusal);
    if (s == LAX_OK)
        print_plan(&t, (const struct plan *)plan);
    else
        lax_i_text_add(&t, "plan       none: %s\n", refusal.text);
    lax_plan_release(plan);
    *needed = t.length;
    if (s == LAX_ERROR_MEMORY || s == LAX_ERROR_LOWERING_NAME)
        return lax_i_fail(why, s, "%s", refusal.text);
    return LAX_OK;
}
