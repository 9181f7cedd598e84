/* SPDX-License-Identifier: Apache-2.0 */
/* Windows row by row. Lanes are neighbouring outputs along one dimension, or,
 * where outputs are few and windows long, neighbouring window positions of one
 * output. The positions of a window that meet an element, and the lanes for
 * which they do, are arithmetic progressions: they are computed, and no element
 * is ever tested. Shared by the reference lowerings of windows. */
#ifndef LAX_LOWER_ROWS_H
#define LAX_LOWER_ROWS_H

#include "lower/lower.h"

enum { ROW_LANES = 256, CALL_LANES = 1024 };

/* What lanes may be: neighbouring outputs; or window positions as well, which
 * changes the order of combining; or, for callbacks, outputs of several rows. */
enum row_use { ROWS_OUTPUTS, ROWS_WINDOWS, ROWS_CALLS };

/* Rows of a window problem: which dimension lanes walk, how many rows there
 * are, and how they are shared out to tasks. Depends on the problem only. */
struct rows {
    int rank, lane_dim; /* lane_dim -1: every dimension is fixed, one lane */
    int run_dim;        /* calls: in which the next row is the next position; or -1 */
    bool along_window;  /* lanes are window positions */
    const struct window_axis *axis;
    int64_t lanes; /* most of a row: ROW_LANES or CALL_LANES */
    int64_t count, lane_blocks, per_task, tasks;
};

void lax_i_rows(struct rows *rows, int rank, const struct window_axis *axis,
                const int64_t *in_stride, enum row_use use);
void lax_i_print_rows(struct text *text, const struct rows *rows);

/* One row: its position (the lane dimension holds the first lane) and number of
 * outputs. */
struct row {
    int64_t position[LAX_MAX_RANK];
    int64_t lanes;
};
void lax_i_row(const struct rows *rows, int64_t number, struct row *row);

/* Window positions of one dimension that meet an element at one output
 * position, in order: the elements first, first + step, ..., `count` of them.
 */
struct taps {
    int64_t first, step, count;
};
struct taps lax_i_taps_at(const struct window_axis *axis, int64_t position);
/* Positions from p on, before end, whose windows are all whole; or 1. */
int64_t lax_i_whole_windows(const struct window_axis *axis, int64_t p, int64_t end);

/* The lanes for which the present window position meets an element: first,
 * first + step, ...; index[lane_dim] is the first one's element, the next is
 * index_step further. */
struct span {
    int64_t first, count, step, index_step;
    int64_t index[LAX_MAX_RANK];
};

/* The window of a row, position after position in row-major order:
 * for (bool more = lax_i_walk_start(&w, rows, row); more; more =
 * lax_i_walk_next(&w)) ... w.span */
struct walk {
    const struct rows *rows;
    int64_t lanes;
    struct taps taps[LAX_MAX_RANK]; /* of the lane dimension: where the first lane
                                     would be */
    int64_t done[LAX_MAX_RANK];
    struct span span;
};
bool lax_i_walk_start(struct walk *walk, const struct rows *rows, const struct row *row);
bool lax_i_walk_next(struct walk *walk);

static inline int64_t lax_i_lane_stride(const struct rows *rows, const int64_t *strides) {
    return rows->lane_dim < 0 ? 0 : strides[rows->lane_dim];
}
/* Offset of the element of lane k of a span. */
static inline int64_t lax_i_span_offset(const struct rows *rows, const struct span *span,
                                        const int64_t *strides, int64_t k) {
    return lax_i_offset(rows->rank, span->index, strides) +
           k * span->index_step * lax_i_lane_stride(rows, strides);
}

/* Moves lanes of one type; pred becomes 0 or 1. */
lax_i_convert_fn *lax_i_move_kernel(lax_dtype type);
/* Copies, of n elements of `size` bytes, those with keep[l] == 0. */
void lax_i_replace(void *to, const void *from, const uint8_t *keep, int64_t n, size_t size);
/* Records the first failure of a callback. */
void lax_i_callback_failed(struct execution *execution, lax_status status);

#endif /* LAX_LOWER_ROWS_H */
