/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm: dense f32 and f64 convolution by batch-reduce matrix products, channels
 * contiguous. This file says when it applies and chooses blocks and kernels. Block sizes are
 * constants, not the machine's cache sizes: the order of sums must not depend on the machine. */
#include "lower/brgemm.h"

#include <math.h>
#include <stdio.h>

enum {
    MIN_FEATURES = 8,       /* input features: below, products are too thin */
    SLAB_NBYTES = 1 << 20,  /* weights that a task goes through between visits to a row */
    STAGE_NBYTES = 1 << 20, /* sums that wait for an epilogue */
    MAX_COLUMNS = 160,      /* of a block */
};
static const double task_macs = 8e6; /* about 100 us: small enough to share, large against calls */

/* --- applicable ------------------------------------------------------------------------------- */

static bool refuse(char *why, const char *sentence) {
    snprintf(why, LAX_WHY_NBYTES, "%s", sentence);
    return false;
}

static bool dilated(const struct conv_problem *p) {
    for (int d = 0; d < p->n; d++)
        if (p->dim[d].lhs_dilation != 1 && p->dim[d].in > 1) return true;
    return false;
}

static bool by_position(const struct conv_problem *p) {
    for (int d = 0; d < p->n; d++)
        if (p->dim[d].rhs_position_stride != 0) return true;
    return false;
}

static const char *refusal(const struct conv_problem *p) {
    lax_dtype t = p->out_type;
    if (p->patches) return "patches have no weights";
    if (t != LAX_F32 && t != LAX_F64) return "the element type is not f32 or f64";
    if (p->lhs_type != t || p->rhs_type != t || p->compute_type != t)
        return "operands and result differ in element type";
    if (by_position(p)) return "kernels differ by output position";
    if (dilated(p)) return "lhs is dilated";
    if (p->lhs_feature != 1) return "lhs features are not contiguous";
    if (p->out_feature != 1 && p->out_features != 1) return "output features are not contiguous";
    return NULL;
}

/* Bytes of packed weights, features rounded up to `block`. */
static bool packed_nbytes(const struct conv_problem *p, int64_t taps, int64_t block,
                          int64_t *nbytes) {
    const int64_t limit = (int64_t)4 << 30;
    int64_t features = lax_i_ceil_div(p->out_features, block) * block;
    const int64_t sizes[] = {p->groups, features, p->in_features, taps,
                             (int64_t)lax_dtype_size(p->out_type)};
    return lax_i_product(LAX_COUNTOF(sizes), sizes, nbytes) && *nbytes <= limit;
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const struct conv_problem *p = &problem->conv;
    struct brgemm_geometry geometry;
    int64_t nbytes;
    const char *reason = refusal(p);
    if (reason == NULL && lax_i_xsmm_available(machine->isa, &reason)) reason = NULL;
    if (reason != NULL) return refuse(why, reason);
    if (p->in_features < MIN_FEATURES) {
        snprintf(why, LAX_WHY_NBYTES, "%lld input features a group, at least %d are needed",
                 (long long)p->in_features, MIN_FEATURES);
        return false;
    }
    if (!lax_i_brgemm_geometry(p, &geometry, why)) return false;
    if (!packed_nbytes(p, geometry.taps, 64, &nbytes))
        return refuse(why, "packed weights would take more than 4 GiB");
    return true;
}

/* --- build ------------------------------------------------------------------------------------ */

static void choose_features(struct brgemm *b, const struct machine *machine) {
    int64_t vector = (machine->isa >= LAX_ISA_AVX512 ? 64 : 32) / b->size;
    int64_t blocks = lax_i_ceil_div(b->out_features, 4 * vector);
    b->ob = vector * lax_i_ceil_div(lax_i_ceil_div(b->out_features, lax_i_max(blocks, 1)), vector);
    b->ob = lax_i_max(b->ob, vector);
    b->n_ob = lax_i_ceil_div(b->out_features, b->ob);
    b->ob_last = b->out_features - (b->n_ob - 1) * b->ob;
    int64_t most = SLAB_NBYTES / (b->geometry.taps * b->ob * b->size);
    blocks = lax_i_ceil_div(b->in_features, lax_i_max(most, 16));
    b->kb = lax_i_ceil_div(b->in_features, blocks);
    b->n_kb = lax_i_ceil_div(b->in_features, b->kb);
    b->kb_last = b->in_features - (b->n_kb - 1) * b->kb;
}

static void choose_columns(struct brgemm *b) {
    int64_t width = b->geometry.dim[b->geometry.n - 1].out;
    int64_t blocks = lax_i_ceil_div(width, MAX_COLUMNS);
    b->block_m = lax_i_ceil_div(width, lax_i_max(blocks, 1));
    b->n_blocks = width == 0 ? 0 : lax_i_ceil_div(width, b->block_m);
    b->units = b->geometry.rows * b->n_blocks;
}

