/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes of an operation of the family, as HLO spells them; what HLO cannot say goes into
 * frontend_attributes. */
#include "text/print.h"

/* A line that is being written; `open`: frontend_attributes has begun. */
struct line {
    struct text *text;
    const lax_operation *operation;
    const struct print_names *names;
    bool open;
};

/* --- windows ---------------------------------------------------------------------------------- */

struct window {
    int n;
    int64_t in[LAX_MAX_RANK], size[LAX_MAX_RANK], stride[LAX_MAX_RANK], base[LAX_MAX_RANK],
        dilation[LAX_MAX_RANK];
    int64_t pads[LAX_MAX_RANK][2];
    const bool *reversal;
};

static void put_field(struct text *text, const char *name, int n, const int64_t *values) {
    bool plain = true;
    for (int i = 0; i < n; i++) plain &= values[i] == 1;
    if (plain) return;
    lax_i_put(text, name);
    lax_i_put_list(text, n, values, "x");
}

static void put_pads(struct text *text, const struct window *w) {
    bool any = false;
    for (int i = 0; i < w->n; i++) any |= w->pads[i][0] != 0 || w->pads[i][1] != 0;
    for (int i = 0; i < w->n && any; i++) {
        lax_i_put(text, i == 0 ? " pad=" : "x");
        lax_i_put_list(text, 2, w->pads[i], "_");
    }
}

static void put_reversal(struct text *text, const struct window *w) {
    bool any = false;
    for (int i = 0; i < w->n && w->reversal != NULL; i++) any |= w->reversal[i];
    for (int i = 0; i < w->n && any; i++) {
        lax_i_put(text, i == 0 ? " rhs_reversal=" : "x");
        lax_i_put(text, w->reversal[i] ? "1" : "0");
    }
}

static void put_window(struct text *text, const struct window *w) {
    if (w->n == 0) return;
    lax_i_put(text, ", window={size=");
    lax_i_put_list(text, w->n, w->size, "x");
    put_field(text, " stride=", w->n, w->stride);
    put_pads(text, w);
    put_field(text, " lhs_dilate=", w->n, w->base);
    put_field(text, " rhs_dilate=", w->n, w->dilation);
    put_reversal(text, w);
    lax_i_put(text, "}");
}

/* Options' arrays, unset entries as 1. */
static void copy_ones(int n, const int64_t *from, int64_t *to) {
    for (int i = 0; i < n; i++) to[i] = from[i] == 0 ? 1 : from[i];
}

/* Pads as numbers: a word depends on the sizes. */
static void resolve_pads(struct window *w, const char *padding, const int64_t (*pads)[2]) {
    int64_t dilated[LAX_MAX_RANK];
    memcpy(w->pads, pads, (size_t)w->n * sizeof pads[0]);
    if (padding == NULL || w->n == 0) return;
    for (int i = 0; i < w->n; i++) dilated[i] = (w->size[i] - 1) * w->dilation[i] + 1;
    lax_padtype_to_pads(w->n, w->in, dilated, w->stride, padding, w->pads, NULL);
}

/* --- convolution ------------------------------------------------------------------------------ */

static bool any_set(const int32_t *spec) {
    for (int i = 0; i < LAX_MAX_RANK; i++)
        if (spec[i] != 0) return true;
    return false;
}

/* Dimension numbers in whatever form they are given. */
static void read_numbers(const lax_conv_options *o, int rank, lax_conv_dimension_numbers *out) {
    int32_t *specs[] = {out->lhs_spec, out->rhs_spec, out->out_spec};
    int32_t labels_rank;
    *out = o->indices;
    if (o->dimension_numbers[0] != NULL)
        lax_conv_dimension_numbers_from_strings(rank, rank, o->dimension_numbers, out, NULL);
    else if (o->dim_labels != NULL)
        lax_conv_dimension_numbers_from_labels(o->dim_labels, &labels_rank, out, NULL);
    for (int i = 0; i < 3; i++)
        for (int d = 0; d < rank && !any_set(specs[i]); d++)
            for (int k = 0; k < rank; k++) specs[i][k] = k;
}

/* The tensors of the forward convolution's lhs and rhs. */
static const lax_tensor *forward(const lax_operation *op, int role) {
    if (op->op == LAX_OP_CONV_GRAD_LHS) return role == 0 ? &op->results[0] : &op->operands[1];
    if (op->op == LAX_OP_CONV_GRAD_RHS) return role == 0 ? &op->operands[0] : &op->results[0];
    return &op->operands[role];
}

