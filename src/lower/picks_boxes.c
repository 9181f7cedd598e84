/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of picks: how large, from their number to positions and elements, and how their regions lie
 * in scratch. */
#include "lower/picks.h"

#include <math.h>

/* Elements that the windows of positions [first, first + count) reach. */
static void reach_elements(const struct window_axis *a, int64_t first, int64_t count, int64_t *low,
                           int64_t *extent) {
    int64_t from = first * a->stride - a->pad_lo;
    int64_t to = from + (count - 1) * a->stride + (a->size - 1) * a->window_dilation;
    *low = from <= 0 ? 0 : lax_i_ceil_div(from, a->base_dilation);
    int64_t high = to < 0 ? -1 : lax_i_min(to / a->base_dilation, a->in - 1);
    *extent = count == 0 ? 0 : lax_i_max(high - *low + 1, 0);
}

/* Positions whose windows reach elements [begin, begin + extent). */
static void reach_positions(const struct window_axis *a, int64_t begin, int64_t extent,
                            int64_t *first, int64_t *count) {
    int64_t low = begin * a->base_dilation, high = (begin + extent - 1) * a->base_dilation;
    int64_t from = low + a->pad_lo - (a->size - 1) * a->window_dilation, to = high + a->pad_lo;
    *first = from <= 0 ? 0 : lax_i_ceil_div(from, a->stride);
    int64_t last = to < 0 ? -1 : lax_i_min(to / a->stride, a->out - 1);
    *count = lax_i_max(last - *first + 1, 0);
}

/* At most so many elements of region along d for boxes of n: what the windows that reach a box of
 * elements reach, or the windows of a box of positions. */
static int64_t region_along(const struct picks *g, int d, bool of_elements, int64_t n) {
    const struct window_axis *a = &g->axis[d];
    if (lax_i_is_alone(a)) return n;
    double width = (double)(a->size - 1) * (double)a->window_dilation;
    double size =
        of_elements
            ? (double)n + 2 * floor(width / (double)a->base_dilation)
            : floor(((double)(n - 1) * (double)a->stride + width) / (double)a->base_dilation) + 1;
    return size < (double)a->in ? (int64_t)size : a->in;
}

/* The largest box along d whose region fits, then one that divides the whole evenly; boxes of
 * elements begin where windows do, if they may. */
static int64_t box_along(const struct picks *g, int d, bool of_elements, double room) {
    const struct window_axis *a = &g->axis[d];
    int64_t whole = lax_i_max(of_elements ? a->in : a->out, 1), low = 1, high = whole;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if ((double)region_along(g, d, of_elements, middle) <= room)
            low = middle;
        else
            high = middle - 1;
    }
    int64_t even = lax_i_ceil_div(whole, lax_i_ceil_div(whole, low));
    int64_t aligned = lax_i_ceil_div(even, a->stride) * a->stride;
    return of_elements && a->base_dilation == 1 && aligned <= low ? aligned : even;
}

static double taps_of_box(const struct picks *g) {
    double work = (double)lax_i_min(lax_i_pick_taps(g->rank, g->axis), 64);
    for (int d = 0; d < g->rank; d++) work *= (double)g->box[d];
    return work;
}

/* Elements visited for each element of the boxes: windows at the seams are picked in twice. */
static double overlap(const struct picks *g, bool of_elements) {
    double product = 1;
    for (int d = 0; d < g->rank; d++) {
        const struct window_axis *a = &g->axis[d];
        double n = (double)g->box[d], whole = (double)(of_elements ? a->in : a->out);
        double halo = (double)(a->size - 1) * (double)a->window_dilation /
                      (double)(of_elements ? a->base_dilation : a->stride);
        if (n < whole) product *= (n + halo < whole ? n + halo : whole) / n;
    }
    return product;
}

/* Elements along d without which boxes overlap much. */
static double fair_share(const struct picks *g, int d, bool of_elements) {
    const struct window_axis *a = &g->axis[d];
    double width = (double)(a->size - 1) * (double)a->window_dilation;
    double n = of_elements ? width / (double)a->base_dilation : width / (double)a->stride;
    double whole = (double)(of_elements ? a->in : a->out);
    if (n > whole) n = whole;
    return (double)region_along(g, d, of_elements, n < 1 ? 1 : (int64_t)n);
}

