/* SPDX-License-Identifier: Apache-2.0 */
/* Times one problem: plan creation apart, one warm-up, then repeats. */
#include "bench.h"

#include <stdlib.h>

enum { MAX_SAMPLES = 1 << 18, PLAN_REPEATS = 5 };

/* Everything that an execution needs. */
struct rig {
    const struct bench_problem *problem;
    lax_plan *plan;
    lax_packed *packed;
    void *workspace;
    lax_tensor operands[LAX_MAX_OPERANDS], results[LAX_MAX_OPERANDS];
    const lax_tensor *inputs[LAX_MAX_OPERANDS];
    lax_tensor *outputs[LAX_MAX_OPERANDS];
};

struct timing {
    double least, median, plan; /* seconds */
    size_t workspace;
};

static int make_tensors(struct cli *cli, struct rig *rig) {
    const lax_operation *op = &rig->problem->operation;
    uint64_t seed = 1;
    int status = CLI_DONE;
    for (int i = 0; i < op->n_operands && !status; i++) {
        rig->operands[i] = op->operands[i];
        rig->inputs[i] = &rig->operands[i];
        status = cli_tensor_alloc(cli, &rig->operands[i]);
        if (!status) cli_fill(&rig->operands[i], &seed);
    }
    for (int i = 0; i < op->n_results && !status; i++) {
        rig->results[i] = op->results[i];
        rig->outputs[i] = &rig->results[i];
        status = cli_tensor_alloc(cli, &rig->results[i]);
    }
    return status;
}

/* Creation is repeated, and the fastest counts: the first one may compile kernels. */
static int make_plan(struct cli *cli, struct rig *rig, struct timing *timing) {
    lax_error why;
    for (int i = 0; i < PLAN_REPEATS; i++) {
        lax_plan_release(rig->plan);
        rig->plan = NULL;
        double start = cli_seconds();
        lax_status status =
            lax_operation_plan(cli->context, &rig->problem->operation, &rig->plan, &why);
        double seconds = cli_seconds() - start;
        if (status != LAX_OK) return cli_bench_refuse(rig->problem, why.text);
        if (i == 0 || seconds < timing->plan) timing->plan = seconds;
    }
    timing->workspace = lax_plan_workspace_size(rig->plan);
    rig->workspace = timing->workspace ? cli_alloc(cli, timing->workspace, 1) : NULL;
    return timing->workspace && !rig->workspace ? cli_no_memory() : CLI_DONE;
}

static int pack(struct rig *rig) {
    lax_error why;
    lax_status status = lax_plan_pack(rig->plan, rig->inputs[1], &rig->packed, &why);
    return status == LAX_OK ? CLI_DONE : cli_bench_refuse(rig->problem, why.text);
}

static int execute(const struct rig *rig, double *seconds) {
    lax_error why;
    double start = cli_seconds();
    lax_status status =
        lax_plan_execute(rig->plan, rig->inputs, rig->packed, rig->outputs, rig->workspace, &why);
    *seconds = cli_seconds() - start;
    return status == LAX_OK ? CLI_DONE : cli_bench_refuse(rig->problem, why.text);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int repeat(struct cli *cli, const struct rig *rig, double budget, struct timing *timing) {
    double *samples = cli_alloc(cli, MAX_SAMPLES, sizeof *samples);
    double first = 0, start;
    int n = 0;
    if (!samples) return cli_no_memory();
    int status = execute(rig, &first);
    int least = first > 6 ? 1 : first > 1 ? 2 : 10;
    if (first > 1) budget = 0;
    for (start = cli_seconds(); !status && n < MAX_SAMPLES; n++) {
        if (n >= least && cli_seconds() - start >= budget) break;
        status = execute(rig, &samples[n]);
    }
    if (status) return status;
    qsort(samples, (size_t)n, sizeof *samples, compare_doubles);
    timing->least = samples[0];
    timing->median = samples[n / 2];
    return CLI_DONE;
}

void cli_bench_heading(const struct bench_arguments *a) {
    if (a->format == BENCH_CSV)
        puts("name,dtype,threads,mode,ms_min,ms_median,gflops,plan_us,workspace_bytes,lowering");
    else
        printf("%-21s %-8s %3s %-9s %9s %9s %7s %7s %8s %s\n", "name", "dtype", "thr", "mode",
               "ms_min", "ms_median", "gflops", "plan_us", "ws_KiB", "lowering");
}

/* A number in seven columns. */
static const char *short_number(double value, char text[16]) {
    snprintf(text, 16, value < 9999.5 ? "%7.4g" : value < 1e7 ? "%7.0f" : "%7.1e", value);
    return text;
}

static void print_row(const struct bench_arguments *a, const struct rig *rig,
                      const struct timing *t) {
    const char *mode = rig->packed ? "prepacked" : "plain";
    const char *lowering = lax_plan_lowering(rig->plan);
    double rate = t->least > 0 ? rig->problem->work / t->least * 1e-9 : 0;
    cli_progress_clear();
    if (a->format == BENCH_CSV)
        printf("%s,%s,%lld,%s,%.6f,%.6f,%.3f,%.2f,%zu,%s\n", rig->problem->name, a->dtype,
               (long long)a->threads, mode, t->least * 1e3, t->median * 1e3, rate, t->plan * 1e6,
               t->workspace, lowering);
    else
        printf("%-21.21s %-8s %3lld %-9s %9.4g %9.4g %s %s %8zu %.10s\n", rig->problem->name,
               a->dtype, (long long)a->threads, mode, t->least * 1e3, t->median * 1e3,
               short_number(rate, (char[16]){0}), short_number(t->plan * 1e6, (char[16]){0}),
               (t->workspace + 1023) / 1024, lowering);
    fflush(stdout);
}

int cli_bench_run(struct cli *cli, const struct bench_arguments *a, struct bench_problem *problem) {
    struct rig rig = {.problem = problem};
    struct timing timing = {0};
    bool prepacked = a->mode == BENCH_PREPACKED && problem->operation.op == LAX_OP_CONV;
    int status = make_tensors(cli, &rig);
    if (!status) status = make_plan(cli, &rig, &timing);
    if (!status && prepacked) status = pack(&rig);
    if (!status) status = repeat(cli, &rig, a->budget.given ? a->budget.value : 0.5, &timing);
    if (!status) print_row(a, &rig, &timing);
    lax_packed_release(rig.packed);
    lax_plan_release(rig.plan);
    return status;
}
