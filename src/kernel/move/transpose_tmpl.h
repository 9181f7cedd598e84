/* SPDX-License-Identifier: Apache-2.0 */
/* Template: a transpose in registers. With L elements a lane and LANES lanes a vector, a block has
 * LANES * L rows and L columns: lane k of vector i holds row k * L + i. log2(L) perfect shuffles
 * within the lanes (each interleaves vector i with vector i + L / 2) turn every lane's square, and
 * vector j then holds column j of all rows. Parameters: NAME(x), SIZE of an element in bytes; of
 * the instruction set: vec, LANES, vec_join, vec_low, vec_high (which interleave), vec_store,
 * vec_store_part. */

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

/* Strides in bytes. `rows` and `columns` are constants in the whole blocks. */
static inline __attribute__((always_inline)) void NAME(block)(char *dst, int64_t dst_stride,
                                                              const char *src, int64_t src_stride,
                                                              int rows, int columns) {
    vec v[NAME(L)];
    for (int i = 0; i < NAME(L); i++) {
        lane part[LANES];
        for (int k = 0; k < LANES; k++) {
            int row = k * NAME(L) + i;
            part[k] =
                row < rows ? NAME(load)(src + row * src_stride, columns) : _mm_setzero_si128();
        }
        v[i] = vec_join(part);
    }
    NAME(shuffle)(v);
    for (int j = 0; j < NAME(L); j++) {
        if (j == columns) break;
        if (rows == NAME(ROWS))
            vec_store(dst + j * dst_stride, v[j]);
        else
            vec_store_part(dst + j * dst_stride, v[j], rows * SIZE);
    }
}

static void NAME(strip)(char *dst, int64_t dst_stride, const char *src, int64_t src_stride,
                        int rows, int64_t columns) {
    for (int64_t c = 0; c < columns; c += NAME(L)) {
        int left = columns - c < NAME(L) ? (int)(columns - c) : NAME(L);
        NAME(block)(dst + c * dst_stride, dst_stride, src + c * SIZE, src_stride, rows, left);
    }
}

static void NAME(transpose)(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                            int64_t rows, int64_t columns) {
    int64_t whole = columns / NAME(L) * NAME(L), to = dst_stride * SIZE, from = src_stride * SIZE;
    for (int64_t r = 0; r < rows; r += NAME(ROWS)) {
        char *d = (char *)dst + r * SIZE;
        const char *s = (const char *)src + r * from;
        if (rows - r < NAME(ROWS)) {
            NAME(strip)(d, to, s, from, (int)(rows - r), columns);
            break;
        }
        for (int64_t c = 0; c < whole; c += NAME(L))
            NAME(block)(d + c * to, to, s + c * SIZE, from, NAME(ROWS), NAME(L));
        if (whole < columns)
            NAME(block)
            (d + whole * to, to, s + whole * SIZE, from, NAME(ROWS), (int)(columns - whole));
    }
}

#undef NAME
#undef SIZE
