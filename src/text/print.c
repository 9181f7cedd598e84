/* SPDX-License-Identifier: Apache-2.0 */
/* Modules as HLO text; reading it back gives the same module. */
#include "text/print.h"

static void put_name(struct text *text, const char *name) {
    lax_i_put(text, "%");
    lax_i_put(text, name);
}

static void put_type(struct text *text, const struct instruction *i) {
    if (i->tuple) lax_i_put(text, "(");
    for (int k = 0; k < i->n_results; k++) {
        if (k > 0) lax_i_put(text, ", ");
        lax_i_print_type(text, &i->results[k]);
    }
    if (i->tuple) lax_i_put(text, ")");
}

static void put_braces(struct text *text, const char *key, const struct int_list *list) {
    lax_i_put(text, key);
    lax_i_put(text, "{");
    lax_i_put_list(text, list->n, list->values, ",");
    lax_i_put(text, "}");
}

/* --- attributes ------------------------------------------------------------------------------- */

static void put_slice(struct text *text, const struct instruction *i) {
    lax_i_put(text, ", slice={");
    for (int d = 0; d < i->lists[0].n; d++) {
        int64_t range[] = {i->lists[0].values[d], i->lists[1].values[d], i->lists[2].values[d]};
        lax_i_put(text, d == 0 ? "[" : ", [");
        lax_i_put_list(text, range[2] == 1 ? 2 : 3, range, ":");
        lax_i_put(text, "]");
    }
    lax_i_put(text, "}");
}

static void put_dot(struct text *text, const struct instruction *i) {
    static const char *const keys[] = {", lhs_batch_dims=", ", rhs_batch_dims=",
                                       ", lhs_contracting_dims=", ", rhs_contracting_dims="};
    for (int k = 0; k < 4; k++)
        if (i->lists[k].n > 0) put_braces(text, keys[k], &i->lists[k]);
}

static void put_compare(struct text *text, const struct instruction *i) {
    lax_i_put(text, ", direction=");
    lax_i_put(text, lax_i_direction_name(i->direction));
    if (i->compare == COMPARE_NATURAL) return;
    lax_i_put(text, ", type=");
    lax_i_put(text, lax_i_compare_type_name(i->compare));
}

/* The types show the layouts of the instructions, the operation may have other strides. */
static void put_family(struct text *text, const struct instruction *i) {
    const lax_operation *operation = &i->family->operation;
    lax_tensor operands[LAX_MAX_OPERANDS];
    bool select = i->called[1] != NULL;
    const struct computation *reducer = i->called[select];
    struct print_names names = {operands, i->results, reducer == NULL ? "" : reducer->name,
                                select ? i->called[0]->name : ""};
    for (int k = 0; k < operation->n_operands; k++) operands[k] = i->operands[k]->results[0];
    lax_operation shown = *operation;
    if (!i->family->given_init) { /* the operands say it */
        shown.padding_value = NULL;
        memset(shown.window.init_values, 0, sizeof shown.window.init_values);
        memset(shown.reduce.init_values, 0, sizeof shown.reduce.init_values);
    }
    lax_i_print_attributes(text, &shown, &names);
}

static void put_attributes(struct text *text, const struct instruction *i) {
    switch (i->op) {
    case OP_BROADCAST:
    case OP_REVERSE:
    case OP_CONCATENATE: put_braces(text, ", dimensions=", &i->lists[0]); break;
    case OP_IOTA:
        lax_i_put(text, ", iota_dimension=");
        lax_i_put_int(text, i->lists[0].values[0]);
        break;
    case OP_SLICE: put_slice(text, i); break;
    case OP_ELEMENT:
        lax_i_put(text, ", index=");
        lax_i_put_int(text, i->index);
        break;
    case OP_CALL:
        lax_i_put(text, ", to_apply=");
        put_name(text, i->called[0]->name);
        break;
    case OP_DOT: put_dot(text, i); break;
    case OP_COMPARE: put_compare(text, i); break;
    default:
        if (i->family != NULL) put_family(text, i);
        break;
    }
}

/* --- instructions ----------------------------------------------------------------------------- */

static void put_operands(struct text *text, const struct instruction *i) {
    for (int k = 0; k < i->n_operands; k++) {
        if (k > 0) lax_i_put(text, ", ");
        put_type(text, i->operands[k]);
        lax_i_put(text, " ");
        put_name(text, i->operands[k]->name);
    }
}

static void put_instruction(struct text *text, const struct instruction *i, bool root) {
    if (root) lax_i_put(text, "ROOT ");
    put_name(text, i->name);
    lax_i_put(text, " = ");
    put_type(text, i);
    lax_i_put(text, " ");
    lax_i_put(text, lax_i_ops[i->op].hlo);
    lax_i_put(text, "(");
    if (i->op == OP_PARAMETER)
        lax_i_put_int(text, i->index);
    else if (i->op == OP_CONSTANT)
        lax_i_print_literal(text, &i->results[0], i->literal);
    else
        put_operands(text, i);
    lax_i_put(text, ")");
    put_attributes(text, i);
}

/* separator and indent stand before each instruction. */
static void put_computation(struct text *text, const struct computation *computation,
                            const char *separator) {
    put_name(text, computation->name);
    lax_i_put(text, " {");
    for (int n = 0; n < computation->instructions.n; n++) {
        const struct instruction *i = instruction_at(&computation->instructions, n);
        lax_i_put(text, separator);
        put_instruction(text, i, i == computation->root);
    }
    lax_i_put(text, *separator == '\n' ? "\n}" : " }");
}

void lax_i_print_ir(struct text *text, const struct lax_module *module) {
    lax_i_put(text, "HloModule ");
    lax_i_put(text, module->name);
    lax_i_put(text, "\n");
    for (int k = 0; k < module->order.n; k++) {
        const struct computation *computation = module->order.data[k];
        lax_i_put(text, computation == module->entry ? "\nENTRY " : "\n");
        put_computation(text, computation, "\n  ");
        lax_i_put(text, "\n");
    }
}

void lax_i_print_line(struct text *text, const struct list *computations) {
    for (int k = 0; k < computations->n; k++) {
        if (k > 0) lax_i_put(text, " ");
        put_computation(text, computations->data[k], " ");
    }
}
