/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the lowerings `direct` and `direct_w`: convolution straight on the input by
 * register tiles (kernel family `tile`).
 *
 * A task is a box of output positions times some output features. Positions of a box fall into
 * classes that meet the same taps: along each axis the box is cut where the taps that lie inside
 * the input change, and a class is one piece of each axis, so that padding costs nothing. Where
 * pieces get too small (long kernels) an axis is padded with zeros instead. Where lhs is dilated,
 * outputs fall into phases, each of which meets a comb of the taps: inserted zeros cost nothing.
 *
 * `direct` has vectors of output features. All positions of a class, from whatever rows, are the
 * rows of its tiles: short rows fill tiles, strides and dilations are offsets. `direct_w` has
 * vectors of positions along the last axis, and output features are the rows of its tiles: what
 * channels-first tensors and few features want. `direct_k` is `direct` with vectors of input
 * features and the taps next to them: what few output features want.
 *
 * Where elements do not lie as kernels read them or element types differ, a box's input is staged
 * in the thread's scratch first, and its sums are staged on the way out; no whole tensor is
 * rearranged. */
#ifndef LAX_LOWER_DIRECT_H
#define LAX_LOWER_DIRECT_H

#include "lower/conv_axes.h"

enum {
    DIRECT_TAPS = 512,            /* entries of one kernel call */
    DIRECT_PLANES = 32,           /* features staged at a time where they lie apart */
    DIRECT_TURNED = 512,          /* positions of each that are copied before they turn */
    DIRECT_ROOM_TAPS = 128,       /* taps of a weight that are packed together */
    DIRECT_PACK_BLOCKS = 16,      /* of output features, packed at a time */
    DIRECT_STAGE_LIMIT = 1 << 20, /* bytes; with sums and panel below 4 MiB */
    DIRECT_MOST_TAPS = 1 << 20,
    DIRECT_MOST_DILATION = 64 /* of lhs: a box's phases are few, and its taps found by trying */
};

struct direct_axis {
    struct conv_axis at;
    int64_t tile, n_tiles; /* outputs of a box along this axis; boxes */
    bool padded;           /* staged with zeros: every output meets every tap */
    bool compact;          /* staged without the elements between strides: one tap only */
    int64_t span;          /* staged positions of a box, at most */
    /* Between neighbouring input positions, outputs and taps, in elements of what kernels read. */
    int64_t pitch, step, tap_step;
    int64_t planes, plane; /* staged strides of vectors: position u lies in plane u % planes */
    int64_t weight_step;   /* between neighbouring taps in packed weights, in taps */
    int64_t run;           /* taps that the planes make a deep one of: one a plane, or 1 */
    /* Dilated lhs: outputs `phases` apart meet the same taps, every `comb`-th one. 1 and 1 else. */
    int64_t phases, comb;
};

struct direct {
    const struct tile_kernel *kernel[7]; /* by vectors, as many as a feature block has left */
    lax_dtype type;                      /* of sums */
    int64_t size;                        /* bytes of it */
    bool along_w, along_k;               /* direct_w: vectors along the last axis; direct_k */
    int n;
    struct direct_axis axis[CONV_AXES];
    int order[CONV_AXES]; /* axes as packed weights have their taps, outermost first */
    int64_t lhs_offset;
    int64_t groups, in_features, out_features, taps;
    int64_t in_step;  /* between neighbouring input features in what kernels read */
    int64_t nb, n_nb; /* a block of output features: of direct, as wide as a register tile */
    int64_t columns;  /* direct_w: positions of a tile */
    int64_t kb, n_kb; /* a block of input features: what a tap's panel of weights is deep */
    int64_t ob, n_ob; /* feature blocks of a task */
    int64_t group;    /* feature blocks of a kernel call: rows of output are written whole */
    int64_t fb;       /* those whose sums are finished together: all where they are visited again */
    int64_t boxes, positions, segments; /* positions of the largest box; pieces of its axes */
    int64_t rows;                       /* of tiles: positions, or features of a block */
    int64_t sums_block;                 /* elements between feature blocks in staged sums */
    int row_in, row_out;                /* the axes along which input and output lie closest */
    int out_order[CONV_AXES];           /* axes as staged sums have them, closest results last */
    int near;                           /* the axis of which boxes have some positions, or -1 */
    bool stage_in, stage_out, pack_in_task;
    bool keeps; /* the stage has room for all input features: it serves the box's next tasks */
    bool lies;  /* weights are read where they lie, unless they are packed ahead */
    bool inner; /* weights that are not packed ahead have taps inside input features, as OIHW has */
    bool fused; /* kernels finish sums themselves, see tile_store */
    bool stream; /* the output is larger than the caches: stores bypass them where aligned */
    bool lines;  /* the same where rows begin anywhere: tiles share lines, see tile_store */
    /* scratch */
    int64_t stage_nbytes, sums_nbytes, panel_nbytes, turned_nbytes, room_nbytes, bias_nbytes;
    struct converter lhs, rhs, out, in; /* to and from sums; in: bias, residual */
    struct tile_store store;            /* what is the same in every task */
    /* of elements of `size` */
    void (*transpose)(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                      int64_t rows, int64_t columns);
    void (*fence)(void);
    lax_i_epilogue_fn *epilogue; /* or NULL */
};

