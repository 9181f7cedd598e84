/* SPDX-License-Identifier: Apache-2.0 */
/* Windows a dimension after the other, in boxes that stay in the second-level cache. A pass along
 * one dimension folds rows of everything inside of it, which are contiguous in the box, so that
 * rows are long however short each dimension is. Dimensions that lie innermost in memory and are
 * too short for that take their turn last: the box is transposed, and they are outermost then. */
#ifndef LAX_LOWER_PASSES_H
#define LAX_LOWER_PASSES_H

#include "lower/lower.h"

enum {
    PASSES_GOAL = 384 << 10, /* bytes of both buffers */
    PASSES_MOST = 4 << 20,   /* ... at most */
    PASSES_LANE = 64,        /* bytes of rows that are long enough */
    PASSES_TAPS = 8,         /* elements of windows that are folded one by one */
    PASSES_MORE = 16,        /* ... if they overlap little */
    PASSES_SUFFIX = 256,     /* bytes of a suffix of lanes that slide together */
    PASSES_BASE = 64,        /* the greatest base dilation */
    PASSES_TASK = 1 << 16,   /* elements of a task at least */
    PASSES_TASKS = 16        /* tasks wanted where there is enough to do */
};

struct passes_dim {
    struct window_axis axis;
    int64_t in, out;         /* strides */
    bool free;               /* outputs are the elements */
    bool slides, line;       /* line: ... along rows too short for that */
    int64_t period, advance; /* outputs so far apart meet elements of one residue, so far apart */
    int64_t tile, tiles;     /* outputs of a box */
    int64_t reach;           /* elements that they meet, at most */
};

struct passes {
    const struct fold *fold;
    const struct move_kernels *moves;
    size_t elem, work;                    /* bytes of an element, of its working form */
    double op;                            /* nanoseconds to fold one */
    unsigned char identity[16], init[16]; /* an element; working form */
    bool plain;                           /* elements are their working form */
    bool staged; /* the box is copied before the first pass, which else reads the tensor */
    bool has_init, idempotent;
    int rank;                            /* dimensions, outermost in the box first: */
    struct passes_dim dim[LAX_MAX_RANK]; /* ... */
    int turn;                            /* those from here on come first after the turn; or rank */
    int n, pass[LAX_MAX_RANK];           /* dimensions with windows, in the order of passes */
    int64_t count, per_task;             /* boxes, of a task */
    size_t buffer_nbytes, room_nbytes;   /* of each buffer, of a pass */
};

/* Of a box: outputs, and the elements that their windows meet. */
struct passes_box {
    int64_t begin[LAX_MAX_RANK], count[LAX_MAX_RANK];
    int64_t first[LAX_MAX_RANK], extent[LAX_MAX_RANK];
};

struct passes_view {
    char *data;
    int64_t size[LAX_MAX_RANK], stride[LAX_MAX_RANK];
};

/* passes_plan.c: order, passes, boxes; false with the reason. *ns: what all of it takes, about. */
bool lax_i_passes_plan(const struct window_problem *p, lax_isa isa, struct passes *s, double *ns,
                       const char **reason);
/* The same for dimensions in this order and boxes of this size, which have `reach` set: what
 * turns, the order of passes, memory. */
void lax_i_passes_arrange(struct passes *s);
/* Period, advance, slides from the axis; false: they do not exist. */
bool lax_i_passes_dim(struct passes_dim *dim);
size_t lax_i_passes_nbytes(const struct passes *s);

/* passes_run.c: one box. */
void lax_i_passes_box(const struct passes *s, int64_t number, const void *in, void *out,
                      void *scratch);

/* ... in steps: a box is put into the spare buffer in working form, passes are made, and results
 * are packed in w.now, its dimensions in w.order. */
struct passes_work {
    const struct passes *s;
    struct passes_box box;
    int order[LAX_MAX_RANK]; /* of dimensions in the buffers */
    bool turned;
    struct passes_view now; /* what is there so far */
    char *buffer[2];
    int spare; /* the buffer that is free */
    void *room;
};
void lax_i_passes_start(struct passes_work *w, const struct passes *s, void *scratch);
/* The spare buffer becomes what holds the present sizes. */
struct passes_view lax_i_passes_take(struct passes_work *w);
/* Returns whether results are in `tensor` already, which may be NULL. */
bool lax_i_passes_run(struct passes_work *w, const struct passes_view *tensor);
/* Turns the box, or back: dimensions from s->turn on, or those before it, become the outermost. */
void lax_i_passes_turn(struct passes_work *w);

/* passes_fold.c: one pass, from one array of elements in working form to another. */
struct passes_fold {
    const struct passes *s;
    const int *order;     /* dimensions, outermost in both first */
    int d;                /* that of the windows */
    int64_t begin, first; /* output and element that are the first of each */
    const struct passes_view *from, *to;
    void *room;
};
void lax_i_passes_fold(const struct passes_fold *fold);
/* Elements inside of dimension order[k] that follow each other in memory. */
int64_t lax_i_passes_lanes(const int *order, int k, int rank, const struct passes_view *view);

/* passes_line.c: `out` outputs from `begin` on, whose elements are rows of lanes one after the
 * other, `in` of them from `first` on. */
struct passes_line {
    const struct passes *s;
    const struct window_axis *axis; /* base dilation 1 */
    int64_t begin, first, in, out, lanes;
    int64_t to; /* results are so far apart */
    const char *src;
    char *dst;
    void *room;
};
size_t lax_i_passes_line_nbytes(const struct window_axis *a, int64_t out, int64_t lanes,
                                size_t work);
void lax_i_passes_line(const struct passes_line *line);

#endif /* LAX_LOWER_PASSES_H */
