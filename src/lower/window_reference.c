/* SPDX-License-Identifier: Apache-2.0 */
/* The reference window reduction: for every row of outputs a left fold over the window positions
 * in row-major order, from the initial value, skipping padding and holes. */
#include "lower/rows.h"

enum { TASK = 4096 };

struct state {
    struct rows rows;
    int64_t rows_per_task;
    lax_i_combine_fn *combine; /* NULL: callback */
    lax_i_convert_fn *load[LAX_MAX_OPERANDS], *store[LAX_MAX_OPERANDS];
    lax_i_convert_fn *gather[LAX_MAX_OPERANDS];
    lax_dtype acc_type[LAX_MAX_OPERANDS];
    size_t size[LAX_MAX_OPERANDS], acc_size[LAX_MAX_OPERANDS];
};

/* A row at work: accumulators of every operand, and room for gathered elements. */
struct work {
    const struct window_problem *p;
    const struct state *s;
    struct execution *execution;
    struct row row;
    unsigned char *acc[LAX_MAX_OPERANDS], *elem[LAX_MAX_OPERANDS];
};

static const char *element(const struct work *w, int i, const struct span *span, int64_t lane) {
    const int64_t *strides = w->p->in_stride[i];
    int64_t offset = lax_i_offset(w->s->rows.rank, span->index, strides) +
                     lane * span->index_step * lax_i_lane_stride(&w->s->rows, strides);
    return (const char *)w->execution->in[i] + offset * (int64_t)w->s->size[i];
}

/* --- built-in reducers ------------------------------------------------------------------------ */

static void combine_span(struct work *w, const struct span *span) {
    int64_t stride = span->index_step * lax_i_lane_stride(&w->s->rows, w->p->in_stride[0]);
    size_t acc = w->s->acc_size[0];
    if (span->step == 1) {
        w->s->combine(w->acc[0] + (size_t)span->first * acc, element(w, 0, span, 0), stride,
                      span->count);
        return;
    }
    for (int64_t k = 0; k < span->count; k++)
        w->s->combine(w->acc[0] + (size_t)(span->first + k * span->step) * acc,
                      element(w, 0, span, k), 0, 1);
}

/* --- callbacks -------------------------------------------------------------------------------- */

/* `n` contiguous lanes from `lane` on; elements are gathered first. */
static lax_status call(struct work *w, const struct span *span, int64_t k, int64_t lane,
                       int64_t n) {
    const void *acc[LAX_MAX_OPERANDS], *elem[LAX_MAX_OPERANDS];
    void *out[LAX_MAX_OPERANDS];
    for (int i = 0; i < w->p->n; i++) {
        int64_t stride = span->index_step * lax_i_lane_stride(&w->s->rows, w->p->in_stride[i]);
        w->s->gather[i](w->elem[i], 1, element(w, i, span, k), stride, n);
        acc[i] = out[i] = w->acc[i] + (size_t)lane * w->s->size[i];
        elem[i] = w->elem[i];
    }
    return w->p->reducer.fn(w->p->reducer.user, n, acc, elem, out);
}

static lax_status call_span(struct work *w, const struct span *span) {
    if (span->step == 1) return call(w, span, 0, span->first, span->count);
    lax_status s = LAX_OK;
    for (int64_t k = 0; k < span->count && s == LAX_OK; k++)
        s = call(w, span, k, span->first + k * span->step, 1);
    return s;
}

/* --- averages --------------------------------------------------------------------------------- */

/* Window positions of one dimension that count at output p. */
static int64_t count_axis(const struct window_axis *a, enum window_divide divide, int64_t p) {
    int64_t count = 0, u = p * a->stride - a->pad_lo;
    for (int64_t w = 0; w < a->size; w++, u += a->window_dilation) {
        if (divide == DIVIDE_WINDOW)
            count += u < a->count_end;
        else
            count += u >= 0 && u % a->base_dilation == 0 && u / a->base_dilation < a->in;
    }
    return count;
}

static void divide_lane(lax_dtype type, void *acc, int64_t lane, double count) {
    switch (type) {
    case LAX_F32: ((float *)acc)[lane] /= (float)count; break;
    case LAX_F64: ((double *)acc)[lane] /= count; break;
    case LAX_C64:
        ((float *)acc)[2 * lane] /= (float)count;
        ((float *)acc)[2 * lane + 1] /= (float)count;
        break;
    default:
        ((double *)acc)[2 * lane] /= count;
        ((double *)acc)[2 * lane + 1] /= count;
        break;
    }
}

