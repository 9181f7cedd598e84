/* SPDX-License-Identifier: Apache-2.0 */
/* What the lowering `direct` copies: the input of a box into the stage, weights into panels, sums
 * to the output with bias, residual, activation and the one rounding. */
#include "lower/direct.h"

/* --- the stage -------------------------------------------------------------------------------- */

/* Positions of one axis that are copied: n of them, from source + i * from to stage + i * to. */
struct copied {
    int64_t n, from, to;
};

/* Fills `c` and moves the offsets to the first position; false when there is none. */
static bool copy_range(const struct direct_axis *a, int64_t lo, int64_t count, struct copied *c,
                       int64_t *source, int64_t *stage) {
    int64_t first = lax_i_direct_first(a, lo), base = lax_i_direct_base(a, lo);
    int64_t last = first + (count - 1) * a->at.stride + (a->at.kernel - 1) * a->at.dilation;
    if (a->compact) {
        int64_t skip = first < 0 ? lax_i_ceil_div(-first, a->at.stride) : 0;
        int64_t end = first < a->at.in ? (a->at.in - 1 - first) / a->at.stride + 1 : 0;
        *c = (struct copied){lax_i_min(end, count) - skip, a->at.lhs * a->at.stride, a->pitch};
        *source += (first + skip * a->at.stride) * a->at.lhs;
        *stage += skip * a->pitch;
        return c->n > 0;
    }
    int64_t begin = lax_i_max(base, 0), end = lax_i_min(last, a->at.in - 1) + 1;
    *c = (struct copied){end - begin, a->at.lhs, a->pitch};
    *source += begin * a->at.lhs;
    *stage += (begin - base) * a->pitch;
    return c->n > 0;
}

/* Some features of a run, in planes: rows of the same type turn in registers; others are converted
 * in the thread's room first. */
static void stage_planes(const struct direct_task *t, const char *from, char *to,
                         const struct copied *row, int64_t n) {
    const struct direct *d = t->d;
    int64_t plane = t->plan->problem.conv.lhs_feature;
    int64_t in_size = (int64_t)lax_dtype_size(t->plan->problem.conv.lhs_type);
    if (row->from != 1) {
        for (int64_t c = 0; c < n; c++)
            lax_i_convert(&d->lhs, to + c * d->size, row->to, from + c * plane * in_size, row->from,
                          row->n);
        return;
    }
    if (t->plan->problem.conv.lhs_type != d->type) {
        for (int64_t c = 0; c < n; c++)
            lax_i_convert(&d->lhs, t->turned + c * row->n * d->size, 1, from + c * plane * in_size,
                          1, row->n);
        from = t->turned;
        plane = row->n;
    }
    d->transpose(to, row->to, from, plane, n, row->n);
}

/* One run along the row axis. */
static void stage_run(const struct direct_task *t, const char *from, char *to,
                      const struct copied *row) {
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct direct *d = t->d;
    int64_t in_size = (int64_t)lax_dtype_size(p->lhs_type);
    if (p->lhs_feature == 1) {
        for (int64_t i = 0; i < row->n; i++)
            lax_i_convert(&d->lhs, to + i * row->to * d->size, 1, from + i * row->from * in_size, 1,
                          t->kc);
        return;
    }
    for (int64_t c = 0; c < t->kc; c += DIRECT_PLANES)
        stage_planes(t, from + c * p->lhs_feature * in_size, to + c * d->size, row,
                     lax_i_min(t->kc - c, DIRECT_PLANES));
}

/* Calls for every position of the axes but the row's. */
static void stage_rows(const struct direct_task *t, const struct copied *axes, int64_t source,
                       int64_t stage) {
    const struct direct *d = t->d;
    const char *lhs = t->execution->in[0];
    int64_t in_size = (int64_t)lax_dtype_size(t->plan->problem.conv.lhs_type);
    int64_t at[CONV_AXES] = {0};
    for (bool more = true; more;) {
        stage_run(t, lhs + source * in_size, t->stage + stage * d->size, &axes[d->row_in]);
        more = false;
        for (int i = d->n - 1; i >= 0 && !more; i--) {
            if (i == d->row_in) continue;
            more = ++at[i] < axes[i].n;
            int64_t by = more ? 1 : 1 - axes[i].n;
            if (!more) at[i] = 0;
            source += by * axes[i].from;
            stage += by * axes[i].to;
        }
    }
}

