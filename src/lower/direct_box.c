/* SPDX-License-Identifier: Apache-2.0 */
/* From a task's number to its box, the classes of positions that meet the same taps, and lists of
 * those taps. */
#include "lower/direct.h"

/* --- the box ---------------------------------------------------------------------------------- */

/* The first tap that falls on an element of the dilated lattice from output p; `comb` if none. */
static int64_t first_on_lattice(const struct direct_axis *a, int64_t u) {
    int64_t k = 0;
    while (k < a->comb && (u + k * a->at.dilation) % a->at.lhs_dilation != 0) k++;
    return k;
}

/* Taps that meet the input from output p. */
static struct direct_segment taps_at(const struct direct_axis *a, int64_t p) {
    int64_t first = lax_i_direct_first(a, p), step = a->at.dilation * a->comb;
    struct direct_segment s = {p, 1, 0, a->at.kernel};
    if (a->padded) return s;
    int64_t end = (a->at.in - 1) * a->at.lhs_dilation; /* the last element */
    if (a->at.lhs_dilation != 1) s.tap = first_on_lattice(a, first);
    first += s.tap * a->at.dilation;
    if (s.tap >= lax_i_min(a->at.kernel, a->comb) || a->at.in == 0)
        return (struct direct_segment){p, 1, 0, 0};
    int64_t skip = first < 0 ? lax_i_ceil_div(-first, step) : 0;
    first += skip * step;
    s.tap += skip * a->comb;
    int64_t reach = first > end ? 0 : (end - first) / step + 1;
    int64_t left = lax_i_max(a->at.kernel - s.tap, 0);
    s.n_taps = lax_i_min(reach, lax_i_ceil_div(left, a->comb));
    return s;
}

static bool same_taps(const struct direct_segment *a, const struct direct_segment *b) {
    return a->n_taps == b->n_taps && (a->tap == b->tap || a->n_taps == 0);
}

/* The output behind the last one that does not reach over the input's end. */
static int64_t whole_end(const struct direct_axis *a) {
    int64_t room = a->at.in - 1 + a->at.pad - (a->at.kernel - 1) * a->at.dilation;
    return room < 0 ? 0 : room / a->at.stride + 1;
}

/* The pieces among outputs p, p + phases, ... below `end`. Between the ends there is no need to
 * look at every output. */
static int64_t cut_phase(const struct direct_axis *a, int64_t p, int64_t end,
                         struct direct_segment *out) {
    bool plain = a->at.lhs_dilation == 1;
    int64_t n = 0, whole = plain ? lax_i_min(whole_end(a), end) : 0;
    out[0] = taps_at(a, p);
    for (p += a->phases; p < end; p += a->phases) {
        struct direct_segment next = taps_at(a, p);
        if (same_taps(&out[n], &next))
            out[n].n++;
        else
            out[++n] = next;
        if (p + 1 < whole && next.n_taps == a->at.kernel) {
            out[n].n += whole - (p + 1);
            p = whole - 1;
        }
    }
    return n + 1;
}

/* The box's pieces along an axis, phase by phase. Both ends alike and whole: so is what lies
 * between. */
static int64_t cut_axis(const struct direct_axis *a, int64_t lo, int64_t count,
                        struct direct_segment *out) {
    struct direct_segment last = taps_at(a, lo + count - 1);
    int64_t n = 0;
    out[0] = taps_at(a, lo);
    if (a->phases == 1 && out[0].n_taps == a->at.kernel && last.n_taps == a->at.kernel) {
        out[0].n = count;
        return 1;
    }
    for (int64_t phase = 0; phase < lax_i_min(a->phases, count); phase++)
        n += cut_phase(a, lo + phase, lo + count, out + n);
    return n;
}

static char *take(char **scratch, int64_t nbytes) {
    char *here = *scratch;
    *scratch += lax_i_round_up((size_t)nbytes, LAX_ALIGNMENT);
    return here;
}

