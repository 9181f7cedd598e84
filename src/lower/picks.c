/* SPDX-License-Identifier: Apache-2.0 */
/* The geometry of picks: merging dimensions, choosing lanes. */
#include "lower/picks.h"

bool lax_i_is_alone(const struct window_axis *a) {
    return a->size == 1 && a->stride == 1 && a->pad_lo == 0 && a->base_dilation == 1 &&
           a->out == a->in;
}

int64_t lax_i_pick_taps(int rank, const struct window_axis *axis) {
    double taps = 1;
    for (int d = 0; d < rank; d++) taps *= (double)axis[d].size;
    return taps > 1e9 ? 1000000000 : (int64_t)taps;
}

/* --- dimensions ------------------------------------------------------------------------------- */

/* Does dimension a step over dimension b, in every tensor? */
static bool steps_over(const struct picks *g, int a, int b) {
    for (int t = 0; t < PICK_TENSORS; t++)
        if (g->stride[t][a] != g->stride[t][b] * g->axis[b].in) return false;
    return lax_i_is_alone(&g->axis[a]) && lax_i_is_alone(&g->axis[b]);
}

static void drop(struct picks *g, int d) {
    g->rank--;
    for (; d < g->rank; d++) {
        g->axis[d] = g->axis[d + 1];
        for (int t = 0; t < PICK_TENSORS; t++) g->stride[t][d] = g->stride[t][d + 1];
    }
}

static bool merge_one(struct picks *g) {
    for (int a = 0; a < g->rank; a++) {
        if (g->axis[a].in == 1 && lax_i_is_alone(&g->axis[a])) return drop(g, a), true;
        for (int b = 0; b < g->rank; b++) {
            if (a == b || !steps_over(g, a, b)) continue;
            g->axis[b].in = g->axis[b].out = g->axis[a].in * g->axis[b].in;
            return drop(g, a), true;
        }
    }
    return false;
}

/* Windows first, in their order; dimensions without one lie close to the lanes then. */
static void windows_first(struct picks *g) {
    for (int i = 1; i < g->rank; i++)
        for (int d = i; d > 0 && lax_i_is_alone(&g->axis[d - 1]) && !lax_i_is_alone(&g->axis[d]);
             d--) {
            struct window_axis axis = g->axis[d];
            g->axis[d] = g->axis[d - 1], g->axis[d - 1] = axis;
            for (int t = 0; t < PICK_TENSORS; t++) {
                int64_t stride = g->stride[t][d];
                g->stride[t][d] = g->stride[t][d - 1], g->stride[t][d - 1] = stride;
            }
        }
}

/* Pieces of a dimension whose positions are picked together: clipped windows are alone. */
static double pieces(const struct window_axis *a) {
    if (a->base_dilation != 1) return (double)a->out;
    int64_t reach = (a->size - 1) * a->window_dilation, last = (a->out - 1) * a->stride - a->pad_lo;
    double low = a->pad_lo > 0 ? (double)lax_i_ceil_div(a->pad_lo, a->stride) : 0;
    double high =
        last + reach >= a->in ? (double)(last + reach - a->in + 1) / (double)a->stride : 0;
    double all = (1 + low + high) * (double)a->stride; /* pulling goes phase by phase */
    return all < (double)a->in ? all : (double)a->in;
}

static double calls_along(const struct window_axis *a) {
    return pieces(a) / (double)lax_i_max(a->in, 1);
}

/* The window with the longest runs of positions that are picked together; of equal ones the last.
 * -1: none but lanes have windows. */
static int best_run(const struct picks *g, int lanes) {
    int best = -1;
    for (int d = g->rank - 1; d >= 0; d--) {
        if (d == lanes || lax_i_is_alone(&g->axis[d])) continue;
        if (best < 0 || calls_along(&g->axis[d]) < 0.7 * calls_along(&g->axis[best])) best = d;
    }
    return best;
}

/* Calls for an element of windows that are picked directly: each takes lanes and runs. */
static double calls_of_lanes(const struct picks *g, int lanes) {
    int run = best_run(g, lanes);
    return calls_along(&g->axis[lanes]) * (run < 0 ? 1 : calls_along(&g->axis[run]));
}

double lax_i_pick_calls(const struct picks *g) { return calls_of_lanes(g, g->lane_dim); }

