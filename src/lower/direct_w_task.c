/* SPDX-License-Identifier: Apache-2.0 */
/* One task of the lowering `direct_w`: pieces of rows along the last axis, as wide as tiles, times
 * all output features of a block. */
#include "lower/direct.h"

/* Rows of tiles are output features: where their weights and results begin. */
static void list_rows(const struct direct_task *t) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    int64_t step = d->stage_out ? d->positions : p->out_feature;
    for (int64_t m = 0; m < d->nb; m++) {
        t->a_row[m] = m * d->taps * t->kc;
        t->c_row[m] = m * step;
    }
    for (int64_t m = 0; d->fused && m < d->nb; m++) {
        t->out_row[m] = m * p->out_feature;
        t->residual_row[m] = m * p->epilogue.residual_feature;
    }
}

/* Do axes of so many elements lie one within the other, so that there is nothing between them? What
 * is spanned is beyond the stride of any axis that was found before. */
static bool is_dense(const int64_t *size, const int64_t *stride, int32_t rank, int64_t elements) {
    for (int64_t span = 1; span < elements;) {
        int32_t i = 0;
        while (i < rank && (size[i] < 2 || lax_i_magnitude(stride[i]) != span)) i++;
        if (i == rank) return false;
        span *= size[i];
    }
    return true;
}

/* How many elements lie from element 0 of the input on, where there is nothing between them that is
 * not the input's own; else far less than none. */
static int64_t input_end(const struct direct_task *t) {
    const lax_tensor *lhs = &t->plan->operands[0];
    int64_t size[LAX_MAX_RANK], end = 1, n = 1;
    for (int32_t i = 0; i < lhs->rank; i++) {
        bool open = i == t->plan->batch_axis_in;
        size[i] = open ? t->execution->batch : lhs->shape[i];
        n *= size[i];
        end += lhs->strides[i] > 0 ? (size[i] - 1) * lhs->strides[i] : 0;
    }
    return is_dense(size, lhs->strides, lhs->rank, n) ? end : INT64_MIN / 4;
}

/* Offsets of a position in what kernels read and write, and steps of them. */
struct offsets {
    int64_t in, sums, out, residual;
};

static void move(struct offsets *at, int64_t by, const struct offsets *step) {
    at->in += by * step->in;
    at->sums += by * step->sums;
    at->out += by * step->out;
    at->residual += by * step->residual;
}

/* Steps along the axes of the box, of one output: the last one's are next to each other. */
static void list_steps(const struct direct_task *t, struct offsets *step) {
    int64_t sums[CONV_AXES];
    lax_i_direct_sums_steps(t, sums);
    for (int i = 0; i < t->d->n; i++) {
        const struct direct_axis *a = &t->d->axis[i];
        step[i] = (struct offsets){a->step, sums[i], a->at.result, a->at.residual};
    }
}

/* From one output of a class to the next: as many outputs as an axis has phases. */
static void spread(const struct direct *d, struct offsets *step) {
    for (int i = 0; i < d->n; i++) {
        step[i].sums *= d->axis[i].phases;
        step[i].out *= d->axis[i].phases;
        step[i].residual *= d->axis[i].phases;
    }
}

/* How far the present taps reach from a position, for all features. */
static int64_t reach_of(const struct tile *tile) {
    int64_t most = 0;
    for (int64_t i = 0; i < tile->n_taps; i++) most = lax_i_max(most, tile->taps[i].b);
    return most + lax_i_max((tile->depth - 1) * tile->b_step, 0);
}

/* The tile's first columns are done: on by as many. */
static void advance(const struct direct *d, struct tile *tile, struct tile_store *store,
                    int64_t columns) {
    tile->b = (const char *)tile->b + columns * d->size;
    tile->c = (char *)tile->c + columns * d->size;
    if (tile->store == NULL) return;
    int64_t nbytes = columns * (int64_t)store->to.dst_size;
    store->out = (char *)store->out + nbytes;
    if (store->residual != NULL) store->residual = (const char *)store->residual + nbytes;
}

/* One row of a class along the last axis, whose first position is `at`, in tiles of nearly the same
 * width; but where stores bypass the caches, of whole lines as long as there are some. Vectors of
 * the input's own elements, of which there are `left`, are loaded whole, even if the row ends
 * within them: masked loads are slow. */
