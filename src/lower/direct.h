/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the lowering `direct`: convolution straight on the input, vectors of output
 * features.
 *
 * A task is a box of output positions times some blocks of output features. Positions of a box fall
 * into classes that meet the same taps: along each axis the box is cut where the taps that lie
 * inside the input change, and a class is one piece of each axis. All positions of a class, from
 * whatever rows, are the rows of register tiles (kernel family `tile`), so that padding costs
 * nothing, short rows fill tiles, and strides and dilations are offsets. Where pieces get too small
 * (long kernels) an axis is padded with zeros instead.
 *
 * Where features are not contiguous or element types differ, a box's input is staged in the
 * thread's scratch first, and its sums are staged on the way out; no whole tensor is rearranged. */
#ifndef LAX_LOWER_DIRECT_H
#define LAX_LOWER_DIRECT_H

#include "lower/conv_axes.h"

enum {
    DIRECT_TAPS = 512, /* entries of one kernel call */
    DIRECT_PLANES = 32 /* features staged at a time where they lie apart */
};

struct direct_axis {
    struct conv_axis at;
    int64_t tile, n_tiles; /* outputs of a box along this axis; boxes */
    bool padded;           /* staged with zeros: every output meets every tap */
    bool compact;          /* staged without the elements between strides: one tap only */
    int64_t span;          /* staged positions of a box, at most */
    /* Between neighbouring outputs and taps, in elements of what kernels read. */
    int64_t pitch, step, tap_step;
};

struct direct {
    const struct tile_kernel *kernel[7]; /* by vectors, as many as a feature block has left */
    lax_dtype type;                      /* of sums */
    int64_t size;                        /* bytes of it */
    int n;
    struct direct_axis axis[CONV_AXES];
    int64_t lhs_offset;
    int64_t groups, in_features, out_features, taps;
    int64_t nb, n_nb; /* a feature block, as wide as a register tile */
    int64_t kb, n_kb; /* a block of input features: what a tap's panel of weights is deep */
    int64_t ob, n_ob; /* feature blocks of a task */
    int64_t boxes, positions, segments; /* positions of the largest box */
    int row_in, row_out;                /* the axes along which input and output lie closest */
    bool stage_in, stage_out, pack_in_task;
    bool stream; /* the output is larger than the caches: stores bypass them where aligned */
    int64_t stage_nbytes, sums_nbytes, panel_nbytes, turned_nbytes; /* scratch */
    struct converter lhs, rhs, out, in; /* to and from sums; in: bias, residual */
    /* of elements of `size` */
    void (*transpose)(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                      int64_t rows, int64_t columns);
    void (*fence)(void);
    lax_i_epilogue_fn *epilogue; /* or NULL */
};

/* Outputs [begin, end) of a box along an axis, all of which meet the taps [tap, tap + n_taps). */
struct direct_segment {
    int64_t begin, end, tap, n_taps;
};

/* One task. */
struct direct_task {
    const struct plan *plan;
    const struct direct *d;
    struct execution *execution;
    int64_t group, image;
    int64_t first_block, end_block; /* of features */
    int64_t lo[CONV_AXES], count[CONV_AXES];
    int64_t kb, kc; /* block of input features, and its size */
    /* scratch */
    struct tile_tap *taps;
    struct direct_segment *segments;
    int64_t *a_row, *c_row;
    char *stage, *sums, *panel, *turned, *room;
};

/* direct_copy.c: a box's input into the stage; weights of one block of both features into `to`;
 * sums to the output. */
void lax_i_direct_stage(const struct direct_task *t);
void lax_i_direct_panel(const struct plan *plan, const struct execution *x, int64_t group,
                        int64_t block, int64_t kb, char *to);
void lax_i_direct_finish(const struct direct_task *t, int64_t block);

/* direct_task.c: phases. */
void lax_i_direct_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch);
void lax_i_direct_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch);

static inline int64_t lax_i_direct_block_size(int64_t total, int64_t block, int64_t index) {
    return lax_i_min(block, total - index * block);
}
/* Elements of packed weights before those of a block of both features. */
static inline int64_t lax_i_direct_panel_offset(const struct direct *d, int64_t group,
                                                int64_t block, int64_t kb) {
    return ((group * d->n_nb + block) * d->in_features + kb * d->kb) * d->taps * d->nb;
}
/* The first input position of a box along an axis, in the input's coordinates, and where the stage
 * begins. */
static inline int64_t lax_i_direct_first(const struct direct_axis *a, int64_t lo) {
    return lo * a->at.stride - a->at.pad;
}
static inline int64_t lax_i_direct_base(const struct direct_axis *a, int64_t lo) {
    int64_t first = lax_i_direct_first(a, lo);
    return a->padded || first > 0 ? first : 0;
}

#endif /* LAX_LOWER_DIRECT_H */
