/* SPDX-License-Identifier: Apache-2.0 */
/* Template of a scan along a contiguous row: to[i] = OP(carry, from[0], ..., from[i]); carry
 * becomes to[n - 1]. A running value alone waits for each step before the next, so blocks are cut
 * into CHAINS parts: one pass folds each part, a second one runs in all parts at once, each from
 * what lies before it. to may be from. Parameters: NAME, WORK, OP(a, x). */

static void NAME(void *to_lanes, const void *from_lanes, int64_t n, void *carry) {
    enum { CHAINS = 8, LENGTH = 32, BLOCK = CHAINS * LENGTH };
    WORK *to = to_lanes, last = *(const WORK *)carry;
    const WORK *from = from_lanes;
    int64_t done = 0;
    for (; done + BLOCK <= n; done += BLOCK, from += BLOCK, to += BLOCK) {
        WORK run[CHAINS], before[CHAINS];
        for (int c = 0; c < CHAINS; c++) run[c] = from[c * LENGTH];
        for (int i = 1; i < LENGTH; i++)
            for (int c = 0; c < CHAINS; c++) run[c] = OP(run[c], from[c * LENGTH + i]);
        before[0] = last;
        for (int c = 1; c < CHAINS; c++) before[c] = OP(before[c - 1], run[c - 1]);
        for (int i = 0; i < LENGTH; i++)
            for (int c = 0; c < CHAINS; c++)
                to[c * LENGTH + i] = before[c] = OP(before[c], from[c * LENGTH + i]);
        last = before[CHAINS - 1];
    }
    for (; done < n; done++, from++) *to++ = last = OP(last, *from);
    *(WORK *)carry = last;
}

#undef NAME
#undef WORK
#undef OP
