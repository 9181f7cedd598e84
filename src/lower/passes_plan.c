/* SPDX-License-Identifier: Apache-2.0 */
/* The plan of passes: in which order dimensions lie in the box, whether it turns, which pass comes
 * first, and how large boxes are. Orders are compared by what they cost. Depends on the problem
 * only. */
#include "lower/passes.h"

#include <float.h>
#include <math.h>

/* --- dimensions ------------------------------------------------------------------------------- */

static bool is_free(const struct window_axis *a) {
    return a->size == 1 && a->stride == 1 && a->pad_lo == 0 && a->base_dilation == 1 &&
           a->out == a->in;
}

/* Whether outputs `period` apart, where both dilations and the stride are in step again, exist. */
static bool set_period(struct passes_dim *dim) {
    struct window_axis *a = &dim->axis;
    if (a->size == 1) a->window_dilation = 1;
    int64_t gcd = lax_i_gcd(a->base_dilation, a->window_dilation), lcm, far;
    if (!lax_i_mul(a->base_dilation / gcd, a->window_dilation, &lcm)) return false;
    dim->period = lcm / lax_i_gcd(lcm, a->stride);
    if (!lax_i_mul(dim->period, a->stride, &far)) return false;
    dim->advance = far / a->base_dilation / (a->window_dilation / gcd);
    return a->base_dilation <= PASSES_BASE;
}

/* The most elements that a window meets. */
static int64_t most_of(const struct window_axis *a) {
    int64_t gcd = lax_i_gcd(a->base_dilation, a->window_dilation);
    int64_t apart = a->base_dilation / gcd, step = a->window_dilation / gcd;
    return lax_i_max(1, lax_i_min(lax_i_ceil_div(a->size, apart), lax_i_ceil_div(a->in, step)));
}

bool lax_i_passes_dim(struct passes_dim *dim) {
    if (!set_period(dim)) return false;
    int64_t most = most_of(&dim->axis);
    dim->slides = most > PASSES_MORE || (most > PASSES_TAPS && most > 4 * dim->advance);
    return true;
}

/* Dimensions without a window, merged, and those with one; false: none of our business. */
static bool list_dims(const struct window_problem *p, struct passes *s) {
    int64_t size[LAX_MAX_RANK], in[LAX_MAX_RANK], out[LAX_MAX_RANK];
    int n = 0;
    s->rank = 0;
    for (int i = 0; i < p->rank; i++) {
        const struct window_axis *a = &p->axis[i];
        if (is_free(a)) {
            size[n] = a->in, in[n] = p->in_stride[0][i], out[n++] = p->out_stride[0][i];
            continue;
        }
        struct passes_dim *dim = &s->dim[s->rank++];
        *dim =
            (struct passes_dim){.axis = *a, .in = p->in_stride[0][i], .out = p->out_stride[0][i]};
        if (!lax_i_passes_dim(dim)) return false;
    }
    n = lax_i_merge_dims(n, size, in, out);
    if (s->rank + n == 0) size[n] = in[n] = out[n] = 1, n++;
    for (int i = 0; i < n; i++)
        s->dim[s->rank++] = (struct passes_dim){.axis = {size[i], 1, size[i], 1, 0, 1, 1, size[i]},
                                                .in = in[i],
                                                .out = out[i],
                                                .free = true,
                                                .period = 1,
                                                .advance = 1};
    return true;
}

/* --- orders ----------------------------------------------------------------------------------- */

/* By where they lie in memory; with dimensions without a window innermost, if asked for. */
static void sort_dims(struct passes *s, bool free_last) {
    for (int i = 1; i < s->rank; i++)
        for (int k = i; k > 0; k--) {
            struct passes_dim *a = &s->dim[k - 1], *b = &s->dim[k], swap = *a;
            bool before = lax_i_magnitude(a->in) < lax_i_magnitude(b->in);
            if (free_last && a->free != b->free) before = a->free;
            if (!before) break;
            *a = *b, *b = swap;
        }
}

