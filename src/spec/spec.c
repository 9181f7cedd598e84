/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a whole operation: which options count for it, how many tensors it takes, enum values. */
#include "spec/spec.h"

static const struct row {
    lax_op op;
    const char *name;
    signed char min_operands, max_operands;
    bool conv, window;
} rows[] = {
    {LAX_OP_CONV, "conv_general_dilated", 2, 2, true, false},
    {LAX_OP_CONV_GRAD_LHS, "conv_general_dilated_grad_lhs", 2, 2, true, false},
    {LAX_OP_CONV_GRAD_RHS, "conv_general_dilated_grad_rhs", 2, 2, true, false},
    {LAX_OP_CONV_PATCHES, "conv_general_dilated_patches", 1, 1, true, false},
    {LAX_OP_CONV_LOCAL, "conv_general_dilated_local", 2, 2, true, false},
    {LAX_OP_REDUCE_WINDOW, "reduce_window", 1, LAX_MAX_OPERANDS, false, true},
    {LAX_OP_AVG_POOL, "avg_pool", 1, 1, false, true},
    {LAX_OP_REDUCE_WINDOW_ARG, "reduce_window_arg", 1, 1, false, true},
    {LAX_OP_SELECT_AND_SCATTER, "select_and_scatter", 2, 2, false, true},
    {LAX_OP_SELECT_AND_GATHER_ADD, "select_and_gather_add", 2, 2, false, true},
    {LAX_OP_SCAN, "scan", 1, 1, false, false},
    {LAX_OP_PAD, "pad", 1, 1, false, false},
    {LAX_OP_TRANSPOSE, "transpose", 1, 1, false, false},
    {LAX_OP_REDUCE, "reduce", 1, LAX_MAX_OPERANDS, false, false},
    {LAX_OP_REDUCE_PRECISION, "reduce_precision", 1, 1, false, false},
};

static const struct row *find(lax_op op) {
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        if (rows[i].op == op) return &rows[i];
    return NULL;
}

static lax_status check_size(size_t size, size_t want, const char *macro, lax_error *why) {
    if (size == want) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_OPTIONS_SIZE,
                      "an options struct has size %zu instead of %zu: fill it with %s(...)", size,
                      want, macro);
}

static lax_status check_enum(int value, int count, const char *name, lax_error *why) {
    if (value >= 0 && value < count) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_ENUM, "%s must be 0 to %d, got %d", name, count - 1, value);
}

/* One that would be passed over is refused, for its bias would silently be missing. */
static lax_status check_epilogue(const lax_operation *op, const char *name, lax_error *why) {
    const lax_epilogue *e = &op->epilogue;
    bool set = e->bias != NULL || e->residual != NULL || e->activation != LAX_ACTIVATION_NONE;
    if (e->size == 0 && !set) return LAX_OK;
    if (op->op != LAX_OP_CONV)
        return lax_i_fail(why, LAX_ERROR_VALUE,
                          "epilogue is set: %s takes none, only a convolution does", name);
    lax_status s = check_size(e->size, sizeof *e, "LAX_EPILOGUE", why);
    return s == LAX_OK ? check_enum((int)e->activation, LAX_TANH + 1, "activation", why) : s;
}

static lax_status read_conv(const lax_operation *op, struct spec *out, lax_error *why) {
    lax_status s = check_size(op->conv.size, sizeof op->conv, "LAX_CONV_OPTIONS", why);
    if (s == LAX_OK) s = check_enum((int)op->conv.policy, LAX_POLICY_FAST + 1, "policy", why);
    int32_t lhs = op->operands[0].rank;
    int32_t rhs = op->op == LAX_OP_CONV_PATCHES ? lhs : op->operands[1].rank;
    return s == LAX_OK ? lax_i_conv_spec(&op->conv, lhs, rhs, &out->conv, why) : s;
}

static lax_status read_window(const lax_operation *op, struct spec *out, lax_error *why) {
    lax_status s = check_size(op->window.size, sizeof op->window, "LAX_WINDOW_OPTIONS", why);
    if (s == LAX_OK) s = check_enum((int)op->window.policy, LAX_POLICY_FAST + 1, "policy", why);
    int32_t rank = op->operands[op->op == LAX_OP_SELECT_AND_GATHER_ADD].rank;
    return s == LAX_OK ? lax_i_window_spec(&op->window, rank, &out->window, why) : s;
}

static lax_status check_rest(const lax_operation *op, lax_error *why) {
    lax_status s = LAX_OK;
    if (op->op == LAX_OP_PAD) s = check_size(op->pad.size, sizeof op->pad, "LAX_PAD_OPTIONS", why);
    if (op->op == LAX_OP_REDUCE)
        s = check_size(op->reduce.size, sizeof op->reduce, "LAX_REDUCE_OPTIONS", why);
    return s;
}

static lax_status check_pair(const lax_pair *pair, lax_error *why) {
    lax_status s = check_enum((int)pair->select, LAX_LT + 1, "pair.select", why);
    if (s == LAX_OK) s = check_enum((int)pair->nan, LAX_NAN_PASSED + 1, "pair.nan", why);
    return s == LAX_OK ? check_enum((int)pair->key, 2, "pair.key", why) : s;
}

/* Members that hold callbacks or kinds are checked for whichever operation sets them. */
static lax_status check_callables(const lax_operation *op, lax_error *why) {
    lax_status s = LAX_OK;
    if (op->reducer.size != 0)
        s = check_size(op->reducer.size, sizeof op->reducer, "LAX_REDUCER", why);
    if (s == LAX_OK) s = check_enum((int)op->reducer.kind, LAX_LOGADDEXP + 1, "reducer", why);
    if (s == LAX_OK) s = check_pair(&op->reducer.pair, why);
    if (s == LAX_OK && op->select.size != 0)
        s = check_size(op->select.size, sizeof op->select, "LAX_SELECTOR", why);
    return s == LAX_OK ? check_enum((int)op->select.kind, LAX_LT + 1, "select", why) : s;
}

lax_status lax_i_spec(const lax_operation *operation, struct spec *out, lax_error *why) {
    const struct row *row = find(operation->op);
    if (row == NULL)
        return lax_i_fail(why, LAX_ERROR_ENUM, "op %d is no operation", (int)operation->op);
    if (operation->n_operands < row->min_operands || operation->n_operands > row->max_operands)
        return lax_i_fail(why, LAX_ERROR_COUNT, "%s takes %d to %d operands, got %d", row->name,
                          row->min_operands, row->max_operands, operation->n_operands);
    out->operation = operation;
    out->xla_rules = operation->xla_rules;
    lax_status s = check_callables(operation, why);
    if (s == LAX_OK) s = check_epilogue(operation, row->name, why);
    if (s == LAX_OK && row->conv) s = read_conv(operation, out, why);
    if (s == LAX_OK && row->window) s = read_window(operation, out, why);
    return s == LAX_OK ? check_rest(operation, why) : s;
}
