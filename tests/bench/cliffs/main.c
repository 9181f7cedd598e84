/* SPDX-License-Identifier: Apache-2.0 */
/* lax_cliffs: draws random problems, times each against the least that the machine allows, and
 * shows the worst with their lowering and the refusals of the others. */
#include "cliffs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "lax_cliffs [--kind conv|window] [--draws 2000] [--seed 1] [--dtype f32] [--worst 10]\n"
    "           [--least 1e6] [--most 2e8] [--budget 0.02] [--only INDEX] [--lowering NAME]\n"
    "           [--without WORDS] [--csv FILE]\n"
    "\n"
    "Draws random dense convolutions, or windows and scatters, times each, and compares with the\n"
    "larger of flops / multiply-add peak and bytes of the distinct cache lines / bandwidth of the\n"
    "level they fit in (windows: the latter). --least and --most bound the work: flops that meet\n"
    "an element, naive combinations of windows. --without takes lhs_dilation, batch_groups,\n"
    "reversal, views, logaddexp, base_dilation. --only shows one draw. One thread.\n";

static bool set_number(const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool set_option(struct cliffs *c, const char *name, const char *value) {
    struct {
        const char *name;
        int64_t *whole;
        double *real;
        const char **text;
    } known[] = {
        {"--draws", &c->draws, NULL, NULL},       {"--seed", &c->seed, NULL, NULL},
        {"--worst", &c->worst, NULL, NULL},       {"--only", &c->only, NULL, NULL},
        {"--least", NULL, &c->least, NULL},       {"--most", NULL, &c->most, NULL},
        {"--budget", NULL, &c->budget, NULL},     {"--without", NULL, NULL, &c->without},
        {"--lowering", NULL, NULL, &c->lowering}, {"--csv", NULL, NULL, &c->csv},
    };
    double number = 0;
    if (strcmp(name, "--kind") == 0) {
        c->windows = strcmp(value, "window") == 0;
        return c->windows || strcmp(value, "conv") == 0;
    }
    if (strcmp(name, "--dtype") == 0) return (c->dtype = lax_dtype_from_name(value)) != 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) != 0) continue;
        if (known[i].text) return *known[i].text = value, true;
        if (!set_number(value, &number)) return false;
        if (known[i].whole) *known[i].whole = (int64_t)number;
        if (known[i].real) *known[i].real = number;
        return true;
    }
    return false;
}

static bool parse(int argc, char **argv, struct cliffs *c) {
    for (int i = 1; i < argc; i += 2)
        if (i + 1 == argc || !set_option(c, argv[i], argv[i + 1])) return false;
    return c->draws > 0 && c->least <= c->most;
}

static void show_progress(int64_t done, int64_t all) {
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%lld of %lld", (long long)done, (long long)all);
    if (done == all && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
}

static double times_bound(const struct result *r) { return r->seconds / r->bound; }

static int by_ratio(const void *a, const void *b) {
    double x = times_bound(a), y = times_bound(b);
    return (x < y) - (x > y);
}

static void print_line(const struct result *r) {
    printf("draw %lld: %.1f times the bound, %.4g ms, %.4g Mflop, %s\n", (long long)r->index,
           times_bound(r), r->seconds * 1e3, r->work * 1e-6, r->lowering);
}

/* The line that replays it, and why no other lowering took it. */
static void print_draw(const struct cliffs *c, lax_context *context, const struct result *r) {
    static char text[1 << 16];
    struct draw draw;
    size_t needed;
    if (!cliffs_draw(c, r->index, &draw)) return;
    print_line(r);
    lax_operation_print(&draw.operation, text, sizeof text);
    printf("  lax bench '%s'\n", text);
    if (lax_explain(context, &draw.operation, text, sizeof text, &needed, NULL) != LAX_OK) return;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) printf("    %s\n", line);
}

static void print_summary(const struct cliffs *c, const struct result *results, int64_t n) {
    printf("%lld %s above %.3g %s: median %.2f, 99th percentile %.2f, worst %.2f times the bound\n",
           (long long)n, c->windows ? "windows" : "convolutions", c->least,
           c->windows ? "combinations" : "flops", times_bound(&results[n / 2]),
           times_bound(&results[n / 100]), times_bound(&results[0]));
}

static bool write_csv(const char *path, const struct result *results, int64_t n) {
    FILE *file = fopen(path, "w");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    fputs("draw,times_bound,ms,bound_ms,work,lowering\n", file);
    for (int64_t i = 0; i < n; i++)
        fprintf(file, "%lld,%.3f,%.6f,%.6f,%.0f,%s\n", (long long)results[i].index,
                times_bound(&results[i]), results[i].seconds * 1e3, results[i].bound * 1e3,
                results[i].work, results[i].lowering);
    return fclose(file) == 0;
}

/* Times every draw; returns how many worked. */
static int64_t time_draws(const struct cliffs *c, lax_context *context, struct result *results) {
    struct machine_rates rates;
    int64_t n = 0, first = c->only >= 0 ? c->only : 0, end = c->only >= 0 ? first + 1 : c->draws;
    cliffs_measure_machine(&rates);
    printf("f32 %.1f Gflop/s, f64 %.1f Gflop/s, copy %.1f GB/s of 32 KiB, %.1f of 1 MiB, %.1f of "
           "64 MiB\n",
           rates.flops32 * 1e-9, rates.flops64 * 1e-9, rates.bandwidth[15] * 1e-9,
           rates.bandwidth[20] * 1e-9, rates.bandwidth[26] * 1e-9);
    for (int64_t i = first; i < end; i++) {
        struct draw draw;
        results[n].index = i;
        if (cliffs_draw(c, i, &draw) && cliffs_time(c, context, &draw, &results[n])) {
            results[n].bound = cliffs_bound(&rates, &draw);
            n++;
        }
        show_progress(i + 1 - first, end - first);
    }
    return n;
}

static int run(const struct cliffs *c) {
    lax_context *context;
    lax_error why;
    lax_context_options o = LAX_CONTEXT_OPTIONS(.num_threads = 1, .cache_plans = -1);
    if (lax_context_create(&o, &context, &why)) return fprintf(stderr, "%s\n", why.text), 1;
    struct result *results = calloc((size_t)c->draws, sizeof *results);
    int64_t n = results ? time_draws(c, context, results) : 0;
    bool good = n > 0;
    if (good) {
        qsort(results, (size_t)n, sizeof *results, by_ratio);
        for (int64_t i = 0; i < n && i < c->worst; i++) print_draw(c, context, &results[i]);
        print_summary(c, results, n);
        if (c->csv) good = write_csv(c->csv, results, n);
    }
    free(results);
    lax_context_destroy(context);
    return good ? 0 : 1;
}

int main(int argc, char **argv) {
    struct cliffs c = {.draws = 2000,
                       .seed = 1,
                       .worst = 10,
                       .only = -1,
                       .least = 1e6,
                       .most = 2e8,
                       .budget = 0.02};
    if (parse(argc, argv, &c)) return run(&c);
    fputs(usage, stderr);
    return 2;
}