static void put_count(struct text *text, const char *name, int64_t count) {
    if (count <= 1) return;
    lax_i_put(text, name);
    lax_i_put_int(text, count);
}

static void conv_attributes(struct line *line) {
    const lax_operation *op = line->operation;
    const lax_conv_options *o = &op->conv;
    const lax_tensor *lhs = forward(op, 0), *rhs = forward(op, 1);
    bool filter = op->op == LAX_OP_CONV_PATCHES || op->op == LAX_OP_CONV_LOCAL;
    struct window w = {.n = lhs->rank - 2, .reversal = o->window_reversal};
    lax_conv_dimension_numbers numbers;
    char labels[64];
    read_numbers(o, lhs->rank, &numbers);
    for (int i = 0; i < w.n; i++) {
        w.in[i] = lhs->shape[numbers.lhs_spec[2 + i]];
        w.size[i] = filter ? op->filter_shape[i] : rhs->shape[numbers.rhs_spec[2 + i]];
    }
    copy_ones(w.n, o->window_strides, w.stride);
    copy_ones(w.n, o->lhs_dilation, w.base);
    copy_ones(w.n, o->rhs_dilation, w.dilation);
    resolve_pads(&w, o->padding, o->pads);
    put_window(line->text, &w);
    lax_conv_dim_labels_print(&numbers, lhs->rank, labels, sizeof labels);
    lax_i_put(line->text, ", dim_labels=");
    lax_i_put(line->text, labels);
    put_count(line->text, ", feature_group_count=", o->feature_group_count);
    put_count(line->text, ", batch_group_count=", o->batch_group_count);
}

/* --- the others ------------------------------------------------------------------------------- */

static void window_attributes(struct line *line) {
    const lax_operation *op = line->operation;
    const lax_window_options *o = &op->window;
    struct window w = {.n = op->operands[0].rank};
    memcpy(w.in, op->operands[0].shape, sizeof w.in);
    copy_ones(w.n, o->window_dimensions, w.size);
    copy_ones(w.n, o->window_strides, w.stride);
    copy_ones(w.n, o->base_dilation, w.base);
    copy_ones(w.n, o->window_dilation, w.dilation);
    resolve_pads(&w, o->padding, o->pads);
    put_window(line->text, &w);
}

/* The window that covers the axis from where the scan starts. */
static void scan_attributes(struct line *line) {
    const lax_operation *op = line->operation;
    struct window w = {.n = op->operands[0].rank};
    for (int d = 0; d < w.n; d++) {
        int64_t length = op->operands[0].shape[d];
        w.size[d] = d == op->axis && length > 0 ? length : 1;
        w.stride[d] = w.base[d] = w.dilation[d] = 1;
        w.pads[d][op->reverse ? 1 : 0] = w.size[d] - 1;
    }
    put_window(line->text, &w);
}

static void pad_attributes(struct line *line) {
    const lax_pad_options *pad = &line->operation->pad;
    for (int d = 0; d < line->operation->operands[0].rank; d++) {
        lax_i_put(line->text, d == 0 ? ", padding=" : "x");
        lax_i_put_list(line->text, 2, (int64_t[]){pad->low[d], pad->high[d]}, "_");
        if (pad->interior[d] == 0) continue;
        lax_i_put(line->text, "_");
        lax_i_put_int(line->text, pad->interior[d]);
    }
}

static void put_dimensions(struct text *text, int n, const int32_t *dimensions) {
    lax_i_put(text, ", dimensions={");
    for (int i = 0; i < n; i++) {
        if (i > 0) lax_i_put(text, ",");
        lax_i_put_int(text, dimensions[i]);
    }
    lax_i_put(text, "}");
}

static void put_computation(struct text *text, const char *key, const char *name) {
    lax_i_put(text, key);
    lax_i_put(text, name);
}

static void precision_attributes(struct line *line) {
    lax_i_put(line->text, ", exponent_bits=");
    lax_i_put_int(line->text, line->operation->exponent_bits);
    lax_i_put(line->text, ", mantissa_bits=");
    lax_i_put_int(line->text, line->operation->mantissa_bits);
}

