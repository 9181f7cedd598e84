/* SPDX-License-Identifier: Apache-2.0 */
/* The arithmetic of rows.h: which dimension lanes walk, which window positions
 * meet an element, and for which lanes. */
#include "lower/rows.h"

/* Lanes (or window positions) this far apart fall on the base lattice in the
 * same way. */
static int64_t period(int64_t stride, int64_t base_dilation) {
    return base_dilation == 1 ? 1 : base_dilation / lax_i_gcd(stride, base_dilation);
}

/* One past the last position, on the dilated axis, that holds an element. */
static int64_t lattice_end(const struct window_axis *a) {
    return a->in == 0 ? 0 : (a->in - 1) * a->base_dilation + 1;
}

/* --- rows
 * -------------------------------------------------------------------------------------
 */

/* Nanoseconds a combine step, roughly: finding the lanes, and reaching the
 * elements. */
static double step_cost(int64_t lanes, int64_t stride) {
    double reach = stride >= -1 && stride <= 1 ? 0.2 : stride > -16 && stride < 16 ? 0.6 : 1.2;
    return 20.0 / (double)lax_i_max(lax_i_min(lanes, ROW_LANES), 1) + reach;
}

static double window_cost(const struct window_axis *a, int64_t stride, double taps) {
    int64_t lanes = period(a->window_dilation, a->base_dilation) == 1 ? a->size : 1;
    return step_cost(lanes, stride) + (150 + (double)lax_i_min(lanes, ROW_LANES)) / taps;
}

static double output_cost(const struct window_axis *a, int64_t stride) {
    return step_cost(period(a->stride, a->base_dilation) == 1 ? a->out : 1, stride * a->stride);
}

/* Outputs whose windows are not whole. */
static int64_t clipped(const struct window_axis *a) {
    int64_t width = (a->size - 1) * a->window_dilation, last = a->in - 1 - width + a->pad_lo;
    if (a->base_dilation != 1 || last < 0) return a->out;
    int64_t low = a->pad_lo > 0 ? lax_i_ceil_div(a->pad_lo, a->stride) : 0;
    int64_t high = lax_i_max(a->out - 1 - last / a->stride, 0);
    return lax_i_min(low + high, a->out);
}

/* Nanoseconds a lane of a call, whose cost is shared by rows along dimension e (-1: by none): those
 * whose windows are whole, while lanes whose windows are not take calls of their own. Rows that do
 * not lie one behind the other are gathered. */
static double call_cost(const struct rows *rows, int d, int e, const int64_t *in_stride) {
    const struct window_axis *a = &rows->axis[d], *b = &rows->axis[e < 0 ? d : e];
    double lanes = (double)lax_i_max(lax_i_min(a->out, CALL_LANES), 1), reach = 10 / lanes;
    double out = (double)lax_i_max(b->out, 1), alone = e < 0 ? 1 : (double)clipped(b) / out;
    double runs = e < 0 ? 1 : (double)lax_i_max(b->out - clipped(b), 1);
    if (runs > CALL_LANES / lanes) runs = CALL_LANES / lanes < 1 ? 1 : CALL_LANES / lanes;
    if (in_stride[d] * a->stride == 1 && e >= 0 && in_stride[e] * b->stride == a->out) reach = 0;
    double calls = 60 * ((1 - alone) / runs + alone) * (clipped(a) > 0 ? 3 : 1) / lanes;
    return output_cost(a, in_stride[d]) - 20 / lanes + reach + calls;
}

static void choose_calls(struct rows *rows, const int64_t *in_stride) {
    double best = 1e30;
    rows->lane_dim = rows->run_dim = -1;
    for (int d = rows->rank - 1; d >= 0; d--)
        for (int e = rows->rank - 1; e >= -1; e--) {
            bool runs = e >= 0 && e != d && rows->axis[e].out > 1;
            double cost = runs || e < 0 ? call_cost(rows, d, e, in_stride) : 1e30;
            if (cost >= best) continue;
            best = cost, rows->lane_dim = d, rows->run_dim = e;
        }
    if (rows->run_dim >= 0 && rows->axis[rows->lane_dim].out > rows->lanes) rows->run_dim = -1;
}

