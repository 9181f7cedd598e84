/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the words of a command line by a subcommand's table of options, over getopt_long. */
#include "cli.h"

#include <getopt.h>
#include <string.h>

enum { MAX_OPTIONS = 48, SHORT_OUT = 'o', SHORT_HELP = 'h' };

/* What is known while one command line is read. */
struct parse {
    struct cli *cli;
    void *arguments;
    uint64_t seen; /* bit i: option i was given */
    bool *help;
};

bool cli_option_applies(const struct cli_command *command, const struct cli_option *option) {
    return !option->sets || (option->sets & command->set);
}

static int malformed(const struct cli_option *option, const char *text, const char *expected) {
    return cli_fail(CLI_REQUEST, "--%s: %s is not %s", option->name, *text ? text : "nothing",
                    expected);
}

static int set_list(const struct cli_option *option, const char *text, struct cli_list *list) {
    if (!cli_parse_list(text, list)) return malformed(option, text, "a list like 2,2");
    for (int i = 0; i < list->n; i++) {
        if (option->kind == CLI_SIZES && list->values[i] < 1)
            return cli_fail(CLI_REQUEST, "--%s: entry %d must be positive, got %lld", option->name,
                            i, (long long)list->values[i]);
        if (option->kind == CLI_BITS && (list->values[i] < 0 || list->values[i] > 1))
            return cli_fail(CLI_REQUEST, "--%s: entry %d must be 0 or 1, got %lld", option->name, i,
                            (long long)list->values[i]);
    }
    return CLI_DONE;
}

static int set_padding(const struct cli_option *option, const char *text,
                       struct cli_padding *padding) {
    if (option->kind == CLI_TRIPLES) {
        if (cli_parse_groups(text, 3, padding)) return CLI_DONE;
        return malformed(option, text, "a list like 1:1:0,0:0:2");
    }
    if (cli_parse_groups(text, 2, padding)) return CLI_DONE;
    if (text[strcspn(text, ":,+-0123456789")])
        return malformed(option, text, "a word or a list like 1:1,0:2");
    *padding = (struct cli_padding){.given = true, .word = text};
    return CLI_DONE;
}

static int set_choice(const struct cli_option *option, const char *text, int *value) {
    const struct cli_choice *choice = cli_find_choice(option->choices, text);
    char names[256] = "";
    size_t at = 0;
    if (choice) {
        *value = choice->value;
        return CLI_DONE;
    }
    for (choice = option->choices; choice->name; choice++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? ", " : "", choice->name);
    return cli_fail(CLI_REQUEST, "--%s: %s is none of %s", option->name, text, names);
}

static int set_integer(const struct cli_option *option, const char *text, int64_t *value) {
    if (!cli_parse_integer(text, strlen(text), value)) return malformed(option, text, "an integer");
    if (option->kind == CLI_COUNT && *value < 1)
        return cli_fail(CLI_REQUEST, "--%s must be positive, got %s", option->name, text);
    return CLI_DONE;
}

static int set_dtype(const struct cli_option *option, const char *text, lax_dtype *value) {
    *value = lax_dtype_from_name(text);
    if (*value != LAX_DTYPE_UNSET) return CLI_DONE;
    return malformed(option, text, "an element type (f64 f32 f16 bf16 s8 ... u64 pred c64 c128)");
}

static int set_seconds(const struct cli_option *option, const char *text,
                       struct cli_seconds *seconds) {
    seconds->given = true;
    if (cli_parse_double(text, &seconds->value) && seconds->value >= 0 && seconds->value <= 1e6)
        return CLI_DONE;
    return malformed(option, text, "a number of seconds");
}

static int set_option(const struct parse *parse, const struct cli_option *option, char *text) {
    void *value = (char *)parse->arguments + option->offset;
    switch (option->kind) {
    case CLI_FLAG: *(bool *)value = true; return CLI_DONE;
    case CLI_TEXT: *(const char **)value = text; return CLI_DONE;
    case CLI_INTEGER:
    case CLI_COUNT: return set_integer(option, text, value);
    case CLI_SECONDS: return set_seconds(option, text, value);
    case CLI_DTYPE: return set_dtype(option, text, value);
    case CLI_CHOICE: return set_choice(option, text, value);
    case CLI_LIST:
    case CLI_SIZES:
    case CLI_BITS: return set_list(option, text, value);
    case CLI_PADDING:
    case CLI_TRIPLES: return set_padding(option, text, value);
    }
    return CLI_DONE;
}

