/* SPDX-License-Identifier: Apache-2.0 */
/* Scans at memory speed. Where the axis lies close in memory, rows along it go through the scan
 * kernel in blocks; otherwise whole rows of another dimension are carried from one position of the
 * axis to the next. A few long rows of exact reducers are cut along the axis for several threads:
 * the total of each block first, what lies before each, then all blocks at once from there. Blocks
 * depend on the problem only. Values stay in working form; each result is rounded from it once. */
#include "lower/lower.h"

#include <stdio.h>

enum { BLOCK = 1024, LANES = 1024, TASK = 1 << 15, CUT = 1 << 15, FEW = 8 };

struct state {
    const struct fold *fold;
    lax_i_scan_fn *scan;
    size_t elem;
    bool along, plain;               /* plain: elements are their working form */
    bool contiguous;                 /* what is walked is contiguous in operand and result */
    const struct move_kernels *past; /* results go past the caches, which they exceed; or NULL */
    int lane_dim;                    /* across: the dimension of rows, or -1 */
    int64_t blocks, per_task, count;
    int64_t cuts; /* blocks along a long row's axis; 0: rows are not cut */
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

struct range {
    int64_t begin, end;
};

/* Results of a row in a range, of which *carry is what lies before. */
static void scan_part(const struct scan_problem *p, const struct state *s, const struct row *row,
                      struct range range, void *carry, unsigned char *room) {
    for (int64_t i = range.begin, n; i < range.end; i += n) {
        const char *in = row->in + i * p->in_axis * (int64_t)s->elem;
        char *out = row->out + i * p->out_axis * (int64_t)s->elem;
        n = lax_i_min(BLOCK, range.end - i);
        if (s->plain && s->contiguous) {
            s->scan(s->past != NULL ? (void *)room : out, in, n, carry);
            if (s->past != NULL) s->past->stream(out, room, n * (int64_t)s->elem);
            continue;
        }
        s->fold->load(room, 1, in, p->in_axis, n);
        s->scan(room, room, n, carry);
        s->fold->store(out, p->out_axis, room, 1, n);
    }
}

/* The first result is the first element, whatever an identity would do to it. */
static void scan_first(const struct scan_problem *p, const struct state *s, const struct row *row,
                       int64_t end, unsigned char *room) {
    _Alignas(16) unsigned char carry[16];
    s->fold->load(carry, 1, row->in, 1, 1);
    s->fold->store(row->out, 1, carry, 1, 1);
    scan_part(p, s, row, (struct range){1, end}, carry, room);
}

/* --- rows that are cut ------------------------------------------------------------------------ */

static int64_t end_of(const struct scan_problem *p, int64_t cut) {
    return lax_i_min((cut + 1) * CUT, p->length);
}

/* The next LANES elements of a block, from i on, added to its lanes in room. */
static void gather(const struct scan_problem *p, const struct state *s, const struct row *row,
                   int64_t i, int64_t end, unsigned char *room) {
    const char *in = row->in + i * p->in_axis * (int64_t)s->elem;
    unsigned char *next = room + LANES * s->fold->work_size;
    struct fold_span span = {.lanes = lax_i_min(LANES, end - i), .pixels = 1};
    if (i % CUT == 0) {
        s->fold->load(room, 1, in, p->in_axis, span.lanes);
        return;
    }
    bool there = s->plain && s->contiguous;
    if (!there) s->fold->load(next, 1, in, p->in_axis, span.lanes);
    s->fold->taps(room, (const void *[]){room, there ? (const void *)in : next}, 2, &span);
}

/* A block's lanes in order. */
static void total(const struct state *s, int64_t lanes, void *to, unsigned char *room) {
    memcpy(to, room, s->fold->work_size);
    s->scan(room, room + s->fold->work_size, lanes - 1, to);
}

/* Row of a cut, and where its total stands among all. */
static struct row find_cut(const struct plan *plan, struct execution *execution, int64_t number,
                           char **totals) {
    const struct state *s = plan->state;
    *totals = (char *)execution->shared + number * (int64_t)s->fold->work_size;
    return find_row(&plan->problem.scan, s, number / s->cuts, execution);
}

static void run_totals(const struct plan *plan, struct execution *execution, int64_t task,
                       void *scratch) {
    const struct state *s = plan->state;
    char *to;
    struct row row = find_cut(plan, execution, task, &to);
    int64_t begin = task % s->cuts * CUT, end = end_of(&plan->problem.scan, task % s->cuts);
    for (int64_t i = begin; i < end; i += LANES)
        gather(&plan->problem.scan, s, &row, i, end, scratch);
    total(s, lax_i_min(LANES, end - begin), to, scratch);
}

/* Totals of a row become what lies before the next block, one after the other. */
static void run_carries(const struct plan *plan, struct execution *execution, int64_t task,
                        void *scratch) {
    const struct state *s = plan->state;
    int64_t size = (int64_t)s->fold->work_size;
    char *to = (char *)execution->shared + task * s->cuts * size;
    _Alignas(16) unsigned char carry[16];
    (void)scratch;
    memcpy(carry, to, (size_t)size);
    for (int64_t cut = 1; cut < s->cuts; cut++) s->scan(to + cut * size, to + cut * size, 1, carry);
}

static void run_cut(const struct plan *plan, struct execution *execution, int64_t task,
                    void *scratch) {
    const struct scan_problem *p = &plan->problem.scan;
    const struct state *s = plan->state;
    int64_t cut = task % s->cuts;
    _Alignas(16) unsigned char carry[16];
    char *before;
    struct row row = find_cut(plan, execution, task, &before);
    if (cut == 0) {
        scan_first(p, s, &row, CUT, scratch);
    } else {
        memcpy(carry, before - s->fold->work_size, s->fold->work_size);
        scan_part(p, s, &row, (struct range){cut * CUT, end_of(p, cut)}, carry, scratch);
    }
    if (s->past != NULL) s->past->fence();
}

/* --- rows that are not ------------------------------------------------------------------------ */

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
            scan_first(p, s, &row, p->length, scratch);
        else if (s->plain && s->contiguous)
            scan_rows(p, s, row);
        else
            scan_across(p, s, row, scratch);
    }
    if (s->past != NULL) s->past->fence();
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

