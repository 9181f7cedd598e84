/* SPDX-License-Identifier: Apache-2.0 */
/* The table of lowerings, and the choice of one for a problem. */
#include "lower/lower.h"

enum {
#define LOWERING(row) INDEX_##row,
#include "lower/lowerings.def"
#undef LOWERING
    LOWERINGS
};

const struct lowering *const lax_i_lowerings[] = {
#define LOWERING(row) &row,
#include "lower/lowerings.def"
#undef LOWERING
};
const int lax_i_n_lowerings = LOWERINGS;

bool lax_i_lowering_exists(const char *name) {
    for (int i = 0; i < lax_i_n_lowerings; i++)
        if (strcmp(lax_i_lowerings[i]->name, name) == 0) return true;
    return false;
}

static const struct lowering *find(enum problem_kind kind, const char *name) {
    for (int i = 0; i < lax_i_n_lowerings; i++)
        if (lax_i_lowerings[i]->kind == kind && strcmp(lax_i_lowerings[i]->name, name) == 0)
            return lax_i_lowerings[i];
    return NULL;
}

double lax_i_logaddexp_ns(lax_dtype type, lax_isa isa) {
    if (lax_i_dtype_kind(type) == KIND_COMPLEX) return 60;
    if (isa < LAX_ISA_AVX2) return 14; /* libm */
    return (type == LAX_F64 ? 2 : 0.6) * (isa < LAX_ISA_AVX512 ? 1.5 : 1);
}

double lax_i_fold_ns(lax_reducer_kind reducer, lax_dtype type, lax_isa isa) {
    double bytes = (double)lax_dtype_size(type);
    enum dtype_kind kind = lax_i_dtype_kind(type);
    bool slow = kind == KIND_COMPLEX || (kind != KIND_FLOAT && (bytes == 1 || bytes == 8));
    if (reducer == LAX_LOGADDEXP) return lax_i_logaddexp_ns(type, isa);
    if (type == LAX_F16 || type == LAX_BF16) bytes = 4; /* the working form */
    double ns = bytes * (isa == LAX_ISA_SCALAR ? 0.02 : isa < LAX_ISA_AVX512 ? 0.008 : 0.006);
    return reducer == LAX_MUL && slow ? 3 * ns : ns;
}

void *lax_i_plan_state(struct plan *plan, size_t nbytes, lax_error *why) {
    plan->state = lax_i_allocate(&plan->runtime->allocator, nbytes);
    if (plan->state == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes for a plan cannot be had", nbytes),
               NULL;
    plan->state_nbytes = nbytes;
    return memset(plan->state, 0, nbytes);
}

static void drop_state(struct plan *plan) {
    lax_i_release(&plan->runtime->allocator, plan->state, plan->state_nbytes);
    plan->state = NULL;
    plan->state_nbytes = 0;
}

/* Packed weights fit every plan that agrees in lowering, blocking, instruction set, types, shape of
 * the weights but for taps that meet only padding, and version; unpacked ones refer to memory, so
 * that strides count as well. */
static uint64_t fingerprint(const struct plan *plan) {
    const char *version = lax_version();
    uint64_t h = lax_i_hash(plan->fingerprint, plan->lowering->name, strlen(plan->lowering->name));
    h = lax_i_hash(h, version, strlen(version));
    h = lax_i_hash(h, &plan->machine.isa, sizeof plan->machine.isa);
    h = lax_i_hash(h, &plan->packed_nbytes, sizeof plan->packed_nbytes);
    if (plan->problem.kind != PROBLEM_CONV) return h;
    const struct conv_problem *p = &plan->problem.conv;
    const int64_t sizes[] = {p->groups, p->in_features, p->out_features, (int64_t)p->rhs_type,
                             (int64_t)p->compute_type};
    h = lax_i_hash(h, sizes, sizeof sizes);
    const lax_tensor *rhs = &plan->operands[1];
    h = lax_i_hash(h, rhs->shape, (size_t)rhs->rank * sizeof *rhs->shape);
    if (plan->packed_nbytes == 0)
        h = lax_i_hash(h, rhs->strides, (size_t)rhs->rank * sizeof *rhs->strides);
    return h;
}

/* Which logical element of rhs each role stands for: dimension numbers, reversal and the operation
 * (a gradient swaps roles) all show in the strides that row-major weights would have. */
static uint64_t hash_roles(uint64_t h, const struct shape *shape) {
    struct shape plain = *shape;
    struct problem problem;
    const struct conv_problem *p = &problem.conv;
    lax_i_row_major(&plain.operands[1]);
    lax_i_layout(&plain, &problem);
    const int64_t roles[] = {p->rhs_offset, p->rhs_group, p->rhs_out, p->rhs_in};
    h = lax_i_hash(h, roles, sizeof roles);
    for (int d = 0; d < p->n; d++) {
        const int64_t dim[] = {p->dim[d].kernel, p->dim[d].rhs_stride};
        h = lax_i_hash(h, dim, sizeof dim);
    }
    return h;
}

/* A row's build starts from a plan without phases. */
static lax_status try_row(struct plan *plan, const struct lowering *row, lax_error *why) {
    plan->lowering = row;
    plan->n_phases = 0;
    plan->pack_phase = -1;
    plan->pack_ahead_only = false;
    plan->scratch_nbytes = plan->shared_nbytes = plan->packed_nbytes = 0;
    plan->fingerprint = LAX_HASH_START;
    lax_status s = row->build(plan, why);
    if (s == LAX_OK) plan->fingerprint = fingerprint(plan);
    if (s != LAX_OK) drop_state(plan);
    return s;
}

static lax_status build_forced(struct plan *plan, const char *name, lax_error *why) {
    char reason[LAX_WHY_NBYTES] = "";
    const struct lowering *row = find(plan->problem.kind, name);
    if (row == NULL)
        return lax_i_fail(why, LAX_ERROR_LOWERING_NAME,
                          "this operation has no lowering named \"%.40s\"", name);
    if (!row->applicable(&plan->problem, &plan->machine, reason))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED, "lowering \"%s\" refuses: %s", row->name,
                          reason);
    return try_row(plan, row, why);
}

