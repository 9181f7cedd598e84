/* SPDX-License-Identifier: Apache-2.0 */
/* Gathered rows in and out of their working form: of several dimensions, wherever they lie. */
#include "lower/box_copy.h"
#include "lower/strips.h"

struct box {
    int64_t extent[BOX_RANK], near[BOX_RANK], far[BOX_RANK];
};

/* Rows of n lanes, `count` of them `step` apart. */
static struct box_copy copy_of(const struct strips *s, bool out, const struct strip_rows *rows,
                               struct box *box) {
    struct box_copy copy = {.extent = box->extent, .near = box->near, .far = box->far};
    int k = 0;
    if (rows->count > 1)
        box->extent[k] = rows->count, box->near[k] = rows->n, box->far[k++] = rows->step;
    for (int i = 0; i < s->n_runs; i++, k++) {
        const struct strip_run *run = &s->run[i];
        box->extent[k] = i > 0 ? run->size : rows->n / run->lanes;
        box->near[k] = run->lanes, box->far[k] = out ? run->out : run->in;
    }
    copy.rank = k, copy.near_size = s->work, copy.far_size = s->elem;
    copy.plain = s->fold->load == s->fold->move;
    copy.move = out ? s->fold->store : s->fold->load;
    copy.moves = s->moves;
    return copy;
}

void lax_i_strips_load(const struct strips *s, void *to, const void *from,
                       const struct strip_rows *rows, void *room) {
    struct box box;
    struct box_copy copy = copy_of(s, false, rows, &box);
    copy.room = room;
    lax_i_box_gather(&copy, to, from);
}

void lax_i_strips_unload(const struct strips *s, void *to, const void *from, int64_t n,
                         void *room) {
    struct box box;
    struct box_copy copy = copy_of(s, true, &(struct strip_rows){n, 1, 0}, &box);
    copy.room = room;
    lax_i_box_scatter(&copy, to, from);
}