/* Outputs of a box along an axis that meet the same taps: n of them from `begin` on, the axis's
 * `phases` apart; n_taps from `tap` on, its `comb` apart. */
struct direct_segment {
    int64_t begin, n, tap, n_taps;
};

/* One task. */
struct direct_task {
    const struct plan *plan;
    const struct direct *d;
    struct execution *execution;
    int64_t group, image;
    int64_t first_block, end_block; /* of features */
    int64_t lo[CONV_AXES], count[CONV_AXES];
    int64_t kb, kc;    /* block of input features, and its size */
    int64_t input_end; /* direct_w: elements that may be read from the input's first one on */
    /* scratch */
    struct tile_tap *taps;
    struct direct_segment *segments;
    int64_t *a_row, *c_row, *out_row, *residual_row;
    char *stages, *stage, *sums, *panel, *turned, *room, *bias;
    bool staged; /* by the worker's task before, which was of the same box */
};

/* One piece of each axis. */
struct direct_class {
    const struct direct_segment *piece[CONV_AXES];
    int64_t rows; /* positions */
};
/* All pieces of a box, and the class that is looked at. */
struct direct_pieces {
    const struct direct_segment *first[CONV_AXES];
    int64_t n[CONV_AXES], at[CONV_AXES];
};
/* Taps of a class, DIRECT_TAPS at a time. */
struct direct_taps {
    const struct direct_task *t;
    const struct direct_class *class;
    int outer; /* axes of `order` that the list goes through; the others are merged runs */
    int64_t depth, tap[CONV_AXES], input, weights;
    int64_t weight_step[CONV_AXES]; /* elements of weights between neighbouring taps */
    bool more;
};

/* direct_tiles.c: boxes of about so many positions; of what is staged (`stage_in`), such as do not
 * stage much of it again and again. */
void lax_i_direct_tiles(struct direct *d, int64_t positions);
/* Whether tiles of four vectors have enough rows to be best everywhere (32 registers). */
bool lax_i_direct_wide_tiles(lax_dtype type, lax_isa isa);
/* direct_plan.c: what the lowerings choose alike, in this order. */
bool lax_i_direct_applicable(const struct conv_problem *problem, char *why);
void lax_i_direct_axes(struct direct *d, const struct conv_problem *problem);
/* After `order` is chosen. */
void lax_i_direct_weight_steps(struct direct *d);
/* Whether some outputs along an axis do not meet every tap; whether the axis costs less padded than
 * cut: pieces of a few positions have a tap or two less one by one, and a tile of `rows` that is
 * not filled costs at least half a full one. */
