/* SPDX-License-Identifier: Apache-2.0 */
/* lax conv and what shares its options: the gradients, patches and locally connected layers. */
#include "cli.h"

#include <string.h>

enum { CONV = 1, GRAD_LHS = 2, GRAD_RHS = 4, PATCHES = 8, LOCAL = 16 };
enum { GRADS = GRAD_LHS | GRAD_RHS, GROUPED = CONV | GRADS, FILTERS = PATCHES | LOCAL };

struct conv_arguments {
    struct cli_list window_strides, lhs_dilation, rhs_dilation, window_reversal;
    struct cli_list shape, filter_shape;
    struct cli_padding padding;
    const char *dimension_numbers, *dim_labels, *bias, *activation;
    int64_t feature_group_count, batch_group_count;
    lax_dtype preferred_element_type;
};

#define ROW(member, ...) CLI_OPTION(conv_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(shape, .name = "lhs-shape", .kind = CLI_LIST, .sets = GRAD_LHS, .required = true,
        .value = "1,8,8,3", .help = "shape of the lhs whose gradient is computed"),
    ROW(shape, .name = "rhs-shape", .kind = CLI_LIST, .sets = GRAD_RHS, .required = true,
        .value = "3,3,3,8", .help = "shape of the rhs whose gradient is computed"),
    ROW(filter_shape, .name = "filter-shape", .kind = CLI_SIZES, .sets = FILTERS, .required = true,
        .value = "3,3", .help = "spatial sizes of the filter"),
    ROW(window_strides, .name = "window-strides", .kind = CLI_SIZES, .value = "2,2",
        .help = "steps between windows, one a spatial dimension; default 1"),
    ROW(padding, .name = "padding", .kind = CLI_PADDING, .value = "SAME | lo:hi,lo:hi",
        .help = "VALID (default), SAME, SAME_LOWER, or pairs; negative ones cut off"),
    ROW(lhs_dilation, .name = "lhs-dilation", .kind = CLI_SIZES, .value = "1,1",
        .help = "distance between elements of lhs; default 1"),
    ROW(rhs_dilation, .name = "rhs-dilation", .kind = CLI_SIZES, .value = "1,1",
        .help = "distance between taps of the filter; default 1"),
    ROW(dimension_numbers, .name = "dimension-numbers", .kind = CLI_TEXT, .value = "NHWC,HWIO,NHWC",
        .help = "letters of the dimensions of lhs, rhs and result; default NCHW,OIHW,NCHW"),
    ROW(dim_labels, .name = "dim-labels", .kind = CLI_TEXT, .value = "b01f_01io->b01f",
        .help = "the same as XLA writes it"),
    ROW(feature_group_count, .name = "feature-group-count", .kind = CLI_COUNT, .sets = GROUPED,
        .value = "N", .help = "groups of features; default 1"),
    ROW(batch_group_count, .name = "batch-group-count", .kind = CLI_COUNT, .sets = GROUPED,
        .value = "N", .help = "groups of the batch; default 1"),
    ROW(window_reversal, .name = "window-reversal", .kind = CLI_BITS, .sets = GROUPED,
        .value = "0,1", .help = "1: the filter runs backwards along this dimension"),
    ROW(preferred_element_type, .name = "preferred-element-type", .kind = CLI_DTYPE, .value = "f32",
        .help = "element type of products, sums and result"),
    ROW(bias, .name = "bias", .kind = CLI_TEXT, .sets = CONV, .value = "B",
        .help = "file with one element an output feature, added before the activation"),
    ROW(activation, .name = "activation", .kind = CLI_TEXT, .sets = CONV, .value = "relu",
        .help = "relu, relu6, clamp:LO:HI, leaky_relu:SLOPE, gelu_erf, gelu_tanh, silu, sigmoid, "
                "tanh"),
};

static int take_reversal(const struct cli_list *list, int n, bool *reversal) {
    int64_t bits[LAX_MAX_RANK] = {0};
    int status = cli_take_list(list, "window-reversal", n, "a convolution of this rank", bits);
    for (int i = 0; i < n; i++) reversal[i] = bits[i] != 0;
    return status;
}

/* The options of the library's call for n spatial dimensions. */
static int make_options(struct cli *cli, const struct conv_arguments *a, int32_t rank,
                        lax_conv_options *o) {
    const char *of = "a convolution of this rank";
    int n = rank < 2 ? 0 : rank - 2 > LAX_MAX_SPATIAL ? LAX_MAX_SPATIAL : rank - 2;
    *o =
        LAX_CONV_OPTIONS(.dim_labels = a->dim_labels, .feature_group_count = a->feature_group_count,
                         .batch_group_count = a->batch_group_count,
                         .preferred_element_type = a->preferred_element_type);
    int status = cli_take_list(&a->window_strides, "window-strides", n, of, o->window_strides);
    if (!status) status = cli_take_list(&a->lhs_dilation, "lhs-dilation", n, of, o->lhs_dilation);
    if (!status) status = cli_take_list(&a->rhs_dilation, "rhs-dilation", n, of, o->rhs_dilation);
    if (!status) status = cli_take_pads(&a->padding, n, of, &o->padding, o->pads);
    if (!status) status = take_reversal(&a->window_reversal, n, o->window_reversal);
    return status ? status : cli_split_numbers(cli, a->dimension_numbers, o->dimension_numbers);
}

