/* SPDX-License-Identifier: Apache-2.0 */
/* lax info: what this build and this machine have. */
#include "cli.h"

static int run_info(struct cli *cli, const void *arguments) {
    (void)arguments;
    size_t length = lax_info(cli->context, NULL, 0);
    char *text = cli_alloc(cli, length + 1, 1);
    if (!text) return cli_no_memory();
    lax_info(cli->context, text, length + 1);
    printf("%s%s", text, length && text[length - 1] == '\n' ? "" : "\n");
    printf("pictures: libspng %s\n", cli_png_version());
    return CLI_DONE;
}

const struct cli_command cli_cmd_info = {
    .name = "info",
    .summary = "version, instruction sets, caches, kernels, threads, libraries built in",
    .usage = "",
    .example = "lax info",
    .run = run_info,
};
