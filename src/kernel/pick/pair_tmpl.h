/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one pair kernel: the winner's key and its payload stay in registers over a group of
 * taps, and meet memory between groups. Parameters: PAIR_NAME, KEY, BITS (unsigned, of KEY's size),
 * INDEX (signed), KEEP(a, b): the winner a stays against b, HOLDS (0 or 1): that takes two
 * comparisons, LOWER (0 or 1): of equal keys the lower payload. Compilers turn choices by one
 * comparison into blends, choices by several only where they are masks. The last lanes are a whole
 * vector once more, which overlaps the one before: to fold a group twice changes nothing. */

static PICK_INLINE void PICK_WORD(PAIR_NAME, group, row)(BITS *restrict key, BITS *restrict payload,
                                                         const BITS *const *x, const BITS *const *y,
                                                         int64_t n, const struct pair_taps *t,
                                                         const int taps) {
    const BITS flip = (BITS)t->key_flip, turn = (BITS)t->payload_flip;
    for (int64_t l = 0; l < n; l++) {
        KEY winner = PAIR_KEY(key[l] ^ flip);
        BITS at = payload[l] ^ turn;
        for (int i = 0; i < taps; i++) {
            KEY next = PAIR_KEY(x[i][l] ^ flip);
            BITS now = y[i][l] ^ turn;
#if LOWER || HOLDS
            BITS stay = KEEP(winner, next) ? (BITS)-1 : 0;
            BITS tie = LOWER && winner == next ? (BITS)-1 : 0;
            BITS low = LOWER && (INDEX)at < (INDEX)now ? (BITS)-1 : 0;
            BITS held = (tie & low) | (stay & ~tie);
            winner = PAIR_KEY((PAIR_BITS(winner) & stay) | (PAIR_BITS(next) & ~stay));
            at = (at & held) | (now & ~held);
#else
            bool keep = KEEP(winner, next);
            winner = keep ? winner : next;
            at = keep ? at : now;
#endif
        }
        key[l] = PAIR_BITS(winner) ^ flip;
        payload[l] = at ^ turn;
    }
}

/* Constants for taps give each case a loop of its own. */
static void PICK_WORD(PAIR_NAME, group, step)(BITS *key, BITS *payload, const BITS *const *x,
                                              const BITS *const *y, int64_t n,
                                              const struct pair_taps *t, int taps) {
    switch (taps) {
    case 9: PICK_WORD(PAIR_NAME, group, row)(key, payload, x, y, n, t, 9); break;
    case 3: PICK_WORD(PAIR_NAME, group, row)(key, payload, x, y, n, t, 3); break;
    default: PICK_WORD(PAIR_NAME, group, row)(key, payload, x, y, n, t, 1); break;
    }
}

static void PICK_WORD(PAIR_NAME, all, taps)(void *keys, void *payloads, const struct pair_taps *t) {
    enum { VECTOR = PICK_VECTOR / sizeof(KEY) };
    bool flat = t->step == t->lanes && t->payload_step == t->lanes;
    int64_t runs = flat ? 1 : t->runs, lanes = flat ? t->runs * t->lanes : t->lanes;
    int64_t rest = lanes > VECTOR ? lanes % VECTOR : 0, tail = lanes - VECTOR;
    if (t->start != NULL) PAIR_START(payloads, t->start, t->runs * t->lanes);
    if (t->start_key != NULL) PAIR_START(keys, t->start_key, t->runs * t->lanes);
    for (int64_t j = 0; j < runs; j++) {
        BITS *key = (BITS *)keys + j * lanes, *payload = (BITS *)payloads + j * lanes;
        for (int64_t first = 0, size; first < t->taps; first += size) {
            const BITS *x[PICK_GROUP], *y[PICK_GROUP];
            size = t->taps - first >= 9 ? 9 : t->taps - first >= 3 ? 3 : 1;
            for (int i = 0; i < size; i++) {
                x[i] = (const BITS *)t->x[first + i] + j * t->step;
                y[i] = (const BITS *)t->y[first + i] + j * t->payload_step;
            }
            PICK_WORD(PAIR_NAME, group, step)(key, payload, x, y, lanes - rest, t, (int)size);
            if (rest == 0) continue;
            for (int i = 0; i < size; i++) x[i] += tail, y[i] += tail;
            PICK_WORD(PAIR_NAME, group, step)
            (key + tail, payload + tail, x, y, VECTOR, t, (int)size);
        }
    }
}

#undef PAIR_NAME
#undef KEEP
#undef HOLDS
#undef LOWER
