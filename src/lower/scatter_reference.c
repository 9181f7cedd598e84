/* SPDX-License-Identifier: Apache-2.0 */
/* The reference select_and_scatter. The result is cut into boxes that fit a
 * thread's scratch; a task visits, in row-major order, the source elements
 * whose windows reach its box, picks, and scatters the picks that lie in the
 * box. Boxes depend on the problem only, so the order of every sum does too.
 * Lanes walk a dimension with a window of one: picks there are independent. */
#include "lower/rows.h"

enum { LANES = 64, BOX_NBYTES = 1 << 20 };

struct state {
    lax_i_select_fn *select;
    lax_i_combine_fn *combine; /* NULL: callback */
    lax_i_convert_fn *load, *store, *move;
    size_t size, acc_size;
    int lane_dim;                                   /* or -1 */
    int64_t box[LAX_MAX_RANK], boxes[LAX_MAX_RANK]; /* extent of a box, boxes along a dimension */
};

struct work {
    const struct scatter_problem *p;
    const struct state *s;
    struct execution *execution;
    int64_t begin[LAX_MAX_RANK], extent[LAX_MAX_RANK]; /* the box */
    int64_t acc_stride[LAX_MAX_RANK];
    int64_t lanes;
    unsigned char *acc, *pick, *next, *source;
    int64_t best[LANES]; /* offset in acc, or -1 outside the box */
    uint8_t keep[LANES];
};

static int64_t lane_stride(const struct state *s, const int64_t *strides) {
    return s->lane_dim < 0 ? 0 : strides[s->lane_dim];
}

/* --- picking
 * ----------------------------------------------------------------------------------
 */

static int64_t acc_offset(const struct work *w, const int64_t *index) {
    int64_t offset = 0;
    for (int d = 0; d < w->p->rank; d++) {
        int64_t i = index[d] - w->begin[d];
        if (i < 0 || i >= w->extent[d]) return -1;
        offset += i * w->acc_stride[d];
    }
    return offset;
}

static lax_status keeps(struct work *w) {
    if (w->p->select.fn == NULL) {
        w->s->select(w->keep, w->pick, w->next, w->lanes);
        return LAX_OK;
    }
    return w->p->select.fn(w->p->select.user, w->lanes, w->pick, w->next, w->keep);
}

/* One element of the window for all lanes; the first becomes the pick without a
 * question. */
static lax_status visit(struct work *w, const int64_t *index, bool first) {
    size_t size = w->s->size;
    int64_t at = lax_i_offset(w->p->rank, index, w->p->operand_stride);
    w->s->move(w->next, 1, (const char *)w->execution->in[0] + at * (int64_t)size,
               lane_stride(w->s, w->p->operand_stride), w->lanes);
    lax_status status = LAX_OK;
    if (first)
        memset(w->keep, 0, sizeof w->keep);
    else
        status = keeps(w);
    if (status != LAX_OK) return status;
    lax_i_replace(w->pick, w->next, w->keep, w->lanes, size);
    int64_t best = acc_offset(w, index), step = best < 0 ? 0 : lane_stride(w->s, w->acc_stride);
    for (int64_t l = 0; l < w->lanes; l++)
        if (!w->keep[l]) w->best[l] = best + l * step;
    return LAX_OK;
}

/* Every dimension is fixed, the lanes' too: they lie side by side from the
 * first one on. */
static lax_status pick(struct work *w, const struct row *row, bool *found) {
    const struct rows rows = {.rank = w->p->rank, .lane_dim = -1, .axis = w->p->axis};
    struct walk walk;
    lax_status status = LAX_OK;
    *found = lax_i_walk_start(&walk, &rows, row);
    if (*found) status = visit(w, walk.span.index, true);
    while (*found && status == LAX_OK && lax_i_walk_next(&walk))
        status = visit(w, walk.span.index, false);
    return status;
}