bool lax_i_direct_has_ends(const struct direct_axis *a);
bool lax_i_direct_wants_padding(const struct direct *d, const struct direct_axis *a, double rows);
/* Kernels read the input itself, or the stage: false where the window's input is too large. */
void lax_i_direct_read_axes(struct direct *d, int64_t in_step);
bool lax_i_direct_fit(struct direct *d, int64_t positions);
void lax_i_direct_copies(struct direct *d, const struct conv_problem *problem, lax_isa isa);
/* Whether an epilogue or staged sums leave something to do after the kernels. */
bool lax_i_direct_has_epilogue(const struct conv_problem *problem);
/* Vectors of sums that fill a line of a large result of smaller elements, where sums are so short
 * that writing takes the time and what a wide tile reads stays in L1; 0 elsewhere. */
int lax_i_direct_vectors_for_lines(const struct direct *d, const struct conv_problem *problem,
                                   int64_t lanes);
/* Whether kernels can finish sums: out and residual have those of a tile's row next to each other.
 * Sums are staged then only where they are visited more than once and out cannot hold them: the
 * residual may be the output itself. */
void lax_i_direct_choose_way_out(struct direct *d, const struct conv_problem *problem);
bool lax_i_direct_wants_stream(const struct direct *d, const struct conv_problem *problem,
                               const struct machine *machine);
/* direct_w, whose rows may begin anywhere in a line: whether stores bypass the caches even so. */
bool lax_i_direct_wants_lines(const struct direct *d, const struct conv_problem *problem,
                              const struct machine *machine);
void lax_i_direct_fill_plan(struct plan *plan, const struct direct *d,
                            void (*run)(const struct plan *, struct execution *, int64_t, void *));
/* direct.c: with vectors along features, what follows their choice; false: no stage is enough. */
bool lax_i_direct_choose(struct direct *d, const struct plan *plan);
/* The part of describe that is common. */
void lax_i_direct_describe(const struct plan *plan, struct text *text);
/* What costs are made of. */
struct direct_estimate {
    double out, in;        /* positions, of all images and groups */
    double taps, all_taps; /* of a position, inside the input and in all */
    double weights;        /* elements */
};
struct direct_estimate lax_i_direct_estimate(const struct conv_problem *problem);
/* Classes of positions of all boxes of so many, about; the last axis in one piece if padded. */
double lax_i_direct_classes(const struct conv_problem *problem, int64_t positions, bool padded);
/* Average taps along a dimension that lie inside the input. */
double lax_i_direct_inside(const struct conv_dim *dim);

/* direct_box.c: the road from a task's number to classes and taps. */
void lax_i_direct_locate(struct direct_task *t, int64_t task, char *scratch);
struct direct_pieces lax_i_direct_cut(const struct direct_task *t);
void lax_i_direct_class(const struct direct_pieces *p, int n, struct direct_class *class);
bool lax_i_direct_next_class(struct direct_pieces *p, int n);
void lax_i_direct_start_taps(struct direct_taps *w, const struct direct_task *t,
                             const struct direct_class *class);
/* The next taps: .a the offset of the input, .b that of weights; of direct_w the other way. */
int64_t lax_i_direct_list_taps(struct direct_taps *w, struct tile_tap *taps);
/* Element 0 of the box's input, as kernels read it; of its result, and of what kernels write: that
 * or staged sums. */
const char *lax_i_direct_input(const struct direct_task *t);
int64_t lax_i_direct_begin(const struct direct_task *t, int axis, const struct direct_segment *s);
char *lax_i_direct_result(const struct direct_task *t, int64_t block);
char *lax_i_direct_output(const struct direct_task *t, int64_t block);
/* Elements between neighbouring outputs of each axis in what kernels write. */
void lax_i_direct_sums_steps(const struct direct_task *t, int64_t *step);

/* direct_stage.c: a box's input into the stage, if kernels read it there. */
void lax_i_direct_stage(struct direct_task *t);
/* direct_plan.c: after the blocks of tasks are chosen, whether the stage is kept from one to the
 * next. */
