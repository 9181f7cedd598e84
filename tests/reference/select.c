/* SPDX-License-Identifier: Apache-2.0 */
/* select_and_scatter and select_and_gather_add. */
#include "reference/reference.h"

#include <math.h>

/* The element that a window picks, scanning in row-major order; -1 when it has none. */
static int64_t picked(const struct ref_window *w, const int64_t *position, lax_select select,
                      const struct ref_array *operand) {
    int64_t strides[LAX_MAX_RANK], tap[LAX_MAX_RANK] = {0}, best = -1;
    ref_row_major(w->n, w->in, strides);
    do {
        int64_t offset = 0, at;
        bool inside = true;
        for (int32_t d = 0; d < w->n && inside; d++) {
            inside = ref_tap(w, d, position[d], tap[d], &at);
            if (inside) offset += at * strides[d];
        }
        if (!inside) continue;
        if (best < 0 || !ref_select(select, operand->dtype, operand->v[best], operand->v[offset])) {
            best = offset;
        }
    } while (ref_next(w->n, w->size, tap));
    return best;
}

struct ref_array ref_select_and_scatter(const struct ref_window *w, lax_select select,
                                        lax_reducer_kind scatter, const struct ref_array *operand,
                                        const struct ref_array *source, struct ref_value init) {
    struct ref_array out = ref_array_sums(operand->dtype, w->n, w->in);
    int64_t position[LAX_MAX_RANK] = {0};
    out.accumulate = out.dtype;
    if (scatter != LAX_ADD) {
        out.match = REF_EXACT;
        out.signed_zero = scatter == LAX_MAX || scatter == LAX_MIN;
    }
    for (int64_t i = 0; i < out.n; i++) {
        out.v[i] = init;
        out.scale[i] = ref_magnitude(out.dtype, init);
    }
    for (int64_t i = 0; i < source->n; i++) {
        int64_t at = picked(w, position, select, operand);
        if (at >= 0) {
            out.v[at] = ref_fold(scatter, out.dtype, out.v[at], source->v[i]);
            out.scale[at] += ref_magnitude(out.dtype, source->v[i]);
            if (++out.terms[at] > out.k) out.k = out.terms[at];
        }
        ref_next(w->n, w->out, position);
    }
    return out;
}

/* Folds a window of (key, value) pairs from (identity, 0). */
static struct ref_value gathered(const struct ref_window *w, const int64_t *position,
                                 lax_select select, const struct ref_array *tangents,
                                 const struct ref_array *operand) {
    int64_t strides[LAX_MAX_RANK], tap[LAX_MAX_RANK] = {0};
    struct ref_value value = {0, 0, 0};
    struct ref_value key = ref_identity(select == LAX_GE ? LAX_MAX : LAX_MIN, operand->dtype);
    ref_row_major(w->n, w->in, strides);
    do {
        int64_t offset = 0, at;
        bool inside = true;
        for (int32_t d = 0; d < w->n && inside; d++) {
            inside = ref_tap(w, d, position[d], tap[d], &at);
            if (inside) offset += at * strides[d];
        }
        if (!inside || ref_select(select, operand->dtype, key, operand->v[offset])) continue;
        key = operand->v[offset];
        value = tangents->v[offset];
    } while (ref_next(w->n, w->size, tap));
    return value;
}

struct ref_array ref_select_and_gather_add(const struct ref_window *w, lax_select select,
                                           const struct ref_array *tangents,
                                           const struct ref_array *operand) {
    struct ref_array out = ref_array_new(tangents->dtype, w->n, w->out);
    int64_t position[LAX_MAX_RANK] = {0};
    for (int64_t i = 0; i < out.n; i++) {
        out.v[i] = gathered(w, position, select, tangents, operand);
        ref_next(w->n, w->out, position);
    }
    return out;
}
