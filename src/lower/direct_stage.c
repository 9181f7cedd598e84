/* SPDX-License-Identifier: Apache-2.0 */
/* The input of a box, copied into the thread's scratch as kernels want it: features next to each
 * other for vectors of output features; positions along the last axis for vectors of those, in
 * planes by the remainder of the stride. */
#include "lower/direct.h"

/* Elements that are no short run; runs in two planes that registers turn faster than a copy. */
enum { FEW = 8, TURNED_PAIRS = 32 };

/* Positions of one axis that are copied: n of them, from source + i * from to stage + i * to; the
 * first lies `skip` behind the stage's beginning. A row's run may go on: `runs` of them, `next`
 * apart in the source. */
struct copied {
    int64_t n, from, to, skip, runs, next;
};

/* Fills `c` and moves the offsets to the first position; false when there is none. */
static bool copy_range(const struct direct_axis *a, int64_t lo, int64_t count, struct copied *c,
                       int64_t *source, int64_t *stage) {
    int64_t first = lax_i_direct_first(a, lo), base = lax_i_direct_base(a, lo);
    int64_t last = first + (count - 1) * a->at.stride + (a->at.kernel - 1) * a->at.dilation;
    if (a->at.lhs_dilation != 1) {
        int64_t end = last < 0 ? 0 : lax_i_min(last / a->at.lhs_dilation + 1, a->at.in);
        *c = (struct copied){end - base, a->at.lhs, a->pitch, 0, 1, 0};
        *source += base * a->at.lhs;
        return c->n > 0;
    }
    if (a->compact) {
        int64_t skip = first < 0 ? lax_i_ceil_div(-first, a->at.stride) : 0;
        int64_t end = first < a->at.in ? (a->at.in - 1 - first) / a->at.stride + 1 : 0;
        *c = (struct copied){
            lax_i_min(end, count) - skip, a->at.lhs * a->at.stride, a->pitch, 0, 1, 0};
        *source += (first + skip * a->at.stride) * a->at.lhs;
        *stage += skip * a->pitch;
        return c->n > 0;
    }
    int64_t begin = lax_i_max(base, 0), end = lax_i_min(last, a->at.in - 1) + 1;
    *c = (struct copied){end - begin, a->at.lhs, a->pitch, a->planes > 1 ? begin - base : 0, 1, 0};
    *source += begin * a->at.lhs;
    *stage += (begin - base - c->skip) * a->pitch;
    return c->n > 0;
}

/* --- features next to each other -------------------------------------------------------------- */

/* The next plane's run: each is too short for the machine to see where it leads. */
static void prefetch_run(const char *from, const struct copied *row, int64_t in_size) {
    int64_t step = lax_i_max(LAX_ALIGNMENT, lax_i_magnitude(row->from) * in_size);
    int64_t nbytes = row->n * row->from * in_size;
    for (int64_t i = 0; i < nbytes; i += step) __builtin_prefetch(from + i);
}

/* Some features of a run that lie in planes: rows turn in registers, once their elements are next
 * to each other and of the type of sums. */
static void turn_planes(const struct direct_task *t, const char *from, char *to,
                        const struct copied *row, int64_t n) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t plane = p->lhs_feature, in_size = (int64_t)lax_dtype_size(p->lhs_type);
    int64_t all = row->n * row->runs;
    if (row->from != 1 || p->lhs_type != d->type) {
        for (int64_t c = 0; c < n; c++)
            for (int64_t i = 0; i < row->runs; i++) {
                const char *run = from + (c * plane + i * row->next) * in_size;
                if (c + 1 < n) prefetch_run(run + plane * in_size, row, in_size);
                lax_i_convert(&d->lhs, t->turned + (c * all + i * row->n) * d->size, 1, run,
                              row->from, row->n);
            }
        from = t->turned;
        plane = all;
    }
    d->transpose(to, row->to, from, plane, n, all);
}

/* Runs are features of a position, or rows of features in planes. */
static void stage_features(const struct direct_task *t, const char *from, char *to,
                           const struct copied *row) {
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct direct *d = t->d;
    int64_t in_size = (int64_t)lax_dtype_size(p->lhs_type);
    if (t->kc == 1) {
        lax_i_convert(&d->lhs, to, row->to, from, row->from, row->n);
        return;
    }
    bool turns = row->from == 1 && p->lhs_type == d->type;
    if (p->lhs_feature == 1 || (row->n * row->runs < FEW && !turns)) {
        bool one = p->lhs_feature == 1 && row->from == t->kc && row->to == t->kc; /* no gaps */
        int64_t n = one ? 1 : row->n, run = one ? row->n * t->kc : t->kc;
        for (int64_t k = 0; k < row->runs; k++)
            for (int64_t i = 0; i < n; i++)
                lax_i_convert(&d->lhs, to + (k * row->n + i) * row->to * d->size, 1,
                              from + (k * row->next + i * row->from) * in_size, p->lhs_feature,
                              run);
        return;
    }
    for (int64_t c = 0; c < t->kc; c += DIRECT_PLANES)
        turn_planes(t, from + c * p->lhs_feature * in_size, to + c * d->size, row,
                    lax_i_min(t->kc - c, DIRECT_PLANES));
}

/* --- positions next to each other ------------------------------------------------------------- */

/* Positions k to `end` of a feature's run: each plane gets every planes-th. */
static void split_part(const struct direct_task *t, const char *from, char *to,
                       const struct copied *row, int64_t k, int64_t end) {
    const struct direct *d = t->d;
    const struct direct_axis *a = &d->axis[d->n - 1];
    int64_t in_size = (int64_t)lax_dtype_size(t->plan->problem.conv.lhs_type);
    for (int64_t last = lax_i_min(k + a->planes, end); k < last; k++) {
        int64_t u = row->skip + k, n = (end - k - 1) / a->planes + 1;
        lax_i_convert(&d->lhs, to + (u % a->planes * a->plane + u / a->planes) * d->size, 1,
                      from + k * row->from * in_size, row->from * a->planes, n);
    }
}

