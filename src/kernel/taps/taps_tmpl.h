/* SPDX-License-Identifier: Apache-2.0 */
/* Reference convolution over LAX_TAP_LANES positions, once for each accumulator type.
 * Parameters: NAME of the function, ACC the accumulator, MADD(acc, x, w) the sum with a product. */

static void NAME(void *acc, const void *x, const void *w, const uint8_t *mask, int64_t taps) {
    ACC a[LAX_TAP_LANES];
    memcpy(a, acc, sizeof a);
    for (int64_t k = 0; k < taps; k++) {
        const ACC *xk = (const ACC *)x + k * LAX_TAP_LANES;
        const ACC wk = ((const ACC *)w)[k];
        if (mask == NULL) {
            for (int p = 0; p < LAX_TAP_LANES; p++) a[p] = MADD(a[p], xk[p], wk);
            continue;
        }
        const uint8_t *takes_part = mask + k * LAX_TAP_LANES;
        for (int p = 0; p < LAX_TAP_LANES; p++) a[p] = takes_part[p] ? MADD(a[p], xk[p], wk) : a[p];
    }
    memcpy(acc, a, sizeof a);
}

#undef NAME
#undef ACC
#undef MADD
