/* SPDX-License-Identifier: Apache-2.0 */
/* One task of the lowering `direct`: cuts its box into classes of positions that meet the same taps
 * and gives each class to the tile kernel, block of features by block of features. */
#include "lower/direct.h"

/* --- a box ------------------------------------------------------------------------------------ */

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
static int64_t cut(const struct direct_axis *a, int64_t lo, int64_t count,
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

/* Decodes the task's number: boxes fastest, so that neighbours share weights. */
static void locate(struct direct_task *t, int64_t task) {
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
}

/* --- one class -------------------------------------------------------------------------------- */

/* One piece of each axis. */
struct class {
    const struct direct_segment *piece[CONV_AXES];
    int64_t rows; /* positions */
};

/* Where the box's positions lie in what kernels read and write, class after class. */
struct rows {
    int64_t *a, *c, n;
};

static void list_rows(const struct direct_task *t, const struct class *class, struct rows *rows) {
    const struct direct *d = t->d;
    int64_t at[CONV_AXES], a = 0, c = 0;
    int64_t c_step[CONV_AXES], c_all = d->ob * d->nb;
    for (int i = d->n - 1; i >= 0; i--) {
        c_step[i] = d->stage_out ? c_all : d->axis[i].at.result;
        c_all *= t->count[i];
        at[i] = class->piece[i]->begin - t->lo[i];
        a += at[i] * d->axis[i].step;
        c += at[i] * c_step[i];
    }
    int last = d->n - 1;
    for (bool more = true; more;) {
        int64_t n = class->piece[last]->end - class->piece[last]->begin;
        for (int64_t k = 0; k < n; k++) {
            rows->a[rows->n] = a + k * d->axis[last].step;
            rows->c[rows->n++] = c + k * c_step[last];
        }
        more = false;
        for (int i = last - 1; i >= 0 && !more; i--) {
            int64_t length = class->piece[i]->end - class->piece[i]->begin;
            int64_t first = class->piece[i]->begin - t->lo[i];
            more = ++at[i] < first + length;
            int64_t by = more ? 1 : 1 - length;
            if (!more) at[i] = first;
            a += by * d->axis[i].step;
            c += by * c_step[i];
        }
    }
}

/* How deep runs of taps are that follow each other in input and weights: those of the axes from
 * `outer` on, which the list of taps then leaves out. */
static int64_t merge_runs(const struct direct_task *t, const struct class *class, int *outer) {
    int64_t depth = t->kc;
    *outer = t->d->n;
    while (*outer > 0) {
        const struct direct_axis *a = &t->d->axis[*outer - 1];
        if (a->at.kernel > 1) {
            if (a->tap_step != depth) break;
            depth *= class->piece[*outer - 1]->n_taps;
        }
        --*outer;
        if (a->at.kernel > 1 && class->piece[*outer]->n_taps != a->at.kernel) break;
    }
    return depth;
}

/* Taps of a class, DIRECT_TAPS at a time: an odometer over the axes before `outer`. */
struct tap_walk {
    const struct direct_task *t;
    const struct class *class;
    int outer;
    int64_t tap[CONV_AXES];
    int64_t a, b;
    bool more;
};

static int64_t b_step_of(const struct direct_task *t, int axis) {
    int64_t step = t->kc * t->d->nb;
    for (int i = t->d->n - 1; i > axis; i--) step *= t->d->axis[i].at.kernel;
    return step;
}

static void start_taps(struct tap_walk *w) {
    w->a = w->b = 0;
    w->more = true;
    for (int i = 0; i < w->t->d->n; i++) {
        w->tap[i] = w->class->piece[i]->tap;
        w->a += w->tap[i] * w->t->d->axis[i].tap_step;
        w->b += w->tap[i] * b_step_of(w->t, i);
        if (w->class->piece[i]->n_taps == 0) w->more = false;
    }
}

static void next_tap(struct tap_walk *w) {
    w->more = false;
    for (int i = w->outer - 1; i >= 0 && !w->more; i--) {
        const struct direct_segment *s = w->class->piece[i];
        w->more = ++w->tap[i] < s->tap + s->n_taps;
        int64_t by = w->more ? 1 : 1 - s->n_taps;
        if (!w->more) w->tap[i] = s->tap;
        w->a += by * w->t->d->axis[i].tap_step;
        w->b += by * b_step_of(w->t, i);
    }
}

static int64_t list_taps(struct tap_walk *w, struct tile_tap *taps) {
    int64_t n = 0;
    for (; w->more && n < DIRECT_TAPS; next_tap(w)) taps[n++] = (struct tile_tap){w->a, w->b};
    return n;
}

/* Sums of a class over the present block of input features. A class without taps is zero. */
static void run_class(const struct direct_task *t, const struct class *class, struct tile *tile) {
    const struct tile_kernel *kernel =
        t->d->kernel[lax_i_ceil_div(tile->columns, t->d->kernel[1]->lanes)];
    struct tap_walk w = {.t = t, .class = class};
    tile->depth = merge_runs(t, class, &w.outer);
    tile->taps = t->taps;
    tile->accumulate = t->kb > 0;
    for (start_taps(&w);;) {
        tile->n_taps = list_taps(&w, t->taps);
        if (tile->n_taps > 0 || !tile->accumulate) kernel->run(tile);
        if (!w.more) return;
        tile->accumulate = true;
    }
}

/* --- a task ----------------------------------------------------------------------------------- */

struct pieces {
    const struct direct_segment *first[CONV_AXES];
    int64_t n[CONV_AXES], at[CONV_AXES];
};

static struct pieces cut_box(const struct direct_task *t) {
    struct pieces p = {.n = {0}};
    struct direct_segment *next = t->segments;
    for (int i = 0; i < t->d->n; i++) {
        p.first[i] = next;
        p.n[i] = cut(&t->d->axis[i], t->lo[i], t->count[i], next);
        next += p.n[i];
    }
    return p;
}

static void class_at(const struct pieces *p, int n, struct class *class) {
    class->rows = 1;
    for (int i = 0; i < n; i++) {
        class->piece[i] = &p->first[i][p->at[i]];
        class->rows *= class->piece[i]->end - class->piece[i]->begin;
    }
}

static bool next_class(struct pieces *p, int n) {
    for (int i = n - 1; i >= 0; i--) {
        if (++p->at[i] < p->n[i]) return true;
        p->at[i] = 0;
    }
    return false;
}

/* Element 0 of the box's input, as kernels read it. */
static const char *input_of(const struct direct_task *t) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t offset = d->stage_in ? 0
                                 : d->lhs_offset + t->group * p->lhs_group +
                                       t->image * p->lhs_batch + t->kb * d->kb;
    for (int i = 0; i < d->n; i++) {
        const struct direct_axis *a = &d->axis[i];
        int64_t first = lax_i_direct_first(a, t->lo[i]);
        if (a->compact && d->stage_in) continue;
        offset += (d->stage_in ? first - lax_i_direct_base(a, t->lo[i]) : first) * a->pitch;
    }
    return (d->stage_in ? t->stage : (const char *)t->execution->in[0]) + offset * d->size;
}

