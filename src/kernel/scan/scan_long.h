/* SPDX-License-Identifier: Apache-2.0 */
/* Template of a scan along a contiguous row for steps that take so long that they must be done in
 * vectors. A block is cut into CHAINS parts side by side, one a lane; steps go along all parts at
 * once, then what lies before each part is found in steps of 1, 2, 4 ... parts, and comes in last.
 * Short blocks are filled up with the identity. to may be from. Parameters: NAME, WORK, OP(a, x),
 * IDENTITY. */

#ifndef SCAN_LONG
#define SCAN_LONG
enum { CHAINS = 64, CHAIN_LENGTH = 16 };
#endif

/* to[i] = OP(a[i], x[i]); to may be a or x. */
static void NAME_OF(NAME, rows)(WORK *to, const WORK *a, const WORK *x) {
#ifdef __clang__
    _Pragma("clang loop vectorize(assume_safety)")
#else
    _Pragma("GCC ivdep")
#endif
        for (int c = 0; c < CHAINS; c++) to[c] = OP(a[c], x[c]);
}

/* What lies before each part, from `carry` on; carry goes on to the end. */
static void NAME_OF(NAME, before)(WORK *before, const WORK *totals, WORK *carry) {
    WORK sums[2][CHAINS], shifted[CHAINS];
    memcpy(sums[0], totals, sizeof sums[0]);
    int now = 0;
    for (int step = 1; step < CHAINS; step *= 2, now = 1 - now) {
        for (int c = 0; c < step; c++) shifted[c] = IDENTITY;
        memcpy(shifted + step, sums[now], (size_t)(CHAINS - step) * sizeof *shifted);
        NAME_OF(NAME, rows)(sums[1 - now], shifted, sums[now]);
    }
    for (int c = 0; c < CHAINS; c++) shifted[c] = *carry;
    NAME_OF(NAME, rows)(sums[1 - now], shifted, sums[now]);
    before[0] = *carry;
    memcpy(before + 1, sums[1 - now], (CHAINS - 1) * sizeof *before);
    *carry = sums[1 - now][CHAINS - 1];
}

static void NAME(void *to_lanes, const void *from_lanes, int64_t n, void *carry_lanes) {
    WORK room[CHAIN_LENGTH][CHAINS], before[CHAINS], carry;
    memcpy(&carry, carry_lanes, sizeof carry);
    WORK *to = to_lanes;
    const WORK *from = from_lanes;
    for (int64_t count; n > 0; n -= count, from += count, to += count) {
        count = lax_i_min(n, CHAINS * CHAIN_LENGTH);
        int length = (int)lax_i_ceil_div(count, CHAINS);
        for (int64_t k = count; k < (int64_t)length * CHAINS; k++)
            room[k % length][k / length] = IDENTITY;
        for (int c = 0; c * length < count; c++)
            for (int i = 0; i < length && c * length + i < count; i++)
                room[i][c] = from[c * length + i];
        for (int i = 1; i < length; i++) NAME_OF(NAME, rows)(room[i], room[i - 1], room[i]);
        NAME_OF(NAME, before)(before, room[length - 1], &carry);
        for (int i = 0; i < length; i++) NAME_OF(NAME, rows)(room[i], before, room[i]);
        for (int c = 0; c * length < count; c++)
            for (int i = 0; i < length && c * length + i < count; i++)
                to[c * length + i] = room[i][c];
    }
    memcpy(carry_lanes, &carry, sizeof carry);
}

#undef NAME
#undef WORK
#undef OP
