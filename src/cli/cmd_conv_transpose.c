/* SPDX-License-Identifier: Apache-2.0 */
/* lax conv-transpose: the fractionally strided convolution. */
#include "cli.h"

struct transpose_arguments {
    struct cli_list strides, rhs_dilation;
    struct cli_padding padding;
    const char *dimension_numbers, *dim_labels;
    bool transpose_kernel, use_consistent_padding;
    lax_dtype preferred_element_type;
};

#define ROW(member, ...) CLI_OPTION(transpose_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(strides, .name = "strides", .kind = CLI_SIZES, .required = true, .value = "2,2",
        .help = "how many times larger the result is, one a spatial dimension"),
    ROW(padding, .name = "padding", .kind = CLI_PADDING, .value = "SAME | lo:hi,lo:hi",
        .help = "SAME (default), VALID, or the pairs of the dilated convolution"),
    ROW(rhs_dilation, .name = "rhs-dilation", .kind = CLI_SIZES, .value = "1,1",
        .help = "distance between taps of the filter; default 1"),
    ROW(dimension_numbers, .name = "dimension-numbers", .kind = CLI_TEXT, .value = "NHWC,HWIO,NHWC",
        .help = "letters of the dimensions; default NC, NHC, NHWC or NHWDC by rank"),
    ROW(dim_labels, .name = "dim-labels", .kind = CLI_TEXT, .value = "b01f_01io->b01f",
        .help = "the same as XLA writes it"),
    ROW(transpose_kernel, .name = "transpose-kernel", .kind = CLI_FLAG,
        .help = "flip the filter and swap its input and output features"),
    ROW(use_consistent_padding, .name = "use-consistent-padding", .kind = CLI_FLAG,
        .help = "pairs are those of the forward convolution"),
    ROW(preferred_element_type, .name = "preferred-element-type", .kind = CLI_DTYPE, .value = "f32",
        .help = "element type of products, sums and result"),
};

static int make_options(struct cli *cli, const struct transpose_arguments *a, int32_t rank,
                        lax_conv_transpose_options *o) {
    const char *of = "a convolution of this rank";
    int n = rank < 2 ? 0 : rank - 2 > LAX_MAX_SPATIAL ? LAX_MAX_SPATIAL : rank - 2;
    *o = LAX_CONV_TRANSPOSE_OPTIONS(.dim_labels = a->dim_labels,
                                    .transpose_kernel = a->transpose_kernel,
                                    .use_consistent_padding = a->use_consistent_padding,
                                    .explicit_pads = a->padding.given && !a->padding.word,
                                    .preferred_element_type = a->preferred_element_type);
    int status = cli_take_list(&a->strides, "strides", n, of, o->strides);
    if (!status) status = cli_take_list(&a->rhs_dilation, "rhs-dilation", n, of, o->rhs_dilation);
    if (!status) status = cli_take_pads(&a->padding, n, of, &o->padding, o->pads);
    return status ? status : cli_split_numbers(cli, a->dimension_numbers, o->dimension_numbers);
}

static int run(struct cli *cli, const void *arguments) {
    const struct transpose_arguments *a = arguments;
    lax_dtype wanted = a->preferred_element_type == LAX_BF16 ? LAX_BF16 : LAX_DTYPE_UNSET;
    lax_tensor lhs, rhs, out;
    lax_conv_transpose_options o;
    lax_error why;
    int status = cli_check_names(cli, 1);
    if (!status) status = cli_load_operand(cli, 0, wanted, &lhs);
    if (!status) status = cli_load_operand(cli, 1, wanted, &rhs);
    if (!status) status = make_options(cli, a, lhs.rank, &o);
    if (!status) status = cli_check(lax_conv_transpose_shape(&lhs, &rhs, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(lax_conv_transpose(cli->context, &lhs, &rhs, &o, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

const struct cli_command cli_cmd_conv_transpose = {
    .name = "conv-transpose",
    .summary = "fractionally strided convolution: jax.lax.conv_transpose",
    .usage = "LHS RHS --strides 2,2 [-o OUT] [options]",
    .example = "lax conv-transpose x.npy w.npy --strides 2,2 --padding SAME -o y.npy",
    .options = options,
    .n_options = CLI_COUNT_OF(options),
    .arguments_size = sizeof(struct transpose_arguments),
    .min_operands = 2,
    .max_operands = 2,
    .writes = true,
    .run = run,
};
