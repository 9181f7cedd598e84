/* SPDX-License-Identifier: Apache-2.0 */
/* The command `lax`: picks the subcommand, reads its options, runs it, and puts its results in
 * place. Read the table first. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

const struct cli_command *const cli_commands[] = {&cli_cmd_eval,
                                                  &cli_cmd_conv,
                                                  &cli_cmd_conv_transpose,
                                                  &cli_cmd_conv_grad_lhs,
                                                  &cli_cmd_conv_grad_rhs,
                                                  &cli_cmd_patches,
                                                  &cli_cmd_conv_local,
                                                  &cli_cmd_reduce_window,
                                                  &cli_cmd_pool,
                                                  &cli_cmd_select_and_scatter_add,
                                                  &cli_cmd_select_and_gather_add,
                                                  &cli_cmd_pad,
                                                  &cli_cmd_reduce,
                                                  &cli_cmd_cumsum,
                                                  &cli_cmd_cumprod,
                                                  &cli_cmd_cummax,
                                                  &cli_cmd_cummin,
                                                  &cli_cmd_cumlogsumexp,
                                                  &cli_cmd_reduce_precision,
                                                  &cli_cmd_transpose,
                                                  &cli_cmd_image,
                                                  &cli_cmd_layouts,
                                                  &cli_cmd_explain,
                                                  &cli_cmd_bench,
                                                  &cli_cmd_info,
                                                  NULL};

static const struct cli_command *find_command(const char *name) {
    for (const struct cli_command *const *row = cli_commands; *row; row++)
        if (strcmp((*row)->name, name) == 0) return *row;
    return NULL;
}

static int unknown_command(const char *name) {
    const struct cli_command *near = cli_nearest(name);
    if (near)
        return cli_fail(CLI_REQUEST, "unknown subcommand %s; did you mean %s?", name, near->name);
    return cli_fail(CLI_REQUEST, "unknown subcommand %s (see lax --help)", name);
}

static int run_command(struct cli *cli, const void *arguments) {
    const struct cli_command *command = cli->command;
    if (!command->own_context) {
        lax_error why;
        int status = cli_check(lax_context_create(NULL, &cli->context, &why), &why);
        if (status) return status;
    }
    cli_progress_start(command->name);
    int status = command->run(cli, arguments);
    return status ? status : cli_commit(cli);
}

static int parse_and_run(struct cli *cli, int argc, char **argv) {
    bool help = false;
    void *arguments = cli_alloc(cli, 1, cli->command->arguments_size + 1);
    cli->operands = cli_alloc(cli, (size_t)argc, sizeof *cli->operands);
    if (!arguments || !cli->operands) return cli_no_memory();
    memset(arguments, 0, cli->command->arguments_size + 1);
    int status = cli_parse_options(cli, argc, argv, arguments, &help);
    if (status) return status;
    if (!help) return run_command(cli, arguments);
    cli_help_command(stdout, cli->command);
    return CLI_DONE;
}

/* Words that are no subcommand: -1 when the word is none of them. */
static int run_word(int argc, char **argv) {
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0) {
        printf("lax %s\n", lax_version());
        return CLI_DONE;
    }
    bool help = strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    if (!help) return -1;
    if (argc < 3) {
        cli_help(stdout);
        return CLI_DONE;
    }
    const struct cli_command *command = find_command(argv[2]);
    if (!command) return unknown_command(argv[2]);
    cli_help_command(stdout, command);
    return CLI_DONE;
}

static int run(struct cli *cli, int argc, char **argv) {
    if (argc < 2) {
        cli_help(stderr);
        return CLI_REQUEST;
    }
    int status = run_word(argc, argv);
    if (status >= 0) return status;
    cli->command = find_command(argv[1]);
    if (!cli->command) return unknown_command(argv[1]);
    return parse_and_run(cli, argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    struct cli cli = {0};
    cli_guard_outputs(&cli);
    int status = run(&cli, argc, argv);
    cli_progress_clear();
    if (!status && (fflush(stdout) != 0 || ferror(stdout)))
        status = cli_fail(CLI_MACHINE, "cannot write to standard output");
    cli_discard(&cli);
    lax_module_release(cli.module);
    lax_context_destroy(cli.context);
    cli_rewind(&cli, NULL);
    return status;
}
