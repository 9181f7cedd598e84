/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one pull kernel. Parameters: NAME, ACC and NUMBER (signed, of ACC's size). Windows
 * are taken in groups of up to four with the sum in registers. What a window does not give is +0,
 * which changes no sum that began at +0. It is what a mask leaves: of a choice compilers make a
 * branch around the load. */

static PICK_INLINE ACC PULL_NAME(masked)(ACC x, NUMBER mask) {
    NUMBER bits;
    memcpy(&bits, &x, sizeof bits);
    bits &= mask;
    memcpy(&x, &bits, sizeof bits);
    return x;
}

static PICK_INLINE void PULL_NAME(group)(ACC *sums, const struct pull *t, int64_t from,
                                         const int covers, const bool fresh) {
    const NUMBER *p[4];
    const ACC *x[4];
    NUMBER wanted[4];
    for (int c = 0; c < covers; c++) {
        p[c] = (const NUMBER *)t->number[c] + from;
        x[c] = (const ACC *)t->source[c] + from;
        wanted[c] = (NUMBER)t->tap[c];
    }
    for (int64_t j = 0; j < t->runs; j++) {
        ACC *acc = sums + j * t->acc_step + from;
        const int64_t n = t->lanes;
        PICK_IN_PLACE
        for (int64_t l = 0; l < n; l++) {
            ACC sum = fresh ? (ACC)0 : acc[l];
            for (int c = 0; c < covers; c++)
                sum = (ACC)(sum + PULL_NAME(masked)(x[c][l], (NUMBER) - (p[c][l] == wanted[c])));
            acc[l] = sum;
        }
        for (int c = 0; c < covers; c++) p[c] += t->number_step, x[c] += t->source_step;
    }
}

static void PULL_NAME(step)(ACC *sums, const struct pull *t, int64_t from, bool fresh) {
    int covers = t->covers < 4 ? (int)t->covers : 4;
    switch (fresh ? covers : -covers) {
    case 1: PULL_NAME(group)(sums, t, from, 1, true); break;
    case 2: PULL_NAME(group)(sums, t, from, 2, true); break;
    case 3: PULL_NAME(group)(sums, t, from, 3, true); break;
    case 4: PULL_NAME(group)(sums, t, from, 4, true); break;
    case -1: PULL_NAME(group)(sums, t, from, 1, false); break;
    case -2: PULL_NAME(group)(sums, t, from, 2, false); break;
    case -3: PULL_NAME(group)(sums, t, from, 3, false); break;
    default: PULL_NAME(group)(sums, t, from, 4, false); break;
    }
}

static void PULL_NAME(clear)(ACC *acc, const struct pull *t) {
    for (int64_t j = 0; j < t->runs; j++)
        memset(acc + j * t->acc_step, 0, (size_t)t->lanes * sizeof *acc);
}

/* All groups of `lanes` from one on. */
static void PULL_NAME(part)(ACC *sums, struct pull t, int64_t from, int64_t lanes) {
    t.lanes = lanes;
    for (bool fresh = true; t.covers > 0; fresh = false) {
        PULL_NAME(step)(sums, &t, from, fresh);
        t.number += 4, t.source += 4, t.tap += 4, t.covers -= 4;
    }
}

/* The last lanes are a whole (or half a) vector once more, which overlaps the one before. */
static void PULL_NAME(all)(void *sums, const struct pull *problem) {
    enum { VECTOR = PICK_VECTOR / sizeof(ACC) };
    struct pull t = *problem;
    bool flat = t.acc_step == t.lanes && t.number_step == t.lanes && t.source_step == t.lanes;
    if (flat) t.lanes *= t.runs, t.runs = 1;
    const int64_t vector = t.lanes > VECTOR ? VECTOR : VECTOR / 2;
    int64_t rest = t.lanes > vector ? t.lanes % vector : 0;
    if (t.covers == 0) PULL_NAME(clear)(sums, &t);
    PULL_NAME(part)(sums, t, 0, t.lanes - rest);
    if (rest > 0) PULL_NAME(part)(sums, t, t.lanes - vector, vector);
}

#undef PULL_NAME
#undef ACC
#undef NUMBER
