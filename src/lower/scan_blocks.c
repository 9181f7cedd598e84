/* SPDX-License-Identifier: Apache-2.0 */
/* Scans at memory speed. Where the axis lies close in memory, rows along it go through the scan
 * kernel in blocks; otherwise whole rows of another dimension are carried from one position of the
 * axis to the next. Blocks depend on the problem only. Values stay in working form; each result is
 * rounded from it once. */
#include "lower/lower.h"

#include <stdio.h>

enum { BLOCK = 1024, LANES = 1024, TASK = 1 << 15 };

struct state {
    const struct fold *fold;
    lax_i_scan_fn *scan;
    size_t elem;
    bool along, plain; /* plain: elements are their working form */
    bool contiguous;   /* what is walked is contiguous in operand and result */
    int lane_dim;      /* across: the dimension of rows, or -1 */
    int64_t outer, blocks, per_task, count;
};

/* Where a row's operand and result begin. */
struct row {
    const char *in;
    char *out;
    int64_t lanes;
};

static struct row find_row(const struct scan_problem *p, const struct state *s, int64_t number,
                           const struct execution *execution) {
    int64_t first = number % s->blocks * LANES, rest = number / s->blocks;
    int64_t in = p->in_offset, out = p->out_offset, lanes = 1;
    if (!s->along && s->lane_dim >= 0) {
        lanes = lax_i_min(LANES, p->size[s->lane_dim] - first);
        in += first * p->in_stride[s->lane_dim], out += first * p->out_stride[s->lane_dim];
    }
    for (int d = p->rank - 1; d >= 0; d--) {
        if (!s->along && d == s->lane_dim) continue;
        int64_t i = rest % p->size[d];
        in += i * p->in_stride[d], out += i * p->out_stride[d];
        rest /= p->size[d];
    }
    return (struct row){(const char *)execution->in[0] + in * (int64_t)s->elem,
                        (char *)execution->out[0] + out * (int64_t)s->elem, lanes};
}

/* The first result is the first element, whatever an identity would do to it. */
static void scan_along(const struct scan_problem *p, const struct state *s, struct row row,
                       unsigned char *room) {
    _Alignas(16) unsigned char carry[16];
    s->fold->load(carry, 1, row.in, 1, 1);
    s->fold->store(row.out, 1, carry, 1, 1);
    for (int64_t i = 1; i < p->length; i += BLOCK) {
        const char *in = row.in + i * p->in_axis * (int64_t)s->elem;
        char *out = row.out + i * p->out_axis * (int64_t)s->elem;
        int64_t n = lax_i_min(BLOCK, p->length - i);
        if (s->plain && s->contiguous) {
            s->scan(out, in, n, carry);
            continue;
        }
        s->fold->load(room, 1, in, p->in_axis, n);
        s->scan(room, room, n, carry);
        s->fold->store(out, p->out_axis, room, 1, n);
    }
}

/* Plain rows are carried in the result itself. */
static void scan_rows(const struct scan_problem *p, const struct state *s, struct row row) {
    struct fold_span span = {.lanes = row.lanes, .pixels = 1};
    s->fold->load(row.out, 1, row.in, 1, row.lanes);
    for (int64_t t = 1; t < p->length; t++) {
        const void *rows[] = {row.out, row.in + p->in_axis * (int64_t)s->elem};
        row.in = rows[1];
        row.out += p->out_axis * (int64_t)s->elem;
        s->fold->taps(row.out, rows, 2, &span);
    }
}

