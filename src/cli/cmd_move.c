/* SPDX-License-Identifier: Apache-2.0 */
/* lax pad, transpose, reduce and reduce-precision. */
#include "cli.h"

enum { PAD = 1, TRANSPOSE = 2, REDUCE = 4, PRECISION = 8 };

struct move_arguments {
    struct cli_padding config;
    struct cli_list permutation, dimensions;
    const char *value, *from, *to;
    lax_dtype dtype;
    int reducer;
    int64_t exponent_bits, mantissa_bits;
};

#define ROW(member, ...) CLI_OPTION(move_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(config, .name = "config", .kind = CLI_TRIPLES, .sets = PAD, .required = true,
        .value = "lo:hi:interior,...",
        .help = "padding before, behind and between the elements of each dimension; lo and hi may "
                "be negative"),
    ROW(value, .name = "value", .kind = CLI_TEXT, .sets = PAD, .value = "VALUE",
        .help = "the padding; default 0"),
    ROW(from, .name = "from", .kind = CLI_TEXT, .sets = TRANSPOSE, .value = "NHWC",
        .help = "letters of the dimensions of X"),
    ROW(to, .name = "to", .kind = CLI_TEXT, .sets = TRANSPOSE, .value = "NCHW",
        .help = "the same letters in the order of the result"),
    ROW(permutation, .name = "permutation", .kind = CLI_LIST, .sets = TRANSPOSE, .value = "0,3,1,2",
        .help = "instead: which dimension of X each of the result is"),
    ROW(dtype, .name = "dtype", .kind = CLI_DTYPE, .sets = TRANSPOSE, .value = "f16",
        .help = "element type of the result; default that of X"),
    ROW(reducer, .name = "reducer", .kind = CLI_CHOICE, .sets = REDUCE, .required = true,
        .value = "NAME", .help = "add, mul, max, min, and, or, xor, logaddexp",
        .choices = cli_reducers),
    ROW(dimensions, .name = "dimensions", .kind = CLI_LIST, .sets = REDUCE, .required = true,
        .value = "0,2", .help = "the dimensions that are reduced"),
    ROW(exponent_bits, .name = "exponent-bits", .kind = CLI_INTEGER, .sets = PRECISION,
        .required = true, .value = "5", .help = "bits of the exponent, at least 1"),
    ROW(mantissa_bits, .name = "mantissa-bits", .kind = CLI_INTEGER, .sets = PRECISION,
        .required = true, .value = "10", .help = "bits of the mantissa, at least 0"),
};

static int load(struct cli *cli, lax_tensor *x) {
    int status = cli_check_names(cli, 1);
    return status ? status : cli_load_operand(cli, 0, LAX_DTYPE_UNSET, x);
}

