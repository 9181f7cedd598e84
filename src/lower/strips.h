/* SPDX-License-Identifier: Apache-2.0 */
/* Windows in passes, one dimension after the other, on rows of contiguous lanes. A row is a run of
 * the dimension that lies closest in memory, and of the windowed dimension around it where that run
 * is short (x). Windows of the other dimensions, the levels, fold whole planes of rows: outermost
 * first, each plane made by the levels below it when it is needed. Only a few planes exist at a
 * time, so that workspace does not grow with the tensor. */
#ifndef LAX_LOWER_STRIPS_H
#define LAX_LOWER_STRIPS_H

#include "lower/rows.h"

enum {
    STRIP_LINES = 5,         /* buffers of x */
    STRIP_RUN = 16 << 10,    /* bytes of results of one call in the box */
    STRIP_LINE = 4 << 10,    /* bytes of rows of x folded together: longer, DRAM waits meanwhile */
    STRIP_ROWS = 9,          /* elements of a short window */
    STRIP_BOX = 27,          /* ... of one that is folded where it lies */
    GATHER_GOAL = 256,       /* lanes of a gathered row */
    STRIP_LINED = 160 << 10, /* bytes of gathered rows loaded together */
    STRIP_SLOTS = 8,         /* planes kept by a level that folds its windows one by one */
    STRIP_GOAL = 384 << 10,  /* bytes of scratch, so that it stays in L2 */
    STRIP_MOST = 3584 << 10, /* bytes of scratch at most */
    STRIP_TASK = 1 << 16,    /* elements of a task at least */
    STRIP_TASKS = 32         /* tasks wanted where there is enough to do */
};

/* A dimension of a row: neighbours are so many lanes apart there, and so many elements in operand
 * and result. */
struct strip_run {
    int64_t size, lanes, in, out;
};

/* A windowed dimension whose windows fold planes. Outputs `period` apart meet the same residue of
 * elements modulo `step`: residue by residue, a window is a run of neighbours. */
struct strip_level {
    struct window_axis axis;
    int64_t in_stride, out_stride;
    int64_t step, period;
    int64_t most;        /* elements a window meets, at most */
    bool stack;          /* windows slide, by suffixes and a prefix; else one by one */
    bool at_once;        /* ... all of the tile in one call of the kernel */
    bool lined;          /* gathered rows: of all that the tile meets, before it is folded */
    int64_t tile, tiles; /* outputs of a task */
    int64_t slots;       /* planes kept */
    size_t slots_at, prefix_at, line_at;
};

struct strips {
    const struct fold *fold;
    const struct move_kernels *moves;
    size_t elem, work;          /* bytes of an element, of its working form */
    unsigned char identity[16]; /* an element */
    unsigned char init[16];     /* working form */
    bool has_init, idempotent;
    bool raw;      /* rows can be read where they are, as elements */
    bool plain;    /* ... and elements are their working form */
    bool lies;     /* ... or there is a kernel for elements as they lie */
    bool gathered; /* rows are several dimensions, wherever they lie: */
    int n_runs;    /* ... those, x outermost */
    struct strip_run run[LAX_MAX_RANK];
    int n; /* levels, outermost first */
    struct strip_level level[LAX_MAX_RANK];
    int box;        /* levels from here on are folded as one; or n */
    int outer_rank; /* dimensions without a window, outside of rows */
    int64_t outer, outer_size[LAX_MAX_RANK], outer_in[LAX_MAX_RANK], outer_out[LAX_MAX_RANK];
    int64_t lanes, lane_in, lane_out; /* the innermost run: size and strides; of the first run */
    int64_t lane_unit;                /* lanes that no tile parts */
    int64_t lane_tile, lane_tiles;    /* in units */
    bool has_x;
    struct window_axis x;
    int64_t x_in, x_out, x_tile, x_tiles;
    int64_t x_rows;                          /* rows taken together, at most */
    int64_t row;                             /* lanes of a row at most */
    int64_t x_room;                          /* lanes of each buffer of x */
    size_t plane_at, spare_at, x_at, raw_at; /* where they lie in scratch */
    int64_t per_task, count;                 /* tiles of a task, in all */
};