/* Tasks of about task_macs. Where weights are many a task has one block of output features, and
 * enough columns to read its weights for. */
static void choose_tasks(struct brgemm *b) {
    enum { ENOUGH_COLUMNS = 512 };
    int64_t taps = b->geometry.taps, slab = taps * b->in_features * b->ob * b->size;
    b->feature_tasks = slab * b->n_ob > SLAB_NBYTES;
    double features = (double)(b->feature_tasks ? b->ob : b->out_features);
    double macs = (double)(b->block_m * taps * b->in_features) * features;
    int64_t chunk = macs > 0 ? (int64_t)(task_macs / macs) + 1 : 1;
    if (slab > SLAB_NBYTES)
        chunk = lax_i_max(chunk, lax_i_ceil_div(ENOUGH_COLUMNS, lax_i_max(b->block_m, 1)));
    if (b->staged)
        chunk = lax_i_min(chunk, lax_i_max(STAGE_NBYTES / (b->block_m * b->ob * b->size), 1));
    b->n_chunks = lax_i_ceil_div(b->units, chunk);
    b->chunk = b->n_chunks == 0 ? 1 : lax_i_ceil_div(b->units, b->n_chunks);
    b->n_chunks = lax_i_ceil_div(b->units, b->chunk);
}

static void choose(struct brgemm *b, const struct plan *plan) {
    const struct conv_problem *p = &plan->problem.conv;
    const struct conv_epilogue *e = &p->epilogue;
    b->type = p->out_type;
    b->size = (int64_t)lax_dtype_size(b->type);
    b->groups = p->groups;
    b->in_features = p->in_features;
    b->out_features = p->out_features;
    if (e->bias || e->residual || e->activation != LAX_ACTIVATION_NONE)
        b->epilogue = lax_i_epilogue_kernel(b->type, plan->machine.isa);
    b->staged = e->residual; /* the residual may be the output itself */
    choose_features(b, &plan->machine);
    choose_columns(b);
    if (b->block_m > 0) choose_tasks(b);
    lax_i_brgemm_steps(b);
}

static bool same(const struct dot_shape *x, const struct dot_shape *y) {
    return x->m == y->m && x->n == y->n && x->k == y->k && x->beta == y->beta;
}

/* Index of the kernel of a shape, asked for once. */
static lax_status find_kernel(struct brgemm *b, const struct dot_shape *shape, lax_isa isa,
                              uint8_t *index, lax_error *why) {
    const char *reason = "it needs too many different kernels";
    for (int i = 0; i < b->n_kernels; i++)
        if (same(&b->kernel[i].shape, shape)) {
            *index = (uint8_t)i;
            return LAX_OK;
        }
    if (b->n_kernels == BRGEMM_MAX_KERNELS ||
        !lax_i_xsmm_kernel(shape, isa, &b->kernel[b->n_kernels], &reason))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED, "lowering 'brgemm' refuses: %s", reason);
    *index = (uint8_t)b->n_kernels++;
    return LAX_OK;
}

/* Variants of a step: [last feature block][last channel block][beta]. Which of them occur follows
 * from how many blocks there are and whether sums are added to. */
static bool occurs(const struct brgemm *b, const struct brgemm_step *step, int variant) {
    bool last_n = variant & 4, last_k = variant & 2, beta = variant & 1;
    int64_t batch = step->n_taps * b->geometry.outer_taps;
    if (step->n_taps == 0 || (!last_n && b->n_ob == 1) || (!last_k && b->n_kb == 1)) return false;
    if (!beta) return step->fresh && (!last_k || b->n_kb == 1);
    return !step->fresh || b->n_kb > 1 || batch > BRGEMM_MAX_BATCH;
}

static lax_status find_kernels(struct brgemm *b, struct brgemm_step *step, lax_isa isa,
                               lax_error *why) {
    const struct conv_axis *row = &b->geometry.dim[b->geometry.n - 1];
    for (int variant = 0; variant < 8; variant++) {
        uint8_t *index = &step->kernel[variant >> 2][variant >> 1 & 1][variant & 1];
        *index = BRGEMM_NO_KERNEL;
        if (!occurs(b, step, variant)) continue;
        struct dot_shape shape = {.type = b->type,
                                  .m = step->m,
                                  .n = variant & 4 ? b->ob_last : b->ob,
                                  .k = variant & 2 ? b->kb_last : b->kb,
                                  .lda = row->out > 1 ? row->stride * row->lhs : b->in_features,
                                  .ldb = b->ob,
                                  .ldc = b->ob,
                                  .beta = variant & 1};
        if (!b->staged && row->out > 1) shape.ldc = row->result;
        lax_status s = find_kernel(b, &shape, isa, index, why);
        if (s != LAX_OK) return s;
    }
    return LAX_OK;
}