void lax_i_direct_stage(const struct direct_task *t) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    struct copied axes[CONV_AXES];
    int64_t source = d->lhs_offset + t->group * p->lhs_group + t->image * p->lhs_batch +
                     t->kb * d->kb * p->lhs_feature;
    int64_t stage = 0;
    bool some = true, outside = false;
    for (int i = 0; i < d->n; i++) {
        const struct direct_axis *a = &d->axis[i];
        some &= copy_range(a, t->lo[i], t->count[i], &axes[i], &source, &stage);
        outside |= a->padded;
    }
    if (outside) memset(t->stage, 0, (size_t)d->stage_nbytes);
    if (some) stage_rows(t, axes, source, stage);
}

/* --- weights ---------------------------------------------------------------------------------- */

/* The weights of one tap: kc rows of n features. */
static void panel_tap(const struct plan *plan, const char *from, char *to, int64_t kc, int64_t n) {
    const struct direct *d = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    int64_t in_size = (int64_t)lax_dtype_size(p->rhs_type);
    if (p->rhs_out == 1)
        for (int64_t c = 0; c < kc; c++)
            lax_i_convert(&d->rhs, to + c * d->nb * d->size, 1, from + c * p->rhs_in * in_size, 1,
                          n);
    else if (p->rhs_in == 1 && p->rhs_type == d->type)
        d->transpose(to, d->nb, from, p->rhs_out, n, kc);
    else
        for (int64_t o = 0; o < n; o++)
            lax_i_convert(&d->rhs, to + o * d->size, d->nb, from + o * p->rhs_out * in_size,
                          p->rhs_in, kc);
}

/* Tap by tap, in the order of the axes. */
static void panel_by_taps(const struct plan *plan, const char *from, char *to, int64_t kc,
                          int64_t n) {
    const struct direct *d = plan->state;
    int64_t in_size = (int64_t)lax_dtype_size(plan->problem.conv.rhs_type), at[CONV_AXES] = {0};
    for (bool more = true; more; to += kc * d->nb * d->size) {
        panel_tap(plan, from, to, kc, n);
        more = false;
        for (int i = d->n - 1; i >= 0 && !more; i--) {
            const struct conv_axis *a = &d->axis[i].at;
            more = ++at[i] < a->kernel;
            from += (more ? 1 : 1 - a->kernel) * a->rhs * in_size;
            if (!more) at[i] = 0;
        }
    }
}

/* Whether all taps of one weight lie next to each other in their order (OIHW). */
static bool taps_together(const struct direct *d) {
    int64_t step = 1;
    for (int i = d->n - 1; i >= 0; i--) {
        if (d->axis[i].at.kernel > 1 && d->axis[i].at.rhs != step) return false;
        step *= d->axis[i].at.kernel;
    }
    return true;
}

void lax_i_direct_panel(const struct plan *plan, const struct execution *x, int64_t group,
                        int64_t block, int64_t kb, char *to) {
    const struct direct *d = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    int64_t kc = lax_i_direct_block_size(d->in_features, d->kb, kb);
    int64_t n = lax_i_direct_block_size(d->out_features, d->nb, block);
    int64_t offset =
        p->rhs_offset + group * p->rhs_group + block * d->nb * p->rhs_out + kb * d->kb * p->rhs_in;
    const char *from = (const char *)x->in[1] + offset * (int64_t)lax_dtype_size(p->rhs_type);
    if (n < d->nb) memset(to, 0, (size_t)(d->taps * kc * d->nb * d->size));
    if (p->rhs_out == 1 || p->rhs_in == 1 || p->rhs_type != d->type || !taps_together(d)) {
        panel_by_taps(plan, from, to, kc, n);
        return;
    }
    for (int64_t c = 0; c < kc; c++)
        d->transpose(to + c * d->nb * d->size, kc * d->nb, from + c * p->rhs_in * d->size,
                     p->rhs_out, n, d->taps);
}

/* --- the way out ------------------------------------------------------------------------------ */

/* n elements as sums' type, contiguous: in place where they are so, else in `room`. */
static const void *as_sums(const struct direct *d, const void *from, int64_t stride, int64_t n,
                           bool same, void *room) {
    if (same && stride == 1) return from;
    lax_i_convert(&d->in, room, 1, from, stride, n);
    return room;
}

/* The epilogue of one position's sums. */
static void activate(const struct direct_task *t, char *sums, const char *bias,
                     const char *residual, int64_t n) {
    const struct direct *d = t->d;
    const struct conv_epilogue *e = &t->plan->problem.conv.epilogue;
    bool same = t->plan->problem.conv.out_type == d->type;
    const void *r = residual == NULL ? NULL
                                     : as_sums(d, residual, e->residual_feature, n, same,
                                               t->room + d->nb * d->size);
    d->epilogue(sums, bias, r, n, e->activation, e->alpha, e->beta);
}

