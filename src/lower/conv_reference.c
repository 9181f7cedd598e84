/* SPDX-License-Identifier: Apache-2.0 */
/* The reference convolution: plain loops over positions, taps and features, any problem. It is
 * the definition that every other lowering is tested against. Positions go in blocks of
 * LAX_TAP_LANES, so that a weight is read once for all of them; taps in padding and holes are
 * skipped, never multiplied; every output is one left-to-right sum over taps (row-major), then
 * features. */
#include "lower/lower.h"

enum {
    LANES = LAX_TAP_LANES,
    CHUNK = 256,           /* (tap, feature) pairs staged at a time: 64 KiB of lanes at most */
    FEATURES = 64,         /* output features of a task */
    POSITIONS = 16 * LANES /* positions of a task */
};

/* Two conversions on the way in or out; second is NULL when one does it. */
struct convert {
    lax_i_convert_fn *first, *second;
    size_t middle; /* bytes of an element between them */
};

struct state {
    struct convert lhs, rhs, out;
    lax_i_convert_fn *bias, *residual; /* epilogue: result type to accumulator */
    lax_i_taps_fn *taps;
    lax_i_epilogue_fn *epilogue; /* NULL: none */
    size_t acc, lhs_size, rhs_size, out_size;
    int64_t positions, position_blocks, feature_blocks, lanes;
    int64_t n_taps;
};

static bool integral(lax_dtype t) {
    enum dtype_kind k = lax_i_dtype_kind(t);
    return k == KIND_SIGNED || k == KIND_UNSIGNED;
}

/* `from` to `to` through `middle`: operands are rounded to the compute type first. Conversions
 * between integers compose modulo 2^64, so one is enough. */
static struct convert convert_of(lax_dtype from, lax_dtype middle, lax_dtype to) {
    if (from == middle || to == middle || (integral(from) && integral(middle) && integral(to)))
        return (struct convert){lax_i_convert_kernel(from, to), NULL, 0};
    return (struct convert){lax_i_convert_kernel(from, middle), lax_i_convert_kernel(middle, to),
                            lax_dtype_size(middle)};
}

static void convert_run(const struct convert *c, void *dst, int64_t dst_stride, const void *src,
                        int64_t src_stride, int64_t n) {
    _Alignas(16) unsigned char middle[CHUNK * 16];
    if (c->second == NULL) {
        c->first(dst, dst_stride, src, src_stride, n);
        return;
    }
    c->first(middle, 1, src, src_stride, n);
    c->second(dst, dst_stride, middle, 1, n);
}

/* --- one block of positions ------------------------------------------------------------------- */

/* Scratch of a thread: staged inputs and weights, masks, accumulators of FEATURES features. */
struct block {
    const struct plan *plan;
    const struct conv_problem *p;
    const struct state *s;
    struct execution *execution;
    unsigned char *x, *w, *acc;
    uint8_t *mask;
    int64_t position[LANES][LAX_MAX_SPATIAL];
    int64_t lane_offset[LANES]; /* of the tap at hand, in the input */
    bool valid[LANES];
    int lanes;      /* positions in the block */
    int64_t staged; /* (tap, feature) pairs in the chunk */
    bool masked;    /* some lane of the chunk is invalid */
    int64_t group, batch, feature0, features;
};

static size_t scratch_nbytes(const struct state *s) {
    return (CHUNK * LANES + CHUNK + (size_t)FEATURES * LANES + 3 * LANES) * s->acc + CHUNK * LANES;
}

static void carve(struct block *b, unsigned char *scratch) {
    size_t acc = b->s->acc;
    b->x = scratch;
    b->acc = b->x + CHUNK * LANES * acc;
    b->w = b->acc + (size_t)(FEATURES + 3) * LANES * acc;
    b->mask = b->w + CHUNK * acc;
}

/* Where tap k of each lane lies in the input, if it exists: u = p * stride + k * rhs_dilation -
 * pad_lo on the lattice of lhs_dilation. */