/* What packed weights look like beside sizes: blocks, and the order of taps. */
static void hash_packing(struct plan *plan, const struct brgemm *b) {
    int64_t words[3 + CONV_AXES] = {b->ob, b->kb, 0};
    int n = 3;
    for (int d = 0; d < b->geometry.n; d++)
        if (b->geometry.dim[d].kernel > 1) words[n++] = b->geometry.dim[d].axis;
    plan->fingerprint = lax_i_hash(plan->fingerprint, words, (size_t)n * sizeof *words);
}

static void fill_plan(struct plan *plan, const struct brgemm *b) {
    const struct conv_problem *p = &plan->problem.conv;
    int64_t nbytes = 0;
    packed_nbytes(p, b->geometry.taps, b->ob, &nbytes);
    plan->packed_nbytes = plan->shared_nbytes = (size_t)nbytes;
    plan->scratch_nbytes =
        (size_t)b->geometry.outer_taps * sizeof(struct brgemm_tap) + 2 * (size_t)(b->ob * b->size);
    plan->scratch_nbytes = lax_i_round_up(plan->scratch_nbytes, LAX_ALIGNMENT);
    if (b->staged) plan->scratch_nbytes += (size_t)(b->chunk * b->block_m * b->ob * b->size);
    plan->pack_phase = 0;
    plan->n_phases = 2;
    plan->phases[0] =
        (struct phase){.tasks = p->groups * b->n_ob * b->n_kb, .run = lax_i_brgemm_pack};
    plan->phases[1] =
        (struct phase){.tasks = p->groups * (b->feature_tasks ? b->n_ob : 1) * b->n_chunks,
                       .per_batch = p->open_batch,
                       .run = lax_i_brgemm_run};
    hash_packing(plan, b);
}

static lax_status build(struct plan *plan, lax_error *why) {
    struct brgemm draft = {0};
    char reason[LAX_WHY_NBYTES];
    if (!lax_i_brgemm_geometry(&plan->problem.conv, &draft.geometry, reason))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED, "lowering 'brgemm' refuses: %s", reason);
    choose(&draft, plan);
    size_t blocks = (size_t)draft.n_blocks * sizeof *draft.blocks;
    size_t steps = (size_t)draft.n_steps * sizeof *draft.steps;
    struct brgemm *b = lax_i_plan_state(plan, sizeof *b + blocks + steps, why);
    if (b == NULL) return LAX_ERROR_MEMORY;
    *b = draft;
    b->blocks = (struct brgemm_block *)(b + 1);
    b->steps = (struct brgemm_step *)((char *)(b + 1) + blocks);
    lax_i_brgemm_steps(b);
    for (int64_t i = 0; i < b->n_steps; i++) {
        lax_status s = find_kernels(b, &b->steps[i], plan->machine.isa, why);
        if (s != LAX_OK) return s;
    }
    fill_plan(plan, b);
    return LAX_OK;
}

/* --- describe, cost --------------------------------------------------------------------------- */

static void describe(const struct plan *plan, struct text *text) {
    const struct brgemm *b = plan->state;
    lax_i_text_add(text,
                   "%d xsmm kernels; blocks of %lld columns x %lld features x %lld channels; "
                   "%lld taps, %lld tasks of %lld blocks%s%s",
                   b->n_kernels, (long long)b->block_m, (long long)b->ob, (long long)b->kb,
                   (long long)b->geometry.taps, (long long)plan->phases[1].tasks,
                   (long long)b->chunk, plan->phases[1].per_batch ? " an image" : "",
                   b->staged ? ", sums staged" : "");
}

static double cost(const struct problem *problem, const struct machine *machine) {
    const struct conv_problem *p = &problem->conv;
    double size = (double)lax_dtype_size(p->out_type);
    double in = (double)(p->groups * p->in_features), out = (double)(p->groups * p->out_features);
    double weights = out * (double)p->in_features, batch = (double)p->batch;
    double outputs = batch * out, inputs = batch * in;
    for (int d = 0; d < p->n; d++) {
        outputs *= (double)p->dim[d].out;
        inputs *= (double)p->dim[d].in;
        weights *= (double)p->dim[d].kernel;
    }
    double lanes = (machine->isa >= LAX_ISA_AVX512 ? 64 : 32) / size;
    double filled = (double)p->out_features / lanes / ceil((double)p->out_features / lanes);
    double positions = out > 0 ? outputs / out : 0;
    double flops = 2 * positions * weights / (filled > 0 ? filled : 1),
           rate = 0.85 * machine->gflops * 4 / size;
    return flops / rate * 1e-6 + (inputs + outputs + 3 * weights) * size / machine->gbytes * 1e-6;
}

const struct lowering lax_i_conv_brgemm = {
    "brgemm", PROBLEM_CONV, applicable, build, describe, cost,
};