static void scan_across(const struct scan_problem *p, const struct state *s, struct row row,
                        unsigned char *room) {
    int64_t in = s->lane_dim < 0 ? 1 : p->in_stride[s->lane_dim];
    int64_t out = s->lane_dim < 0 ? 1 : p->out_stride[s->lane_dim];
    unsigned char *next = room + LANES * s->fold->work_size;
    struct fold_span span = {.lanes = row.lanes, .pixels = 1};
    for (int64_t t = 0; t < p->length; t++) {
        s->fold->load(t == 0 ? room : next, 1, row.in, in, row.lanes);
        if (t > 0) s->fold->taps(room, (const void *[]){room, next}, 2, &span);
        s->fold->store(row.out, out, room, 1, row.lanes);
        row.in += p->in_axis * (int64_t)s->elem, row.out += p->out_axis * (int64_t)s->elem;
    }
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct scan_problem *p = &plan->problem.scan;
    const struct state *s = plan->state;
    int64_t first = task * s->per_task, end = lax_i_min(first + s->per_task, s->count);
    for (int64_t k = first; k < end; k++) {
        struct row row = find_row(p, s, k, execution);
        if (s->along)
            scan_along(p, s, row, scratch);
        else if (s->plain && s->contiguous)
            scan_rows(p, s, row);
        else
            scan_across(p, s, row, scratch);
    }
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    const struct scan_problem *p = &problem->scan;
    if (lax_i_fold(p->reducer, p->type, machine->isa) != NULL &&
        lax_i_scan(p->reducer, p->type, machine->isa) != NULL)
        return true;
    snprintf(why, LAX_WHY_NBYTES,
             "the reducer must be associative, which complex max and min are not");
    return false;
}

static int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

/* Nanoseconds an element: reaching it, and its share of a call. */
static double reach(int64_t stride) {
    return stride == 1 ? 0.3 : magnitude(stride) <= 16 ? 1.5 : 4;
}

static void choose(const struct scan_problem *p, struct state *s) {
    s->lane_dim = p->rank - 1;
    for (int d = 0; d < p->rank; d++)
        if (magnitude(p->in_stride[d]) < magnitude(p->in_stride[s->lane_dim])) s->lane_dim = d;
    int d = s->lane_dim;
    double along = reach(p->in_axis) + reach(p->out_axis) + 60.0 / (double)p->length;
    double across = 1e9;
    if (d >= 0)
        across = reach(p->in_stride[d]) + reach(p->out_stride[d]) +
                 20.0 / (double)lax_i_max(1, lax_i_min(p->size[d], LANES));
    s->along = along <= across;
    s->contiguous = s->along ? p->in_axis == 1 && p->out_axis == 1
                             : p->in_stride[d] == 1 && p->out_stride[d] == 1;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct scan_problem *p = &plan->problem.scan;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    s->fold = lax_i_fold(p->reducer, p->type, plan->machine.isa);
    s->scan = lax_i_scan(p->reducer, p->type, plan->machine.isa);
    s->elem = lax_dtype_size(p->type);
    s->plain = s->fold->load == s->fold->move;
    plan->n_phases = 1;
    plan->phases[0] = (struct phase){.run = run};
    if (p->length == 0) return LAX_OK;
    choose(p, s);
    bool cut = !s->along && s->lane_dim >= 0;
    s->blocks = cut ? lax_i_ceil_div(p->size[s->lane_dim], LANES) : 1;
    s->count = s->blocks;
    for (int d = 0; d < p->rank; d++)
        if (!cut || d != s->lane_dim) s->count *= p->size[d];
    int64_t lanes = cut ? lax_i_min(p->size[s->lane_dim], LANES) : 1;
    s->per_task = lax_i_max(1, TASK / p->length / lax_i_max(lanes, 1));
    plan->phases[0].tasks = lax_i_ceil_div(s->count, s->per_task);
    plan->scratch_nbytes = 2 * LANES * s->fold->work_size;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "%lld rows %s the axis, %lld a task", (long long)s->count,
                   s->along ? "along" : "across", (long long)s->per_task);
}

/* About 0.5 ns an element, or 20 where logarithms are taken. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct scan_problem *p = &problem->scan;
    double elements = (double)p->length;
    (void)machine;
    for (int d = 0; d < p->rank; d++) elements *= (double)p->size[d];
    return elements * (p->reducer == LAX_LOGADDEXP ? 20e-6 : 0.5e-6) + 1e-3;
}

const struct lowering lax_i_scan_blocks = {"blocks", PROBLEM_SCAN, applicable,
                                           build,    describe,     cost};
