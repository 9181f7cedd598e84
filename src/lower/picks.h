/* SPDX-License-Identifier: Apache-2.0 */
/* Picking in windows, shared by the lowerings of select_and_scatter and of windows that pick. A
 * problem is cut into boxes of positions; what their windows reach is the box's region. Lanes
 * walk one dimension of a row, contiguous in the operand or copied so. Dimensions without a window
 * are merged where memory allows. Two ways to pick: direct.c visits every tap of every window,
 * separable.c makes one linear pass for each dimension with a window. */
#ifndef LAX_LOWER_PICKS_H
#define LAX_LOWER_PICKS_H

#include "lower/box_copy.h"
#include "lower/rows.h"

/* Lanes of a row of picks at a time; tensors that are merged alike (the first holds keys); the
 * most taps, for each dimension with a window, for which separable passes measured slower. */
enum { PICK_LANES = 1024, PICK_TENSORS = 4, PICK_RANK = LAX_MAX_RANK + 1 };
enum { PICK_KEYS, PICK_VALUES_OUT, PICK_PAYLOAD, PICK_KEYS_OUT }; /* tensors, but for scatters */
enum { PICK_DIRECT = 24, PICK_SCRATCH = 4 << 20, PICK_STRETCH = 8, PICK_ROW = 256 };

/* Pairs of keys and payloads in lanes of one size (pick_pairs.c). */
struct pick_pairs {
    lax_i_pair_fn *fn;                       /* NULL: numbers of taps instead */
    struct converter load, store, store_key; /* of payloads; of keys (loaded by picks.load) */
    size_t size;                             /* of a payload in its tensor */
    bool copied;                             /* payloads are copied to scratch */
    uint64_t key_flip, flip;
    unsigned char start_key[16], start[16]; /* as in lanes */
};

struct picks {
    int rank, lane_dim, run_dim; /* run_dim: rows of neighbouring positions are one call; or -1 */
    struct window_axis axis[PICK_RANK];
    int64_t stride[PICK_TENSORS][PICK_RANK];
    lax_dtype type, key_type; /* of the operand, and of keys in lanes */
    size_t size, key_size;
    struct converter load; /* type to key_type */
    bool copied;           /* keys are copied to scratch */
    bool records;          /* picked in separable passes */
    int64_t phases;        /* copied rows: lanes modulo the stride of their windows */
    const struct pick_kernel *kernel;
    const struct pull_kernels *pull;
    const struct move_kernels *moves;
    struct pick_pairs pairs;
    int64_t box[PICK_RANK], boxes[PICK_RANK]; /* sizes and counts; of positions or elements */
    int64_t n_boxes, per_task;
};

/* Positions, and the elements that their windows reach. */
struct pick_box {
    int64_t first[PICK_RANK], count[PICK_RANK];
    int64_t low[PICK_RANK], extent[PICK_RANK];
};

/* --- picks.c: geometry ------------------------------------------------------------------------ */

/* What a problem says about its picks; strides[t] is NULL for a tensor that is not there. */
struct pick_source {
    int rank;
    const struct window_axis *axis;
    const int64_t *strides[PICK_TENSORS];
    lax_dtype type;
    lax_select select;
    enum pick_rule rule;
    bool records; /* keys of at least 4 bytes */
    bool pairs;   /* lanes walk positions only */
};
void lax_i_picks(struct picks *g, const struct pick_source *source, lax_isa isa);
double lax_i_pick_calls(const struct picks *g);   /* for an element, picked directly */
bool lax_i_is_alone(const struct window_axis *a); /* position i sees element i and no other */
int64_t lax_i_pick_taps(int rank, const struct window_axis *axis); /* of a window; saturates */
/* Boxes of up to `room` elements of region, of `stretch` times as many where windows overlap the
 * boxes much, or of less where that makes boxes enough for some threads; how many are one task. */
void lax_i_pick_boxes(struct picks *g, bool of_elements, double room, double stretch);
/* ... of boxes of this size. */
void lax_i_pick_cut(struct picks *g, bool of_elements);
int64_t lax_i_pick_tasks(const struct picks *g);
/* A box from its number; elements[d] is the first element of a box of elements. */
void lax_i_pick_box(const struct picks *g, int64_t number, struct pick_box *box);
void lax_i_pick_element_box(const struct picks *g, int64_t number, struct pick_box *box,
                            int64_t *begin, int64_t *extent);
