/* SPDX-License-Identifier: Apache-2.0 */
/* Template of whole windows of one reducer that is one instruction, BOX_OP(a, x), on vectors as
 * they are read. Parameters: those of fold_box.h, BOX_OP, BOX_TYPE (optional). */

/* The type that the instruction is for: compilers copy what changes between types. */
#ifndef BOX_TYPE
#define BOX_TYPE FOLD_VECTOR
#endif

struct NAME_OF(NAME, acc) {
    BOX_TYPE all;
};

FOLD_INLINE struct NAME_OF(NAME, acc) NAME_OF(NAME, start)(FOLD_VECTOR x) {
    return (struct NAME_OF(NAME, acc)){(BOX_TYPE)x};
}

FOLD_INLINE struct NAME_OF(NAME, acc)
    NAME_OF(NAME, join)(struct NAME_OF(NAME, acc) a, struct NAME_OF(NAME, acc) b) {
    a.all = (BOX_TYPE)BOX_OP(a.all, b.all);
    return a;
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, end)(struct NAME_OF(NAME, acc) acc, bool work) {
    (void)work;
    return (FOLD_VECTOR)acc.all;
}

#define BOX_CALM
#define BOX_VECTORS 4
#include "kernel/fold/fold_box.h"

#undef BOX_OP
#undef BOX_TYPE
