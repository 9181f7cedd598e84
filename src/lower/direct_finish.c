/* SPDX-License-Identifier: Apache-2.0 */
/* The way out of the lowerings `direct` and `direct_w` where the output lies otherwise than tiles
 * have it: bias, residual and activation on sums that are still in the cache, and staged sums to
 * the output with their one rounding. */
#include "lower/direct.h"

/* A row of positions, steps in bytes. Sums lie next to each other along features (direct) or along
 * the row (direct_w). */
struct row {
    int64_t n, features;
    int64_t sums_step, sums_feature, out_step, out_feature, residual_step, residual_feature;
    char *sums, *out;
    const char *residual, *bias;
};

/* n elements as sums' type, contiguous: in place where they are so, else in `room`. */
static const void *as_sums(const struct direct_task *t, const void *from, int64_t stride, int64_t n,
                           char *room) {
    if (from == NULL) return NULL;
    if (stride == 1 && t->plan->problem.conv.out_type == t->d->type) return from;
    lax_i_convert(&t->d->in, room, 1, from, stride, n);
    return room;
}

/* --- epilogue --------------------------------------------------------------------------------- */

static void activate(const struct direct_task *t, char *sums, const void *bias,
                     const void *residual, int64_t n) {
    const struct conv_epilogue *e = &t->plan->problem.conv.epilogue;
    t->d->epilogue(sums, bias, residual, n, e->activation, e->alpha, e->beta);
}

static char *room_at(const struct direct_task *t, int part) {
    return t->room + part * (t->d->room_nbytes / 2);
}

/* Position by position, along features. */
static void activate_positions(const struct direct_task *t, const struct row *row) {
    const struct conv_epilogue *e = &t->plan->problem.conv.epilogue;
    const void *bias = as_sums(t, row->bias, e->bias_feature, row->features, room_at(t, 0));
    const char *residual = row->residual;
    for (int64_t i = 0; i < row->n; i++) {
        activate(t, row->sums + i * row->sums_step, bias,
                 as_sums(t, residual, e->residual_feature, row->features, room_at(t, 1)),
                 row->features);
        if (residual != NULL) residual += row->residual_step;
    }
}

/* Feature by feature, along the row. */
static void activate_features(const struct direct_task *t, const struct row *row) {
    const struct conv_epilogue *e = &t->plan->problem.conv.epilogue;
    int64_t size = (int64_t)lax_dtype_size(t->plan->problem.conv.out_type);
    const char *residual = row->residual;
    char *bias = room_at(t, 0);
    for (int64_t f = 0; f < row->features; f++) {
        if (row->bias != NULL)
            lax_i_convert(&t->d->in, bias, 1, row->bias + f * e->bias_feature * size, 0, row->n);
        activate(t, row->sums + f * row->sums_feature, row->bias != NULL ? bias : NULL,
                 as_sums(t, residual, row->residual_step / size, row->n, room_at(t, 1)), row->n);
        if (residual != NULL) residual += row->residual_feature;
    }
}

/* --- output ----------------------------------------------------------------------------------- */

/* Both sides have features next to each other: a position is a run, the row one where nothing lies
 * between positions. */
static void store_runs(const struct direct_task *t, const struct row *row) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t n = row->n, features = row->features;
    if (p->out_feature == 1 && row->sums_step == features * d->size &&
        row->out_step == features * row->out_feature)
        features *= n, n = 1;
    for (int64_t i = 0; i < n; i++)
        lax_i_convert(&d->out, row->out + i * row->out_step, p->out_feature,
                      row->sums + i * row->sums_step, 1, features);
}

/* From features next to each other: along whichever of these and positions lies closer. */
static void store_positions(const struct direct_task *t, const struct row *row) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t out_size = (int64_t)lax_dtype_size(p->out_type), step = row->out_step / out_size;
    if (p->out_feature == 1 || row->n == 1 ||
        (step != 1 && lax_i_magnitude(p->out_feature) < lax_i_magnitude(step))) {
        store_runs(t, row);
        return;
    }
    if (step == 1 && p->out_type == d->type) {
        d->transpose(row->out, p->out_feature, row->sums, row->sums_step / d->size, row->n,
                     row->features);
        return;
    }
    for (int64_t f = 0; f < row->features; f++) {
        int64_t k = f % d->nb; /* a block at a time stays in L1 */
        if (k == 0)
            d->transpose(t->turned, row->n, row->sums + f * d->size, row->sums_step / d->size,
                         row->n, lax_i_min(d->nb, row->features - f));
        lax_i_convert(&d->out, row->out + f * row->out_feature, step,
                      t->turned + k * row->n * d->size, 1, row->n);
    }
}

