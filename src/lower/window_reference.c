/* SPDX-License-Identifier: Apache-2.0 */
/* The reference window reduction: for every row of outputs a left fold over the
 * window positions in row-major order, from the initial value, skipping padding
 * and holes. Built-in reducers may fold long windows of few outputs in lanes
 * along the window, which are combined at the end. Callbacks see several rows at
 * once whose windows are whole: what a call costs is shared by many lanes. */
#include "lower/window_reference.h"

enum { APART = 192 }; /* bytes that keep buffers from lying whole pages apart */

/* Rows at work: accumulators of every operand, and room for gathered elements,
 * or for the lanes of a window; callbacks: for some of the accumulators. */
struct work {
    const struct window_problem *p;
    const struct window_reference *s;
    struct execution *execution;
    struct row row; /* the first */
    int64_t runs;   /* rows, neighbours along rows.run_dim */
    unsigned char *acc[LAX_MAX_OPERANDS], *elem[LAX_MAX_OPERANDS], *part[LAX_MAX_OPERANDS];
};

static const char *element(const struct work *w, int i, const struct span *span, int64_t k) {
    int64_t offset = lax_i_span_offset(&w->s->rows, span, w->p->in_stride[i], k);
    return (const char *)w->execution->in[i] + offset * (int64_t)w->s->size[i];
}

static int64_t element_stride(const struct work *w, int i, const struct span *span) {
    return span->index_step * lax_i_lane_stride(&w->s->rows, w->p->in_stride[i]);
}

/* --- built-in reducers, lanes are outputs
 * ------------------------------------------------------ */

static void combine_span(struct work *w, const struct span *span) {
    size_t acc = w->s->acc_size[0];
    if (span->step == 1) {
        w->s->combine(w->acc[0] + (size_t)span->first * acc, element(w, 0, span, 0),
                      element_stride(w, 0, span), span->count);
        return;
    }
    for (int64_t k = 0; k < span->count; k++)
        w->s->combine(w->acc[0] + (size_t)(span->first + k * span->step) * acc,
                      element(w, 0, span, k), 0, 1);
}

static void fold_outputs(struct work *w) {
    struct walk walk;
    bool more = lax_i_walk_start(&walk, &w->s->rows, &w->row);
    for (; more; more = lax_i_walk_next(&walk)) combine_span(w, &walk.span);
}

/* --- built-in reducers, lanes are window positions
 * --------------------------------------------- */

/* All of a span, ROW_LANES positions at a time. */
static void combine_window(struct work *w, const struct span *span) {
    for (int64_t k = 0; k < span->count; k += ROW_LANES)
        w->s->combine(w->elem[0], element(w, 0, span, k), element_stride(w, 0, span),
                      lax_i_min(ROW_LANES, span->count - k));
}

/* Lanes are combined in halves; how many there are depends on the problem only.
 */
static void combine_lanes(struct work *w, int64_t lanes) {
    size_t size = w->s->acc_size[0];
    while (lanes > 1) {
        int64_t half = lanes / 2;
        lanes -= half;
        w->s->combine_acc(w->elem[0], w->elem[0] + (size_t)lanes * size, 1, half);
    }
    w->s->combine_acc(w->acc[0], w->elem[0], 0, 1);
}

static void fold_window(struct work *w) {
    struct walk walk;
    int64_t lanes = lax_i_min(ROW_LANES, w->p->axis[w->s->rows.lane_dim].size);
    if (!lax_i_walk_start(&walk, &w->s->rows, &w->row)) return;
    w->s->fill(w->elem[0], 1, w->s->identity, 0, lanes);
    do combine_window(w, &walk.span);
    while (lax_i_walk_next(&walk));
    combine_lanes(w, lanes);
}

/* --- callbacks
 * --------------------------------------------------------------------------------
 */

/* From a row's elements to the next row's. */
static int64_t run_stride(const struct work *w, const int64_t *in_stride) {
    int d = w->s->rows.run_dim;
    return d < 0 ? 0 : w->p->axis[d].stride * in_stride[d];
}

