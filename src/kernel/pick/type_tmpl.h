/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the pick kernels of one key type: four comparisons, and for floats both rules for
 * NaN. Parameters: SUFFIX, KEY, INDEX, FLOAT (0 or 1), RECORDS (0 or 1: are there
 * merges); all are consumed. NaN compares false, so
 * that it never stays, unless the rule holds it. */

#define PICK_NAME(x) PICK_WORD(ge, SUFFIX, x)
#define KEEP(a, b) ((a) >= (b))
#if FLOAT
#define FORGETS
#endif
#define FLAG(x) ((x) != (x))
#include "kernel/pick/pick_tmpl.h"

#define PICK_NAME(x) PICK_WORD(gt, SUFFIX, x)
#define KEEP(a, b) ((a) > (b))
#if FLOAT
#define FORGETS
#endif
#define FLAG(x) ((x) != (x))
#include "kernel/pick/pick_tmpl.h"

#define PICK_NAME(x) PICK_WORD(le, SUFFIX, x)
#define KEEP(a, b) ((a) <= (b))
#if FLOAT
#define FORGETS
#endif
#define FLAG(x) ((x) != (x))
#include "kernel/pick/pick_tmpl.h"

#define PICK_NAME(x) PICK_WORD(lt, SUFFIX, x)
#define KEEP(a, b) ((a) < (b))
#if FLOAT
#define FORGETS
#endif
#define FLAG(x) ((x) != (x))
#include "kernel/pick/pick_tmpl.h"

#if FLOAT
#include "kernel/pick/sign_tmpl.h"

#define PICK_NAME(x) PICK_WORD(hold_ge, SUFFIX, x)
#define KEEP(a, b) PICK_EITHER((a) >= (b), (a) != (a))
#define FLAG(x) !PICK_WORD(is, SUFFIX, negative)(x)
#include "kernel/pick/pick_tmpl.h"

#define PICK_NAME(x) PICK_WORD(hold_gt, SUFFIX, x)
#define KEEP(a, b) PICK_EITHER((a) > (b), (a) != (a))
#define FLAG(x) !PICK_WORD(is, SUFFIX, negative)(x)
#include "kernel/pick/pick_tmpl.h"

#define PICK_NAME(x) PICK_WORD(hold_le, SUFFIX, x)
#define KEEP(a, b) PICK_EITHER((a) <= (b), (a) != (a))
#define FLAG(x) PICK_WORD(is, SUFFIX, negative)(x)
#include "kernel/pick/pick_tmpl.h"

#define PICK_NAME(x) PICK_WORD(hold_lt, SUFFIX, x)
#define KEEP(a, b) PICK_EITHER((a) < (b), (a) != (a))
#define FLAG(x) PICK_WORD(is, SUFFIX, negative)(x)
#include "kernel/pick/pick_tmpl.h"
#endif

#undef SUFFIX
#undef KEY
#undef INDEX
#undef FLOAT
#undef RECORDS
