/* SPDX-License-Identifier: Apache-2.0 */
/* Packed weights of the lowerings `direct` and `direct_w`: panels of one block of output features
 * and one of input features, [tap][input feature][output feature] where vectors are of output
 * features, [output feature][tap][input feature] where these are the rows of tiles. */
#include "lower/direct.h"

/* A panel: output features n, input features kc, and their steps in it, as that of taps. */
struct panel {
    const struct direct *d;
    const struct conv_problem *p;
    char *to, *room;
    int64_t n, kc, out_step, in_step, tap_step, in_size;
    int64_t block_step; /* bytes between blocks of output features */
    bool features_last; /* vectors of output features: blocks are filled up with zeros */
    bool inner;         /* the taps of an input feature follow each other */
};

/* Inlined copies of 16 bytes: what is copied is a block's width, too short for a call. */
static inline void copy_lines(char *to, const char *from, int64_t nbytes) {
    for (int64_t i = 0; i < nbytes; i += 16) memcpy(to + i, from + i, 16);
}

/* Input features next to each other, of another type: converted, then turned. */
static void pack_turned(const struct panel *s, const char *from, char *to) {
    const struct direct *d = s->d;
    for (int64_t c = 0; c < s->kc; c += DIRECT_ROOM_TAPS) {
        int64_t depth = lax_i_min(s->kc - c, DIRECT_ROOM_TAPS);
        for (int64_t o = 0; o < s->n; o++)
            lax_i_convert(&d->rhs, s->room + o * depth * d->size, 1,
                          from + (o * s->p->rhs_out + c) * s->in_size, 1, depth);
        d->transpose(to + c * s->in_step * d->size, s->in_step, s->room, depth, s->n, depth);
    }
}

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
    else if (!d->along_w && in == 1 && s->out_step == 1)
        pack_turned(s, from, to);
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

/* Where the taps of a weight lie, in the order of packing, and how many elements there are from the
 * first in memory to the last. */
struct taps {
    int64_t first, span, offset[DIRECT_ROOM_TAPS];
    bool together; /* next to each other in that order (OIHW) */
};

static bool list_taps(const struct direct *d, struct taps *taps) {
    int64_t step = 1, n = 1;
    *taps = (struct taps){.span = 1, .together = true};
    for (int k = d->n - 1; k >= 0; k--) {
        const struct conv_axis *a = &d->axis[d->order[k]].at;
        int64_t reach = (a->kernel - 1) * a->rhs;
        taps->together &= a->kernel == 1 || a->rhs == step;
        taps->first += lax_i_min(reach, 0);
        taps->span += lax_i_magnitude(reach);
        step *= a->kernel;
    }
    for (int k = d->n - 1; k >= 0 && d->taps <= DIRECT_ROOM_TAPS; k--) {
        const struct conv_axis *a = &d->axis[d->order[k]].at;
        for (int64_t j = 1; j < a->kernel; j++)
            for (int64_t i = 0; i < n; i++) taps->offset[j * n + i] = taps->offset[i] + j * a->rhs;
        n *= a->kernel;
    }
    return d->taps > 1;
}

/* Whether runs of all taps, and what lies between, turn as a whole: there is room, or none needed,
 * and most elements count. */
static bool turns_taps(const struct panel *s, struct taps *taps) {
    enum { MOST_GAPS = 4, FEW_TAPS = 4 };
    const struct direct *d = s->d;
    bool apart = s->p->rhs_out != 1 && (s->p->rhs_in != 1 || d->in_features == 1);
    if (!s->features_last || !apart || !list_taps(d, taps)) return false;
    if (d->taps < FEW_TAPS && s->p->rhs_in > 2 * taps->span) return false;
    if (taps->span <= DIRECT_ROOM_TAPS && taps->span <= MOST_GAPS * d->taps) return true;
    return taps->together && s->p->rhs_type == d->type;
}

/* Lines of output features, one for each tap of some input features, to the panel, which has input
 * features next to each other. */
static void place_lines(const struct panel *s, const struct taps *taps, char *to, int64_t features,
                        int64_t nbytes) {
    const struct direct *d = s->d;
    const char *turned = s->room + DIRECT_ROOM_TAPS * LAX_ALIGNMENT;
    for (int64_t k = 0; k < features; k++) {
        const char *lines = turned + (k * s->p->rhs_in - taps->first) * nbytes;
        for (int64_t tap = 0; tap < d->taps; tap++)
            copy_lines(to + (k * s->in_step + tap * s->tap_step) * d->size,
                       lines + taps->offset[tap] * nbytes, nbytes);
    }
}

