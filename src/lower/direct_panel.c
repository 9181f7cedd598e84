/* SPDX-License-Identifier: Apache-2.0 */
/* Packed weights of the lowerings `direct` and `direct_w`: panels of one block of output features
 * and one of input features, [tap][input feature][output feature] where vectors are of output
 * features, [output feature][tap][input feature] where these are the rows of tiles. */
#include "lower/direct.h"

/* A panel: output features n, input features kc, and their steps in it, as that of taps. */
struct panel {
    const struct plan *plan;
    const struct direct *d;
    const struct conv_problem *p;
    char *to, *room;
    int64_t n, kc, out_step, in_step, tap_step, in_size;
};

/* Output features x input features of one tap: copied along what is contiguous on both sides, or
 * turned in registers. */
static void pack_tap(const struct panel *s, const char *from, char *to) {
    const struct direct *d = s->d;
    int64_t out = s->p->rhs_out, in = s->p->rhs_in;
    bool same = s->p->rhs_type == d->type;
    if (same && out == 1 && s->in_step == 1)
        d->transpose(to, s->out_step, from, in, s->kc, s->n);
    else if (same && in == 1 && s->out_step == 1)
        d->transpose(to, s->in_step, from, out, s->n, s->kc);
    else if (out == 1 || s->kc == 1)
        for (int64_t c = 0; c < s->kc; c++)
            lax_i_convert(&d->rhs, to + c * s->in_step * d->size, s->out_step,
                          from + c * in * s->in_size, out, s->n);
    else
        for (int64_t o = 0; o < s->n; o++)
            lax_i_convert(&d->rhs, to + o * s->out_step * d->size, s->in_step,
                          from + o * out * s->in_size, in, s->kc);
}

/* Tap by tap, in the order in which weights are packed. */
static void pack_by_taps(const struct panel *s, const char *from) {
    const struct direct *d = s->d;
    char *to = s->to;
    int64_t at[CONV_AXES] = {0};
    for (bool more = true; more; to += s->tap_step * d->size) {
        pack_tap(s, from, to);
        more = false;
        for (int k = d->n - 1; k >= 0 && !more; k--) {
            int i = d->order[k];
            const struct conv_axis *a = &d->axis[i].at;
            more = ++at[i] < a->kernel;
            from += (more ? 1 : 1 - a->kernel) * a->rhs * s->in_size;
            if (!more) at[i] = 0;
        }
    }
}

/* Whether all taps of one weight lie next to each other in the order of packing (OIHW). */
static bool taps_together(const struct direct *d) {
    int64_t step = 1;
    for (int k = d->n - 1; k >= 0; k--) {
        const struct conv_axis *a = &d->axis[d->order[k]].at;
        if (a->kernel > 1 && a->rhs != step) return false;
        step *= a->kernel;
    }
    return d->taps > 1 && d->taps <= DIRECT_ROOM_TAPS;
}

/* Taps of one input feature for all output features, turned; converted row by row if need be. */
static void pack_features(const struct panel *s, const char *from) {
    const struct direct *d = s->d;
    for (int64_t c = 0; c < s->kc; c++, from += s->p->rhs_in * s->in_size) {
        const char *rows = from;
        int64_t step = s->p->rhs_out;
        if (s->p->rhs_type != d->type) {
            for (int64_t o = 0; o < s->n; o++)
                lax_i_convert(&d->rhs, s->room + o * d->taps * d->size, 1,
                              from + o * step * s->in_size, 1, d->taps);
            rows = s->room;
            step = d->taps;
        }
        d->transpose(s->to + c * s->in_step * d->size, s->tap_step, rows, step, s->n, d->taps);
    }
}

static void pack_panel(const struct plan *plan, const struct execution *x, const int64_t *at,
                       char *to, char *room) {
    const struct direct *d = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    struct panel s = {.plan = plan, .d = d, .p = p, .to = to, .room = room};
    int64_t group = at[0], block = at[1], kb = at[2];
    s.kc = lax_i_direct_block_size(d->in_features, d->kb, kb);
    s.n = lax_i_direct_block_size(d->out_features, d->nb, block);
    s.in_size = (int64_t)lax_dtype_size(p->rhs_type);
    s.out_step = d->along_w ? d->taps * s.kc : 1;
    s.tap_step = d->along_w ? s.kc : s.kc * d->nb;
    s.in_step = d->along_w ? 1 : d->nb;
    const char *from =
        (const char *)x->in[1] + (p->rhs_offset + group * p->rhs_group +
                                  block * d->nb * p->rhs_out + kb * d->kb * p->rhs_in) *
                                     s.in_size;
    if (!d->along_w && s.n < d->nb) memset(to, 0, (size_t)(d->taps * s.kc * d->nb * d->size));
    if (!d->along_w && p->rhs_out != 1 && p->rhs_in != 1 && taps_together(d))
        pack_features(&s, from);
    else
        pack_by_taps(&s, from);
}

void lax_i_direct_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch) {
    const struct direct *d = plan->state;
    const int64_t at[] = {task / d->n_kb / d->n_nb, task / d->n_kb % d->n_nb, task % d->n_kb};
    int64_t offset = lax_i_direct_panel_offset(d, at[0], at[1], at[2]);
    pack_panel(plan, execution, at, (char *)execution->shared + offset * d->size, scratch);
}

const char *lax_i_direct_weights(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    const struct execution *x = t->execution;
    if (x->packed == NULL && d->pack_in_task) {
        const int64_t at[] = {t->group, block, t->kb};
        pack_panel(t->plan, x, at, t->panel, t->room);
        return t->panel;
    }
    return (const char *)(x->packed != NULL ? x->packed : x->shared) +
           lax_i_direct_panel_offset(d, t->group, block, t->kb) * d->size;
}
