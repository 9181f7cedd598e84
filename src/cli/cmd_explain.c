/* SPDX-License-Identifier: Apache-2.0 */
/* lax explain: how the library would run a problem, and why not otherwise. */
#include "cli.h"

static int run_explain(struct cli *cli, const void *arguments) {
    (void)arguments;
    lax_operation operation;
    lax_error why;
    size_t needed = 0;
    int status = cli_problem(cli, cli->operands[0], &operation);
    if (status) return status;
    char *text = NULL;
    for (int pass = 0; pass < 2; pass++) {
        size_t capacity = needed + 1;
        text = cli_alloc(cli, capacity, 1);
        if (!text) return cli_no_memory();
        lax_status answer = lax_explain(cli->context, &operation, text, capacity, &needed, &why);
        if (answer != LAX_OK && !(pass == 0 && answer == LAX_ERROR_BUFFER)) return cli_refuse(&why);
    }
    cli_progress_clear();
    printf("%s%s", text, needed && text[needed - 1] == '\n' ? "" : "\n");
    return CLI_DONE;
}

const struct cli_command cli_cmd_explain = {
    .name = "explain",
    .summary = "tells how a problem would run, and why not otherwise",
    .usage = "'HLO TEXT' | MODULE",
    .details =
        "The argument is one HLO instruction with its operands' shapes, or a module file whose\n"
        "ENTRY computation holds exactly one operation of the family.",
    .example = "lax explain '%y = f32[1,4,4,8] convolution(f32[1,4,4,3] %x, f32[3,3,3,8] %w),\n"
               "    window={size=3x3 pad=1_1x1_1}, dim_labels=b01f_01io->b01f'",
    .min_operands = 1,
    .max_operands = 1,
    .run = run_explain,
};