static int run_pad(struct cli *cli, const void *arguments) {
    const struct move_arguments *a = arguments;
    lax_tensor x, out;
    lax_pad_options o = LAX_PAD_OPTIONS(.low = {0});
    lax_error why;
    uint64_t element[2] = {0};
    int status = load(cli, &x);
    if (!status && a->config.n != x.rank)
        status = cli_fail(CLI_REQUEST, "--config has %d entries, X has %d dimensions", a->config.n,
                          x.rank);
    if (!status && a->value) status = cli_parse_element(cli, a->value, x.dtype, element);
    if (status) return status;
    for (int d = 0; d < x.rank; d++) {
        o.low[d] = a->config.values[d][0];
        o.high[d] = a->config.values[d][1];
        o.interior[d] = a->config.values[d][2];
    }
    status = cli_check(lax_pad_shape(&x, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status) status = cli_check(lax_pad(cli->context, &x, element, &o, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

/* Either two layouts or a permutation; neither: the dimensions as they are. */
static int take_permutation(const struct move_arguments *a, int32_t rank, int32_t *permutation) {
    lax_error why;
    for (int32_t d = 0; d < LAX_MAX_RANK; d++) permutation[d] = d;
    if ((a->from || a->to) && a->permutation.given)
        return cli_fail(CLI_REQUEST, "--permutation and --from, --to say the same thing twice");
    if (!a->from != !a->to) return cli_fail(CLI_REQUEST, "--from and --to go together");
    if (!a->from && !a->permutation.given && a->dtype == LAX_DTYPE_UNSET)
        return cli_fail(CLI_REQUEST, "transpose needs --from and --to, --permutation or --dtype");
    if (a->from) {
        size_t length = 0;
        while (a->from[length]) length++;
        if (length != (size_t)rank)
            return cli_fail(CLI_REQUEST, "--from names %zu dimensions, X has %d", length, rank);
        return cli_check(lax_layout_permutation(a->from, a->to, permutation, &why), &why);
    }
    if (!a->permutation.given) return CLI_DONE;
    if (a->permutation.n != rank)
        return cli_fail(CLI_REQUEST, "--permutation has %d entries, X has %d dimensions",
                        a->permutation.n, rank);
    return cli_take_axes(&a->permutation, "permutation", permutation);
}

static int run_transpose(struct cli *cli, const void *arguments) {
    const struct move_arguments *a = arguments;
    int32_t permutation[LAX_MAX_RANK];
    lax_tensor x, out;
    lax_error why;
    int status = load(cli, &x);
    if (!status) status = take_permutation(a, x.rank, permutation);
    if (!status) status = cli_check(lax_transpose_shape(&x, permutation, &out, &why), &why);
    if (status) return status;
    if (a->dtype != LAX_DTYPE_UNSET) out.dtype = a->dtype;
    status = cli_tensor_alloc(cli, &out);
    if (!status) status = cli_check(lax_transpose(cli->context, &x, permutation, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

static int run_reduce(struct cli *cli, const void *arguments) {
    const struct move_arguments *a = arguments;
    int32_t axes[LAX_MAX_RANK] = {0};
    lax_tensor x, out;
    lax_error why;
    int status = load(cli, &x);
    if (!status) status = cli_take_axes(&a->dimensions, "dimensions", axes);
    if (!status) status = cli_check(lax_reduce_shape(&x, a->dimensions.n, axes, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(lax_reduce(cli->context, &x, (lax_reducer_kind)a->reducer,
                                      a->dimensions.n, axes, &out, &why),
                           &why);
    return status ? status : cli_results(cli, 1, &out);
}

/* Far outside of 32 bits is as wrong as a little outside of what the operation takes. */
static int32_t narrow(int64_t value) {
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : (int32_t)value;
}

static int run_precision(struct cli *cli, const void *arguments) {
    const struct move_arguments *a = arguments;
    lax_tensor x, out;
    lax_error why;
    int status = load(cli, &x);
    if (status) return status;
    out = lax_tensor_of(x.dtype, NULL, x.rank, x.shape);
    status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(lax_reduce_precision(cli->context, &x, narrow(a->exponent_bits),
                                                narrow(a->mantissa_bits), &out, &why),
                           &why);
    return status ? status : cli_results(cli, 1, &out);
}

#define FAMILY                                                                                     \
    .options = options, .n_options = CLI_COUNT_OF(options),                                        \
    .arguments_size = sizeof(struct move_arguments), .min_operands = 1, .max_operands = 1,         \
    .writes = true

const struct cli_command cli_cmd_pad = {
    FAMILY,
    .name = "pad",
    .summary = "pads a tensor at its edges and between its elements: jax.lax.pad",
    .usage = "X --config lo:hi:interior,lo:hi:interior [--value 0] [-o OUT]",
    .example = "lax pad x.npy --config=-1:2:0,0:0:1 --value 0.5 -o y.npy",
    .set = PAD,
    .run = run_pad,
};

const struct cli_command cli_cmd_transpose = {
    FAMILY,
    .name = "transpose",
    .summary = "permutes dimensions and converts element types: jax.lax.transpose",
    .usage = "X --from NHWC --to NCHW | --permutation 0,3,1,2 [--dtype f16] [-o OUT]",
    .example = "lax transpose photo.png --from NHWC --to NCHW --dtype f16 -o photo.npy",
    .set = TRANSPOSE,
    .run = run_transpose,
};

const struct cli_command cli_cmd_reduce = {
    FAMILY,
    .name = "reduce",
    .summary = "reduces whole dimensions: jax.lax.reduce",
    .usage = "X --reducer NAME --dimensions 0,2 [-o OUT]",
    .example = "lax reduce x.npy --reducer max --dimensions 1,2 -o y.npy",
    .set = REDUCE,
    .run = run_reduce,
};

const struct cli_command cli_cmd_reduce_precision = {
    FAMILY,
    .name = "reduce-precision",
    .summary = "rounds floats to fewer bits: jax.lax.reduce_precision",
    .usage = "X --exponent-bits 5 --mantissa-bits 10 [-o OUT]",
    .example = "lax reduce-precision x.npy --exponent-bits 5 --mantissa-bits 10 -o y.npy",
    .set = PRECISION,
    .run = run_precision,
};
