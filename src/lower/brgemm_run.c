/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm, last part: packing weights, and the loops of a task.
 *
 * Packed weights lie in the order in which tasks read them: [group][feature block][channel block]
 * [tap][channel][feature], the features of the last block filled up with zeros. */
#include "lower/brgemm.h"

/* --- packing ---------------------------------------------------------------------------------- */

/* dst[i][o] = src[i * in + o * out] for i < rows, o < n; zeros for n <= o < ob. */
struct matrix {
    int64_t rows, n, ob, in, out;
};

static void copy_rows(char *dst, const char *src, const struct matrix *m, size_t size) {
    size_t have = (size_t)m->n * size, width = (size_t)m->ob * size;
    for (int64_t i = 0; i < m->rows; i++, dst += width) {
        memcpy(dst, src + i * m->in * (int64_t)size, have);
        memset(dst + have, 0, width - have);
    }
}

static void gather_f32(float *dst, const float *src, const struct matrix *m) {
    for (int64_t i = 0; i < m->rows; i++, dst += m->ob) {
        for (int64_t o = 0; o < m->n; o++) dst[o] = src[i * m->in + o * m->out];
        memset(dst + m->n, 0, (size_t)(m->ob - m->n) * sizeof *dst);
    }
}

static void gather_f64(double *dst, const double *src, const struct matrix *m) {
    for (int64_t i = 0; i < m->rows; i++, dst += m->ob) {
        for (int64_t o = 0; o < m->n; o++) dst[o] = src[i * m->in + o * m->out];
        memset(dst + m->n, 0, (size_t)(m->ob - m->n) * sizeof *dst);
    }
}

static void pack_tap(const struct brgemm *b, void *dst, const void *src, const struct matrix *m) {
    if (m->out == 1 || m->n == 1)
        copy_rows(dst, src, m, (size_t)b->size);
    else if (b->type == LAX_F32)
        gather_f32(dst, src, m);
    else
        gather_f64(dst, src, m);
}

/* Elements of a slab: the weights of one channel block of one feature block. */
static int64_t slab_offset(const struct brgemm *b, int64_t group, int64_t block, int64_t kb) {
    int64_t channels = (group * b->n_ob + block) * b->in_features + kb * b->kb;
    return channels * b->geometry.taps * b->ob;
}

void lax_i_brgemm_pack(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch) {
    const struct brgemm *b = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    const struct brgemm_geometry *g = &b->geometry;
    int64_t kb = task % b->n_kb, block = task / b->n_kb % b->n_ob, group = task / b->n_kb / b->n_ob;
    struct matrix m = {.rows = kb == b->n_kb - 1 ? b->kb_last : b->kb,
                       .n = block == b->n_ob - 1 ? b->ob_last : b->ob,
                       .ob = b->ob,
                       .in = p->rhs_in,
                       .out = p->rhs_out};
    char *dst = (char *)execution->shared + slab_offset(b, group, block, kb) * b->size;
    const char *src = execution->in[1];
    int64_t k[CONV_AXES] = {0}, kernel[CONV_AXES], strides[CONV_AXES];
    (void)scratch;
    src += (p->rhs_offset + group * p->rhs_group + block * b->ob * p->rhs_out +
            kb * b->kb * p->rhs_in) *
           b->size;
    for (int d = 0; d < g->n; d++) {
        kernel[d] = g->dim[d].kernel;
        strides[d] = g->dim[d].rhs;
    }
    do {
        pack_tap(b, dst, src + lax_i_offset(g->n, k, strides) * b->size, &m);
        dst += m.rows * b->ob * b->size;
    } while (lax_i_next(g->n, k, kernel));
}

/* --- one task --------------------------------------------------------------------------------- */

/* What a task works on, from the outermost loop inwards. */
struct work {
    const struct plan *plan;
    const struct brgemm *b;
    struct execution *execution;
    const char *lhs, *weights; /* of the group and image; of the slab */
    char *out;                 /* of the group, image and feature block */
    const char *bias, *residual;
    int64_t first_unit, end_unit;
    int64_t image, group, block, kb;
    int64_t n;               /* features of the block */
    struct brgemm_tap *taps; /* of the row at hand */
    int64_t n_taps;
    char *stage; /* sums, when they wait for an epilogue */
};

/* Where the sums of a unit are: the output itself, or the stage. */
struct place {
    char *sums, *out;
    const char *residual;
    int64_t pitch; /* bytes between the columns of sums */
    const struct brgemm_block *block;
};

