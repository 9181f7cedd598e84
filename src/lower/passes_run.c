/* SPDX-License-Identifier: Apache-2.0 */
/* Passes at work on one box: elements are read where they lie by the first pass if they are long
 * rows in working form there, else staged; passes go from one buffer to the other; the last one
 * writes results where they go, if nothing is left to do to them. */
#include "lower/box_copy.h"
#include "lower/passes.h"

/* Elements that the windows of outputs begin .. begin + count - 1 meet. */
static void set_reach(const struct passes_dim *dim, int64_t begin, int64_t count, int64_t *first,
                      int64_t *extent) {
    const struct window_axis *a = &dim->axis;
    *first = begin, *extent = count;
    if (dim->free) return;
    int64_t low = begin * a->stride - a->pad_lo;
    int64_t high = low + (count - 1) * a->stride + (a->size - 1) * a->window_dilation;
    int64_t end = high < 0 ? 0 : lax_i_min(high / a->base_dilation + 1, a->in);
    *first = low <= 0 ? 0 : lax_i_ceil_div(low, a->base_dilation);
    *extent = lax_i_max(end - *first, 0);
}

void lax_i_passes_start(struct passes_work *w, const struct passes *s, void *scratch) {
    w->s = s, w->spare = 0, w->turned = false;
    w->buffer[0] = scratch;
    w->buffer[1] = w->buffer[0] + s->buffer_nbytes;
    w->room = w->buffer[1] + s->buffer_nbytes;
    for (int d = 0; d < s->rank; d++) w->order[d] = d;
}

static void set_box(const struct passes *s, int64_t number, struct passes_box *box) {
    for (int d = s->rank - 1; d >= 0; d--) {
        const struct passes_dim *dim = &s->dim[d];
        box->begin[d] = number % dim->tiles * dim->tile;
        box->count[d] = lax_i_min(dim->tile, dim->axis.out - box->begin[d]);
        number /= dim->tiles;
        set_reach(dim, box->begin[d], box->count[d], &box->first[d], &box->extent[d]);
    }
}

/* The strides of a buffer that holds sizes in the present order; returns the elements. */
static int64_t pack(const struct passes_work *w, struct passes_view *view) {
    int64_t elements = 1;
    for (int i = w->s->rank - 1; i >= 0; i--) {
        view->stride[w->order[i]] = elements;
        elements *= view->size[w->order[i]];
    }
    return elements;
}

struct passes_view lax_i_passes_take(struct passes_work *w) {
    struct passes_view view = w->now;
    view.data = w->buffer[w->spare];
    w->spare = !w->spare;
    pack(w, &view);
    return view;
}

/* Rows inside of a dimension, or whole and as long as they will be. */
static bool has_rows(const struct passes_work *w, int d, const struct passes_view *view) {
    int k = 0, rank = w->s->rank;
    while (w->order[k] != d) k++;
    int64_t all = 1, lanes = lax_i_passes_lanes(w->order, k, rank, view);
    for (int i = k + 1; i < rank; i++) all *= view->size[w->order[i]];
    return lanes == all || lanes * (int64_t)w->s->work >= 4 * PASSES_LANE;
}

static void stage(struct passes_work *w, const int64_t *far) {
    const struct passes *s = w->s;
    const void *tensor = w->now.data;
    w->now = lax_i_passes_take(w);
    struct box_copy copy = {.rank = s->rank,
                            .extent = w->now.size,
                            .near = w->now.stride,
                            .far = far,
                            .near_size = s->work,
                            .far_size = s->elem,
                            .plain = s->plain,
                            .move = s->fold->load,
                            .moves = s->moves,
                            .room = w->buffer[w->spare]};
    lax_i_box_gather(&copy, w->now.data, tensor);
}