static int add_operand(struct cli *cli, char *word) {
    if (cli->n_operands == cli->command->max_operands)
        return cli_fail(CLI_REQUEST, "%s: one argument too many: %s (see lax %s --help)",
                        cli->command->name, word, cli->command->name);
    cli->operands[cli->n_operands++] = word;
    return CLI_DONE;
}

static int add_name(struct cli *cli, const char *word) {
    if (cli->n_names == CLI_MAX_OUTPUTS)
        return cli_fail(CLI_REQUEST, "more than %d output files", CLI_MAX_OUTPUTS);
    cli->names[cli->n_names++] = word;
    return CLI_DONE;
}

static int take(struct parse *parse, int code, int row, const char *word) {
    struct cli *cli = parse->cli;
    const char *name = cli->command->name;
    switch (code) {
    case 1: return add_operand(cli, optarg);
    case SHORT_OUT: return add_name(cli, optarg);
    case SHORT_HELP: *parse->help = true; return CLI_DONE;
    case ':': return cli_fail(CLI_REQUEST, "%s: %s needs a value", name, word);
    case '?':
        return cli_fail(CLI_REQUEST, "%s: unknown option %s (see lax %s --help)", name, word, name);
    default: break;
    }
    const struct cli_option *option = &cli->command->options[row];
    if (parse->seen >> row & 1)
        return cli_fail(CLI_REQUEST, "%s: --%s is given twice", name, option->name);
    parse->seen |= (uint64_t)1 << row;
    return set_option(parse, option, optarg);
}

/* getopt_long's table: every row of ours that applies, with `val` above all characters. */
static int long_options(const struct cli_command *command, struct option *table) {
    int n = 0;
    for (int i = 0; i < command->n_options && n < MAX_OPTIONS; i++) {
        const struct cli_option *option = &command->options[i];
        if (!cli_option_applies(command, option)) continue;
        int has = option->kind == CLI_FLAG ? no_argument : required_argument;
        table[n++] = (struct option){option->name, has, NULL, 256 + i};
    }
    table[n++] = (struct option){"help", no_argument, NULL, SHORT_HELP};
    table[n] = (struct option){NULL, 0, NULL, 0};
    return n;
}

static int check_complete(const struct parse *parse) {
    const struct cli *cli = parse->cli;
    const struct cli_command *command = cli->command;
    if (cli->n_operands < command->min_operands)
        return cli_fail(
            CLI_REQUEST, "%s needs %s%d argument%s, got %d (see lax %s --help)", command->name,
            command->min_operands < command->max_operands ? "at least " : "", command->min_operands,
            command->min_operands == 1 ? "" : "s", cli->n_operands, command->name);
    for (int i = 0; i < command->n_options; i++) {
        const struct cli_option *option = &command->options[i];
        if (option->required && cli_option_applies(command, option) && !(parse->seen >> i & 1))
            return cli_fail(CLI_REQUEST, "%s needs --%s (see lax %s --help)", command->name,
                            option->name, command->name);
    }
    return CLI_DONE;
}

int cli_parse_options(struct cli *cli, int argc, char **argv, void *arguments, bool *help) {
    struct option table[MAX_OPTIONS + 2];
    struct parse parse = {cli, arguments, 0, help};
    int status = CLI_DONE;
    long_options(cli->command, table);
    opterr = 0;
    optind = 1;
    /* '-' hands out operands in place, ':' tells a missing value from an unknown option. */
    const char *letters = cli->command->writes ? "-:o:h" : "-:h";
    while (!status && !*help) {
        int here = optind;
        int code = getopt_long(argc, argv, letters, table, NULL);
        if (code == -1) break;
        status = take(&parse, code, code - 256, argv[here]);
    }
    for (; !status && !*help && optind < argc; optind++) status = add_operand(cli, argv[optind]);
    if (status || *help) return status;
    return check_complete(&parse);
}
