/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the pick kernels of one key type and one comparison. Parameters: PICK_NAME(x) of the
 * functions, KEY, INDEX (signed, of KEY's size), RECORDS, KEEP(a, b): the winner a stays against b,
 * and FLAG(x) of a record. Loops run over contiguous lanes so that the compiler turns the choice
 * of a key into a blend; that of a number is a mask, because of two choices by one comparison GCC
 * makes a branch. Taps are taken in groups with the winner in registers; it meets memory only
 * between groups. A 3x3 window is one group. */

static PICK_INLINE void PICK_NAME(row)(KEY *restrict key, INDEX *restrict number,
                                       const KEY *const *p, int64_t first, int64_t n,
                                       const int taps, const bool fresh) {
    for (int64_t l = 0; l < n; l++) {
        KEY winner = fresh ? p[0][l] : key[l];
        INDEX at = fresh ? (INDEX)0 : number[l];
        for (int i = fresh ? 1 : 0; i < taps; i++) {
            KEY next = p[i][l];
            bool keep = KEEP(winner, next);
            winner = keep ? winner : next;
            INDEX stay = (INDEX) - (keep), now = (INDEX)((fresh ? 0 : first) + i);
            at = (INDEX)((at & stay) | (now & ~stay));
        }
        key[l] = winner;
        number[l] = at;
    }
}

static PICK_INLINE void PICK_NAME(group)(KEY *key, INDEX *number, const KEY *const *x,
                                         const struct pick_part *t, const int taps,
                                         const bool fresh) {
    for (int64_t j = 0; j < t->runs; j++) {
        const KEY *p[PICK_GROUP];
        for (int i = 0; i < taps; i++) p[i] = x[i] + j * t->step;
        PICK_NAME(row)
        (key + j * t->pitch, number + j * t->pitch, p, t->first, t->lanes, taps, fresh);
    }
}

/* Constants for taps and fresh give each case a loop of its own. */
static void PICK_NAME(step)(KEY *key, INDEX *number, const KEY *const *x, const struct pick_part *t,
                            int taps, bool fresh) {
    switch (fresh ? taps : -taps) {
    case 2: PICK_NAME(group)(key, number, x, t, 2, true); break;
    case 3: PICK_NAME(group)(key, number, x, t, 3, true); break;
    case 4: PICK_NAME(group)(key, number, x, t, 4, true); break;
    case 9: PICK_NAME(group)(key, number, x, t, 9, true); break;
    case -2: PICK_NAME(group)(key, number, x, t, 2, false); break;
    case -3: PICK_NAME(group)(key, number, x, t, 3, false); break;
    default: PICK_NAME(group)(key, number, x, t, 4, false); break;
    }
}

/* All groups of `t` runs and lanes, which begin `from` elements behind each tap's first. */
static void PICK_NAME(part)(KEY *key, INDEX *number, const void *const *x, int64_t from,
                            struct pick_part t, const struct pick_taps *all) {
    bool fresh = all->fresh;
    for (t.first = 0; t.first < all->taps;) {
        int size = pick_group(all->taps - t.first, fresh);
        const KEY *p[PICK_GROUP];
        for (int i = 0; i < PICK_GROUP; i++)
            p[i] = (const KEY *)x[t.first + (i < size ? i : 0)] + from;
        PICK_NAME(step)(key, number, p, &t, size, fresh);
        fresh = false;
        t.first += size;
    }
}

/* One group goes through all runs; several take turns in a run, which stays in the cache. The last
 * lanes of fresh rows are a whole (or half a) vector once more, which overlaps the one before: a
 * tail of single lanes costs more. */
static void PICK_NAME(taps)(void *keys, void *numbers, const void *const *x,
                            const struct pick_taps *t) {
    enum { VECTOR = PICK_VECTOR / sizeof(KEY) };
    KEY *key = keys;
    INDEX *number = numbers;
    bool flat = t->step == t->lanes;
    int64_t runs = flat ? 1 : t->runs, lanes = flat ? t->runs * t->lanes : t->lanes;
    bool alone = pick_group(t->taps, t->fresh) == t->taps;
    const int64_t vector = lanes > VECTOR ? VECTOR : VECTOR / 2;
    int64_t rest = t->fresh && lanes > vector ? lanes % vector : 0;
    struct pick_part part = {lanes, alone ? runs : 1, t->step, lanes - rest, 0};
    struct pick_part last = part;
    last.lanes = vector;
    for (int64_t j = 0; j < runs; j += part.runs) {
        int64_t tail = lanes - vector;
        PICK_NAME(part)(key + j * lanes, number + j * lanes, x, j * t->step, part, t);
        if (rest == 0) continue;
        PICK_NAME(part)
        (key + j * lanes + tail, number + j * lanes + tail, x, j * t->step + tail, last, t);
    }
}

#if RECORDS
#ifdef FORGETS
#define TAKES(lk, rk, ri) PICK_EITHER(!KEEP(lk, rk), (ri) < 0)
#else
#define TAKES(lk, rk, ri) (!KEEP(lk, rk))
#endif

/* The sign bit of an index is the record's flag: it is set if it is in either part. Where NaN is
 * forgotten it says that the part holds one, and what follows a NaN wins (it needs no comparison:
 * the winner left of it is forgotten). */
static void PICK_NAME(merge)(struct pick_record out, struct pick_record left,
                             struct pick_record right, int64_t n) {
    KEY *key = out.key;
    INDEX *index = out.index;
    const KEY *lk = left.key, *rk = right.key;
    const INDEX *li = left.index, *ri = right.index;
    const INDEX flag = (INDEX)((INDEX)1 << (sizeof(INDEX) * 8 - 2)) * -2;
    PICK_IN_PLACE
    for (int64_t l = 0; l < n; l++) {
        KEY a = lk[l], b = rk[l];
        INDEX i = li[l], k = ri[l];
        bool take = TAKES(a, b, k);
        key[l] = take ? b : a;
        index[l] = (INDEX)((take ? k : i) | ((i | k) & flag));
    }
}

#undef TAKES

/* Indices first, first + step, ... with each key's flag. */
static void PICK_NAME(count)(void *indices, const void *keys, int64_t first, int64_t step,
                             int64_t n) {
    INDEX *index = indices;
    const KEY *key = keys;
    const INDEX flag = (INDEX)((INDEX)1 << (sizeof(INDEX) * 8 - 2)) * -2;
    for (int64_t l = 0; l < n; l++) {
        INDEX at = (INDEX)(first + l * step);
        index[l] = FLAG(key[l]) ? at | flag : at;
    }
}
#endif
#undef FORGETS
#undef PICK_NAME
#undef KEEP
#undef FLAG
