/* SPDX-License-Identifier: Apache-2.0 */
/* Windows row by row: lanes are neighbouring outputs along one dimension, the others are fixed.
 * For each position of the window the lanes whose element exists are found by arithmetic, so that
 * no element is ever tested. Shared by the reference lowerings of windows. */
#ifndef LAX_LOWER_ROWS_H
#define LAX_LOWER_ROWS_H

#include "lower/lower.h"

enum { ROW_LANES = 256 };

/* Rows of a window problem: which dimension lanes walk, and how many blocks of rows there are. */
struct rows {
    int rank, lane_dim; /* lane_dim -1: rank 0 */
    const struct window_axis *axis;
    int64_t lane_blocks, outer; /* outer: product of the other output sizes */
    int64_t taps;               /* window positions */
};

void lax_i_rows(struct rows *rows, int rank, const struct window_axis *axis,
                const int64_t *in_stride);
static inline int64_t lax_i_rows_count(const struct rows *rows) {
    return rows->outer * rows->lane_blocks;
}

/* One block of lanes: the fixed position (its lane dimension holds the first lane). */
struct row {
    int64_t position[LAX_MAX_RANK];
    int64_t lanes;
};
void lax_i_row(const struct rows *rows, int64_t number, struct row *row);

/* The lanes of a row for which one window position meets an element: first, first + step, ... and
 * the elements' indices; index[lane_dim] is the first lane's, the next is index_step further. */
struct span {
    int64_t first, count, step, index_step;
    int64_t index[LAX_MAX_RANK];
};
/* false: no lane has an element there. */
bool lax_i_span(const struct rows *rows, const struct row *row, const int64_t *tap,
                struct span *span);

static inline int64_t lax_i_lane_stride(const struct rows *rows, const int64_t *strides) {
    return rows->lane_dim < 0 ? 0 : strides[rows->lane_dim];
}
/* Counts `tap` up over the window in row-major order; false after the last. */
bool lax_i_next_tap(const struct rows *rows, int64_t *tap);

/* Records the first failure of a callback. */
void lax_i_callback_failed(struct execution *execution, lax_status status);

#endif /* LAX_LOWER_ROWS_H */