/* `number`: the box's, from 1 on. */
static void share_scratch(struct direct_task *t, int64_t number, char *scratch) {
    const struct direct *d = t->d;
    int64_t *staged = (int64_t *)take(&scratch, (int64_t)sizeof *staged);
    t->staged = d->keeps && *staged == number;
    *staged = number;
    t->taps = (struct tile_tap *)take(&scratch, DIRECT_TAPS * (int64_t)sizeof *t->taps);
    t->segments =
        (struct direct_segment *)take(&scratch, d->segments * (int64_t)sizeof *t->segments);
    t->a_row = (int64_t *)take(&scratch, d->rows * (int64_t)sizeof *t->a_row);
    t->c_row = (int64_t *)take(&scratch, d->rows * (int64_t)sizeof *t->c_row);
    int64_t more = d->fused ? d->rows * (int64_t)sizeof *t->out_row : 0;
    t->out_row = d->stage_out ? (int64_t *)take(&scratch, more) : t->c_row;
    t->residual_row = (int64_t *)take(&scratch, more);
    t->bias = take(&scratch, d->bias_nbytes);
    t->room = take(&scratch, d->room_nbytes);
    t->stages = take(&scratch, d->stage_nbytes + (d->n_kb - 1) * lax_i_direct_stage_step(d));
    t->sums = take(&scratch, d->sums_nbytes);
    t->panel = take(&scratch, d->panel_nbytes);
    t->turned = take(&scratch, d->turned_nbytes);
}

/* Boxes go fastest, so that neighbours share weights; or blocks of features, so that they share the
 * stage. */
void lax_i_direct_locate(struct direct_task *t, int64_t task, char *scratch) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t images = p->open_batch ? t->execution->batch : 1, features = task % d->n_ob;
    if (d->keeps) task /= d->n_ob;
    int64_t number = task + 1;
    for (int i = d->n - 1; i >= 0; i--) {
        const struct direct_axis *a = &d->axis[i];
        t->lo[i] = task % a->n_tiles * a->tile;
        t->count[i] = lax_i_min(a->tile, a->at.out - t->lo[i]);
        task /= a->n_tiles;
    }
    t->image = task % images;
    task /= images;
    if (!d->keeps) features = task % d->n_ob, task /= d->n_ob;
    t->first_block = features * d->ob;
    t->end_block = lax_i_min(t->first_block + d->ob, d->n_nb);
    t->group = task;
    share_scratch(t, number, scratch);
    lax_i_direct_start_store(t);
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
        class->rows *= class->piece[i]->n;
    }
}

bool lax_i_direct_next_class(struct direct_pieces *p, int n) {
    for (int i = n - 1; i >= 0; i--) {
        if (++p->at[i] < p->n[i]) return true;
        p->at[i] = 0;
    }
    return false;
}

/* Element 0 of the box's input, as kernels read it; NULL where an empty input has no address. */
const char *lax_i_direct_input(const struct direct_task *t) {
    const struct direct *d = t->d;
    const char *input = d->stage_in ? t->stage : t->execution->in[0];
    if (input == NULL) return NULL;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t offset = d->stage_in ? 0
                                 : d->lhs_offset + t->group * p->lhs_group +
                                       t->image * p->lhs_batch + t->kb * d->kb * p->lhs_feature;
    for (int i = 0; i < d->n; i++) {
        const struct direct_axis *a = &d->axis[i];
        int64_t first = lax_i_direct_first(a, t->lo[i]);
        if ((a->compact && d->stage_in) || a->at.lhs_dilation != 1) continue;
        offset += (d->stage_in ? first - lax_i_direct_base(a, t->lo[i]) : first) * a->pitch;
    }
    return input + offset * d->size;
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
    return t->sums + (block - t->first_block) % d->fb * d->sums_block * d->size;
}

void lax_i_direct_sums_steps(const struct direct_task *t, int64_t *step) {
    const struct direct *d = t->d;
    int64_t all = d->along_w ? 1 : d->fb * d->nb;
    for (int k = d->n - 1; k >= 0; k--) {
        int i = d->out_order[k];
        step[i] = d->stage_out ? all : d->axis[i].at.result;
        all *= t->count[i];
    }
}

