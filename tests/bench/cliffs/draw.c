/* SPDX-License-Identifier: Apache-2.0 */
/* What draws of convolutions and windows share: views, and the cache lines that they touch. */
#include "cliffs.h"

#include <math.h>
#include <string.h>

enum { LINE = 64, TRIES = 100000 };

bool cliffs_without(const struct cliffs *c, const char *word) {
    return c->without && strstr(c->without, word) != NULL;
}

bool cliffs_draw(const struct cliffs *c, int64_t index, struct draw *out) {
    struct dice d = dice_of(c->seed, index);
    for (int i = 0; i < TRIES; i++)
        if (c->windows ? cliffs_draw_window(c, &d, out) : cliffs_draw_conv(c, &d, out)) return true;
    return false;
}

bool cliffs_set_out(struct axis *a) {
    int64_t room = (a->in - 1) * a->spread + 1 + a->low + a->high - (a->window - 1) * a->dilation;
    a->out = room < 1 ? 0 : (room - 1) / a->stride + 1;
    return a->out > 0;
}

/* Windows over a place of the padded axis: taps k whose window would begin at a whole stride and is
 * there. Every period-th tap does. */
static int64_t windows_over(const struct axis *a, int64_t place) {
    int64_t low = place - (a->out - 1) * a->stride, period = 1, first = 0, last = a->window - 1;
    while (period * a->dilation % a->stride != 0) period++;
    if (low > 0) first = (low + a->dilation - 1) / a->dilation;
    if (place < 0 || a->out == 0) return 0;
    if (last > place / a->dilation) last = place / a->dilation;
    for (int64_t k = first; k < first + period && k <= last; k++)
        if ((place - k * a->dilation) % a->stride == 0) return (last - k) / period + 1;
    return 0;
}

double cliffs_count(const struct axis *a, int64_t *touched, double *step) {
    int64_t first = -1, last = -1, n = 0, pairs = 0;
    for (int64_t i = 0; i < a->in; i++) {
        int64_t met = windows_over(a, i * a->spread + a->low);
        pairs += met;
        if (!met) continue;
        if (first < 0) first = i;
        last = i;
        n++;
    }
    *touched = n;
    *step = n > 1 ? (double)(last - first) / (double)(n - 1) : 1;
    return (double)pairs;
}

/* A quarter of the tensors are views: one dimension is longer in memory than in the view, or the
 * view takes only every second or third of its elements. */
void cliffs_stride(const struct cliffs *c, struct dice *d, lax_tensor *tensor) {
    *tensor = lax_tensor_of(tensor->dtype, NULL, tensor->rank, tensor->shape);
    bool is_view = dice_chance(d, 25);
    int32_t at = (int32_t)dice_in(d, 0, tensor->rank - 1);
    int64_t extra = dice_in(d, 1, 9), step = dice_chance(d, 25) ? dice_in(d, 2, 3) : 1;
    if (!is_view || tensor->rank == 0 || cliffs_without(c, "views")) return;
    int64_t stride = 1;
    for (int32_t i = tensor->rank - 1; i >= 0; i--) {
        if (i == at) stride *= step;
        tensor->strides[i] = stride;
        stride *= tensor->shape[i] + (i == at ? extra : 0);
    }
}

static void sort_by_stride(int32_t n, int32_t *order, const double *strides) {
    for (int32_t i = 1; i < n; i++)
        for (int32_t j = i; j > 0 && strides[order[j]] < strides[order[j - 1]]; j--) {
            int32_t kept = order[j];
            order[j] = order[j - 1];
            order[j - 1] = kept;
        }
}

/* From the fastest dimension out: what lies closer than a line is one run, what is further apart
 * is another run. */
double cliffs_lines(const lax_tensor *t, const int64_t *counts, const double *steps) {
    double strides[LAX_MAX_RANK], run = (double)lax_dtype_size(t->dtype), runs = 1;
    int32_t order[LAX_MAX_RANK];
    for (int32_t i = 0; i < t->rank; i++) {
        order[i] = i;
        strides[i] = (double)t->strides[i] * (double)lax_dtype_size(t->dtype);
        if (steps) strides[i] *= steps[i];
    }
    sort_by_stride(t->rank, order, strides);
    for (int32_t i = 0; i < t->rank; i++) {
        double n = (double)(counts ? counts[order[i]] : t->shape[order[i]]);
        double stride = strides[order[i]];
        if (n == 0) return 0;
        if (runs == 1 && stride <= fmax(run, LINE))
            run += (n - 1) * stride;
        else
            runs *= n;
    }
    return runs * ceil(run / LINE) * LINE;
}
