/* SPDX-License-Identifier: Apache-2.0 */
/* lax select-and-scatter-add and select-and-gather-add: what gradients of max and min windows are
 * made of. */
#include "cli.h"

enum { SCATTER = 1, GATHER = 2 };

struct select_arguments {
    struct cli_window window;
    int select;
};

#define ROW(member, ...) CLI_OPTION(select_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(select, .name = "select", .kind = CLI_CHOICE, .required = true, .value = "ge|gt|le|lt",
        .help = "the pick of a window stays while it is so to the next element",
        .choices = cli_selects),
    CLI_WINDOW_OPTIONS(select_arguments, window),
    CLI_DILATION_OPTIONS(select_arguments, window, GATHER),
};

static int run_scatter(struct cli *cli, const void *arguments) {
    const struct select_arguments *a = arguments;
    lax_tensor source, operand, out;
    lax_window_options o;
    lax_error why;
    int status = cli_check_names(cli, 1);
    if (!status) status = cli_load_operand(cli, 0, LAX_DTYPE_UNSET, &source);
    if (!status) status = cli_load_operand(cli, 1, LAX_DTYPE_UNSET, &operand);
    if (!status) status = cli_take_window(&a->window, operand.rank, &o);
    if (!status)
        status = cli_check(lax_select_and_scatter_shape(&operand, &source, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(lax_select_and_scatter_add(cli->context, &source, &operand,
                                                      (lax_select)a->select, &o, &out, &why),
                           &why);
    return status ? status : cli_results(cli, 1, &out);
}

static int run_gather(struct cli *cli, const void *arguments) {
    const struct select_arguments *a = arguments;
    lax_tensor tangents, operand, out;
    lax_window_options o;
    lax_error why;
    int status = cli_check_names(cli, 1);
    if (!status) status = cli_load_operand(cli, 0, LAX_DTYPE_UNSET, &tangents);
    if (!status) status = cli_load_operand(cli, 1, LAX_DTYPE_UNSET, &operand);
    if (!status) status = cli_take_window(&a->window, operand.rank, &o);
    if (!status) status = cli_check(lax_reduce_window_shape(&operand, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(lax_select_and_gather_add(cli->context, &tangents, &operand,
                                                     (lax_select)a->select, &o, &out, &why),
                           &why);
    return status ? status : cli_results(cli, 1, &out);
}

#define FAMILY                                                                                     \
    .options = options, .n_options = CLI_COUNT_OF(options),                                        \
    .arguments_size = sizeof(struct select_arguments), .min_operands = 2, .max_operands = 2,       \
    .writes = true

const struct cli_command cli_cmd_select_and_scatter_add = {
    FAMILY,
    .name = "select-and-scatter-add",
    .summary = "adds each source element to the pick of its window: gradient of pooling",
    .usage = "SOURCE OPERAND --select ge|gt|le|lt --window-dimensions ... [-o OUT] [options]",
    .example = "lax select-and-scatter-add dy.npy x.npy --select ge --window-dimensions 1,2,2,1\n"
               "    --window-strides 1,2,2,1",
    .set = SCATTER,
    .run = run_scatter,
};

const struct cli_command cli_cmd_select_and_gather_add = {
    FAMILY,
    .name = "select-and-gather-add",
    .summary = "takes the tangent of the pick of each window: tangent of pooling",
    .usage = "TANGENTS OPERAND --select ge|gt|le|lt --window-dimensions ... [-o OUT] [options]",
    .example = "lax select-and-gather-add dx.npy x.npy --select ge --window-dimensions 1,2,2,1",
    .set = GATHER,
    .run = run_gather,
};
