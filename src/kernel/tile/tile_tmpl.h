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
 * LOAD_MASKED(p, mask), STORE_MASKED(p, mask, x); NAME(part), the name of a function;
 * MOST_ROWS(vectors). */

/* Which vectors of a row are not whole: none; the last one of C; that of B as well. */
#ifndef LAX_KERNEL_TILE_TAIL
#define LAX_KERNEL_TILE_TAIL
enum tile_tail { TAIL_NONE, TAIL_C, TAIL_B_AND_C };
#endif

/* One tile. Trip counts are constants where it is called: gcc and clang unroll everything but the
 * loops over taps and depth, and sums become registers. */
static inline __attribute__((always_inline)) void NAME(body)(const struct tile *t, int64_t first,
                                                             const int rows, const int vectors,
                                                             const enum tile_tail tail, MASK mask) {
    VEC sum[MOST_CASES][MOST_VECTORS];
    const int64_t depth = t->depth, b_step = t->b_step;
    const int c_whole = tail == TAIL_NONE ? vectors : vectors - 1;
    const int b_whole = tail == TAIL_B_AND_C ? vectors - 1 : vectors;
    for (int m = 0; m < rows; m++) {
        const ELEM *c = (const ELEM *)t->c + t->c_row[first + m];
        for (int v = 0; v < vectors; v++) {
            if (!t->accumulate)
                sum[m][v] = ZERO();
            else
                sum[m][v] = v < c_whole ? LOAD(c + v * LANES) : LOAD_MASKED(c + v * LANES, mask);
        }
    }
    for (int64_t r = 0; r < t->n_taps; r++) {
        const ELEM *a[MOST_CASES], *b = (const ELEM *)t->b + t->taps[r].b;
        for (int m = 0; m < rows; m++)
            a[m] = (const ELEM *)t->a + t->taps[r].a + t->a_row[first + m];
        for (int64_t k = 0; k < depth; k++, b += b_step) {
            VEC w[MOST_VECTORS];
            for (int v = 0; v < vectors; v++)
                w[v] = v < b_whole ? LOAD(b + v * LANES) : LOAD_MASKED(b + v * LANES, mask);
            for (int m = 0; m < rows; m++) {
                const VEC x = BROADCAST(a[m] + k);
                for (int v = 0; v < vectors; v++) sum[m][v] = FMA(x, w[v], sum[m][v]);
            }
        }
    }
    if (t->store != NULL) {
        VEC room[MOST_CASES * MOST_VECTORS];
        const struct tile_part part = {first, rows, vectors * LANES, t->columns};
        for (int m = 0; m < rows; m++)
            for (int v = 0; v < vectors; v++) STORE((ELEM *)&room[m * vectors + v], sum[m][v]);
        t->store->run(t->store, room, &part);
        return;
    }
    for (int m = 0; m < rows; m++) {
        ELEM *c = (ELEM *)t->c + t->c_row[first + m];
        for (int v = 0; v < vectors; v++) {
            if (v >= c_whole)
                STORE_MASKED(c + v * LANES, mask, sum[m][v]);
            else if (t->stream)
                STREAM(c + v * LANES, sum[m][v]);
            else
                STORE(c + v * LANES, sum[m][v]);
        }
    }
}

/* All rows in tiles of nearly the same height: 7 rows are 4 + 3, where 6 + 1 would wait for the
 * latency of one row's sums. */
static inline __attribute__((always_inline)) void NAME(sweep)(const struct tile *t,
                                                              const int vectors,
                                                              const enum tile_tail tail,
                                                              MASK mask) {
    const int most = MOST_ROWS(vectors);
    int64_t tiles = (t->rows + most - 1) / most;
    for (int64_t first = 0; tiles > 0; tiles--) {
        int64_t rows = (t->rows - first + tiles - 1) / tiles;
        switch (rows) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        if (n <= most) NAME(body)(t, first, n <= most ? n : 1, vectors, tail, mask);               \
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
    if (t->columns == vectors * LANES)
        NAME(sweep)(t, vectors, TAIL_NONE, mask);
    else if (t->b_whole)
        NAME(sweep)(t, vectors, TAIL_C, mask);
    else
        NAME(sweep)(t, vectors, TAIL_B_AND_C, mask);
}

static void NAME(x1)(const struct tile *t) { NAME(run)(t, 1); }
static void NAME(x2)(const struct tile *t) { NAME(run)(t, 2); }
static void NAME(x3)(const struct tile *t) { NAME(run)(t, 3); }
static void NAME(x4)(const struct tile *t) { NAME(run)(t, 4); }
static void NAME(x5)(const struct tile *t) { NAME(run)(t, 5); }
static void NAME(x6)(const struct tile *t) { NAME(run)(t, 6); }

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
