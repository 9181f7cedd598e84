/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm: dense f32 and f64 convolutions with contiguous channels as batch-reduce
 * matrix products (see brgemm.h). This file says which problems it takes and makes their plans. */
#include "lower/brgemm.h"

#include <stdio.h>

enum {
    OUT_BLOCK = 64,          /* output features of a product: four vectors of 16 floats */
    IN_BLOCK = 256,          /* input features of a product */
    SMALL_WEIGHTS = 1 << 19, /* bytes that stay in L2 while all blocks of features pass */
    TASK_PRODUCTS = 1 << 21, /* multiply-adds of a task: some 50 us */
    FEW_POSITIONS = 1024     /* below, packing costs more than it brings */
};

/* --- applicable ------------------------------------------------------------------------------- */

static bool refuse(char *why, const char *reason, int64_t have) {
    snprintf(why, LAX_WHY_NBYTES, reason, (long long)have);
    return false;
}

static bool plain_types(const struct conv_problem *p, char *why) {
    if ((p->lhs_type != LAX_F32 && p->lhs_type != LAX_F64) || p->rhs_type != p->lhs_type ||
        p->compute_type != p->lhs_type || p->out_type != p->lhs_type) {
        snprintf(why, LAX_WHY_NBYTES, "types are %s * %s -> %s, needs all f32 or all f64",
                 lax_dtype_name(p->lhs_type), lax_dtype_name(p->rhs_type),
                 lax_dtype_name(p->out_type));
        return false;
    }
    return true;
}

static bool plain_window(const struct conv_problem *p, char *why) {
    for (int d = 0; d < p->n; d++) {
        if (p->dim[d].lhs_dilation != 1 && p->dim[d].in > 1)
            return refuse(why, "lhs dilation is %lld, needs 1", p->dim[d].lhs_dilation);
        if (p->dim[d].rhs_position_stride != 0)
            return refuse(why, "the kernel differs by output position (stride %lld)",
                          p->dim[d].rhs_position_stride);
    }
    return true;
}

static bool is_empty(const struct conv_problem *p) {
    bool empty = p->groups == 0 || (p->batch == 0 && !p->open_batch) || p->out_features == 0;
    for (int d = 0; d < p->n; d++)
        empty = empty || p->dim[d].out == 0 || p->dim[d].in == 0 || p->dim[d].kernel == 0;
    return empty;
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const struct conv_problem *p = &problem->conv;
    struct brgemm_geometry geometry;
    const char *reason;
    if (p->patches) return refuse(why, "patches have no kernel to multiply with", 0);
    if (!plain_types(p, why) || !plain_window(p, why)) return false;
    if (p->in_features < 8)
        return refuse(why, "input features of a group are %lld, needs 8", p->in_features);
    if (p->lhs_feature != 1)
        return refuse(why, "lhs features are %lld elements apart, needs 1", p->lhs_feature);
    if (p->out_feature != 1 && p->out_features > 1)
        return refuse(why, "output features are %lld elements apart, needs 1", p->out_feature);
    if (is_empty(p)) return refuse(why, "a dimension is empty", 0);
    if (!lax_i_xsmm_available(machine->isa, &reason)) {
        snprintf(why, LAX_WHY_NBYTES, "%s", reason);
        return false;
    }
    return lax_i_brgemm_geometry(p, &geometry, why);
}

/* --- kernels ---------------------------------------------------------------------------------- */

static bool same_shape(const struct dot_shape *a, const struct dot_shape *b) {
    return a->m == b->m && a->n == b->n && a->k == b->k && a->beta == b->beta;
}

/* The number of a kernel in the plan's list, made if it is new; BRGEMM_NO_KERNEL: refused. */
static int find_kernel(struct brgemm *b, const struct dot_shape *shape, lax_isa isa,
                       const char **why) {
    for (int i = 0; i < b->n_kernels; i++)
        if (same_shape(&b->kernel[i].shape, shape)) return i;
    if (b->n_kernels == BRGEMM_MAX_KERNELS) return *why = "too many kernels", BRGEMM_NO_KERNEL;
    if (!lax_i_xsmm_kernel(shape, isa, &b->kernel[b->n_kernels], why)) return BRGEMM_NO_KERNEL;
    return b->n_kernels++;
}

