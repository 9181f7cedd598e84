/* SPDX-License-Identifier: Apache-2.0 */
/* Template of whole windows of elements in registers: to[p, i] = the fold of all rows and columns,
 * as struct fold_box says. Rows of a column first, then columns, in every function here, so that
 * which of them computed an output does not change its roundings. Parameters: NAME; ELEM and WORK,
 * types of elements and of the working form; BOX_VECTORS, as many accumulators as registers allow
 * beside each other; SIZE, bits of a lane at work; BOX_READ and BOX_WRITE(to, v, work). Functions
 * of accumulators: start(x), join(acc, acc), end(acc, work). Unless BOX_CALM, all elements are
 * looked at: calm(), look(watch, x, y), spoiled(watch), and then again(box, at, lanes) instead. */

#define BOX_STEP (int64_t)(sizeof(FOLD_VECTOR) * 8 / SIZE) /* elements of a vector */

FOLD_INLINE char *NAME_OF(NAME, place)(void *to, int64_t at, bool work) {
    return (char *)to + at * (int64_t)(work ? sizeof(WORK) : sizeof(ELEM));
}

/* n elements where a vector has more. */
FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, part)(const ELEM *from, int64_t n) {
    ELEM lanes[sizeof(FOLD_VECTOR)] = {0};
    memcpy(lanes, from, (size_t)n * sizeof(ELEM));
    return BOX_READ(lanes);
}

#ifdef BOX_CALM
struct NAME_OF(NAME, watch) {
    char nothing;
};

FOLD_INLINE struct NAME_OF(NAME, watch) NAME_OF(NAME, calm)(void) {
    return (struct NAME_OF(NAME, watch)){0};
}

FOLD_INLINE void NAME_OF(NAME, look)(struct NAME_OF(NAME, watch) * watch, FOLD_VECTOR x,
                                     FOLD_VECTOR y) {
    (void)watch, (void)x, (void)y;
}

FOLD_INLINE bool NAME_OF(NAME, spoiled)(const struct NAME_OF(NAME, watch) * watch,
                                        const struct NAME_OF(NAME, acc) * all, const int vectors) {
    (void)watch, (void)all, (void)vectors;
    return false;
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, again)(const struct fold_box *b, int64_t at, int64_t lanes) {
    (void)b, (void)at, (void)lanes;
    return FOLD_ALL(SIZE, 0);
}
#endif

/* Some vectors of results: where their first element is from every row's pointer on, and where they
 * go. Of a single one n lanes where n > 0. */
struct NAME_OF(NAME, some) {
    int64_t at[BOX_VECTORS], to[BOX_VECTORS], n;
};

/* `vectors` of a row into accumulators, the first of them or more. */
FOLD_INLINE void NAME_OF(NAME, row)(struct NAME_OF(NAME, acc) * acc,
                                    struct NAME_OF(NAME, watch) * watch, const ELEM *row,
                                    const int vectors, const bool first,
                                    const struct NAME_OF(NAME, some) * some) {
    FOLD_VECTOR before = FOLD_ALL(SIZE, 0);
    for (int k = 0; k < vectors; k++) {
        const ELEM *from = row + some->at[k];
        FOLD_VECTOR x = some->n > 0 ? NAME_OF(NAME, part)(from, some->n) : BOX_READ(from);
        struct NAME_OF(NAME, acc) one = NAME_OF(NAME, start)(x);
        acc[k] = first ? one : NAME_OF(NAME, join)(acc[k], one);
        if (k % 2 == 1) NAME_OF(NAME, look)(watch + k / 2 % 2, before, x);
        if (k % 2 == 0 && k == vectors - 1) NAME_OF(NAME, look)(watch + k / 2 % 2, x, x);
        before = x;
    }
}

/* A column, `step` from the first. */
FOLD_INLINE void NAME_OF(NAME, column)(const struct fold_box *b, int64_t step,
                                       struct NAME_OF(NAME, acc) * to,
                                       struct NAME_OF(NAME, watch) * watch, const int vectors,
                                       const struct NAME_OF(NAME, some) * some) {
    NAME_OF(NAME, row)(to, watch, (const ELEM *)b->rows[0] + step, vectors, true, some);
    for (int r = 1; r < b->n_rows; r++)
        NAME_OF(NAME, row)(to, watch, (const ELEM *)b->rows[r] + step, vectors, false, some);
}

