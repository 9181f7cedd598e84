/* SPDX-License-Identifier: Apache-2.0 */
/* Template: the move kernels of one element size in plain C. Parameters: NAME(x), ELEM; consumed.
 * Elements may be less aligned than ELEM (a c64 is moved as 8 bytes), so they go by memcpy. */

static inline void NAME(put)(char *dst, int64_t i, const char *src, int64_t k) {
    memcpy(dst + i * (int64_t)sizeof(ELEM), src + k * (int64_t)sizeof(ELEM), sizeof(ELEM));
}

/* Sixteen rows at a time, so that few lines of src are open. */
static void NAME(transpose)(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                            int64_t rows, int64_t columns) {
    for (int64_t first = 0; first < rows; first += 16) {
        int64_t end = first + 16 < rows ? first + 16 : rows;
        for (int64_t c = 0; c < columns; c++)
            for (int64_t r = first; r < end; r++)
                NAME(put)(dst, c * dst_stride + r, src, r * src_stride + c);
    }
}

static void NAME(reverse)(void *dst, const void *src, int64_t n) {
    for (int64_t i = 0; i < n; i++) NAME(put)(dst, i, src, -i);
}

#undef NAME
#undef ELEM
