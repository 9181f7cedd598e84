/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the lowering `brgemm`: its geometry and its plan.
 *
 * Channels are contiguous in input and output, so that a row of output pixels (m of them, each
 * lda apart in the input) times one tap's weights (in features x a block of output features) is
 * one small matrix product, and a window is a batch of them that a kernel sums in registers. A
 * tap is a pointer: strides and dilations cost nothing, nothing is copied but the weights.
 *
 * Padding clips. In the dimensions outside the row a tap is in the batch or not. Along the row
 * taps reach different columns: either each group of taps with the same columns is one step that
 * adds to the columns it reaches, or the columns are cut where their taps change and each piece
 * gets its own batch. brgemm_steps.c takes what costs less. */
#ifndef LAX_LOWER_BRGEMM_H
#define LAX_LOWER_BRGEMM_H

#include "lower/conv_axes.h"

enum {
    BRGEMM_MAX_BATCH = 256, /* addresses handed to a kernel at a time */
    BRGEMM_MAX_KERNELS = 120,
    BRGEMM_NO_KERNEL = 255,
};

struct brgemm_geometry {
    int n;
    struct conv_axis dim[CONV_AXES]; /* the row's dimension last */
    int64_t lhs_offset;
    int64_t taps;       /* of all dimensions */
    int64_t outer_taps; /* without the row's */
    int64_t rows;       /* output positions without the row's */
};

/* Columns [column, column + m) of a block get the taps [tap, tap + n_taps) of the row. */
struct brgemm_step {
    int32_t column, m;
    int32_t tap, n_taps;
    bool fresh;              /* overwrites; without taps: writes zeros */
    uint8_t kernel[2][2][2]; /* [last feature block][last channel block][beta] */
};

struct brgemm_block {
    int64_t column;
    int32_t m, first_step, n_steps;
    bool interior; /* every tap reaches every column */
};

struct brgemm {
    struct brgemm_geometry geometry;
    lax_dtype type;
    int64_t size; /* of an element */
    int64_t groups, in_features, out_features;
    int64_t ob, n_ob, ob_last; /* blocks of output features and the last one's size */
    int64_t kb, n_kb, kb_last; /* blocks of input features */
    int64_t block_m;           /* columns of the widest block */
    int64_t n_blocks, n_steps;
    int64_t units, chunk, n_chunks; /* a unit: one block of one row; a task: a chunk of units */
    bool feature_tasks;             /* a task has one block of output features, not all */
    bool staged;                    /* sums stay in scratch until the epilogue is done */
    lax_i_epilogue_fn *epilogue;    /* or NULL */
    int n_kernels;
    struct dot_kernel kernel[BRGEMM_MAX_KERNELS];
    struct brgemm_block *blocks; /* behind this struct */
    struct brgemm_step *steps;
};

/* An outer tap that a row reaches: where its input row lies, and its first tap's place in the
 * packed weights. */
struct brgemm_tap {
    int64_t lhs, index;
};

/* Canonical dimensions of a problem; false with the reason why there are none. */
bool lax_i_brgemm_geometry(const struct conv_problem *problem, struct brgemm_geometry *out,
                           char *why);
/* Plans the blocks and steps of a row into blocks and steps; where these are NULL only counts. */
void lax_i_brgemm_steps(struct brgemm *b);

/* Phases. */
void lax_i_brgemm_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch);
void lax_i_brgemm_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch);

#endif /* LAX_LOWER_BRGEMM_H */
