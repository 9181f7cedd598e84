/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one reducer on rows of its working type, for steps that take so long that a loop over
 * more than two rows would gain nothing: everything is calls of one loop. What is left of a row
 * beside whole vectors is copied to where there is a vector of it. Parameters: NAME, WORK,
 * OP(a, x), LONG_STEP (lanes of a vector, or 1). `taps`, `sweep` and `slide` as in struct fold. */

FOLD_INLINE void NAME_OF(NAME, n)(WORK *to, const WORK *a, const WORK *x, const int64_t n) {
    FOLD_INDEPENDENT
    for (int64_t i = 0; i < n; i++) to[i] = OP(a[i], x[i]);
}

/* to may be a or x. */
static void NAME_OF(NAME, two)(WORK *to, const WORK *a, const WORK *x, int64_t n) {
    int64_t whole = n / LONG_STEP * LONG_STEP, rest = n - whole;
    NAME_OF(NAME, n)(to, a, x, whole);
    if (rest == 0) return;
    WORK p[LONG_STEP] = {0}, q[LONG_STEP] = {0};
    memcpy(p, a + whole, (size_t)rest * sizeof *p);
    memcpy(q, x + whole, (size_t)rest * sizeof *q);
    NAME_OF(NAME, n)(p, p, q, LONG_STEP);
    memcpy(to + whole, p, (size_t)rest * sizeof *p);
}

/* Pixels that follow each other are one row. */
static void NAME(void *to_rows, const void *const *rows, int k, const struct fold_span *span) {
    int64_t pixels = span->pixels, lanes = span->lanes;
    if (span->in_step == lanes && span->out_step == lanes) lanes *= pixels, pixels = 1;
    for (int64_t p = 0; p < pixels; p++) {
        WORK *to = (WORK *)to_rows + p * span->out_step;
        const WORK *first = (const WORK *)rows[0] + p * span->in_step;
        if (k == 1) memmove(to, first, (size_t)lanes * sizeof *to);
        for (int t = 1; t < k; t++) {
            const WORK *row = (const WORK *)rows[t] + p * span->in_step;
            NAME_OF(NAME, two)(to, t == 1 ? first : to, row, lanes);
        }
    }
}

static void NAME_OF(NAME, sweep)(void *to, const void *suffix, void *prefix, const void *x,
                                 int64_t n) {
    NAME_OF(NAME, two)(prefix, prefix, x, n);
    NAME_OF(NAME, two)(to, suffix, prefix, n);
}

/* Suffixes of `count` rows, the first of them at room. */
static void NAME_OF(NAME, suffixes)(WORK *room, const WORK *x, int64_t step, int64_t count,
                                    int64_t n) {
    const WORK *from = x + (count - 1) * step;
    WORK *to = room + (count - 1) * n;
    memcpy(to, from, (size_t)n * sizeof *to);
    for (int64_t k = count - 2; k >= 0; k--) {
        from -= step, to -= n;
        NAME_OF(NAME, two)(to, from, to + n, n);
    }
}

/* Lanes n of a block, whose prefix is one. */
static void NAME_OF(NAME, slide_block)(WORK *to, const WORK *x, WORK *room,
                                       const struct fold_slide *g, int64_t n) {
    WORK prefix[FOLD_BLOCK / sizeof(WORK)];
    int64_t start = 0, pivot = INT64_MIN, filled = 0;
    for (int64_t p = 0; p < g->out; p++, to += g->to_step) {
        int64_t first = g->first + p * g->stride, a = lax_i_max(first, 0);
        int64_t b = lax_i_min(first + g->size, g->in);
        if (a >= pivot) {
            NAME_OF(NAME, suffixes)(room, x + a * g->x_step, g->x_step, b - a, n);
            start = a, pivot = filled = b;
        }
        for (; filled < b; filled++) {
            const WORK *from = x + filled * g->x_step;
            if (filled == pivot)
                memcpy(prefix, from, (size_t)n * sizeof *to);
            else
                NAME_OF(NAME, two)(prefix, prefix, from, n);
        }
        const WORK *suffix = room + (a - start) * n;
        if (b == pivot)
            memcpy(to, suffix, (size_t)n * sizeof *to);
        else
            NAME_OF(NAME, two)(to, suffix, prefix, n);
    }
}

static void NAME_OF(NAME, slide)(void *to, const void *x, void *room, const struct fold_slide *g) {
    const int64_t block = FOLD_BLOCK / sizeof(WORK);
    for (int64_t i = 0; i < g->lanes; i += block) {
        int64_t n = lax_i_min(block, g->lanes - i);
        NAME_OF(NAME, slide_block)((WORK *)to + i, (const WORK *)x + i, room, g, n);
    }
}

#undef NAME
#undef OP