void lax_i_passes_turn(struct passes_work *w) {
    const struct passes *s = w->s;
    int first = w->turned ? s->rank - s->turn : s->turn; /* of those that come first then */
    int64_t rows = 1, columns = 1;
    int order[LAX_MAX_RANK];
    for (int i = 0; i < s->rank; i++) {
        order[i] = w->order[(i + first) % s->rank];
        *(i < first ? &rows : &columns) *= w->now.size[w->order[i]];
    }
    const void *from = w->now.data;
    memcpy(w->order, order, sizeof order);
    w->turned = !w->turned;
    w->now = lax_i_passes_take(w);
    s->moves->transpose[lax_i_log2(s->work)](w->now.data, rows, from, columns, rows, columns);
}

/* Whether the last pass can leave its results in the tensor. */
static bool lands(const struct passes_work *w, int d, const struct passes_view *tensor) {
    return w->s->plain && !w->s->has_init && has_rows(w, d, tensor);
}

static void store(const struct passes_work *w, const struct passes_view *tensor) {
    const struct passes *s = w->s;
    struct passes_view packed = w->now;
    int64_t elements = pack(w, &packed);
    enum { LANES = 64 };
    _Alignas(16) unsigned char init[LANES * 16];
    for (size_t i = 0; s->has_init && i < LANES; i++) memcpy(init + i * s->work, s->init, s->work);
    for (int64_t i = 0; s->has_init && i < elements; i += LANES) {
        void *at = w->now.data + (size_t)i * s->work;
        const struct fold_span span = {.lanes = lax_i_min(LANES, elements - i), .pixels = 1};
        s->fold->taps(at, (const void *[]){init, at}, 2, &span);
    }
    struct box_copy copy = {.rank = s->rank,
                            .extent = w->now.size,
                            .near = packed.stride,
                            .far = tensor->stride,
                            .near_size = s->work,
                            .far_size = s->elem,
                            .plain = s->plain,
                            .move = s->fold->store,
                            .moves = s->moves,
                            .room = w->buffer[w->spare]};
    lax_i_box_scatter(&copy, tensor->data, w->now.data);
}

static void fill(struct passes_work *w) {
    for (int d = 0; d < w->s->rank; d++) w->now.size[d] = w->box.count[d];
    w->now = lax_i_passes_take(w);
    w->s->fold->load(w->now.data, 1, w->s->identity, 0, pack(w, &w->now));
}

bool lax_i_passes_run(struct passes_work *w, const struct passes_view *tensor) {
    const struct passes *s = w->s;
    for (int i = 0; i < s->n; i++) {
        int d = s->pass[i];
        if (d >= s->turn && !w->turned) lax_i_passes_turn(w);
        bool landed = i + 1 == s->n && tensor != NULL && lands(w, d, tensor);
        struct passes_view from = w->now;
        w->now.size[d] = w->box.count[d];
        w->now = landed ? *tensor : lax_i_passes_take(w);
        lax_i_passes_fold(&(struct passes_fold){.s = s,
                                                .order = w->order,
                                                .d = d,
                                                .begin = w->box.begin[d],
                                                .first = w->box.first[d],
                                                .from = &from,
                                                .to = &w->now,
                                                .room = w->room});
        if (landed) return true;
    }
    return false;
}

void lax_i_passes_box(const struct passes *s, int64_t number, const void *in, void *out,
                      void *scratch) {
    struct passes_work w;
    struct passes_view tensor = {.data = out};
    int64_t offset = 0, in_stride[LAX_MAX_RANK], elements = 1;
    lax_i_passes_start(&w, s, scratch);
    set_box(s, number, &w.box);
    for (int d = 0; d < s->rank; d++) {
        w.now.size[d] = w.box.extent[d], w.now.stride[d] = in_stride[d] = s->dim[d].in;
        tensor.size[d] = w.box.count[d], tensor.stride[d] = s->dim[d].out;
        tensor.data += w.box.begin[d] * s->dim[d].out * (int64_t)s->elem;
        elements *= w.box.extent[d];
        if (w.box.extent[d] > 0) offset += w.box.first[d] * s->dim[d].in;
    }
    if (elements == 0) {
        fill(&w);
        store(&w, &tensor);
        return;
    }
    w.now.data = (char *)(uintptr_t)in + offset * (int64_t)s->elem;
    if (s->staged) stage(&w, in_stride);
    if (!lax_i_passes_run(&w, &tensor)) store(&w, &tensor);
}
