/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the function that takes any number of rows k >= 1, by loops that take 1 to 9.
 * Parameters: NAME, whose loop is NAME_n; FOLD_FEW: few loops. One of the first two
 * rows may be `to` itself. */

#ifdef FOLD_FEW
static void NAME(void *to, const void *const *rows, int k, const struct fold_span *span) {
    if (k == 1)
        NAME_OF(NAME, n)(to, rows, 1, false, span);
    else
        NAME_OF(NAME, n)(to, rows, 2, false, span);
    for (int t = 2; t < k; t++) NAME_OF(NAME, n)(to, rows + t, 1, true, span);
}
#else
static void NAME(void *to, const void *const *rows, int k, const struct fold_span *span) {
    int n = k == 9 ? 9 : k < 4 ? k : 4;
    switch (n) {
    case 1: NAME_OF(NAME, n)(to, rows, 1, false, span); break;
    case 2: NAME_OF(NAME, n)(to, rows, 2, false, span); break;
    case 3: NAME_OF(NAME, n)(to, rows, 3, false, span); break;
    case 9: NAME_OF(NAME, n)(to, rows, 9, false, span); break;
    default: NAME_OF(NAME, n)(to, rows, 4, false, span); break;
    }
    for (k -= n; k > 0; k -= n) {
        rows += n;
        n = k >= 8 ? 8 : k >= 4 ? 4 : 1;
        switch (n) {
        case 1: NAME_OF(NAME, n)(to, rows, 1, true, span); break;
        case 4: NAME_OF(NAME, n)(to, rows, 4, true, span); break;
        default: NAME_OF(NAME, n)(to, rows, 8, true, span); break;
        }
    }
}
#endif

#undef NAME
