/* SPDX-License-Identifier: Apache-2.0 */
/* Data movement by blocks of the result: what the plan decides (move_tiled.c) and the run reads
 * (move_tiled_run.c). */
#ifndef LAX_LOWER_MOVE_TILED_H
#define LAX_LOWER_MOVE_TILED_H

#include "lower/lower.h"

enum {
    TILE_NBYTES = 16384,    /* of a block that stays in a first-level cache */
    STREAM_NBYTES = 131072, /* of one on its way past the caches: longer pieces of more rows */
    STAGE_NBYTES = 4096,    /* of converted or reversed elements on their way to the result */
    RUN_NBYTES = 65536,     /* of a contiguous row */
    PATTERN_NBYTES = 512,   /* copies of the fill value */
    TASK_NBYTES = 131072,
    LINE_NBYTES = 64,
    GATHERED_ROWS = 32 /* the most that a transpose takes at once */
};

struct tiled {
    int rank;
    struct move_axis axis[LAX_MAX_RANK];
    int64_t in_offset, out_offset;
    int row, second, third; /* axes of a block; -1: none. Rows of the result walk `row` */
    bool turn;              /* operands lie along `second`: blocks are transposed */
    int64_t block[LAX_MAX_RANK], blocks[LAX_MAX_RANK];
    int order[LAX_MAX_RANK]; /* of walking the blocks, the fastest axis last */
    int64_t halo; /* elements that a turned block knows beyond its end: whole lines are written */
    bool skew;    /* blocks start at cache lines of the operand along `second` */
    int64_t units, per_task;
    size_t in_size, out_size;
    int size_log2;
    bool same;     /* bits move as they are */
    bool stream;   /* results bypass the caches */
    bool assemble; /* blocks do, whose short rows, with the fill, are put together in scratch */
    bool fill;
    const struct move_kernels *kernels;
    struct converter convert;
    lax_i_convert_fn *gather, *spread; /* spread: the fill value */
    lax_i_round_fn *round;
    unsigned char pattern[PATTERN_NBYTES];
    size_t turned_nbytes, gathered_nbytes;
    bool one_byte; /* the pattern is the same byte over and over */
};

void lax_i_move_tiled_run(const struct plan *plan, struct execution *execution, int64_t task,
                          void *scratch);

#endif /* LAX_LOWER_MOVE_TILED_H */
