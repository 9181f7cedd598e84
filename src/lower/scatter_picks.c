/* SPDX-License-Identifier: Apache-2.0 */
/* select_and_scatter with a pick for every window in vectors, tap by tap where windows are small
 * and in separable passes where they are not. The result is cut into boxes; a task picks in all
 * windows that reach its box. Of small windows the elements then pull the source (scatter_pull.c).
 * Otherwise it is pushed to the picks, one addition each, into a region as large as those windows;
 * of this the box is stored. Windows at the seams are picked twice; in return no two tasks meet,
 * and the order of each sum does not depend on who runs what. */
#include "lower/scatter_picks.h"

#include <stdio.h>

enum { BOX_NBYTES = 1 << 19 };

static void push_row(void *user, const struct pick_row *row) {
    const struct scatter_work *w = user;
    const struct picks *g = &w->s->g;
    const int64_t *strides = g->stride[2];
    int64_t at = lax_i_offset(g->rank, row->position, strides), lane = strides[g->lane_dim];
    int64_t run = g->run_dim < 0 ? 0 : strides[g->run_dim];
    if (row->number == NULL) return;
    for (int64_t j = 0; j < row->runs; j++) {
        const char *from = (const char *)w->execution->in[1] + (at + j * run) * (int64_t)w->s->size;
        const void *source = from;
        if (!w->s->plain || lane != 1) {
            lax_i_convert(&w->s->load, w->source, 1, from, lane, row->lanes);
            source = w->source;
        }
        w->s->push(w->acc + (row->offset + j * row->run_step) * (int64_t)w->s->acc_size,
                   (const char *)row->number + (size_t)(j * row->lanes) * g->key_size, row->place,
                   row->lane_step, source, row->lanes);
    }
}

/* All positions of a box, with the source in their order. */
static void push_all(void *user, const void *index, void *room, void *other_room) {
    const struct scatter_work *w = user;
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    int64_t stride[PICK_RANK], n = lax_i_pick_dense(g, w->box.count, stride);
    struct box_copy copy = lax_i_scatter_copy(s, 2, w->box.count, stride);
    copy.room = other_room;
    const char *from = (const char *)w->execution->in[1] +
                       lax_i_offset(g->rank, w->box.first, g->stride[2]) * (int64_t)s->size;
    lax_i_box_gather(&copy, room, from);
    s->push(w->acc, index, NULL, 0, room, n);
}

/* Every accumulator starts from the initial value; nearly always that is zero. */
void lax_i_scatter_start(const struct scatter_work *w, int64_t elements) {
    static const unsigned char zero[16];
    if (memcmp(w->p->init, zero, w->s->size) == 0)
        memset(w->acc, 0, (size_t)elements * w->s->acc_size);
    else
        lax_i_convert(&w->s->load, w->acc, 1, w->p->init, 0, elements);
}

void lax_i_scatter_store(const struct scatter_work *w, const int64_t *begin,
                         const int64_t *extent) {
    const struct picks *g = &w->s->g;
    int64_t from = 0;
    for (int d = 0; d < g->rank; d++) from += (begin[d] - w->box.low[d]) * w->acc_stride[d];
    struct box_copy copy = lax_i_scatter_copy(w->s, 1, extent, w->acc_stride);
    copy.room = w->room;
    char *out = (char *)w->execution->out[0];
    lax_i_box_scatter(&copy, out + lax_i_offset(g->rank, begin, g->stride[1]) * (int64_t)w->s->size,
                      w->acc + (size_t)from * w->s->acc_size);
}

static void run_box(struct scatter_work *w, int64_t number, unsigned char *scratch) {
    int64_t begin[PICK_RANK], extent[PICK_RANK];
    lax_i_pick_element_box(&w->s->g, number, &w->box, begin, extent);
    lax_i_scatter_start(w, lax_i_pick_dense(&w->s->g, w->box.extent, w->acc_stride));
    const struct pick_job job = {.g = &w->s->g,
                                 .box = &w->box,
                                 .in = w->execution->in[0],
                                 .id_stride = w->acc_stride,
                                 .of_elements = true,
                                 .scratch = scratch,
                                 .take = push_row,
                                 .take_all = push_all,
                                 .user = w};
    if (w->s->separable)
        lax_i_pick_separable(&job);
    else
        lax_i_pick_direct(&job);
    lax_i_scatter_store(w, begin, extent);
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct scatter_state *s = plan->state;
    struct scatter_work w = {.p = &plan->problem.scatter, .s = s, .execution = execution};
    int64_t end = lax_i_min((task + 1) * s->g.per_task, s->g.n_boxes);
    w.acc = (unsigned char *)scratch + s->acc_at;
    w.source = (unsigned char *)scratch + s->source_at;
    w.room = s->separable ? scratch : NULL; /* records are done with then */
    for (int64_t box = task * s->g.per_task; box < end; box++) {
        if (s->pulls.pull != NULL)
            lax_i_pull_box(s, execution, box, scratch);
        else if (!s->packed.on || !lax_i_scatter_packed_box(&w, box, scratch))
            run_box(&w, box, scratch);
    }
    if (s->pulls.stream) s->g.moves->fence();
}

