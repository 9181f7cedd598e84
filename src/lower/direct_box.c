/* SPDX-License-Identifier: Apache-2.0 */
/* From a task's number to its box, the classes of positions that meet the same taps, and lists of
 * those taps. */
#include "lower/direct.h"

/* --- the box ---------------------------------------------------------------------------------- */

/* Taps that meet the input from output p. */
static struct direct_segment taps_at(const struct direct_axis *a, int64_t p) {
    int64_t first = lax_i_direct_first(a, p), step = a->at.dilation;
    struct direct_segment s = {p, p + 1, 0, a->at.kernel};
    if (a->padded) return s;
    if (first < 0) s.tap = lax_i_ceil_div(-first, step);
    int64_t end = first >= a->at.in ? 0 : (a->at.in - 1 - first) / step + 1;
    s.n_taps = lax_i_max(lax_i_min(end, a->at.kernel) - s.tap, 0);
    return s;
}

static bool same_taps(const struct direct_segment *a, const struct direct_segment *b) {
    return a->n_taps == b->n_taps && (a->tap == b->tap || a->n_taps == 0);
}

/* The box's pieces along an axis, in order. Both ends alike and whole: so is what lies between. */
static int64_t cut_axis(const struct direct_axis *a, int64_t lo, int64_t count,
                        struct direct_segment *out) {
    struct direct_segment last = taps_at(a, lo + count - 1);
    int64_t n = 0;
    out[0] = taps_at(a, lo);
    if (out[0].n_taps == a->at.kernel && last.n_taps == a->at.kernel) {
        out[0].end = lo + count;
        return 1;
    }
    for (int64_t p = lo + 1; p < lo + count; p++) {
        struct direct_segment next = taps_at(a, p);
        if (same_taps(&out[n], &next))
            out[n].end = p + 1;
        else
            out[++n] = next;
    }
    return n + 1;
}

static char *take(char **scratch, int64_t nbytes) {
    char *here = *scratch;
    *scratch += lax_i_round_up((size_t)nbytes, LAX_ALIGNMENT);
    return here;
}

static void share_scratch(struct direct_task *t, char *scratch) {
    const struct direct *d = t->d;
    t->taps = (struct tile_tap *)take(&scratch, DIRECT_TAPS * (int64_t)sizeof *t->taps);
    t->segments =
        (struct direct_segment *)take(&scratch, d->segments * (int64_t)sizeof *t->segments);
    t->a_row = (int64_t *)take(&scratch, d->rows * (int64_t)sizeof *t->a_row);
    t->c_row = (int64_t *)take(&scratch, d->rows * (int64_t)sizeof *t->c_row);
    t->room = take(&scratch, d->room_nbytes);
    t->stage = take(&scratch, d->stage_nbytes);
    t->sums = take(&scratch, d->sums_nbytes);
    t->panel = take(&scratch, d->panel_nbytes);
    t->turned = take(&scratch, d->turned_nbytes);
}

/* Boxes go fastest, so that neighbours share weights. */
void lax_i_direct_locate(struct direct_task *t, int64_t task, char *scratch) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t images = p->open_batch ? t->execution->batch : 1;
    for (int i = d->n - 1; i >= 0; i--) {
        const struct direct_axis *a = &d->axis[i];
        t->lo[i] = task % a->n_tiles * a->tile;
        t->count[i] = lax_i_min(a->tile, a->at.out - t->lo[i]);
        task /= a->n_tiles;
    }
    t->image = task % images;
    task /= images;
    t->first_block = task % d->n_ob * d->ob;
    t->end_block = lax_i_min(t->first_block + d->ob, d->n_nb);
    t->group = task / d->n_ob;
    share_scratch(t, scratch);
}

struct direct_pieces lax_i_direct_cut(const struct direct_task *t) {
    struct direct_pieces p = {.n = {0}};
    struct direct_segment *next = t->segments;
    for (int i = 0; i < t->d->n; i++) {
        p.first[i] = next;
        p.n[i] = cut_axis(&t->d->axis[i], t->lo[i], t->count[i], next);
        next += p.n[i];
    }
    return p;
}