/* One feature's run. What has an element for every plane turns as a matrix. */
static void split_run(const struct direct_task *t, const char *from, char *to,
                      const struct copied *row) {
    const struct direct *d = t->d;
    const struct direct_axis *a = &d->axis[d->n - 1];
    bool turns = a->planes > 1 && row->from == 1 && t->plan->problem.conv.lhs_type == d->type;
    int64_t head = turns ? lax_i_min((a->planes - row->skip % a->planes) % a->planes, row->n) : 0;
    int64_t n = turns ? (row->n - head) / a->planes : 0;
    if (a->planes == 2 && n < TURNED_PAIRS) n = 0;
    if (n > 0)
        d->transpose(to + (row->skip + head) / a->planes * d->size, a->plane, from + head * d->size,
                     a->planes, n, a->planes);
    split_part(t, from, to, row, 0, n > 0 ? head : row->n);
    if (n > 0) split_part(t, from, to, row, head + n * a->planes, row->n);
}

static void stage_positions(const struct direct_task *t, const char *from, char *to,
                            const struct copied *row) {
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct direct *d = t->d;
    const struct direct_axis *a = &d->axis[d->n - 1];
    int64_t in_size = (int64_t)lax_dtype_size(p->lhs_type);
    bool same = p->lhs_type == d->type;
    if (same && a->planes == 1 && row->from != 1 && p->lhs_feature == 1) {
        d->transpose(to, d->in_step, from, row->from, row->n, t->kc);
        return;
    }
    for (int64_t c = 0; c < t->kc; c++)
        split_run(t, from + c * p->lhs_feature * in_size, to + c * d->in_step * d->size, row);
}

/* --- a box ------------------------------------------------------------------------------------ */

/* Whether features that lie in planes are copied before they turn: not as they lie, nor by short
 * runs. */
static bool copies_planes(const struct direct_task *t, const struct copied *row) {
    const struct conv_problem *p = &t->plan->problem.conv;
    bool plain = row->from == 1 && p->lhs_type == t->d->type;
    return !t->d->along_w && t->kc > 1 && p->lhs_feature != 1 && !plain && row->n >= FEW;
}

/* Runs of one plane follow each other then, not one of every plane: those of the axis that goes on
 * in the stage, if there is room. */
static void take_runs(const struct direct_task *t, struct copied *axes, struct copied *row) {
    for (int i = t->d->n - 1; i >= 0; i--) {
        if (axes[i].n == 1 || axes[i].to != row->n * row->to) continue;
        if (row->n * axes[i].n > DIRECT_TURNED) continue;
        row->runs = axes[i].n;
        row->next = axes[i].from;
        axes[i].n = 1;
        return;
    }
}

/* The row's axis and, where rows turn as they lie, those that continue it in input and stage; one
 * position is left of them. */
static struct copied take_row(const struct direct_task *t, struct copied *axes) {
    const struct direct *d = t->d;
    struct copied row = axes[d->row_in];
    bool longer = !d->along_w && row.from == 1 && t->plan->problem.conv.lhs_type == d->type;
    axes[d->row_in].n = row.runs = 1;
    if (copies_planes(t, &row)) take_runs(t, axes, &row);
    for (int i = d->n - 1; i >= 0 && longer; i--) {
        if (axes[i].n == 1 || axes[i].from != row.n * row.from || axes[i].to != row.n * row.to)
            continue;
        row.n *= axes[i].n;
        axes[i].n = 1;
    }
    return row;
}

/* One run for every position of the other axes. */
static void stage_rows(const struct direct_task *t, struct copied *axes, int64_t source,
                       int64_t stage) {
    const struct direct *d = t->d;
    struct copied row = take_row(t, axes);
    const char *lhs = t->execution->in[0];
    int64_t in_size = (int64_t)lax_dtype_size(t->plan->problem.conv.lhs_type);
    int64_t at[CONV_AXES] = {0};
    for (bool more = true; more;) {
        (d->along_w ? stage_positions : stage_features)(t, lhs + source * in_size,
                                                        t->stage + stage * d->size, &row);
        more = false;
        for (int i = d->n - 1; i >= 0 && !more; i--) {
            more = ++at[i] < axes[i].n;
            int64_t by = more ? 1 : 1 - axes[i].n;
            if (!more) at[i] = 0;
            source += by * axes[i].from;
            stage += by * axes[i].to;
        }
    }
}

static void stage_box(const struct direct_task *t) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    struct copied axes[CONV_AXES];
    int64_t source = d->lhs_offset + t->group * p->lhs_group + t->image * p->lhs_batch +
                     t->kb * d->kb * p->lhs_feature;
    int64_t stage = 0;
    bool some = true, padded = false;
    for (int i = 0; i < d->n; i++) {
        const struct direct_axis *a = &d->axis[i];
        some &= copy_range(a, t->lo[i], t->count[i], &axes[i], &source, &stage);
        padded |= a->padded;
    }
    if (padded) memset(t->stage, 0, (size_t)d->stage_nbytes);
    if (some) stage_rows(t, axes, source, stage);
}

void lax_i_direct_stage(struct direct_task *t) {
    if (!t->d->stage_in) return;
    t->stage = t->stages + t->kb * lax_i_direct_stage_step(t->d);
    if (!t->staged) stage_box(t);
}
