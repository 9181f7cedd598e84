/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the tile kernels with vectors along the depth of a sum: inner products, for results
 * of too few columns to fill a vector.
 *
 * Each of rows x columns sums is a vector in registers over all taps, whose lanes are added at the
 * end; a step loads a vector of every row of A and column of B, rows + columns loads for
 * rows * columns multiply-adds. The tail of a run is zeros in both operands.
 *
 * Parameters beside those of tile_tmpl.h, which includes this file: SUM(x), the sum of a vector's
 * lanes in a fixed order; LOAD_LAST(p, n), a vector that ends behind the n elements at p, zeros but for
 * these; MOST_K_ROWS(columns). */

/* Which lanes of a step count: all; the last `tail`, in vectors that end with the run; the first
 * `tail`, in a run shorter than a vector, where masked loads are the only way. */
#ifndef LAX_KERNEL_TILE_STEP
#define LAX_KERNEL_TILE_STEP
enum tile_step { STEP_WHOLE, STEP_LAST, STEP_FIRST };
#endif

static inline __attribute__((always_inline)) VEC NAME(k_load)(const ELEM *p, const enum tile_step step,
                                                              int64_t tail) {
    if (step == STEP_WHOLE) return LOAD(p);
    if (step == STEP_LAST) return LOAD_LAST(p, tail);
    return LOAD_MASKED(p, FIRST_LANES(tail));
}

/* One vector of every product. What there is less of, rows or columns, stays in registers; the
 * others come one at a time. */
static inline __attribute__((always_inline)) void NAME(k_step)(
    VEC (*sum)[TILE_K_COLUMNS], const ELEM *const *a, const ELEM *const *b, const int rows,
    const int columns, const enum tile_step step, int64_t tail) {
    const bool swap = columns > rows;
    const ELEM *const *outer = swap ? b : a, *const *inner = swap ? a : b;
    const int n_outer = swap ? columns : rows, n_inner = swap ? rows : columns;
    VEC held[TILE_K_COLUMNS];
    for (int j = 0; j < n_inner; j++) held[j] = NAME(k_load)(inner[j], step, tail);
    for (int i = 0; i < n_outer; i++) {
        const VEC x = NAME(k_load)(outer[i], step, tail);
        for (int j = 0; j < n_inner; j++) {
            VEC *s = swap ? &sum[j][i] : &sum[i][j];
            *s = FMA(x, held[j], *s);
        }
    }
}

static inline __attribute__((always_inline)) void NAME(k_body)(const struct tile *t, int64_t first,
                                                               const int rows, const int columns) {
    VEC sum[MOST_CASES][TILE_K_COLUMNS];
    const int64_t whole = t->depth / LANES * LANES;
    const int64_t tail = t->depth - whole;
    for (int m = 0; m < rows; m++)
        for (int j = 0; j < columns; j++) sum[m][j] = ZERO();
    for (int64_t r = 0; r < t->n_taps; r++) {
        const ELEM *a[MOST_CASES], *b[TILE_K_COLUMNS];
        for (int m = 0; m < rows; m++)
            a[m] = (const ELEM *)t->a + t->taps[r].a + t->a_row[first + m];
        for (int j = 0; j < columns; j++)
            b[j] = (const ELEM *)t->b + t->taps[r].b + j * t->b_step;
        for (int64_t k = 0; k < whole; k += LANES) {
            NAME(k_step)(sum, a, b, rows, columns, STEP_WHOLE, tail);
            for (int m = 0; m < rows; m++) a[m] += LANES;
            for (int j = 0; j < columns; j++) b[j] += LANES;
        }
        if (tail == 0) continue;
        if (whole > 0)
            NAME(k_step)(sum, a, b, rows, columns, STEP_LAST, tail);
        else
            NAME(k_step)(sum, a, b, rows, columns, STEP_FIRST, tail);
    }
    for (int m = 0; m < rows; m++)
        for (int j = 0; j < columns; j++) {
            ELEM *c = (ELEM *)t->c + t->c_row[first + m] + j * t->c_step;
            *c = t->accumulate ? *c + SUM(sum[m][j]) : SUM(sum[m][j]);
        }
}

static inline __attribute__((always_inline)) void NAME(k_run)(const struct tile *t,
                                                              const int columns) {
    const int most = MOST_K_ROWS(columns);
    int64_t tiles = (t->rows + most - 1) / most;
    for (int64_t first = 0; tiles > 0; tiles--) {
        int64_t rows = (t->rows - first + tiles - 1) / tiles;
        switch (rows) {
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        if (n <= most) NAME(k_body)(t, first, n <= most ? n : 1, columns);                         \
        break;
            CASE(1)
            CASE(2)
            CASE(3)
            CASE(4)
            CASE(5)
            CASE(6)
            CASE(7)
            CASE(8)
#undef CASE
        }
        first += rows;
    }
}

static void NAME(k1)(const struct tile *t) { NAME(k_run)(t, 1); }
static void NAME(k2)(const struct tile *t) { NAME(k_run)(t, 2); }
static void NAME(k3)(const struct tile *t) { NAME(k_run)(t, 3); }
static void NAME(k4)(const struct tile *t) { NAME(k_run)(t, 4); }