static bool locate(struct block *b, const int64_t *tap) {
    bool any = false;
    for (int lane = 0; lane < LANES; lane++) {
        b->lane_offset[lane] = 0;
        b->valid[lane] = lane < b->lanes;
        for (int d = 0; d < b->p->n && b->valid[lane]; d++) {
            const struct conv_dim *dim = &b->p->dim[d];
            int64_t u =
                b->position[lane][d] * dim->stride + tap[d] * dim->rhs_dilation - dim->pad_lo;
            b->valid[lane] =
                u >= 0 && u % dim->lhs_dilation == 0 && u / dim->lhs_dilation < dim->in;
            if (b->valid[lane]) b->lane_offset[lane] += u / dim->lhs_dilation * dim->lhs_stride;
        }
        any = any || b->valid[lane];
    }
    return any;
}

/* Copies `n` features of the tap into the chunk, lane by lane. */
static void stage_lhs(struct block *b, int64_t feature, int64_t n) {
    const struct conv_problem *p = b->p;
    const char *lhs = b->execution->in[0];
    int64_t base = p->lhs_offset + b->group * p->lhs_group + b->batch * p->lhs_batch +
                   feature * p->lhs_feature;
    for (int lane = 0; lane < LANES; lane++) {
        int64_t first = b->staged * LANES + lane;
        for (int64_t i = 0; i < n; i++) b->mask[first + i * LANES] = b->valid[lane];
        b->masked = b->masked || !b->valid[lane];
        if (b->valid[lane])
            convert_run(&b->s->lhs, b->x + first * (int64_t)b->s->acc, LANES,
                        lhs + (base + b->lane_offset[lane]) * (int64_t)b->s->lhs_size,
                        p->lhs_feature, n);
        else
            for (int64_t i = 0; i < n; i++)
                memset(b->x + (first + i * LANES) * (int64_t)b->s->acc, 0, b->s->acc);
    }
}

/* One run of weights: n features of the tap at `offset`, for output feature o. */
struct run {
    int64_t offset, n;
};

static void flush(struct block *b, const struct run *runs, int n_runs) {
    const struct conv_problem *p = b->p;
    const char *rhs = b->execution->in[1];
    for (int64_t o = 0; o < b->features; o++) {
        int64_t at = 0;
        for (int r = 0; r < n_runs; r++) {
            int64_t offset = p->rhs_offset + b->group * p->rhs_group +
                             (b->feature0 + o) * p->rhs_out + runs[r].offset;
            convert_run(&b->s->rhs, b->w + at * (int64_t)b->s->acc, 1,
                        rhs + offset * (int64_t)b->s->rhs_size, p->rhs_in, runs[r].n);
            at += runs[r].n;
        }
        b->s->taps(b->acc + (size_t)o * LANES * b->s->acc, b->x, b->w, b->masked ? b->mask : NULL,
                   b->staged);
    }
    b->staged = 0;
    b->masked = false;
}

/* Offset of a tap in rhs; with kernels that differ by position there is one lane. */
static int64_t rhs_tap(const struct block *b, const int64_t *tap) {
    int64_t offset = 0;
    for (int d = 0; d < b->p->n; d++)
        offset +=
            tap[d] * b->p->dim[d].rhs_stride + b->position[0][d] * b->p->dim[d].rhs_position_stride;
    return offset;
}

static void accumulate(struct block *b) {
    const struct conv_problem *p = b->p;
    int64_t kernel[LAX_MAX_SPATIAL], tap[LAX_MAX_SPATIAL] = {0};
    struct run runs[CHUNK];
    int n_runs = 0;
    if (b->s->n_taps == 0) return;
    for (int d = 0; d < p->n; d++) kernel[d] = p->dim[d].kernel;
    do {
        if (!locate(b, tap)) continue;
        for (int64_t f = 0; f < p->in_features;) {
            int64_t n = lax_i_min(CHUNK - b->staged, p->in_features - f);
            stage_lhs(b, f, n);
            runs[n_runs++] = (struct run){rhs_tap(b, tap) + f * p->rhs_in, n};
            b->staged += n;
            f += n;
            if (b->staged == CHUNK) flush(b, runs, n_runs), n_runs = 0;
        }
    } while (lax_i_next(p->n, tap, kernel));
    if (b->staged > 0) flush(b, runs, n_runs);
}

/* --- results ---------------------------------------------------------------------------------- */

