/* SPDX-License-Identifier: Apache-2.0 */
/* Template of max or min of floats without a step that brings them in order first. Bits compared
 * as signed integers order the floats without a sign, and backwards those with one. So the largest
 * and the smallest signed number and the largest unsigned one of the bits tell everything: three
 * instructions an element, exact, with NaN and -0. Parameters: NAME, BITS and UBITS (integers of
 * the float's size), INFINITE (bits of infinity), QUIET (bits of the NaN that wins), MAXIMUM (1 or
 * 0), ORDERED (1: results in working form, 0: floats). */

static inline void NAME_OF(NAME, n)(BITS *to, const void *const *rows, const int n, const bool more,
                                    const struct fold_span *span) {
    const BITS sign = (BITS)((UBITS)1 << (8 * sizeof(BITS) - 1)), magnitude = (BITS)~sign;
    const UBITS below = (UBITS)((UBITS)INFINITE | (UBITS)sign);
    const int64_t lanes = span->lanes;
    const BITS *from[9];
    for (int t = 0; t < n; t++) from[t] = rows[t];
    for (int64_t p = 0; p < span->pixels; p++) {
        FOLD_INDEPENDENT
        for (int64_t i = 0; i < lanes; i++) {
            BITS high = from[0][i], low = high;
            UBITS most = (UBITS)high;
            for (int t = 1; t < n; t++) {
                BITS x = from[t][i];
                high = high > x ? high : x;
                low = low < x ? low : x;
                most = most > (UBITS)x ? most : (UBITS)x;
            }
            BITS first = MAXIMUM ? (high < 0 ? low : high) : (low < 0 ? (BITS)most : low);
            first = high > INFINITE ? QUIET : first;
            first = most > below ? QUIET : first;
            if (ORDERED) first = first < 0 ? (BITS)(first ^ magnitude) : first;
            if (more && MAXIMUM) first = first > to[i] ? first : to[i];
            if (more && !MAXIMUM) first = first < to[i] ? first : to[i];
            to[i] = first;
        }
        for (int t = 0; t < n; t++) from[t] += span->in_step;
        to += span->out_step;
    }
}

#include "kernel/fold/fold_counts.h"
