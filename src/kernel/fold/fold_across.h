/* SPDX-License-Identifier: Apache-2.0 */
/* Template of windows along a line in working form, as struct fold_across says, with results as
 * elements. Some vectors of results beside each other, so that any number of elements a window
 * takes a short loop. Every second result: all of them are folded, and half of the lanes kept,
 * which costs less than parting the line first. Parameters: NAME, ELEM, WORK, SIZE (bits of WORK),
 * ACROSS_OP(a, x), ACROSS_WRITE(to, v), which makes elements of a vector. */

#define ACROSS_STEP (int64_t)(sizeof(FOLD_VECTOR) / sizeof(WORK))

FOLD_INLINE void NAME_OF(NAME, windows)(const struct fold_across *a, const WORK *from,
                                        FOLD_VECTOR *v, const int vectors) {
    for (int k = 0; k < vectors; k++) v[k] = fold_read(from + k * ACROSS_STEP);
    for (int64_t t = 1; t < a->taps; t++) {
        from += a->tap_step;
        for (int k = 0; k < vectors; k++)
            v[k] = (FOLD_VECTOR)ACROSS_OP(v[k], fold_read(from + k * ACROSS_STEP));
    }
}

/* A vector of results. */
FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, one)(const struct fold_across *a, const WORK *from) {
    FOLD_VECTOR v[2];
    if (a->skip == 1) {
        NAME_OF(NAME, windows)(a, from, v, 1);
        return v[0];
    }
    NAME_OF(NAME, windows)(a, from, v, 2);
    return NAME_OF_SIZE(evens, SIZE)(v[0], v[1]);
}

static void NAME_OF(NAME, row)(const struct fold_across *a, ELEM *to, const WORK *from) {
    int64_t i = 0, n = a->lanes;
    FOLD_VECTOR v[4];
    if (n < ACROSS_STEP) {
        ELEM lanes[sizeof(FOLD_VECTOR)];
        ACROSS_WRITE(lanes, NAME_OF(NAME, one)(a, from));
        memcpy(to, lanes, (size_t)n * sizeof(ELEM));
        return;
    }
    for (; a->skip == 1 && i + 4 * ACROSS_STEP <= n; i += 4 * ACROSS_STEP) {
        NAME_OF(NAME, windows)(a, from + i, v, 4);
        for (int k = 0; k < 4; k++) ACROSS_WRITE(to + i + k * ACROSS_STEP, v[k]);
    }
    for (; i + 2 * ACROSS_STEP <= n; i += 2 * ACROSS_STEP) {
        if (a->skip == 1) {
            NAME_OF(NAME, windows)(a, from + i, v, 2);
        } else {
            NAME_OF(NAME, windows)(a, from + 2 * i, v, 4);
            v[0] = NAME_OF_SIZE(evens, SIZE)(v[0], v[1]);
            v[1] = NAME_OF_SIZE(evens, SIZE)(v[2], v[3]);
        }
        for (int k = 0; k < 2; k++) ACROSS_WRITE(to + i + k * ACROSS_STEP, v[k]);
    }
    for (; i < n; i += ACROSS_STEP) {
        i = i < n - ACROSS_STEP ? i : n - ACROSS_STEP;
        ACROSS_WRITE(to + i, NAME_OF(NAME, one)(a, from + i * a->skip));
    }
}

static void NAME(void *to, const void *line, const struct fold_across *a) {
    for (int64_t p = 0; p < a->pixels; p++)
        NAME_OF(NAME, row)(a, (ELEM *)to + p * a->out_step, (const WORK *)line + p * a->in_step);
}

#undef ACROSS_STEP
#undef ACROSS_OP
#undef ACROSS_WRITE
#undef NAME
#undef ELEM
#undef WORK
#undef SIZE