static void hlo_attributes(struct line *line) {
    const lax_operation *op = line->operation;
    const struct print_names *names = line->names;
    switch (op->op) {
    case LAX_OP_REDUCE_WINDOW:
    case LAX_OP_AVG_POOL:
    case LAX_OP_REDUCE_WINDOW_ARG:
    case LAX_OP_SELECT_AND_GATHER_ADD:
        window_attributes(line);
        put_computation(line->text, ", to_apply=%", names->reducer);
        break;
    case LAX_OP_SELECT_AND_SCATTER:
        window_attributes(line);
        put_computation(line->text, ", select=%", names->selector);
        put_computation(line->text, ", scatter=%", names->reducer);
        break;
    case LAX_OP_SCAN:
        scan_attributes(line);
        put_computation(line->text, ", to_apply=%", names->reducer);
        break;
    case LAX_OP_PAD: pad_attributes(line); break;
    case LAX_OP_TRANSPOSE: put_dimensions(line->text, op->operands[0].rank, op->permutation); break;
    case LAX_OP_REDUCE:
        put_dimensions(line->text, op->reduce.n_dimensions, op->reduce.dimensions);
        put_computation(line->text, ", to_apply=%", names->reducer);
        break;
    case LAX_OP_REDUCE_PRECISION: precision_attributes(line); break;
    default: conv_attributes(line); break;
    }
}

/* --- frontend_attributes ---------------------------------------------------------------------- */

/* Starts lax.KEY=", to be closed with end(). */
static struct text *start(struct line *line, const char *key) {
    lax_i_put(line->text, line->open ? ",lax." : ", frontend_attributes={lax.");
    lax_i_put(line->text, key);
    lax_i_put(line->text, "=\"");
    line->open = true;
    return line->text;
}

static void word(struct line *line, const char *key, const char *value) {
    lax_i_put(start(line, key), value);
    lax_i_put(line->text, "\"");
}

static void integers(struct line *line, const char *key, int n, const int64_t *values) {
    lax_i_put_list(start(line, key), n, values, ",");
    lax_i_put(line->text, "\"");
}

static void kind_attributes(struct line *line) {
    const lax_operation *op = line->operation;
    int n = op->operands[0].rank;
    switch (op->op) {
    case LAX_OP_CONV_GRAD_LHS: word(line, "grad", "lhs"); break;
    case LAX_OP_CONV_GRAD_RHS: word(line, "grad", "rhs"); break;
    case LAX_OP_CONV_PATCHES: integers(line, "patches", n - 2, op->filter_shape); break;
    case LAX_OP_CONV_LOCAL: integers(line, "local", n - 2, op->filter_shape); break;
    case LAX_OP_AVG_POOL:
        word(line, "average", op->exclude_padding ? "inside" : "window");
        integers(line, "ceil_pads", n, op->ceil_pads);
        break;
    case LAX_OP_REDUCE_WINDOW_ARG: word(line, "arg", lax_i_select_name(op->select.kind)); break;
    case LAX_OP_SELECT_AND_GATHER_ADD:
        word(line, "gather", lax_i_select_name(op->select.kind));
        break;
    case LAX_OP_SCAN:
        lax_i_put_int(start(line, "scan"), op->axis);
        lax_i_put(line->text, op->reverse ? ",reverse\"" : "\"");
        break;
    case LAX_OP_TRANSPOSE:
        if (op->operands[0].dtype != op->results[0].dtype)
            word(line, "convert", lax_dtype_name(op->results[0].dtype));
        break;
    default: break;
    }
}

static void number(struct line *line, const char *key, double value) {
    if (value == 0) return;
    lax_i_print_element(start(line, key), LAX_F64, &value);
    lax_i_put(line->text, "\"");
}

static const char *activation_name(lax_activation activation) {
    static const char *const names[] = {
        [LAX_ACTIVATION_NONE] = "none",  [LAX_RELU] = "relu",
        [LAX_RELU6] = "relu6",           [LAX_CLAMP] = "clamp",
        [LAX_LEAKY_RELU] = "leaky_relu", [LAX_GELU_ERF] = "gelu_erf",
        [LAX_GELU_TANH] = "gelu_tanh",   [LAX_SILU] = "silu",
        [LAX_SIGMOID] = "sigmoid",       [LAX_TANH] = "tanh",
    };
    return (unsigned)activation < (unsigned)LAX_COUNTOF(names) ? names[activation] : "none";
}

static bool same_strides(const lax_tensor *a, const lax_tensor *b) {
    return memcmp(a->strides, b->strides, (size_t)a->rank * sizeof a->strides[0]) == 0;
}

