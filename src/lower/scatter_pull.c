/* SPDX-License-Identifier: Apache-2.0 */
/* select_and_scatter_add where windows are small: the numbers of all picks of a box stand in
 * scratch, and each element adds up what those windows give that it lies in and that picked it. To
 * the elements the positions are the input of a window themselves: with stride and base dilation
 * exchanged, the window reversed. Elements of one phase of the stride lie in as many windows, each
 * window one position further for the next: such runs are one call of the kernel, so that no lane
 * is addressed by its own number, nothing is added twice to memory and each result is written once.
 * Sums run in row-major order of the windows. */
#include "lower/scatter_picks.h"

enum { BOX_NBYTES = 320 << 10, MOST_NBYTES = 1 << 20 };

struct puller {
    const struct scatter_state *s;
    struct execution *execution;
    struct pick_box box;
    int64_t begin[PICK_RANK], extent[PICK_RANK]; /* elements */
    int64_t stride[PICK_RANK];                   /* of numbers, and of a staged source */
    int64_t at[PICK_RANK];
    struct taps covers[PICK_RANK]; /* positions whose windows hold the element `at` */
    char *numbers, *staged;
    unsigned char *sums, *joined;
    int64_t pitch;                    /* of sums: rows; lanes with phases are split there */
    int64_t joined_stride[PICK_RANK]; /* of a box's results */
    const void *number[LAX_PICK_TAPS], *source[LAX_PICK_TAPS];
    int64_t tap[LAX_PICK_TAPS];
};

/* --- the plan --------------------------------------------------------------------------------- */

static struct window_axis turned_round(const struct window_axis *a) {
    struct window_axis axis = *a;
    axis.in = a->out, axis.out = a->in;
    axis.stride = a->base_dilation, axis.base_dilation = a->stride;
    axis.pad_lo = (a->size - 1) * a->window_dilation - a->pad_lo;
    return axis;
}

/* Sums must begin at +0: only there is adding +0 nothing. */
void lax_i_pulls(const struct scatter_problem *p, const struct machine *machine,
                 struct scatter_state *s) {
    static const unsigned char zero[16];
    const struct picks *g = &s->g;
    struct pulls *u = &s->pulls;
    if (p->scatter.kind != LAX_ADD || memcmp(p->init, zero, s->size) != 0) return;
    double nbytes = (double)s->size;
    for (int d = 0; d < g->rank; d++) {
        if (g->axis[d].base_dilation != 1) return;
        u->axis[d] = turned_round(&g->axis[d]);
        nbytes *= (double)g->axis[d].in;
    }
    u->pull = g->pull->pull[s->acc];
    u->staged = !s->plain || g->stride[2][g->lane_dim] != 1;
    int64_t cache = lax_i_max(machine->l3_nbytes / 2, machine->l2_nbytes);
    u->stream = s->plain && g->stride[1][g->lane_dim] == 1 && nbytes > (double)cache &&
                g->axis[g->lane_dim].in * (int64_t)s->size >= 256;
    u->boxed = !s->plain || g->stride[1][g->lane_dim] != 1;
}

/* Elements of a row of n whose phases are split, each as long as the first. */
static int64_t split_row(const struct picks *g, int64_t n) {
    int64_t phases = g->axis[g->lane_dim].stride;
    return lax_i_ceil_div(n, phases) * lax_i_min(phases, n);
}

static int64_t count_of(const struct picks *g) {
    int64_t count = 1;
    for (int d = 0; d < g->rank; d++) count *= lax_i_max(lax_i_pick_count(g, d, true), 1);
    return count;
}

/* Where things of the present boxes lie in scratch; returns its size. */
static size_t lay_out(struct scatter_state *s) {
    struct picks *g = &s->g;
    struct pulls *u = &s->pulls;
    int64_t count = count_of(g), row = split_row(g, g->box[g->lane_dim]);
    size_t sums = (size_t)(row * (g->run_dim < 0 ? 1 : g->box[g->run_dim])) * s->acc_size;
    u->numbers_at = lax_i_round_up(lax_i_pick_direct_nbytes(g, true), LAX_ALIGNMENT);
    u->source_at = u->numbers_at + lax_i_round_up((size_t)count * g->key_size, LAX_ALIGNMENT);
    u->sums_at = u->source_at;
    if (u->staged) u->sums_at += lax_i_round_up((size_t)count * s->acc_size, LAX_ALIGNMENT);
    u->joined_at = u->sums_at + lax_i_round_up(sums, LAX_ALIGNMENT);
    if (!u->boxed) return u->joined_at + sums;
    size_t elements = 1;
    for (int d = 0; d < g->rank; d++) elements *= (size_t)lax_i_max(g->box[d], 1);
    return u->joined_at + elements * s->acc_size;
}

