/* SPDX-License-Identifier: Apache-2.0 */
/* The reference pick: window reductions of (key, payload) pairs. select_and_gather_add starts from
 * an infinity and 0 and keeps the accumulator's pair when select holds; arg windows start from the
 * first element, and the first NaN stays. Rows of outputs, window positions in row-major order. */
#include "lower/rows.h"

struct state {
    struct rows rows;
    lax_i_select_fn *select, *is_number; /* is_number: x >= x */
    lax_i_combine_fn *best;              /* arg windows: values as reduce_window gives them */
    lax_i_convert_fn *move_key, *load_best, *store_best, *store_index, *move_value;
    size_t key_size, value_size, best_size;
    unsigned char start[16], identity[16]; /* first key of gathers, identity of max / min */
};

/* Scratch of a row. */
struct work {
    const struct pick_problem *p;
    const struct state *s;
    struct execution *execution;
    struct row row;
    unsigned char *key, *next, *best, *value;
    int64_t *index; /* arg windows: -1 before the first element */
    uint8_t *keep, *number;
};

static size_t carve(struct work *w, unsigned char *room) {
    unsigned char *at = room;
    w->index = (int64_t *)(void *)at, at += ROW_LANES * sizeof *w->index;
    w->key = at, at += ROW_LANES * 16;
    w->next = at, at += ROW_LANES * 16;
    w->best = at, at += ROW_LANES * 16;
    w->value = at, at += ROW_LANES * 16;
    w->keep = at, at += ROW_LANES;
    w->number = at, at += ROW_LANES;
    return (size_t)(at - room);
}

static const void *key_source(const struct work *w) {
    return w->execution->in[w->p->indices ? 0 : 1];
}

static int64_t offset_of(const struct work *w, const struct span *span, const int64_t *strides,
                         int64_t k) {
    return lax_i_offset(w->s->rows.rank, span->index, strides) +
           k * span->index_step * lax_i_lane_stride(&w->s->rows, strides);
}

/* Lane l takes its next key (lane k of the span), and what comes with it. */
static void take(struct work *w, const struct span *span, int64_t l, int64_t k) {
    size_t key = w->s->key_size, value = w->s->value_size;
    memcpy(w->key + (size_t)l * key, w->next + (size_t)k * key, key);
    int64_t payload = offset_of(w, span, w->p->payload_stride, k);
    if (w->p->indices)
        w->index[l] = payload;
    else
        memcpy(w->value + (size_t)l * value,
               (const char *)w->execution->in[0] + payload * (int64_t)value, value);
}

/* Arg windows: the first element starts, a NaN is taken once and stays. */
static bool arg_takes(const struct work *w, int64_t l, int64_t k) {
    const unsigned char *key = w->key + (size_t)l * w->s->key_size;
    uint8_t number;
    if (w->index[l] < 0) return true;
    w->s->is_number(&number, key, key, 1);
    return number && (!w->number[k] || !w->keep[k]);
}

static void compare(struct work *w, const struct span *span) {
    size_t key = w->s->key_size;
    int64_t stride = span->index_step * lax_i_lane_stride(&w->s->rows, w->p->key_stride);
    const char *from =
        (const char *)key_source(w) + offset_of(w, span, w->p->key_stride, 0) * (int64_t)key;
    w->s->move_key(w->next, 1, from, stride, span->count);
    w->s->is_number(w->number, w->next, w->next, span->count);
    if (span->step == 1) {
        w->s->select(w->keep, w->key + (size_t)span->first * key, w->next, span->count);
    } else {
        for (int64_t k = 0; k < span->count; k++)
            w->s->select(w->keep + k, w->key + (size_t)(span->first + k * span->step) * key,
                         w->next + (size_t)k * key, 1);
    }
}