/* From positions next to each other. */
static void store_features(const struct direct_task *t, const struct row *row) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t out_size = (int64_t)lax_dtype_size(p->out_type), step = row->out_step / out_size;
    if (step != 1 && p->out_feature == 1 && p->out_type == d->type) {
        d->transpose(row->out, step, row->sums, row->sums_feature / d->size, row->features, row->n);
        return;
    }
    for (int64_t f = 0; f < row->features; f++) {
        char *out = row->out + f * row->out_feature;
        const char *sums = row->sums + f * row->sums_feature;
        lax_i_convert(&d->out, out, step, sums, 1, row->n);
    }
}

static void finish_row(const struct direct_task *t, const struct row *row) {
    const struct direct *d = t->d;
    if (d->epilogue != NULL) (d->along_w ? activate_features : activate_positions)(t, row);
    if (d->stage_out) (d->along_w ? store_features : store_positions)(t, row);
}

/* --- a box ------------------------------------------------------------------------------------ */

/* The first row of a box with the features of some blocks, and the steps of its sums. */
static struct row first_row(const struct direct_task *t, int64_t first, int64_t end,
                            int64_t *sums_step) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct conv_epilogue *e = &p->epilogue;
    const struct conv_axis *a = &d->axis[d->row_out].at;
    int64_t out_size = (int64_t)lax_dtype_size(p->out_type), feature = first * d->nb;
    int64_t residual =
        t->group * e->residual_group + t->image * e->residual_batch + feature * e->residual_feature;
    lax_i_direct_sums_steps(t, sums_step);
    for (int i = 0; i < d->n; i++) {
        sums_step[i] *= d->size;
        residual += t->lo[i] * d->axis[i].at.residual;
    }
    struct row row = {.n = t->count[d->row_out],
                      .features = lax_i_min(end * d->nb, d->out_features) - feature,
                      .sums_step = sums_step[d->row_out],
                      .out_step = a->result * out_size,
                      .out_feature = p->out_feature * out_size,
                      .residual_step = a->residual * out_size,
                      .residual_feature = e->residual_feature * out_size,
                      .sums = lax_i_direct_output(t, first)};
    row.sums_feature = d->stage_out ? d->positions * d->size : row.out_feature;
    row.out = lax_i_direct_result(t, first);
    if (e->residual) row.residual = (const char *)t->execution->residual + residual * out_size;
    if (e->bias)
        row.bias = (const char *)t->execution->bias +
                   (t->group * e->bias_group + feature * e->bias_feature) * out_size;
    return row;
}

/* Axes that continue the row in sums, result and residual become part of it; counts become 1. */
static void lengthen(const struct direct_task *t, struct row *row, const int64_t *sums_step,
                     int64_t *count) {
    const struct direct *d = t->d;
    int64_t out_size = (int64_t)lax_dtype_size(t->plan->problem.conv.out_type);
    memcpy(count, t->count, sizeof t->count);
    count[d->row_out] = 1;
    if (d->along_w && row->sums_step != d->size) return; /* one position of a longer step */
    for (int k = d->n - 1; k >= 0; k--) {
        int i = d->out_order[k];
        const struct conv_axis *a = &d->axis[i].at;
        if (i == d->row_out || sums_step[i] != row->n * row->sums_step ||
            a->result * out_size != row->n * row->out_step ||
            a->residual * out_size != row->n * row->residual_step)
            continue;
        row->n *= count[i];
        count[i] = 1;
    }
}

static void finish_blocks(const struct direct_task *t, int64_t first, int64_t end) {
    const struct direct *d = t->d;
    int64_t out_size = (int64_t)lax_dtype_size(t->plan->problem.conv.out_type);
    int64_t at[CONV_AXES] = {0}, sums_step[CONV_AXES], count[CONV_AXES];
    struct row row = first_row(t, first, end, sums_step);
    lengthen(t, &row, sums_step, count);
    for (bool more = true; more;) {
        finish_row(t, &row);
        more = false;
        for (int i = d->n - 1; i >= 0 && !more; i--) {
            const struct conv_axis *a = &d->axis[i].at;
            more = ++at[i] < count[i];
            int64_t by = more ? 1 : 1 - count[i];
            if (!more) at[i] = 0;
            row.sums += by * sums_step[i];
            row.out += by * a->result * out_size;
            if (row.residual != NULL) row.residual += by * a->residual * out_size;
        }
    }
}

void lax_i_direct_finish(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    int64_t of_them = (block - t->first_block) % d->fb;
    if (d->fused || (!d->stage_out && d->epilogue == NULL) || t->kb + 1 < d->n_kb) return;
    if (of_them + 1 == d->fb || block + 1 == t->end_block)
        finish_blocks(t, block - of_them, block + 1);
}
