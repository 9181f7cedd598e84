/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a group of folds: its rows of FOLD_ROWS as a table, and the function that looks there.
 * Parameters: GROUP, ISA, FOLD_ROWS (the file of rows). */

const struct fold *NAME_OF(NAME_OF(lax_i_fold, GROUP), ISA)(lax_reducer_kind reducer,
                                                            lax_dtype type) {
    static const struct fold folds[LAX_LOGADDEXP + 1][LAX_C128 + 1] = {
#define FOLD(reducer, type, work, move, load, store, taps, box, across)                            \
    [LAX_##reducer][LAX_##type] = {                                                                \
        sizeof(work),        move, load, store, taps, box, across, NAME_OF(taps, sweep),           \
        NAME_OF(taps, slide)},
#include FOLD_ROWS
#undef FOLD
    };
    if ((unsigned)reducer > LAX_LOGADDEXP || (unsigned)type > LAX_C128) return NULL;
    return folds[reducer][type].taps != NULL ? &folds[reducer][type] : NULL;
}