/* A row of positions and where its first lies in sums, output and residual, in bytes. */
struct row {
    int64_t n, sums_step, out_step, residual_step;
    char *sums, *out;
    const char *residual, *bias;
};

/* Sums of a row into features that are not contiguous. */
static void turn_row(const struct direct_task *t, const struct row *row, int64_t n) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t out_size = (int64_t)lax_dtype_size(p->out_type), step = row->out_step / out_size;
    int64_t sums_step = row->sums_step / d->size;
    if (step == 1 && p->out_type == d->type) {
        d->transpose(row->out, p->out_feature, row->sums, sums_step, row->n, n);
        return;
    }
    d->transpose(t->turned, row->n, row->sums, sums_step, row->n, n);
    for (int64_t f = 0; f < n; f++)
        lax_i_convert(&d->out, row->out + f * p->out_feature * out_size, step,
                      t->turned + f * row->n * d->size, 1, row->n);
}

static void finish_row(const struct direct_task *t, const struct row *row, int64_t n) {
    const struct direct *d = t->d;
    int64_t feature = t->plan->problem.conv.out_feature;
    for (int64_t i = 0; d->epilogue != NULL && i < row->n; i++)
        activate(t, row->sums + i * row->sums_step, row->bias,
                 row->residual == NULL ? NULL : row->residual + i * row->residual_step, n);
    if (!d->stage_out) return;
    if (feature != 1 && row->n > 1) {
        turn_row(t, row, n);
        return;
    }
    for (int64_t i = 0; i < row->n; i++)
        lax_i_convert(&d->out, row->out + i * row->out_step, feature,
                      row->sums + i * row->sums_step, 1, n);
}

/* The first position of a box, and steps in bytes. */
static struct row first_row(const struct direct_task *t, int64_t block, int64_t *sums_step) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct conv_epilogue *e = &p->epilogue;
    int64_t out_size = (int64_t)lax_dtype_size(p->out_type), all = d->ob * d->nb * d->size;
    int64_t feature = block * d->nb;
    int64_t out = p->out_offset + t->group * p->out_group + t->image * p->out_batch +
                  feature * p->out_feature;
    int64_t residual =
        t->group * e->residual_group + t->image * e->residual_batch + feature * e->residual_feature;
    for (int i = d->n - 1; i >= 0; i--) {
        sums_step[i] = d->stage_out ? all : d->axis[i].at.result * d->size;
        all *= t->count[i];
        out += t->lo[i] * d->axis[i].at.result;
        residual += t->lo[i] * d->axis[i].at.residual;
    }
    const struct conv_axis *a = &d->axis[d->row_out].at;
    struct row row = {t->count[d->row_out],
                      sums_step[d->row_out],
                      a->result * out_size,
                      a->residual * out_size,
                      NULL,
                      NULL,
                      NULL,
                      NULL};
    row.out = (char *)t->execution->out[0] + out * out_size;
    row.sums = d->stage_out ? t->sums + (block - t->first_block) * d->nb * d->size : row.out;
    if (e->residual) row.residual = (const char *)t->execution->residual + residual * out_size;
    return row;
}

static const char *bias_of(const struct direct_task *t, int64_t block, int64_t n) {
    const struct conv_epilogue *e = &t->plan->problem.conv.epilogue;
    lax_dtype type = t->plan->problem.conv.out_type;
    if (!e->bias) return NULL;
    const char *bias = (const char *)t->execution->bias +
                       (t->group * e->bias_group + block * t->d->nb * e->bias_feature) *
                           (int64_t)lax_dtype_size(type);
    return as_sums(t->d, bias, e->bias_feature, n, type == t->d->type, t->room);
}

void lax_i_direct_finish(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    int64_t out_size = (int64_t)lax_dtype_size(t->plan->problem.conv.out_type);
    int64_t n = lax_i_direct_block_size(d->out_features, d->nb, block);
    int64_t at[CONV_AXES] = {0}, sums_step[CONV_AXES];
    struct row row = first_row(t, block, sums_step);
    row.bias = bias_of(t, block, n);
    for (bool more = true; more;) {
        finish_row(t, &row, n);
        more = false;
        for (int i = d->n - 1; i >= 0 && !more; i--) {
            const struct conv_axis *a = &d->axis[i].at;
            if (i == d->row_out) continue;
            more = ++at[i] < t->count[i];
            int64_t by = more ? 1 : 1 - t->count[i];
            if (!more) at[i] = 0;
            row.sums += by * sums_step[i];
            row.out += by * a->result * out_size;
            if (row.residual != NULL) row.residual += by * a->residual * out_size;
        }
    }
}