static void run_row(const struct direct_task *t, struct tile tile, int64_t columns,
                    const struct offsets *at, int64_t left) {
    const struct direct *d = t->d;
    int64_t lanes = d->kernel[1]->lanes, vectors = lax_i_ceil_div(columns, lanes);
    struct tile_store store = {.lines = false};
    tile.b = (const char *)tile.b + at->in * d->size;
    tile.c = (char *)tile.c + at->sums * d->size;
    if (tile.store != NULL) {
        store = *tile.store;
        store.begins = true;
        store.out = (char *)store.out + at->out * (int64_t)store.to.dst_size;
        if (store.residual != NULL)
            store.residual =
                (const char *)store.residual + at->residual * (int64_t)store.to.dst_size;
        store.stream = d->stream && (uintptr_t)store.out % LAX_ALIGNMENT == 0;
        tile.store = &store;
    }
    tile.stream = d->stream && (uintptr_t)tile.c % LAX_ALIGNMENT == 0;
    for (int64_t tiles = lax_i_ceil_div(vectors * lanes, d->columns); tiles > 0; tiles--) {
        int64_t wide = lax_i_ceil_div(vectors, tiles);
        if (d->stream) wide = lax_i_min(vectors, d->columns / lanes);
        tile.columns = lax_i_min(columns, wide * lanes);
        tile.b_whole = d->stage_in || wide * lanes <= left;
        store.ends = tiles == 1;
        store.plain = d->lines && !store.ends && d->epilogue == NULL;
        d->kernel[wide]->run(&tile);
        store.begins = false;
        advance(d, &tile, &store, wide * lanes);
        vectors -= wide;
        columns -= wide * lanes;
        left -= wide * lanes;
    }
}

/* All rows of a class with the present list of taps. */
static void run_rows(const struct direct_task *t, const struct direct_class *class,
                     const struct tile *tile) {
    const struct direct *d = t->d;
    int64_t n[CONV_AXES] = {0};
    struct offsets step[CONV_AXES], at = {0, 0, 0, 0};
    int last = d->n - 1;
    int64_t left = 0;
    if (!d->stage_in)
        left = t->input_end - reach_of(tile) -
               ((const char *)tile->b - (const char *)t->execution->in[0]) / d->size;
    list_steps(t, step);
    for (int i = 0; i < d->n; i++) {
        int64_t in = at.in + lax_i_direct_begin(t, i, class->piece[i]);
        move(&at, class->piece[i]->begin - t->lo[i], &step[i]);
        at.in = in;
    }
    spread(d, step);
    for (bool more = true; more;) {
        run_row(t, *tile, class->piece[last]->n, &at, left - at.in);
        more = false;
        for (int i = last - 1; i >= 0 && !more; i--) {
            more = ++n[i] < class->piece[i]->n;
            move(&at, more ? 1 : 1 - class->piece[i]->n, &step[i]);
            if (!more) n[i] = 0;
        }
    }
}

static void run_class(const struct direct_task *t, const struct direct_class *class,
                      struct tile *tile) {
    const struct tile_store *store = tile->store;
    struct direct_taps w;
    lax_i_direct_start_taps(&w, t, class);
    tile->depth = w.depth;
    tile->taps = t->taps;
    tile->accumulate = t->kb > 0;
    for (;;) {
        tile->n_taps = lax_i_direct_list_taps(&w, t->taps);
        tile->store = w.more ? NULL : store;
        if (tile->n_taps > 0 || !tile->accumulate || tile->store != NULL) run_rows(t, class, tile);
        if (!w.more) return;
        tile->accumulate = true;
    }
}

static void run_block(const struct direct_task *t, struct direct_pieces *pieces, int64_t block) {
    const struct direct *d = t->d;
    struct direct_class class;
    struct tile_store store;
    struct tile tile = {.a = lax_i_direct_weights(t, block),
                        .b = lax_i_direct_input(t),
                        .c = lax_i_direct_output(t, block),
                        .a_row = t->a_row,
                        .c_row = t->c_row,
                        .b_step = d->in_step,
                        .blocks = 1,
                        .rows = lax_i_direct_block_size(d->out_features, d->nb, block)};
    if (d->fused && t->kb + 1 == d->n_kb) {
        store = lax_i_direct_store(t, block);
        tile.store = &store;
    }
    do {
        lax_i_direct_class(pieces, d->n, &class);
        run_class(t, &class, &tile);
    } while (lax_i_direct_next_class(pieces, d->n));
}

void lax_i_direct_w_run(const struct plan *plan, struct execution *execution, int64_t task,
                        void *scratch) {
    const struct direct *d = plan->state;
    struct direct_task t = {.plan = plan, .d = d, .execution = execution};
    lax_i_direct_locate(&t, task, scratch);
    if (!d->stage_in) t.input_end = input_end(&t);
    struct direct_pieces pieces = lax_i_direct_cut(&t);
    for (t.kb = 0; t.kb < d->n_kb; t.kb++) {
        t.kc = lax_i_direct_block_size(d->in_features, d->kb, t.kb);
        list_rows(&t);
        lax_i_direct_stage(&t);
        lax_i_direct_pack_in_task(&t);
        for (int64_t block = t.first_block; block < t.end_block; block++) {
            run_block(&t, &pieces, block);
            lax_i_direct_finish(&t, block);
        }
    }
    if (d->stream || d->lines) d->fence();
}