/* The applicable row that costs least, but for those that were tried; -1: none. */
static int cheapest(const struct plan *plan, const bool *tried) {
    double least = 0;
    int best = -1;
    for (int i = 0; i < lax_i_n_lowerings; i++) {
        const struct lowering *row = lax_i_lowerings[i];
        char reason[LAX_WHY_NBYTES];
        if (row->kind != plan->problem.kind || tried[i]) continue;
        if (!row->applicable(&plan->problem, &plan->machine, reason)) continue;
        double cost = row->cost(&plan->problem, &plan->machine);
        if (best >= 0 && !(cost < least)) continue;
        least = cost;
        best = i;
    }
    return best;
}

/* The cheapest row whose build succeeds. */
static lax_status build_best(struct plan *plan, lax_error *why) {
    bool tried[LOWERINGS] = {false};
    for (int i; (i = cheapest(plan, tried)) >= 0; tried[i] = true) {
        lax_status s = try_row(plan, lax_i_lowerings[i], why);
        if (s != LAX_ERROR_LOWERING_REFUSED) return s;
    }
    return lax_i_fail(why, LAX_ERROR_UNSUPPORTED, "no lowering takes this problem");
}

static void copy_forms(struct plan *plan, const struct shape *shape) {
    const lax_operation *op = shape->spec->operation;
    plan->op = op->op;
    plan->n_operands = shape->n_operands;
    plan->n_results = shape->n_results;
    memcpy(plan->operands, shape->operands, sizeof plan->operands);
    memcpy(plan->results, shape->results, sizeof plan->results);
    plan->bias = shape->bias;
    plan->residual = shape->residual;
    plan->batch_axis_in = plan->batch_axis_out = -1;
    if (op->op == LAX_OP_CONV && op->conv.open_batch) {
        plan->batch_axis_in = shape->conv.numbers.lhs_spec[0];
        plan->batch_axis_out = shape->conv.numbers.out_spec[0];
    }
}

static lax_policy policy_of(const struct lax_context *ctx, const lax_operation *op) {
    lax_policy policy = op->op <= LAX_OP_CONV_LOCAL ? op->conv.policy
                        : op->op == LAX_OP_REDUCE   ? op->reduce.policy
                                                    : op->window.policy;
    return policy != LAX_POLICY_UNSET ? policy : ctx->policy;
}

static void destroy(struct cache_value *value) { lax_i_plan_free((struct plan *)value); }

void lax_i_plan_free(struct plan *plan) {
    struct runtime *runtime = plan->runtime;
    drop_state(plan);
    if (plan->replay != NULL)
        lax_i_release(&runtime->allocator, plan->replay, strlen(plan->replay) + 1);
    lax_i_release(&runtime->allocator, plan, sizeof *plan);
    lax_i_runtime_release(runtime);
}

lax_status lax_i_lower(const struct lax_context *ctx, const struct shape *shape, const char *forced,
                       bool forced_strictly, struct plan **out, lax_error *why) {
    struct plan *plan = lax_i_allocate(&ctx->runtime->allocator, sizeof *plan);
    if (plan == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes for a plan cannot be had",
                          sizeof *plan);
    memset(plan, 0, sizeof *plan);
    lax_i_runtime_retain(ctx->runtime);
    plan->runtime = ctx->runtime;
    atomic_init(&plan->value.references, 1);
    plan->value.destroy = destroy;
    int32_t threads = shape->spec->operation->num_threads;
    plan->threads = threads > 0 ? (int32_t)lax_i_min(threads, ctx->runtime->num_threads)
                                : ctx->runtime->num_threads;
    plan->machine = ctx->machine;
    copy_forms(plan, shape);
    lax_i_layout(shape, &plan->problem);
    plan->problem.policy = policy_of(ctx, shape->spec->operation);
    bool use_forced = forced != NULL && (forced_strictly || find(plan->problem.kind, forced));
    lax_status s = use_forced ? build_forced(plan, forced, why) : build_best(plan, why);
    plan->value.nbytes = sizeof *plan + plan->state_nbytes;
    if (s == LAX_OK && plan->packed_nbytes > 0)
        plan->fingerprint = hash_roles(plan->fingerprint, shape);
    if (s != LAX_OK)
        lax_i_plan_free(plan);
    else
        *out = plan;
    return s;
}

/* --- printing --------------------------------------------------------------------------------- */

void lax_i_print_candidates(struct text *text, const struct problem *problem,
                            const struct machine *machine) {
    for (int i = 0; i < lax_i_n_lowerings; i++) {
        const struct lowering *row = lax_i_lowerings[i];
        char reason[LAX_WHY_NBYTES] = "";
        if (row->kind != problem->kind) continue;
        if (row->applicable(problem, machine, reason))
            lax_i_text_add(text, "  %-10s takes it, predicted %.4g ms\n", row->name,
                           row->cost(problem, machine));
        else
            lax_i_text_add(text, "  %-10s refuses: %s\n", row->name, reason);
    }
}

void lax_i_print_plan(struct text *text, const struct plan *plan) {
    lax_i_text_add(text, "%s: ", plan->lowering->name);
    plan->lowering->describe(plan, text);
}
