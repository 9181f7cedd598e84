/* SPDX-License-Identifier: Apache-2.0 */
/* The reference pick: window reductions of (key, payload) pairs, which keep the
 * accumulator's pair when select holds or the rule for NaN says so. They start
 * from a pair that is given, or, arg windows, from the first element. Rows of
 * outputs, window positions in row-major order. */
#include "lower/rows.h"

struct state {
    struct rows rows;
    lax_i_select_fn *select;
    lax_i_select_fn *is_number; /* x >= x; floats with a rule for NaN, else NULL */
    lax_i_select_fn *ge, *le;   /* of keys, lower of ties only */
    lax_i_select_fn *is_lower;  /* of payloads */
    lax_i_combine_fn *best;     /* arg windows: values as reduce_window gives them */
    lax_i_convert_fn *move_key, *load_best, *store_best, *store_index, *move_value;
    size_t key_size, value_size, best_size;
    unsigned char identity[16]; /* of max or min: first value of arg windows */
};

/* Scratch of a row. */
struct work {
    const struct pick_problem *p;
    const struct state *s;
    struct execution *execution;
    struct row row;
    unsigned char *key, *next, *best, *value, *payload;
    int64_t *index; /* arg windows: -1 before the first element */
    uint8_t *keep, *held, *number, *hold;
};

enum { SCRATCH = ROW_LANES * (8 + 5 * 16 + 4) };

static void carve(struct work *w, unsigned char *room) {
    unsigned char **const wide[] = {&w->key, &w->next, &w->best, &w->value, &w->payload};
    uint8_t **const narrow[] = {&w->keep, &w->held, &w->number, &w->hold};
    w->index = (int64_t *)(void *)room, room += ROW_LANES * sizeof *w->index;
    for (int i = 0; i < LAX_COUNTOF(wide); i++) *wide[i] = room, room += (size_t)ROW_LANES * 16;
    for (int i = 0; i < LAX_COUNTOF(narrow); i++) *narrow[i] = room, room += ROW_LANES;
}

/* Lanes that take their next element: `count` of them from `lane` on, whose
 * elements are those of the span's k-th on. */
struct part {
    int64_t lane, k, count;
};

static const char *at(const struct work *w, int input, size_t size, const struct span *span,
                      const int64_t *strides, int64_t k) {
    int64_t offset = lax_i_span_offset(&w->s->rows, span, strides, k);
    return (const char *)w->execution->in[input] + offset * (int64_t)size;
}

static int64_t stride_of(const struct work *w, const struct span *span, const int64_t *strides) {
    return span->index_step * lax_i_lane_stride(&w->s->rows, strides);
}

/* A NaN that holds stays; whether one is taken depends on the rule. */
static void hold_numbers(struct work *w, const void *key, const struct part *part) {
    bool passed = w->p->nan == LAX_NAN_PASSED;
    if (w->s->is_number == NULL) return;
    w->s->is_number(w->held, key, key, part->count);
    w->s->is_number(w->number, w->next, w->next, part->count);
    for (int64_t l = 0; l < part->count; l++)
        w->keep[l] = !w->held[l] || (w->number[l] ? w->keep[l] : passed);
}

/* Arg windows: the first element starts. */
static void start_with_first(struct work *w, const struct part *part) {
    const int64_t *index = w->index + part->lane;
    for (int64_t l = 0; l < part->count && !w->p->started; l++)
        w->keep[l] = w->keep[l] && index[l] >= 0;
}

static void take_indices(struct work *w, const struct span *span, const struct part *part) {
    int64_t *index = w->index + part->lane, step = stride_of(w, span, w->p->payload_stride);
    int64_t first = lax_i_span_offset(&w->s->rows, span, w->p->payload_stride, part->k);
    for (int64_t l = 0; l < part->count; l++) index[l] = w->keep[l] ? index[l] : first + l * step;
}

/* Which payloads stay: those of keys that do, but of equal keys the lower. */
static const uint8_t *held_payloads(struct work *w, const void *key, const void *value,
                                    const struct part *part) {
    if (!w->p->lower) return w->keep;
    w->s->ge(w->held, key, w->next, part->count);
    w->s->le(w->number, key, w->next, part->count);
    w->s->is_lower(w->hold, value, w->payload, part->count);
    for (int64_t l = 0; l < part->count; l++)
        w->hold[l] = w->held[l] && w->number[l] ? w->hold[l] : w->keep[l];
    return w->hold;
}

static void take_values(struct work *w, const struct span *span, const struct part *part) {
    const int64_t *strides = w->p->payload_stride;
    size_t size = w->s->value_size;
    const void *key = w->key + (size_t)part->lane * w->s->key_size;
    unsigned char *value = w->value + (size_t)part->lane * size;
    w->s->move_value(w->payload, 1, at(w, w->p->value_operand, size, span, strides, part->k),
                     stride_of(w, span, strides), part->count);
    lax_i_replace(value, w->payload, held_payloads(w, key, value, part), part->count, size);
}