/* What kernels read from the first output of a piece, beside lax_i_direct_input. */
int64_t lax_i_direct_begin(const struct direct_task *t, int axis, const struct direct_segment *s) {
    const struct direct_axis *a = &t->d->axis[axis];
    if (a->at.lhs_dilation == 1) return (s->begin - t->lo[axis]) * a->step;
    if (s->n_taps == 0) return 0;
    int64_t u = lax_i_direct_first(a, s->begin) + s->tap * a->at.dilation;
    int64_t base = t->d->stage_in ? lax_i_direct_base(a, t->lo[axis]) : 0;
    return (u / a->at.lhs_dilation - base) * a->pitch;
}

/* --- taps ------------------------------------------------------------------------------------- */

/* Runs of taps that follow each other in input and weights are one deep tap: those of the innermost
 * axes, as far as each covers the next one's step. */
static void merge_runs(struct direct_taps *w) {
    const struct direct *d = w->t->d;
    int64_t row = lax_i_direct_weights_row(w->t);
    w->depth = w->t->kc;
    for (w->outer = d->n; w->outer > 0; w->outer--) {
        const struct direct_axis *a = &d->axis[d->order[w->outer - 1]];
        const struct direct_segment *piece = w->class->piece[d->order[w->outer - 1]];
        bool follows = a->tap_step == w->depth * d->in_step &&
                       w->weight_step[d->order[w->outer - 1]] == w->depth * row;
        if (a->at.kernel == 1) continue;
        if (a->run > 1) w->depth *= a->run;
        if (a->planes > 1 || a->at.lhs_dilation != 1 || !follows) return;
        w->depth *= piece->n_taps;
        if (piece->n_taps != a->at.kernel) {
            w->outer--;
            return;
        }
    }
}

void lax_i_direct_start_taps(struct direct_taps *w, const struct direct_task *t,
                             const struct direct_class *class) {
    bool inner = lax_i_direct_taps_inside(t->d, t->execution);
    int64_t width = (inner ? 1 : t->kc) * lax_i_direct_tap_width(t->d);
    *w = (struct direct_taps){.t = t, .class = class, .more = true};
    for (int i = 0; i < t->d->n; i++) {
        const struct direct_axis *a = &t->d->axis[i];
        w->weight_step[i] = lax_i_direct_weights_lie(t) ? a->at.rhs : a->weight_step * width;
        w->tap[i] = class->piece[i]->tap;
        w->input += lax_i_direct_reach(a, class->piece[i], w->tap[i]);
        w->weights += w->tap[i] * w->weight_step[i];
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
        w->more = before + a->comb * a->run < s->tap + s->n_taps * a->comb;
        w->tap[i] = w->more ? before + a->comb * a->run : s->tap;
        w->input += lax_i_direct_reach(a, s, w->tap[i]) - lax_i_direct_reach(a, s, before);
        w->weights += (w->tap[i] - before) * w->weight_step[i];
    }
}

/* Taps of the innermost axis that is left follow at equal distances, but for planes; n of them, the
 * last of which the walk then stands at. */
static int64_t list_row(struct direct_taps *w, struct tile_tap *taps, int64_t room) {
    const struct direct *d = w->t->d;
    int64_t n = 1, in_step = 0, weight_step = 0;
    if (w->outer > 0) {
        int i = d->order[w->outer - 1];
        const struct direct_axis *a = &d->axis[i];
        const struct direct_segment *s = w->class->piece[i];
        in_step = a->tap_step;
        weight_step = a->comb * w->weight_step[i];
        if (a->planes == 1) n = s->n_taps - (w->tap[i] - s->tap) / a->comb;
        n = lax_i_min(n, room);
        w->tap[i] += (n - 1) * a->comb;
    }
    for (int64_t k = 0; k < n; k++, w->input += in_step, w->weights += weight_step)
        taps[k] = d->along_w ? (struct tile_tap){w->weights, w->input}
                             : (struct tile_tap){w->input, w->weights};
    w->input -= in_step;
    w->weights -= weight_step;
    return n;
}

int64_t lax_i_direct_list_taps(struct direct_taps *w, struct tile_tap *taps) {
    int64_t n = 0;
    for (; w->more && n < DIRECT_TAPS; next_tap(w)) n += list_row(w, taps + n, DIRECT_TAPS - n);
    return n;
}
