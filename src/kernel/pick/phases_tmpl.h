/* SPDX-License-Identifier: Apache-2.0 */
/* Template of split and join for elements of one size. Parameters: PHASES_NAME(x), ELEM; both are
 * consumed. Constant strides become shuffles; other strides are walked one phase at a time. */

static PICK_INLINE void PHASES_NAME(split_by)(ELEM *restrict to, int64_t pitch,
                                              const ELEM *restrict from, int64_t n,
                                              const int64_t phases) {
    int64_t whole = n / phases;
    for (int64_t l = 0; l < whole; l++)
        for (int64_t p = 0; p < phases; p++) to[p * pitch + l] = from[l * phases + p];
    for (int64_t p = 0; p < n - whole * phases; p++)
        to[p * pitch + whole] = from[whole * phases + p];
}

static PICK_INLINE void PHASES_NAME(join_by)(ELEM *restrict to, const ELEM *restrict from,
                                             int64_t pitch, int64_t n, const int64_t phases) {
    int64_t whole = n / phases;
    for (int64_t l = 0; l < whole; l++)
        for (int64_t p = 0; p < phases; p++) to[l * phases + p] = from[p * pitch + l];
    for (int64_t p = 0; p < n - whole * phases; p++)
        to[whole * phases + p] = from[p * pitch + whole];
}

static void PHASES_NAME(split)(void *to, int64_t pitch, const void *from, int64_t n,
                               int64_t phases) {
    switch (phases) {
    case 2: PHASES_NAME(split_by)(to, pitch, from, n, 2); break;
    case 3: PHASES_NAME(split_by)(to, pitch, from, n, 3); break;
    case 4: PHASES_NAME(split_by)(to, pitch, from, n, 4); break;
    default:
        for (int64_t p = 0; p < phases; p++)
            for (int64_t l = 0; l * phases + p < n; l++)
                ((ELEM *)to)[p * pitch + l] = ((const ELEM *)from)[l * phases + p];
    }
}

static void PHASES_NAME(join)(void *to, const void *from, int64_t pitch, int64_t n,
                              int64_t phases) {
    switch (phases) {
    case 2: PHASES_NAME(join_by)(to, from, pitch, n, 2); break;
    case 3: PHASES_NAME(join_by)(to, from, pitch, n, 3); break;
    case 4: PHASES_NAME(join_by)(to, from, pitch, n, 4); break;
    default:
        for (int64_t p = 0; p < phases; p++)
            for (int64_t l = 0; l * phases + p < n; l++)
                ((ELEM *)to)[l * phases + p] = ((const ELEM *)from)[p * pitch + l];
    }
}

#undef PHASES_NAME
#undef ELEM