/* Separable passes go along rows of all dimensions without a window: those beside the lanes too,
 * until rows are long enough. */
static void widen_boxes(struct picks *g, bool of_elements, double room) {
    double row = 1;
    if (lax_i_is_alone(&g->axis[g->lane_dim])) row = (double)g->box[g->lane_dim];
    for (int d = g->rank - 1; d >= 0; d--) {
        if (d == g->lane_dim || !lax_i_is_alone(&g->axis[d])) continue;
        double most = PICK_ROW / row < room ? PICK_ROW / row : room;
        if (most < 2) return;
        g->box[d] = box_along(g, d, of_elements, most);
        row *= (double)g->box[d], room /= (double)g->box[d];
    }
}

/* Lanes first, at most so many where they have no window, then outwards; windows in several
 * dimensions share the room. */
static void fill_boxes(struct picks *g, bool of_elements, double room, double lanes) {
    double shares = 1;
    for (int d = 0; d < g->rank; d++)
        if (!lax_i_is_alone(&g->axis[d])) shares *= fair_share(g, d, of_elements);
    for (int i = g->rank; i >= 0; i--) {
        int d = i == g->rank ? g->lane_dim : i;
        bool alone = lax_i_is_alone(&g->axis[d]);
        if (i < g->rank && d == g->lane_dim) continue;
        double share = alone ? 1 : fair_share(g, d, of_elements);
        shares /= share;
        /* too little for all: each gets a part of its share */
        double most = alone                   ? lanes
                      : room / shares < share ? share * sqrt(room / shares / share)
                                              : room / shares;
        if (most > room) most = room;
        g->box[d] = alone && i < g->rank ? 1 : box_along(g, d, of_elements, most);
        room /= (double)lax_i_max(region_along(g, d, of_elements, g->box[d]), 1);
    }
    if (g->records) widen_boxes(g, of_elements, room);
}

/* Work of an element: what is picked twice, and calls for every row. */
static double box_work(const struct picks *g, bool of_elements, int64_t most) {
    double row = 1, call = g->key_size < 4 ? 96 / (double)g->key_size : 24;
    if (!g->records) return overlap(g, of_elements) * (1 + call / (double)most);
    for (int d = 0; d < g->rank; d++)
        if (d == g->lane_dim || lax_i_is_alone(&g->axis[d])) row *= (double)g->box[d];
    return overlap(g, of_elements) * (1 + 24 / row);
}

/* Returns the work of the best, 1 at least; a region beyond the room counts as much work. */
static double best_boxes(struct picks *g, bool of_elements, double room) {
    int64_t best = PICK_LANES;
    double least = 1e300;
    for (int64_t most = PICK_LANES; most >= 1 && least > 1.3; most /= 2) {
        fill_boxes(g, of_elements, room, (double)most);
        double region = 1, work = box_work(g, of_elements, most);
        for (int d = 0; d < g->rank; d++) region *= (double)lax_i_pick_extent(g, d, of_elements);
        if (region > room) work *= 1000 * region / room;
        if (work < least) least = work, best = most;
    }
    fill_boxes(g, of_elements, room, (double)best);
    return least;
}

static double room_for_threads(const struct picks *g, double room) {
    double elements = 1;
    for (int d = 0; d < g->rank; d++) elements *= (double)g->axis[d].in;
    double least = g->records || g->key_size < 4 ? 32768 : 16384,
           share = elements / 8 < least ? least : elements / 8;
    return room < share ? room : share;
}

void lax_i_pick_boxes(struct picks *g, bool of_elements, double room, double stretch) {
    double fair = room_for_threads(g, room), fit = best_boxes(g, of_elements, fair);
    if (fit > 1.6 && stretch > 1 && best_boxes(g, of_elements, room * stretch) > fit / 1.4)
        best_boxes(g, of_elements, fair);
    lax_i_pick_cut(g, of_elements);
}

void lax_i_pick_cut(struct picks *g, bool of_elements) {
    for (int d = 0; d < g->rank; d++)
        g->boxes[d] = lax_i_ceil_div(of_elements ? g->axis[d].in : g->axis[d].out, g->box[d]);
    if (!lax_i_product(g->rank, g->boxes, &g->n_boxes)) g->n_boxes = 0; /* an empty result */
    double work = taps_of_box(g);
    g->per_task = work > 32768 ? 1 : (int64_t)(32768 / (work < 1 ? 1 : work));
}

