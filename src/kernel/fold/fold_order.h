/* SPDX-License-Identifier: Apache-2.0 */
/* Template of max or min of floats without a step that brings them in order first. Bits compared
 * as signed integers order the floats without a sign, and backwards those with one. So the largest
 * and the smallest signed number and the largest unsigned one of the bits tell everything: three
 * instructions an element, exact, with NaN and -0. Where the instruction set has the floats, they
 * do the same faster. Parameters: NAME, BITS and UBITS (integers of
 * the float's size), SIZE (their bits), INFINITE (bits of infinity), QUIET (bits of the NaN that
 * wins), MAXIMUM (1 or 0), ORDERED (1: results in working form, 0: floats). */

/* What the three say of one lane. */
static inline BITS NAME_OF(NAME, one)(BITS high, BITS low, UBITS most) {
    const BITS sign = (BITS)((UBITS)1 << (SIZE - 1));
    BITS first = MAXIMUM ? (high < 0 ? low : high) : (low < 0 ? (BITS)most : low);
    if (high > INFINITE || most > (UBITS)(INFINITE | sign)) first = QUIET;
    return ORDERED && first < 0 ? (BITS)(first ^ (BITS)~sign) : first;
}

FOLD_INLINE BITS NAME_OF(NAME, lane)(const BITS *const *from, const int n, int64_t i) {
    BITS high = from[0][i], low = high;
    UBITS most = (UBITS)high;
    for (int t = 1; t < n; t++) {
        BITS x = from[t][i];
        high = high > x ? high : x;
        low = low < x ? low : x;
        most = most > (UBITS)x ? most : (UBITS)x;
    }
    return NAME_OF(NAME, one)(high, low, most);
}

#ifdef FOLD_VECTOR
FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, ordered)(FOLD_VECTOR v) {
    const BITS magnitude = (BITS)((UBITS) ~(UBITS)0 >> 1);
    if (!ORDERED) return v;
    FOLD_VECTOR turned = FOLD_XOR(v, NAME_OF_SIZE(FOLD_ALL, SIZE)(magnitude));
    return NAME_OF_SIZE(pick, SIZE)(NAME_OF_SIZE(FOLD_ALL, SIZE)(0), v, turned, v);
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, bits)(const BITS *const *from, const int n, int64_t i) {
    const BITS magnitude = (BITS)((UBITS) ~(UBITS)0 >> 1);
    const FOLD_VECTOR zero = NAME_OF_SIZE(FOLD_ALL, SIZE)(0);
    const FOLD_VECTOR infinite = NAME_OF_SIZE(FOLD_ALL, SIZE)(INFINITE);
    const FOLD_VECTOR quiet = NAME_OF_SIZE(FOLD_ALL, SIZE)(QUIET);
    FOLD_VECTOR high = FOLD_READ(from[0] + i), low = high, most = high;
    for (int t = 1; t < n; t++) {
        FOLD_VECTOR x = FOLD_READ(from[t] + i);
        high = NAME_OF_SIZE(high, SIZE)(high, x);
        low = NAME_OF_SIZE(low, SIZE)(low, x);
        most = NAME_OF_SIZE(most, SIZE)(most, x);
    }
    FOLD_VECTOR first = MAXIMUM ? NAME_OF_SIZE(pick, SIZE)(zero, high, low, high)
                                : NAME_OF_SIZE(pick, SIZE)(zero, low, most, low);
    FOLD_VECTOR flipped = FOLD_XOR(most, NAME_OF_SIZE(FOLD_ALL, SIZE)((BITS)~magnitude));
    first = NAME_OF_SIZE(pick, SIZE)(high, infinite, quiet, first);
    first = NAME_OF_SIZE(pick, SIZE)(flipped, infinite, quiet, first);
    return NAME_OF(NAME, ordered)(first);
}

#if SIZE == 16
#define FOLD_WINNER NAME_OF(NAME, bits)
#else
static __attribute__((noinline)) FOLD_VECTOR NAME_OF(NAME, seldom)(const BITS *const *from, int n,
                                                                   int64_t i) {
    return NAME_OF(NAME, bits)(from, n, i);
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, better)(FOLD_VECTOR a, FOLD_VECTOR b) {
    return MAXIMUM ? NAME_OF_SIZE(greater, SIZE)(a, b) : NAME_OF_SIZE(less, SIZE)(a, b);
}