/* Rows of sums do not shrink with the stride, as all else does: boxes that have too many of them
 * are halved. */
size_t lax_i_pull_boxes(struct scatter_state *s) {
    struct picks *g = &s->g;
    double element = g->copied ? (double)g->key_size : 0;
    if (s->pulls.boxed) element += (double)s->acc_size;
    double position = (double)g->key_size + (s->pulls.staged ? (double)s->acc_size : 0);
    for (int d = 0; d < g->rank; d++) position /= (double)g->axis[d].stride;
    double room = BOX_NBYTES / (element + position);
    size_t nbytes;
    do {
        lax_i_pick_boxes(g, true, room, 1);
        nbytes = lay_out(s);
        room /= 2;
    } while (nbytes > MOST_NBYTES && room >= 1);
    return nbytes;
}

/* --- what windows picked ---------------------------------------------------------------------- */

static void renumber(char *to, const char *from, const int64_t *place, int64_t n, size_t size) {
    switch (size) {
    case 1:
        for (int64_t l = 0; l < n; l++) to[l] = (char)place[((const int8_t *)from)[l]];
        break;
    case 2:
        for (int64_t l = 0; l < n; l++)
            ((int16_t *)(void *)to)[l] = (int16_t)place[((const int16_t *)(const void *)from)[l]];
        break;
    case 4:
        for (int64_t l = 0; l < n; l++)
            ((int32_t *)(void *)to)[l] = (int32_t)place[((const int32_t *)(const void *)from)[l]];
        break;
    default:
        for (int64_t l = 0; l < n; l++)
            ((int64_t *)(void *)to)[l] = place[((const int64_t *)(const void *)from)[l]];
    }
}

static void keep_row(void *user, const struct pick_row *row) {
    struct puller *w = user;
    const struct picks *g = &w->s->g;
    int64_t at = 0, step = g->run_dim < 0 ? 0 : w->stride[g->run_dim];
    if (row->number == NULL) return; /* nobody lies in an empty window */
    for (int d = 0; d < g->rank; d++) at += (row->position[d] - w->box.first[d]) * w->stride[d];
    char *to = w->numbers + at * (int64_t)g->key_size;
    const char *from = row->number;
    int64_t runs = step == row->lanes ? 1 : row->runs, n = row->runs * row->lanes / runs;
    for (int64_t j = 0; j < runs; j++) {
        if (row->whole)
            memcpy(to, from, (size_t)n * g->key_size);
        else
            renumber(to, from, row->place, n, g->key_size);
        to += step * (int64_t)g->key_size;
        from += n * (int64_t)g->key_size;
    }
}

static void stage_source(struct puller *w) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    const struct box_copy copy = lax_i_scatter_copy(s, 2, w->box.count, w->stride);
    const char *from = (const char *)w->execution->in[1];
    lax_i_box_gather(&copy, w->staged,
                     from + lax_i_offset(g->rank, w->box.first, g->stride[2]) * (int64_t)s->size);
}

/* --- sums ------------------------------------------------------------------------------------- */

/* Elements from e on, a stride apart and before end, that lie in the same windows but for their
 * positions; or 1. */
static int64_t alike(const struct window_axis *a, int64_t e, int64_t end) {
    int64_t low = (a->size - 1) * a->window_dilation - a->pad_lo;
    int64_t high = a->out * a->stride - a->pad_lo;
    if (e < low || e >= high) return 1;
    return (lax_i_min(high, end) - 1 - e) / a->stride + 1;
}