/* The operands, as many as there are, and the options for their rank. */
static int load(struct cli *cli, const struct conv_arguments *a, lax_tensor tensors[2],
                lax_conv_options *o) {
    lax_dtype wanted = a->preferred_element_type == LAX_BF16 ? LAX_BF16 : LAX_DTYPE_UNSET;
    int status = cli_check_names(cli, 1);
    for (int i = 0; i < cli->n_operands && !status; i++)
        status = cli_load_operand(cli, i, wanted, &tensors[i]);
    return status ? status : make_options(cli, a, tensors[0].rank, o);
}

/* name, name:alpha or name:alpha:beta */
static int parse_activation(const char *text, lax_epilogue *epilogue) {
    static const struct cli_choice names[] = {
        {"relu", LAX_RELU},         {"relu6", LAX_RELU6},
        {"clamp", LAX_CLAMP},       {"leaky_relu", LAX_LEAKY_RELU},
        {"gelu_erf", LAX_GELU_ERF}, {"gelu_tanh", LAX_GELU_TANH},
        {"silu", LAX_SILU},         {"sigmoid", LAX_SIGMOID},
        {"tanh", LAX_TANH},         {NULL, 0}};
    char copy[100];
    double *values[2] = {&epilogue->alpha, &epilogue->beta};
    snprintf(copy, sizeof copy, "%s", text);
    char *colon = strchr(copy, ':');
    if (colon) *colon++ = '\0';
    const struct cli_choice *choice = cli_find_choice(names, copy);
    int needed = !choice ? 0 : choice->value == LAX_CLAMP ? 2 : choice->value == LAX_LEAKY_RELU;
    int n = 0;
    for (; colon && n < 2; n++) {
        char *value = colon;
        colon = strchr(value, ':');
        if (colon) *colon++ = '\0';
        if (!cli_parse_double(value, values[n])) break;
    }
    if (!choice || colon || n != needed)
        return cli_fail(CLI_REQUEST,
                        "--activation: %s is none of relu, relu6, clamp:LO:HI, leaky_relu:SLOPE, "
                        "gelu_erf, gelu_tanh, silu, sigmoid, tanh",
                        text);
    epilogue->activation = (lax_activation)choice->value;
    return CLI_DONE;
}

/* With bias and activation: what the library has no single call for. */
static int run_epilogue(struct cli *cli, const struct conv_arguments *a,
                        const lax_tensor tensors[2], const lax_conv_options *o, lax_tensor *out) {
    lax_operation operation = LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1);
    const lax_tensor *inputs[] = {&tensors[0], &tensors[1]};
    lax_tensor bias;
    lax_error why;
    operation.conv = *o;
    operation.epilogue = LAX_EPILOGUE(.bias = NULL);
    int status = a->activation ? parse_activation(a->activation, &operation.epilogue) : CLI_DONE;
    if (!status && a->bias) status = cli_load(cli, a->bias, out->dtype, &bias);
    if (status) return status;
    if (a->bias) operation.epilogue.bias = &bias;
    for (int i = 0; i < 2; i++) operation.operands[i] = tensors[i];
    operation.results[0] = *out;
    return cli_check(lax_operation_run(cli->context, &operation, inputs, &out, &why), &why);
}

