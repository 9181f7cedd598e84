/* SPDX-License-Identifier: Apache-2.0 */
/* An operation as one line of HLO text, or as a module around it. */
#include "text/print.h"

/* --- names ------------------------------------------------------------------------------------ */

const char *lax_i_reducer_name(lax_reducer_kind kind) {
    static const char *const names[] = {"none", "add", "mul", "max",      "min",
                                        "and",  "or",  "xor", "logaddexp"};
    return (unsigned)kind < (unsigned)LAX_COUNTOF(names) ? names[kind] : "none";
}

const char *lax_i_select_name(lax_select select) {
    static const char *const names[] = {"ge", "ge", "gt", "le", "lt"};
    return (unsigned)select < (unsigned)LAX_COUNTOF(names) ? names[select] : "ge";
}

/* The name of the last computation of a reducer's text; its length, or 0. */
static size_t last_name(const char *text, const char **name) {
    size_t length = 0;
    int depth = 0;
    bool named = false; /* this computation's name has been seen */
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '}' && --depth == 0) named = false;
        if (*c == '{') depth++;
        if (depth > 0 || named || strchr("{}% \n\t\r", *c) != NULL) continue;
        named = true;
        *name = c;
        length = strcspn(c, "({ \n\t\r");
    }
    return length;
}

/* What the line calls a reducer or selector. */
static const char *computation_name(const char *text, const char *builtin, char room[64]) {
    const char *name = NULL;
    size_t length = text == NULL ? 0 : last_name(text, &name);
    if (length == 0 || length >= 64) return builtin;
    memcpy(room, name, length);
    room[length] = '\0';
    return room;
}

/* Text of computations on the same line. */
static void put_line(struct text *text, const char *computations) {
    char part[64];
    for (size_t n = 0; *computations != '\0'; computations += n) {
        for (n = 0; n < sizeof part - 1 && computations[n] != '\0'; n++)
            part[n] = computations[n] == '\n' || computations[n] == '\r' ? ' ' : computations[n];
        part[n] = '\0';
        lax_i_put(text, part);
    }
    lax_i_put(text, " ");
}

/* Kinds that HLO does not have name a reducer of their operand's type; it is not used. */
static const char *reducer_of(const lax_operation *op, char room[64]) {
    bool unused = op->op == LAX_OP_AVG_POOL || op->op == LAX_OP_REDUCE_WINDOW_ARG ||
                  op->op == LAX_OP_SELECT_AND_GATHER_ADD;
    if (unused) return op->operands[0].dtype == LAX_PRED ? "or" : "add";
    if (op->reducer.fn == NULL) return lax_i_reducer_name(op->reducer.kind);
    return computation_name(op->reducer.text, "callback", room);
}

/* --- the line --------------------------------------------------------------------------------- */

static const char *opcode(lax_op op) {
    switch (op) {
    case LAX_OP_REDUCE_WINDOW:
    case LAX_OP_AVG_POOL:
    case LAX_OP_REDUCE_WINDOW_ARG:
    case LAX_OP_SELECT_AND_GATHER_ADD:
    case LAX_OP_SCAN: return "reduce-window";
    case LAX_OP_SELECT_AND_SCATTER: return "select-and-scatter";
    case LAX_OP_PAD: return "pad";
    case LAX_OP_TRANSPOSE: return "transpose";
    case LAX_OP_REDUCE: return "reduce";
    case LAX_OP_REDUCE_PRECISION: return "reduce-precision";
    default: return "convolution";
    }
}

/* Name of operand k; "operand" with its number where there are more. */
static void put_operand_name(struct text *text, const lax_operation *op, int k) {
    static const char *const pairs[][2] = {
        [LAX_OP_CONV] = {"lhs", "rhs"},
        [LAX_OP_CONV_GRAD_LHS] = {"grad", "rhs"},
        [LAX_OP_CONV_GRAD_RHS] = {"lhs", "grad"},
        [LAX_OP_CONV_PATCHES] = {"lhs", NULL},
        [LAX_OP_CONV_LOCAL] = {"lhs", "rhs"},
        [LAX_OP_SELECT_AND_SCATTER] = {"operand", "source"},
        [LAX_OP_SELECT_AND_GATHER_ADD] = {"tangents", "operand"},
        [LAX_OP_REDUCE_PRECISION] = {NULL, NULL},
    };
    const char *name = k < 2 ? pairs[op->op][k] : NULL;
    lax_i_put(text, name == NULL ? "operand" : name);
    if (name == NULL && op->n_operands > 1) lax_i_put_int(text, k);
}