/* The taps of the outer dimensions that positions `at` reach, in order. */
static void list_taps(struct work *w, const int64_t *at) {
    const struct brgemm_geometry *g = &w->b->geometry;
    int64_t first[CONV_AXES], count[CONV_AXES], k[CONV_AXES] = {0};
    int outer = g->n - 1;
    w->n_taps = 0;
    for (int d = 0; d < outer; d++) {
        const struct conv_axis *dim = &g->dim[d];
        int64_t origin = at[d] * dim->stride - dim->pad;
        int64_t below = origin < 0 ? lax_i_ceil_div(-origin, dim->dilation) : 0;
        int64_t room = dim->in - 1 - origin;
        int64_t end = room < 0 ? 0 : lax_i_min(room / dim->dilation + 1, dim->kernel);
        if (below >= end) return;
        first[d] = below;
        count[d] = end - below;
    }
    do {
        struct brgemm_tap tap = {0, 0};
        for (int d = 0; d < outer; d++) {
            const struct conv_axis *dim = &g->dim[d];
            int64_t u = at[d] * dim->stride - dim->pad + (first[d] + k[d]) * dim->dilation;
            tap.lhs += u * dim->lhs;
            tap.index = tap.index * dim->kernel + first[d] + k[d];
        }
        tap.index *= g->dim[outer].kernel;
        w->taps[w->n_taps++] = tap;
    } while (lax_i_next(outer, k, count));
}

static void clear(const struct work *w, const struct place *at, int64_t column, int64_t m) {
    for (int64_t i = column; i < column + m; i++)
        memset(at->sums + i * at->pitch, 0, (size_t)(w->n * w->b->size));
}

/* Adds a step's taps, at most BRGEMM_MAX_BATCH at a time. */
static void run_step(const struct work *w, const struct brgemm_step *step, const struct place *at) {
    const struct brgemm *b = w->b;
    const struct conv_axis *row = &b->geometry.dim[b->geometry.n - 1];
    const void *lhs[BRGEMM_MAX_BATCH], *weights[BRGEMM_MAX_BATCH];
    const uint8_t *kernels = step->kernel[w->block == b->n_ob - 1][w->kb == b->n_kb - 1];
    int64_t channels = w->kb == b->n_kb - 1 ? b->kb_last : b->kb, count = 0;
    int64_t tap_nbytes = channels * b->ob * b->size;
    int64_t u = (at->block->column + step->column) * row->stride - row->pad;
    int64_t lhs0 = u * row->lhs + w->kb * b->kb, step0 = row->dilation * row->lhs;
    char *sums = at->sums + step->column * at->pitch;
    int beta = step->fresh && w->kb == 0 ? 0 : 1;
    for (int64_t i = 0; i < w->n_taps; i++) {
        for (int64_t t = step->tap; t < step->tap + step->n_taps; t++) {
            lhs[count] = w->lhs + (lhs0 + w->taps[i].lhs + t * step0) * b->size;
            weights[count++] = w->weights + (w->taps[i].index + t) * tap_nbytes;
            if (count < BRGEMM_MAX_BATCH) continue;
            const struct dot_kernel *kernel = &b->kernel[kernels[beta]];
            kernel->run(kernel, lhs, weights, sums, count);
            count = 0;
            beta = 1;
        }
    }
    if (count > 0) {
        const struct dot_kernel *kernel = &b->kernel[kernels[beta]];
        kernel->run(kernel, lhs, weights, sums, count);
    }
}

static void run_unit(const struct work *w, const struct place *at) {
    const struct brgemm_block *block = at->block;
    if (w->n_taps == 0) {
        if (w->kb == 0) clear(w, at, 0, block->m);
        return;
    }
    for (int32_t i = 0; i < block->n_steps; i++) {
        const struct brgemm_step *step = &w->b->steps[block->first_step + i];
        if (step->n_taps > 0)
            run_step(w, step, at);
        else if (w->kb == 0)
            clear(w, at, step->column, step->m);
    }
}

/* The residual of one column's features, contiguous. */
static const void *residual_at(const struct work *w, const char *residual, void *room) {
    const struct brgemm *b = w->b;
    int64_t stride = w->plan->problem.conv.epilogue.residual_feature;
    if (stride == 1 || residual == NULL) return residual;
    struct matrix m = {1, w->n, w->n, 0, stride};
    pack_tap(b, room, residual, &m);
    return room;
}

/* Epilogue of a unit's columns, and their way from the stage to the output. */
static void finish(const struct work *w, const struct place *at, void *room) {
    const struct brgemm *b = w->b;
    const struct conv_epilogue *e = &w->plan->problem.conv.epilogue;
    const struct conv_axis *row = &b->geometry.dim[b->geometry.n - 1];
    for (int64_t i = 0; i < at->block->m; i++) {
        char *sums = at->sums + i * at->pitch;
        const char *residual =
            at->residual == NULL ? NULL : at->residual + i * row->residual * b->size;
        b->epilogue(sums, w->bias, residual_at(w, residual, room), w->n, e->activation, e->alpha,
                    e->beta);
        if (b->staged) memcpy(at->out + i * row->result * b->size, sums, (size_t)(w->n * b->size));
    }
}

