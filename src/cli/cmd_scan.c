/* SPDX-License-Identifier: Apache-2.0 */
/* lax cumsum, cumprod, cummax, cummin and cumlogsumexp. */
#include "cli.h"

struct scan_arguments {
    int64_t axis;
    bool reverse;
};

#define ROW(member, ...) CLI_OPTION(scan_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(axis, .name = "axis", .kind = CLI_INTEGER, .value = "N",
        .help = "the dimension that is run along; default 0"),
    ROW(reverse, .name = "reverse", .kind = CLI_FLAG, .help = "from the last element to the first"),
};

typedef lax_status (*scan_function)(lax_context *ctx, const lax_tensor *operand, int32_t axis,
                                    bool reverse, lax_tensor *out, lax_error *why);
static const scan_function functions[] = {lax_cumsum, lax_cumprod, lax_cummax, lax_cummin,
                                          lax_cumlogsumexp};

static int run(struct cli *cli, const void *arguments) {
    const struct scan_arguments *a = arguments;
    lax_tensor x, out;
    lax_error why;
    int status = cli_check_names(cli, 1);
    if (!status && (a->axis < INT32_MIN || a->axis > INT32_MAX))
        status = cli_fail(CLI_REQUEST, "--axis: %lld is not an axis", (long long)a->axis);
    if (!status) status = cli_load_operand(cli, 0, LAX_DTYPE_UNSET, &x);
    if (status) return status;
    out = lax_tensor_of(x.dtype, NULL, x.rank, x.shape);
    status = cli_tensor_alloc(cli, &out);
    if (status) return status;
    status = cli_check(functions[cli->command->variant](cli->context, &x, (int32_t)a->axis,
                                                        a->reverse, &out, &why),
                       &why);
    return status ? status : cli_results(cli, 1, &out);
}

#define FAMILY(word, number)                                                                       \
    .name = word, .variant = number, .options = options, .n_options = CLI_COUNT_OF(options),       \
    .arguments_size = sizeof(struct scan_arguments), .min_operands = 1, .max_operands = 1,         \
    .writes = true, .run = run, .usage = "X [--axis 0] [--reverse] [-o OUT]",                      \
    .example = "lax " word " x.npy --axis 1 -o y.npy"

const struct cli_command cli_cmd_cumsum = {FAMILY("cumsum", 0),
                                           .summary = "running sums along an axis"};
const struct cli_command cli_cmd_cumprod = {FAMILY("cumprod", 1),
                                            .summary = "running products along an axis"};
const struct cli_command cli_cmd_cummax = {FAMILY("cummax", 2),
                                           .summary = "running maxima along an axis"};
const struct cli_command cli_cmd_cummin = {FAMILY("cummin", 3),
                                           .summary = "running minima along an axis"};
const struct cli_command cli_cmd_cumlogsumexp = {
    FAMILY("cumlogsumexp", 4), .summary = "running log of sums of exponentials along an axis"};
