/* SPDX-License-Identifier: Apache-2.0 */
/* Template: dst[i] = src[-i]. Parameters as in transpose_tmpl.h, and vec_load, vec_reverse. */

static void NAME(reverse)(void *dst, const void *src, int64_t n) {
    enum { STEP = (int)sizeof(vec) / SIZE };
    char *d = dst;
    const char *s = (const char *)src + SIZE; /* behind the first element */
    int64_t i = 0;
    for (; i + STEP <= n; i += STEP)
        vec_store(d + i * SIZE, vec_reverse(vec_load(s - (i + STEP) * SIZE), SIZE));
    for (; i < n; i++) memcpy(d + i * SIZE, s - (i + 1) * SIZE, SIZE);
}
