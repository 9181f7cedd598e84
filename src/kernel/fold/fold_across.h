/* SPDX-License-Identifier: Apache-2.0 */
/* Template of windows along a line in working form, as struct fold_across says, with results as
 * elements. Some vectors of results beside each other, so that any number of elements a window
 * takes a short loop. Every second result: all of them are folded, and half of the lanes kept,
 * which costs less than parting the line first. Parameters: NAME, ELEM, WORK, SIZE (bits of WORK),
 * ACROSS_OP(a, x), ACROSS_WRITE(to, v), which makes elements of a vector. */

#define ACROSS_STEP (int64_t)(sizeof(FOLD_VECTOR) / sizeof(WORK))

/* Where vector k begins; the last one where it ends with the row. */
FOLD_INLINE int64_t NAME_OF(NAME, begin)(int k, const int vectors, int64_t last) {
    return k == vectors - 1 ? last : k * ACROSS_STEP;
}

/* `vectors` of results. */
FOLD_INLINE void NAME_OF(NAME, some)(const struct fold_across *a, ELEM *to, const WORK *from,
                                     const int vectors, const int skip, int64_t last) {
    FOLD_VECTOR v[4];
    int64_t at[4];
    for (int k = 0; k < vectors * skip; k++) {
        at[k] = NAME_OF(NAME, begin)(k / skip, vectors, last) * skip + k % skip * ACROSS_STEP;
        v[k] = fold_read(from + at[k]);
    }
    for (int64_t t = 1; t < a->taps; t++) {
        from += a->tap_step;
        for (int k = 0; k < vectors * skip; k++)
            v[k] = (FOLD_VECTOR)ACROSS_OP(v[k], fold_read(from + at[k]));
    }
    for (int k = 0; k < vectors; k++) {
        FOLD_VECTOR x = skip == 1 ? v[k] : NAME_OF_SIZE(evens, SIZE)(v[k * skip], v[k * skip + 1]);
        ACROSS_WRITE(to + NAME_OF(NAME, begin)(k, vectors, last), x);
    }
}

FOLD_INLINE void NAME_OF(NAME, row)(const struct fold_across *a, ELEM *to, const WORK *from,
                                    const int skip) {
    const int most = 4 / skip;
    int64_t n = a->lanes, i = 0, last = (most - 1) * ACROSS_STEP;
    if (n < ACROSS_STEP) {
        ELEM lanes[sizeof(FOLD_VECTOR)];
        NAME_OF(NAME, some)(a, lanes, from, 1, skip, 0);
        memcpy(to, lanes, (size_t)n * sizeof(ELEM));
        return;
    }
    for (; i + most * ACROSS_STEP <= n; i += most * ACROSS_STEP)
        NAME_OF(NAME, some)(a, to + i, from + i * skip, most, skip, last);
    to += i, from += i * skip, last = n - i - ACROSS_STEP;
    if (n - i > 3 * ACROSS_STEP)
        NAME_OF(NAME, some)(a, to, from, most, skip, last);
    else if (n - i > 2 * ACROSS_STEP)
        NAME_OF(NAME, some)(a, to, from, most - 1, skip, last);
    else if (n - i > ACROSS_STEP)
        NAME_OF(NAME, some)(a, to, from, 2, skip, last);
    else if (n > i)
        NAME_OF(NAME, some)(a, to, from, 1, skip, last);
}

static void NAME(void *to, const void *line, const struct fold_across *a) {
    for (int64_t p = 0; p < a->pixels; p++) {
        ELEM *row = (ELEM *)to + p * a->out_step;
        const WORK *from = (const WORK *)line + p * a->in_step;
        if (a->skip == 1)
            NAME_OF(NAME, row)(a, row, from, 1);
        else
            NAME_OF(NAME, row)(a, row, from, 2);
    }
}

#undef ACROSS_STEP
#undef ACROSS_OP
#undef ACROSS_WRITE
#undef NAME
#undef ELEM
#undef WORK
#undef SIZE