static void choose_lanes(struct rows *rows, const int64_t *in_stride, bool window_lanes) {
    double best = 1e30, taps = 1;
    rows->lane_dim = -1;
    for (int d = 0; d < rows->rank; d++) taps *= (double)rows->axis[d].size;
    for (int d = rows->rank - 1; d >= 0; d--) {
        const struct window_axis *a = &rows->axis[d];
        double along = window_lanes ? window_cost(a, in_stride[d], taps) : 1e30;
        double across = output_cost(a, in_stride[d]);
        if (across >= best && along >= best) continue;
        rows->lane_dim = d;
        rows->along_window = along < across;
        best = along < across ? along : across;
    }
}

static void share_out(struct rows *rows) {
    double steps = 1;
    for (int d = 0; d < rows->rank; d++) steps *= (double)rows->axis[d].size;
    if (rows->lane_dim >= 0 && !rows->along_window)
        steps *= (double)lax_i_min(rows->axis[rows->lane_dim].out, rows->lanes);
    rows->per_task = steps < 1 ? 32768 : steps > 32768 ? 1 : (int64_t)(32768 / steps);
    if (rows->run_dim >= 0) /* no fewer than share a call */
        rows->per_task =
            lax_i_max(rows->per_task, rows->lanes / lax_i_max(rows->axis[rows->lane_dim].out, 1));
    rows->tasks = lax_i_ceil_div(rows->count, rows->per_task);
}

void lax_i_rows(struct rows *rows, int rank, const struct window_axis *axis,
                const int64_t *in_stride, enum row_use use) {
    int64_t count[LAX_MAX_RANK];
    *rows = (struct rows){.rank = rank, .axis = axis, .run_dim = -1, .lane_blocks = 1};
    rows->lanes = use == ROWS_CALLS ? CALL_LANES : ROW_LANES;
    if (use == ROWS_CALLS)
        choose_calls(rows, in_stride);
    else
        choose_lanes(rows, in_stride, use == ROWS_WINDOWS);
    for (int d = 0; d < rank; d++) {
        bool blocks = d == rows->lane_dim && !rows->along_window;
        count[d] = blocks ? lax_i_ceil_div(axis[d].out, rows->lanes) : axis[d].out;
        if (blocks) rows->lane_blocks = lax_i_max(count[d], 1);
    }
    /* A product that does not fit is that of an empty result. */
    if (!lax_i_product(rank, count, &rows->count)) rows->count = 0;
    share_out(rows);
}

void lax_i_print_rows(struct text *text, const struct rows *rows) {
    lax_i_text_add(text, "%lld rows of up to %lld lanes along %s dimension %d, %lld tasks",
                   (long long)rows->count, (long long)rows->lanes,
                   rows->along_window ? "window" : "output", rows->lane_dim,
                   (long long)rows->tasks);
}

void lax_i_row(const struct rows *rows, int64_t number, struct row *row) {
    int64_t first = number % rows->lane_blocks * rows->lanes, rest = number / rows->lane_blocks;
    int lane_dim = rows->along_window ? -1 : rows->lane_dim;
    row->lanes = 1;
    for (int i = rows->rank; i >= 0; i--) {
        int d = i == rows->rank ? rows->run_dim : i;
        if (d < 0 || d == lane_dim || (i < rows->rank && d == rows->run_dim)) continue;
        row->position[d] = rest % rows->axis[d].out;
        rest /= rows->axis[d].out;
    }
    if (lane_dim < 0) return;
    row->position[lane_dim] = first;
    row->lanes = lax_i_min(rows->lanes, rows->axis[lane_dim].out - first);
}

/* --- windows
 * ----------------------------------------------------------------------------------
 */

