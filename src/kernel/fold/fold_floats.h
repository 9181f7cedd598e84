/* SPDX-License-Identifier: Apache-2.0 */
/* Template of max and min of one float type. The working form is a signed integer that orders like
 * the numbers, -0 below +0, with every NaN at the absorbing end; conversions give one NaN of each
 * reducer. Parameters: BITS, UBITS (integers of the float's size), BITS_SIZE (their bits),
 * INFINITE, QUIET_BIT, SUFFIX. */

static inline BITS NAME_OF(key, SUFFIX)(BITS bits, BITS nan) {
    const BITS magnitude = (BITS)((UBITS) ~(UBITS)0 >> 1);
    BITS key = bits < 0 ? (BITS)(bits ^ magnitude) : bits;
    return (BITS)(bits & magnitude) > INFINITE ? nan : key;
}

#define QUIET_MAX (BITS)(INFINITE | QUIET_BIT)
#define QUIET_MIN (BITS)(-(INFINITE | QUIET_BIT) - 1) /* in working form */

#define FROM BITS
#define TO BITS
#define NAME NAME_OF(load_max, SUFFIX)
#define CHANGE(x) NAME_OF(key, SUFFIX)(x, QUIET_MAX)
#include "kernel/fold/fold_move.h"

#define FROM BITS
#define TO BITS
#define NAME NAME_OF(load_min, SUFFIX)
#define CHANGE(x) NAME_OF(key, SUFFIX)(x, QUIET_MIN)
#include "kernel/fold/fold_move.h"

#define FROM BITS
#define TO BITS
#define NAME NAME_OF(store_order, SUFFIX)
#define CHANGE(x) ((x) < 0 ? (BITS)((x) ^ (BITS)((UBITS) ~(UBITS)0 >> 1)) : (x))
#include "kernel/fold/fold_move.h"

#define QUIET QUIET_MAX
#define MAXIMUM 1
#define BOX box_max
#define ACROSS across_max
#define NAME NAME_OF(BOX, SUFFIX)
#define SIZE BITS_SIZE
#include "kernel/fold/fold_order.h"
#undef QUIET
#undef MAXIMUM
#undef BOX
#undef ACROSS

/* As bits, the NaN of min is the one of max with a sign. */
#define QUIET (BITS)(QUIET_MAX - (BITS)((UBITS) ~(UBITS)0 >> 1) - 1)
#define MAXIMUM 0
#define BOX box_min
#define ACROSS across_min
#define NAME NAME_OF(BOX, SUFFIX)
#define SIZE BITS_SIZE
#include "kernel/fold/fold_order.h"
#undef QUIET
#undef MAXIMUM
#undef BOX
#undef ACROSS

#undef QUIET_MAX
#undef QUIET_MIN
#undef BITS
#undef UBITS
#undef BITS_SIZE
#undef INFINITE
#undef QUIET_BIT
#undef SUFFIX