/* The innermost dimensions that make a row come last, if there are windows among them. */
static void set_turn(struct passes *s) {
    double row = (double)s->work;
    bool windows = false;
    int d = s->rank;
    while (d > 0 && row < PASSES_LANE) {
        const struct passes_dim *dim = &s->dim[--d];
        row *= (double)lax_i_min(dim->axis.in, dim->axis.out);
        windows |= !dim->free;
    }
    s->turn = windows ? d : s->rank;
}

static double growth(const struct passes *s, int d) {
    return (double)s->dim[d].axis.out / ((double)s->dim[d].axis.in + 1);
}

/* Before the turn and behind it, what shrinks most comes first. */
static void set_order(struct passes *s) {
    s->n = 0;
    for (int d = 0; d < s->rank; d++) {
        if (s->dim[d].free) continue;
        int i = s->n++;
        for (; i > 0 && (s->pass[i - 1] >= s->turn) == (d >= s->turn) &&
               growth(s, s->pass[i - 1]) > growth(s, d);
             i--)
            s->pass[i] = s->pass[i - 1];
        s->pass[i] = d;
    }
    if (s->n == 0 || s->pass[0] >= s->turn) s->turn = s->rank;
}

/* --- what it takes ---------------------------------------------------------------------------- */

/* Sizes of a box as it goes through the passes. */
struct sizes {
    double n[LAX_MAX_RANK], all;
};

static struct sizes sizes_of(const struct passes *s) {
    struct sizes z = {.all = 1};
    for (int d = 0; d < s->rank; d++) z.n[d] = (double)s->dim[d].reach, z.all *= z.n[d];
    return z;
}

static void shrink_to(const struct passes *s, struct sizes *z, int d) {
    double tile = (double)s->dim[d].tile;
    z->all = z->n[d] > 0 ? z->all / z->n[d] * tile : 0;
    z->n[d] = tile;
}

/* Lanes inside of dimension d. */
static double inside(const struct passes *s, const struct sizes *z, int d) {
    double lanes = 1;
    for (int i = d + 1; i < s->rank; i++) lanes *= z->n[i];
    if (d >= s->turn)
        for (int i = 0; i < s->turn; i++) lanes *= z->n[i];
    return lanes;
}

/* Nanoseconds to copy a box of a tensor: runs that are contiguous on both sides, squares in
 * registers where two dimensions are contiguous on one side each, or elements. */
static double copy_ns(const struct passes *s, const struct sizes *z, bool out) {
    double run = 1, near = 0, bytes = (double)s->work, low = z->n[s->rank - 1];
    for (int i = s->rank - 1; i >= 0; i--) {
        int64_t stride = out ? s->dim[i].out : s->dim[i].in;
        if ((double)lax_i_magnitude(stride) != run || stride < 0) break;
        run *= z->n[i];
    }
    for (int i = 0; i + 1 < s->rank; i++)
        if ((out ? s->dim[i].out : s->dim[i].in) == 1 && z->n[i] > near) near = z->n[i];
    double along = bytes * 0.03 + 12 / run, squares = FLT_MAX;
    if (run == 1) along = 1 + 10 / low;
    if (near > 0 && low >= 4) squares = 0.1 + bytes * 0.04 + 1.5 / near + 3 / low;
    return z->all * (along < squares ? along : squares);
}

/* Rows of less than a vector are too short to slide. */
static bool is_line(const struct passes *s, const struct passes_dim *dim, double lanes) {
    return s->idempotent && dim->slides && dim->axis.base_dilation == 1 &&
           lanes * (double)s->work < PASSES_LANE;
}

static double line_ns(const struct passes *s, const struct passes_dim *dim, double lines,
                      double lanes) {
    const struct window_axis *a = &dim->axis;
    double length = (double)(dim->tile - 1) * (double)a->stride +
                    (double)(a->size - 1) * (double)a->window_dilation + 1;
    double folds = 1 + ceil(log2((double)a->size) / 2);
    return lines * (length * lanes * s->op * (1 + folds * 4) + 60 + 15 * folds);
}