static void visit_part(struct work *w, const struct span *span, const struct part *part) {
    const struct state *s = w->s;
    const char *from = at(w, w->p->key_operand, s->key_size, span, w->p->key_stride, part->k);
    int64_t stride = stride_of(w, span, w->p->key_stride);
    unsigned char *key = w->key + (size_t)part->lane * s->key_size;
    s->move_key(w->next, 1, from, stride, part->count);
    s->select(w->keep, key, w->next, part->count);
    hold_numbers(w, key, part);
    start_with_first(w, part);
    if (w->p->indices)
        take_indices(w, span, part);
    else
        take_values(w, span, part);
    lax_i_replace(key, w->next, w->keep, part->count, s->key_size);
    if (s->best != NULL)
        s->best(w->best + (size_t)part->lane * s->best_size, from, stride, part->count);
}

static void visit(struct work *w, const struct span *span) {
    if (span->step == 1) {
        visit_part(w, span, &(struct part){span->first, 0, span->count});
        return;
    }
    for (int64_t k = 0; k < span->count; k++)
        visit_part(w, span, &(struct part){span->first + k * span->step, k, 1});
}

static void start(struct work *w) {
    w->s->move_key(w->key, 1, w->p->start_key, 0, w->row.lanes);
    w->s->move_value(w->value, 1, w->p->start_value, 0, w->row.lanes);
    for (int64_t l = 0; l < w->row.lanes; l++) w->index[l] = -1;
    if (w->s->best != NULL) w->s->load_best(w->best, 1, w->s->identity, 0, w->row.lanes);
}

static void store(struct work *w) {
    const struct rows *r = &w->s->rows;
    const struct pick_problem *p = w->p;
    int64_t key_at = lax_i_offset(r->rank, w->row.position, p->key_out_stride);
    int64_t value_at = lax_i_offset(r->rank, w->row.position, p->value_out_stride);
    lax_i_convert_fn *store_key = w->s->best != NULL ? w->s->store_best : w->s->move_key;
    if (p->keep_keys)
        store_key((char *)w->execution->out[p->key_result] + key_at * (int64_t)w->s->key_size,
                  lax_i_lane_stride(r, p->key_out_stride), w->s->best != NULL ? w->best : w->key, 1,
                  w->row.lanes);
    char *to = (char *)w->execution->out[p->value_result] + value_at * (int64_t)w->s->value_size;
    int64_t stride = lax_i_lane_stride(r, p->value_out_stride);
    if (p->indices)
        w->s->store_index(to, stride, w->index, 1, w->row.lanes);
    else
        w->s->move_value(to, stride, w->value, 1, w->row.lanes);
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct rows *rows = &((const struct state *)plan->state)->rows;
    struct work w = {.p = &plan->problem.pick, .s = plan->state, .execution = execution};
    struct walk walk;
    carve(&w, scratch);
    int64_t end = lax_i_min((task + 1) * rows->per_task, rows->count);
    for (int64_t row = task * rows->per_task; row < end; row++) {
        lax_i_row(rows, row, &w.row);
        start(&w);
        bool more = lax_i_walk_start(&walk, rows, &w.row);
        for (; more; more = lax_i_walk_next(&walk)) visit(&w, &walk.span);
        store(&w);
    }
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

static void set_kernels(const struct pick_problem *p, struct state *s) {
    bool max = p->select == LAX_GE || p->select == LAX_GT;
    lax_reducer_kind kind = p->key_type == LAX_PRED ? (max ? LAX_OR : LAX_AND)
                            : max                   ? LAX_MAX
                                                    : LAX_MIN;
    lax_dtype acc = lax_i_combine_accumulator(p->key_type);
    s->select = lax_i_select_kernel(p->select, p->key_type);
    if (lax_i_dtype_kind(p->key_type) == KIND_FLOAT && p->nan != LAX_NAN_FORGOTTEN)
        s->is_number = lax_i_select_kernel(LAX_GE, p->key_type);
    s->ge = lax_i_select_kernel(LAX_GE, p->key_type);
    s->le = lax_i_select_kernel(LAX_LE, p->key_type);
    s->is_lower = lax_i_select_kernel(LAX_LE, p->value_type);
    if (p->keep_keys && !p->started) s->best = lax_i_combine_kernel(kind, p->key_type);
    s->move_key = lax_i_move_kernel(p->key_type);
    s->load_best = lax_i_convert_kernel(p->key_type, acc);
    s->store_best = lax_i_convert_kernel(acc, p->key_type);
    s->store_index = lax_i_convert_kernel(LAX_S64, p->value_type);
    s->move_value = lax_i_move_kernel(p->value_type);
    s->key_size = lax_dtype_size(p->key_type);
    s->value_size = lax_dtype_size(p->value_type);
    s->best_size = lax_dtype_size(acc);
    lax_i_identity(kind, p->key_type, s->identity);
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct pick_problem *p = &plan->problem.pick;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    set_kernels(p, s);
    lax_i_rows(&s->rows, p->rank, p->axis, p->key_stride, ROWS_OUTPUTS);
    plan->scratch_nbytes = SCRATCH;
    plan->phases[0] = (struct phase){.tasks = s->rows.tasks, .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    lax_i_print_rows(text, &((const struct state *)plan->state)->rows);
}

/* About 8 ns a window position. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct pick_problem *p = &problem->pick;
    double steps = 8e-6;
    (void)machine;
    for (int d = 0; d < p->rank; d++) steps *= (double)p->axis[d].out * (double)p->axis[d].size;
    return steps + 1e-3;
}

const struct lowering lax_i_pick_reference = {"reference", PROBLEM_PICK, applicable,
                                              build,       describe,     cost};
