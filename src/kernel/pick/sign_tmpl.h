/* SPDX-License-Identifier: Apache-2.0 */
/* Template of what makes a picked key the value of max or min: which signs a window holds, and the
 * repair. Where the winner is a zero, all elements of the window have one sign (that of numbers
 * that lose to zero) or are zeros, so that a sign of the other kind is a winning zero. Parameters:
 * SUFFIX, KEY, INDEX. */

static inline bool PICK_WORD(is, SUFFIX, negative)(KEY x) {
    INDEX bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0;
}

static void PICK_WORD(signs, SUFFIX, of)(void *signs, bool flipped, const void *const *x,
                                         const struct pick_taps *taps) {
    const INDEX flip = flipped ? (INDEX)-1 : 0;
    for (int64_t j = 0; j < taps->runs; j++) {
        INDEX *restrict all = (INDEX *)signs + j * taps->lanes;
        memset(all, 0, (size_t)taps->lanes * sizeof *all);
        for (int64_t t = 0; t < taps->taps; t++) {
            const unsigned char *from = (const unsigned char *)((const KEY *)x[t] + j * taps->step);
            for (int64_t l = 0; l < taps->lanes; l++) {
                INDEX bits;
                memcpy(&bits, from + (size_t)l * sizeof bits, sizeof bits);
                all[l] |= bits ^ flip;
            }
        }
    }
}

static void PICK_WORD(finish, SUFFIX, of)(void *keys, const void *signs, bool max, int64_t n) {
    KEY *key = keys;
    const INDEX *sign = signs;
    const KEY nan = max ? (KEY)NAN : -(KEY)NAN, zero = max ? (KEY)0 : -(KEY)0;
    for (int64_t l = 0; l < n; l++) {
        KEY x = key[l];
        x = x == 0 ? (sign[l] < 0 ? zero : -zero) : x;
        key[l] = x != x ? nan : x;
    }
}