static double pass_ns(const struct passes *s, const struct sizes *z, int d) {
    const struct passes_dim *dim = &s->dim[d];
    double in = z->all, out = z->all / z->n[d] * (double)dim->tile, lanes = inside(s, z, d);
    double taps = (double)most_of(&dim->axis), bytes = (double)s->work, rows = out / lanes;
    double row = lanes * bytes, tail = row < 64 ? 6 + row / 8 : 4;
    if (is_line(s, dim, lanes)) return line_ns(s, dim, in / lanes / z->n[d], lanes);
    if (dim->slides) return (in * 2 + out * 2) * s->op + (in / lanes + rows) * (4 + tail);
    return out * (taps + 1) * s->op + rows * (2 + tail * taps * 0.5) + 40;
}

/* Boxes are staged, or not, all alike: buffers have no room for elements otherwise. */
static bool reads_in_place(const struct passes *s, const struct sizes *z) {
    if (s->staged || !s->plain || s->n == 0 || s->pass[0] >= s->turn) return false;
    double run = 1, all = inside(s, z, s->pass[0]);
    for (int i = s->rank - 1; i > s->pass[0]; i--) {
        if (s->dim[i].in != (int64_t)run) break;
        run *= z->n[i];
    }
    return run == all || run * (double)s->work >= 4 * PASSES_LANE;
}

/* Of one box: *most, the elements that a buffer holds. */
static double box_ns(const struct passes *s, double *most) {
    struct sizes z = sizes_of(s);
    double ns = 250;
    bool in_place = reads_in_place(s, &z);
    *most = in_place ? 0 : z.all;
    if (!in_place) ns += copy_ns(s, &z, false);
    for (int i = 0; i < s->n; i++) {
        if (s->pass[i] >= s->turn && s->turn > 0 && (i == 0 || s->pass[i - 1] < s->turn))
            ns += z.all * (0.1 + (double)s->work * 0.05);
        ns += pass_ns(s, &z, s->pass[i]);
        shrink_to(s, &z, s->pass[i]);
        if (z.all > *most) *most = z.all;
    }
    return ns + copy_ns(s, &z, true);
}

static double boxes(const struct passes *s) {
    double n = 1;
    for (int d = 0; d < s->rank; d++) n *= (double)s->dim[d].tiles;
    return n;
}

static double all_ns(const struct passes *s) {
    double most;
    return box_ns(s, &most) * boxes(s);
}

/* --- boxes ------------------------------------------------------------------------------------ */

/* Suffixes of windows that slide, and lines; of these, lanes are those of the whole box when their
 * turn comes, or less. */
static void set_room(struct passes *s) {
    struct sizes z = sizes_of(s);
    size_t room = 0, most = 0;
    for (int i = 0; i < s->n; i++) {
        struct passes_dim *dim = &s->dim[s->pass[i]];
        double lanes = inside(s, &z, s->pass[i]);
        dim->line = is_line(s, dim, lanes);
        shrink_to(s, &z, s->pass[i]);
        if (dim->line)
            room = lax_i_passes_line_nbytes(&dim->axis, dim->tile, (int64_t)lanes, s->work);
        else if (dim->slides)
            room = (size_t)most_of(&dim->axis) * PASSES_SUFFIX;
        if (room > most) most = room;
    }
    s->room_nbytes = most + 64;
}

static double footprint(struct passes *s) {
    double most;
    box_ns(s, &most);
    set_room(s);
    return 2 * most * (double)s->work + (double)s->room_nbytes;
}

static int64_t reach_of(const struct passes_dim *dim) {
    const struct window_axis *a = &dim->axis;
    if (dim->free) return dim->tile;
    double far = (double)(dim->tile - 1) * (double)a->stride +
                 (double)(a->size - 1) * (double)a->window_dilation;
    double met = floor(far / (double)a->base_dilation) + 1;
    return met < (double)a->in ? (int64_t)met : lax_i_max(a->in, 1);
}

static void set_tile(struct passes_dim *dim, int64_t tile) {
    dim->tile = lax_i_max(tile, 1);
    dim->reach = reach_of(dim);
    dim->tiles = lax_i_ceil_div(dim->axis.out, dim->tile);
}

