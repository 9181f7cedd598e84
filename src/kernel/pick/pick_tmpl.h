/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the pick kernels of one key type and one comparison. Parameters: PICK_NAME(x) of the
 * functions, KEY, INDEX (signed, of KEY's size), RECORDS, KEEP(a, b): the winner a stays against b,
 * and FLAG(x) of a record. Loops run over contiguous lanes so that the compiler turns each choice
 * into a blend. Taps are taken in groups with the winner in registers; it meets memory only
 * between groups. */

static PICK_INLINE void PICK_NAME(group)(KEY *restrict key, INDEX *restrict number,
                                         const KEY *const *x, int64_t first, int64_t n,
                                         const int taps, const bool fresh) {
    const KEY *p[4];
    for (int t = 0; t < 4; t++) p[t] = x[t < taps ? t : 0];
    for (int64_t l = 0; l < n; l++) {
        KEY winner = fresh ? p[0][l] : key[l];
        INDEX at = fresh ? (INDEX)first : number[l];
        for (int t = fresh ? 1 : 0; t < taps; t++) {
            KEY next = p[t][l];
            bool keep = KEEP(winner, next);
            winner = keep ? winner : next;
            at = keep ? at : (INDEX)(first + t);
        }
        key[l] = winner;
        number[l] = at;
    }
}

/* Constants for taps and fresh give each case a loop of its own. */
static void PICK_NAME(step)(KEY *key, INDEX *number, const KEY *const *x, int64_t first, int64_t n,
                            int taps, bool fresh) {
    switch (fresh ? taps : taps + 4) {
    case 2: PICK_NAME(group)(key, number, x, first, n, 2, true); break;
    case 3: PICK_NAME(group)(key, number, x, first, n, 3, true); break;
    case 4: PICK_NAME(group)(key, number, x, first, n, 4, true); break;
    case 6: PICK_NAME(group)(key, number, x, first, n, 2, false); break;
    case 7: PICK_NAME(group)(key, number, x, first, n, 3, false); break;
    default: PICK_NAME(group)(key, number, x, first, n, 4, false); break;
    }
}

/* A group has 2 to 4 taps; what is left never is 1. */
static int PICK_NAME(group_size)(int64_t left) {
    return left == 5 || left == 3 || left == 6 || left == 9 ? 3 : left < 4 ? 2 : 4;
}

static void PICK_NAME(taps)(void *keys, void *numbers, const void *const *x,
                            const struct pick_taps *t) {
    bool flat = t->step == t->lanes;
    int64_t runs = flat ? 1 : t->runs, lanes = flat ? t->runs * t->lanes : t->lanes;
    for (int64_t j = 0; j < runs; j++) {
        KEY *key = (KEY *)keys + j * lanes;
        INDEX *number = (INDEX *)numbers + j * lanes;
        bool fresh = t->fresh;
        for (int64_t done = 0; done < t->taps;) {
            int size = PICK_NAME(group_size)(t->taps - done);
            const KEY *p[4];
            for (int i = 0; i < 4; i++)
                p[i] = (const KEY *)x[done + (i < size ? i : 0)] + j * t->step;
            PICK_NAME(step)(key, number, p, done, lanes, size, fresh);
            fresh = false;
            done += size;
        }
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