static bool is_built_in(const struct problem *problem, const struct machine *machine, char *why) {
    const struct scatter_problem *p = &problem->scatter;
    (void)machine;
    if (p->select.fn == NULL && p->scatter.fn == NULL) return true;
    return snprintf(why, LAX_WHY_NBYTES, "select and scatter must be built in"), false;
}

static bool is_small(const struct problem *problem, const struct machine *machine, char *why) {
    return is_built_in(problem, machine, why) && lax_i_pick_is_small(problem, machine, why);
}

static void set_kernels(const struct scatter_problem *p, lax_isa isa, struct scatter_state *s) {
    s->acc = lax_i_combine_accumulator(p->type);
    s->push = lax_i_push_kernel(p->scatter.kind, s->acc);
    s->load = lax_i_pick_converter(p->type, s->acc, isa);
    s->store = lax_i_pick_converter(s->acc, p->type, isa);
    s->size = lax_dtype_size(p->type);
    s->acc_size = lax_dtype_size(s->acc);
    s->plain = s->acc == p->type && p->type != LAX_PRED;
}

static size_t region_nbytes(const struct scatter_state *s) {
    return s->separable ? lax_i_pick_separable_nbytes(&s->g, true)
                        : lax_i_pick_direct_nbytes(&s->g, true);
}

/* Fills boxes and where things lie in scratch; returns the size of scratch. */
static size_t choose_boxes(void *state, double stretch) {
    struct scatter_state *s = state;
    if (s->pulls.pull != NULL) return lax_i_pull_boxes(s);
    size_t keys = s->separable ? lax_i_pick_record_nbytes(&s->g) : s->g.copied ? s->g.key_size : 0;
    size_t packed = 0;
    if (s->packed.on)
        packed = lax_i_scatter_packed_boxes(s, stretch);
    else
        lax_i_pick_boxes(&s->g, true, BOX_NBYTES / (double)(s->acc_size + keys), stretch);
    size_t region = region_nbytes(s);
    s->source_at = lax_i_round_up(region > packed ? region : packed, LAX_ALIGNMENT);
    s->acc_at = s->source_at + (size_t)PICK_LANES * 8;
    return s->acc_at + (size_t)(lax_i_pick_region(&s->g, true) + 1) * s->acc_size;
}

static void set_picks(struct picks *g, const struct scatter_problem *p, bool separable,
                      lax_isa isa) {
    const struct pick_source source = {
        .rank = p->rank,
        .axis = p->axis,
        .strides = {p->operand_stride, p->out_stride, p->source_stride},
        .type = p->type,
        .select = p->select.kind,
        .rule = PICK_FORGET,
        .records = separable};
    lax_i_picks(g, &source, isa);
}

static lax_status build(struct plan *plan, bool separable, lax_error *why) {
    const struct scatter_problem *p = &plan->problem.scatter;
    struct scatter_state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    s->separable = separable;
    set_picks(&s->g, p, separable, plan->machine.isa);
    set_kernels(p, plan->machine.isa, s);
    if (separable)
        lax_i_scatter_packed_set(p, plan->machine.isa, s);
    else
        lax_i_pulls(p, &plan->machine, s);
    plan->phases[0].run = run;
    return lax_i_pick_finish(plan, choose_boxes, separable, why);
}

static lax_status build_direct(struct plan *plan, lax_error *why) {
    return build(plan, false, why);
}

static lax_status build_separable(struct plan *plan, lax_error *why) {
    return build(plan, true, why);
}

/* --- costs, as they were measured ------------------------------------------------------------- */

/* A tap of every pick in vectors, and calls. */
static double cost_direct(const struct problem *problem, const struct machine *machine) {
    struct picks g;
    double taps = 1, picks = 1, elements = 1;
    set_picks(&g, &problem->scatter, false, machine->isa);
    for (int d = 0; d < g.rank; d++) {
        taps *= (double)g.axis[d].size;
        picks *= (double)g.axis[d].out;
        elements *= (double)g.axis[d].in;
    }
    double lanes = (double)lax_i_max(lax_i_min(g.axis[g.lane_dim].in, PICK_LANES), 1);
    double ns = picks * taps * (0.065 * (double)g.key_size + 5 / lanes);
    ns += elements * (100 * lax_i_pick_calls(&g) + (g.copied ? 0.3 : 0));
    return 1e-6 * ns + 1e-3;
}

/* A pass of packed integers, or of records, for each dimension with a window; a push a pick. */
static double cost_separable(const struct problem *problem, const struct machine *machine) {
    const struct scatter_problem *p = &problem->scatter;
    double picks = 1, elements = 1, windows = 0, size = (double)lax_dtype_size(p->type);
    (void)machine;
    for (int d = 0; d < p->rank; d++) {
        picks *= (double)p->axis[d].out;
        elements *= (double)p->axis[d].in;
        if (p->axis[d].size > 1) windows++;
    }
    double element = size > 4 ? 1 + 3 * windows : 0.3 + (size == 4 ? 0.3 : 0.15) * windows;
    return 1e-6 * (elements * element + picks * (size > 4 ? 2 : 1.5)) + 1e-3;
}

const struct lowering lax_i_scatter_direct = {"direct",     PROBLEM_SCATTER,     is_small,
                                              build_direct, lax_i_pick_describe, cost_direct};
const struct lowering lax_i_scatter_separable = {"separable",         PROBLEM_SCATTER,
                                                 is_built_in,         build_separable,
                                                 lax_i_pick_describe, cost_separable};