/* Halves the dimension whose halving costs least; false if there is none. */
static bool halve(struct passes *s) {
    int best = -1;
    double least = 0;
    for (int d = 0; d < s->rank; d++) {
        int64_t tile = s->dim[d].tile;
        if (tile == 1) continue;
        set_tile(&s->dim[d], tile - tile / 2);
        double now = all_ns(s);
        if (best < 0 || now < least) best = d, least = now;
        set_tile(&s->dim[d], tile);
    }
    if (best >= 0) set_tile(&s->dim[best], s->dim[best].tile - s->dim[best].tile / 2);
    return best >= 0;
}

static double elements(const struct passes *s) {
    struct sizes z = sizes_of(s);
    double out = 1;
    for (int d = 0; d < s->rank; d++) out *= (double)s->dim[d].tile;
    return z.all > out ? z.all : out;
}

/* Boxes that fit in the cache, and enough of them. */
static bool choose_boxes(struct passes *s) {
    for (int d = 0; d < s->rank; d++) set_tile(&s->dim[d], s->dim[d].axis.out);
    while (footprint(s) > PASSES_GOAL)
        if (!halve(s)) break;
    if (footprint(s) > PASSES_MOST) return false;
    while (boxes(s) < PASSES_TASKS && elements(s) > 2 * PASSES_TASK)
        if (!halve(s)) break;
    return true;
}

/* --- the plan --------------------------------------------------------------------------------- */

static void set_memory(struct passes *s) {
    struct sizes z = sizes_of(s);
    double most;
    box_ns(s, &most);
    s->staged = !reads_in_place(s, &z);
    s->buffer_nbytes = lax_i_round_up((size_t)most * s->work + 64, LAX_ALIGNMENT);
    set_room(s);
}

static bool plan_order(struct passes *s, bool free_last) {
    sort_dims(s, free_last);
    set_turn(s);
    set_order(s);
    return choose_boxes(s);
}

void lax_i_passes_arrange(struct passes *s) {
    set_turn(s);
    set_order(s);
    set_memory(s);
}

size_t lax_i_passes_nbytes(const struct passes *s) { return 2 * s->buffer_nbytes + s->room_nbytes; }

static const char *choose(const struct window_problem *p, struct passes *s, double *ns) {
    if (!list_dims(p, s))
        return "a base dilation is beyond 64, or dilations have no common multiple";
    struct passes other = *s;
    bool fits = plan_order(s, false);
    *ns = fits ? all_ns(s) : DBL_MAX;
    if (plan_order(&other, true) && all_ns(&other) < *ns) *s = other, *ns = all_ns(s), fits = true;
    return fits ? NULL : "a window's elements do not fit in 4 MiB of workspace";
}

static bool is_empty(const struct window_problem *p) {
    for (int d = 0; d < p->rank; d++)
        if (p->axis[d].out == 0) return true;
    return false;
}

bool lax_i_passes_plan(const struct window_problem *p, lax_isa isa, struct passes *s, double *ns,
                       const char **reason) {
    const struct fold *fold = lax_i_fold(p->reducer.kind, p->type[0], isa);
    *s = (struct passes){.fold = fold, .elem = lax_dtype_size(p->type[0]), .work = fold->work_size};
    s->moves = lax_i_move_kernels(isa);
    s->op = lax_i_fold_ns(p->reducer.kind, p->type[0], isa);
    s->plain = fold->load == fold->move;
    lax_reducer_kind kind = p->reducer.kind;
    s->idempotent = kind == LAX_MAX || kind == LAX_MIN || kind == LAX_AND || kind == LAX_OR;
    lax_i_identity(p->reducer.kind, p->type[0], s->identity);
    s->has_init = memcmp(s->identity, p->init[0], s->elem) != 0;
    fold->load(s->init, 1, p->init[0], 1, 1);
    *ns = 1, *reason = NULL;
    if (is_empty(p)) return true;
    *reason = choose(p, s, ns);
    if (*reason != NULL) return false;
    s->count = (int64_t)boxes(s);
    double fit = PASSES_TASK / elements(s);
    s->per_task = fit < 1 ? 1 : (int64_t)fit;
    set_memory(s);
    return true;
}
