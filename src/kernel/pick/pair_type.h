/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the pair kernels of one type of lanes: the comparisons, and for floats the rules for
 * NaN, each with and without ties for the lower payload. Integers need no rules, and of equal ones
 * it is all the same which stays if payloads decide. Parameters: SUFFIX, KEY, BITS, INDEX, FLOAT;
 * all are consumed. */

static PICK_INLINE KEY PICK_WORD(pair, SUFFIX, key)(BITS bits) {
    KEY x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static PICK_INLINE BITS PICK_WORD(pair, SUFFIX, bits)(KEY x) {
    BITS bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static void PICK_WORD(pair, SUFFIX, start)(void *lanes, const void *start, int64_t n) {
    BITS *to = lanes, bits;
    memcpy(&bits, start, sizeof bits);
    for (int64_t l = 0; l < n; l++) to[l] = bits;
}
#define PAIR_START PICK_WORD(pair, SUFFIX, start)
#define PAIR_KEY PICK_WORD(pair, SUFFIX, key)
#define PAIR_BITS PICK_WORD(pair, SUFFIX, bits)

#define PAIR_NAME PICK_WORD(pair, forget_ge, SUFFIX)
#define KEEP(a, b) ((a) >= (b))
#define HOLDS 0
#define LOWER 0
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, forget_gt, SUFFIX)
#define KEEP(a, b) ((a) > (b))
#define HOLDS 0
#define LOWER 0
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, forget_ge_lower, SUFFIX)
#define KEEP(a, b) ((a) >= (b))
#define HOLDS 0
#define LOWER 1
#include "kernel/pick/pair_tmpl.h"

#if FLOAT
#define PAIR_NAME PICK_WORD(pair, forget_gt_lower, SUFFIX)
#define KEEP(a, b) ((a) > (b))
#define HOLDS 0
#define LOWER 1
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, hold_ge, SUFFIX)
#define KEEP(a, b) ((a) >= (b) || (a) != (a))
#define HOLDS 1
#define LOWER 0
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, hold_gt, SUFFIX)
#define KEEP(a, b) ((a) > (b) || (a) != (a))
#define HOLDS 1
#define LOWER 0
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, hold_ge_lower, SUFFIX)
#define KEEP(a, b) ((a) >= (b) || (a) != (a))
#define HOLDS 1
#define LOWER 1
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, hold_gt_lower, SUFFIX)
#define KEEP(a, b) ((a) > (b) || (a) != (a))
#define HOLDS 1
#define LOWER 1
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, pass_ge, SUFFIX)
#define KEEP(a, b) (!((a) < (b)))
#define HOLDS 0
#define LOWER 0
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, pass_gt, SUFFIX)
#define KEEP(a, b) (!((a) <= (b)))
#define HOLDS 0
#define LOWER 0
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, pass_ge_lower, SUFFIX)
#define KEEP(a, b) (!((a) < (b)))
#define HOLDS 0
#define LOWER 1
#include "kernel/pick/pair_tmpl.h"

#define PAIR_NAME PICK_WORD(pair, pass_gt_lower, SUFFIX)
#define KEEP(a, b) (!((a) <= (b)))
#define HOLDS 0
#define LOWER 1
#include "kernel/pick/pair_tmpl.h"
#endif

#undef PAIR_START
#undef PAIR_KEY
#undef PAIR_BITS
#undef SUFFIX
#undef KEY
#undef BITS
#undef INDEX
#undef FLOAT
