/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 4, lower: problem -> plan. A table of lowerings, each able to say why it refuses and what
 * it would cost; `reference` never refuses. */
#ifndef LAX_LOWER_LOWER_H
#define LAX_LOWER_LOWER_H

#include "context/context.h"
#include "kernel/kernel.h"
#include "layout/layout.h"

struct plan;

/* Pointers of one execution, element [0...0] of each tensor. */
struct execution {
    const void *in[LAX_MAX_OPERANDS + 1]; /* operands in order; CONV: lhs, rhs */
    const void *bias, *residual;
    const void *packed; /* packed weights, or NULL: rhs is packed in a first phase */
    bool ahead;         /* this is that phase alone: its result is kept */
    void *out[LAX_MAX_OPERANDS];
    void *shared;      /* plan->shared_nbytes, 64-byte aligned; holds the packed weights */
    int64_t batch;     /* CONV: the batch of this execution */
    atomic_int status; /* first status of a callback that failed; tasks then return early */
};

/* One phase of a plan: `tasks` blocks, independent of each other and of the thread count. A
 * later phase starts when the earlier one is done. A worker's scratch is its own throughout a
 * phase, and begins with LAX_ALIGNMENT zeros: a task may find there what the one before left. */
struct phase {
    int64_t tasks;
    bool per_batch; /* tasks counts one image: multiply by the execution's batch */
    void (*run)(const struct plan *plan, struct execution *execution, int64_t task, void *scratch);
};

enum { LAX_MAX_PHASES = 4, LAX_WHY_NBYTES = 200 };

struct lowering {
    const char *name;
    enum problem_kind kind;
    /* false with a reason in why[LAX_WHY_NBYTES] */
    bool (*applicable)(const struct problem *problem, const struct machine *machine, char *why);
    /* Chooses blocks and kernels and fills phases, scratch, shared, packed. Fails for memory, or
     * with LAX_ERROR_LOWERING_REFUSED when a library refuses its kernel: the next row is tried. */
    lax_status (*build)(struct plan *plan, lax_error *why);
    /* One line about blocks and kernel. */
    void (*describe)(const struct plan *plan, struct text *text);
    /* Predicted milliseconds on one core; the applicable row that costs least is taken. */
    double (*cost)(const struct problem *problem, const struct machine *machine);
};

struct plan {
    struct cache_value value; /* first: plans are what the cache holds */
    struct runtime *runtime;
    int32_t threads; /* largest number of threads at execution */
    struct machine machine;
    struct problem problem;
    const struct lowering *lowering;
    struct phase phases[LAX_MAX_PHASES];
    int n_phases;
    int pack_phase;        /* index of the phase that packs rhs into `shared`, or -1 */
    bool pack_ahead_only;  /* else executions skip it: tasks pack for themselves */
    size_t scratch_nbytes; /* of each thread */
    size_t shared_nbytes;  /* of the execution; at least packed_nbytes, unless pack_ahead_only */
    size_t packed_nbytes;  /* 0: nothing to pack */
    uint64_t fingerprint;  /* of packed weights: build hashes its blocking into it */
    void *state;           /* the lowering's own, state_nbytes long */
    size_t state_nbytes;
    int n_operands, n_results;
    lax_tensor operands[LAX_MAX_OPERANDS]; /* forms that executions must have */
    lax_tensor results[LAX_MAX_OPERANDS];
    lax_tensor bias, residual; /* rank -1: none; bias.data is the caller's */
    lax_op op;
    int batch_axis_in, batch_axis_out; /* open batch: axis of operands[0], results[0]; or -1 */
    bool verbose;                      /* executions write lines to: */
    lax_log log;                       /* NULL: standard error */
    void *log_user;
    char *replay; /* verbose: the line */
};

/* Every lowering; `reference` takes every problem of its kind. */
extern const struct lowering *const lax_i_lowerings[];
extern const int lax_i_n_lowerings;
/* Is there a lowering of this name, for any kind / for this kind? */
bool lax_i_lowering_exists(const char *name);

/* Makes a plan from an inferred shape. `forced`: a lowering's name or NULL; `forced_strictly`: a
 * kind without that lowering is an error (an option) instead of free choice (the context's). */
lax_status lax_i_lower(const struct lax_context *ctx, const struct shape *shape, const char *forced,
                       bool forced_strictly, struct plan **out, lax_error *why);
void lax_i_plan_free(struct plan *plan);
/* Each lowering of the problem's kind with its refusal or cost, a line each. */
void lax_i_print_candidates(struct text *text, const struct problem *problem,
                            const struct machine *machine);
void lax_i_print_plan(struct text *text, const struct plan *plan);

/* State of a plan from its allocator, zeroed; freed with the plan. NULL with `why` filled. */
void *lax_i_plan_state(struct plan *plan, size_t nbytes, lax_error *why);

/* Nanoseconds, for costs, of one logaddexp of the folds and scans of a level. */
double lax_i_logaddexp_ns(lax_dtype type, lax_isa isa);
/* ... of folding one element into another, of many. */
double lax_i_fold_ns(lax_reducer_kind reducer, lax_dtype type, lax_isa isa);

/* The lowerings, one file each. */
#define LOWERING(row) extern const struct lowering row;
#include "lower/lowerings.def"
#undef LOWERING

#endif /* LAX_LOWER_LOWER_H */
