/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering brgemm, second part: a row of output positions becomes blocks of columns, and each
 * block the steps that clip its taps. */
#include "lower/brgemm.h"

/* Steps by taps have as many widths, each with kernels of its own; pieces of columns have few. */
enum { MAX_TAP_STEPS = 16 };

/* The part of [begin, end) where the same taps [tap, tap + n_taps) of the row reach. */
struct span {
    int64_t begin, end, tap, n_taps;
};

/* Where a plan's steps go; with NULL they are only counted and weighed. */
struct sink {
    struct brgemm *b;
    struct brgemm_step *steps;
    int32_t n_steps;
    double cost;
};

/* Cost of a step in cycles of one vector of features. Up to three rows cannot fill the pipelines;
 * sums that are read back and written cost about four features; a call costs about fifty. */
static double cost_of(const struct brgemm *b, const struct span *s) {
    static const double row_cost[] = {0, 3, 3.2, 3.4};
    double m = (double)(s->end - s->begin);
    double depth = (double)(s->n_taps * b->geometry.outer_taps * b->in_features);
    return (m < 4 ? row_cost[(int)m] : m) * (depth + 4) + 50;
}

static void emit(struct sink *sink, const struct span *span, int64_t origin, bool fresh) {
    if (sink->steps != NULL)
        sink->steps[sink->n_steps] = (struct brgemm_step){.column = (int32_t)(span->begin - origin),
                                                          .m = (int32_t)(span->end - span->begin),
                                                          .tap = (int32_t)span->tap,
                                                          .n_taps = (int32_t)span->n_taps,
                                                          .fresh = fresh};
    sink->n_steps++;
    sink->cost += cost_of(sink->b, span);
}

static struct span reach(const struct brgemm *b, int64_t tap, int64_t begin, int64_t end) {
    struct span s = {.tap = tap, .n_taps = 1};
    lax_i_conv_reach(&b->geometry.dim[b->geometry.n - 1], tap, &s.begin, &s.end);
    s.begin = lax_i_max(s.begin, begin);
    s.end = lax_i_min(s.end, end);
    return s;
}

/* The next group of taps that reach the same columns of [begin, end); false when there is none. */
static bool next_group(const struct brgemm *b, int64_t begin, int64_t end, struct span *group) {
    int64_t kernel = b->geometry.dim[b->geometry.n - 1].kernel;
    int64_t tap = group->tap + group->n_taps;
    while (tap < kernel && (*group = reach(b, tap, begin, end), group->begin >= group->end)) tap++;
    if (tap >= kernel) return false;
    for (tap++; tap < kernel; tap++, group->n_taps++) {
        struct span next = reach(b, tap, begin, end);
        if (next.begin != group->begin || next.end != group->end) break;
    }
    return true;
}

/* One step a group of taps. The one that reaches all columns goes first and overwrites; when there
 * is none, zeros do. */
static void by_taps(struct sink *sink, int64_t begin, int64_t end) {
    struct span whole = {begin, end, 0, 0}, group = {0, 0, 0, 0};
    while (next_group(sink->b, begin, end, &group))
        if (group.begin == begin && group.end == end) whole = group;
    emit(sink, &whole, begin, true);
    for (group = (struct span){0, 0, 0, 0}; next_group(sink->b, begin, end, &group);)
        if (whole.n_taps == 0 || group.tap != whole.tap) emit(sink, &group, begin, false);
}

/* The columns from `begin` on that have the same taps as it. Groups come in order of their taps,
 * and what they reach moves to lower columns with each. */
static struct span piece(const struct brgemm *b, int64_t begin, int64_t end) {
    struct span s = {begin, end, 0, 0};
    int64_t kernel = b->geometry.dim[b->geometry.n - 1].kernel;
    for (int64_t tap = 0; tap < kernel; tap++) {
        struct span r = reach(b, tap, begin, end);
        if (r.begin >= r.end) continue;
        s.end = lax_i_min(s.end, r.begin > begin ? r.begin : r.end);
        if (r.begin > begin) continue;
        if (s.n_taps++ == 0) s.tap = tap;
    }
    return s;
}

/* One step a piece of columns. */
static void by_columns(struct sink *sink, int64_t begin, int64_t end) {
    for (int64_t column = begin; column < end;) {
        struct span s = piece(sink->b, column, end);
        emit(sink, &s, begin, true);
        column = s.end;
    }
}

/* Blocks where every tap reaches every column are alike and share one step. */
static void interior(struct sink *sink, const struct brgemm_block *before, int64_t m,
                     struct brgemm_block *block) {
    block->n_steps = 1;
    block->first_step = before->first_step;
    if (before->m == m && before->interior) return;
    struct span all = {0, m, 0, sink->b->geometry.dim[sink->b->geometry.n - 1].kernel};
    block->first_step = sink->n_steps;
    emit(sink, &all, 0, true);
}

static void clipped(struct sink *sink, int64_t begin, int64_t end, struct brgemm_block *block) {
    struct sink taps = {sink->b, NULL, 0, 0}, columns = {sink->b, NULL, 0, 0};
    by_taps(&taps, begin, end);
    by_columns(&columns, begin, end);
    block->first_step = sink->n_steps;
    bool few = taps.n_steps <= MAX_TAP_STEPS;
    (few && taps.cost < columns.cost ? by_taps : by_columns)(sink, begin, end);
    block->n_steps = sink->n_steps - block->first_step;
}

void lax_i_brgemm_steps(struct brgemm *b) {
    const struct conv_axis *row = &b->geometry.dim[b->geometry.n - 1];
    struct sink sink = {b, b->steps, 0, 0};
    struct brgemm_block block = {0};
    int64_t first = reach(b, row->kernel - 1, 0, row->out).begin;
    int64_t last = reach(b, 0, 0, row->out).end;
    first = lax_i_max(first, reach(b, 0, 0, row->out).begin);
    last = lax_i_min(last, reach(b, row->kernel - 1, 0, row->out).end);
    for (int64_t i = 0; i < b->n_blocks; i++) {
        struct brgemm_block before = block;
        int64_t begin = i * b->block_m, end = lax_i_min(begin + b->block_m, row->out);
        block = (struct brgemm_block){.column = begin, .m = (int32_t)(end - begin)};
        block.interior = begin >= first && end <= last;
        if (block.interior)
            interior(&sink, &before, end - begin, &block);
        else
            clipped(&sink, begin, end, &block);
        if (b->blocks != NULL) b->blocks[i] = block;
    }
    b->n_steps = sink.n_steps;
}
