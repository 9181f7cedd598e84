/* SPDX-License-Identifier: Apache-2.0 */
/* The help texts, made from the table of subcommands, and the guess at a misspelt name. */
#include "cli.h"

#include <string.h>

enum { WIDTH = 98 };

/* Writes text in lines of at most WIDTH columns, the following ones indented. */
static void fold(FILE *file, int column, int indent, const char *text) {
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > indent && column + 1 + (int)length > WIDTH) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            fputc(' ', file);
            column++;
        }
        fprintf(file, "%.*s", (int)length, text);
        column += (int)length;
        text += length;
        text += *text == ' ';
    }
    fputc('\n', file);
}

void cli_help(FILE *file) {
    fputs("lax: the windowed family of jax.lax and XLA on CPUs\n\n"
          "usage: lax SUBCOMMAND ...        lax SUBCOMMAND --help        lax --version\n\n",
          file);
    for (const struct cli_command *const *row = cli_commands; *row; row++)
        fprintf(file, "  %-24s  %s\n", (*row)->name, (*row)->summary);
    fputs(
        "\nTensors are .npy files, or .png files as NHWC; `-` is standard input or output.\n"
        "Without -o results print as NumPy prints them. Lists are separated by commas.\n"
        "Environment: LAX_MAX_ISA=scalar|avx2|avx512|amx, LAX_NUM_THREADS, LAX_VERBOSE=1,\n"
        "LAX_LOWERING=NAME. Exit status: 0 done, 1 the machine failed, 2 the request was wrong.\n",
        file);
}

static void help_option(FILE *file, const struct cli_option *option) {
    enum { HELP_COLUMN = 36 };
    int column = fprintf(file, "  --%s%s%s", option->name, option->value ? " " : "",
                         option->value ? option->value : "");
    if (column >= HELP_COLUMN - 1) {
        fputc('\n', file);
        column = 0;
    }
    fprintf(file, "%*s", HELP_COLUMN - column, "");
    fold(file, HELP_COLUMN, HELP_COLUMN, option->help);
}

void cli_help_command(FILE *file, const struct cli_command *command) {
    int column = fprintf(file, "usage: lax %s ", command->name);
    fold(file, column, column, command->usage);
    fprintf(file, "\n%s\n", command->summary);
    if (command->details) fprintf(file, "\n%s\n", command->details);
    fputs("\noptions:\n", file);
    for (int i = 0; i < command->n_options; i++)
        if (cli_option_applies(command, &command->options[i]))
            help_option(file, &command->options[i]);
    if (command->writes)
        fputs("  -o FILE                           .npy or .png; once a result, or not at all\n",
              file);
    fputs("  -h, --help                        this text\n", file);
    fprintf(file, "\nexample:\n  %s\n", command->example);
}

static int smallest(int a, int b, int c) {
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* Number of single-character edits between two names. */
static int distance(const char *a, const char *b) {
    enum { LONGEST = 32 };
    int row[LONGEST + 1];
    int n = (int)strlen(b);
    if (n > LONGEST || strlen(a) > LONGEST) return LONGEST;
    for (int j = 0; j <= n; j++) row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int edit = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smallest(edit, row[j] + 1, row[j - 1] + 1);
        }
    }
    return row[n];
}

const struct cli_command *cli_nearest(const char *name) {
    const struct cli_command *nearest = NULL;
    int best = (int)strlen(name) / 2 + 1;
    for (const struct cli_command *const *row = cli_commands; *row; row++) {
        int edits = distance(name, (*row)->name);
        if (edits < best) {
            best = edits;
            nearest = *row;
        }
    }
    return nearest;
}
