/* SPDX-License-Identifier: Apache-2.0 */
/* The folds at the level of avx2. */
#define ISA avx2
#include "kernel/fold/fold_types.h"