/* Is a window so long in the other dimensions that few lanes of it fit a box? */
static bool is_long(const struct picks *g, int d) {
    double reach = 1;
    for (int e = 0; e < g->rank; e++) {
        const struct window_axis *a = &g->axis[e];
        double width = (double)(a->size - 1) * (double)a->window_dilation + 1;
        if (e != d && !lax_i_is_alone(a)) reach *= width < (double)a->in ? width : (double)a->in;
    }
    return reach > 8192;
}

/* Work of an element if lanes walk dimension d: short rows, copies, windows along lanes, and those
 * of them that the operand clips, which separable passes take apart. */
static double lane_cost(const struct picks *g, int d, bool pairs) {
    const struct window_axis *a = &g->axis[d];
    bool alone = lax_i_is_alone(a);
    if (!alone && a->base_dilation != 1) return 1e30;
    double copied = pairs ? 3 : 1.6, reach = g->stride[0][d] == 1 ? 1 : copied;
    if (g->stride[1][d] != 1) reach += pairs ? 1 : 0.4;
    if (!alone) reach += a->stride > 1 ? 0.6 : 0.3;
    if (pairs && g->stride[PICK_PAYLOAD][d] != 1) reach += 2;
    if (pairs && reach >= 3 && is_long(g, d)) reach += 30; /* copies */
    if (pairs) return reach * (1 + 12 / (double)lax_i_max(lax_i_min(a->in, a->out), 1));
    if (!alone && g->records)
        reach += 12 * (double)lax_i_min(a->size - 1, a->in) / (double)lax_i_max(a->in, 1);
    double one = 1 / (double)lax_i_max(a->in, 1);
    if (g->records) return reach + 40 * one;
    return (reach + 80 * calls_of_lanes(g, d)) * (1 + 12 * one);
}

/* A dimension of one element always serves as the last resort. */
static void choose_lanes(struct picks *g, bool pairs) {
    double best = 1e30;
    for (int d = g->rank - 1; d >= 0; d--) {
        double cost = lane_cost(g, d, pairs);
        if (cost < best) best = cost, g->lane_dim = d;
    }
    if (best < 1e30) return;
    g->lane_dim = g->rank++;
    g->axis[g->lane_dim] = (struct window_axis){1, 1, 1, 1, 0, 1, 1, 0};
    for (int t = 0; t < PICK_TENSORS; t++) g->stride[t][g->lane_dim] = 1;
}

static lax_dtype key_type_of(lax_dtype type, bool records) {
    if (records && lax_dtype_size(type) < 4)
        return lax_i_dtype_kind(type) == KIND_FLOAT ? LAX_F32 : LAX_S32;
    return type == LAX_F16 || type == LAX_BF16 ? LAX_F32 : type == LAX_PRED ? LAX_U8 : type;
}

struct converter lax_i_pick_converter(lax_dtype from, lax_dtype to, lax_isa isa) {
    bool pred = (from == LAX_PRED || to == LAX_PRED) && lax_dtype_size(from) == lax_dtype_size(to);
    if (from != to && !pred) return lax_i_converter(from, to, isa);
    return (struct converter){.general = lax_i_move_kernel(pred ? LAX_PRED : to)};
}

void lax_i_picks(struct picks *g, const struct pick_source *source, lax_isa isa) {
    *g = (struct picks){.rank = source->rank, .run_dim = -1, .phases = 1, .type = source->type};
    for (int d = 0; d < g->rank; d++) {
        g->axis[d] = source->axis[d];
        for (int t = 0; t < PICK_TENSORS; t++)
            if (source->strides[t] != NULL) g->stride[t][d] = source->strides[t][d];
    }
    g->records = source->records;
    while (merge_one(g)) continue;
    windows_first(g);
    choose_lanes(g, source->pairs);
    g->run_dim = best_run(g, g->lane_dim);
    g->key_type = key_type_of(g->type, source->records);
    g->size = lax_dtype_size(g->type);
    g->key_size = lax_dtype_size(g->key_type);
    g->load = lax_i_pick_converter(g->type, g->key_type, isa);
    const struct window_axis *lanes = &g->axis[g->lane_dim];
    if (!lax_i_is_alone(lanes)) g->phases = lax_i_min(lanes->stride, lax_i_max(lanes->in, 1));
    g->copied = g->key_type != g->type || g->stride[0][g->lane_dim] != 1 || g->phases > 1;
    g->pull = lax_i_pull_kernels(isa);
    g->moves = lax_i_move_kernels(isa);
    g->kernel = lax_i_pick_kernel(isa, source->rule, source->select, g->key_type);
}
