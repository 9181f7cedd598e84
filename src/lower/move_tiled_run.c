/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the blocks of a tiled data movement: for each, which elements land, the fill beside them,
 * then rows from the operand, or a square turned in scratch, on their way to the result. */
#include "lower/move_tiled.h"

struct work {
    const struct tiled *t;
    const struct move_problem *p;
    const char *in;
    char *out;
    char *turned, *gathered, *stage;
    int64_t index[LAX_MAX_RANK]; /* the block */
    int64_t skew[LAX_MAX_RANK];
};

/* What a block has of one axis: positions of the result, and lattice elements among them. */
struct range {
    int64_t from, to, first, count;
};

struct block {
    struct range row, second, third;
    const char *in; /* at the first lattice element */
    char *out;      /* at position 0 of the block's axes */
};

static const struct move_axis single = {1, 1, 0, 1, 0, 0};

static const struct move_axis *axis_at(const struct tiled *t, int d) {
    return d < 0 ? &single : &t->axis[d];
}

/* Copies of a few bytes, without a call. */
static inline void copy_short(char *to, const char *from, size_t n) {
    for (; n >= 16; n -= 16, to += 16, from += 16) memcpy(to, from, 16);
    if (n & 8) memcpy(to, from, 8), to += 8, from += 8;
    if (n & 4) memcpy(to, from, 4), to += 4, from += 4;
    if (n & 2) memcpy(to, from, 2), to += 2, from += 2;
    if (n & 1) *to = *from;
}

/* --- fill ------------------------------------------------------------------------------------- */

static void fill_row(const struct work *w, char *out, int64_t n) {
    const struct tiled *t = w->t;
    int64_t stride = t->axis[t->row].out_stride, nbytes = n * (int64_t)t->out_size;
    if (n <= 0) return;
    if (stride == 1 && nbytes <= LINE_NBYTES) {
        copy_short(out, (const char *)t->pattern, (size_t)nbytes);
    } else if (stride != 1) {
        t->spread(out, stride, t->pattern, 0, n);
    } else if (t->one_byte) {
        memset(out, t->pattern[0], (size_t)nbytes);
    } else {
        for (int64_t i = 0; i < nbytes; i += PATTERN_NBYTES)
            memcpy(out + i, t->pattern, (size_t)lax_i_min(PATTERN_NBYTES, nbytes - i));
    }
}

static bool lands(const struct move_axis *a, const struct range *r, int64_t position) {
    int64_t beside = position - a->low - r->first * a->step;
    return beside >= 0 && beside < r->count * a->step && beside % a->step == 0;
}

/* Positions before and behind the lattice; all of them where it has holes, which are written over
 * while they are in the cache. */
static void fill_beside(const struct work *w, const struct range *r, char *row) {
    const struct move_axis *a = &w->t->axis[w->t->row];
    int64_t step = a->out_stride * (int64_t)w->t->out_size;
    int64_t begin = a->low + r->first * a->step, end = begin + (r->count - 1) * a->step + 1;
    if (r->count == 0 || a->step > 1) {
        fill_row(w, row + r->from * step, r->to - r->from);
        return;
    }
    fill_row(w, row + r->from * step, begin - r->from);
    fill_row(w, row + end * step, r->to - end);
}

/* `missed`: nothing of the block lands. */
static void fill_block(const struct work *w, const struct block *b, bool missed) {
    const struct tiled *t = w->t;
    const struct move_axis *second = axis_at(t, t->second), *third = axis_at(t, t->third);
    const struct range none = {b->row.from, b->row.to, 0, 0};
    int64_t size = (int64_t)t->out_size;
    for (int64_t k = b->third.from; k < b->third.to; k++)
        for (int64_t j = b->second.from; j < b->second.to; j++) {
            bool hit = !missed && lands(second, &b->second, j) && lands(third, &b->third, k);
            char *row = b->out + (k * third->out_stride + j * second->out_stride) * size;
            fill_beside(w, hit ? &b->row : &none, row);
        }
}

/* --- rows ------------------------------------------------------------------------------------- */

