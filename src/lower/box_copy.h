/* SPDX-License-Identifier: Apache-2.0 */
/* A box of a tensor in and out of rows: what lowerings stage, and leave, in one order and type. */
#ifndef LAX_LOWER_BOX_COPY_H
#define LAX_LOWER_BOX_COPY_H

#include "kernel/kernel.h"

enum { BOX_RANK = LAX_MAX_RANK + 1 };

/* Strides in elements: `near` of rows, > 0, `far` of the tensor. plain: both are the same bytes;
 * else room, where there is any, takes the box as it is in the tensor. */
struct box_copy {
    int rank;
    const int64_t *extent, *near, *far;
    size_t near_size, far_size;
    bool plain;
    const struct converter *convert;
    lax_i_fold_move_fn *move; /* instead of convert, or NULL */
    const struct move_kernels *moves;
    void *room; /* or NULL */
};
void lax_i_box_gather(const struct box_copy *copy, void *rows, const void *tensor);
void lax_i_box_scatter(const struct box_copy *copy, void *tensor, const void *rows);

#endif /* LAX_LOWER_BOX_COPY_H */
