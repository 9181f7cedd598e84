/* SPDX-License-Identifier: Apache-2.0 */
/* Validates a whole operation: every operand on its own, then the rules of its family. */
#include "shape/shape.h"

static const struct row {
    lax_op op;
    const char *operands[2]; /* NULL: the operand's number */
    lax_status (*infer)(const struct spec *spec, struct shape *out, lax_error *why);
} rows[] = {
    {LAX_OP_CONV, {"lhs", "rhs"}, lax_i_shape_conv},
    {LAX_OP_CONV_GRAD_LHS, {"grad", "rhs"}, lax_i_shape_conv},
    {LAX_OP_CONV_GRAD_RHS, {"lhs", "grad"}, lax_i_shape_conv},
    {LAX_OP_CONV_PATCHES, {"lhs", NULL}, lax_i_shape_conv},
    {LAX_OP_CONV_LOCAL, {"lhs", "rhs"}, lax_i_shape_conv},
    {LAX_OP_REDUCE_WINDOW, {"operand", NULL}, lax_i_shape_window},
    {LAX_OP_AVG_POOL, {"operand", NULL}, lax_i_shape_window},
    {LAX_OP_REDUCE_WINDOW_ARG, {"operand", NULL}, lax_i_shape_window},
    {LAX_OP_SELECT_AND_SCATTER, {"operand", "source"}, lax_i_shape_select},
    {LAX_OP_SELECT_AND_GATHER_ADD, {"tangents", "operand"}, lax_i_shape_select},
    {LAX_OP_SCAN, {"operand", NULL}, lax_i_shape_scan},
    {LAX_OP_PAD, {"operand", NULL}, lax_i_shape_move},
    {LAX_OP_TRANSPOSE, {"operand", NULL}, lax_i_shape_move},
    {LAX_OP_REDUCE, {"operand", NULL}, lax_i_shape_reduce},
    {LAX_OP_REDUCE_PRECISION, {"operand", NULL}, lax_i_shape_move},
};

static const struct row *find(lax_op op) {
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        if (rows[i].op == op) return &rows[i];
    return NULL;
}

const char *lax_i_operand_name(lax_op op, int i) {
    static const char *const numbered[LAX_MAX_OPERANDS] = {"operand 0", "operand 1", "operand 2",
                                                           "operand 3", "operand 4", "operand 5",
                                                           "operand 6", "operand 7"};
    const struct row *row = find(op);
    if (i < 2 && row != NULL && row->operands[i] != NULL) return row->operands[i];
    return numbered[i];
}

lax_status lax_i_shape(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_operation *op = spec->operation;
    out->spec = spec;
    out->n_operands = op->n_operands;
    out->n_results = op->n_results;
    out->bias.rank = out->residual.rank = -1;
    for (int i = 0; i < op->n_operands; i++) {
        lax_status s = lax_i_check_tensor(&op->operands[i], lax_i_operand_name(op->op, i), why);
        if (s != LAX_OK) return s;
        out->operands[i] = op->operands[i];
    }
    for (int i = 0; i < op->n_results && i < LAX_MAX_OPERANDS; i++)
        out->results[i] = op->results[i];
    return find(op->op)->infer(spec, out, why);
}