/* a * b mod m for 0 <= a, b < m. */
static int64_t multiply_modulo(int64_t a, int64_t b, int64_t m) {
    uint64_t sum = 0, term = (uint64_t)a;
    if (m <= INT32_MAX) return a * b % m;
    for (; b != 0; b >>= 1) {
        if (b & 1) sum = (sum + term) % (uint64_t)m;
        term = (term + term) % (uint64_t)m;
    }
    return (int64_t)sum;
}

/* x with a * x = 1 mod m, for a and m without a common divisor (Euclid's algorithm). */
static int64_t invert_modulo(int64_t a, int64_t m) {
    int64_t r = m, s = a % m, x = 0, y = 1;
    while (s > 1) {
        int64_t q = r / s, rest = r % s, z = x - q * y;
        r = s, s = rest;
        x = y, y = z;
    }
    return y < 0 ? y + m : y;
}

/* Smallest k >= 0 with u + k * dilation on the base lattice; -1: there is none. */
static int64_t steps_to_lattice(const struct window_axis *a, int64_t u) {
    if (u % a->base_dilation == 0) return 0;
    int64_t g = lax_i_gcd(a->window_dilation, a->base_dilation), m = a->base_dilation / g;
    if (u % g != 0) return -1;
    int64_t missing = m - u / g % m;
    return multiply_modulo(missing, invert_modulo(a->window_dilation / g, m), m);
}

/* Most windows are not dilated, and need no division. */
static struct taps plain_taps_at(const struct window_axis *a, int64_t position) {
    int64_t u = position * a->stride - a->pad_lo, end = lax_i_min(u + a->size, a->in);
    int64_t first = lax_i_max(u, 0);
    if (first >= end) return (struct taps){0};
    return (struct taps){.first = first, .step = 1, .count = end - first};
}

/* u(w) = position * stride + w * window_dilation - pad_lo must be on the base lattice and inside;
 * once it is, it is again `p` positions later. */
struct taps lax_i_taps_at(const struct window_axis *a, int64_t position) {
    if (a->base_dilation == 1 && a->window_dilation == 1) return plain_taps_at(a, position);
    int64_t u = position * a->stride - a->pad_lo, end = lattice_end(a);
    int64_t w = u < 0 ? lax_i_ceil_div(-u, a->window_dilation) : 0;
    if (w >= a->size) return (struct taps){0};
    u += w * a->window_dilation;
    int64_t k = u < end ? steps_to_lattice(a, u) : -1;
    if (k < 0 || k >= a->size - w) return (struct taps){0};
    w += k, u += k * a->window_dilation;
    if (u >= end) return (struct taps){0};
    int64_t p = period(a->window_dilation, a->base_dilation), left = lax_i_ceil_div(a->size - w, p);
    if (left == 1) return (struct taps){.first = u / a->base_dilation, .count = 1};
    int64_t step = p * a->window_dilation;
    return (struct taps){.first = u / a->base_dilation,
                         .step = step / a->base_dilation,
                         .count = lax_i_min(left, lax_i_ceil_div(end - u, step))};
}

int64_t lax_i_whole_windows(const struct window_axis *a, int64_t p, int64_t end) {
    int64_t from = p * a->stride - a->pad_lo, width = (a->size - 1) * a->window_dilation;
    if (a->base_dilation != 1 || from < 0 || from + width >= a->in) return 1;
    return lax_i_min((a->in - 1 - width + a->pad_lo) / a->stride + 1, end) - p;
}

/* Window positions at which any of the lanes may be inside, by where the first
 * lane is. */
static struct taps lane_taps(const struct window_axis *a, int64_t position, int64_t lanes) {
    int64_t u = position * a->stride - a->pad_lo, reach = u + (lanes - 1) * a->stride;
    int64_t w = reach < 0 ? lax_i_ceil_div(-reach, a->window_dilation) : 0;
    if (w >= a->size) return (struct taps){0};
    u += w * a->window_dilation;
    int64_t end = lattice_end(a);
    if (u >= end) return (struct taps){0};
    int64_t inside = lax_i_ceil_div(end - u, a->window_dilation);
    return (struct taps){
        .first = u, .step = a->window_dilation, .count = lax_i_min(a->size - w, inside)};
}