FOLD_INLINE void NAME_OF(NAME, windows)(const struct fold_box *b, void *to, const int vectors,
                                        const struct NAME_OF(NAME, some) * some) {
    struct NAME_OF(NAME, acc) all[BOX_VECTORS], column[BOX_VECTORS];
    struct NAME_OF(NAME, watch) watch[2] = {NAME_OF(NAME, calm)(), NAME_OF(NAME, calm)()};
    NAME_OF(NAME, column)(b, 0, all, watch, vectors, some);
    for (int64_t c = 1; c < b->cols; c++) {
        NAME_OF(NAME, column)(b, c * b->col_step, column, watch, vectors, some);
        for (int v = 0; v < vectors; v++) all[v] = NAME_OF(NAME, join)(all[v], column[v]);
    }
    bool spoiled = NAME_OF(NAME, spoiled)(watch, all, vectors);
    for (int v = 0; v < vectors; v++) {
        FOLD_VECTOR x = NAME_OF(NAME, end)(all[v], b->work);
        if (spoiled) x = NAME_OF(NAME, again)(b, some->at[v], some->n);
        BOX_WRITE(NAME_OF(NAME, place)(to, some->to[v], b->work), x, b->work);
    }
}

/* The next vector of a pixel or of the next one. The last of a pixel ends with the row: some lanes
 * are done twice. */
struct NAME_OF(NAME, cursor) {
    int64_t at, to, i;
};

FOLD_INLINE void NAME_OF(NAME, next)(const struct fold_box *b, struct NAME_OF(NAME, cursor) * c,
                                     struct NAME_OF(NAME, some) * some, int k) {
    int64_t i = c->i < b->lanes - BOX_STEP ? c->i : b->lanes - BOX_STEP;
    some->at[k] = c->at + i, some->to[k] = c->to + i;
    c->i += BOX_STEP;
    if (c->i < b->lanes) return;
    c->at += b->in_step, c->to += b->out_step, c->i = 0;
}

/* Short rows of several pixels are taken together. */
static void NAME_OF(NAME, rows)(const struct fold_box *b, void *to) {
    struct NAME_OF(NAME, cursor) c = {0, 0, 0};
    struct NAME_OF(NAME, some) some = {.n = 0};
    int64_t left = (b->lanes + BOX_STEP - 1) / BOX_STEP * b->pixels;
    for (; left >= BOX_VECTORS; left -= BOX_VECTORS) {
        for (int k = 0; k < BOX_VECTORS; k++) NAME_OF(NAME, next)(b, &c, &some, k);
        NAME_OF(NAME, windows)(b, to, BOX_VECTORS, &some);
    }
    for (; left >= 2; left -= 2) {
        for (int k = 0; k < 2; k++) NAME_OF(NAME, next)(b, &c, &some, k);
        NAME_OF(NAME, windows)(b, to, 2, &some);
    }
    if (left == 0) return;
    NAME_OF(NAME, next)(b, &c, &some, 0);
    NAME_OF(NAME, windows)(b, to, 1, &some);
}

/* Fewer lanes than a vector has. */
static void NAME_OF(NAME, narrow)(const struct fold_box *b, void *to, int64_t p) {
    struct NAME_OF(NAME, some) some = {.at = {p * b->in_step}, .n = b->lanes};
    char results[2 * sizeof(FOLD_VECTOR)];
    NAME_OF(NAME, windows)(b, results, 1, &some);
    memcpy(NAME_OF(NAME, place)(to, p * b->out_step, b->work), results,
           (size_t)b->lanes * (b->work ? sizeof(WORK) : sizeof(ELEM)));
}

static void NAME(void *to, const struct fold_box *b) {
    if (b->lanes >= BOX_STEP) {
        NAME_OF(NAME, rows)(b, to);
        return;
    }
    for (int64_t p = 0; p < b->pixels && b->lanes > 0; p++) NAME_OF(NAME, narrow)(b, to, p);
}

#undef BOX_STEP
#undef BOX_READ
#undef BOX_WRITE
#undef BOX_VECTORS
#undef BOX_CALM
#undef NAME
#undef ELEM
#undef WORK
#undef SIZE