/* The elements of a span in all rows, one behind the other; where they lie so, they stay. */
static const void *gather(const struct work *w, int i, const struct span *span) {
    int64_t stride = element_stride(w, i, span), n = span->count, size = (int64_t)w->s->size[i];
    int64_t skip = run_stride(w, w->p->in_stride[i]);
    const char *from = element(w, i, span, 0);
    bool there = (n == 1 || stride == 1) && (w->runs == 1 || skip == n);
    if (there && w->p->type[i] != LAX_PRED) return from;
    if (n == 1) w->s->gather[i](w->elem[i], 1, from, skip, w->runs);
    for (int64_t j = 0; j < w->runs && n > 1; j++)
        w->s->gather[i](w->elem[i] + j * n * size, 1, from + j * skip * size, stride, n);
    return w->elem[i];
}

/* Accumulators of a span between their places and w->part. */
static void move_part(const struct work *w, int i, const struct span *span, bool back) {
    size_t size = w->s->size[i];
    for (int64_t j = 0; j < w->runs; j++) {
        void *lanes = w->acc[i] + (size_t)(j * w->row.lanes + span->first) * size;
        void *part = w->part[i] + (size_t)(j * span->count) * size;
        if (back)
            w->s->gather[i](lanes, span->step, part, 1, span->count);
        else
            w->s->gather[i](part, 1, lanes, span->step, span->count);
    }
}

static lax_status call_span(struct work *w, const struct span *span) {
    const void *acc[LAX_MAX_OPERANDS], *elem[LAX_MAX_OPERANDS];
    void *out[LAX_MAX_OPERANDS];
    bool whole = span->step == 1 && (w->runs == 1 || span->count == w->row.lanes);
    for (int i = 0; i < w->p->n; i++) {
        elem[i] = gather(w, i, span);
        if (!whole) move_part(w, i, span, false);
        out[i] = whole ? w->acc[i] + (size_t)span->first * w->s->size[i] : w->part[i];
        acc[i] = out[i];
    }
    lax_status status = w->p->reducer.fn(w->p->reducer.user, w->runs * span->count, acc, elem, out);
    for (int i = 0; i < w->p->n && !whole; i++) move_part(w, i, span, true);
    return status;
}

static lax_status fold_calls(struct work *w) {
    struct walk walk;
    lax_status status = LAX_OK;
    bool more = lax_i_walk_start(&walk, &w->s->rows, &w->row);
    for (; more && status == LAX_OK; more = lax_i_walk_next(&walk))
        status = call_span(w, &walk.span);
    return status;
}

/* --- averages
 * ---------------------------------------------------------------------------------
 */

/* Window positions of one dimension that count at output p. */
static int64_t count_axis(const struct window_axis *a, enum window_divide divide, int64_t p) {
    if (divide == DIVIDE_INSIDE) return lax_i_taps_at(a, p).count;
    int64_t u = p * a->stride - a->pad_lo;
    if (u >= a->count_end) return 0;
    return lax_i_min(a->size, lax_i_ceil_div(a->count_end - u, a->window_dilation));
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
    int lane_dim = r->along_window ? -1 : r->lane_dim;
    double fixed = 1;
    for (int d = 0; d < r->rank; d++)
        if (d != lane_dim)
            fixed *= (double)count_axis(&r->axis[d], w->p->divide, w->row.position[d]);
    for (int64_t lane = 0; lane < w->row.lanes; lane++) {
        double count = fixed;
        if (lane_dim >= 0)
            count *= (double)count_axis(&r->axis[lane_dim], w->p->divide,
                                        w->row.position[lane_dim] + lane);
        divide_lane(w->s->acc_type[0], w->acc[0], lane, count);
    }
}

/* --- rows
 * -------------------------------------------------------------------------------------
 */

static lax_status fold(struct work *w) {
    if (w->s->combine == NULL) return fold_calls(w);
    if (w->s->rows.along_window)
        fold_window(w);
    else
        fold_outputs(w);
    return LAX_OK;
}