enum { LONG_RUN = 16 }; /* taps */

/* Input features whose taps are one run, with little between; one feature's, if they are many, turn
 * without a stop on the way. */
static int64_t features_of_run(const struct panel *s, const struct taps *taps) {
    int64_t in = s->p->rhs_in;
    if (s->inner && s->p->rhs_type == s->d->type) return s->kc;
    if (in < taps->span || in > 2 * taps->span) return 1;
    if (taps->together && s->d->taps >= LONG_RUN && s->p->rhs_type == s->d->type) return 1;
    return lax_i_max((DIRECT_ROOM_TAPS - taps->span) / in + 1, 1);
}

/* All taps of some input features, turned for n[0] output features of a line, or of the n[1] at the
 * end of a block. Elements of another type are converted first. */
static void pack_line(const struct panel *s, const struct taps *taps, const char *from, char *to,
                      const int64_t *n) {
    const struct direct *d = s->d;
    int64_t in = s->p->rhs_in, out = s->p->rhs_out, most = features_of_run(s, taps);
    char *turned = s->room + DIRECT_ROOM_TAPS * LAX_ALIGNMENT;
    if (n[0] < n[1]) memset(turned, 0, DIRECT_ROOM_TAPS * LAX_ALIGNMENT);
    for (int64_t features, c = 0; c < s->kc; c += features) {
        features = lax_i_min(s->kc - c, most);
        const char *rows = from + (c * in + taps->first) * s->in_size;
        int64_t run = (features - 1) * in + taps->span, step = out;
        for (int64_t o = 0; s->p->rhs_type != d->type && o < n[0]; o++, step = run)
            lax_i_convert(&d->rhs, s->room + o * run * d->size, 1, rows + o * out * s->in_size, 1,
                          run);
        if (s->p->rhs_type != d->type) rows = s->room;
        char *panel = to + c * s->in_step * d->size;
        if (taps->together && (features == 1 || s->inner)) {
            d->transpose(panel, s->tap_step, rows, step, n[0], run);
            continue;
        }
        d->transpose(turned, n[1], rows, step, n[0], run);
        place_lines(s, taps, panel, features, n[1] * d->size);
    }
}

static void pack_lines(const struct panel *s, const struct taps *taps, const char *from) {
    int64_t line = LAX_ALIGNMENT / s->d->size;
    for (int64_t o = 0; o < s->n; o += line) {
        const int64_t n[] = {lax_i_min(s->n - o, line), lax_i_min(s->d->nb - o, line)};
        pack_line(s, taps, from + o * s->p->rhs_out * s->in_size, s->to + o * s->d->size, n);
    }
}

/* Rows of output features next to each other (HWIO), over several blocks at a time: memory is read
 * in long runs, which a block's 64 bytes are not. */
static void pack_rows(const struct panel *s, const char *from, int64_t features) {
    const struct direct *d = s->d;
    int64_t at[CONV_AXES] = {0}, width = d->nb * d->size;
    char *to = s->to;
    for (bool more = true; more;) {
        for (int64_t c = 0; c < s->kc; c++, to += width) {
            const char *row = from + c * s->p->rhs_in * s->in_size;
            if (s->p->rhs_type != d->type) {
                lax_i_convert(&d->rhs, s->room, 1, row, 1, features);
                row = s->room;
            }
            char *block = to;
            int64_t left = features * d->size;
            for (; left >= width; left -= width, row += width, block += s->block_step)
                copy_lines(block, row, width);
            if (left == 0) continue;
            memcpy(block, row, (size_t)left);
            memset(block + left, 0, (size_t)(width - left));
        }
        more = false;
        for (int k = d->n - 1; k >= 0 && !more; k--) {
            const struct conv_axis *a = &d->axis[d->order[k]].at;
            more = ++at[d->order[k]] < a->kernel;
            from += (more ? 1 : 1 - a->kernel) * a->rhs * s->in_size;
            if (!more) at[d->order[k]] = 0;
        }
    }
}

/* One block that is not packed by rows. */
static void pack_block(struct panel *s, const char *from) {
    const struct direct *d = s->d;
    if (s->features_last && s->n < d->nb)
        memset(s->to, 0, (size_t)(d->taps * s->kc * d->nb * d->size));
    struct taps taps;
    if (turns_taps(s, &taps))
        pack_lines(s, &taps, from);
    else
        pack_by_taps(s, from);
}