int64_t lax_i_pick_tasks(const struct picks *g) { return lax_i_ceil_div(g->n_boxes, g->per_task); }

/* Where along d the box of this number begins; number / boxes[d] goes on with the next. */
static int64_t box_begin(const struct picks *g, int d, int64_t *number) {
    int64_t at = *number % g->boxes[d] * g->box[d];
    *number /= g->boxes[d];
    return at;
}

void lax_i_pick_box(const struct picks *g, int64_t number, struct pick_box *box) {
    for (int d = g->rank - 1; d >= 0; d--) {
        const struct window_axis *a = &g->axis[d];
        box->first[d] = box_begin(g, d, &number);
        box->count[d] = lax_i_min(g->box[d], a->out - box->first[d]);
        reach_elements(a, box->first[d], box->count[d], &box->low[d], &box->extent[d]);
    }
}

void lax_i_pick_element_box(const struct picks *g, int64_t number, struct pick_box *box,
                            int64_t *begin, int64_t *extent) {
    for (int d = g->rank - 1; d >= 0; d--) {
        const struct window_axis *a = &g->axis[d];
        begin[d] = box_begin(g, d, &number);
        extent[d] = lax_i_min(g->box[d], a->in - begin[d]);
        reach_positions(a, begin[d], extent[d], &box->first[d], &box->count[d]);
        reach_elements(a, box->first[d], box->count[d], &box->low[d], &box->extent[d]);
        int64_t low = begin[d], end = begin[d] + extent[d];
        if (box->extent[d] > 0) {
            low = lax_i_min(low, box->low[d]);
            end = lax_i_max(end, box->low[d] + box->extent[d]);
        }
        box->low[d] = low;
        box->extent[d] = end - low;
    }
}

int64_t lax_i_pick_extent(const struct picks *g, int d, bool of_elements) {
    return lax_i_max(region_along(g, d, of_elements, g->box[d]), 1);
}

int64_t lax_i_pick_count(const struct picks *g, int d, bool of_elements) {
    const struct window_axis *a = &g->axis[d];
    if (!of_elements || lax_i_is_alone(a)) return g->box[d];
    double reach = (double)g->box[d] * (double)a->base_dilation +
                   (double)(a->size - 1) * (double)a->window_dilation;
    double count = floor(reach / (double)a->stride) + 1;
    return count < (double)a->out ? (int64_t)count : a->out;
}

int64_t lax_i_pick_region(const struct picks *g, bool of_elements) {
    int64_t elements = 1;
    for (int d = 0; d < g->rank; d++) {
        int64_t along = lax_i_pick_extent(g, d, of_elements);
        if (d == g->lane_dim) along = lax_i_ceil_div(along, g->phases) * g->phases;
        elements *= along;
    }
    return elements;
}

int64_t lax_i_pick_dense(const struct picks *g, const int64_t *extent, int64_t *stride) {
    int64_t elements = extent[g->lane_dim];
    int run = g->records ? -1 : g->run_dim;
    stride[g->lane_dim] = 1;
    if (run >= 0) stride[run] = elements, elements *= extent[run];
    for (int d = g->rank - 1; d >= 0; d--) {
        if (d == g->lane_dim || d == run) continue;
        stride[d] = elements;
        elements *= extent[d];
    }
    return elements;
}

int64_t lax_i_pick_dense_like(const struct picks *g, const int64_t *extent, const int64_t *far,
                              int64_t *stride) {
    int64_t elements = extent[g->lane_dim];
    bool taken[PICK_RANK] = {false};
    if (far[g->lane_dim] == 1) return lax_i_pick_dense(g, extent, stride);
    stride[g->lane_dim] = 1;
    for (int i = 1; i < g->rank; i++) {
        int next = -1;
        for (int d = g->rank - 1; d >= 0; d--)
            if (d != g->lane_dim && !taken[d] &&
                (next < 0 || lax_i_magnitude(far[d]) < lax_i_magnitude(far[next])))
                next = d;
        taken[next] = true;
        stride[next] = elements;
        elements *= extent[next];
    }
    return elements;
}
