/* SPDX-License-Identifier: Apache-2.0 */
/* lax bench as a process: exit statuses, lines and columns, and the problems that rows become. */
#include "cli/command.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
/* A result type that JAX would refuse as preferred_element_type, and XLA takes. */
#define TO_S8                                                                                      \
    "'%y = s8[1,1,2,2] convolution(f32[1,1,3,3] %x, f32[1,1,2,2] %w), "                            \
    "window={size=2x2}, dim_labels=bf01_oi01->bf01'"
#define CONV22                                                                                     \
    "'%y = f32[1,1,2,2] convolution(f32[1,1,3,3] %x, f32[1,1,2,2] %w), "                           \
    "window={size=2x2}, dim_labels=bf01_oi01->bf01'"

static int count_lines(const char *text) {
    int n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

/* words, exit status, lines on standard output and error, a part of the first */
static const struct bench_row {
    const char *words;
    int status, out_lines, err_lines;
    const char *part;
} benches[] = {
    {"--csv layers.csv --format csv", 2, 3, 1, "\ntwo,f32,1,plain,"},
    {"--csv layers.csv --format csv --tier 2", 0, 2, 0, "\ntwo,f32,1,plain,"},
    {"--csv layers.csv --format csv --only one --mode prepacked", 0, 2, 0,
     "\none,f32,1,prepacked,"},
    {"--csv layers.csv --format csv --only one --dtype u8 --threads 2", 0, 2, 0,
     "\none,u8,2,plain,"},
    {"--csv layers.csv --format csv --only one --dtype bf16_f32", 0, 2, 0, "\none,bf16_f32,1,"},
    {"--csv layers.csv --format csv --only two --layout nchw", 0, 2, 0, "\ntwo,f32,1,plain,"},
    {"--csv layers.csv --format csv --only one --layout nchw --lowering reference", 0, 2, 0,
     ",reference\n"},
    {"--csv layers.csv --only one", 0, 2, 0, "lowering\none "},
    {"--csv windows.csv --format csv --tier 7", 0, 4, 0, "\npair,f32,1,plain,"},
    {"--csv windows.csv --format csv --dtype s16 --layout nchw", 0, 4, 0, "\ngrad,s16,1,plain,"},
    {"--csv windows.csv --format csv --dtype bf16_f32", 2, 1, 3, "name,dtype,threads,mode,"},
    {"--csv windows.csv --format csv --only max --mode prepacked", 0, 2, 0, "\nmax,f32,1,plain,"},
    {"--csv windows.csv --format csv --only max --dtype f64 --threads 3", 0, 2, 0,
     "\nmax,f64,3,plain,"},
    {"--csv layers.csv --format csv --only two --mode prepacked --layout nchw", 0, 2, 0,
     "\ntwo,f32,1,prepacked,"},
    {CONV22 " --format csv", 0, 2, 0, "\ntext,f32,1,plain,"},
    {CONV22 " --format csv --dtype f64 --layout nhwc", 0, 2, 0, "\ntext,f64,1,plain,"},
    {"conv.hlo --format csv", 0, 2, 1, "\ntext,f32,1,plain,"},
    {TO_S8 " --format csv", 0, 2, 0, "\ntext,f32,1,plain,"},
    {TO_S8 " --format csv --dtype u8", 0, 2, 0, "\ntext,u8,1,plain,"},
};

START_TEST(bench) {
    const struct bench_row *row = &benches[_i];
    struct outcome got;
    char words[600];
    snprintf(words, sizeof words, "bench %s --budget 0", row->words);
    command_run("", words, &got);
    ck_assert_msg(got.status == row->status, "%s: status %d, %s", words, got.status, got.err);
    ck_assert_msg(count_lines(got.out) == row->out_lines, "%s printed\n%s", words, got.out);
    ck_assert_msg(count_lines(got.err) == row->err_lines, "%s: %s", words, got.err);
    ck_assert_msg(strstr(got.out, row->part) != NULL, "%s printed\n%s", words, got.out);
    ck_assert(command_is_narrow(got.out));
}
END_TEST

/* The problem that a row becomes, as a verbose run prints it. */
static const struct problem_row {
    const char *words, *part;
} problems[] = {
    {"layers.csv --only one", "dim_labels=b01f_01io->b01f"},
    {"layers.csv --only one --layout nhwc", "f32[3,3,8,4]{3,2,1,0} %rhs"},
    {"layers.csv --only one --layout nchw", "dim_labels=bf01_oi01->bf01"},
    {"layers.csv --only one --layout nchw", "f32[4,8,3,3]{3,2,1,0} %rhs"},
    {"layers.csv --only two --layout nchw", "dim_labels=fb01_io01->fb01"},
    {"layers.csv --only one --dtype u8", "s32[1,6,6,4]{3,2,1,0} convolution(u8[1,6,6,8]"},
    {"layers.csv --only one --dtype s8", "convolution(s8[1,6,6,8]{3,2,1,0} %lhs, s8[3,3,8,4]"},
    {"layers.csv --only one --dtype f16_f32", "f32[1,6,6,4]{3,2,1,0} convolution(f16[1,6,6,8]"},
    {"layers.csv --only one --dtype c64", "c64[1,6,6,4]{3,2,1,0} convolution(c64[1,6,6,8]"},
    {"windows.csv --only max --layout nchw", "reduce-window(f32[1,2,6,6]{3,2,1,0}"},
    {"windows.csv --only max --layout nchw", "size=1x1x2x2"},
    {"windows.csv --only max --dtype s8", "s8[1,3,3,2]{3,2,1,0} reduce-window(s8[1,6,6,2]"},
    {"windows.csv --only grad --layout nchw", "f32[1,2,3,3]{3,2,1,0} %source"},
};

START_TEST(bench_problem) {
    struct outcome got;
    char words[200];
    snprintf(words, sizeof words, "bench --budget 0 --csv %s", problems[_i].words);
    command_run("LAX_VERBOSE=1", words, &got);
    ck_assert_msg(got.status == 0, "%s: status %d, %s", words, got.status, got.err);
    ck_assert_msg(strstr(got.err, problems[_i].part) != NULL, "%s ran\n%s", words, got.err);
}
END_TEST

/* The columns, and that each has its kind of value. */
START_TEST(bench_columns) {
    struct outcome got;
    double best, median, rate, plan;
    char lowering[40], rest[2];
    long workspace;
    command_run(
        "", "bench --csv layers.csv --only one --format csv --budget 0 --lowering reference", &got);
    const char *heading =
        "name,dtype,threads,mode,ms_min,ms_median,gflops,plan_us,workspace_bytes,lowering\n";
    ck_assert(strncmp(got.out, heading, strlen(heading)) == 0);
    int n = sscanf(got.out + strlen(heading), "one,f32,1,plain,%lf,%lf,%lf,%lf,%ld,%39[^,\n]%1[\n]",
                   &best, &median, &rate, &plan, &workspace, lowering, rest);
    ck_assert_msg(n == 7, "%s", got.out);
    ck_assert(0 < best && best <= median && plan > 0 && workspace >= 0);
    ck_assert_str_eq(lowering, "reference");
    double expected = 2 * 10368 / (best * 1e6); /* macs_useful, in 1e9 a second */
    ck_assert_double_eq_tol(rate, expected, 0.001 + 0.01 * expected);
}
END_TEST

Suite *suite_bench(void) {
    Suite *suite = suite_create("bench");
    TCase *all = tcase_create("process");
    tcase_add_unchecked_fixture(all, command_setup, command_teardown);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, bench, 0, COUNT(benches));
    tcase_add_loop_test(all, bench_problem, 0, COUNT(problems));
    tcase_add_test(all, bench_columns);
    suite_add_tcase(suite, all);
    return suite;
}
