/* SPDX-License-Identifier: Apache-2.0 */
/* Gathered rows in and out of their working form: of several dimensions, wherever they lie. Where
 * one of the dimensions is contiguous in memory and another one in the row, both go through
 * registers; else loops go along the one that suits best. */
#include "lower/strips.h"

/* Dimensions of a copy: neighbours are `lanes` apart in the row and `far` in the tensor. */
struct copy {
    int n, near, low; /* the dimension that is contiguous in the tensor, or -1; in the row */
    struct {
        int64_t size, lanes, far, done;
    } dim[LAX_MAX_RANK + 1];
    int64_t total;
};

/* Nothing walks a single element, whose stride may be anything. */
static void add(struct copy *c, int64_t size, int64_t lanes, int64_t far) {
    c->dim[c->n].size = size, c->dim[c->n].lanes = lanes, c->dim[c->n].far = size > 1 ? far : 0;
    c->dim[c->n++].done = 0;
    c->total *= size;
}

/* Rows of n lanes, `count` of them `step` apart. */
static void set_copy(const struct strips *s, bool out, const struct strip_rows *rows,
                     struct copy *c) {
    c->n = 0, c->total = 1, c->near = -1;
    if (rows->count > 1) add(c, rows->count, rows->n, rows->step);
    for (int i = 0; i < s->n_runs; i++) {
        const struct strip_run *run = &s->run[i];
        add(c, i > 0 ? run->size : rows->n / run->lanes, run->lanes, out ? run->out : run->in);
    }
    c->low = c->n - 1;
    for (int i = 0; i < c->low; i++)
        if (c->dim[i].far == 1 && c->dim[i].size > 1) c->near = i;
    if (c->near < 0 || c->dim[c->low].size < 4) c->near = -1;
}

/* The dimension that a loop goes along if there is no pair. */
static int best_dim(const struct copy *c) {
    int best = c->low;
    for (int i = 0; i < c->n; i++) {
        int64_t now = c->dim[i].size * (c->dim[i].far == 1 ? 4 : 1);
        if (now > c->dim[best].size * (c->dim[best].far == 1 ? 4 : 1)) best = i;
    }
    return best;
}

/* The next of all dimensions but a and b; where it is, in lanes and elements. */
static bool next(struct copy *c, int a, int b, int64_t *lanes, int64_t *far) {
    for (int i = c->n - 1; i >= 0; i--) {
        if (i == a || i == b) continue;
        *lanes += c->dim[i].lanes, *far += c->dim[i].far;
        if (++c->dim[i].done < c->dim[i].size) return true;
        *lanes -= c->dim[i].size * c->dim[i].lanes, *far -= c->dim[i].size * c->dim[i].far;
        c->dim[i].done = 0;
    }
    return false;
}

static void (*transpose_of(const struct strips *s))(void *, int64_t, const void *, int64_t, int64_t,
                                                    int64_t) {
    int power = 0;
    while ((size_t)1 << power < s->elem) power++;
    return s->moves->transpose[power];
}

/* Elements in the order of the row, pair by pair of dimensions in registers. */
static void transpose_in(const struct strips *s, struct copy *c, char *row, const char *tensor) {
    int a = c->near, b = c->low;
    int64_t lanes = 0, far = 0;
    do
        transpose_of(s)(row + lanes * (int64_t)s->elem, c->dim[a].lanes,
                        tensor + far * (int64_t)s->elem, c->dim[b].far, c->dim[b].size,
                        c->dim[a].size);
    while (next(c, a, b, &lanes, &far));
}

static void transpose_out(const struct strips *s, struct copy *c, char *tensor, const char *row) {
    int a = c->near, b = c->low;
    int64_t lanes = 0, far = 0;
    do
        transpose_of(s)(tensor + far * (int64_t)s->elem, c->dim[b].far,
                        row + lanes * (int64_t)s->elem, c->dim[a].lanes, c->dim[a].size,
                        c->dim[b].size);
    while (next(c, a, b, &lanes, &far));
}

static void gather(const struct strips *s, struct copy *c, char *to, const char *from) {
    int along = best_dim(c);
    int64_t lanes = 0, far = 0;
    do
        s->fold->load(to + lanes * (int64_t)s->work, c->dim[along].lanes,
                      from + far * (int64_t)s->elem, c->dim[along].far, c->dim[along].size);
    while (next(c, along, along, &lanes, &far));
}

static void scatter(const struct strips *s, struct copy *c, char *to, const char *from) {
    int along = best_dim(c);
    int64_t lanes = 0, far = 0;
    do
        s->fold->store(to + far * (int64_t)s->elem, c->dim[along].far,
                       from + lanes * (int64_t)s->work, c->dim[along].lanes, c->dim[along].size);
    while (next(c, along, along, &lanes, &far));
}

void lax_i_strips_load(const struct strips *s, void *to, const void *from,
                       const struct strip_rows *rows, void *room) {
    struct copy c;
    bool moved = s->fold->load == s->fold->move;
    set_copy(s, false, rows, &c);
    if (c.total == 0) return;
    if (c.near < 0) {
        gather(s, &c, to, from);
        return;
    }
    transpose_in(s, &c, moved ? to : room, from);
    if (!moved) s->fold->load(to, 1, room, 1, c.total);
}

void lax_i_strips_unload(const struct strips *s, void *to, const void *from, int64_t n,
                         void *room) {
    struct copy c;
    bool moved = s->fold->load == s->fold->move;
    set_copy(s, true, &(struct strip_rows){n, 1, 0}, &c);
    if (c.total == 0) return;
    if (c.near < 0) {
        scatter(s, &c, to, from);
        return;
    }
    if (!moved) s->fold->store(room, 1, from, 1, c.total);
    transpose_out(s, &c, to, moved ? from : room);
}