/* Nanoseconds an element: reaching it, and its share of a call. */
static double reach(int64_t stride) {
    return stride == 1 ? 0.3 : lax_i_magnitude(stride) <= 16 ? 1.5 : 4;
}

static void choose(const struct scan_problem *p, struct state *s) {
    s->lane_dim = p->rank - 1;
    for (int d = 0; d < p->rank; d++)
        if (lax_i_magnitude(p->in_stride[d]) < lax_i_magnitude(p->in_stride[s->lane_dim]))
            s->lane_dim = d;
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

/* Rows of 1 KiB at least, for stores past the caches come in lines. */
static void choose_stores(const struct plan *plan, struct state *s) {
    const struct scan_problem *p = &plan->problem.scan;
    int64_t cache = lax_i_max(plan->machine.l3_nbytes / 2, plan->machine.l2_nbytes);
    double nbytes = (double)s->count * (double)p->length * (double)s->elem;
    if (s->along && s->plain && s->contiguous && nbytes > (double)cache &&
        p->length * (int64_t)s->elem >= 1024)
        s->past = lax_i_move_kernels(plan->machine.isa);
}

/* Visiting elements twice pays only where several threads do, and threads must not change bits:
 * that leaves what is exact in any order. */
static bool may_cut(const struct plan *plan, const struct state *s) {
    const struct scan_problem *p = &plan->problem.scan;
    bool exact = p->reducer == LAX_MAX || p->reducer == LAX_MIN ||
                 lax_i_dtype_kind(p->type) == KIND_SIGNED ||
                 lax_i_dtype_kind(p->type) == KIND_UNSIGNED;
    return exact && plan->threads > 1 && s->along && s->count > 0 && s->count < FEW &&
           p->length >= FEW * CUT;
}

static void cut_rows(struct plan *plan, struct state *s) {
    s->cuts = lax_i_ceil_div(plan->problem.scan.length, CUT);
    int64_t cuts = s->count * s->cuts;
    plan->shared_nbytes = (size_t)cuts * s->fold->work_size;
    plan->phases[0] = (struct phase){.tasks = cuts, .run = run_totals};
    plan->phases[1] = (struct phase){.tasks = s->count, .run = run_carries};
    plan->phases[2] = (struct phase){.tasks = cuts, .run = run_cut};
    plan->n_phases = 3;
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
    choose_stores(plan, s);
    if (may_cut(plan, s)) cut_rows(plan, s);
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "%lld rows %s the axis, %lld a task", (long long)s->count,
                   s->along ? "along" : "across", (long long)s->per_task);
    if (s->cuts > 0) lax_i_text_add(text, ", cut into %lld blocks", (long long)s->cuts);
}

/* About 0.5 ns an element, and two logarithms. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct scan_problem *p = &problem->scan;
    double elements = (double)p->length, step = 0.5e-6;
    if (p->reducer == LAX_LOGADDEXP) step += 2e-6 * lax_i_logaddexp_ns(p->type, machine->isa);
    for (int d = 0; d < p->rank; d++) elements *= (double)p->size[d];
    return elements * step + 1e-3;
}

const struct lowering lax_i_scan_blocks = {"blocks", PROBLEM_SCAN, applicable,
                                           build,    describe,     cost};