static int64_t position_offset(const struct block *b, int lane, const int64_t *strides) {
    return lax_i_offset(b->p->n, b->position[lane], strides);
}

/* Bias is the same in every lane; the residual is gathered. */
static void apply_epilogue(struct block *b) {
    const struct conv_epilogue *e = &b->p->epilogue;
    size_t size = b->s->out_size, acc = b->s->acc;
    unsigned char *bias = b->acc + (size_t)FEATURES * LANES * acc, *residual = bias + LANES * acc;
    for (int64_t o = 0; o < b->features; o++) {
        int64_t feature = b->feature0 + o;
        if (e->bias)
            b->s->bias(bias, 1,
                       (const char *)b->execution->bias +
                           (b->group * e->bias_group + feature * e->bias_feature) * (int64_t)size,
                       0, LANES);
        for (int lane = 0; e->residual && lane < b->lanes; lane++)
            b->s->residual(residual + (size_t)lane * acc, 1,
                           (const char *)b->execution->residual +
                               (b->group * e->residual_group + b->batch * e->residual_batch +
                                feature * e->residual_feature +
                                position_offset(b, lane, e->residual_stride)) *
                                   (int64_t)size,
                           1, 1);
        b->s->epilogue(b->acc + (size_t)o * LANES * acc, e->bias ? bias : NULL,
                       e->residual ? residual : NULL, b->lanes, e->activation, e->alpha, e->beta);
    }
}

static void store(struct block *b) {
    const struct conv_problem *p = b->p;
    int64_t strides[LAX_MAX_SPATIAL];
    for (int d = 0; d < p->n; d++) strides[d] = p->dim[d].out_stride;
    for (int lane = 0; lane < b->lanes; lane++) {
        int64_t offset = p->out_offset + b->group * p->out_group + b->batch * p->out_batch +
                         b->feature0 * p->out_feature + position_offset(b, lane, strides);
        convert_run(&b->s->out, (char *)b->execution->out[0] + offset * (int64_t)b->s->out_size,
                    p->out_feature, b->acc + (size_t)lane * b->s->acc, LANES, b->features);
    }
}

/* Patches: every tap is copied, or zero. */
static void copy_patches(struct block *b) {
    const struct conv_problem *p = b->p;
    static const unsigned char zero[16];
    int64_t kernel[LAX_MAX_SPATIAL], strides[LAX_MAX_SPATIAL], tap[LAX_MAX_SPATIAL] = {0};
    for (int d = 0; d < p->n; d++) kernel[d] = p->dim[d].kernel, strides[d] = p->dim[d].out_stride;
    do {
        locate(b, tap);
        for (int lane = 0; lane < b->lanes; lane++) {
            int64_t in = p->lhs_offset + b->group * p->lhs_group + b->batch * p->lhs_batch +
                         b->lane_offset[lane];
            int64_t out = b->group * p->out_group + b->batch * p->out_batch + rhs_tap(b, tap) +
                          position_offset(b, lane, strides);
            const void *from =
                b->valid[lane] ? (const char *)b->execution->in[0] + in * (int64_t)b->s->lhs_size
                               : (const void *)zero;
            b->s->lhs.first((char *)b->execution->out[0] + out * (int64_t)b->s->out_size, 1, from,
                            1, 1);
        }
    } while (lax_i_next(p->n, tap, kernel));
}

/* --- tasks ------------------------------------------------------------------------------------ */

static void compute_block(struct block *b) {
    if (b->p->patches) {
        copy_patches(b);
        return;
    }
    memset(b->acc, 0, (size_t)b->features * LANES * b->s->acc);
    accumulate(b);
    if (b->s->epilogue != NULL) apply_epilogue(b);
    store(b);
}

/* Row-major position number -> coordinates of each lane. */
static void set_positions(struct block *b, int64_t first) {
    for (int lane = 0; lane < b->lanes; lane++) {
        int64_t rest = first + lane;
        for (int d = b->p->n - 1; d >= 0; d--) {
            b->position[lane][d] = rest % b->p->dim[d].out;
            rest /= b->p->dim[d].out;
        }
    }
}