/* --- scattering
 * -------------------------------------------------------------------------------
 */

static lax_status scatter(struct work *w, const int64_t *position) {
    size_t size = w->s->size;
    int64_t at = lax_i_offset(w->p->rank, position, w->p->source_stride);
    w->s->move(w->source, 1, (const char *)w->execution->in[1] + at * (int64_t)size,
               lane_stride(w->s, w->p->source_stride), w->lanes);
    for (int64_t l = 0; l < w->lanes; l++) {
        if (w->best[l] < 0) continue;
        void *acc = w->acc + (size_t)w->best[l] * w->s->acc_size;
        const void *source = w->source + (size_t)l * size;
        if (w->s->combine != NULL) {
            w->s->combine(acc, source, 0, 1);
            continue;
        }
        lax_status status = w->p->scatter.fn(w->p->scatter.user, 1, (const void *const[]){acc},
                                             (const void *const[]){source}, (void *const[]){acc});
        if (status != LAX_OK) return status;
    }
    return LAX_OK;
}

/* Source positions of one dimension whose windows reach [begin, begin +
 * extent). */
static void reach(const struct window_axis *a, int64_t begin, int64_t extent, int64_t *first,
                  int64_t *count) {
    int64_t low = begin * a->base_dilation, high = (begin + extent - 1) * a->base_dilation;
    int64_t width = (a->size - 1) * a->window_dilation;
    int64_t from = low + a->pad_lo - width, to = high + a->pad_lo;
    *first = from <= 0 ? 0 : lax_i_ceil_div(from, a->stride);
    int64_t last = to < 0 ? -1 : lax_i_min(to / a->stride, a->out - 1);
    *count = lax_i_max(last - *first + 1, 0);
}

static lax_status scatter_all(struct work *w) {
    int64_t first[LAX_MAX_RANK] = {0}, count[LAX_MAX_RANK] = {0}, step[LAX_MAX_RANK] = {0};
    struct row row = {.lanes = 1};
    lax_status status = LAX_OK;
    bool found;
    for (int d = 0; d < w->p->rank; d++) {
        reach(&w->p->axis[d], w->begin[d], w->extent[d], &first[d], &count[d]);
        if (count[d] == 0) return LAX_OK;
        if (d == w->s->lane_dim) count[d] = 1;
    }
    do {
        for (int d = 0; d < w->p->rank; d++) row.position[d] = first[d] + step[d];
        status = pick(w, &row, &found);
        if (status == LAX_OK && found) status = scatter(w, row.position);
    } while (status == LAX_OK && lax_i_next(w->p->rank, step, count));
    return status;
}

/* --- boxes
 * ------------------------------------------------------------------------------------
 */

