/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the program lax_cliffs: draws of problems, their bounds, their times. */
#ifndef LAX_BENCH_CLIFFS_H
#define LAX_BENCH_CLIFFS_H

#include <lax/lax.h>

/* The command line. */
struct cliffs {
    int64_t draws, seed, worst, only; /* only: this draw, or -1 */
    bool windows;
    lax_dtype dtype;     /* unset: f32 for convolutions, all types for windows */
    double least, most;  /* work: flops, of windows naive combinations */
    double budget;       /* seconds a draw */
    const char *without; /* words of what is not drawn */
    const char *lowering, *csv;
};

/* --- random.c --------------------------------------------------------------------------------- */
struct dice {
    uint64_t state;
};
struct dice dice_of(int64_t seed, int64_t index);
int64_t dice_in(struct dice *d, int64_t low, int64_t high); /* both ends included */
bool dice_chance(struct dice *d, int percent);
/* Log-uniform in [low, high]; half of the time a power of two, one beside it, or a prime. */
int64_t dice_size(struct dice *d, int64_t low, int64_t high);
void dice_shuffle(struct dice *d, int32_t n, int32_t *order);

/* One dimension along which a window slides. */
struct axis {
    int64_t in, window, out, stride, low, high, spread, dilation;
};

/* --- draw.c, draw_conv.c, draw_window.c: problem `index` of the seed -------------------------- */
struct draw {
    lax_operation operation;
    char labels[4 * LAX_MAX_RANK];
    double work;  /* flops without padding and holes; naive combinations of windows */
    double bytes; /* of the distinct cache lines */
};
bool cliffs_draw(const struct cliffs *c, int64_t index, struct draw *out);
bool cliffs_draw_conv(const struct cliffs *c, struct dice *d, struct draw *out);
bool cliffs_draw_window(const struct cliffs *c, struct dice *d, struct draw *out);
/* Whether the words of --without hold this one. */
bool cliffs_without(const struct cliffs *c, const char *word);
/* Sets out, and tells whether there is one. */
bool cliffs_set_out(struct axis *a);
/* Pairs of an output and a tap that meet an element, the distinct elements that they meet, and how
 * far apart those are. */
double cliffs_count(const struct axis *a, int64_t *touched, double *step);
/* Gives the tensor strides: dense, or now and then a view of something larger. */
void cliffs_stride(const struct cliffs *c, struct dice *d, lax_tensor *tensor);
/* Bytes of the lines that hold elements; steps[i] > 1 where only each such element of dimension i
 * is touched, counts[i] of them; NULL: all. */
double cliffs_lines(const lax_tensor *tensor, const int64_t *counts, const double *steps);

/* --- measure.c -------------------------------------------------------------------------------- */
struct machine_rates {
    double flops32, flops64; /* per second */
    double bandwidth[32];    /* of a footprint of 2^i bytes, bytes per second */
};
void cliffs_measure_machine(struct machine_rates *rates);
/* The least seconds that the problem can take. */
double cliffs_bound(const struct machine_rates *rates, const struct draw *draw);

struct result {
    int64_t index;
    double seconds, bound, work;
    char lowering[48];
};
/* False, and a line on standard error, when it cannot be planned. */
bool cliffs_time(const struct cliffs *c, lax_context *context, const struct draw *draw,
                 struct result *result);

#endif /* LAX_BENCH_CLIFFS_H */
