/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm, third part: its phases. A task packs one block of weights, or computes a
 * chunk of units, each a block of columns of one row for one or all blocks of output features. */
#include "lower/brgemm.h"

/* --- packing ---------------------------------------------------------------------------------- */

static int64_t packed_tap(const struct brgemm *b) { return b->in_features * b->ob; }

/* Coordinates of tap t in all dimensions, row-major, and its offset in the rhs. */
static int64_t rhs_tap(const struct brgemm_geometry *g, int64_t t) {
    int64_t offset = 0;
    for (int d = g->n - 1; d >= 0; d--) {
        offset += t % g->dim[d].kernel * g->dim[d].rhs;
        t /= g->dim[d].kernel;
    }
    return offset;
}

/* Task: the taps of one block of output features of one group, as [tap][in][ob]. */
void lax_i_brgemm_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch) {
    const struct brgemm *b = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    int64_t tap = task % b->geometry.taps, rest = task / b->geometry.taps;
    int64_t o = rest % b->n_ob, group = rest / b->n_ob;
    int64_t n = o == b->n_ob - 1 ? b->ob_last : b->ob;
    int64_t from =
        p->rhs_offset + group * p->rhs_group + o * b->ob * p->rhs_out + rhs_tap(&b->geometry, tap);
    int64_t to = ((group * b->n_ob + o) * b->geometry.taps + tap) * packed_tap(b);
    lax_i_convert_fn *move = lax_i_convert_kernel(b->type, b->type);
    (void)scratch;
    for (int64_t i = 0; i < b->in_features; i++)
        move((char *)execution->shared + (to + i * b->ob) * b->size, 1,
             (const char *)execution->in[1] + (from + i * p->rhs_in) * b->size, p->rhs_out, n);
}

/* --- one unit --------------------------------------------------------------------------------- */

struct unit {
    const struct plan *plan;
    const struct brgemm *b;
    const struct conv_problem *p;
    struct execution *execution;
    const void **lhs, **rhs;       /* BRGEMM_MAX_BATCH addresses each */
    char *staged;                  /* sums, if they are staged */
    char *line;                    /* a line of bias and one of residual */
    int64_t position[BRGEMM_DIMS]; /* of the row */
    int64_t group, batch, o;
    const struct brgemm_block *block;
    char *c; /* where the block's sums go, ldc elements apart */
    int64_t ldc;
};

/* Where the weights of (tap, input feature) lie, and how far their input features are apart. */
static const char *weights(const struct unit *u, int64_t tap, int64_t in) {
    const struct brgemm *b = u->b;
    const struct conv_problem *p = u->p;
    if (u->plan->packed_nbytes > 0) {
        const char *packed =
            u->execution->packed != NULL ? u->execution->packed : u->execution->shared;
        int64_t block = (u->group * b->n_ob + u->o) * b->geometry.taps + tap;
        return packed + (block * packed_tap(b) + in * b->ob) * b->size;
    }
    return (const char *)u->execution->in[1] +
           (p->rhs_offset + u->group * p->rhs_group + u->o * b->ob + rhs_tap(&b->geometry, tap) +
            in * p->rhs_in) *
               b->size;
}

/* One batch of products: `full` of them over whole channel blocks, or the last channel block's. */
static void call(const struct unit *u, const struct brgemm_step *step, bool last_k, bool add,
                 int64_t count) {
    const struct brgemm *b = u->b;
    const struct dot_kernel *kernel = &b->kernel[step->kernel[u->o == b->n_ob - 1][last_k][add]];
    kernel->run(kernel, u->lhs, u->rhs, u->c + step->column * u->ldc * b->size, count);
}

static void zero(const struct unit *u, const struct brgemm_step *step) {
    const struct brgemm *b = u->b;
    size_t n = (size_t)((u->o == b->n_ob - 1 ? b->ob_last : b->ob) * b->size);
    for (int32_t m = 0; m < step->m; m++)
        memset(u->c + (step->column + m) * u->ldc * b->size, 0, n);
}

/* Input offset of an outer tap for this row; false where it lies in padding. */
static bool outer_tap(const struct unit *u, int64_t tap, int64_t *offset) {
    const struct brgemm_geometry *g = &u->b->geometry;
    *offset = g->lhs_offset + u->group * u->p->lhs_group + u->batch * u->p->lhs_batch;
    for (int d = g->n - 2; d >= 0; d--) {
        const struct brgemm_dim *dim = &g->dim[d];
        int64_t k = tap % dim->kernel,
                x = u->position[d] * dim->stride + k * dim->dilation - dim->pad;
        if (x < 0 || x >= dim->in) return false;
        *offset += x * dim->lhs;
        tap /= dim->kernel;
    }
    return true;
}

/* A pass over all taps of a step for the channel blocks [k0, k1), all of one size. Returns whether
 * anything has been added. */
