/* SPDX-License-Identifier: Apache-2.0 */
/* Template: a transpose in registers. With L elements a lane and LANES lanes a vector, a block has
 * LANES * L rows and L columns: lane k of vector i holds row k * L + i. log2(L) perfect shuffles
 * within the lanes (each interleaves vector i with vector i + L / 2) turn every lane's square, and
 * vector j then holds column j of all rows. Parameters: NAME(x), SIZE of an element in bytes; of
 * the instruction set: vec, LANES, vec_join, vec_low, vec_high (which interleave), vec_load,
 * vec_store, vec_lane, vec_turn (lanes of LANES vectors), vec_broadcast, vec_shuffle. */

enum { NAME(L) = 16 / SIZE, NAME(ROWS) = LANES * NAME(L) };

static inline lane NAME(load)(const char *p, int columns) {
    return columns == NAME(L) ? lane_load(p) : lane_load_part(p, columns * SIZE);
}

static inline void NAME(shuffle)(vec *v) {
    for (int width = NAME(L); width > 1; width /= 2) {
        vec t[NAME(L)];
        for (int i = 0; i < NAME(L) / 2; i++) {
            t[2 * i] = vec_low(v[i], v[i + NAME(L) / 2], SIZE);
            t[2 * i + 1] = vec_high(v[i], v[i + NAME(L) / 2], SIZE);
        }
        for (int i = 0; i < NAME(L); i++) v[i] = t[i];
    }
}

/* Strides in bytes. `columns` is a constant in the whole blocks. */
static inline __attribute__((always_inline)) void NAME(block)(char *dst, int64_t to,
                                                              const char *src, int64_t from,
                                                              int columns) {
    vec v[NAME(L)];
    for (int i = 0; i < NAME(L); i++) {
        lane part[LANES];
        for (int k = 0; k < LANES; k++)
            part[k] = NAME(load)(src + (k * NAME(L) + i) * from, columns);
        v[i] = vec_join(part);
    }
    NAME(shuffle)(v);
    for (int j = 0; j < NAME(L) && j < columns; j++) vec_store(dst + j * to, v[j]);
}

/* As many columns as rows: whole vectors of them. */
static inline void NAME(whole)(char *dst, int64_t to, const char *src, int64_t from) {
    vec v[NAME(ROWS)];
    for (int i = 0; i < NAME(ROWS); i++) v[i] = vec_load(src + i * from);
    for (int k = 0; k < LANES; k++) NAME(shuffle)(v + k * NAME(L));
    for (int j = 0; j < NAME(L); j++) {
        vec part[LANES];
        for (int k = 0; k < LANES; k++) part[k] = v[k * NAME(L) + j];
        vec_turn(part);
        for (int k = 0; k < LANES; k++) vec_store(dst + (k * NAME(L) + j) * to, part[k]);
    }
}

/* A lane of each of `rows`, neither them nor columns more than L. */
static inline __attribute__((always_inline)) void NAME(square)(char *dst, int64_t to,
                                                               const char *src, int64_t from,
                                                               int rows, int columns) {
    lane v[NAME(L)], t[NAME(L)];
    for (int i = 0; i < NAME(L); i++)
        v[i] = NAME(load)(src + (i < rows ? i : rows - 1) * from, columns);
    for (int width = NAME(L); width > 1; width /= 2) {
        for (int i = 0; i < NAME(L) / 2; i++) {
            t[2 * i] = lane_low(v[i], v[i + NAME(L) / 2], SIZE);
            t[2 * i + 1] = lane_high(v[i], v[i + NAME(L) / 2], SIZE);
        }
        for (int i = 0; i < NAME(L); i++) v[i] = t[i];
    }
    for (int j = 0; j < NAME(L) && j < columns; j++)
        if (rows == NAME(L))
            lane_store(dst + j * to, v[j]);
        else
            lane_store_low(dst + j * to, v[j], rows * SIZE);
}

/* A vector of each of so many rows, no more than a lane has elements: lane k of vector i holds row
 * i, and then lane k of vector j column k * L + j. */
static inline __attribute__((always_inline)) void NAME(across)(char *dst, int64_t to,
                                                               const char *src, int64_t from,
                                                               int rows) {
    vec v[NAME(L)];
    for (int i = 0; i < NAME(L); i++) v[i] = vec_load(src + (i < rows ? i : rows - 1) * from);
    NAME(shuffle)(v);
    for (int k = 0; k < LANES; k++)
        for (int j = 0; j < NAME(L); j++)
            if (rows == NAME(L))
                lane_store(dst + (k * NAME(L) + j) * to, vec_lane(v[j], k));
            else
                lane_store_low(dst + (k * NAME(L) + j) * to, vec_lane(v[j], k), rows * SIZE);
}

