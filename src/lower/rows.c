/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of rows.h: which lanes of a row see an element through a window position. */
#include "lower/rows.h"

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

/* Lanes walk the dimension with more than one output whose elements lie closest. */
static int choose_lane_dim(int rank, const struct window_axis *axis, const int64_t *stride) {
    int best = rank - 1;
    for (int d = 0; d < rank; d++) {
        if (axis[d].out <= 1) continue;
        if (axis[best].out <= 1 || magnitude(stride[d]) < magnitude(stride[best])) best = d;
    }
    return best;
}

void lax_i_rows(struct rows *rows, int rank, const struct window_axis *axis,
                const int64_t *in_stride) {
    int64_t other[LAX_MAX_RANK], window[LAX_MAX_RANK];
    *rows = (struct rows){
        .rank = rank, .axis = axis, .lane_dim = choose_lane_dim(rank, axis, in_stride)};
    for (int d = 0; d < rank; d++) {
        other[d] = d == rows->lane_dim ? 1 : axis[d].out;
        window[d] = axis[d].size;
    }
    rows->lane_blocks =
        rows->lane_dim < 0 ? 1 : lax_i_ceil_div(axis[rows->lane_dim].out, ROW_LANES);
    /* What does not fit belongs to empty results, or to windows over nothing. */
    if (!lax_i_product(rank, other, &rows->outer)) rows->outer = 0;
    if (!lax_i_product(rank, window, &rows->taps)) rows->taps = INT64_MAX;
}

void lax_i_row(const struct rows *rows, int64_t number, struct row *row) {
    int64_t first = number % rows->lane_blocks * ROW_LANES, rest = number / rows->lane_blocks;
    row->lanes = 1;
    for (int d = rows->rank - 1; d >= 0; d--) {
        if (d == rows->lane_dim) continue;
        row->position[d] = rest % rows->axis[d].out;
        rest /= rows->axis[d].out;
    }
    if (rows->lane_dim < 0) return;
    row->position[rows->lane_dim] = first;
    row->lanes = lax_i_min(ROW_LANES, rows->axis[rows->lane_dim].out - first);
}

/* u = position * stride + tap * dilation - pad_lo must be on the base lattice and inside. */
static bool fixed_index(const struct window_axis *a, int64_t position, int64_t tap,
                        int64_t *index) {
    int64_t u = position * a->stride + tap * a->window_dilation - a->pad_lo;
    if (u < 0 || u % a->base_dilation != 0) return false;
    *index = u / a->base_dilation;
    return *index < a->in;
}

static int64_t gcd(int64_t a, int64_t b) {
    while (b != 0) {
        int64_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* Lanes l with 0 <= base + l * stride < in * dilation on the lattice: an arithmetic progression. */
static bool lane_span(const struct window_axis *a, int64_t base, int64_t lanes, struct span *span,
                      int64_t *index) {
    int64_t end = a->in == 0 ? 0 : (a->in - 1) * a->base_dilation + 1;
    int64_t first = base < 0 ? lax_i_ceil_div(-base, a->stride) : 0;
    int64_t step = a->base_dilation == 1 ? 1 : a->base_dilation / gcd(a->stride, a->base_dilation);
    int64_t stop = end - base <= 0 ? 0 : lax_i_min(lanes, lax_i_ceil_div(end - base, a->stride));
    int64_t tries = 0;
    while (tries < step && first < stop && (base + first * a->stride) % a->base_dilation != 0)
        first++, tries++;
    if (first >= stop || tries == step) return false;
    *span = (struct span){.first = first,
                          .count = lax_i_ceil_div(stop - first, step),
                          .step = step,
                          .index_step = step * a->stride / a->base_dilation};
    *index = (base + first * a->stride) / a->base_dilation;
    return true;
}

bool lax_i_span(const struct rows *rows, const struct row *row, const int64_t *tap,
                struct span *span) {
    int64_t index[LAX_MAX_RANK];
    *span = (struct span){.count = 1, .step = 1};
    for (int d = 0; d < rows->rank; d++) {
        const struct window_axis *a = &rows->axis[d];
        if (d == rows->lane_dim) continue;
        if (!fixed_index(a, row->position[d], tap[d], &index[d])) return false;
    }
    if (rows->lane_dim >= 0) {
        int d = rows->lane_dim;
        const struct window_axis *a = &rows->axis[d];
        int64_t base = row->position[d] * a->stride + tap[d] * a->window_dilation - a->pad_lo;
        if (!lane_span(a, base, row->lanes, span, &index[d])) return false;
    }
    if (rows->rank > 0) memcpy(span->index, index, (size_t)rows->rank * sizeof *index);
    return true;
}

bool lax_i_next_tap(const struct rows *rows, int64_t *tap) {
    for (int d = rows->rank - 1; d >= 0; d--) {
        if (++tap[d] < rows->axis[d].size) return true;
        tap[d] = 0;
    }
    return false;
}

void lax_i_callback_failed(struct execution *execution, lax_status status) {
    int ok = LAX_OK;
    atomic_compare_exchange_strong(&execution->status, &ok, (int)status);
}