/* Lanes l with base + l * stride inside and on the base lattice. */
static bool lane_span(const struct window_axis *a, int64_t base, int64_t lanes, struct span *span,
                      int64_t *index) {
    int64_t end = lattice_end(a), p = period(a->stride, a->base_dilation), tries = 0;
    bool inside = base >= 0 && base + (lanes - 1) * a->stride < end;
    int64_t first = base < 0 ? lax_i_ceil_div(-base, a->stride) : 0;
    int64_t stop = inside        ? lanes
                   : base >= end ? 0
                                 : lax_i_min(lanes, lax_i_ceil_div(end - base, a->stride));
    while (tries < p && first < stop && (base + first * a->stride) % a->base_dilation != 0)
        first++, tries++;
    if (first >= stop || tries == p) return false;
    span->first = first;
    span->step = p;
    span->count = p == 1 ? stop - first : lax_i_ceil_div(stop - first, p);
    span->index_step = span->count > 1 ? p * a->stride / a->base_dilation : 0;
    *index = (base + first * a->stride) / a->base_dilation;
    return true;
}

/* Fills the span of the present window position; false: no lane meets an
 * element there. */
static bool find_span(struct walk *walk) {
    const struct rows *rows = walk->rows;
    for (int d = 0; d < rows->rank; d++)
        walk->span.index[d] = walk->taps[d].first + walk->done[d] * walk->taps[d].step;
    int d = rows->lane_dim;
    if (d < 0 || rows->along_window) return true;
    return lane_span(&rows->axis[d], walk->span.index[d], walk->lanes, &walk->span,
                     &walk->span.index[d]);
}

bool lax_i_walk_start(struct walk *walk, const struct rows *rows, const struct row *row) {
    walk->rows = rows;
    walk->lanes = row->lanes;
    walk->span.first = walk->span.index_step = 0;
    walk->span.count = walk->span.step = 1;
    for (int d = 0; d < rows->rank; d++) {
        const struct window_axis *a = &rows->axis[d];
        bool lanes = d == rows->lane_dim && !rows->along_window;
        walk->taps[d] =
            lanes ? lane_taps(a, row->position[d], row->lanes) : lax_i_taps_at(a, row->position[d]);
        walk->done[d] = 0;
        if (walk->taps[d].count == 0) return false;
    }
    if (rows->along_window) {
        struct taps *taps = &walk->taps[rows->lane_dim];
        walk->span.count = taps->count;
        walk->span.index_step = taps->step;
        taps->count = 1;
    }
    return find_span(walk) || lax_i_walk_next(walk);
}

bool lax_i_walk_next(struct walk *walk) {
    do {
        int d = walk->rows->rank - 1;
        while (d >= 0 && ++walk->done[d] == walk->taps[d].count) walk->done[d--] = 0;
        if (d < 0) return false;
    } while (!find_span(walk));
    return true;
}

/* --- lanes
 * ------------------------------------------------------------------------------------
 */

lax_i_convert_fn *lax_i_move_kernel(lax_dtype type) {
    return lax_i_convert_kernel(type == LAX_PRED ? LAX_U8 : type, type);
}

static inline void replace(char *to, const char *from, const uint8_t *keep, int64_t n,
                           const size_t size) {
    for (int64_t l = 0; l < n; l++)
        if (!keep[l]) memcpy(to + (size_t)l * size, from + (size_t)l * size, size);
}

/* The sizes are spelled out so that each copy is one instruction. */
void lax_i_replace(void *to, const void *from, const uint8_t *keep, int64_t n, size_t size) {
    switch (size) {
    case 1: replace(to, from, keep, n, 1); break;
    case 2: replace(to, from, keep, n, 2); break;
    case 4: replace(to, from, keep, n, 4); break;
    case 8: replace(to, from, keep, n, 8); break;
    default: replace(to, from, keep, n, 16); break;
    }
}

void lax_i_callback_failed(struct execution *execution, lax_status status) {
    int ok = LAX_OK;
    atomic_compare_exchange_strong(&execution->status, &ok, (int)status);
}
