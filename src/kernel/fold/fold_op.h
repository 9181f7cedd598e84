/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one reducer on rows of its working type. Parameters: NAME, WORK, OP(a, x). */

#include "kernel/fold/fold_slide.h"

#define FROM WORK
#define TO WORK
#define LOAD SAME
#define STORE SAME
#define AGAIN SAME
#include "kernel/fold/fold_taps.h"

#undef FROM
#undef TO
#undef LOAD
#undef STORE
#undef AGAIN
#undef OP
