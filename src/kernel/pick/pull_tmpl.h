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

static PICK_INLINE void PULL_NAME(group)(ACC *restrict acc, const NUMBER *const *number,
                                         const ACC *const *source, const int64_t *tap, int64_t n,
                                         const int covers, const bool fresh) {
    const NUMBER *p[4];
    const ACC *x[4];
    NUMBER wanted[4];
    for (int c = 0; c < 4; c++) {
        p[c] = number[c < covers ? c : 0];
        x[c] = source[c < covers ? c : 0];
        wanted[c] = (NUMBER)tap[c < covers ? c : 0];
    }
    for (int64_t l = 0; l < n; l++) {
        ACC sum = fresh ? (ACC)0 : acc[l];
        for (int c = 0; c < covers; c++)
            sum = (ACC)(sum + PULL_NAME(masked)(x[c][l], (NUMBER) - (p[c][l] == wanted[c])));
        acc[l] = sum;
    }
}

static void PULL_NAME(step)(ACC *acc, const NUMBER *const *number, const ACC *const *source,
                            const int64_t *tap, int64_t n, int covers, bool fresh) {
    switch (fresh ? covers : covers + 4) {
    case 1: PULL_NAME(group)(acc, number, source, tap, n, 1, true); break;
    case 2: PULL_NAME(group)(acc, number, source, tap, n, 2, true); break;
    case 3: PULL_NAME(group)(acc, number, source, tap, n, 3, true); break;
    case 4: PULL_NAME(group)(acc, number, source, tap, n, 4, true); break;
    case 5: PULL_NAME(group)(acc, number, source, tap, n, 1, false); break;
    case 6: PULL_NAME(group)(acc, number, source, tap, n, 2, false); break;
    case 7: PULL_NAME(group)(acc, number, source, tap, n, 3, false); break;
    default: PULL_NAME(group)(acc, number, source, tap, n, 4, false); break;
    }
}

static void PULL_NAME(all)(void *sums, const struct pull *t) {
    bool flat = t->acc_step == t->lanes && t->number_step == t->lanes && t->source_step == t->lanes;
    int64_t runs = flat ? 1 : t->runs, lanes = flat ? t->runs * t->lanes : t->lanes;
    for (int64_t j = 0; j < runs; j++) {
        ACC *acc = (ACC *)sums + j * t->acc_step;
        if (t->covers == 0) memset(acc, 0, (size_t)lanes * sizeof *acc);
        for (int64_t done = 0; done < t->covers; done += 4) {
            int covers = t->covers - done < 4 ? (int)(t->covers - done) : 4;
            const NUMBER *p[4];
            const ACC *x[4];
            for (int c = 0; c < 4; c++) {
                int64_t i = done + (c < covers ? c : 0);
                p[c] = (const NUMBER *)t->number[i] + j * t->number_step;
                x[c] = (const ACC *)t->source[i] + j * t->source_step;
            }
            PULL_NAME(step)(acc, p, x, t->tap + done, lanes, covers, done == 0);
        }
    }
}

#undef PULL_NAME
#undef ACC
#undef NUMBER
