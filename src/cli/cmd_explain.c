/* SPDX-License-Identifier: Apache-2.0 */
/* lax explain: how the library would run a problem, and why not otherwise. */
#include "cli.h"

#include <string.h>

enum { WIDTH = 100, INDENT = 11 /* what the library's labels take */ };

/* How much of a line goes into this row: up to a space, else behind a comma, else what fits. */
static size_t row_of(const char *line, size_t length, size_t first, size_t room) {
    size_t n = room;
    if (length <= room) return length;
    while (n > first && line[n] != ' ') n--;
    if (n > first) return n;
    for (n = room; n > first && line[n - 1] != ',';) n--;
    return n > first ? n : room;
}

/* One line, its continuations under the text behind the label; as text it stays what it was. */
static void print_line(const char *line, size_t length) {
    size_t room = WIDTH, first = INDENT, indent = 0;
    do {
        size_t n = row_of(line, length, first, room);
        printf("%*s%.*s\n", (int)indent, "", (int)n, line);
        while (n < length && line[n] == ' ') n++;
        line += n;
        length -= n;
        room = WIDTH - INDENT;
        first = 0;
        indent = INDENT;
    } while (length > 0);
}

static void print_lines(const char *text) {
    while (*text) {
        size_t length = strcspn(text, "\n");
        print_line(text, length);
        text += length + (text[length] == '\n');
    }
}

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
    print_lines(text);
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
