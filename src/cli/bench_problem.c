/* SPDX-License-Identifier: Apache-2.0 */
/* What --dtype and --layout make of a problem, and the work that it stands for. */
#include "bench.h"

#include <ctype.h>
#include <string.h>

#define SAME(word, type)                                                                           \
    { word, type, type, type, type }
static const struct bench_types types[] = {
    SAME("f64", LAX_F64),
    SAME("f32", LAX_F32),
    SAME("f16", LAX_F16),
    SAME("bf16", LAX_BF16),
    SAME("s16", LAX_S16),
    SAME("s32", LAX_S32),
    SAME("s64", LAX_S64),
    SAME("u16", LAX_U16),
    SAME("u32", LAX_U32),
    SAME("u64", LAX_U64),
    SAME("pred", LAX_PRED),
    SAME("c64", LAX_C64),
    SAME("c128", LAX_C128),
    {"s8", LAX_S8, LAX_S8, LAX_S32, LAX_S8},
    {"u8", LAX_U8, LAX_S8, LAX_S32, LAX_U8},
    {"bf16_f32", LAX_BF16, LAX_BF16, LAX_F32, LAX_DTYPE_UNSET},
    {"f16_f32", LAX_F16, LAX_F16, LAX_F32, LAX_DTYPE_UNSET},
};

const struct bench_types *cli_bench_types(const char *name) {
    for (int i = 0; i < CLI_COUNT_OF(types); i++)
        if (strcmp(types[i].name, name) == 0) return &types[i];
    return NULL;
}

int cli_bench_refuse(const struct bench_problem *problem, const char *sentence) {
    return cli_fail(CLI_REQUEST, "%s: %s", problem->name, sentence);
}

bool cli_bench_is_conv(lax_op op) { return op >= LAX_OP_CONV && op <= LAX_OP_CONV_LOCAL; }

static int finish(struct bench_problem *problem) {
    lax_error why;
    if (lax_operation_infer(&problem->operation, &why) == LAX_OK) return CLI_DONE;
    return cli_bench_refuse(problem, why.text);
}

/* The value that max never keeps: all bits 0 but the sign for integers. */
static int lowest(struct cli *cli, lax_dtype dtype, void *element) {
    size_t size = lax_dtype_size(dtype);
    if (cli_is_float(dtype)) return cli_parse_element(cli, "-inf", dtype, element);
    memset(element, 0, size);
    uint64_t sign = (uint64_t)1 << (8 * size - 1);
    if (dtype >= LAX_S8 && dtype <= LAX_S64) memcpy(element, &sign, size);
    return CLI_DONE;
}

/* The pair (larger key, its payload): the reducer that jax.jvp of max pooling makes. */
static int make_pair_reducer(struct cli *cli, struct bench_problem *problem, lax_dtype dtype) {
    lax_operation *op = &problem->operation;
    const char *t = lax_dtype_name(dtype);
    char text[1024];
    lax_error why;
    int length = snprintf(text, sizeof text,
                          "pair {\n"
                          "  a = %s[] parameter(0)\n"
                          "  p = %s[] parameter(1)\n"
                          "  b = %s[] parameter(2)\n"
                          "  q = %s[] parameter(3)\n"
                          "  take = pred[] compare(a, b), direction=GE\n"
                          "  key = %s[] select(take, a, b)\n"
                          "  payload = %s[] select(take, p, q)\n"
                          "  ROOT both = (%s[], %s[]) tuple(key, payload)\n"
                          "}\n",
                          t, t, t, t, t, t, t, t);
    if (cli_is_complex(dtype)) return cli_bench_refuse(problem, "complex numbers have no order");
    lax_status status = lax_region_parse(text, (size_t)length, &problem->region, &why);
    op->reducer = LAX_REDUCER(.kind = LAX_REDUCER_UNSET);
    if (status == LAX_OK) status = lax_region_reducer(problem->region, &op->reducer, &why);
    if (status != LAX_OK) return cli_bench_refuse(problem, why.text);
    memset(problem->init[1], 0, sizeof problem->init[1]);
    for (int i = 0; i < 2; i++) op->window.init_values[i] = problem->init[i];
    return lowest(cli, dtype, problem->init[0]);
}