/* As many columns as a vector has elements, of fewer rows: the last rows together with some before
 * them once more. */
static void NAME(few)(char *dst, int64_t to, const char *src, int64_t from, int rows) {
    if (rows * SIZE == 4 && SIZE < 4) {
        NAME(across)(dst, to, src, from, 4 / SIZE);
    } else if (rows * SIZE == 8 && SIZE < 8) {
        NAME(across)(dst, to, src, from, 8 / SIZE);
    } else if (rows * SIZE == 12 && SIZE < 8) {
        NAME(across)(dst, to, src, from, 12 / SIZE);
    } else if (rows < NAME(L)) {
        NAME(across)(dst, to, src, from, rows);
    } else {
        for (int r = 0; r < rows; r += NAME(L)) {
            int at = r < rows - NAME(L) ? r : rows - NAME(L);
            NAME(across)(dst + at * SIZE, to, src + at * from, from, NAME(L));
        }
    }
}

/* Fewer rows and columns than a vector has: squares, the last ones with what was moved before once
 * more, if there is as much. */
static void NAME(squares)(char *dst, int64_t to, const char *src, int64_t from, int rows,
                          int columns) {
    int height = rows < NAME(L) ? rows : NAME(L), width = columns < NAME(L) ? columns : NAME(L);
    for (int c = 0; c < columns; c += NAME(L))
        for (int r = 0; r < rows; r += NAME(L)) {
            int64_t x = c < columns - width ? c : columns - width;
            int64_t y = r < rows - height ? r : rows - height;
            char *d = dst + x * to + y * SIZE;
            const char *s = src + y * from + x * SIZE;
            if (height == NAME(L) && width == NAME(L))
                NAME(square)(d, to, s, from, NAME(L), NAME(L));
            else
                NAME(square)(d, to, s, from, height, width);
        }
}

/* Fewer rows than a vector has. */
static void NAME(strip)(char *dst, int64_t to, const char *src, int64_t from, int rows,
                        int64_t columns) {
    if (columns < NAME(ROWS)) {
        NAME(squares)(dst, to, src, from, rows, (int)columns);
        return;
    }
    for (int64_t c = 0; c < columns; c += NAME(ROWS)) {
        int64_t at = c < columns - NAME(ROWS) ? c : columns - NAME(ROWS);
        NAME(few)(dst + at * to, to, src + at * SIZE, from, rows);
    }
}

/* --- few rows or columns of a contiguous matrix: elements are interleaved, or the other way ----
 * P vectors, a power of two, hold the rows; log2(P) perfect shuffles put the P elements of each
 * column side by side, and one shuffle of bytes in each lane drops what is beyond the rows. Back,
 * bytes are spread first and the remaining log2(L) shuffles follow. */

#if SIZE < 8
static inline void NAME(rotate)(vec *v, int n, int times) {
    for (int width = 1; width < times; width *= 2) {
        vec t[4];
        for (int i = 0; i < n / 2; i++) {
            t[2 * i] = vec_low(v[i], v[i + n / 2], SIZE);
            t[2 * i + 1] = vec_high(v[i], v[i + n / 2], SIZE);
        }
        for (int i = 0; i < n; i++) v[i] = t[i];
    }
}

/* Where byte i of a lane comes from when each group of P elements keeps the first `rows`. */
static inline lane NAME(squeeze)(int p, int rows) {
    char order[16];
    int n = 16 / (p * SIZE) * rows * SIZE;
    for (int i = 0; i < 16; i++)
        order[i] = (char)(i < n ? i / (rows * SIZE) * p * SIZE + i % (rows * SIZE) : -1);
    return lane_load(order);
}

/* The other way: each group of `columns` elements gets room for P. */
static inline lane NAME(spread)(int p, int columns) {
    char order[16];
    for (int i = 0; i < 16; i++) {
        int group = i / (p * SIZE), byte = i % (p * SIZE);
        order[i] = (char)(byte < columns * SIZE ? group * columns * SIZE + byte : -1);
    }
    return lane_load(order);
}

/* Few rows into a contiguous result. Lanes are stored in order and whole: what counts too much is
 * written over by the next, and the end is left to the blocks. Returns the columns done. */
static inline __attribute__((always_inline)) int64_t NAME(interleave)(char *dst, const char *src,
                                                                      int64_t stride,
                                                                      const int rows,
                                                                      int64_t columns) {
    const int p = rows > 2 ? 4 : 2, group = NAME(L) / p;
    const vec order = vec_broadcast(NAME(squeeze)(p, rows));
    int64_t c = 0;
    for (; c + NAME(ROWS) + 16 <= columns; c += NAME(ROWS)) {
        vec v[4];
        for (int i = 0; i < p; i++) v[i] = vec_load(src + (i < rows ? i : 0) * stride + c * SIZE);
        NAME(rotate)(v, p, p);
        for (int i = 0; i < p; i++) v[i] = vec_shuffle(v[i], order);
        for (int k = 0; k < LANES; k++)
            for (int i = 0; i < p; i++)
                lane_store(dst + (c + k * NAME(L) + i * group) * rows * SIZE, vec_lane(v[i], k));
    }
    return c;
}