/* Of a dimension: the most elements and positions of a box. */
int64_t lax_i_pick_extent(const struct picks *g, int d, bool of_elements);
int64_t lax_i_pick_count(const struct picks *g, int d, bool of_elements);
/* Elements of the largest region, its lanes rounded up to whole phases. */
int64_t lax_i_pick_region(const struct picks *g, bool of_elements);
/* Row-major strides of a region with its lanes last, runs before them where windows are picked
 * directly; returns its number of elements. */
int64_t lax_i_pick_dense(const struct picks *g, const int64_t *extent, int64_t *stride);
/* The same in the order of a tensor, if its lanes are not contiguous: transposes take the longest
 * pieces then. */
int64_t lax_i_pick_dense_like(const struct picks *g, const int64_t *extent, const int64_t *far,
                              int64_t *stride);

/* Converters between the types of tensors and lanes; pred's bytes become 0 or 1. */
struct converter lax_i_pick_converter(lax_dtype from, lax_dtype to, lax_isa isa);

/* --- picks_plan.c: what the lowerings of both kinds of problem share. Their states begin with
 * struct picks -------------------------------------------------------------------------------- */

/* Milliseconds: a vector step a tap, or a few an element; a few cycles a pick. */
double lax_i_pick_cost_direct(const struct problem *problem, const struct machine *machine);
double lax_i_pick_cost_separable(const struct problem *problem, const struct machine *machine);
/* Whether windows are small enough to be picked directly; false with the reason. */
bool lax_i_pick_is_small(const struct problem *problem, const struct machine *machine, char *why);
/* Fills scratch and the phase. `choose` cuts boxes of a state and returns the scratch they need;
 * plans are refused whose scratch is beyond what a thread may have: windows too large for a box. */
typedef size_t lax_i_pick_choose_fn(void *state, double stretch);
lax_status lax_i_pick_finish(struct plan *plan, lax_i_pick_choose_fn *choose, bool separable,
                             lax_error *why);
void lax_i_pick_describe(const struct plan *plan, struct text *text);

/* --- picks_direct.c ----------------------------------------------------------------------------
 * Pairs: number holds their payloads, and nothing says where they lay. Otherwise:
 * For every row of a box: number[j * lanes + l] is the tap that wins at position + j along run_dim
 * and + l along lane_dim; place[number] + j * run_step + l * lane_step is where it lies, counted
 * in id_stride from the region's corner. number is NULL where windows are empty. */
struct pick_row {
    int64_t position[PICK_RANK];
    int64_t runs, lanes;
    void *key;
    const void *number;
    const void *signs; /* floats, if asked for: the top bit is set where some tap's sign is */
    /* NULL: numbers are indices, see below. The start's number is -1: place[-1] may be read. */
    const int64_t *place;
    int64_t offset, run_step, lane_step;
    bool whole; /* tap_ids: every number is its own place */
};
struct pick_job {
    const struct picks *g;
    const struct pick_box *box;
    const char *in;           /* element [0...0] of the operand */
    const char *payloads;     /* pairs: of the payloads */
    const int64_t *id_stride; /* by dimension */
    const void *start;        /* a key that stands before every window, or NULL */
    bool signs, signs_flipped;
    bool of_elements; /* boxes are of elements */
    bool tap_ids;     /* place[number] is the number in the whole window instead */
    void *scratch;    /* of lax_i_pick_direct_nbytes */
    void (*take)(void *user, const struct pick_row *row);
    /* Separable passes, or NULL: instead of rows, the indices of all positions, row-major with the
     * lanes last, and two rooms of as many keys. */
    void (*take_all)(void *user, const void *index, void *room, void *other_room);
    void *user;
};
size_t lax_i_pick_direct_nbytes(const struct picks *g, bool of_elements);
void lax_i_pick_direct(const struct pick_job *job);

/* --- picks_separable.c -------------------------------------------------------------------------
 * The same for any window, in linear time: rows have one run, place NULL, and numbers are indices
 * of kernel.h's records: offsets from the region's corner, to which all of id_stride is counted
 * upwards (lax_i_pick_corner). The start's index is the greatest. */
size_t lax_i_pick_separable_nbytes(const struct picks *g, bool of_elements);
void lax_i_pick_separable(const struct pick_job *job);
/* Offset of the lowest address of a region from its corner, <= 0. */
int64_t lax_i_pick_corner(const struct picks *g, const int64_t *extent, const int64_t *id_stride);
/* Bytes that a box's element of region needs in planes of records. */
size_t lax_i_pick_record_nbytes(const struct picks *g);

#endif /* LAX_LOWER_PICKS_H */
