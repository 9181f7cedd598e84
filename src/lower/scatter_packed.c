/* SPDX-License-Identifier: Apache-2.0 */
/* select_and_scatter whose picks are packed: key and index of an element are one integer, so that
 * picking is a max over windows, in passes in whatever order is best (passes.h). The source is then
 * pushed to the picks in row-major order. A box that holds a NaN, which wins by where it stands, is
 * left to the passes of records. */
#include "lower/scatter_picks.h"

enum { PACKED_NBYTES = 768 << 10, PACKED_ELEMENTS = 1 << 15, PACKED_ROW = 24, PACKED_RUN = 16 };

/* --- the plan --------------------------------------------------------------------------------- */

/* Windows in their order, so that indices are in row-major order of their elements; inside of them
 * dimensions without one, the closest in memory innermost. */
static void add_dim(struct scatter_packed *k, const struct picks *g, int d) {
    struct passes *s = &k->passes;
    int i = s->rank++;
    bool alone = lax_i_is_alone(&g->axis[d]);
    for (; i > 0 && alone && s->dim[i - 1].free &&
           lax_i_magnitude(s->dim[i - 1].in) < lax_i_magnitude(g->stride[0][d]);
         i--)
        s->dim[i] = s->dim[i - 1], k->dim[i] = k->dim[i - 1];
    k->dim[i] = d;
    s->dim[i] = (struct passes_dim){
        .axis = g->axis[d], .in = g->stride[0][d], .out = g->stride[2][d], .free = alone};
}

static bool set_dims(struct scatter_packed *k, const struct picks *g) {
    k->passes.rank = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int d = 0; d < g->rank; d++) {
            const struct window_axis *a = &g->axis[d];
            bool alone = lax_i_is_alone(a);
            if (alone == (pass == 1) && !(alone && a->in == 1)) add_dim(k, g, d);
        }
    for (int i = 0; i < k->passes.rank; i++)
        if (!lax_i_passes_dim(&k->passes.dim[i])) return false;
    return k->passes.rank > 0;
}

/* Packed integers of 4 or 8 bytes; their greatest is the pick. */
static void set_form(struct scatter_packed *k, lax_dtype type, lax_isa isa, bool wide) {
    struct passes *s = &k->passes;
    k->rule.bits = wide ? 32 : 32 - 8 * (int)lax_dtype_size(type);
    k->kernels = lax_i_pack_kernels(isa, wide);
    s->fold = lax_i_fold(LAX_MAX, wide ? LAX_S64 : LAX_S32, isa);
    s->elem = s->work = s->fold->work_size;
    s->op = lax_i_fold_ns(LAX_MAX, wide ? LAX_S64 : LAX_S32, isa);
    s->moves = lax_i_move_kernels(isa);
    s->plain = s->staged = s->idempotent = true;
    lax_i_identity(LAX_MAX, wide ? LAX_S64 : LAX_S32, s->identity);
}

void lax_i_scatter_packed_set(const struct scatter_problem *p, lax_isa isa,
                              struct scatter_state *s) {
    struct scatter_packed *k = &s->packed;
    lax_select select = p->select.kind;
    k->isa = isa;
    k->move = lax_i_pick_converter(p->type, p->type, isa);
    if (s->g.size > 4 || lax_i_pack_kernels(isa, true)->pack[p->type] == NULL) return;
    k->rule.least = select == LAX_LE || select == LAX_LT;
    k->rule.last = select == LAX_GT || select == LAX_LT;
    k->on = set_dims(k, &s->g);
}

/* Elements picked from for each of the result, and what short rows cost. */
static double work_of(const struct picks *g) {
    double work = 1, row = 1;
    for (int d = 0; d < g->rank; d++) {
        work *= (double)lax_i_pick_extent(g, d, true) / (double)g->box[d];
        if (lax_i_is_alone(&g->axis[d])) row *= (double)g->box[d];
    }
    return work * (1 + PACKED_ROW / row);
}

static double region_of(const struct picks *g) {
    double region = 1;
    for (int d = 0; d < g->rank; d++) region *= (double)lax_i_pick_extent(g, d, true);
    return region;
}

/* Where halving dimension d leads; a window may reach as far as before. */
static double work_if_halved(struct picks *g, int d) {
    int64_t whole = g->box[d];
    double before = region_of(g);
    g->box[d] = whole - whole / 2;
    double work = work_of(g);
    if (region_of(g) >= before) work *= 4;
    g->box[d] = whole;
    return work;
}