/* n contiguous elements, on their way to results that lie `step` apart. */
static void emit(const struct work *w, char *out, int64_t step, const char *in, int64_t n) {
    const struct tiled *t = w->t;
    if (t->round != NULL) {
        t->round(out, step, in, 1, n, w->p->exponent_bits, w->p->mantissa_bits);
    } else if (t->same && step == 1) {
        size_t nbytes = (size_t)n * t->out_size;
        if (t->stream)
            t->kernels->stream(out, in, (int64_t)nbytes);
        else
            memcpy(out, in, nbytes);
    } else if (t->same) {
        t->gather(out, step, in, 1, n);
    } else if (t->stream && step == 1) {
        int64_t chunk = STAGE_NBYTES / (int64_t)t->out_size;
        for (int64_t i = 0; i < n; i += chunk) {
            int64_t count = lax_i_min(chunk, n - i);
            lax_i_convert(&t->convert, w->stage, 1, in + i * (int64_t)t->in_size, 1, count);
            t->kernels->stream(out + i * (int64_t)t->out_size, w->stage,
                               count * (int64_t)t->out_size);
        }
    } else {
        lax_i_convert(&t->convert, out, step, in, 1, n);
    }
}

/* n elements `step` apart made contiguous. */
static void collect(const struct work *w, char *to, const char *in, int64_t step, int64_t n) {
    if (step == -1)
        w->t->kernels->reverse[w->t->size_log2](to, in, n);
    else
        w->t->gather(to, 1, in, step, n);
}

static void move_row(const struct work *w, char *out, const char *in, int64_t n) {
    const struct tiled *t = w->t;
    const struct move_axis *a = &t->axis[t->row];
    int64_t to = a->out_stride * a->step, from = a->in_stride;
    if (from == 1 || n == 1) {
        emit(w, out, to, in, n);
        return;
    }
    if (t->same && to == 1 && !t->stream) {
        collect(w, out, in, from, n);
        return;
    }
    if (t->same && to != 1) {
        t->gather(out, to, in, from, n);
        return;
    }
    int64_t chunk = STAGE_NBYTES / (int64_t)t->in_size;
    for (int64_t i = 0; i < n; i += chunk) {
        int64_t count = lax_i_min(chunk, n - i);
        collect(w, w->gathered, in + i * from * (int64_t)t->in_size, from, count);
        emit(w, out + i * to * (int64_t)t->out_size, to, w->gathered, count);
    }
}

static void copy_short_rows(const struct work *w, const struct block *b, char *out) {
    const struct tiled *t = w->t;
    const struct move_axis *second = axis_at(t, t->second), *third = axis_at(t, t->third);
    int64_t size = (int64_t)t->in_size;
    size_t nbytes = (size_t)(b->row.count * size);
    for (int64_t k = 0; k < b->third.count; k++) {
        char *to = out + k * third->step * third->out_stride * size;
        const char *from = b->in + k * third->in_stride * size;
        for (int64_t j = 0; j < b->second.count; j++) {
            copy_short(to, from, nbytes);
            to += second->step * second->out_stride * size;
            from += second->in_stride * size;
        }
    }
}

static void move_rows(const struct work *w, const struct block *b, char *out) {
    const struct tiled *t = w->t;
    const struct move_axis *second = axis_at(t, t->second), *third = axis_at(t, t->third);
    const struct move_axis *row = &t->axis[t->row];
    int64_t in_size = (int64_t)t->in_size, out_size = (int64_t)t->out_size;
    if (t->same && row->in_stride == 1 && row->step * row->out_stride == 1 &&
        b->row.count * in_size < 2 * LINE_NBYTES) {
        copy_short_rows(w, b, out);
        return;
    }
    for (int64_t k = 0; k < b->third.count; k++)
        for (int64_t j = 0; j < b->second.count; j++) {
            int64_t to =
                k * third->step * third->out_stride + j * second->step * second->out_stride;
            int64_t from = k * third->in_stride + j * second->in_stride;
            move_row(w, out + to * out_size, b->in + from * in_size, b->row.count);
        }
}

/* --- turned blocks ---------------------------------------------------------------------------- */