/* Rows from the present one on, `left` at most, that are folded at once. */
static int64_t count_runs(const struct work *w, int64_t left) {
    const struct rows *r = &w->s->rows;
    if (w->s->combine != NULL || r->run_dim < 0) return 1;
    const struct window_axis *a = &r->axis[r->run_dim];
    int64_t p = w->row.position[r->run_dim];
    int64_t most = lax_i_min(left, CALL_LANES / lax_i_max(w->row.lanes, 1));
    return lax_i_max(lax_i_min(lax_i_whole_windows(a, p, a->out), most), 1);
}

static void store_row(const struct work *w, int i, int64_t j) {
    const struct rows *r = &w->s->rows;
    const int64_t *strides = w->p->out_stride[i];
    int64_t offset = lax_i_offset(r->rank, w->row.position, strides);
    if (j > 0) offset += j * strides[r->run_dim];
    w->s->store[i]((char *)w->execution->out[i] + offset * (int64_t)w->s->size[i],
                   lax_i_lane_stride(r, strides),
                   w->acc[i] + (size_t)(j * w->row.lanes) * w->s->acc_size[i], 1, w->row.lanes);
}

static lax_status run_rows(struct work *w) {
    for (int i = 0; i < w->p->n; i++)
        w->s->load[i](w->acc[i], 1, w->p->init[i], 0, w->runs * w->row.lanes);
    lax_status status = fold(w);
    if (status != LAX_OK) return status;
    if (w->p->divide != DIVIDE_NONE) divide(w);
    for (int i = 0; i < w->p->n; i++)
        for (int64_t j = 0; j < w->runs; j++) store_row(w, i, j);
    return LAX_OK;
}

static size_t acc_nbytes(const struct window_reference *s, int i) {
    return s->combine == NULL ? CALL_LANES * s->acc_size[i] + APART : ROW_LANES * s->acc_size[i];
}

/* Where a piece of lanes ends that begins at p: windows are whole for all of its lanes, or for none
 * of them. */
static int64_t piece_end(const struct window_axis *a, int64_t p, int64_t end) {
    int64_t from = p * a->stride - a->pad_lo, width = (a->size - 1) * a->window_dilation;
    if (from < 0) return lax_i_min(end, lax_i_ceil_div(a->pad_lo, a->stride));
    return from + width < a->in ? p + lax_i_whole_windows(a, p, end) : end;
}

/* Lanes whose windows are whole take all of a window's calls at once, those at the ends some. */
static lax_status run_pieces(struct work *w) {
    const struct rows *r = &w->s->rows;
    int d = r->lane_dim;
    if (d < 0 || r->axis[d].base_dilation != 1) return run_rows(w);
    int64_t end = w->row.position[d] + w->row.lanes;
    lax_status status = LAX_OK;
    for (int64_t p = w->row.position[d]; p < end && status == LAX_OK; p += w->row.lanes) {
        w->row.position[d] = p;
        w->row.lanes = piece_end(&r->axis[d], p, end) - p;
        status = run_rows(w);
    }
    return status;
}

/* Bytes of an operand's second buffer: gathered elements, or the lanes of a
 * window. */
static size_t elem_nbytes(const struct window_reference *s, int i) {
    if (s->combine == NULL) return CALL_LANES * s->size[i] + APART;
    return s->rows.along_window ? ROW_LANES * s->acc_size[i] : 0;
}

/* And of its third, some of the accumulators. */
static size_t part_nbytes(const struct window_reference *s, int i) {
    return s->combine == NULL ? CALL_LANES * s->size[i] + APART : 0;
}

static void carve(struct work *w, unsigned char *room) {
    for (int i = 0; i < w->p->n; i++) {
        w->acc[i] = room;
        w->elem[i] = w->acc[i] + acc_nbytes(w->s, i);
        w->part[i] = w->elem[i] + elem_nbytes(w->s, i);
        room = w->part[i] + part_nbytes(w->s, i);
    }
}

void lax_i_window_reference_run(const struct window_problem *p, const struct window_reference *s,
                                struct execution *execution, int64_t task, void *scratch) {
    struct work w = {.p = p, .s = s, .execution = execution};
    int64_t end = lax_i_min((task + 1) * s->rows.per_task, s->rows.count);
    carve(&w, scratch);
    for (int64_t row = task * s->rows.per_task; row < end; row += w.runs) {
        lax_i_row(&s->rows, row, &w.row);
        w.runs = count_runs(&w, end - row);
        lax_status status = s->combine == NULL ? run_pieces(&w) : run_rows(&w);
        if (status == LAX_OK) continue;
        lax_i_callback_failed(execution, status);
        return;
    }
}

