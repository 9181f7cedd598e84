/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of rows and of the window positions that meet an element, against a test of every
 * position; more outputs than lanes, lanes along windows, sizes beyond 2^40. */
#include <check.h>
#include <string.h>

#include "lower/rows.h"
#include "support/support.h"

static struct window_axis any_axis(struct rng *r) {
    struct window_axis a = {.in = rng_in(r, 0, 7),
                            .size = rng_in(r, 1, 5),
                            .stride = rng_in(r, 1, 4),
                            .pad_lo = rng_in(r, -4, 6),
                            .base_dilation = rng_in(r, 1, 4),
                            .window_dilation = rng_in(r, 1, 4),
                            .out = rng_in(r, 1, 9)};
    return a;
}

/* The element that a window position meets, by the definition; -1: none. */
static int64_t element_at(const struct window_axis *a, int64_t position, int64_t tap) {
    int64_t u = position * a->stride + tap * a->window_dilation - a->pad_lo;
    if (u < 0 || u % a->base_dilation != 0 || u / a->base_dilation >= a->in) return -1;
    return u / a->base_dilation;
}

START_TEST(taps_are_those_inside) {
    for (uint64_t trial = 0; trial < 20000; trial++) {
        struct rng r = rng_of(32, trial);
        struct window_axis a = any_axis(&r);
        int64_t position = rng_in(&r, 0, 12), n = 0;
        if (trial % 2) {
            a.in = rng_in(&r, 0, 200), a.size = rng_in(&r, 1, 100);
            a.base_dilation = rng_in(&r, 1, 60), a.window_dilation = rng_in(&r, 1, 60);
        }
        struct taps taps = lax_i_taps_at(&a, position);
        for (int64_t tap = 0; tap < a.size; tap++) {
            int64_t element = element_at(&a, position, tap);
            if (element < 0) continue;
            ck_assert(n < taps.count);
            ck_assert_int_eq(taps.first + n++ * taps.step, element);
        }
        ck_assert_int_eq(taps.count, n);
    }
}
END_TEST

/* Visits (lane, elements) of one row in the order of the walk. */
struct visits {
    int64_t n;
    struct visit {
        int64_t lane, element[3];
    } at[100000];
};

static void walk_row(const struct rows *rows, const struct row *row, struct visits *v) {
    struct walk walk;
    v->n = 0;
    bool more = lax_i_walk_start(&walk, rows, row);
    for (; more; more = lax_i_walk_next(&walk)) {
        for (int64_t k = 0; k < walk.span.count; k++) {
            struct visit *at = &v->at[v->n++];
            at->lane = rows->along_window ? 0 : walk.span.first + k * walk.span.step;
            memcpy(at->element, walk.span.index, sizeof at->element);
            if (rows->lane_dim >= 0) at->element[rows->lane_dim] += k * walk.span.index_step;
        }
    }
}

/* Each lane must have met the elements of its window; in row-major order if lanes are outputs. */
static void check_lane(const struct rows *rows, const struct row *row, int64_t lane,
                       const struct visits *v) {
    int64_t tap[LAX_MAX_RANK] = {0}, size[LAX_MAX_RANK], seen = 0, met = 0, next = 0;
    for (int d = 0; d < rows->rank; d++) size[d] = rows->axis[d].size;
    for (int64_t i = 0; i < v->n; i++) met += v->at[i].lane == lane;
    do {
        int64_t want[3] = {0};
        bool inside = true;
        for (int d = 0; d < rows->rank; d++) {
            bool lanes = d == rows->lane_dim && !rows->along_window;
            want[d] = element_at(&rows->axis[d], row->position[d] + (lanes ? lane : 0), tap[d]);
            inside = inside && want[d] >= 0;
        }
        if (!inside) continue;
        seen++;
        int64_t i = rows->along_window ? 0 : next;
        while (i < v->n && (v->at[i].lane != lane ||
                            memcmp(v->at[i].element, want, sizeof *want * (size_t)rows->rank) != 0))
            i++;
        ck_assert_msg(i < v->n, "an element is missing or out of order");
        next = i + 1;
    } while (lax_i_next(rows->rank, tap, size));
    ck_assert_int_eq(seen, met);
}