/* Elements up to the next line of the result; 0 where elements do not divide lines. */
static int64_t to_line(const char *p, size_t size) {
    uintptr_t beyond = (uintptr_t)p % LINE_NBYTES;
    return beyond % size == 0 ? (int64_t)((LINE_NBYTES - beyond) % LINE_NBYTES / size) : 0;
}

/* Brings lines of the next block along `second`, rows [from, to), while this one is written. */
static void fetch_rows(const struct work *w, const struct block *b, int64_t from, int64_t to) {
    const struct tiled *t = w->t;
    int64_t size = (int64_t)t->in_size, stride = t->axis[t->row].in_stride * size;
    int64_t columns = b->second.count * size, left = t->axis[t->second].out - b->second.to;
    int64_t nbytes = lax_i_min(columns, left * size);
    if (t->axis[t->second].in_stride != 1) return;
    for (int64_t i = from; i < to; i++)
        for (int64_t k = 0; k < nbytes; k += LINE_NBYTES)
            __builtin_prefetch(b->in + i * stride + columns + k, 0, 2);
}

/* Rows of the turned block to the result: from line to line where it bypasses the caches, for
 * which the block holds some elements of the next. */
static void emit_turned(const struct work *w, const struct block *b, char *out, int64_t rows) {
    const struct tiled *t = w->t;
    const struct move_axis *row = &t->axis[t->row], *second = &t->axis[t->second];
    int64_t size = (int64_t)t->out_size, count = b->row.count, columns = b->second.count;
    int64_t pitch = second->out_stride * second->step, step = row->out_stride * row->step;
    bool first = b->row.first == 0, last = b->row.first + count == row->count;
    for (int64_t j = 0; j < columns; j++) {
        char *to = out + j * pitch * size;
        int64_t begin = t->halo == 0 || first ? 0 : to_line(to, t->out_size);
        int64_t end =
            t->halo == 0 || last ? count : count + to_line(to + count * size, t->out_size);
        end = lax_i_min(end, rows);
        if (t->halo > 0) fetch_rows(w, b, j * rows / columns, (j + 1) * rows / columns);
        const char *from = w->turned + (j * rows + begin) * (int64_t)t->in_size;
        if (begin < end) emit(w, to + begin * step * size, step, from, end - begin);
    }
}

/* `rows` rows of a turned block. Elements that are not neighbours are made so first; and bytes are
 * brought together, of which a transpose takes 32 rows at once: rows a power of two apart would
 * push each other out of the cache. */
static void turn_rows(const struct work *w, const struct block *b, int64_t rows) {
    const struct tiled *t = w->t;
    int64_t size = (int64_t)t->in_size, columns = b->second.count;
    int64_t stride = t->axis[t->row].in_stride, step = t->axis[t->second].in_stride;
    if (t->gathered_nbytes == 0) {
        t->kernels->transpose[t->size_log2](w->turned, rows, b->in, stride, rows, columns);
        return;
    }
    for (int64_t i = 0; i < rows; i += GATHERED_ROWS) {
        int64_t count = lax_i_min(GATHERED_ROWS, rows - i);
        for (int64_t k = 0; k < count; k++)
            t->gather(w->gathered + k * columns * size, 1, b->in + (i + k) * stride * size, step,
                      columns);
        t->kernels->transpose[t->size_log2](w->turned + i * size, rows, w->gathered, columns, count,
                                            columns);
    }
}

