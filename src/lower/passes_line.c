/* SPDX-License-Identifier: Apache-2.0 */
/* Long windows along a line, whose rows are too short to slide: of max, min, and, or, which may
 * take an element twice. Runs of 4, 16, 64 ... elements are folded, shifted against each other, and
 * each window is some of those that overlap, so that the cost grows with the logarithm of the
 * window. The line is padded so that every window is whole. */
#include "lower/passes.h"

static void copy_rows(const struct passes_line *l, char *to, const char *from, int64_t n) {
    memcpy(to, from, (size_t)(n * l->lanes) * l->s->work);
}

static void fill_rows(const struct passes_line *l, char *to, int64_t n) {
    if (n > 0) l->s->fold->load(to, 1, l->s->identity, 0, n * l->lanes);
}

/* The elements between what stands for those that are not there. */
static void pad(const struct passes_line *l, char *to, int64_t length) {
    const struct window_axis *a = l->axis;
    int64_t row = l->lanes * (int64_t)l->s->work;
    int64_t low = l->begin * a->stride - a->pad_lo - l->first; /* element at the line's beginning */
    int64_t before = lax_i_min(lax_i_max(-low, 0), length);
    int64_t from = lax_i_max(low, 0), n = lax_i_min(l->in - from, length - before);
    n = lax_i_max(n, 0);
    fill_rows(l, to, before);
    copy_rows(l, to + before * row, l->src + from * row, n);
    fill_rows(l, to + (before + n) * row, length - before - n);
}

/* to[i] = fold of k elements from[i + t * apart], of n rows; apart in rows. */
static void fold_shifts(const struct passes_line *l, char *to, const char *from, int k,
                        const int64_t *at, int64_t n) {
    const void *rows[8];
    for (int t = 0; t < k; t++) rows[t] = from + at[t] * l->lanes * (int64_t)l->s->work;
    const struct fold_span span = {.lanes = n * l->lanes, .pixels = 1};
    l->s->fold->taps(to, rows, k, &span);
}

/* Every stride-th row. */
static void thin(const struct passes_line *l, const char *from) {
    int64_t row = l->lanes * (int64_t)l->s->work, stride = l->axis->stride;
    int64_t step = l->to * (int64_t)l->s->work;
    if (l->lanes == 1)
        l->s->fold->move(l->dst, l->to, from, stride, l->out);
    else
        for (int64_t p = 0; p < l->out; p++)
            memcpy(l->dst + p * step, from + p * stride * row, row);
}

size_t lax_i_passes_line_nbytes(const struct window_axis *a, int64_t out, int64_t lanes,
                                size_t work) {
    int64_t reach = (a->size - 1) * a->window_dilation + 1;
    return 3 * (size_t)(((out - 1) * a->stride + reach) * lanes) * work;
}

void lax_i_passes_line(const struct passes_line *l) {
    const struct window_axis *a = l->axis;
    int64_t reach = (a->size - 1) * a->window_dilation + 1, q = 1, at[8];
    int64_t length = (l->out - 1) * a->stride + reach, windows = length - reach + 1;
    size_t room = (size_t)(length * l->lanes) * l->s->work;
    char *now = l->room, *other = now + room, *last = other + room;
    pad(l, now, length);
    for (; 4 * q <= a->size; q *= 4) {
        for (int t = 0; t < 4; t++) at[t] = t * q * a->window_dilation;
        fold_shifts(l, other, now, 4, at, windows + (a->size - 4 * q) * a->window_dilation);
        char *done = now;
        now = other, other = done;
    }
    int k = 0;
    for (int64_t t = 0; k == 0 || t < a->size; t += q)
        at[k++] = lax_i_min(t, a->size - q) * a->window_dilation;
    bool direct = a->stride == 1 && l->to == l->lanes;
    fold_shifts(l, direct ? l->dst : last, now, k, at, windows);
    if (!direct) thin(l, last);
}