void lax_i_direct_choose_keeping(struct direct *d);
/* direct_panel.c: the phase that packs weights. */
void lax_i_direct_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch);
/* Blocks of a packing task: many, so that memory is read in long runs, but some tasks to share. */
static inline int64_t lax_i_direct_pack_blocks(const struct direct *d) {
    bool many = d->groups * d->n_kb >= 4;
    int64_t blocks = many ? DIRECT_PACK_BLOCKS : lax_i_ceil_div(d->n_nb, 4);
    return lax_i_max(2, lax_i_min(blocks, DIRECT_PACK_BLOCKS));
}
static inline int64_t lax_i_direct_pack_chunks(const struct direct *d) {
    return lax_i_ceil_div(d->n_nb, lax_i_direct_pack_blocks(d));
}
/* The task's weights of the present block of input features, packed now if nobody has before. */
void lax_i_direct_pack_in_task(const struct direct_task *t);
/* Those of a block of output features. */
const char *lax_i_direct_weights(const struct direct_task *t, int64_t block);
/* Elements between blocks of those, and between the input features of a tap. */
int64_t lax_i_direct_weights_block(const struct direct_task *t);
int64_t lax_i_direct_weights_row(const struct direct_task *t);
/* Whether the task reads weights where they lie. */
static inline bool lax_i_direct_weights_lie(const struct direct_task *t) {
    return t->d->lies && t->execution->packed == NULL;
}
/* Whether packed weights are as they are packed soonest, not as they are read best. */
static inline bool lax_i_direct_taps_inside(const struct direct *d, const struct execution *x) {
    return d->inner && !x->ahead && x->packed == NULL;
}
/* direct_store.c: a task's bias; where the sums of a block go, without rows. */
void lax_i_direct_start_store(const struct direct_task *t);
struct tile_store lax_i_direct_store(const struct direct_task *t, int64_t block);
/* direct_finish.c, where kernels do not finish: sums to the output, once those of `block` and its
 * company are there. */
void lax_i_direct_finish(const struct direct_task *t, int64_t block);

/* Phases; the first is that of direct_k as well. */
void lax_i_direct_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch);
void lax_i_direct_w_run(const struct plan *plan, struct execution *execution, int64_t task,
                        void *scratch);

/* Elements that a feature's weights of a tap are apart from the next tap's; of direct, of all
 * features of a block. */
static inline int64_t lax_i_direct_tap_width(const struct direct *d) {
    return d->along_w || d->along_k ? 1 : d->nb;
}
static inline int64_t lax_i_direct_block_size(int64_t total, int64_t block, int64_t index) {
    return lax_i_min(block, total - index * block);
}
/* Elements of packed weights before those of a block of both features. */
static inline int64_t lax_i_direct_panel_offset(const struct direct *d, int64_t group,
                                                int64_t block, int64_t kb) {
    return ((group * d->n_nb + block) * d->in_features + kb * d->kb) * d->taps * d->nb;
}
/* Bytes between the stages of blocks of input features, where they are kept. */
static inline int64_t lax_i_direct_stage_step(const struct direct *d) {
    return d->keeps ? (int64_t)lax_i_round_up((size_t)d->stage_nbytes, LAX_ALIGNMENT) : 0;
}
/* How far a tap of a class reaches in what kernels read; where lhs is dilated, from its first. */
static inline int64_t lax_i_direct_reach(const struct direct_axis *a,
                                         const struct direct_segment *s, int64_t tap) {
    if (a->at.lhs_dilation != 1) return (tap - s->tap) / a->comb * a->tap_step;
    int64_t u = tap * a->at.dilation;
    return a->planes == 1 ? tap * a->tap_step : u % a->planes * a->plane + u / a->planes;
}
/* Where a box begins along an axis, in positions of the (dilated) input; and the first element of
 * the input that the stage holds. */
static inline int64_t lax_i_direct_first(const struct direct_axis *a, int64_t lo) {
    return lo * a->at.stride - a->at.pad;
}
static inline int64_t lax_i_direct_base(const struct direct_axis *a, int64_t lo) {
    int64_t first = lax_i_direct_first(a, lo);
    if (a->at.lhs_dilation != 1) return first > 0 ? lax_i_ceil_div(first, a->at.lhs_dilation) : 0;
    return a->padded || a->planes > 1 || first > 0 ? first : 0;
}

#endif /* LAX_LOWER_DIRECT_H */
