/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the loop that all folds share: to[p, i] = the fold of n rows, rows[t][p, i], in
 * order of t, after what `to` holds already where `more`. n and more are constants where it is
 * called, so that the loop over t is gone and the loop over lanes becomes vector code. Parameters:
 * NAME, FROM and TO (types of rows), WORK, LOAD(x) to WORK, OP(a, x) on WORK, STORE(a) to TO. A row
 * may be the result itself, lane for lane. */

FOLD_INLINE void NAME_OF(NAME, n)(TO *to, const void *const *rows, const int n, const bool more,
                                  const struct fold_span *span) {
    const int64_t lanes = span->lanes;
    const FROM *from[9];
    for (int t = 0; t < n; t++) from[t] = rows[t];
    for (int64_t p = 0; p < span->pixels; p++) {
        FOLD_INDEPENDENT
        for (int64_t i = 0; i < lanes; i++) {
            WORK acc = LOAD(from[0][i]);
            if (more) acc = OP(AGAIN(to[i]), acc);
            for (int t = 1; t < n; t++) acc = OP(acc, LOAD(from[t][i]));
            to[i] = STORE(acc);
        }
        for (int t = 0; t < n; t++) from[t] += span->in_step;
        to += span->out_step;
    }
}

#include "kernel/fold/fold_counts.h"