/* Where the strides are not those that the type shows. */
static void strides(struct line *line, const char *key, const lax_tensor *tensor,
                    const lax_tensor *shown) {
    if (!same_strides(tensor, shown)) integers(line, key, tensor->rank, tensor->strides);
}

static void epilogue_tensor(struct line *line, const char *key, const char *strides_key,
                            const lax_tensor *tensor) {
    lax_tensor shown;
    if (tensor == NULL) return;
    word(line, key, "1");
    lax_i_shown_layout(tensor, &shown);
    strides(line, strides_key, tensor, &shown);
}

static void epilogue_attributes(struct line *line) {
    const lax_epilogue *epilogue = &line->operation->epilogue;
    if (line->operation->op != LAX_OP_CONV || epilogue->size == 0) return;
    word(line, "activation", activation_name(epilogue->activation));
    epilogue_tensor(line, "bias", "bias_strides", epilogue->bias);
    epilogue_tensor(line, "residual", "residual_strides", epilogue->residual);
    number(line, "alpha", epilogue->alpha);
    number(line, "beta", epilogue->beta);
}

static void strides_attributes(struct line *line) {
    static const char *const usual[] = {"lhs_strides", "rhs_strides"};
    const lax_operation *op = line->operation;
    bool conv = op->op <= LAX_OP_CONV_LOCAL;
    char key[] = "operand0_strides", result[] = "result0_strides";
    for (int k = 0; k < op->n_operands; k++) {
        key[7] = (char)('0' + k);
        strides(line, conv && k < 2 ? usual[k] : key, &op->operands[k], &line->names->operands[k]);
    }
    for (int k = 0; k < op->n_results; k++) {
        result[6] = (char)('0' + k);
        strides(line, conv ? "out_strides" : result, &op->results[k], &line->names->results[k]);
    }
}

static const void *const *initial_values(const lax_operation *op, int *n) {
    static const void *const none[LAX_MAX_OPERANDS] = {NULL};
    *n = op->op == LAX_OP_SELECT_AND_SCATTER ? 1 : op->n_operands;
    if (op->op == LAX_OP_PAD) return &op->padding_value;
    if (op->op == LAX_OP_REDUCE) return op->reduce.init_values;
    return op->op == LAX_OP_REDUCE_WINDOW || op->op == LAX_OP_SELECT_AND_SCATTER
               ? op->window.init_values
               : none;
}

/* All of them, or none where the identity is meant. */
static void init_attributes(struct line *line) {
    int n;
    const void *const *values = initial_values(line->operation, &n);
    for (int k = 0; k < n; k++)
        if (values[k] == NULL) return;
    struct text_locale locale = lax_i_locale_enter();
    struct text *text = start(line, "init");
    for (int k = 0; k < n; k++) {
        if (k > 0) lax_i_put(text, ";");
        lax_i_print_element(text, line->operation->operands[k].dtype, values[k]);
    }
    lax_i_put(text, "\"");
    lax_i_locale_leave(locale);
}

static void planning_attributes(struct line *line) {
    static const char *const policies[] = {NULL, "default", "exact", "fast"};
    const lax_operation *op = line->operation;
    bool conv = op->op <= LAX_OP_CONV_LOCAL, reduce = op->op == LAX_OP_REDUCE;
    lax_policy policy = conv ? op->conv.policy : reduce ? op->reduce.policy : op->window.policy;
    const char *lowering = conv     ? op->conv.lowering
                           : reduce ? op->reduce.lowering
                                    : op->window.lowering;
    if (policy > LAX_POLICY_UNSET && policy <= LAX_POLICY_FAST)
        word(line, "policy", policies[policy]);
    if (lowering != NULL) word(line, "lowering", lowering);
    if (op->num_threads > 0) integers(line, "threads", 1, (int64_t[]){op->num_threads});
    if (conv && op->conv.open_batch) word(line, "open_batch", "true");
    if (conv && op->operands[0].dtype == LAX_U8 && op->operands[1].dtype == LAX_S8)
        word(line, "mixed", "true");
}

void lax_i_print_attributes(struct text *text, const lax_operation *operation,
                            const struct print_names *names) {
    struct line line = {text, operation, names, false};
    hlo_attributes(&line);
    kind_attributes(&line);
    epilogue_attributes(&line);
    strides_attributes(&line);
    init_attributes(&line);
    planning_attributes(&line);
    if (line.open) lax_i_put(text, "}");
}