/* A contiguous operand of few columns. Lanes are loaded whole, so that the end is left to the
 * blocks. Returns the rows done. */
static inline __attribute__((always_inline)) int64_t NAME(separate)(char *dst, int64_t stride,
                                                                    const char *src, int64_t rows,
                                                                    const int columns) {
    const int p = columns > 2 ? 4 : 2, group = NAME(L) / p;
    const vec order = vec_broadcast(NAME(spread)(p, columns));
    int64_t r = 0;
    for (; r + NAME(ROWS) + 16 <= rows; r += NAME(ROWS)) {
        vec v[4];
        for (int i = 0; i < p; i++) {
            lane part[LANES];
            for (int k = 0; k < LANES; k++)
                part[k] = lane_load(src + (r + k * NAME(L) + i * group) * columns * SIZE);
            v[i] = vec_shuffle(vec_join(part), order);
        }
        NAME(rotate)(v, p, NAME(L));
        for (int j = 0; j < columns; j++) vec_store(dst + j * stride + r * SIZE, v[j]);
    }
    return r;
}

/* The two with their small number as a constant. */
static int64_t NAME(narrow)(char *dst, int64_t to, const char *src, int64_t from, int64_t rows,
                            int64_t columns) {
    switch (to == rows * SIZE ? rows : 0) {
    case 2: return NAME(interleave)(dst, src, from, 2, columns);
    case 3: return NAME(interleave)(dst, src, from, 3, columns);
    case 4: return NAME(interleave)(dst, src, from, 4, columns);
    default: break;
    }
    switch (from == columns * SIZE ? columns : 0) {
    case 2: return NAME(separate)(dst, to, src, rows, 2);
    case 3: return NAME(separate)(dst, to, src, rows, 3);
    case 4: return NAME(separate)(dst, to, src, rows, 4);
    default: return 0;
    }
}
#else
static int64_t NAME(narrow)(char *dst, int64_t to, const char *src, int64_t from, int64_t rows,
                            int64_t columns) {
    (void)dst, (void)to, (void)src, (void)from, (void)rows, (void)columns;
    return 0;
}
#endif

/* A strip of whole vectors of rows. Rows that are a multiple of half a page apart meet in few sets
 * of the nearest cache, which forget a row's line before the next block wants it: each is read only
 * once then, whole, as far as there are registers for it. */
static void NAME(columns)(char *dst, int64_t to, const char *src, int64_t from, int64_t columns) {
    int64_t c = 0;
    for (; SIZE >= 4 && from % 2048 == 0 && c + NAME(ROWS) <= columns; c += NAME(ROWS))
        NAME(whole)(dst + c * to, to, src + c * SIZE, from);
    for (; c + NAME(L) <= columns; c += NAME(L))
        NAME(block)(dst + c * to, to, src + c * SIZE, from, NAME(L));
    if (c == columns) return;
    if (columns >= NAME(L))
        c = columns - NAME(L);
    else
        NAME(block)(dst, to, src, from, (int)columns);
    if (columns >= NAME(L)) NAME(block)(dst + c * to, to, src + c * SIZE, from, NAME(L));
}

/* Ends that do not fill a block are moved together with some before them once more. */
static void NAME(blocks)(char *dst, int64_t to, const char *src, int64_t from, int64_t rows,
                         int64_t columns) {
    int64_t r = 0;
    for (; r + NAME(ROWS) <= rows; r += NAME(ROWS))
        NAME(columns)(dst + r * SIZE, to, src + r * from, from, columns);
    if (r == rows) return;
    if (r > 0) NAME(columns)
    (dst + (rows - NAME(ROWS)) * SIZE, to, src + (rows - NAME(ROWS)) * from, from, columns);
    else NAME(strip)(dst, to, src, from, (int)rows, columns);
}

static void NAME(transpose)(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                            int64_t rows, int64_t columns) {
    int64_t to = dst_stride * SIZE, from = src_stride * SIZE;
    char *d = dst;
    const char *s = src;
    int64_t done = NAME(narrow)(d, to, s, from, rows, columns);
    if (done > 0 && rows <= 4)
        NAME(blocks)(d + done * to, to, s + done * SIZE, from, rows, columns - done);
    else
        NAME(blocks)(d + done * SIZE, to, s + done * from, from, rows - done, columns);
}

#undef NAME
#undef SIZE