/* Products of one step for the last or another block of features and channels. */
static struct dot_shape shape_of(const struct plan *plan, const struct brgemm *b, int64_t m,
                                 bool last_o, bool last_k) {
    const struct conv_problem *p = &plan->problem.conv;
    const struct brgemm_dim *row = &b->geometry.dim[b->geometry.n - 1];
    bool single = row->out <= 1;
    struct dot_shape s = {.type = b->type, .m = m};
    s.n = last_o ? b->ob_last : b->ob;
    s.k = last_k ? b->kb_last : b->kb;
    s.lda = single ? b->in_features : row->stride * row->lhs;
    s.ldb = plan->packed_nbytes > 0 ? b->ob : p->rhs_in;
    s.ldc = single || b->staged ? b->ob : row->result;
    return s;
}

static bool step_kernels(const struct plan *plan, struct brgemm *b, struct brgemm_step *step,
                         const char **why) {
    for (int o = b->n_ob > 1 ? 0 : 1; o < 2; o++)
        for (int k = b->n_kb > 1 ? 0 : 1; k < 2; k++)
            for (int beta = 0; beta < 2; beta++) {
                struct dot_shape shape = shape_of(plan, b, step->m, o, k);
                shape.beta = beta;
                int kernel = find_kernel(b, &shape, plan->machine.isa, why);
                if (kernel == BRGEMM_NO_KERNEL) return false;
                step->kernel[o][k][beta] = (uint8_t)kernel;
            }
    return true;
}

/* --- plan ------------------------------------------------------------------------------------- */

static void choose_blocks(const struct conv_problem *p, struct brgemm *b) {
    b->groups = p->groups, b->in_features = p->in_features, b->out_features = p->out_features;
    b->type = p->lhs_type;
    b->size = (int64_t)lax_dtype_size(b->type);
    int64_t block = OUT_BLOCK * 4 / b->size;
    b->n_ob = lax_i_ceil_div(p->out_features, block);
    b->ob = lax_i_min(block, p->out_features);
    b->ob_last = p->out_features - (b->n_ob - 1) * b->ob;
    b->n_kb = lax_i_ceil_div(p->in_features, IN_BLOCK);
    b->kb = lax_i_ceil_div(p->in_features, b->n_kb);
    b->n_kb = lax_i_ceil_div(p->in_features, b->kb);
    b->kb_last = p->in_features - (b->n_kb - 1) * b->kb;
    b->staged = p->epilogue.residual; /* the residual may be the output itself */
}

static void choose_tasks(const struct conv_problem *p, struct brgemm *b) {
    int64_t weights = b->geometry.taps * b->in_features * b->out_features * b->size;
    b->units = b->geometry.rows * b->n_blocks;
    b->feature_tasks = weights > SMALL_WEIGHTS && b->n_ob > 1;
    int64_t columns = lax_i_max(b->geometry.dim[b->geometry.n - 1].out / b->n_blocks, 1);
    double products = (double)columns * (double)b->geometry.taps * (double)b->in_features *
                      (double)(b->feature_tasks ? b->ob : b->out_features);
    b->chunk = lax_i_max((int64_t)(TASK_PRODUCTS / products), 1);
    b->n_chunks = lax_i_ceil_div(b->units, b->chunk);
    (void)p;
}

/* Weights are packed unless their output features already lie side by side and the call is too
 * short to earn the packing back. */
static size_t packed_size(const struct conv_problem *p, const struct brgemm *b) {
    int64_t positions = b->geometry.rows * b->geometry.dim[b->geometry.n - 1].out;
    if ((p->rhs_out == 1 || p->out_features == 1) && p->rhs_in >= b->ob &&
        positions < FEW_POSITIONS)
        return 0;
    return (size_t)(b->groups * b->n_ob * b->geometry.taps * b->in_features * b->ob * b->size);
}