static void visit(struct work *w, const struct span *span) {
    compare(w, span);
    for (int64_t k = 0; k < span->count; k++) {
        int64_t l = span->first + k * span->step;
        if (w->p->indices ? arg_takes(w, l, k) : !w->keep[k]) take(w, span, l, k);
        if (w->p->keep_keys)
            w->s->best(w->best + (size_t)l * w->s->best_size, w->next + (size_t)k * w->s->key_size,
                       0, 1);
    }
}

static void start(struct work *w) {
    w->s->move_key(w->key, 1, w->s->start, 0, w->row.lanes);
    for (int64_t l = 0; l < w->row.lanes; l++) w->index[l] = -1;
    memset(w->value, 0, ROW_LANES * 16);
    if (w->p->keep_keys) w->s->load_best(w->best, 1, w->s->identity, 0, w->row.lanes);
}

static void store(struct work *w) {
    const struct rows *r = &w->s->rows;
    const struct pick_problem *p = w->p;
    int64_t key_at = lax_i_offset(r->rank, w->row.position, p->key_out_stride);
    int64_t value_at = lax_i_offset(r->rank, w->row.position, p->value_out_stride);
    void *values = w->execution->out[p->keep_keys ? 1 : 0];
    if (p->keep_keys)
        w->s->store_best((char *)w->execution->out[0] + key_at * (int64_t)w->s->key_size,
                         lax_i_lane_stride(r, p->key_out_stride), w->best, 1, w->row.lanes);
    char *to = (char *)values + value_at * (int64_t)w->s->value_size;
    int64_t stride = lax_i_lane_stride(r, p->value_out_stride);
    if (p->indices)
        w->s->store_index(to, stride, w->index, 1, w->row.lanes);
    else
        w->s->move_value(to, stride, w->value, 1, w->row.lanes);
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct state *s = plan->state;
    struct work w = {.p = &plan->problem.pick, .s = s, .execution = execution};
    int64_t tap[LAX_MAX_RANK] = {0};
    struct span span;
    carve(&w, scratch);
    lax_i_row(&s->rows, task, &w.row);
    start(&w);
    do {
        if (lax_i_span(&s->rows, &w.row, tap, &span)) visit(&w, &span);
    } while (lax_i_next_tap(&s->rows, tap));
    store(&w);
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
    s->is_number = lax_i_select_kernel(LAX_GE, p->key_type);
    s->best = lax_i_combine_kernel(kind, p->key_type);
    s->move_key = lax_i_convert_kernel(p->key_type, p->key_type);
    s->load_best = lax_i_convert_kernel(p->key_type, acc);
    s->store_best = lax_i_convert_kernel(acc, p->key_type);
    s->store_index = lax_i_convert_kernel(LAX_S64, p->value_type);
    s->move_value = lax_i_convert_kernel(p->value_type, p->value_type);
    s->key_size = lax_dtype_size(p->key_type);
    s->value_size = lax_dtype_size(p->value_type);
    s->best_size = lax_dtype_size(acc);
    lax_i_identity(kind, p->key_type, s->identity);
    memcpy(s->start, s->identity, sizeof s->start);
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct pick_problem *p = &plan->problem.pick;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    set_kernels(p, s);
    lax_i_rows(&s->rows, p->rank, p->axis, p->key_stride);
    plan->scratch_nbytes = ROW_LANES * (sizeof(int64_t) + 4 * 16 + 2);
    plan->phases[0] = (struct phase){.tasks = lax_i_rows_count(&s->rows), .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "%lld rows of up to %d lanes along dimension %d, %lld taps",
                   (long long)lax_i_rows_count(&s->rows), ROW_LANES, s->rows.lane_dim,
                   (long long)s->rows.taps);
}

/* About 4 ns a window position. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct pick_problem *p = &problem->pick;
    double steps = 4e-6;
    (void)machine;
    for (int d = 0; d < p->rank; d++) steps *= (double)p->axis[d].out * (double)p->axis[d].size;
    return steps + 1e-3;
}

const struct lowering lax_i_pick_reference = {"reference", PROBLEM_PICK, applicable,
                                              build,       describe,     cost};