/* Positions of a unit's row, and where it lies. */
static struct place locate(const struct work *w, int64_t unit, int64_t *position) {
    const struct brgemm *b = w->b;
    const struct brgemm_geometry *g = &b->geometry;
    const struct conv_axis *row = &g->dim[g->n - 1];
    struct place at = {.block = &b->blocks[unit % b->n_blocks]};
    int64_t result = at.block->column * row->result, residual = at.block->column * row->residual;
    int64_t rest = unit / b->n_blocks;
    for (int d = g->n - 2; d >= 0; d--) {
        position[d] = rest % g->dim[d].out;
        rest /= g->dim[d].out;
        result += position[d] * g->dim[d].result;
        residual += position[d] * g->dim[d].residual;
    }
    at.out = w->out + result * b->size;
    at.residual = w->residual == NULL ? NULL : w->residual + residual * b->size;
    at.sums = at.out;
    at.pitch = row->result * b->size;
    if (b->staged) {
        at.pitch = b->ob * b->size;
        at.sums = w->stage + (unit - w->first_unit) * b->block_m * at.pitch;
    }
    return at;
}

/* Bias of the feature block, contiguous. */
static const char *bias_of(const struct work *w, void *room) {
    const struct conv_epilogue *e = &w->plan->problem.conv.epilogue;
    const struct brgemm *b = w->b;
    if (!e->bias) return NULL;
    const char *bias = (const char *)w->execution->bias +
                       (w->group * e->bias_group + w->block * b->ob * e->bias_feature) * b->size;
    struct matrix m = {1, w->n, w->n, 0, e->bias_feature};
    if (e->bias_feature != 1) pack_tap(b, room, bias, &m);
    return e->bias_feature != 1 ? room : bias;
}

static void run_block(struct work *w, int64_t block, char *room) {
    const struct brgemm *b = w->b;
    const struct conv_problem *p = &w->plan->problem.conv;
    const struct conv_epilogue *e = &p->epilogue;
    const struct execution *x = w->execution;
    const char *weights = x->packed != NULL ? x->packed : x->shared;
    int64_t position[CONV_AXES];
    w->block = block;
    w->n = block == b->n_ob - 1 ? b->ob_last : b->ob;
    w->out = (char *)x->out[0] + (p->out_offset + w->group * p->out_group +
                                  w->image * p->out_batch + block * b->ob * p->out_feature) *
                                     b->size;
    w->bias = bias_of(w, room);
    w->residual = !e->residual ? NULL
                               : (const char *)x->residual +
                                     (w->group * e->residual_group + w->image * e->residual_batch +
                                      block * b->ob * e->residual_feature) *
                                         b->size;
    for (w->kb = 0; w->kb < b->n_kb; w->kb++) {
        w->weights = weights + slab_offset(b, w->group, block, w->kb) * b->size;
        for (int64_t unit = w->first_unit; unit < w->end_unit; unit++) {
            struct place at = locate(w, unit, position);
            list_taps(w, position);
            run_unit(w, &at);
        }
    }
    for (int64_t unit = w->first_unit; b->epilogue != NULL && unit < w->end_unit; unit++) {
        struct place at = locate(w, unit, position);
        finish(w, &at, room + b->ob * b->size);
    }
}

/* Tasks go by chunk, then group; with a block of features each, by group, block, chunk, then image,
 * so that a block's weights stay in the cache. */
void lax_i_brgemm_run(const struct plan *plan, struct execution *execution, int64_t task,
                      void *scratch) {
    const struct brgemm *b = plan->state;
    const struct conv_problem *p = &plan->problem.conv;
    int64_t images = p->open_batch ? execution->batch : 1, chunk, block = 0;
    struct work w = {.plan = plan, .b = b, .execution = execution, .taps = scratch};
    char *room = (char *)scratch + (size_t)b->geometry.outer_taps * sizeof *w.taps;
    if (b->feature_tasks) {
        w.image = task % images;
        chunk = task / images % b->n_chunks;
        block = task / images / b->n_chunks % b->n_ob;
        w.group = task / images / b->n_chunks / b->n_ob;
    } else {
        w.group = task % b->groups;
        chunk = task / b->groups % b->n_chunks;
        w.image = task / b->groups / b->n_chunks;
    }
    w.first_unit = chunk * b->chunk;
    w.end_unit = lax_i_min(w.first_unit + b->chunk, b->units);
    w.stage = (char *)scratch + plan->scratch_nbytes -
              (b->staged ? b->chunk * b->block_m * b->ob * b->size : 0);
    w.lhs = (const char *)execution->in[0] +
            (b->geometry.lhs_offset + w.group * p->lhs_group + w.image * p->lhs_batch) * b->size;
    int64_t end = b->feature_tasks ? block + 1 : b->n_ob;
    for (; block < end; block++) run_block(&w, block, room);
}