static void divide(struct work *w) {
    const struct rows *r = &w->s->rows;
    double fixed = 1;
    for (int d = 0; d < r->rank; d++)
        if (d != r->lane_dim)
            fixed *= (double)count_axis(&r->axis[d], w->p->divide, w->row.position[d]);
    for (int64_t lane = 0; lane < w->row.lanes; lane++) {
        double count = fixed;
        if (r->lane_dim >= 0)
            count *= (double)count_axis(&r->axis[r->lane_dim], w->p->divide,
                                        w->row.position[r->lane_dim] + lane);
        divide_lane(w->s->acc_type[0], w->acc[0], lane, count);
    }
}

/* --- rows ------------------------------------------------------------------------------------- */

static lax_status fold(struct work *w) {
    int64_t tap[LAX_MAX_RANK] = {0};
    lax_status status = LAX_OK;
    struct span span;
    if (w->s->rows.taps == 0) return LAX_OK;
    do {
        if (!lax_i_span(&w->s->rows, &w->row, tap, &span)) continue;
        if (w->s->combine != NULL)
            combine_span(w, &span);
        else
            status = call_span(w, &span);
    } while (status == LAX_OK && lax_i_next_tap(&w->s->rows, tap));
    return status;
}

static lax_status run_row(struct work *w) {
    const struct rows *r = &w->s->rows;
    for (int i = 0; i < w->p->n; i++) w->s->load[i](w->acc[i], 1, w->p->init[i], 0, w->row.lanes);
    lax_status status = fold(w);
    if (status != LAX_OK) return status;
    if (w->p->divide != DIVIDE_NONE) divide(w);
    for (int i = 0; i < w->p->n; i++) {
        const int64_t *strides = w->p->out_stride[i];
        int64_t offset = lax_i_offset(r->rank, w->row.position, strides);
        w->s->store[i]((char *)w->execution->out[i] + offset * (int64_t)w->s->size[i],
                       lax_i_lane_stride(r, strides), w->acc[i], 1, w->row.lanes);
    }
    return LAX_OK;
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    const struct state *s = plan->state;
    struct work w = {.p = &plan->problem.window, .s = s, .execution = execution};
    unsigned char *room = scratch;
    for (int i = 0; i < w.p->n; i++) {
        w.acc[i] = room;
        w.elem[i] = room + ROW_LANES * s->acc_size[i];
        room = w.elem[i] + (s->combine == NULL ? ROW_LANES * s->size[i] : 0);
    }
    int64_t end = lax_i_min((task + 1) * s->rows_per_task, lax_i_rows_count(&s->rows));
    for (int64_t row = task * s->rows_per_task; row < end; row++) {
        lax_i_row(&s->rows, row, &w.row);
        lax_status status = run_row(&w);
        if (status == LAX_OK) continue;
        lax_i_callback_failed(execution, status);
        return;
    }
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct window_problem *p = &plan->problem.window;
    struct state *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    bool builtin = p->reducer.fn == NULL;
    s->combine = builtin ? lax_i_combine_kernel(p->reducer.kind, p->type[0]) : NULL;
    for (int i = 0; i < p->n; i++) {
        s->acc_type[i] = builtin ? lax_i_combine_accumulator(p->type[i]) : p->type[i];
        s->load[i] = lax_i_convert_kernel(p->type[i], s->acc_type[i]);
        s->store[i] = lax_i_convert_kernel(s->acc_type[i], p->type[i]);
        s->gather[i] = lax_i_convert_kernel(p->type[i], p->type[i]);
        s->size[i] = lax_dtype_size(p->type[i]);
        s->acc_size[i] = lax_dtype_size(s->acc_type[i]);
        plan->scratch_nbytes += ROW_LANES * (s->acc_size[i] + (builtin ? 0 : s->size[i]));
    }
    lax_i_rows(&s->rows, p->rank, p->axis, p->in_stride[0]);
    int64_t lanes = s->rows.lane_dim < 0 ? 1 : lax_i_max(p->axis[s->rows.lane_dim].out, 1);
    s->rows_per_task = lax_i_ceil_div(TASK, lax_i_min(lanes, ROW_LANES));
    plan->phases[0] = (struct phase){
        .tasks = lax_i_ceil_div(lax_i_rows_count(&s->rows), s->rows_per_task), .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct state *s = plan->state;
    lax_i_text_add(text, "%s, %lld rows of up to %d lanes along dimension %d, %lld taps",
                   s->combine == NULL ? "callback" : "combine",
                   (long long)lax_i_rows_count(&s->rows), ROW_LANES, s->rows.lane_dim,
                   (long long)s->rows.taps);
}

/* A combine step is about 0.3 ns an element, and 30 ns to find the lanes of a row. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct window_problem *p = &problem->window;
    double outputs = 1, taps = 1;
    (void)machine;
    for (int d = 0; d < p->rank; d++)
        outputs *= (double)p->axis[d].out, taps *= (double)p->axis[d].size;
    return outputs * taps * 0.5e-6 + 1e-3;
}

const struct lowering lax_i_window_reference = {"reference", PROBLEM_WINDOW, applicable,
                                                build,       describe,       cost};
