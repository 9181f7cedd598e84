/* SPDX-License-Identifier: Apache-2.0 */
/* Template of max and min of one float type. The working form is a signed integer that orders like
 * the numbers, -0 below +0, with every NaN at the absorbing end; conversions give one NaN of each
 * reducer. Parameters: BITS, UBITS (integers of the float's size), SIZE (their bits), INFINITE,
 * QUIET_BIT, SUFFIX. */

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
#define ORDERED 0
#define NAME NAME_OF(direct_max, SUFFIX)
#include "kernel/fold/fold_order.h"
#undef ORDERED
#define ORDERED 1
#define NAME NAME_OF(raw_max, SUFFIX)
#include "kernel/fold/fold_order.h"
#undef QUIET
#undef MAXIMUM
#undef ORDERED

/* As bits, the NaN of min is the one of max with a sign. */
#define QUIET (BITS)(QUIET_MAX - (BITS)((UBITS) ~(UBITS)0 >> 1) - 1)
#define MAXIMUM 0
#define ORDERED 0
#define NAME NAME_OF(direct_min, SUFFIX)
#include "kernel/fold/fold_order.h"
#undef ORDERED
#define ORDERED 1
#define NAME NAME_OF(raw_min, SUFFIX)
#include "kernel/fold/fold_order.h"
#undef QUIET
#undef MAXIMUM
#undef ORDERED

#undef QUIET_MAX
#undef QUIET_MIN
#undef BITS
#undef UBITS
#undef SIZE
#undef INFINITE
#undef QUIET_BIT
#undef SUFFIX