/* Whole dimensions, of which one is halved again and again, for the least work; returns that. */
static double cut(struct picks *g, double room) {
    for (int d = 0; d < g->rank; d++) g->box[d] = lax_i_max(g->axis[d].in, 1);
    while (region_of(g) > room) {
        int best = -1;
        double least = 0;
        for (int d = 0; d < g->rank; d++) {
            double work = g->box[d] > 1 ? work_if_halved(g, d) : 0;
            if (work > 0 && (best < 0 || work < least)) best = d, least = work;
        }
        if (best < 0) break;
        g->box[best] -= g->box[best] / 2;
    }
    return work_of(g);
}

/* Positions and elements of the largest box; passes in it. */
static void arrange(struct scatter_state *s) {
    struct scatter_packed *k = &s->packed;
    int64_t count = 1;
    for (int i = 0; i < k->passes.rank; i++) {
        struct passes_dim *dim = &k->passes.dim[i];
        dim->tile = lax_i_max(lax_i_pick_count(&s->g, k->dim[i], true), 1);
        dim->reach = lax_i_pick_extent(&s->g, k->dim[i], true);
        count *= dim->tile;
    }
    lax_i_passes_arrange(&k->passes);
    size_t source = lax_i_round_up((size_t)count * 8, LAX_ALIGNMENT); /* and indices, or room */
    if (source > k->passes.buffer_nbytes) k->passes.buffer_nbytes = source;
}

size_t lax_i_scatter_packed_boxes(struct scatter_state *s, double stretch) {
    struct scatter_packed *k = &s->packed;
    struct picks *g = &s->g;
    bool wide = g->size == 4;
    double elements = 1, wanted;
    for (int d = 0; d < g->rank; d++) elements *= (double)g->axis[d].in;
    wanted = elements / 8 < PACKED_ELEMENTS ? PACKED_ELEMENTS : elements / 8;
    double room = PACKED_NBYTES / (double)((wide ? 16 : 8) + s->acc_size);
    if (room > wanted) room = wanted;
    double least = cut(g, room);
    if (least > 1.6 && stretch > 1 && cut(g, room * stretch) > least / 1.4) cut(g, room);
    if (!wide && g->size == 2 && region_of(g) >= 65535) wide = true;
    lax_i_pick_cut(g, true);
    set_form(k, g->type, k->isa, wide);
    arrange(s);
    return lax_i_passes_nbytes(&k->passes);
}

/* --- a box ------------------------------------------------------------------------------------ */

/* Returns the elements of the region. */
static int64_t set_region(struct scatter_work *w, struct passes_work *passes) {
    const struct scatter_packed *k = &w->s->packed;
    int64_t elements = 1;
    for (int d = 0; d < w->s->g.rank; d++) w->acc_stride[d] = 1;
    for (int i = k->passes.rank - 1; i >= 0; i--) {
        int d = k->dim[i];
        passes->box.begin[i] = w->box.first[d], passes->box.count[i] = w->box.count[d];
        passes->box.first[i] = w->box.low[d], passes->box.extent[i] = w->box.extent[d];
        passes->now.size[i] = w->box.extent[d];
        w->acc_stride[d] = elements;
        elements *= w->box.extent[d];
    }
    return elements;
}

/* Neighbours in a tensor that are neighbours in the region: the innermost dimension, or 1. */
static int64_t run_of(const struct scatter_work *w, const int64_t *far, const int64_t *size) {
    const struct scatter_packed *k = &w->s->packed;
    int d = k->dim[k->passes.rank - 1];
    return far[d] == 1 && size[d] >= PACKED_RUN ? size[d] : 1;
}

static void set_rows(const struct scatter_work *w, const int64_t *size, int64_t run,
                     int64_t *rows) {
    const struct scatter_packed *k = &w->s->packed;
    memcpy(rows, size, (size_t)w->s->g.rank * sizeof *rows);
    if (run > 1) rows[k->dim[k->passes.rank - 1]] = 1;
}