/* Numbers and sources of the windows of w->covers, and which tap of each the element is. */
static int64_t list_covers(struct puller *w) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    int64_t done[PICK_RANK] = {0}, count[PICK_RANK], n = 0;
    for (int d = 0; d < g->rank; d++)
        if ((count[d] = w->covers[d].count) == 0) return 0;
    do {
        int64_t tap = 0, at = 0, from = 0;
        for (int d = 0; d < g->rank; d++) {
            const struct window_axis *a = &g->axis[d];
            int64_t p = w->covers[d].first + done[d] * w->covers[d].step;
            tap = tap * a->size + (w->at[d] + a->pad_lo - p * a->stride) / a->window_dilation;
            at += (p - w->box.first[d]) * w->stride[d];
            from += p * g->stride[2][d];
        }
        w->tap[n] = tap;
        w->number[n] = w->numbers + at * (int64_t)g->key_size;
        w->source[n] = s->pulls.staged
                           ? w->staged + at * (int64_t)s->acc_size
                           : (const char *)w->execution->in[1] + from * (int64_t)s->size;
        n++;
    } while (lax_i_next(g->rank, done, count));
    return n;
}

/* `runs` elements along run_dim times `lanes`, from w->at on. */
static void pull_block(struct puller *w, unsigned char *sums, int64_t runs, int64_t lanes) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    struct pull pull = {w->number, w->source, w->tap, .runs = runs, .lanes = lanes};
    pull.covers = list_covers(w);
    if (g->run_dim >= 0) {
        pull.acc_step = g->axis[g->run_dim].stride * w->pitch;
        pull.number_step = w->stride[g->run_dim];
        pull.source_step = s->pulls.staged ? w->stride[g->run_dim] : g->stride[2][g->run_dim];
    }
    s->pulls.pull(sums, &pull);
}

static void see(struct puller *w, int d, int64_t e) {
    w->at[d] = e;
    w->covers[d] = lax_i_taps_at(&w->s->pulls.axis[d], e);
}

static void pull_lanes(struct puller *w, unsigned char *sums, int64_t runs) {
    const struct scatter_state *s = w->s;
    int d = s->g.lane_dim;
    const struct window_axis *a = &s->g.axis[d];
    int64_t end = w->begin[d] + w->extent[d], n;
    int64_t phase = lax_i_ceil_div(w->extent[d], a->stride);
    for (int64_t f = 0; f < lax_i_min(a->stride, w->extent[d]); f++)
        for (int64_t j = 0, e = w->begin[d] + f; e < end; e += n * a->stride, j += n) {
            n = alike(a, e, end);
            see(w, d, e);
            pull_block(w, sums + (size_t)(f * phase + j) * s->acc_size, runs, n);
        }
}

static void pull_runs(struct puller *w, unsigned char *sums) {
    const struct scatter_state *s = w->s;
    int d = s->g.run_dim;
    if (d < 0) {
        pull_lanes(w, sums, 1);
        return;
    }
    const struct window_axis *a = &s->g.axis[d];
    int64_t end = w->begin[d] + w->extent[d], n;
    for (int64_t f = 0; f < lax_i_min(a->stride, w->extent[d]); f++)
        for (int64_t e = w->begin[d] + f; e < end; e += n * a->stride) {
            n = alike(a, e, end);
            see(w, d, e);
            pull_lanes(w, sums + (e - w->begin[d]) * w->pitch * (int64_t)s->acc_size, n);
        }
}

/* --- results ---------------------------------------------------------------------------------- */

/* Rows along lanes whose phases are split, put together; sums of other rows are results already. */
static void join_rows(struct puller *w, unsigned char *to, int64_t to_pitch, int64_t rows) {
    const struct scatter_state *s = w->s;
    int d = s->g.lane_dim;
    int64_t n = w->extent[d], phase = lax_i_ceil_div(n, s->g.axis[d].stride);
    int64_t phases = lax_i_min(s->g.axis[d].stride, n);
    for (int64_t j = 0; j < rows; j++)
        s->g.pull->join[lax_i_log2(s->acc_size)](to + j * to_pitch * (int64_t)s->acc_size,
                                                 w->sums + (size_t)(j * w->pitch) * s->acc_size,
                                                 phase, n, phases);
}

