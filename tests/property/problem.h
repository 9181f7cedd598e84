/* SPDX-License-Identifier: Apache-2.0 */
/* Random problems: a generator for each family, data for it, every way to run it, the check. */
#ifndef LAX_TESTS_PROBLEM_H
#define LAX_TESTS_PROBLEM_H

#include "support/support.h"

struct problem;

/* One family of problems. Those that lax_operation cannot express bring their own call and
 * expectation; the others leave both NULL. */
struct family {
    const char *name;
    int64_t share; /* problems in the default run */
    void (*make)(struct problem *p);
    lax_status (*call)(lax_context *ctx, struct problem *p, lax_error *why);
    void (*expect)(struct problem *p);
};

struct problem {
    const struct family *family;
    int64_t number;
    struct rng rng;
    lax_operation op;
    enum fill fill[LAX_MAX_OPERANDS];
    struct view in[LAX_MAX_OPERANDS], out[LAX_MAX_OPERANDS];
    int32_t n_out;
    struct ref_array expected[LAX_MAX_OPERANDS];
    bool plain;       /* row-major operands */
    bool callback;    /* has a reducer or selector that is a function */
    int64_t used[32]; /* sizes so far, to keep them pairwise distinct */
    int32_t n_used;
    char strings[3][LAX_MAX_RANK + 1], labels[3 * LAX_MAX_RANK + 4];
    unsigned char init[LAX_MAX_OPERANDS][16];
    lax_dtype types[LAX_MAX_OPERANDS]; /* of a callback's operands */
    /* what the families outside lax_operation need */
    lax_conv_transpose_options transpose;
    lax_pool_options pool;
    lax_tensor other;
};

/* ---- problem.c ---- */
void problem_init(struct problem *p, const struct family *family, int64_t number);
/* A size between low and high that no other dimension has yet, if that is easy. */
int64_t problem_size(struct problem *p, int64_t low, int64_t high);
void problem_operand(struct problem *p, int32_t k, lax_dtype type, int32_t rank,
                     const int64_t *shape);
/* Takes memory for operands and results, fills it and asks the oracle. */
void problem_data(struct problem *p);
/* Runs the problem in a random way and checks results, holes and inputs. */
void problem_check(struct problem *p);
void problem_free(struct problem *p);
/* Aborts the test with the problem as HLO text and how to run it again. */
void problem_fail(const struct problem *p, const char *how, const char *complaint);
bool problem_is_forced(const struct problem *p);
void problem_force(struct problem *p, const char *lowering);

/* ---- call.c: the public function of each operation ---- */
lax_status problem_call(lax_context *ctx, struct problem *p, lax_error *why);
lax_status problem_by_operation(lax_context *ctx, struct problem *p, lax_error *why);
enum plan_use { PLAN_PLAIN, PLAN_WORKSPACE, PLAN_PACKED, PLAN_PACKED_INTO, PLAN_USES };
lax_status problem_by_plan(lax_context *ctx, struct problem *p, enum plan_use use, lax_error *why);

/* ---- make_conv.c, make_epilogue.c, make_window.c, make_move.c: families ---- */
/* Random options of a forward convolution into p->op.conv and the shapes of its operands; at most
 * `n` spatial dimensions. Returns the number of multiplications. */
int64_t make_conv_shapes(struct problem *p, int64_t *lhs, int64_t *rhs, int32_t *rank);
void make_spatial_numbers(struct problem *p, int32_t rank, struct ref_conv *c);
int64_t make_window_options(struct problem *p, int32_t rank, int64_t *shape);
void make_fill(struct problem *p, enum fill fill);
void make_conv(struct problem *p);
void make_conv_dense(struct problem *p);
void make_conv_u8(struct problem *p);
void make_conv_grad(struct problem *p);
void make_conv_patches(struct problem *p);
void make_conv_local(struct problem *p);
void make_conv_transpose(struct problem *p);
lax_status call_conv_transpose(lax_context *ctx, struct problem *p, lax_error *why);
void expect_conv_transpose(struct problem *p);
void make_conv_epilogue(struct problem *p);
lax_status call_conv_epilogue(lax_context *ctx, struct problem *p, lax_error *why);
void expect_conv_epilogue(struct problem *p);
void make_reduce_window(struct problem *p);
void make_reduce_window_fn(struct problem *p);
void make_avg_pool(struct problem *p);
void make_window_wide(struct problem *p);
void make_scan_long(struct problem *p);
void make_window_arg(struct problem *p);
void make_select_and_scatter(struct problem *p);
void make_select_and_gather(struct problem *p);
void make_window_grad(struct problem *p);
lax_status call_window_grad(lax_context *ctx, struct problem *p, lax_error *why);
void expect_window_grad(struct problem *p);
void make_pool(struct problem *p);
lax_status call_pool(lax_context *ctx, struct problem *p, lax_error *why);
void expect_pool(struct problem *p);
void make_scan(struct problem *p);
void make_pad(struct problem *p);
void make_pad_grad(struct problem *p);
lax_status call_pad_grad(lax_context *ctx, struct problem *p, lax_error *why);
void expect_pad_grad(struct problem *p);
void make_transpose(struct problem *p);
void make_reduce(struct problem *p);
void make_reduce_fn(struct problem *p);
void make_reduce_precision(struct problem *p);

/* A callback for tests: acc * 3 - elem, operand by operand, in each operand's type; user is the
 * array of types. Neither associative nor commutative. */
lax_status reducer_odd(void *user, int64_t n, const void *const *acc, const void *const *elem,
                       void *const *out);

extern const struct family families[];
extern const int32_t n_families;

#endif
