/* SPDX-License-Identifier: Apache-2.0 */
/* The reference copy: fill what lies beside the lattice, then move the lattice in square tiles of
 * the two dimensions in which results and operands lie closest, so that neither side touches a
 * cache line once an element. */
#include "lower/lower.h"

enum { TILE = 64, ROW = 16384, TASK = 16384 };

struct state {
    lax_i_convert_fn *convert, *fill;
    lax_i_round_fn *round; /* reduce_precision */
    size_t in_size, out_size;
    int a, b;               /* dimensions of the tile: rows walk a; b is -1 for rows only */
    int64_t tile_a, tile_b; /* elements of a tile */
    int64_t blocks_a, blocks_b;
    int64_t units, units_per_task; /* a unit is one tile */
    int64_t fill_rows, fill_blocks;
};

/* --- fill ------------------------------------------------------------------------------------- */

static void run_fill(const struct plan *plan, struct execution *execution, int64_t task,
                     void *scratch) {
    const struct move_problem *p = &plan->problem.move;
    const struct state *s = plan->state;
    (void)scratch;
    int last = p->fill_rank - 1;
    int64_t first = task % s->fill_blocks * ROW, rest = task / s->fill_blocks, n = 1, stride = 0;
    int64_t offset = p->fill_offset;
    if (last >= 0) {
        stride = p->fill_stride[last];
        n = lax_i_min(ROW, p->fill_size[last] - first);
        offset += first * stride;
    }
    for (int d = last - 1; d >= 0; d--) {
        offset += rest % p->fill_size[d] * p->fill_stride[d];
        rest /= p->fill_size[d];
    }
    s->fill((char *)execution->out[0] + offset * (int64_t)s->out_size, stride, p->value, 0, n);
}

/* --- copy ------------------------------------------------------------------------------------- */

static void copy_row(const struct plan *plan, const struct state *s, char *out, const char *in,
                     int64_t n) {
    const struct move_problem *p = &plan->problem.move;
    int64_t in_stride = s->a < 0 ? 0 : p->in_stride[s->a];
    int64_t out_stride = s->a < 0 ? 0 : p->out_stride[s->a];
    if (s->round != NULL)
        s->round(out, out_stride, in, in_stride, n, p->exponent_bits, p->mantissa_bits);
    else
        s->convert(out, out_stride, in, in_stride, n);
}

static void copy_tile(const struct plan *plan, struct execution *execution, int64_t unit) {
    const struct move_problem *p = &plan->problem.move;
    const struct state *s = plan->state;
    int64_t a = unit % s->blocks_a * s->tile_a, rest = unit / s->blocks_a;
    int64_t b = rest % s->blocks_b * s->tile_b;
    int64_t in = p->in_offset, out = p->out_offset, n = 1, rows = 1;
    rest /= s->blocks_b;
    if (s->a >= 0) {
        n = lax_i_min(s->tile_a, p->size[s->a] - a);
        in += a * p->in_stride[s->a], out += a * p->out_stride[s->a];
    }
    if (s->b >= 0) {
        rows = lax_i_min(s->tile_b, p->size[s->b] - b);
        in += b * p->in_stride[s->b], out += b * p->out_stride[s->b];
    }
    for (int d = p->rank - 1; d >= 0; d--) {
        if (d == s->a || d == s->b) continue;
        in += rest % p->size[d] * p->in_stride[d], out += rest % p->size[d] * p->out_stride[d];
        rest /= p->size[d];
    }
    for (int64_t row = 0; row < rows; row++) {
        int64_t step = s->b < 0 ? 0 : row;
        copy_row(plan, s,
                 (char *)execution->out[0] +
                     (out + (s->b < 0 ? 0 : step * p->out_stride[s->b])) * (int64_t)s->out_size,
                 (const char *)execution->in[0] +
                     (in + (s->b < 0 ? 0 : step * p->in_stride[s->b])) * (int64_t)s->in_size,
                 n);
    }
}

