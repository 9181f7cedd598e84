/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one combine kernel: acc[i] = STEP(acc[i], x[i * x_stride]). Parameters: NAME, the
 * function; STEP(a, x) on two numbers of type ACC; ACC, ELEM and LOAD(x), which reads an ELEM as an
 * ACC. Contiguous elements get a loop of their own so that the compiler can use vectors. */

static void NAME(void *acc_lanes, const void *x_lanes, int64_t x_stride, int64_t n) {
    ACC *restrict acc = acc_lanes;
    const ELEM *restrict x = x_lanes;
    if (x_stride == 1) {
        for (int64_t i = 0; i < n; i++) acc[i] = STEP(acc[i], LOAD(x[i]));
        return;
    }
    for (int64_t i = 0; i < n; i++) acc[i] = STEP(acc[i], LOAD(x[i * x_stride]));
}

#undef NAME
#undef STEP