/* Task: one image, one group, FEATURES output features, POSITIONS positions. */
static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct state *s = plan->state;
    struct block b = {.plan = plan, .p = &plan->problem.conv, .s = s, .execution = execution};
    carve(&b, scratch);
    int64_t position = task % s->position_blocks * POSITIONS;
    task /= s->position_blocks;
    b.feature0 = task % s->feature_blocks * FEATURES;
    task /= s->feature_blocks;
    b.features = lax_i_min(FEATURES, b.p->out_features - b.feature0);
    b.group = task % b.p->groups;
    b.batch = task / b.p->groups;
    int64_t end = lax_i_min(position + POSITIONS, s->positions);
    for (; position < end; position += b.lanes) {
        b.lanes = (int)lax_i_min(s->lanes, end - position);
        set_positions(&b, position);
        compute_block(&b);
    }
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

static bool varies_by_position(const struct conv_problem *p) {
    for (int d = 0; d < p->n; d++)
        if (p->dim[d].rhs_position_stride != 0) return true;
    return false;
}

static bool has_epilogue(const struct conv_epilogue *e) {
    return e->bias || e->residual || e->activation != LAX_ACTIVATION_NONE;
}

/* Products that do not fit belong to empty results: there is nothing to do then. */
static void count(const struct conv_problem *p, struct state *s) {
    int64_t out[LAX_MAX_SPATIAL], kernel[LAX_MAX_SPATIAL];
    for (int d = 0; d < p->n; d++) out[d] = p->dim[d].out, kernel[d] = p->dim[d].kernel;
    if (!lax_i_product(p->n, out, &s->positions)) s->positions = 0;
    if (!lax_i_product(p->n, kernel, &s->n_taps)) s->n_taps = 0;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct conv_problem *p = &plan->problem.conv;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    lax_dtype acc = lax_i_dtype_accumulator(p->compute_type);
    s->acc = lax_dtype_size(acc);
    s->lhs_size = lax_dtype_size(p->lhs_type);
    s->rhs_size = lax_dtype_size(p->rhs_type);
    s->out_size = lax_dtype_size(p->out_type);
    s->lhs = p->patches ? (struct convert){lax_i_convert_kernel(p->lhs_type, p->out_type), NULL, 0}
                        : convert_of(p->lhs_type, p->compute_type, acc);
    s->rhs = convert_of(p->rhs_type, p->compute_type, acc);
    s->out = convert_of(acc, p->compute_type, p->out_type);
    s->bias = s->residual = lax_i_convert_kernel(p->out_type, acc);
    s->taps = lax_i_taps_kernel(acc);
    s->epilogue = has_epilogue(&p->epilogue) ? lax_i_epilogue_kernel(acc, plan->machine.isa) : NULL;
    count(p, s);
    s->lanes = varies_by_position(p) ? 1 : LANES;
    s->position_blocks = lax_i_ceil_div(s->positions, POSITIONS);
    s->feature_blocks = lax_i_ceil_div(p->out_features, FEATURES);
    plan->scratch_nbytes = scratch_nbytes(s);
    plan->phases[0] = (struct phase){
        .tasks = s->position_blocks * s->feature_blocks * p->groups, .per_batch = true, .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "taps_%s, %lld positions x %lld feature blocks of %d x %d",
                   lax_dtype_name(lax_i_dtype_accumulator(plan->problem.conv.compute_type)),
                   (long long)s->positions, (long long)s->feature_blocks, POSITIONS, FEATURES);
}

/* Measured at the baseline instruction set: 1 ns for four products, 10 ns for each input element
 * of a position, which is staged once for all output features of a group. */
static double cost(const struct problem *problem, const struct machine *machine) {
    (void)machine;
    const struct conv_problem *p = &problem->conv;
    double staged = (double)p->groups * (double)p->batch * (double)p->in_features;
    double outputs = (double)p->groups * (double)p->batch * (double)p->out_features;
    for (int d = 0; d < p->n; d++) {
        staged *= (double)p->dim[d].kernel * (double)p->dim[d].out;
        outputs *= (double)p->dim[d].out;
    }
    return staged * (0.25e-6 * (double)p->out_features + 10e-6) + outputs * 4e-6 + 1e-3;
}

const struct lowering lax_i_conv_reference = {"reference", PROBLEM_CONV, applicable,
                                              build,       describe,     cost};