START_TEST(rows_meet_their_windows) {
    static struct visits visits;
    for (uint64_t trial = 0; trial < 1500; trial++) {
        struct rng r = rng_of(33, trial);
        int rank = (int)rng_in(&r, 0, 3);
        struct window_axis axis[3];
        int64_t stride[3], outputs = 0, all = 1;
        struct rows rows;
        struct row row;
        for (int d = 0; d < rank; d++) {
            axis[d] = any_axis(&r);
            stride[d] = rng_in(&r, -20, 20);
            all *= axis[d].out;
        }
        lax_i_rows(&rows, rank, axis, stride, (enum row_use)rng_in(&r, ROWS_OUTPUTS, ROWS_CALLS));
        for (int64_t i = 0; i < rows.count; i++) {
            lax_i_row(&rows, i, &row);
            walk_row(&rows, &row, &visits);
            for (int64_t lane = 0; lane < row.lanes; lane++) check_lane(&rows, &row, lane, &visits);
            outputs += row.lanes;
        }
        ck_assert_int_eq(outputs, all);
        ck_assert(rows.tasks * rows.per_task >= rows.count);
        ck_assert((rows.tasks - 1) * rows.per_task < rows.count);
    }
}
END_TEST

/* More outputs than lanes: every output in one row, rows no longer than ROW_LANES. */
START_TEST(long_rows_are_cut) {
    struct window_axis axis[2] = {{3, 1, 3, 1, 0, 1, 1, 0}, {1000, 2, 999, 1, 0, 1, 1, 0}};
    int64_t stride[2] = {1000, 1};
    bool seen[3][999] = {{false}};
    struct rows rows;
    struct row row;
    lax_i_rows(&rows, 2, axis, stride, ROWS_OUTPUTS);
    ck_assert(rows.lane_dim == 1 && rows.lane_blocks == 4 && rows.count == 12);
    for (int64_t i = 0; i < rows.count; i++) {
        lax_i_row(&rows, i, &row);
        ck_assert(row.lanes > 0 && row.lanes <= ROW_LANES);
        for (int64_t lane = 0; lane < row.lanes; lane++) {
            bool *at = &seen[row.position[0]][row.position[1] + lane];
            ck_assert(!*at);
            *at = true;
        }
    }
    ck_assert(memchr(seen, 0, sizeof seen) == NULL);
}
END_TEST

/* Few outputs with long windows take lanes along the window, but only where order is free. */
START_TEST(lanes_along_windows) {
    struct window_axis axis[2] = {{1000, 1000, 1, 1, 0, 1, 1, 0}, {2, 1, 2, 1, 0, 1, 1, 0}};
    int64_t stride[2] = {2, 1};
    struct rows rows;
    lax_i_rows(&rows, 2, axis, stride, ROWS_WINDOWS);
    ck_assert(rows.along_window && rows.lane_dim == 0 && rows.count == 2);
    lax_i_rows(&rows, 2, axis, stride, ROWS_OUTPUTS);
    ck_assert(!rows.along_window && rows.lane_dim == 1 && rows.count == 1);
}
END_TEST

/* Dilations of 2^40 and windows over nothing but padding take no time. */
START_TEST(far_apart) {
    const int64_t big = INT64_C(1) << 40;
    struct window_axis a = {.in = 3, .size = big, .out = 1, .stride = 1, .window_dilation = 1};
    a.base_dilation = big - 1;
    struct taps taps = lax_i_taps_at(&a, 0);
    ck_assert(taps.count == 2 && taps.first == 0 && taps.step == 1);
    a.pad_lo = -1;
    taps = lax_i_taps_at(&a, 0);
    ck_assert(taps.count == 1 && taps.first == 1);
    a.pad_lo = big;
    ck_assert_int_eq(lax_i_taps_at(&a, 0).count, 0);
    a.pad_lo = 5;
    a.window_dilation = 1000003;
    ck_assert_int_eq(lax_i_taps_at(&a, 0).count, 0);
    a.in = INT64_C(1) << 22;
    taps = lax_i_taps_at(&a, 0);
    int64_t walked = taps.first * a.base_dilation + a.pad_lo;
    ck_assert(taps.count == 1 && walked % a.window_dilation == 0);
    ck_assert(walked / a.window_dilation < a.size);
    a.in = big;
    a.base_dilation = 1000033;
    taps = lax_i_taps_at(&a, 0);
    ck_assert(taps.count > 1 && taps.step == 1000003);
    for (int64_t tap = 0; tap <= 1000033; tap++) {
        int64_t element = element_at(&a, 0, tap);
        if (element < 0) continue;
        ck_assert_int_eq(taps.first, element);
        break;
    }
    a.in = 0;
    ck_assert_int_eq(lax_i_taps_at(&a, 0).count, 0);
}
END_TEST

Suite *suite_window_rows(void) {
    Suite *suite = suite_create("window_rows");
    TCase *tc = tcase_create("window_rows");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, taps_are_those_inside);
    tcase_add_test(tc, rows_meet_their_windows);
    tcase_add_test(tc, long_rows_are_cut);
    tcase_add_test(tc, lanes_along_windows);
    tcase_add_test(tc, far_apart);
    suite_add_tcase(suite, tc);
    return suite;
}