static void run(const struct plan *plan, struct execution *execution, int64_t task, void *scratch) {
    lax_i_window_reference_run(&plan->problem.window, plan->state, execution, task, scratch);
}

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

/* Complex max and min are not associative where there is a NaN. */
static bool is_associative(lax_reducer_kind kind, lax_dtype type) {
    return lax_i_dtype_kind(type) != KIND_COMPLEX || (kind != LAX_MAX && kind != LAX_MIN);
}

static void set_kernels(const struct window_problem *p, struct window_reference *s) {
    bool builtin = p->reducer.fn == NULL;
    for (int i = 0; i < p->n; i++) {
        lax_dtype acc = builtin ? lax_i_combine_accumulator(p->type[i]) : p->type[i];
        bool same = acc == p->type[i];
        s->acc_type[i] = acc;
        s->load[i] = same ? lax_i_move_kernel(acc) : lax_i_convert_kernel(p->type[i], acc);
        s->store[i] = same ? lax_i_move_kernel(acc) : lax_i_convert_kernel(acc, p->type[i]);
        s->gather[i] = lax_i_move_kernel(p->type[i]);
        s->size[i] = lax_dtype_size(p->type[i]);
        s->acc_size[i] = lax_dtype_size(acc);
    }
    if (!builtin) return;
    s->combine = lax_i_combine_kernel(p->reducer.kind, p->type[0]);
    s->combine_acc = lax_i_combine_kernel(p->reducer.kind, s->acc_type[0]);
    s->fill = lax_i_move_kernel(s->acc_type[0]);
    lax_i_identity(p->reducer.kind, s->acc_type[0], s->identity);
}

size_t lax_i_window_reference_set(const struct window_problem *p, struct window_reference *s) {
    size_t nbytes = 0;
    set_kernels(p, s);
    bool window_lanes = s->combine != NULL && is_associative(p->reducer.kind, p->type[0]);
    enum row_use use = s->combine == NULL ? ROWS_CALLS : window_lanes ? ROWS_WINDOWS : ROWS_OUTPUTS;
    lax_i_rows(&s->rows, p->rank, p->axis, p->in_stride[0], use);
    for (int i = 0; i < p->n; i++)
        nbytes += acc_nbytes(s, i) + elem_nbytes(s, i) + part_nbytes(s, i);
    return nbytes;
}

static lax_status build(struct plan *plan, lax_error *why) {
    struct window_reference *s = lax_i_plan_state(plan, sizeof *s, why);
    if (s == NULL) return LAX_ERROR_MEMORY;
    plan->scratch_nbytes = lax_i_window_reference_set(&plan->problem.window, s);
    plan->phases[0] = (struct phase){.tasks = s->rows.tasks, .run = run};
    plan->n_phases = 1;
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct window_reference *s = plan->state;
    lax_i_text_add(text, "%s, ", s->combine == NULL ? "callback" : "combine");
    lax_i_print_rows(text, &s->rows);
}

/* A combine step is 1 to 2 ns an element, with its share of a row's call; libm's logarithms. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct window_problem *p = &problem->window;
    double outputs = 1, taps = 1, step = 1e-6;
    (void)machine;
    if (p->reducer.fn == NULL && p->reducer.kind == LAX_LOGADDEXP)
        step += 1e-6 * lax_i_logaddexp_ns(p->type[0], LAX_ISA_SCALAR);
    if (p->type[0] == LAX_F16 || p->type[0] == LAX_BF16) step += 2e-6; /* conversions */
    for (int d = 0; d < p->rank; d++)
        outputs *= (double)p->axis[d].out, taps *= (double)p->axis[d].size;
    return outputs * (2e-6 + taps * step) + 1e-3;
}

const struct lowering lax_i_window_reference = {"reference", PROBLEM_WINDOW, applicable,
                                                build,       describe,       cost};