/* The operand's rows lie along the second axis. */
static void turn_block(const struct work *w, const struct block *b, char *out) {
    const struct tiled *t = w->t;
    const struct move_axis *row = &t->axis[t->row], *second = &t->axis[t->second];
    int64_t pitch = second->out_stride * second->step;
    int64_t rows = lax_i_min(b->row.count + t->halo, row->count - b->row.first);
    if (t->turned_nbytes == 0) {
        t->kernels->transpose[t->size_log2](out, pitch, b->in, row->in_stride, rows,
                                            b->second.count);
        return;
    }
    turn_rows(w, b, rows);
    if (t->halo == 0 && row->out_stride * row->step == 1 && pitch == rows)
        emit(w, out, 1, w->turned, rows * b->second.count);
    else
        emit_turned(w, b, out, rows);
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* Block `index` of an axis, and the lattice elements in it. */
static struct range range_of(const struct work *w, int d) {
    const struct move_axis *a = &w->t->axis[d];
    int64_t begin = w->index[d] * w->t->block[d] - w->skew[d];
    struct range r = {lax_i_max(begin, 0), lax_i_min(begin + w->t->block[d], a->out), 0, 0};
    if (a->count == a->out) {
        r.first = r.from;
        r.count = r.to - r.from;
        return r;
    }
    int64_t from = r.from - a->low, to = r.to - a->low;
    r.first = from <= 0 ? 0 : lax_i_ceil_div(from, a->step);
    r.count = to <= 0 ? 0 : lax_i_min(lax_i_ceil_div(to, a->step), a->count) - r.first;
    r.count = lax_i_max(r.count, 0);
    return r;
}

static void move_block(const struct work *w) {
    const struct tiled *t = w->t;
    struct block b = {.second = {0, 1, 0, 1}, .third = {0, 1, 0, 1}};
    int64_t in = 0, out = 0, landing = 0;
    bool missed = false;
    for (int d = 0; d < t->rank; d++) {
        const struct move_axis *a = &t->axis[d];
        struct range r = range_of(w, d);
        if (r.to <= r.from) return;
        missed = missed || r.count == 0;
        in += r.first * a->in_stride;
        if (d == t->row || d == t->second || d == t->third) {
            *(d == t->row ? &b.row : d == t->second ? &b.second : &b.third) = r;
            landing += (a->low + r.first * a->step) * a->out_stride;
        } else {
            out += r.from * a->out_stride;
        }
    }
    b.in = w->in + in * (int64_t)t->in_size;
    b.out = w->out + out * (int64_t)t->out_size;
    char *target = b.out + b.second.from * axis_at(t, t->second)->out_stride * (int64_t)t->out_size;
    if (t->assemble) b.out = w->turned - (target - b.out);
    if (t->fill) fill_block(w, &b, missed);
    if (!missed && t->turn) turn_block(w, &b, b.out + landing * (int64_t)t->out_size);
    if (!missed && !t->turn) move_rows(w, &b, b.out + landing * (int64_t)t->out_size);
    if (t->assemble)
        t->kernels->stream(target, w->turned,
                           (b.second.to - b.second.from) * t->axis[t->row].out *
                               (int64_t)t->out_size);
}

static void start(struct work *w, int64_t unit) {
    const struct tiled *t = w->t;
    for (int i = t->rank - 1; i >= 0; i--) {
        int d = t->order[i];
        w->index[d] = unit % t->blocks[d];
        unit /= t->blocks[d];
    }
}

static void next(struct work *w) {
    const struct tiled *t = w->t;
    for (int i = t->rank - 1; i >= 0; i--) {
        int d = t->order[i];
        if (++w->index[d] < t->blocks[d]) return;
        w->index[d] = 0;
    }
}

/* Elements from the last line's start to `p`; 0 where elements do not divide lines. */
static int64_t skew_of(const char *p, size_t size) {
    int64_t beyond = (int64_t)((uintptr_t)p % LINE_NBYTES);
    return beyond % (int64_t)size == 0 ? beyond / (int64_t)size : 0;
}

void lax_i_move_tiled_run(const struct plan *plan, struct execution *execution, int64_t task,
                          void *scratch) {
    const struct tiled *t = plan->state;
    struct work w = {.t = t, .p = &plan->problem.move};
    w.in = (const char *)execution->in[0] + t->in_offset * (int64_t)t->in_size;
    w.out = (char *)execution->out[0] + t->out_offset * (int64_t)t->out_size;
    w.turned = scratch;
    w.gathered = w.turned + t->turned_nbytes;
    w.stage = w.gathered + t->gathered_nbytes;
    if (t->skew) w.skew[t->second] = skew_of(w.in, t->in_size);
    start(&w, task * t->per_task);
    int64_t end = lax_i_min((task + 1) * t->per_task, t->units);
    for (int64_t unit = task * t->per_task; unit < end; unit++, next(&w)) move_block(&w);
    if (t->stream || t->assemble) t->kernels->fence();
}
