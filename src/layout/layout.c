/* SPDX-License-Identifier: Apache-2.0 */
/* Which layout function an operation has. */
#include "layout/layout.h"

void lax_i_layout(const struct shape *shape, struct problem *out) {
    static const struct {
        lax_op op;
        void (*layout)(const struct shape *, struct problem *);
    } rows[] = {
        {LAX_OP_CONV, lax_i_layout_conv},
        {LAX_OP_CONV_GRAD_LHS, lax_i_layout_conv},
        {LAX_OP_CONV_GRAD_RHS, lax_i_layout_conv},
        {LAX_OP_CONV_PATCHES, lax_i_layout_conv},
        {LAX_OP_CONV_LOCAL, lax_i_layout_conv},
        {LAX_OP_REDUCE_WINDOW, lax_i_layout_window},
        {LAX_OP_AVG_POOL, lax_i_layout_window},
        {LAX_OP_REDUCE, lax_i_layout_window},
        {LAX_OP_REDUCE_WINDOW_ARG, lax_i_layout_select},
        {LAX_OP_SELECT_AND_SCATTER, lax_i_layout_select},
        {LAX_OP_SELECT_AND_GATHER_ADD, lax_i_layout_select},
        {LAX_OP_SCAN, lax_i_layout_scan},
        {LAX_OP_PAD, lax_i_layout_move},
        {LAX_OP_TRANSPOSE, lax_i_layout_move},
        {LAX_OP_REDUCE_PRECISION, lax_i_layout_move},
    };
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        if (rows[i].op == shape->spec->operation->op) rows[i].layout(shape, out);
    out->policy = LAX_POLICY_DEFAULT;
}
