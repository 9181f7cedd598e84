/* SPDX-License-Identifier: Apache-2.0 */
/* One task of the lowering `direct`: the positions of each class are the rows of tiles, block of
 * output features by block of output features. */
#include "lower/direct.h"

/* Offsets of the positions of a class, `step` apart along the axes, from `first` on. */
static void list_offsets(const struct direct *d, const struct direct_class *class,
                         const int64_t *step, int64_t first, int64_t *to) {
    int64_t at[CONV_AXES] = {0}, n = 0;
    int last = d->n - 1;
    for (bool more = true; more;) {
        for (int64_t k = 0; k < class->piece[last]->n; k++) to[n++] = first + k * step[last];
        more = false;
        for (int i = last - 1; i >= 0 && !more; i--) {
            more = ++at[i] < class->piece[i]->n;
            int64_t by = more ? 1 : 1 - class->piece[i]->n;
            if (!more) at[i] = 0;
            first += by * step[i];
        }
    }
}

/* The same where outputs of the box are `pitch` apart. */
static void list_outputs(const struct direct_task *t, const struct direct_class *class,
                         const int64_t *pitch, int64_t *to) {
    int64_t step[CONV_AXES], first = 0;
    for (int i = 0; i < t->d->n; i++) {
        first += (class->piece[i]->begin - t->lo[i]) * pitch[i];
        step[i] = pitch[i] * t->d->axis[i].phases;
    }
    list_offsets(t->d, class, step, first, to);
}

/* Where a class lies in what kernels read and write, behind the n rows of those before. */
static void list_rows(const struct direct_task *t, const struct direct_class *class, int64_t n) {
    const struct direct *d = t->d;
    int64_t in[CONV_AXES], sums[CONV_AXES], out[CONV_AXES], residual[CONV_AXES];
    int64_t first = 0;
    lax_i_direct_sums_steps(t, sums);
    for (int i = 0; i < d->n; i++) {
        in[i] = d->axis[i].step;
        first += lax_i_direct_begin(t, i, class->piece[i]);
        out[i] = d->axis[i].at.result;
        residual[i] = d->axis[i].at.residual;
    }
    list_offsets(d, class, in, first, t->a_row + n);
    list_outputs(t, class, sums, t->c_row + n);
    if (d->fused && d->stage_out) list_outputs(t, class, out, t->out_row + n);
    if (d->fused && t->plan->problem.conv.epilogue.residual)
        list_outputs(t, class, residual, t->residual_row + n);
}

/* Sums of a class over the present block of input features. A class without taps is zero. */
static void run_class(const struct direct_task *t, const struct direct_class *class,
                      struct tile *tile) {
    const struct tile_kernel *kernel =
        t->d->kernel[lax_i_ceil_div(tile->columns, t->d->kernel[1]->lanes)];
    const struct tile_store *store = tile->store;
    struct direct_taps w;
    lax_i_direct_start_taps(&w, t, class);
    tile->depth = w.depth;
    tile->taps = t->taps;
    tile->accumulate = t->kb > 0;
    for (;;) {
        tile->n_taps = lax_i_direct_list_taps(&w, t->taps);
        tile->store = w.more ? NULL : store;
        if (tile->n_taps > 0 || !tile->accumulate || tile->store != NULL) kernel->run(tile);
        if (!w.more) return;
        tile->accumulate = true;
    }
}

/* All classes of the box times some blocks of output features and one of input features. */
static void run_group(const struct direct_task *t, struct direct_pieces *pieces, int64_t block,
                      int64_t blocks) {
    const struct direct *d = t->d;
    struct direct_class class;
    struct tile_store store;
    struct tile tile = {.a = lax_i_direct_input(t),
                        .b = lax_i_direct_weights(t, block),
                        .c = lax_i_direct_output(t, block),
                        .a_row = t->a_row,
                        .c_row = t->c_row,
                        .b_step = d->along_k ? d->taps * t->kc : lax_i_direct_weights_row(t),
                        .blocks = blocks,
                        .b_block = lax_i_direct_weights_block(t),
                        .c_block = d->nb,
                        .b_whole = !lax_i_direct_weights_lie(t),
                        .c_step = d->stage_out ? 1 : t->plan->problem.conv.out_feature,
                        .columns = lax_i_direct_block_size(d->out_features, d->nb, block)};
    tile.stream = d->stream && (uintptr_t)tile.c % LAX_ALIGNMENT == 0;
    if (d->fused && t->kb + 1 == d->n_kb) {
        store = lax_i_direct_store(t, block);
        tile.store = &store;
    }
    do {
        lax_i_direct_class(pieces, d->n, &class);
        tile.rows = class.rows;
        run_class(t, &class, &tile);
        tile.a_row += class.rows;
        tile.c_row += class.rows;
        if (tile.store == NULL) continue;
        store.out_row += class.rows;
        store.residual_row += class.rows;
    } while (lax_i_direct_next_class(pieces, d->n));
}

/* Blocks that are not whole have kernels of their own. */
static void run_blocks(const struct direct_task *t, struct direct_pieces *pieces) {
    int64_t whole = lax_i_min(t->end_block, t->d->out_features / t->d->nb), n;
    for (int64_t block = t->first_block; block < t->end_block; block += n) {
        n = t->d->fused ? 1 : lax_i_min(t->d->group, lax_i_max(whole - block, 1));
        if (t->d->stage_out) n = lax_i_min(n, t->d->fb - (block - t->first_block) % t->d->fb);
        run_group(t, pieces, block, n);
        for (int64_t i = block; i < block + n; i++) lax_i_direct_finish(t, i);
    }
}

static void list_box(const struct direct_task *t, struct direct_pieces *pieces) {
    struct direct_class class;
    int64_t n = 0;
    do {
        lax_i_direct_class(pieces, t->d->n, &class);
        list_rows(t, &class, n);
        n += class.rows;
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
        lax_i_direct_stage(&t);
        lax_i_direct_pack_in_task(&t);
        run_blocks(&t, &pieces);
    }
    if (d->stream) d->fence();
}
