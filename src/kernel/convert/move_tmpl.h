/* SPDX-License-Identifier: Apache-2.0 */
/* A strided copy of elements of one size. Parameters: NAME, ELEM; both are consumed. */

static void NAME(void *dst, int64_t dst_stride, const void *src, int64_t src_stride, int64_t n) {
    ELEM *d = dst;
    const ELEM *s = src;
    if (dst_stride == 1 && src_stride == 1) {
        memmove(d, s, (size_t)n * sizeof *d);
        return;
    }
    for (int64_t i = 0; i < n; i++) d[i * dst_stride] = s[i * src_stride];
}

#undef NAME
#undef ELEM
