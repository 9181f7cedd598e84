/* SPDX-License-Identifier: Apache-2.0 */
/* Template of a reducer on elements that are not their working form: once to working form, and
 * once to elements. Parameters: SUFFIX, ELEM, WORK, LOAD(x), STORE(a), OP(a, x), REDUCER. */

#define AGAIN LOAD
#define FROM ELEM

#define NAME NAME_OF(NAME_OF(direct, REDUCER), SUFFIX)
#define TO ELEM
#include "kernel/fold/fold_taps.h"
#undef TO
#undef AGAIN
#undef STORE

#define AGAIN SAME
#define STORE SAME
#define NAME NAME_OF(NAME_OF(raw, REDUCER), SUFFIX)
#define TO WORK
#include "kernel/fold/fold_taps.h"

#undef TO
#undef AGAIN
#undef STORE
#undef FROM
#undef OP
#undef REDUCER
