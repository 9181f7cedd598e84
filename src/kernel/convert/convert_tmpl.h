/* SPDX-License-Identifier: Apache-2.0 */
/* One conversion. Parameters: SRC and DST words of types.def, KIND of the source's reader, and the
 * C types SRC_TYPE, DST_TYPE. DST is consumed, the others stay for the next. */

static void WORDS(convert, SRC, DST)(void *dst, int64_t dst_stride, const void *src,
                                     int64_t src_stride, int64_t n) {
    DST_TYPE *d = dst;
    const SRC_TYPE *s = src;
    if (dst_stride == 1 && src_stride == 1) {
        for (int64_t i = 0; i < n; i++) d[i] = WORDS(DST, from, KIND)(WORD(value, SRC)(s[i]));
        return;
    }
    for (int64_t i = 0; i < n; i++)
        d[i * dst_stride] = WORDS(DST, from, KIND)(WORD(value, SRC)(s[i * src_stride]));
}

#undef DST
#undef DST_TYPE
