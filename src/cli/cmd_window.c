/* SPDX-License-Identifier: Apache-2.0 */
/* lax reduce-window. */
#include "cli.h"

#include <string.h>

struct window_arguments {
    struct cli_window window;
    int reducer;
    const char *init;
};

#define ROW(member, ...) CLI_OPTION(window_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(reducer, .name = "reducer", .kind = CLI_CHOICE, .required = true, .value = "NAME",
        .help = "add, mul, max, min, and, or, xor, logaddexp", .choices = cli_reducers),
    CLI_WINDOW_OPTIONS(window_arguments, window),
    CLI_DILATION_OPTIONS(window_arguments, window, 0),
    ROW(init, .name = "init", .kind = CLI_TEXT, .value = "VALUE",
        .help = "initial value, folded once a window; default the reducer's identity"),
};

static int run(struct cli *cli, const void *arguments) {
    const struct window_arguments *a = arguments;
    lax_tensor x, out;
    lax_window_options o;
    lax_error why;
    uint64_t element[2];
    int status = cli_check_names(cli, 1);
    if (!status) status = cli_load_operand(cli, 0, LAX_DTYPE_UNSET, &x);
    if (!status) status = cli_take_window(&a->window, x.rank, &o);
    if (!status && a->init) status = cli_parse_element(cli, a->init, x.dtype, element);
    if (status) return status;
    if (a->init) o.init_values[0] = element;
    status = cli_check(lax_reduce_window_shape(&x, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status = cli_check(
            lax_reduce_window(cli->context, &x, (lax_reducer_kind)a->reducer, &o, &out, &why),
            &why);
    return status ? status : cli_results(cli, 1, &out);
}

const struct cli_command cli_cmd_reduce_window = {
    .name = "reduce-window",
    .summary = "reduces every window of a tensor: jax.lax.reduce_window",
    .usage = "X --reducer NAME --window-dimensions 1,2,2,1 [-o OUT] [options]",
    .details = "Lists have one entry a dimension of X, batch and features too.",
    .example = "lax reduce-window x.npy --reducer max --window-dimensions 1,3,3,1 "
               "--window-strides 1,2,2,1",
    .options = options,
    .n_options = CLI_COUNT_OF(options),
    .arguments_size = sizeof(struct window_arguments),
    .min_operands = 1,
    .max_operands = 1,
    .writes = true,
    .run = run,
};
