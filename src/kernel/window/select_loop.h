/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the select kernels of one type: keep[i] = LOAD(a[i]) against LOAD(b[i]). Parameters:
 * SUFFIX of the functions' names, ELEM, LOAD(x). */

static void WINDOW_NAME(ge, SUFFIX)(uint8_t *keep, const void *a_, const void *b_, int64_t n) {
    const ELEM *a = a_, *b = b_;
    for (int64_t i = 0; i < n; i++) keep[i] = LOAD(a[i]) >= LOAD(b[i]);
}

static void WINDOW_NAME(gt, SUFFIX)(uint8_t *keep, const void *a_, const void *b_, int64_t n) {
    const ELEM *a = a_, *b = b_;
    for (int64_t i = 0; i < n; i++) keep[i] = LOAD(a[i]) > LOAD(b[i]);
}

static void WINDOW_NAME(le, SUFFIX)(uint8_t *keep, const void *a_, const void *b_, int64_t n) {
    const ELEM *a = a_, *b = b_;
    for (int64_t i = 0; i < n; i++) keep[i] = LOAD(a[i]) <= LOAD(b[i]);
}

static void WINDOW_NAME(lt, SUFFIX)(uint8_t *keep, const void *a_, const void *b_, int64_t n) {
    const ELEM *a = a_, *b = b_;
    for (int64_t i = 0; i < n; i++) keep[i] = LOAD(a[i]) < LOAD(b[i]);
}

#undef SUFFIX
#undef ELEM
#undef LOAD