/* The float instructions are right but for NaN and the sign of zeros. The latter is found in the
 * signs of all elements; a NaN in the sum of all, which also is one where infinities meet: then,
 * which is seldom, the bits decide. Such instructions go to different ports. Many rows of f32 were
 * slower so when they came from memory. */
FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, floats)(const BITS *const *from, const int n, int64_t i) {
    const BITS sign = (BITS)((UBITS)1 << (SIZE - 1));
    if (SIZE == 32 && n > 4) return NAME_OF(NAME, bits)(from, n, i);
    FOLD_VECTOR first[2], signs[2], sum[2]; /* of even and odd rows: shorter chains */
    for (int t = 0; t < 2; t++) first[t] = signs[t] = sum[t] = FOLD_READ(from[t < n ? t : 0] + i);
    for (int t = 2; t < n; t++) {
        FOLD_VECTOR x = FOLD_READ(from[t] + i);
        first[t % 2] = NAME_OF(NAME, better)(x, first[t % 2]);
        signs[t % 2] = MAXIMUM ? FOLD_AND(signs[t % 2], x) : FOLD_OR(signs[t % 2], x);
        sum[t % 2] = NAME_OF_SIZE(sum, SIZE)(sum[t % 2], x);
    }
    first[0] = NAME_OF(NAME, better)(first[1], first[0]);
    signs[0] = MAXIMUM ? FOLD_AND(signs[0], signs[1]) : FOLD_OR(signs[0], signs[1]);
    if (NAME_OF_SIZE(unordered, SIZE)(NAME_OF_SIZE(sum, SIZE)(sum[0], sum[1]))) {
        const BITS *rows[9]; /* a copy, so that addresses stay in registers */
        for (int t = 0; t < n; t++) rows[t] = from[t];
        return NAME_OF(NAME, seldom)(rows, n, i);
    }
    signs[0] = FOLD_AND(signs[0], NAME_OF_SIZE(FOLD_ALL, SIZE)(sign));
    return NAME_OF(NAME, ordered)(NAME_OF_SIZE(zero, SIZE)(first[0], signs[0]));
}
#define FOLD_WINNER NAME_OF(NAME, floats)
#endif
#endif

FOLD_SHORT void NAME_OF(NAME, short)(BITS *to, const BITS *const *from, const int n,
                                     const bool more, int64_t lanes) {
    for (int64_t i = 0; i < lanes; i++) {
        BITS x = NAME_OF(NAME, lane)(from, n, i);
        if (more && MAXIMUM) x = x > to[i] ? x : to[i];
        if (more && !MAXIMUM) x = x < to[i] ? x : to[i];
        to[i] = x;
    }
}

/* The last vector begins where it ends with the row, so that some lanes are done twice: that
 * changes nothing. */
FOLD_INLINE void NAME_OF(NAME, row)(BITS *to, const BITS *const *from, const int n, const bool more,
                                    int64_t lanes) {
    int64_t done = 0;
#ifdef FOLD_VECTOR
    const int64_t width = (int64_t)(sizeof(FOLD_VECTOR) / sizeof(BITS));
    for (; lanes >= width && done < lanes; done += width) {
        int64_t at = done + width <= lanes ? done : lanes - width;
        FOLD_VECTOR v = FOLD_WINNER(from, n, at);
        if (more && MAXIMUM) v = NAME_OF_SIZE(high, SIZE)(v, FOLD_READ(to + at));
        if (more && !MAXIMUM) v = NAME_OF_SIZE(low, SIZE)(v, FOLD_READ(to + at));
        FOLD_WRITE(to + at, v);
    }
#endif
    if (done == 0) NAME_OF(NAME, short)(to, from, n, more, lanes);
}

FOLD_INLINE void NAME_OF(NAME, n)(BITS *to, const void *const *rows, const int n, const bool more,
                                  const struct fold_span *span) {
    const BITS *from[9];
    for (int t = 0; t < n; t++) from[t] = rows[t];
    for (int64_t p = 0; p < span->pixels; p++) {
        NAME_OF(NAME, row)(to, from, n, more, span->lanes);
        for (int t = 0; t < n; t++) from[t] += span->in_step;
        to += span->out_step;
    }
}

#undef FOLD_WINNER

#include "kernel/fold/fold_counts.h"
