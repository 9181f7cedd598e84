/* SPDX-License-Identifier: Apache-2.0 */
/* The state of select_and_scatter in boxes of picks, and the two ways to bring the source to the
 * picks: pushing it there, or letting each element pull it from the windows that it lies in. */
#ifndef LAX_LOWER_SCATTER_PICKS_H
#define LAX_LOWER_SCATTER_PICKS_H

#include "lower/passes.h"
#include "lower/picks.h"

/* Pulling: windows as the elements see them, and how results are written. */
struct pulls {
    void (*pull)(void *acc, const struct pull *pull); /* NULL: the source is pushed */
    struct window_axis axis[PICK_RANK]; /* `in`: positions, `out`: elements; the window reversed */
    bool staged; /* the source is copied to scratch, in lanes of the accumulator's type */
    bool stream; /* results go past the caches */
    bool boxed;  /* results of a box are put together before they are written */
    size_t numbers_at, source_at, sums_at, joined_at; /* in scratch */
};

/* Picking by a max of packed keys and indices (scatter_packed.c). */
struct scatter_packed {
    bool on;
    lax_isa isa;
    const struct pack_kernels *kernels;
    struct pack_rule rule;
    struct converter move; /* of elements */
    struct passes passes;
    int dim[LAX_MAX_RANK]; /* of picks, of each of passes */
};

struct scatter_state {
    struct picks g; /* first */
    struct pulls pulls;
    struct scatter_packed packed;
    lax_i_push_fn *push;
    struct converter load, store; /* type to accumulator and back */
    lax_dtype acc;
    size_t size, acc_size;
    bool separable;
    bool plain;               /* source and accumulators are the same bytes */
    size_t acc_at, source_at; /* in scratch */
};

/* A box of source (t = 2) or result (t = 1) in lanes of the accumulator's type, `near` apart. */
static inline struct box_copy lax_i_scatter_copy(const struct scatter_state *s, int t,
                                                 const int64_t *extent, const int64_t *near) {
    return (struct box_copy){.rank = s->g.rank,
                             .extent = extent,
                             .near = near,
                             .far = s->g.stride[t],
                             .near_size = s->acc_size,
                             .far_size = s->size,
                             .plain = s->plain,
                             .convert = t == 1 ? &s->store : &s->load,
                             .moves = s->g.moves};
}

/* A box at work. */
struct scatter_work {
    const struct scatter_problem *p;
    const struct scatter_state *s;
    struct execution *execution;
    struct pick_box box;
    int64_t acc_stride[PICK_RANK];
    unsigned char *acc;
    void *source, *room; /* room: of a plane of records, or NULL */
};
/* So many accumulators start from the initial value; those of a box become results. */
void lax_i_scatter_start(const struct scatter_work *w, int64_t elements);
void lax_i_scatter_store(const struct scatter_work *w, const int64_t *begin, const int64_t *extent);

/* Decides whether picks are packed; cuts boxes, of `stretch` times the room where they overlap
 * much, and returns the scratch that picking needs; one box, false where it holds a NaN. */
void lax_i_scatter_packed_set(const struct scatter_problem *p, lax_isa isa,
                              struct scatter_state *s);
size_t lax_i_scatter_packed_boxes(struct scatter_state *s, double stretch);
bool lax_i_scatter_packed_box(struct scatter_work *w, int64_t number, unsigned char *scratch);

/* Decides whether a problem's elements pull. */
void lax_i_pulls(const struct scatter_problem *p, const struct machine *machine,
                 struct scatter_state *s);
/* Cuts boxes; returns the scratch they need. */
size_t lax_i_pull_boxes(struct scatter_state *s);
void lax_i_pull_box(const struct scatter_state *s, struct execution *execution, int64_t number,
                    unsigned char *scratch);

#endif /* LAX_LOWER_SCATTER_PICKS_H */