static void run_copy(const struct plan *plan, struct execution *execution, int64_t task,
                     void *scratch) {
    const struct state *s = plan->state;
    (void)scratch;
    int64_t end = lax_i_min((task + 1) * s->units_per_task, s->units);
    for (int64_t unit = task * s->units_per_task; unit < end; unit++)
        copy_tile(plan, execution, unit);
}

/* --- plan ------------------------------------------------------------------------------------- */

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

static int closest(const struct move_problem *p, const int64_t *strides) {
    int best = p->rank - 1;
    for (int d = 0; d < p->rank; d++) {
        int64_t a = strides[d] < 0 ? -strides[d] : strides[d];
        int64_t b = strides[best] < 0 ? -strides[best] : strides[best];
        if (a < b) best = d;
    }
    return best;
}

static void choose_tiles(const struct move_problem *p, struct state *s) {
    s->a = closest(p, p->out_stride);
    s->b = closest(p, p->in_stride);
    if (s->a == s->b) s->b = -1;
    s->tile_a = s->b < 0 ? ROW : TILE;
    s->tile_b = s->b < 0 ? 1 : TILE;
    s->blocks_a = s->a < 0 ? 1 : lax_i_ceil_div(p->size[s->a], s->tile_a);
    s->blocks_b = s->b < 0 ? 1 : lax_i_ceil_div(p->size[s->b], s->tile_b);
    s->units = s->blocks_a * s->blocks_b;
    for (int d = 0; d < p->rank; d++)
        if (d != s->a && d != s->b) s->units *= p->size[d];
    int64_t unit = s->a < 0 ? 1 : lax_i_min(s->tile_a, lax_i_max(p->size[s->a], 1));
    if (s->b >= 0) unit *= lax_i_min(s->tile_b, lax_i_max(p->size[s->b], 1));
    s->units_per_task = lax_i_ceil_div(TASK, unit);
}

static void plan_fill(const struct move_problem *p, struct state *s, struct plan *plan) {
    int last = p->fill_rank - 1;
    s->fill = lax_i_convert_kernel(p->out_type, p->out_type);
    s->fill_blocks = last < 0 ? 1 : lax_i_ceil_div(p->fill_size[last], ROW);
    s->fill_rows = 1;
    for (int d = 0; d < last; d++) s->fill_rows *= p->fill_size[d];
    plan->phases[plan->n_phases++] =
        (struct phase){.tasks = s->fill_rows * s->fill_blocks, .run = run_fill};
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct move_problem *p = &plan->problem.move;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    s->in_size = lax_dtype_size(p->in_type);
    s->out_size = lax_dtype_size(p->out_type);
    s->convert = lax_i_convert_kernel(p->in_type, p->out_type);
    s->round = p->exponent_bits > 0 ? lax_i_round_kernel(p->in_type) : NULL;
    choose_tiles(p, s);
    if (p->fill) plan_fill(p, s, plan);
    plan->phases[plan->n_phases++] =
        (struct phase){.tasks = lax_i_ceil_div(s->units, s->units_per_task), .run = run_copy};
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "%lld tiles of %lld x %lld%s", (long long)s->units, (long long)s->tile_b,
                   (long long)s->tile_a, plan->problem.move.fill ? ", filled first" : "");
}

/* Bytes in and out at the DRAM rate of one core. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct move_problem *p = &problem->move;
    double elements = 1, filled = p->fill ? 1 : 0;
    for (int d = 0; d < p->rank; d++) elements *= (double)p->size[d];
    for (int d = 0; d < p->fill_rank; d++) filled *= (double)p->fill_size[d];
    double nbytes = elements * (double)(lax_dtype_size(p->in_type) + lax_dtype_size(p->out_type)) +
                    filled * (double)lax_dtype_size(p->out_type);
    return nbytes / (machine->gbytes * 1e6) + 1e-3;
}

const struct lowering lax_i_move_reference = {"reference", PROBLEM_MOVE, applicable,
                                              build,       describe,     cost};