/* Rows of the box along its last dimension; lanes lie anywhere. */
static void store(struct work *w) {
    int64_t step[LAX_MAX_RANK] = {0}, outer[LAX_MAX_RANK];
    int rank = w->p->rank, last = rank - 1;
    for (int d = 0; d < rank; d++) outer[d] = d == last ? 1 : w->extent[d];
    do {
        int64_t from = lax_i_offset(rank, step, w->acc_stride), to = 0;
        for (int d = 0; d < rank; d++) to += (w->begin[d] + step[d]) * w->p->out_stride[d];
        w->s->store((char *)w->execution->out[0] + to * (int64_t)w->s->size,
                    last < 0 ? 0 : w->p->out_stride[last], w->acc + (size_t)from * w->s->acc_size,
                    last < 0 ? 0 : w->acc_stride[last], last < 0 ? 1 : w->extent[last]);
    } while (lax_i_next(rank, step, outer));
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct state *s = plan->state;
    struct work w = {.p = &plan->problem.scatter, .s = s, .execution = execution};
    int64_t elements = 1;
    for (int d = w.p->rank - 1; d >= 0; d--) {
        w.begin[d] = task % s->boxes[d] * s->box[d];
        w.extent[d] = lax_i_min(s->box[d], w.p->axis[d].in - w.begin[d]);
        w.acc_stride[d] = elements;
        elements *= w.extent[d];
        task /= s->boxes[d];
    }
    w.lanes = s->lane_dim < 0 ? 1 : w.extent[s->lane_dim];
    w.pick = scratch;
    w.next = w.pick + LANES * 16;
    w.source = w.next + LANES * 16;
    w.acc = w.source + LANES * 16;
    s->load(w.acc, 1, w.p->init, 0, elements);
    lax_status status = scatter_all(&w);
    if (status == LAX_OK)
        store(&w);
    else
        lax_i_callback_failed(execution, status);
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

/* Position i of the source picks element i of the operand: nothing else is in
 * its window. */
static bool is_independent(const struct window_axis *a) {
    return a->size == 1 && a->stride == 1 && a->pad_lo == 0 && a->base_dilation == 1 &&
           a->out == a->in;
}

static void choose_boxes(const struct scatter_problem *p, struct state *s) {
    int64_t room = BOX_NBYTES / (int64_t)s->acc_size;
    s->lane_dim = -1;
    for (int d = 0; d < p->rank; d++)
        if (is_independent(&p->axis[d]) &&
            (s->lane_dim < 0 || p->axis[d].in > p->axis[s->lane_dim].in))
            s->lane_dim = d;
    if (s->lane_dim >= 0) {
        s->box[s->lane_dim] = lax_i_max(lax_i_min(LANES, p->axis[s->lane_dim].in), 1);
        room /= s->box[s->lane_dim];
    }
    for (int d = p->rank - 1; d >= 0; d--) {
        if (d == s->lane_dim) continue;
        bool alone = is_independent(&p->axis[d]); /* more boxes for more threads */
        s->box[d] = alone ? 1 : lax_i_max(lax_i_min(room, p->axis[d].in), 1);
        room /= s->box[d];
    }
    for (int d = 0; d < p->rank; d++) s->boxes[d] = lax_i_ceil_div(p->axis[d].in, s->box[d]);
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct scatter_problem *p = &plan->problem.scatter;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    bool builtin = p->scatter.fn == NULL;
    lax_dtype acc = builtin ? lax_i_combine_accumulator(p->type) : p->type;
    s->select = p->select.fn == NULL ? lax_i_select_kernel(p->select.kind, p->type) : NULL;
    s->combine = builtin ? lax_i_combine_kernel(p->scatter.kind, p->type) : NULL;
    s->move = lax_i_move_kernel(p->type);
    s->load = acc == p->type ? s->move : lax_i_convert_kernel(p->type, acc);
    s->store = acc == p->type ? s->move : lax_i_convert_kernel(acc, p->type);
    s->size = lax_dtype_size(p->type);
    s->acc_size = lax_dtype_size(acc);
    choose_boxes(p, s);
    int64_t box = 1, tasks;
    for (int d = 0; d < p->rank; d++) box *= s->box[d];
    if (!lax_i_product(p->rank, s->boxes, &tasks)) tasks = 0; /* an empty result */
    plan->scratch_nbytes = 3 * LANES * 16 + (size_t)box * s->acc_size;
    plan->phases[0] = (struct phase){.tasks = tasks, .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "boxes of (");
    lax_i_text_list(text, plan->problem.scatter.rank, s->box, ",");
    lax_i_text_add(text, "), lanes along dimension %d", s->lane_dim);
}

/* About 8 ns a window position. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct scatter_problem *p = &problem->scatter;
    double steps = 8e-6;
    (void)machine;
    for (int d = 0; d < p->rank; d++) steps *= (double)p->axis[d].out * (double)p->axis[d].size;
    return steps + 1e-3;
}

const struct lowering lax_i_scatter_reference = {"reference", PROBLEM_SCATTER, applicable,
                                                 build,       describe,        cost};
