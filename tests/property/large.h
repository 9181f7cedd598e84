/* SPDX-License-Identifier: Apache-2.0 */
/* Random problems larger than those of the random suite. */
#ifndef LAX_TESTS_LARGE_H
#define LAX_TESTS_LARGE_H

#include <lax/lax.h>

#include "support/support.h"

/* Fills the sizes, at most four; returns the rank. */
int32_t large_shape(struct rng *r, int64_t *shape);
/* Fills sizes, strides, dilations and pads of a window; up to two dimensions have one. */
void large_window(struct rng *r, lax_window_options *o, int32_t rank, const int64_t *shape);

#endif
