/* SPDX-License-Identifier: Apache-2.0 */
/* One-line checks of small one-dimensional problems, for the corner cases. */
#ifndef LAX_TESTS_CORNER_H
#define LAX_TESTS_CORNER_H

#include <check.h>
#include <lax/lax.h>

/* A list of floats as two arguments: its length and its elements. */
#define LIST(...)                                                                                  \
    (int64_t)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)), (const float[]) { __VA_ARGS__ }
#define EMPTY 0, NULL

/* x and w are one batch of one channel; the result must be y. options may be NULL. */
void conv_1d(int64_t n, const float *x, int64_t k, const float *w, const lax_conv_options *options,
             int64_t m, const float *y);
/* The same for any shapes (row-major). */
void conv_nd(const lax_tensor *x, const lax_tensor *w, const lax_conv_options *options,
             const lax_tensor *y);
void window_1d(int64_t n, const float *x, lax_reducer_kind reducer,
               const lax_window_options *options, int64_t m, const float *y);
/* select_and_scatter_add unless a reducer and an initial value are given in the options. */
void scatter_1d(int64_t n, const float *x, lax_select select, const lax_window_options *options,
                int64_t m, const float *source, const float *y);
void gather_1d(int64_t n, const float *x, const float *tangents, lax_select select,
               const lax_window_options *options, int64_t m, const float *y);
/* A view of constant floats; never written. */
lax_tensor f32_of(int32_t rank, const int64_t *shape, const float *values);
#define SHAPE(...)                                                                                 \
    (int32_t)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]) {       \
        __VA_ARGS__                                                                                \
    }

#endif
