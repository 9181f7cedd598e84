/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a window: the initial value, folded in once, the divisor of an average, and one
 * rounding to the element type. */
#include "lower/strips.h"

/* Window positions of one dimension that count at output p. */
static int64_t count_axis(const struct window_axis *a, enum window_divide divide, int64_t p) {
    if (divide == DIVIDE_INSIDE) return lax_i_strips_taps(a, p).count;
    int64_t u = p * a->stride - a->pad_lo;
    if (u >= a->count_end) return 0;
    return lax_i_min(a->size, lax_i_ceil_div(a->count_end - u, a->window_dilation));
}

static void divide(lax_dtype type, void *row, int64_t n, double by) {
    bool wide = type == LAX_F64 || type == LAX_C128;
    int64_t numbers = type == LAX_C64 || type == LAX_C128 ? 2 * n : n;
    float *f = row, count = (float)by;
    double *d = row;
    for (int64_t i = 0; wide && i < numbers; i++) d[i] /= by;
    for (int64_t i = 0; !wide && i < numbers; i++) f[i] /= count;
}

/* Along x, outputs with equal divisors are taken together. */
static void divide_row(const struct strip_job *job, char *row, int64_t n) {
    const struct strips *s = job->s;
    double fixed = 1;
    for (int j = 0; j < s->n; j++)
        fixed *= (double)count_axis(&s->level[j].axis, job->p->divide, job->position[j]);
    if (!s->has_x) {
        divide(job->p->type[0], row, n, fixed);
        return;
    }
    for (int64_t x = job->x_begin, end; x < job->x_end; x = end) {
        int64_t count = count_axis(&s->x, job->p->divide, x);
        for (end = x + 1; end < job->x_end; end++)
            if (count_axis(&s->x, job->p->divide, end) != count) break;
        divide(job->p->type[0], row + (size_t)((x - job->x_begin) * s->lanes) * s->work,
               (end - x) * s->lanes, fixed * (double)count);
    }
}

static void fold_init(const struct strips *s, char *row, int64_t n) {
    enum { LANES = 64 };
    _Alignas(16) unsigned char values[LANES * 16];
    for (size_t i = 0; i < LANES; i++) memcpy(values + i * s->work, s->init, s->work);
    for (int64_t i = 0; i < n; i += LANES) {
        void *at = row + (size_t)i * s->work;
        lax_i_strips_fold(s, at, (const void *[]){values, at}, 2, lax_i_min(LANES, n - i));
    }
}

void lax_i_strips_store(const struct strip_job *job, int64_t offset, void *row, int64_t n) {
    const struct strips *s = job->s;
    char *to = job->out + offset * (int64_t)s->elem;
    if (s->has_init) fold_init(s, row, n);
    if (job->p->divide != DIVIDE_NONE) divide_row(job, row, n);
    if (s->gathered)
        lax_i_strips_unload(s, to, row, n, job->scratch + s->raw_at);
    else
        s->fold->store(to, s->has_x && s->lanes == 1 ? s->x_out : s->lane_out, row, 1, n);
}