/* Keys are packed where they lie in long rows, else by way of a copy. false: there is a NaN. */
static bool load(const struct scatter_work *w, struct passes_work *passes, int64_t elements) {
    const struct scatter_packed *k = &w->s->packed;
    const struct picks *g = &w->s->g;
    const char *in = (const char *)w->execution->in[0] +
                     lax_i_offset(g->rank, w->box.low, g->stride[0]) * (int64_t)g->size;
    int64_t rows[PICK_RANK], step[PICK_RANK] = {0}, run = run_of(w, g->stride[0], w->box.extent);
    char *keys = passes->buffer[!passes->spare];
    passes->now = lax_i_passes_take(passes);
    if (run == 1) {
        struct box_copy copy = {.rank = g->rank, .extent = w->box.extent, .moves = g->moves};
        copy.near = w->acc_stride, copy.far = g->stride[0];
        copy.near_size = copy.far_size = g->size;
        copy.plain = true, copy.convert = &k->move;
        lax_i_box_gather(&copy, keys, in);
        return !k->kernels->pack[g->type](passes->now.data, keys, &k->rule, 0, elements);
    }
    set_rows(w, w->box.extent, run, rows);
    bool nan = false;
    do {
        int64_t at = lax_i_offset(g->rank, step, w->acc_stride);
        int64_t from = lax_i_offset(g->rank, step, g->stride[0]);
        nan |= k->kernels->pack[g->type](passes->now.data + at * (int64_t)k->passes.work,
                                         in + from * (int64_t)g->size, &k->rule, at, run);
    } while (lax_i_next(g->rank, step, rows));
    return !nan;
}

/* The source of n positions in their order, from where it lies or by way of a copy. */
static void push_rows(const struct scatter_work *w, const int64_t *near, const char *index,
                      char *source, int64_t n) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    const char *from = (const char *)w->execution->in[1] +
                       lax_i_offset(g->rank, w->box.first, g->stride[2]) * (int64_t)s->size;
    int64_t rows[PICK_RANK], step[PICK_RANK] = {0}, run = run_of(w, g->stride[2], w->box.count);
    if (!s->plain || run == 1) {
        struct box_copy copy = lax_i_scatter_copy(s, 2, w->box.count, near);
        copy.room = (char *)(uintptr_t)index + 4 * n;
        lax_i_box_gather(&copy, source, from);
        s->push(w->acc, index, NULL, 0, source, n);
        return;
    }
    set_rows(w, w->box.count, run, rows);
    do
        s->push(w->acc, index + 4 * lax_i_offset(g->rank, step, near), NULL, 0,
                from + lax_i_offset(g->rank, step, g->stride[2]) * (int64_t)s->size, run);
    while (lax_i_next(g->rank, step, rows));
}

/* Adds the source of all positions to what they picked. */
static void push(const struct scatter_work *w, struct passes_work *passes, int64_t elements) {
    const struct scatter_packed *k = &w->s->packed;
    struct pack_rule rule = k->rule;
    int64_t near[PICK_RANK], n = 1;
    rule.none = (int32_t)elements;
    for (int d = 0; d < w->s->g.rank; d++) near[d] = 1;
    for (int i = k->passes.rank - 1; i >= 0; i--) {
        near[k->dim[i]] = n;
        n *= passes->now.size[i];
    }
    char *index = passes->buffer[passes->spare];
    k->kernels->unpack((int32_t *)(void *)index, passes->now.data, &rule, n);
    push_rows(w, near, index, passes->now.data, n);
}

static bool is_empty(const struct scatter_work *w) {
    for (int d = 0; d < w->s->g.rank; d++)
        if (w->box.count[d] == 0 || w->box.extent[d] == 0) return true;
    return false;
}

bool lax_i_scatter_packed_box(struct scatter_work *w, int64_t number, unsigned char *scratch) {
    int64_t begin[PICK_RANK], extent[PICK_RANK];
    struct passes_work passes;
    lax_i_pick_element_box(&w->s->g, number, &w->box, begin, extent);
    lax_i_passes_start(&passes, &w->s->packed.passes, scratch);
    int64_t elements = set_region(w, &passes);
    bool empty = is_empty(w);
    if (!empty && !load(w, &passes, elements)) return false;
    lax_i_scatter_start(w, elements + 1);
    if (!empty) {
        lax_i_passes_run(&passes, NULL);
        if (passes.turned) lax_i_passes_turn(&passes);
        push(w, &passes, elements);
    }
    lax_i_scatter_store(w, begin, extent);
    return true;
}