/* One tile of results at work. */
struct strip_job {
    const struct strips *s;
    const struct window_problem *p;
    const char *in; /* row's first element at index 0 of every level */
    char *out;
    unsigned char *scratch;
    int64_t begin[LAX_MAX_RANK], end[LAX_MAX_RANK]; /* outputs of each level */
    int64_t plane[LAX_MAX_RANK];                    /* lanes of the planes that it folds */
    int64_t position[LAX_MAX_RANK];                 /* of the result at work */
    int64_t lanes, row;                             /* of the tile */
    int64_t x_begin, x_end;                         /* outputs of x */
    int64_t x_first, x_count;                       /* elements of x in a row */
    unsigned char *line;                            /* rows of the box for x, */
    int64_t line_first;                             /* element of a level's first row in its line */
    int64_t pitch, waiting;                         /* so many lanes apart; how many are there */
    bool lined;                                     /* padding is between them */
    int64_t tag[LAX_MAX_RANK][STRIP_SLOTS];         /* what a slot holds */
    int64_t pivot[LAX_MAX_RANK], filled[LAX_MAX_RANK]; /* stacks: end of suffixes, of the prefix */
};

/* strips_dims.c: rows and levels. */
void lax_i_strips_dims(const struct window_problem *p, struct strips *s);

/* strips_cost.c: an element of rows of some shape, roughly; and all tiles, where folding an element
 * takes so many nanoseconds. */
double lax_i_strips_row_ns(const struct strips *s);
double lax_i_strips_ns(const struct strips *s, double op);

/* strips_rows.c: `count` gathered rows of n lanes, `step` elements apart, to working form; and one
 * back. Room for as many lanes. */
struct strip_rows {
    int64_t n, count, step;
};
void lax_i_strips_load(const struct strips *s, void *to, const void *from,
                       const struct strip_rows *rows, void *room);
void lax_i_strips_unload(const struct strips *s, void *to, const void *from, int64_t n, void *room);

/* strips_plan.c: tiles of all that; false where not even the least tile fits in scratch. */
bool lax_i_strips_plan(const struct window_problem *p, lax_isa isa, struct strips *s);
size_t lax_i_strips_nbytes(const struct strips *s);

/* strips_run.c: one tile. */
void lax_i_strips_tile(const struct window_problem *p, const struct strips *s, int64_t tile,
                       const struct execution *execution, void *scratch);
/* Folds any number of rows in working form. */
void lax_i_strips_fold(const struct strips *s, void *to, const void *const *rows, int k, int64_t n);
/* Elements of an output's window, as lax_i_taps_at. */
struct taps lax_i_strips_taps(const struct window_axis *axis, int64_t position);

/* strips_box.c: the levels of the box; planes into `to`, or results where it begins at level 0. */
void lax_i_strips_box(struct strip_job *job, int64_t offset, void *to);

/* strips_store.c: rows of results in working form, at `offset` of the result. */
void lax_i_strips_store(const struct strip_job *job, int64_t offset, void *row, int64_t n);
/* strips_x.c: windows of x in `count` rows, which follow each other and are results of neighbouring
 * positions of the last level from the present one on; then they are stored. Rows NULL: they lie
 * in the line already. */
void lax_i_strips_x(struct strip_job *job, const void *rows, int64_t count);
/* Says where rows for lax_i_strips_x are to lie, `count` at most: between their padding, if so. */
void lax_i_strips_line(struct strip_job *job, int64_t count);
/* Where the result of the present position of every level lies. */
int64_t lax_i_strips_offset(const struct strip_job *job);

#endif /* LAX_LOWER_STRIPS_H */