static int run_conv(struct cli *cli, const void *arguments) {
    const struct conv_arguments *a = arguments;
    lax_tensor t[2], out;
    lax_conv_options o;
    lax_error why;
    int status = load(cli, a, t, &o);
    if (!status)
        status = cli_check(lax_conv_general_dilated_shape(&t[0], &t[1], &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (status) return status;
    if (a->bias || a->activation)
        status = run_epilogue(cli, a, t, &o, &out);
    else
        status =
            cli_check(lax_conv_general_dilated(cli->context, &t[0], &t[1], &o, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

/* The result has the type of the operand that is there, whatever the gradient's is. */
static int run_grad(struct cli *cli, const void *arguments) {
    const struct conv_arguments *a = arguments;
    bool lhs = cli->command->set == GRAD_LHS;
    lax_tensor t[2];
    lax_conv_options o;
    lax_error why;
    int status = load(cli, a, t, &o);
    if (status) return status;
    lax_tensor out = lax_tensor_of(t[lhs ? 1 : 0].dtype, NULL, a->shape.n, a->shape.values);
    for (int i = 0; i < a->shape.n; i++)
        if (a->shape.values[i] < 0)
            return cli_fail(CLI_REQUEST, "--%s-shape: entry %d is negative, %lld",
                            lhs ? "lhs" : "rhs", i, (long long)a->shape.values[i]);
    status = cli_tensor_alloc(cli, &out);
    if (status) return status;
    lax_status answer =
        lhs ? lax_conv_general_dilated_grad_lhs(cli->context, &t[0], &t[1], &o, &out, &why)
            : lax_conv_general_dilated_grad_rhs(cli->context, &t[0], &t[1], &o, &out, &why);
    status = cli_check(answer, &why);
    return status ? status : cli_results(cli, 1, &out);
}

static int check_filter(const struct conv_arguments *a, int32_t rank) {
    if (a->filter_shape.n == rank - 2) return CLI_DONE;
    return cli_fail(CLI_REQUEST, "--filter-shape has %d entries, LHS has %d spatial dimensions",
                    a->filter_shape.n, rank - 2);
}

static int run_patches(struct cli *cli, const void *arguments) {
    const struct conv_arguments *a = arguments;
    const int64_t *filter = a->filter_shape.values;
    lax_tensor t[2], out;
    lax_conv_options o;
    lax_error why;
    int status = load(cli, a, t, &o);
    if (!status) status = check_filter(a, t[0].rank);
    if (!status)
        status =
            cli_check(lax_conv_general_dilated_patches_shape(&t[0], filter, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(
            lax_conv_general_dilated_patches(cli->context, &t[0], filter, &o, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

static int run_local(struct cli *cli, const void *arguments) {
    const struct conv_arguments *a = arguments;
    const int64_t *filter = a->filter_shape.values;
    lax_tensor t[2], out;
    lax_conv_options o;
    lax_error why;
    int status = load(cli, a, t, &o);
    if (!status) status = check_filter(a, t[0].rank);
    if (!status)
        status = cli_check(
            lax_conv_general_dilated_local_shape(&t[0], &t[1], filter, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(
            lax_conv_general_dilated_local(cli->context, &t[0], &t[1], filter, &o, &out, &why),
            &why);
    return status ? status : cli_results(cli, 1, &out);
}

#define FAMILY                                                                                     \
    .options = options, .n_options = CLI_COUNT_OF(options),                                        \
    .arguments_size = sizeof(struct conv_arguments), .writes = true

const struct cli_command cli_cmd_conv = {
    FAMILY,
    .name = "conv",
    .summary = "convolution: jax.lax.conv_general_dilated",
    .usage = "LHS RHS [-o OUT] [options]",
    .example =
        "lax conv photo.png w.npy --dimension-numbers NHWC,HWIO,NHWC --padding SAME -o y.npy",
    .set = CONV,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_conv,
};

const struct cli_command cli_cmd_conv_grad_lhs = {
    FAMILY,
    .name = "conv-grad-lhs",
    .summary = "gradient of conv with respect to LHS, from the gradient of its result",
    .usage = "GRAD RHS --lhs-shape 1,8,8,3 [-o OUT] [conv's options]",
    .example = "lax conv-grad-lhs dy.npy w.npy --lhs-shape 1,3,8,8 --padding SAME -o dx.npy",
    .set = GRAD_LHS,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_grad,
};

const struct cli_command cli_cmd_conv_grad_rhs = {
    FAMILY,
    .name = "conv-grad-rhs",
    .summary = "gradient of conv with respect to RHS, from the gradient of its result",
    .usage = "LHS GRAD --rhs-shape 3,3,3,8 [-o OUT] [conv's options]",
    .example = "lax conv-grad-rhs x.npy dy.npy --rhs-shape 8,3,3,3 --padding SAME -o dw.npy",
    .set = GRAD_RHS,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_grad,
};

const struct cli_command cli_cmd_patches = {
    FAMILY,
    .name = "patches",
    .summary = "windows as channels: jax.lax.conv_general_dilated_patches",
    .usage = "LHS --filter-shape 3,3 [-o OUT] [options]",
    .example = "lax patches x.npy --filter-shape 3,3 --padding SAME -o patches.npy",
    .set = PATCHES,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_patches,
};

const struct cli_command cli_cmd_conv_local = {
    FAMILY,
    .name = "conv-local",
    .summary = "a filter for every position: jax.lax.conv_general_dilated_local",
    .usage = "LHS RHS --filter-shape 3,3 [-o OUT] [options]",
    .example = "lax conv-local x.npy w.npy --filter-shape 3,3 -o y.npy",
    .set = LOCAL,
    .min_operands = 2,
    .max_operands = 2,
    .run = run_local,
};
