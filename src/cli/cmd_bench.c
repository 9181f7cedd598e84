/* SPDX-License-Identifier: Apache-2.0 */
/* lax bench: times one problem, or the rows of a file of layers or windows. */
#include "bench.h"

#include <string.h>

static const struct cli_choice modes[] = {
    {"plain", BENCH_PLAIN}, {"prepacked", BENCH_PREPACKED}, {NULL, 0}};
static const struct cli_choice layouts[] = {
    {"nhwc", BENCH_CHANNELS_LAST}, {"nchw", BENCH_CHANNELS_FIRST}, {NULL, 0}};
static const struct cli_choice formats[] = {{"table", BENCH_TABLE}, {"csv", BENCH_CSV}, {NULL, 0}};

#define ROW(member, ...) CLI_OPTION(bench_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(csv, .name = "csv", .kind = CLI_TEXT, .value = "FILE",
        .help = "times the rows of a file like tests/bench/layers.csv or windows.csv"),
    ROW(tier, .name = "tier", .kind = CLI_COUNT, .value = "1",
        .help = "only rows of this tier, where the file has tiers"),
    ROW(only, .name = "only", .kind = CLI_TEXT, .value = "NAME",
        .help = "only the row of exactly this name"),
    ROW(dtype, .name = "dtype", .kind = CLI_TEXT, .value = "f32",
        .help = "type of operands and result; on convolutions s8 and u8 are s8 x s8 -> s32 and "
                "u8 x s8 -> s32, bf16_f32 and f16_f32 have an f32 result; default f32, or the "
                "text's"),
    ROW(threads, .name = "threads", .kind = CLI_COUNT, .value = "1",
        .help = "number of threads; default 1"),
    ROW(mode, .name = "mode", .kind = CLI_CHOICE, .value = "plain|prepacked",
        .help = "plain (default): weights are packed inside every timed call; prepacked: before",
        .choices = modes),
    ROW(layout, .name = "layout", .kind = CLI_CHOICE, .value = "nhwc|nchw",
        .help = "channels last or first; default as the row says", .choices = layouts),
    ROW(lowering, .name = "lowering", .kind = CLI_TEXT, .value = "NAME",
        .help = "forces a lowering"),
    ROW(budget, .name = "budget", .kind = CLI_SECONDS, .value = "0.5",
        .help = "seconds of repeats a row; default 0.5"),
    ROW(format, .name = "format", .kind = CLI_CHOICE, .value = "table|csv",
        .help = "what is printed; default table", .choices = formats),
};

static void force_lowering(const struct bench_arguments *a, lax_operation *op) {
    op->num_threads = (int32_t)a->threads;
    if (!a->lowering) return;
    if (cli_bench_is_conv(op->op)) op->conv.lowering = a->lowering;
    if (op->op >= LAX_OP_REDUCE_WINDOW && op->op <= LAX_OP_SELECT_AND_GATHER_ADD)
        op->window.lowering = a->lowering;
    if (op->op == LAX_OP_REDUCE) op->reduce.lowering = a->lowering;
}

/* types NULL: as the problem says */
static int time_problem(struct cli *cli, const struct bench_arguments *a,
                        const struct bench_types *types, struct bench_problem *problem) {
    int status = types ? cli_bench_retype(cli, problem, types) : CLI_DONE;
    if (!status) status = cli_bench_relayout(problem, a->layout);
    force_lowering(a, &problem->operation);
    return status ? status : cli_bench_run(cli, a, problem);
}

static int time_row(struct cli *cli, const struct bench_arguments *a, const struct bench_csv *csv,
                    int row) {
    struct cli_block *mark = cli_mark(cli);
    struct bench_problem problem;
    int status = cli_bench_row(csv, row, &problem);
    for (int i = 0; i < problem.operation.n_results || i < 1; i++)
        problem.operation.results[i].rank = -1;
    if (!status) status = time_problem(cli, a, cli_bench_types(a->dtype), &problem);
    lax_region_release(problem.region);
    cli_rewind(cli, mark);
    return status;
}

static bool selected(const struct bench_arguments *a, const struct bench_csv *csv, int row) {
    const char *name = cli_bench_cell(csv, row, "name");
    const char *tier = cli_bench_cell(csv, row, "tier");
    int64_t value;
    if (a->only && strcmp(name, a->only) != 0) return false;
    if (!a->tier || !tier) return true;
    return cli_parse_integer(tier, strlen(tier), &value) && value == a->tier;
}