/* Blocks of output features [first, end) and one of input features, `step` bytes apart. */
struct blocks {
    int64_t group, first, end, kb, step;
};

static void pack_blocks(const struct plan *plan, const struct execution *x, const struct blocks *at,
                        char *to, char *room) {
    const struct direct *d = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    struct panel s = {.d = d, .p = p, .to = to, .room = room, .block_step = at->step};
    s.kc = lax_i_direct_block_size(d->in_features, d->kb, at->kb);
    s.in_size = (int64_t)lax_dtype_size(p->rhs_type);
    s.features_last = !d->along_w && !d->along_k;
    s.out_step = s.features_last ? 1 : d->taps * s.kc;
    s.inner = lax_i_direct_taps_inside(d, x);
    s.tap_step = (s.inner ? 1 : s.kc) * lax_i_direct_tap_width(d);
    s.in_step = (s.inner ? d->taps : 1) * lax_i_direct_tap_width(d);
    const char *from =
        (const char *)x->in[1] + (p->rhs_offset + at->group * p->rhs_group +
                                  at->first * d->nb * p->rhs_out + at->kb * d->kb * p->rhs_in) *
                                     s.in_size;
    int64_t features =
        lax_i_min(d->out_features - at->first * d->nb, (at->end - at->first) * d->nb);
    if (s.features_last && p->rhs_out == 1) {
        pack_rows(&s, from, features);
        return;
    }
    for (; features > 0; features -= d->nb) {
        s.n = lax_i_min(features, d->nb);
        pack_block(&s, from);
        s.to += s.block_step;
        from += d->nb * p->rhs_out * s.in_size;
    }
}

void lax_i_direct_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch) {
    const struct direct *d = plan->state;
    int64_t blocks = lax_i_direct_pack_blocks(d), chunks = lax_i_direct_pack_chunks(d);
    int64_t chunk = task / d->n_kb % chunks;
    struct blocks at = {.group = task / d->n_kb / chunks,
                        .first = chunk * blocks,
                        .end = lax_i_min((chunk + 1) * blocks, d->n_nb),
                        .kb = task % d->n_kb,
                        .step = d->in_features * d->taps * d->nb * d->size};
    int64_t offset = lax_i_direct_panel_offset(d, at.group, at.first, at.kb);
    pack_blocks(plan, execution, &at, (char *)execution->shared + offset * d->size, scratch);
}

static bool packed_in_task(const struct direct_task *t) {
    return t->d->pack_in_task && t->execution->packed == NULL;
}

void lax_i_direct_pack_in_task(const struct direct_task *t) {
    int64_t step = t->kc * t->d->taps * t->d->nb * t->d->size;
    if (!packed_in_task(t)) return;
    for (int64_t n, first = t->first_block; first < t->end_block; first += n) {
        n = lax_i_min(t->end_block - first, DIRECT_PACK_BLOCKS);
        struct blocks at = {t->group, first, first + n, t->kb, step};
        pack_blocks(t->plan, t->execution, &at, t->panel + (first - t->first_block) * step,
                    t->room);
    }
}

int64_t lax_i_direct_weights_row(const struct direct_task *t) {
    if (lax_i_direct_weights_lie(t)) return t->plan->problem.conv.rhs_in;
    bool inner = lax_i_direct_taps_inside(t->d, t->execution);
    return (inner ? t->d->taps : 1) * lax_i_direct_tap_width(t->d);
}

int64_t lax_i_direct_weights_block(const struct direct_task *t) {
    if (lax_i_direct_weights_lie(t)) return t->d->nb;
    return (packed_in_task(t) ? t->kc : t->d->in_features) * t->d->taps * t->d->nb;
}

const char *lax_i_direct_weights(const struct direct_task *t, int64_t block) {
    const struct execution *x = t->execution;
    const struct conv_problem *p = &t->plan->problem.conv;
    if (lax_i_direct_weights_lie(t))
        return (const char *)x->in[1] + (p->rhs_offset + t->group * p->rhs_group +
                                         block * t->d->nb + t->kb * t->d->kb * p->rhs_in) *
                                            t->d->size;
    if (packed_in_task(t))
        return t->panel + (block - t->first_block) * lax_i_direct_weights_block(t) * t->d->size;
    return (const char *)(x->packed != NULL ? x->packed : x->shared) +
           lax_i_direct_panel_offset(t->d, t->group, block, t->kb) * t->d->size;
}