static char *output_of(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    if (d->stage_out) return t->sums + (block - t->first_block) * d->nb * d->size;
    int64_t offset = p->out_offset + t->group * p->out_group + t->image * p->out_batch +
                     block * d->nb * p->out_feature;
    for (int i = 0; i < d->n; i++) offset += t->lo[i] * d->axis[i].at.result;
    return (char *)t->execution->out[0] + offset * d->size;
}

static const char *weights_of(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    const struct execution *x = t->execution;
    if (x->packed == NULL && d->pack_in_task) {
        lax_i_direct_panel(t->plan, x, t->group, block, t->kb, t->panel);
        return t->panel;
    }
    return (const char *)(x->packed != NULL ? x->packed : x->shared) +
           lax_i_direct_panel_offset(d, t->group, block, t->kb) * d->size;
}

/* All classes of the box times one block of both features. */
static void run_block(const struct direct_task *t, struct pieces *pieces, int64_t block) {
    const struct direct *d = t->d;
    struct class class;
    struct tile tile = {.a = input_of(t),
                        .b = weights_of(t, block),
                        .c = output_of(t, block),
                        .a_row = t->a_row,
                        .c_row = t->c_row,
                        .b_step = d->nb,
                        .columns = lax_i_direct_block_size(d->out_features, d->nb, block)};
    tile.stream = d->stream && (uintptr_t)tile.c % LAX_ALIGNMENT == 0;
    do {
        class_at(pieces, d->n, &class);
        tile.rows = class.rows;
        run_class(t, &class, &tile);
        tile.a_row += class.rows;
        tile.c_row += class.rows;
    } while (next_class(pieces, d->n));
}

static void list_box(const struct direct_task *t, struct pieces *pieces) {
    struct rows rows = {t->a_row, t->c_row, 0};
    struct class class;
    do {
        class_at(pieces, t->d->n, &class);
        list_rows(t, &class, &rows);
    } while (next_class(pieces, t->d->n));
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
    t->a_row = (int64_t *)take(&scratch, d->positions * (int64_t)sizeof *t->a_row);
    t->c_row = (int64_t *)take(&scratch, d->positions * (int64_t)sizeof *t->c_row);
    t->room = take(&scratch, 3 * d->nb * d->size);
    t->stage = take(&scratch, d->stage_nbytes);
    t->sums = take(&scratch, d->sums_nbytes);
    t->panel = take(&scratch, d->panel_nbytes);
    t->turned = take(&scratch, d->turned_nbytes);
}

void lax_i_direct_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch) {
    const struct direct *d = plan->state;
    struct direct_task t = {.plan = plan, .d = d, .execution = execution};
    share_scratch(&t, scratch);
    locate(&t, task);
    struct pieces pieces = cut_box(&t);
    list_box(&t, &pieces);
    for (t.kb = 0; t.kb < d->n_kb; t.kb++) {
        t.kc = lax_i_direct_block_size(d->in_features, d->kb, t.kb);
        if (d->stage_in) lax_i_direct_stage(&t);
        for (int64_t block = t.first_block; block < t.end_block; block++)
            run_block(&t, &pieces, block);
    }
    for (int64_t block = t.first_block; block < t.end_block; block++)
        if (d->stage_out || d->epilogue != NULL) lax_i_direct_finish(&t, block);
    if (d->stream) d->fence();
}

void lax_i_direct_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch) {
    const struct direct *d = plan->state;
    int64_t kb = task % d->n_kb, block = task / d->n_kb % d->n_nb;
    int64_t group = task / d->n_kb / d->n_nb;
    (void)scratch;
    lax_i_direct_panel(plan, execution, group, block, kb,
                       (char *)execution->shared +
                           lax_i_direct_panel_offset(d, group, block, kb) * d->size);
}
