/* SPDX-License-Identifier: Apache-2.0 */
/* One-line checks of small one-dimensional problems, for the corner cases. */
#ifndef LAX_TESTS_CORNER_H
#define LAX_TESTS_CORNER_H

#include <lax/lax.h>

#include "support/support.h"

/* x and w are one batch of one channel; the result must be y. options may be NULL. */
void conv_1d(struct list x, struct list w, const lax_conv_options *options, struct list y);
/* The same for any shapes (row-major). */
void conv_nd(const lax_tensor *x, const lax_tensor *w, const lax_conv_options *options,
             const lax_tensor *y);
void window_1d(struct list x, lax_reducer_kind reducer, const lax_window_options *options,
               struct list y);
/* select_and_scatter with add: the result has x's size. */
void scatter_1d(struct list x, lax_select select, const lax_window_options *options,
                struct list source, const float *y);
void gather_1d(struct list x, const float *tangents, lax_select select,
               const lax_window_options *options, struct list y);
/* A view of constant floats; never written. */
lax_tensor f32_of(int32_t rank, const int64_t *shape, const float *values);
#define SHAPE(...)                                                                                 \
    (int32_t)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]) {       \
        __VA_ARGS__                                                                                \
    }

#endif