/* A row that fails does not keep the others from running. */
static int time_rows(struct cli *cli, const struct bench_arguments *a) {
    struct bench_csv csv;
    int status = cli_bench_read_csv(cli, a->csv, &csv);
    if (status) return status;
    if (!cli_bench_cell(&csv, 0, "name"))
        return cli_fail(CLI_REQUEST, "%s has no column name", a->csv);
    int n = 0, done = 0, failed = 0;
    for (int row = 1; row < csv.n_rows; row++) n += selected(a, &csv, row);
    if (n == 0)
        return cli_fail(CLI_REQUEST, "%s has no row%s%s%s", a->csv, a->only ? " named " : "",
                        a->only ? a->only : "", a->tier ? " of this tier" : "");
    cli_bench_heading(a);
    for (int row = 1; row < csv.n_rows; row++) {
        if (!selected(a, &csv, row)) continue;
        cli_progress_step(done++, n);
        failed += time_row(cli, a, &csv, row) != CLI_DONE;
    }
    return failed ? CLI_REQUEST : CLI_DONE;
}

static const char *type_label(const lax_operation *op) {
    return lax_dtype_name(op->operands[0].dtype);
}

static int time_text(struct cli *cli, const struct bench_arguments *given) {
    struct bench_arguments a = *given;
    struct bench_problem problem = {.name = "text"};
    int status = cli_problem(cli, cli->operands[0], &problem.operation);
    if (!status) status = cli_bench_count(&problem);
    if (status) return status;
    const struct bench_types *types = a.dtype ? cli_bench_types(a.dtype) : NULL;
    if (!a.dtype) a.dtype = type_label(&problem.operation);
    cli_bench_heading(&a);
    return time_problem(cli, &a, types, &problem);
}

static int check_arguments(const struct cli *cli, const struct bench_arguments *a) {
    if (!a->csv == !cli->n_operands)
        return cli_fail(CLI_REQUEST,
                        "bench needs either an HLO text or --csv (see lax bench --help)");
    if (!a->csv && (a->only || a->tier))
        return cli_fail(CLI_REQUEST, "--only and --tier choose rows of a --csv file");
    if (a->dtype && !cli_bench_types(a->dtype))
        return cli_fail(CLI_REQUEST, "--dtype: %s is no element type", a->dtype);
    if (a->threads > 4096)
        return cli_fail(CLI_REQUEST, "--threads: %lld are more than 4096", (long long)a->threads);
    return CLI_DONE;
}

static int run(struct cli *cli, const void *arguments) {
    struct bench_arguments a = *(const struct bench_arguments *)arguments;
    lax_error why;
    int status = check_arguments(cli, &a);
    if (status) return status;
    if (!a.threads) a.threads = 1;
    if (a.csv && !a.dtype) a.dtype = "f32";
    lax_context_options o = LAX_CONTEXT_OPTIONS(.num_threads = (int32_t)a.threads,
                                                .cache_plans = -1, .lowering = a.lowering);
    status = cli_check(lax_context_create(&o, &cli->context, &why), &why);
    if (status) return status;
    return a.csv ? time_rows(cli, &a) : time_text(cli, &a);
}

const struct cli_command cli_cmd_bench = {
    .name = "bench",
    .summary = "times a problem, or the rows of a file of layers or windows",
    .usage = "['HLO TEXT' | MODULE | --csv FILE [--tier 1] [--only NAME]] [options]",
    .details =
        "One warm-up, then at least 10 runs and the budget (2 runs when one takes over 1 s, 1 "
        "when\n"
        "over 6 s). gflops counts twice the useful multiply-adds of a convolution, the naive\n"
        "combinations of a window. plan_us is the fastest of five creations of the plan, outside\n"
        "of the time. A row that cannot run gives a line on standard error; the others go on.",
    .example = "lax bench --csv tests/bench/layers.csv --tier 1 --threads 2 --format csv",
    .options = options,
    .n_options = CLI_COUNT_OF(options),
    .arguments_size = sizeof(struct bench_arguments),
    .max_operands = 1,
    .own_context = true,
    .run = run,
};
