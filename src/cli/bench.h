/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `lax bench` share: a problem to be timed, and how it is told to run. */
#ifndef LAX_CLI_BENCH_H
#define LAX_CLI_BENCH_H

#include "cli.h"

/* The element types of one value of --dtype. */
struct bench_types {
    const char *name;
    lax_dtype lhs, rhs, result; /* of convolutions */
    lax_dtype other;            /* of everything else; unset: not for them */
};

/* The command line. */
struct bench_arguments {
    const char *csv, *only, *dtype, *lowering;
    int64_t tier, threads;
    struct cli_seconds budget;
    int mode, layout, format;
};
enum { BENCH_PLAIN, BENCH_PREPACKED };
enum { BENCH_LAYOUT_GIVEN, BENCH_CHANNELS_FIRST, BENCH_CHANNELS_LAST };
enum { BENCH_TABLE, BENCH_CSV };

/* One operation to be timed. */
struct bench_problem {
    const char *name;
    lax_operation operation;
    double work; /* what gflops counts: twice the useful multiply-adds, or window operations */
    bool weight_gradient; /* a convolution whose rhs is an activation and whose result weights */
    const char *layout;   /* of a window's operand, e.g. NHWC; NULL: not known */
    char labels[4 * LAX_MAX_RANK];
    uint64_t init[2][2];
    lax_region *region; /* of a reducer made from text */
};

/* A file of comma-separated values, cut in cells. */
struct bench_csv {
    char **cells; /* rows of n_columns; the first has the names */
    int n_columns, n_rows;
};
int cli_bench_read_csv(struct cli *cli, const char *path, struct bench_csv *csv);
/* The cell of a named column; NULL when there is no such column. */
const char *cli_bench_cell(const struct bench_csv *csv, int row, const char *column);

/* The types that --dtype names, or NULL. */
const struct bench_types *cli_bench_types(const char *name);
bool cli_bench_is_conv(lax_op op);
/* The operation of a row of layers.csv or windows.csv, in element type f32. */
int cli_bench_row(const struct bench_csv *csv, int row, struct bench_problem *problem);
/* Counts the work of an operation that no file tells. */
int cli_bench_count(struct bench_problem *problem);
/* Gives the tensors other types, dimensions another order. */
int cli_bench_retype(struct cli *cli, struct bench_problem *problem,
                     const struct bench_types *types);
int cli_bench_relayout(struct bench_problem *problem, int layout);
/* Times a problem and prints its row. */
int cli_bench_run(struct cli *cli, const struct bench_arguments *arguments,
                  struct bench_problem *problem);
void cli_bench_heading(const struct bench_arguments *arguments);

/* Prints the error line of a row. */
int cli_bench_refuse(const struct bench_problem *problem, const char *sentence);

#endif /* LAX_CLI_BENCH_H */