static int retype_others(struct cli *cli, struct bench_problem *problem,
                         const struct bench_types *to) {
    lax_operation *op = &problem->operation;
    bool by_text = op->reducer.fn || op->select.fn || op->window.init_values[0];
    if (to->other == LAX_DTYPE_UNSET)
        return cli_bench_refuse(problem, "this --dtype is for convolutions only");
    if (by_text) return cli_bench_refuse(problem, "its regions are written for other types");
    for (int i = 0; i < op->n_operands; i++) op->operands[i].dtype = to->other;
    for (int i = 0; i < op->n_results; i++) op->results[i].dtype = to->other;
    bool pair = op->op == LAX_OP_REDUCE_WINDOW && op->n_operands == 2;
    return pair ? make_pair_reducer(cli, problem, to->other) : CLI_DONE;
}

int cli_bench_retype(struct cli *cli, struct bench_problem *problem, const struct bench_types *to) {
    lax_operation *op = &problem->operation;
    if (!cli_bench_is_conv(op->op)) {
        int status = retype_others(cli, problem, to);
        return status ? status : finish(problem);
    }
    op->operands[0].dtype = to->lhs;
    op->operands[1].dtype = to->rhs;
    op->results[0].dtype = to->result;
    op->conv.preferred_element_type = to->lhs == to->rhs ? to->result : LAX_DTYPE_UNSET;
    return finish(problem);
}

/* Reorders sizes, row-major. `from` has the place of each new dimension among the old ones. */
static void permute_tensor(lax_tensor *tensor, const int32_t *from) {
    lax_tensor view = lax_tensor_permuted(tensor, from);
    *tensor = lax_tensor_of(view.dtype, NULL, view.rank, view.shape);
}

/* Labels in another layout: activations [a, spatial, b] are [a, b, spatial] channels first, weights
 * [spatial, x, y] are [y, x, spatial]. */
static void relabel(const char *old, bool weights, bool first, char *out) {
    char letters[3] = "", spatial[LAX_MAX_RANK + 1] = "";
    int n_letters = 0, n_spatial = 0;
    for (const char *c = old; *c; c++) {
        if (isdigit((unsigned char)*c))
            spatial[n_spatial++] = *c;
        else
            letters[n_letters++] = *c;
    }
    bool swap = weights && first == (isdigit((unsigned char)old[0]) != 0);
    char a = letters[swap], b = letters[!swap];
    if (first)
        sprintf(out, "%c%c%s", a, b, spatial);
    else if (weights)
        sprintf(out, "%s%c%c", spatial, a, b);
    else
        sprintf(out, "%c%s%c", a, spatial, b);
}

static int relayout_conv(struct bench_problem *problem, bool first) {
    lax_operation *op = &problem->operation;
    lax_tensor *tensors[3] = {&op->operands[0], &op->operands[1], &op->results[0]};
    char old[3][LAX_MAX_RANK + 1], labels[3][LAX_MAX_RANK + 1];
    if (op->op != LAX_OP_CONV || op->operands[0].rank < 3)
        return cli_bench_refuse(problem, "--layout needs a convolution with spatial dimensions");
    int status = cli_labels(op, old);
    if (status) return status;
    for (int t = 0; t < 3; t++) {
        int32_t from[LAX_MAX_RANK] = {0};
        bool weights = problem->weight_gradient ? t == 2 : t == 1;
        relabel(old[t], weights, first, labels[t]);
        for (int d = 0; labels[t][d]; d++)
            from[d] = (int32_t)(strchr(old[t], labels[t][d]) - old[t]);
        permute_tensor(tensors[t], from);
    }
    cli_set_labels(op, labels, problem->labels);
    return CLI_DONE;
}

static void permute_sizes(int64_t *sizes, const int32_t *from, int32_t rank) {
    int64_t old[LAX_MAX_RANK];
    memcpy(old, sizes, sizeof old);
    for (int32_t i = 0; i < rank; i++) sizes[i] = old[from[i]];
}

