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
FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, some)(const ELEM *from, int64_t n) {
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

FOLD_INLINE bool NAME_OF(NAME, spoiled)(struct NAME_OF(NAME, watch) watch) {
    (void)watch;
    return false;
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, again)(const struct fold_box *b, int64_t at, int64_t lanes) {
    (void)b, (void)at, (void)lanes;
    return FOLD_ALL(SIZE, 0);
}
#endif

/* `vectors` of a row into accumulators, the first of them or more; n lanes of a single one where
 * n > 0. */
FOLD_INLINE void NAME_OF(NAME, row)(struct NAME_OF(NAME, acc) * acc,
                                    struct NAME_OF(NAME, watch) * watch, const ELEM *row,
                                    const int vectors, const bool first, int64_t n) {
    FOLD_VECTOR before = FOLD_ALL(SIZE, 0);
    for (int k = 0; k < vectors; k++) {
        const ELEM *from = row + k * BOX_STEP;
        FOLD_VECTOR x = n > 0 ? NAME_OF(NAME, some)(from, n) : BOX_READ(from);
        struct NAME_OF(NAME, acc) one = NAME_OF(NAME, start)(x);
        acc[k] = first ? one : NAME_OF(NAME, join)(acc[k], one);
        if (k % 2 == 1) NAME_OF(NAME, look)(watch + k / 2 % 2, before, x);
        if (k % 2 == 0 && k == vectors - 1) NAME_OF(NAME, look)(watch + k / 2 % 2, x, x);
        before = x;
    }
}

/* A column: `vectors` of an output's lanes, whose first element in row 0 is `at`. */
FOLD_INLINE void NAME_OF(NAME, column)(const struct fold_box *b, int64_t at,
                                       struct NAME_OF(NAME, acc) * to,
                                       struct NAME_OF(NAME, watch) * watch, const int vectors,
                                       int64_t n) {
    NAME_OF(NAME, row)(to, watch, (const ELEM *)b->rows[0] + at, vectors, true, n);
    for (int r = 1; r < b->n_rows; r++)
        NAME_OF(NAME, row)(to, watch, (const ELEM *)b->rows[r] + at, vectors, false, n);
}

/* One output, `vectors` of its lanes. */
FOLD_INLINE void NAME_OF(NAME, one)(const struct fold_box *b, int64_t at, FOLD_VECTOR *to,
                                    const int vectors, int64_t n) {
    struct NAME_OF(NAME, acc) all[BOX_VECTORS], column[BOX_VECTORS];
    struct NAME_OF(NAME, watch) watch[2] = {NAME_OF(NAME, calm)(), NAME_OF(NAME, calm)()};
    NAME_OF(NAME, column)(b, at, all, watch, vectors, n);
    for (int64_t c = 1; c < b->cols; c++) {
        NAME_OF(NAME, column)(b, at + c * b->col_step, column, watch, vectors, n);
        for (int v = 0; v < vectors; v++) all[v] = NAME_OF(NAME, join)(all[v], column[v]);
    }
    bool spoiled = NAME_OF(NAME, spoiled)(watch[0]) || NAME_OF(NAME, spoiled)(watch[1]);
    for (int v = 0; v < vectors; v++) {
        to[v] = NAME_OF(NAME, end)(all[v], b->work);
        if (spoiled) to[v] = NAME_OF(NAME, again)(b, at + v * BOX_STEP, n);
    }
}

FOLD_INLINE void NAME_OF(NAME, lanes)(const struct fold_box *b, int64_t at, char *to,
                                      const int vectors) {
    FOLD_VECTOR v[BOX_VECTORS];
    NAME_OF(NAME, one)(b, at, v, vectors, 0);
    for (int k = 0; k < vectors; k++)
        BOX_WRITE(NAME_OF(NAME, place)(to, k * BOX_STEP, b->work), v[k], b->work);
}

/* The last vector begins where it ends with the row: some lanes are done twice. */
static void NAME_OF(NAME, pixel)(const struct fold_box *b, void *to, int64_t p) {
    int64_t at = p * b->in_step, i = 0;
    char *out = NAME_OF(NAME, place)(to, p * b->out_step, b->work);
    for (; i + BOX_VECTORS * BOX_STEP <= b->lanes; i += BOX_VECTORS * BOX_STEP)
        NAME_OF(NAME, lanes)(b, at + i, NAME_OF(NAME, place)(out, i, b->work), BOX_VECTORS);
    for (; BOX_VECTORS > 2 && i + 2 * BOX_STEP <= b->lanes; i += 2 * BOX_STEP)
        NAME_OF(NAME, lanes)(b, at + i, NAME_OF(NAME, place)(out, i, b->work), 2);
    for (; i < b->lanes; i += BOX_STEP) {
        i = i < b->lanes - BOX_STEP ? i : b->lanes - BOX_STEP;
        NAME_OF(NAME, lanes)(b, at + i, NAME_OF(NAME, place)(out, i, b->work), 1);
    }
}

/* Fewer lanes than a vector has. */
static void NAME_OF(NAME, narrow)(const struct fold_box *b, void *to, int64_t p) {
    FOLD_VECTOR v;
    char lanes[2 * sizeof(FOLD_VECTOR)];
    NAME_OF(NAME, one)(b, p * b->in_step, &v, 1, b->lanes);
    BOX_WRITE(lanes, v, b->work);
    memcpy(NAME_OF(NAME, place)(to, p * b->out_step, b->work), lanes,
           (size_t)b->lanes * (b->work ? sizeof(WORK) : sizeof(ELEM)));
}

static void NAME(void *to, const struct fold_box *b) {
    for (int64_t p = 0; p < b->pixels && b->lanes > 0; p++)
        if (b->lanes < BOX_STEP)
            NAME_OF(NAME, narrow)(b, to, p);
        else
            NAME_OF(NAME, pixel)(b, to, p);
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