static void stream_rows(const struct puller *w, char *out, int64_t out_pitch, int64_t rows) {
    const struct scatter_state *s = w->s;
    int64_t n = w->extent[s->g.lane_dim];
    if (out_pitch == n) n *= rows, rows = 1;
    for (int64_t j = 0; j < rows; j++)
        s->g.moves->stream(out + j * out_pitch * (int64_t)s->size,
                           w->joined + (size_t)(j * n) * s->acc_size, n * (int64_t)s->size);
}

/* room: of the region's keys, which are done with. */
static void write_box(const struct puller *w, void *room) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    struct box_copy copy = lax_i_scatter_copy(s, 1, w->extent, w->joined_stride);
    copy.room = room;
    char *out = (char *)w->execution->out[0];
    lax_i_box_scatter(&copy, out + lax_i_offset(g->rank, w->begin, g->stride[1]) * (int64_t)s->size,
                      w->joined);
}

/* Where the results of the present rows are put together, and how far apart rows are. */
static unsigned char *place_of_rows(const struct puller *w, char *out, int64_t *pitch) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    *pitch = w->extent[g->lane_dim];
    if (s->pulls.boxed) {
        int64_t at = 0;
        for (int d = 0; d < g->rank; d++) at += (w->at[d] - w->begin[d]) * w->joined_stride[d];
        *pitch = g->run_dim < 0 ? 0 : w->joined_stride[g->run_dim];
        return w->joined + at * (int64_t)s->acc_size;
    }
    if (s->pulls.stream) return w->joined;
    *pitch = g->run_dim < 0 ? 0 : g->stride[1][g->run_dim];
    return (unsigned char *)out;
}

/* All elements along run_dim and lanes. */
static void pull_rows(struct puller *w) {
    const struct scatter_state *s = w->s;
    const struct picks *g = &s->g;
    int64_t rows = g->run_dim < 0 ? 1 : w->extent[g->run_dim], pitch;
    bool split = g->axis[g->lane_dim].stride > 1;
    if (g->run_dim >= 0) w->at[g->run_dim] = w->begin[g->run_dim];
    w->at[g->lane_dim] = w->begin[g->lane_dim];
    char *out = (char *)w->execution->out[0] +
                lax_i_offset(g->rank, w->at, g->stride[1]) * (int64_t)s->size;
    unsigned char *joined = place_of_rows(w, out, &pitch);
    w->pitch = split ? split_row(g, w->extent[g->lane_dim]) : pitch;
    pull_runs(w, split ? w->sums : joined);
    if (split) join_rows(w, joined, pitch, rows);
    if (s->pulls.stream) stream_rows(w, out, g->run_dim < 0 ? 0 : g->stride[1][g->run_dim], rows);
}

void lax_i_pull_box(const struct scatter_state *s, struct execution *execution, int64_t number,
                    unsigned char *scratch) {
    const struct picks *g = &s->g;
    struct puller w = {.s = s, .execution = execution};
    int64_t step[PICK_RANK] = {0}, rows[PICK_RANK];
    w.numbers = (char *)scratch + s->pulls.numbers_at;
    w.staged = (char *)scratch + s->pulls.source_at;
    w.sums = scratch + s->pulls.sums_at;
    w.joined = scratch + s->pulls.joined_at;
    lax_i_pick_element_box(g, number, &w.box, w.begin, w.extent);
    lax_i_pick_dense(g, w.box.count, w.stride);
    const struct pick_job job = {.g = g,
                                 .box = &w.box,
                                 .in = execution->in[0],
                                 .id_stride = w.stride,
                                 .of_elements = true,
                                 .tap_ids = true,
                                 .scratch = scratch,
                                 .take = keep_row,
                                 .user = &w};
    lax_i_pick_direct(&job);
    if (s->pulls.staged) stage_source(&w);
    lax_i_pick_dense_like(g, w.extent, g->stride[1], w.joined_stride);
    for (int d = 0; d < g->rank; d++)
        rows[d] = d == g->lane_dim || d == g->run_dim ? 1 : w.extent[d];
    do {
        for (int d = 0; d < g->rank; d++) see(&w, d, w.begin[d] + step[d]);
        pull_rows(&w);
    } while (lax_i_next(g->rank, step, rows));
    if (s->pulls.boxed) write_box(&w, scratch);
}
