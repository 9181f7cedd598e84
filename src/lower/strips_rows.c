/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in and out of their working form: one run, or of several dimensions, gathered from wherever
 * they lie by loops about the one that suits best. */
#include "lower/strips.h"

/* Where the inner loops of a row are: of all runs but one, which they are along. */
struct loops {
    int64_t size[LAX_MAX_RANK], done[LAX_MAX_RANK];
    int along;
};

static struct loops start(const struct strips *s, int along, int64_t n) {
    struct loops l = {.along = along};
    for (int i = 0; i < s->n_runs; i++) l.size[i] = s->run[i].size;
    l.size[0] = n / s->run[0].lanes;
    return l;
}

static bool next(const struct strips *s, struct loops *l) {
    for (int i = s->n_runs - 1; i >= 0; i--) {
        if (i == l->along) continue;
        if (++l->done[i] < l->size[i]) return true;
        l->done[i] = 0;
    }
    return false;
}

/* Lanes before the present loop, and what lies between its element and the row's first. */
static int64_t lanes_at(const struct strips *s, const struct loops *l) {
    int64_t at = 0;
    for (int i = 0; i < s->n_runs; i++) at += l->done[i] * s->run[i].lanes;
    return at;
}

void lax_i_strips_load(const struct strips *s, void *to, const char *from, int64_t n) {
    if (!s->gathered) {
        s->fold->load(to, 1, from, s->has_x && s->lanes == 1 ? s->x_in : s->lane_in, n);
        return;
    }
    if (n == 0) return;
    const struct strip_run *run = &s->run[s->load_run];
    struct loops l = start(s, s->load_run, n);
    do {
        int64_t at = 0;
        for (int i = 0; i < s->n_runs; i++) at += l.done[i] * s->run[i].in;
        s->fold->load((char *)to + (size_t)lanes_at(s, &l) * s->work, run->lanes,
                      from + at * (int64_t)s->elem, run->in, l.size[s->load_run]);
    } while (next(s, &l));
}

void lax_i_strips_unload(const struct strips *s, char *to, const void *from, int64_t n) {
    if (!s->gathered) {
        s->fold->store(to, s->has_x && s->lanes == 1 ? s->x_out : s->lane_out, from, 1, n);
        return;
    }
    if (n == 0) return;
    const struct strip_run *run = &s->run[s->store_run];
    struct loops l = start(s, s->store_run, n);
    do {
        int64_t at = 0;
        for (int i = 0; i < s->n_runs; i++) at += l.done[i] * s->run[i].out;
        s->fold->store(to + at * (int64_t)s->elem, run->out,
                       (const char *)from + (size_t)lanes_at(s, &l) * s->work, run->lanes,
                       l.size[s->store_run]);
    } while (next(s, &l));
}