static void permute_window(lax_window_options *window, const int32_t *from, int32_t rank) {
    int64_t pads[LAX_MAX_RANK][2];
    memcpy(pads, window->pads, sizeof pads);
    permute_sizes(window->window_dimensions, from, rank);
    permute_sizes(window->window_strides, from, rank);
    permute_sizes(window->base_dilation, from, rank);
    permute_sizes(window->window_dilation, from, rank);
    for (int32_t i = 0; i < rank; i++) memcpy(window->pads[i], pads[from[i]], sizeof pads[i]);
}

static int relayout_window(struct bench_problem *problem, bool first) {
    lax_operation *op = &problem->operation;
    int32_t rank = op->operands[0].rank, from[LAX_MAX_RANK] = {0};
    if (!problem->layout || problem->layout[0] != 'N')
        return cli_bench_refuse(problem,
                                "--layout: the text does not tell which dimension is what");
    bool is_last = problem->layout[strlen(problem->layout) - 1] == 'C';
    if (rank < 3 || first != is_last) return CLI_DONE;
    for (int32_t i = 1; i < rank; i++) from[i] = first ? (i == 1 ? rank - 1 : i - 1) : i + 1;
    if (!first) from[rank - 1] = 1;
    for (int i = 0; i < op->n_operands; i++) permute_tensor(&op->operands[i], from);
    for (int i = 0; i < op->n_results; i++) permute_tensor(&op->results[i], from);
    permute_window(&op->window, from, rank);
    return CLI_DONE;
}

int cli_bench_relayout(struct bench_problem *problem, int layout) {
    if (layout == BENCH_LAYOUT_GIVEN) return CLI_DONE;
    bool first = layout == BENCH_CHANNELS_FIRST;
    return cli_bench_is_conv(problem->operation.op) ? relayout_conv(problem, first)
                                                    : relayout_window(problem, first);
}

static double elements(const lax_tensor *tensor) { return (double)lax_tensor_elements(tensor); }

/* Twice the multiply-adds that touch no inserted zero: result elements x filter / its outputs. */
static int count_conv(struct bench_problem *problem) {
    const lax_operation *op = &problem->operation;
    const lax_tensor *a = &op->operands[0], *b = &op->operands[1], *c = &op->results[0];
    const lax_tensor *result = op->op == LAX_OP_CONV_GRAD_LHS   ? a
                               : op->op == LAX_OP_CONV_GRAD_RHS ? b
                                                                : c;
    const lax_tensor *filter = op->op == LAX_OP_CONV_GRAD_RHS ? c : b;
    char labels[3][LAX_MAX_RANK + 1];
    if (op->op == LAX_OP_CONV_PATCHES || op->op == LAX_OP_CONV_LOCAL) {
        problem->work = 0;
        return CLI_DONE;
    }
    int status = cli_labels(op, labels);
    if (status) return status;
    double outputs = (double)filter->shape[strchr(labels[1], 'o') - labels[1]];
    problem->work = outputs > 0 ? 2 * elements(result) * elements(filter) / outputs : 0;
    for (int d = 0; d < LAX_MAX_SPATIAL; d++)
        if (op->conv.lhs_dilation[d] > 1) problem->work /= (double)op->conv.lhs_dilation[d];
    return CLI_DONE;
}

int cli_bench_count(struct bench_problem *problem) {
    const lax_operation *op = &problem->operation;
    double window = 1;
    for (int d = 0; d < LAX_MAX_RANK; d++)
        if (op->window.window_dimensions[d] > 0) window *= (double)op->window.window_dimensions[d];
    switch (op->op) {
    case LAX_OP_REDUCE_WINDOW:
    case LAX_OP_AVG_POOL:
    case LAX_OP_REDUCE_WINDOW_ARG:
    case LAX_OP_SELECT_AND_GATHER_ADD: problem->work = elements(&op->results[0]) * window; break;
    case LAX_OP_SELECT_AND_SCATTER: problem->work = elements(&op->operands[1]) * window; break;
    case LAX_OP_SCAN:
    case LAX_OP_REDUCE: problem->work = elements(&op->operands[0]); break;
    default: problem->work = 0; break;
    }
    return cli_bench_is_conv(op->op) ? count_conv(problem) : CLI_DONE;
}