static lax_status make_state(struct plan *plan, struct brgemm *counted, lax_error *why) {
    size_t blocks = (size_t)counted->n_blocks * sizeof *counted->blocks;
    size_t steps = (size_t)counted->n_steps * sizeof *counted->steps;
    char *memory = lax_i_plan_state(plan, sizeof *counted + blocks + steps, why);
    if (memory == NULL) return LAX_ERROR_MEMORY;
    struct brgemm *b = (struct brgemm *)(void *)memory;
    *b = *counted;
    b->blocks = (struct brgemm_block *)(void *)(memory + sizeof *b);
    b->steps = (struct brgemm_step *)(void *)(memory + sizeof *b + blocks);
    lax_i_brgemm_steps(b);
    for (int64_t i = 0; i < b->n_steps; i++) {
        const char *reason;
        if (b->steps[i].n_taps > 0 && !step_kernels(plan, b, &b->steps[i], &reason))
            return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED, "lowering \"brgemm\" refuses: %s",
                              reason);
    }
    return LAX_OK;
}

static void add_phases(struct plan *plan, const struct brgemm *b) {
    const int64_t blocking[] = {b->ob, b->in_features, b->geometry.taps};
    plan->fingerprint = lax_i_hash(plan->fingerprint, blocking, sizeof blocking);
    if (plan->packed_nbytes > 0) {
        plan->pack_phase = plan->n_phases;
        plan->shared_nbytes = plan->packed_nbytes;
        plan->phases[plan->n_phases++] = (struct phase){
            .tasks = b->groups * b->n_ob * b->geometry.taps, .run = lax_i_brgemm_pack};
    }
    plan->phases[plan->n_phases++] =
        (struct phase){.tasks = b->groups * b->n_chunks * (b->feature_tasks ? b->n_ob : 1),
                       .per_batch = plan->problem.conv.open_batch,
                       .run = lax_i_brgemm_run};
}

static bool has_epilogue(const struct conv_epilogue *e) {
    return e->bias || e->residual || e->activation != LAX_ACTIVATION_NONE;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct conv_problem *p = &plan->problem.conv;
    struct brgemm b = {0};
    char reason[LAX_WHY_NBYTES];
    if (!lax_i_brgemm_geometry(p, &b.geometry, reason))
        return lax_i_fail(why, LAX_ERROR_LOWERING_REFUSED, "%s", reason);
    choose_blocks(p, &b);
    b.epilogue = has_epilogue(&p->epilogue) ? lax_i_epilogue_kernel(b.type) : NULL;
    plan->packed_nbytes = packed_size(p, &b);
    lax_i_brgemm_steps(&b);
    choose_tasks(p, &b);
    lax_status s = make_state(plan, &b, why);
    if (s != LAX_OK) return s;
    size_t staged = b.staged ? (size_t)(b.block_m * b.ob * b.size) : 0;
    plan->scratch_nbytes =
        2 * BRGEMM_MAX_BATCH * sizeof(void *) + (size_t)(2 * b.ob * b.size) + staged;
    add_phases(plan, plan->state);
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct brgemm *b = plan->state;
    lax_i_text_add(text,
                   "xsmm %s, blocks of %lld columns x %lld features x %lld channels, %lld blocks "
                   "in %lld steps a row, %d kernels, weights %s",
                   lax_dtype_name(b->type), (long long)b->block_m, (long long)b->ob,
                   (long long)b->kb, (long long)b->n_blocks, (long long)b->n_steps, b->n_kernels,
                   plan->packed_nbytes > 0 ? "packed" : "as they are");
}

/* Products at 70 % of the peak, and the packing's bytes. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct conv_problem *p = &problem->conv;
    double taps = 1, out = (double)p->groups * (double)p->batch * (double)p->out_features;
    for (int d = 0; d < p->n; d++) taps *= (double)p->dim[d].kernel, out *= (double)p->dim[d].out;
    double size = (double)lax_dtype_size(p->lhs_type);
    double weights = (double)p->groups * taps * (double)p->in_features * (double)p->out_features;
    double rate = 0.7 * machine->gflops * 4 / size;
    return 2 * out * taps * (double)p->in_features / (rate * 1e6) +
           2 * weights * size / (machine->gbytes * 1e6);
}

const struct lowering lax_i_conv_brgemm = {"brgemm", PROBLEM_CONV, applicable,
                                           build,    describe,     cost};
