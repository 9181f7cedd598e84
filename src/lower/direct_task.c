/* SPDX-License-Identifier: Apache-2.0 */
/* One task of the lowering `direct`: the positions of each class are the rows of tiles, block of
 * output features by block of output features. */
#include "lower/direct.h"

/* Where the box's positions lie in what kernels read and write, class after class. */
struct rows {
    int64_t *a, *c, n;
};

static void list_rows(const struct direct_task *t, const struct direct_class *class,
                      struct rows *rows) {
    const struct direct *d = t->d;
    int64_t at[CONV_AXES] = {0}, a = 0, c = 0;
    int64_t c_step[CONV_AXES], c_all = d->ob * d->nb;
    for (int i = d->n - 1; i >= 0; i--) {
        int64_t step = d->stage_out ? c_all : d->axis[i].at.result;
        c_all *= t->count[i];
        a += lax_i_direct_begin(t, i, class->piece[i]);
        c += (class->piece[i]->begin - t->lo[i]) * step;
        c_step[i] = step * d->axis[i].phases;
    }
    int last = d->n - 1;
    for (bool more = true; more;) {
        for (int64_t k = 0; k < class->piece[last]->n; k++) {
            rows->a[rows->n] = a + k * d->axis[last].step;
            rows->c[rows->n++] = c + k * c_step[last];
        }
        more = false;
        for (int i = last - 1; i >= 0 && !more; i--) {
            more = ++at[i] < class->piece[i]->n;
            int64_t by = more ? 1 : 1 - class->piece[i]->n;
            if (!more) at[i] = 0;
            a += by * d->axis[i].step;
            c += by * c_step[i];
        }
    }
}

/* Sums of a class over the present block of input features. A class without taps is zero. */
static void run_class(const struct direct_task *t, const struct direct_class *class,
                      struct tile *tile) {
    const struct tile_kernel *kernel =
        t->d->kernel[lax_i_ceil_div(tile->columns, t->d->kernel[1]->lanes)];
    struct direct_taps w;
    lax_i_direct_start_taps(&w, t, class);
    tile->depth = w.depth;
    tile->taps = t->taps;
    tile->accumulate = t->kb > 0;
    for (;;) {
        tile->n_taps = lax_i_direct_list_taps(&w, t->taps);
        if (tile->n_taps > 0 || !tile->accumulate) kernel->run(tile);
        if (!w.more) return;
        tile->accumulate = true;
    }
}

/* All classes of the box times some blocks of output features and one of input features. */
static void run_group(const struct direct_task *t, struct direct_pieces *pieces, int64_t block,
                      int64_t blocks) {
    const struct direct *d = t->d;
    struct direct_class class;
    struct tile tile = {.a = lax_i_direct_input(t),
                        .b = lax_i_direct_weights(t, block),
                        .c = lax_i_direct_output(t, block),
                        .a_row = t->a_row,
                        .c_row = t->c_row,
                        .b_step = d->nb,
                        .blocks = blocks,
                        .b_block = lax_i_direct_weights_block(t),
                        .c_block = d->nb,
                        .b_whole = true,
                        .columns = lax_i_direct_block_size(d->out_features, d->nb, block)};
    tile.stream = d->stream && (uintptr_t)tile.c % LAX_ALIGNMENT == 0;
    do {
        lax_i_direct_class(pieces, d->n, &class);
        tile.rows = class.rows;
        run_class(t, &class, &tile);
        tile.a_row += class.rows;
        tile.c_row += class.rows;
    } while (lax_i_direct_next_class(pieces, d->n));
}

/* Blocks that are not whole have kernels of their own. */
static void run_blocks(const struct direct_task *t, struct direct_pieces *pieces) {
    int64_t whole = lax_i_min(t->end_block, t->d->out_features / t->d->nb), n;
    for (int64_t block = t->first_block; block < t->end_block; block += n) {
        n = lax_i_min(t->d->group, lax_i_max(whole - block, 1));
        run_group(t, pieces, block, n);
    }
}

static void list_box(const struct direct_task *t, struct direct_pieces *pieces) {
    struct rows rows = {t->a_row, t->c_row, 0};
    struct direct_class class;
    do {
        lax_i_direct_class(pieces, t->d->n, &class);
        list_rows(t, &class, &rows);
    } while (lax_i_direct_next_class(pieces, t->d->n));
}

void lax_i_direct_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch) {
    const struct direct *d = plan->state;
    struct direct_task t = {.plan = plan, .d = d, .execution = execution};
    lax_i_direct_locate(&t, task, scratch);
    struct direct_pieces pieces = lax_i_direct_cut(&t);
    list_box(&t, &pieces);
    for (t.kb = 0; t.kb < d->n_kb; t.kb++) {
        t.kc = lax_i_direct_block_size(d->in_features, d->kb, t.kb);
        if (d->stage_in) lax_i_direct_stage(&t);
        lax_i_direct_pack_in_task(&t);
        run_blocks(&t, &pieces);
    }
    for (int64_t block = t.first_block; block < t.end_block; block++)
        if (d->stage_out || d->epilogue != NULL) lax_i_direct_finish(&t, block);
    if (d->stream) d->fence();
}
