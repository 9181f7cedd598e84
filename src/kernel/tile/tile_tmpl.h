/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the tile kernels of one element type and instruction set.
 *
 * A tile of `rows` x `vectors` sums stays in registers over all taps; each step loads a row of B
 * once and broadcasts one element of each row of A, so that rows + vectors loads feed
 * rows * vectors multiply-adds. MOST_ROWS leaves room for the row of B and one element of A:
 * 6 x 2, 4 x 3 or 12 x 1 of 16 registers, 13 x 2, 9 x 3 or 6 x 4 of 32 (the shapes that libxsmm and
 * oneDNN use, too; gcc 12 spills a 14 x 2 tile). Rows have addresses of their own, which frees
 * tiles from image rows and costs one addition a row and tap.
 *
 * Parameters: ELEM; VEC, a vector of it, and LANES; ZERO(), BROADCAST(p), LOAD(p), STORE(p, x),
 * STREAM(p, x), FMA(x, y, sum); MASK, which lanes of a vector take part, FIRST_LANES(n),
 * LOAD_MASKED(p, mask), STORE_MASKED(p, mask, x), STORE_LAST(p, x, n), all but the first n lanes;
 * JOIN(last, first, n), the last n lanes of one vector before the first of another; NAME(part), the
 * name of a function; MOST_ROWS(vectors); and those of tile_k_tmpl.h. */

/* A row of a tile that does not end a run of lines, see tile_store. */
static inline __attribute__((always_inline)) void NAME(line)(const struct tile_store *s,
                                                             int64_t row, const VEC *sum,
                                                             const int vectors) {
    ELEM *out = (ELEM *)s->out + s->out_row[row];
    char *carry = (char *)s->carry + row * LAX_ALIGNMENT;
    const int64_t lead = (int64_t)((uintptr_t)out % sizeof(VEC) / sizeof(ELEM));
    const VEC first = JOIN(LOAD((const ELEM *)carry), sum[0], lead);
    out -= lead;
    if (s->begins && lead > 0)
        STORE_LAST(out, first, lead);
    else
        STREAM(out, first);
    for (int v = 1; v < vectors; v++) STREAM(out + v * LANES, JOIN(sum[v - 1], sum[v], lead));
    STORE((ELEM *)carry, sum[vectors - 1]);
}

/* One tile. Trip counts are constants where it is called: gcc and clang unroll everything but the
 * loops over taps and depth, and sums become registers. What `t` holds is read before the first
 * store, which the compiler must take for a change of it. Only the last vector of a row may be in
 * part: that of B has a tile of its own, since it is loaded at every step; that of C is met twice
 * a tile, where a test is cheaper than more code. */