void lax_i_direct_class(const struct direct_pieces *p, int n, struct direct_class *class) {
    class->rows = 1;
    for (int i = 0; i < n; i++) {
        class->piece[i] = &p->first[i][p->at[i]];
        class->rows *= class->piece[i]->end - class->piece[i]->begin;
    }
}

bool lax_i_direct_next_class(struct direct_pieces *p, int n) {
    for (int i = n - 1; i >= 0; i--) {
        if (++p->at[i] < p->n[i]) return true;
        p->at[i] = 0;
    }
    return false;
}

/* Element 0 of the box's input, as kernels read it. */
const char *lax_i_direct_input(const struct direct_task *t) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t offset = d->stage_in ? 0
                                 : d->lhs_offset + t->group * p->lhs_group +
                                       t->image * p->lhs_batch + t->kb * d->kb * p->lhs_feature;
    for (int i = 0; i < d->n; i++) {
        const struct direct_axis *a = &d->axis[i];
        int64_t first = lax_i_direct_first(a, t->lo[i]);
        if (a->compact && d->stage_in) continue;
        offset += (d->stage_in ? first - lax_i_direct_base(a, t->lo[i]) : first) * a->pitch;
    }
    return (d->stage_in ? t->stage : (const char *)t->execution->in[0]) + offset * d->size;
}

char *lax_i_direct_result(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t offset = p->out_offset + t->group * p->out_group + t->image * p->out_batch +
                     block * d->nb * p->out_feature;
    for (int i = 0; i < d->n; i++) offset += t->lo[i] * d->axis[i].at.result;
    return (char *)t->execution->out[0] + offset * (int64_t)lax_dtype_size(p->out_type);
}

char *lax_i_direct_output(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    if (!d->stage_out) return lax_i_direct_result(t, block);
    return t->sums + (block - t->first_block) * d->sums_block * d->size;
}

/* --- taps ------------------------------------------------------------------------------------- */

/* Runs of taps that follow each other in input and weights are one deep tap: those of the innermost
 * axes, as far as each covers the next one's step. */
static void merge_runs(struct direct_taps *w) {
    const struct direct *d = w->t->d;
    w->depth = w->t->kc;
    for (w->outer = d->n; w->outer > 0; w->outer--) {
        const struct direct_axis *a = &d->axis[d->order[w->outer - 1]];
        const struct direct_segment *piece = w->class->piece[d->order[w->outer - 1]];
        if (a->at.kernel == 1) continue;
        if (a->planes > 1 || a->tap_step != w->depth * d->in_step) return;
        w->depth *= piece->n_taps;
        if (piece->n_taps != a->at.kernel) {
            w->outer--;
            return;
        }
    }
}

void lax_i_direct_start_taps(struct direct_taps *w, const struct direct_task *t,
                             const struct direct_class *class) {
    *w = (struct direct_taps){.t = t, .class = class, .more = true};
    for (int i = 0; i < t->d->n; i++) {
        const struct direct_axis *a = &t->d->axis[i];
        w->tap[i] = class->piece[i]->tap;
        w->input += lax_i_direct_reach(a, w->tap[i]);
        w->weights += w->tap[i] * a->weight_step;
        if (class->piece[i]->n_taps == 0) w->more = false;
    }
    merge_runs(w);
}

static void next_tap(struct direct_taps *w) {
    w->more = false;
    for (int k = w->outer - 1; k >= 0 && !w->more; k--) {
        int i = w->t->d->order[k];
        const struct direct_axis *a = &w->t->d->axis[i];
        const struct direct_segment *s = w->class->piece[i];
        int64_t before = w->tap[i];
        w->more = before + 1 < s->tap + s->n_taps;
        w->tap[i] = w->more ? before + 1 : s->tap;
        w->input += lax_i_direct_reach(a, w->tap[i]) - lax_i_direct_reach(a, before);
        w->weights += (w->tap[i] - before) * a->weight_step;
    }
}

int64_t lax_i_direct_list_taps(struct direct_taps *w, struct tile_tap *taps) {
    const struct direct *d = w->t->d;
    int64_t n = 0, step = w->t->kc * (d->along_w ? 1 : d->nb);
    for (; w->more && n < DIRECT_TAPS; next_tap(w), n++)
        taps[n] = d->along_w ? (struct tile_tap){w->weights * step, w->input}
                             : (struct tile_tap){w->input, w->weights * step};
    return n;
}