static bool pass(const struct unit *u, const struct brgemm_step *step, int64_t k0, int64_t k1,
                 bool add) {
    const struct brgemm *b = u->b;
    const struct brgemm_dim *row = &b->geometry.dim[b->geometry.n - 1];
    const char *lhs = u->execution->in[0];
    int64_t count = 0, offset, column = u->block->column + step->column;
    bool last_k = k0 == b->n_kb - 1;
    for (int64_t outer = 0; outer < b->geometry.outer_taps; outer++) {
        if (!outer_tap(u, outer, &offset)) continue;
        for (int64_t k = step->tap; k < step->tap + step->n_taps; k++) {
            int64_t x = column * row->stride + k * row->dilation - row->pad;
            for (int64_t i = k0; i < k1; i++) {
                u->lhs[count] = lhs + (offset + x * row->lhs + i * b->kb) * b->size;
                u->rhs[count] = weights(u, outer * row->kernel + k, i * b->kb);
                if (++count < BRGEMM_MAX_BATCH) continue;
                call(u, step, last_k, add, count);
                add = true;
                count = 0;
            }
        }
    }
    if (count > 0) call(u, step, last_k, add, count), add = true;
    return add;
}

static void run_step(const struct unit *u, const struct brgemm_step *step) {
    const struct brgemm *b = u->b;
    bool add = !step->fresh;
    if (step->n_taps > 0) {
        if (b->n_kb > 1) add = pass(u, step, 0, b->n_kb - 1, add);
        add = pass(u, step, b->n_kb - 1, b->n_kb, add);
    }
    if (!add) zero(u, step); /* every tap of a fresh step lies in padding */
}

/* --- epilogue --------------------------------------------------------------------------------- */

static int64_t row_offset(const struct unit *u, bool residual) {
    const struct brgemm_geometry *g = &u->b->geometry;
    int64_t offset = 0;
    for (int d = 0; d < g->n; d++) {
        int64_t at = d == g->n - 1 ? u->block->column : u->position[d];
        offset += at * (residual ? g->dim[d].residual : g->dim[d].result);
    }
    return offset;
}

static char *out_block(const struct unit *u) {
    const struct conv_problem *p = u->p;
    return (char *)u->execution->out[0] +
           (p->out_offset + u->group * p->out_group + u->batch * p->out_batch + u->o * u->b->ob +
            row_offset(u, false)) *
               u->b->size;
}

static void finish(const struct unit *u) {
    const struct brgemm *b = u->b;
    const struct conv_epilogue *e = &u->p->epilogue;
    const struct brgemm_dim *row = &b->geometry.dim[b->geometry.n - 1];
    lax_i_convert_fn *move = lax_i_convert_kernel(b->type, b->type);
    int64_t n = u->o == b->n_ob - 1 ? b->ob_last : b->ob, first = u->o * b->ob;
    char *bias = u->line, *residual = u->line + b->ob * b->size, *out = out_block(u);
    if (e->bias)
        move(bias, 1,
             (const char *)u->execution->bias +
                 (u->group * e->bias_group + first * e->bias_feature) * b->size,
             e->bias_feature, n);
    for (int32_t m = 0; m < u->block->m; m++) {
        char *sums = u->c + m * u->ldc * b->size;
        int64_t from = u->group * e->residual_group + u->batch * e->residual_batch +
                       first * e->residual_feature + row_offset(u, true) + m * row->residual;
        if (e->residual)
            move(residual, 1, (const char *)u->execution->residual + from * b->size,
                 e->residual_feature, n);
        b->epilogue(sums, e->bias ? bias : NULL, e->residual ? residual : NULL, n, e->activation,
                    e->alpha, e->beta);
        if (b->staged) memcpy(out + m * row->result * b->size, sums, (size_t)(n * b->size));
    }
}

/* --- tasks ------------------------------------------------------------------------------------ */

static void run_features(struct unit *u) {
    const struct brgemm *b = u->b;
    u->c = b->staged ? u->staged : out_block(u);
    for (int32_t s = 0; s < u->block->n_steps; s++)
        run_step(u, &b->steps[u->block->first_step + s]);
    if (b->epilogue != NULL) finish(u);
}

static void run_unit(struct unit *u, int64_t unit) {
    const struct brgemm *b = u->b;
    int64_t row = unit / b->n_blocks;
    u->block = &b->blocks[unit % b->n_blocks];
    for (int d = b->geometry.n - 2; d >= 0; d--) {
        u->position[d] = row % b->geometry.dim[d].out;
        row /= b->geometry.dim[d].out;
    }
    if (b->feature_tasks) {
        run_features(u);
        return;
    }
    for (u->o = 0; u->o < b->n_ob; u->o++) run_features(u);
}

void lax_i_brgemm_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch) {
    const struct brgemm *b = plan->state;
    const struct brgemm_dim *row = &b->geometry.dim[b->geometry.n - 1];
    struct unit u = {.plan = plan, .b = b, .p = &plan->problem.conv, .execution = execution};
    u.lhs = scratch;
    u.rhs = u.lhs + BRGEMM_MAX_BATCH;
    u.line = (char *)(u.rhs + BRGEMM_MAX_BATCH);
    u.staged = u.line + 2 * b->ob * b->size;
    u.ldc = b->staged || row->out <= 1 ? b->ob : row->result;
    int64_t chunk = task % b->n_chunks;
    task /= b->n_chunks;
    if (b->feature_tasks) u.o = task % b->n_ob, task /= b->n_ob;
    u.group = task % b->groups;
    u.batch = task / b->groups; /* 0 unless the batch is open */
    int64_t end = lax_i_min((chunk + 1) * b->chunk, b->units);
    for (int64_t unit = chunk * b->chunk; unit < end; unit++) run_unit(&u, unit);
}