static inline __attribute__((always_inline)) void NAME(body)(const struct tile *t, int64_t first,
                                                             int64_t block, const int rows,
                                                             const int vectors, const bool b_whole,
                                                             const bool lines, MASK mask) {
    VEC sum[MOST_CASES][MOST_VECTORS];
    const int last = vectors - 1;
    const bool c_whole = b_whole && t->columns == vectors * LANES;
    const int64_t depth = t->depth, b_step = t->b_step;
    const int64_t *a_row = t->a_row + first, *c_row = t->c_row + first;
    const ELEM *a_first = t->a, *b_first = (const ELEM *)t->b + block * t->b_block;
    ELEM *c_first = (ELEM *)t->c + block * t->c_block;
    const bool stream = t->stream;
    for (int m = 0; m < rows; m++)
        for (int v = 0; v < vectors; v++) sum[m][v] = ZERO();
    if (t->accumulate)
        for (int m = 0; m < rows; m++)
            for (int v = 0; v < vectors; v++) {
                const ELEM *c = c_first + c_row[m] + v * LANES;
                sum[m][v] = v < last || c_whole ? LOAD(c) : LOAD_MASKED(c, mask);
            }
    const struct tile_tap *end = t->taps + t->n_taps;
    for (const struct tile_tap *tap = t->taps; tap < end; tap++) {
        const ELEM *a[MOST_CASES], *b = b_first + tap->b;
        for (int m = 0; m < rows; m++) a[m] = a_first + (tap->a + a_row[m]);
        for (int64_t k = 0; k < depth; k++, b += b_step) {
            VEC w[MOST_VECTORS];
            for (int v = 0; v < vectors; v++)
                w[v] = v < last || b_whole ? LOAD(b + v * LANES) : LOAD_MASKED(b + v * LANES, mask);
            for (int m = 0; m < rows; m++) {
                const VEC x = BROADCAST(a[m] + k);
                for (int v = 0; v < vectors; v++) sum[m][v] = FMA(x, w[v], sum[m][v]);
            }
        }
    }
    if (lines) {
        for (int m = 0; m < rows; m++) NAME(line)(t->store, first + m, sum[m], vectors);
        return;
    }
    if (t->store != NULL) {
        VEC room[MOST_CASES * MOST_VECTORS];
        const struct tile_part part = {first, rows, vectors * LANES, t->columns};
        for (int m = 0; m < rows; m++)
            for (int v = 0; v < vectors; v++) STORE((ELEM *)&room[m * vectors + v], sum[m][v]);
        t->store->run(t->store, room, &part);
        return;
    }
    if (stream)
        for (int m = 0; m < rows; m++)
            for (int v = 0; v < last; v++) STREAM(c_first + c_row[m] + v * LANES, sum[m][v]);
    else
        for (int m = 0; m < rows; m++)
            for (int v = 0; v < last; v++) STORE(c_first + c_row[m] + v * LANES, sum[m][v]);
    ELEM *c_last = c_first + last * LANES;
    if (!c_whole)
        for (int m = 0; m < rows; m++) STORE_MASKED(c_last + c_row[m], mask, sum[m][last]);
    else if (stream)
        for (int m = 0; m < rows; m++) STREAM(c_last + c_row[m], sum[m][last]);
    else
        for (int m = 0; m < rows; m++) STORE(c_last + c_row[m], sum[m][last]);
}

/* All rows in tiles of nearly the same height: 7 rows are 4 + 3, where 6 + 1 would wait for the
 * latency of one row's sums. */
static inline __attribute__((always_inline)) void NAME(sweep)(const struct tile *t,
                                                              const int vectors, const bool b_whole,
                                                              const bool lines, MASK mask) {
    const int most = MOST_ROWS(vectors);
    int64_t tiles = (t->rows + most - 1) / most;
    for (int64_t first = 0; tiles > 0; tiles--) {
        int64_t rows = (t->rows - first + tiles - 1) / tiles;
        for (int64_t block = 0; block < t->blocks; block++) switch (rows) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        if (n <= most)                                                                             \
            NAME(body)(t, first, block, n <= most ? n : 1, vectors, b_whole, lines, mask);         \
        break;
                CASE(1)
                CASE(2)
                CASE(3)
                CASE(4)
                CASE(5)
                CASE(6)
                CASE(7)
                CASE(8)
                CASE(9)
                CASE(10)
                CASE(11)
                CASE(12)
                CASE(13)
#undef CASE
            }
        first += rows;
    }
}

static inline __attribute__((always_inline)) void NAME(run)(const struct tile *t,
                                                            const int vectors) {
    const MASK mask = FIRST_LANES(t->columns - (vectors - 1) * LANES);
    if (t->store != NULL && t->store->plain)
        NAME(sweep)(t, vectors, true, true, mask);
    else if (t->b_whole || t->columns == vectors * LANES)
        NAME(sweep)(t, vectors, true, false, mask);
    else
        NAME(sweep)(t, vectors, false, false, mask);
}

static void NAME(x1)(const struct tile *t) { NAME(run)(t, 1); }
static void NAME(x2)(const struct tile *t) { NAME(run)(t, 2); }
static void NAME(x3)(const struct tile *t) { NAME(run)(t, 3); }
static void NAME(x4)(const struct tile *t) { NAME(run)(t, 4); }
static void NAME(x5)(const struct tile *t) { NAME(run)(t, 5); }
static void NAME(x6)(const struct tile *t) { NAME(run)(t, 6); }

#include "kernel/tile/tile_k_tmpl.h"

#undef NAME
#undef ELEM
#undef VEC
#undef LANES
#undef ZERO
#undef BROADCAST
#undef LOAD
#undef STORE
#undef STREAM
#undef FMA
#undef MASK
#undef FIRST_LANES
#undef LOAD_MASKED
#undef STORE_MASKED
#undef STORE_LAST
#undef JOIN
#undef SUM
#undef LOAD_LAST