static void put_typed(struct text *text, const lax_tensor *tensor) {
    lax_tensor shown;
    lax_i_shown_layout(tensor, &shown);
    lax_i_print_type(text, &shown);
    lax_i_put(text, " %");
}

/* Initial values and the epilogue's tensors. */
static void put_other_operands(struct text *text, const lax_operation *op) {
    bool one = op->op == LAX_OP_PAD || op->op == LAX_OP_SELECT_AND_SCATTER;
    bool windowed = strncmp(opcode(op->op), "reduce", 6) == 0 && op->op != LAX_OP_REDUCE_PRECISION;
    int n = one ? 1 : windowed ? op->n_operands : 0;
    for (int k = 0; k < n; k++) {
        lax_tensor scalar = {.dtype = op->operands[k].dtype};
        lax_i_put(text, ", ");
        put_typed(text, &scalar);
        lax_i_put(text, op->op == LAX_OP_PAD ? "value" : "init");
        if (n > 1) lax_i_put_int(text, k);
    }
    if (op->op != LAX_OP_CONV || op->epilogue.size == 0) return;
    const lax_tensor *tensors[] = {op->epilogue.bias, op->epilogue.residual};
    for (int k = 0; k < 2; k++) {
        if (tensors[k] == NULL) continue;
        lax_i_put(text, ", ");
        put_typed(text, tensors[k]);
        lax_i_put(text, k == 0 ? "bias" : "residual");
    }
}

static void put_results(struct text *text, const lax_operation *op, lax_tensor *shown) {
    if (op->n_results != 1) lax_i_put(text, "(");
    for (int k = 0; k < op->n_results; k++) {
        if (k > 0) lax_i_put(text, ", ");
        lax_i_shown_layout(&op->results[k], &shown[k]);
        lax_i_print_type(text, &shown[k]);
    }
    if (op->n_results != 1) lax_i_put(text, ")");
}

static void put_operation(struct text *text, const lax_operation *op) {
    lax_tensor operands[LAX_MAX_OPERANDS], results[LAX_MAX_OPERANDS];
    char reducer[64], selector[64];
    const char *select = computation_name(op->select.fn == NULL ? NULL : op->select.text,
                                          lax_i_select_name(op->select.kind), selector);
    struct print_names names = {operands, results, reducer_of(op, reducer), select};
    if (op->reducer.fn != NULL && op->reducer.text != NULL) put_line(text, op->reducer.text);
    if (op->select.fn != NULL && op->select.text != NULL) put_line(text, op->select.text);
    lax_i_put(text, "%r = ");
    put_results(text, op, results);
    lax_i_put(text, " ");
    lax_i_put(text, opcode(op->op));
    lax_i_put(text, "(");
    for (int k = 0; k < op->n_operands; k++) {
        if (k > 0) lax_i_put(text, ", ");
        lax_i_shown_layout(&op->operands[k], &operands[k]);
        lax_i_print_type(text, &operands[k]);
        lax_i_put(text, " %");
        put_operand_name(text, op, k);
    }
    put_other_operands(text, op);
    lax_i_put(text, ")");
    lax_i_print_attributes(text, op, &names);
}

static bool results_known(const lax_operation *op) {
    for (int k = 0; k < op->n_results && k < LAX_MAX_OPERANDS; k++)
        if (op->results[k].rank < 0) return false;
    return op->n_results > 0;
}

/* A comment says why an operation has no line. */
size_t lax_operation_print(const lax_operation *operation, char *text, size_t capacity) {
    struct text out = lax_i_text(text, capacity);
    lax_error why;
    if (operation == NULL) return 0;
    lax_operation inferred = *operation;
    if (!results_known(&inferred) && lax_operation_infer(&inferred, &why) != LAX_OK)
        lax_i_text_add(&out, "/* %s */", why.text);
    else
        put_operation(&out, &inferred);
    return out.length;
}

/* Through the parser, which gives the built-in computations their bodies. */
size_t lax_operation_print_module(const lax_operation *operation, char *text, size_t capacity) {
    size_t length = lax_operation_print(operation, text, capacity);
    char *line = lax_i_allocate(&lax_i_malloc_allocator, length + 1);
    lax_module *module = NULL;
    if (line == NULL) return length;
    lax_operation_print(operation, line, length + 1);
    size_t printed = length;
    if (lax_module_parse(line, length, &module, NULL) == LAX_OK)
        printed = lax_module_print(module, text, capacity);
    lax_module_release(module);
    lax_i_release(&lax_i_malloc_allocator, line, length + 1);
    return printed;
}
