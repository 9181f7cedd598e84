/* SPDX-License-Identifier: Apache-2.0 */
/* Template of windows that slide, on rows of the working type (van Herk, Gil and Werman). Of the
 * rows of a window, those before a pivot are kept as suffixes, those after it as one prefix.
 * `sweep` does the last step alone, on long rows: prefix[i] takes x[i] in, and to[i] = the fold
 * of suffix[i] and prefix[i]. `slide` does all of it for short rows, as struct fold_slide says; a
 * block of lanes at a time, so that suffixes stay in the nearest cache. Parameters: NAME, WORK,
 * OP(a, x). */

FOLD_INLINE void NAME_OF(NAME, sweep_n)(void *to_row, const void *suffix_row, void *prefix_row,
                                        const void *x_row, const int64_t n) {
    WORK *to = to_row, *prefix = prefix_row;
    const WORK *suffix = suffix_row, *x = x_row;
    FOLD_INDEPENDENT
    for (int64_t i = 0; i < n; i++) {
        WORK acc = OP(prefix[i], x[i]);
        prefix[i] = acc;
        to[i] = OP(suffix[i], acc);
    }
}

static void NAME_OF(NAME, sweep)(void *to, const void *suffix, void *prefix, const void *x,
                                 int64_t n) {
    NAME_OF(NAME, sweep_n)(to, suffix, prefix, x, n);
}

/* Suffixes of rows a to b - 1, the first of them at room. */
FOLD_INLINE void NAME_OF(NAME, suffixes)(WORK *room, const WORK *x, int64_t step, int64_t count,
                                         const int64_t n) {
    const WORK *from = x + (count - 1) * step;
    WORK *to = room + (count - 1) * n;
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
    for (int64_t k = count - 2; k >= 0; k--) {
        from -= step, to -= n;
        FOLD_INDEPENDENT
        for (int64_t i = 0; i < n; i++) to[i] = OP(from[i], to[n + i]);
    }
}

FOLD_INLINE void NAME_OF(NAME, slide_block)(WORK *to, const WORK *x, WORK *room,
                                            const struct fold_slide *g, const int64_t n) {
    WORK prefix[FOLD_BLOCK / sizeof(WORK)];
    memset(prefix, 0, sizeof prefix);
    int64_t start = 0, pivot = INT64_MIN, filled = 0;
    for (int64_t p = 0; p < g->out; p++, to += g->to_step) {
        int64_t first = g->first + p * g->stride, a = lax_i_max(first, 0);
        int64_t b = lax_i_min(first + g->size, g->in);
        if (a >= pivot) {
            NAME_OF(NAME, suffixes)(room, x + a * g->x_step, g->x_step, b - a, n);
            start = a, pivot = filled = b;
        }
        const WORK *suffix = room + (a - start) * n;
        if (filled == pivot && filled < b) {
            for (int64_t i = 0; i < n; i++) prefix[i] = x[filled * g->x_step + i];
            filled++;
        }
        if (filled == b - 1) {
            NAME_OF(NAME, sweep_n)(to, suffix, prefix, x + filled++ * g->x_step, n);
            continue;
        }
        for (; filled < b; filled++) {
            const WORK *from = x + filled * g->x_step;
            FOLD_INDEPENDENT
            for (int64_t i = 0; i < n; i++) prefix[i] = OP(prefix[i], from[i]);
        }
        if (b == pivot) {
            for (int64_t i = 0; i < n; i++) to[i] = suffix[i];
            continue;
        }
        FOLD_INDEPENDENT
        for (int64_t i = 0; i < n; i++) to[i] = OP(suffix[i], prefix[i]);
    }
}

static void NAME_OF(NAME, slide)(void *to, const void *x, void *room, const struct fold_slide *g) {
    const int64_t block = FOLD_BLOCK / sizeof(WORK);
    int64_t i = 0;
    for (; i + block <= g->lanes; i += block)
        NAME_OF(NAME, slide_block)((WORK *)to + i, (const WORK *)x + i, room, g, block);
    if (i < g->lanes)
        NAME_OF(NAME, slide_block)((WORK *)to + i, (const WORK *)x + i, room, g, g->lanes - i);
}
