/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of fold_group_integer.h at the level of avx2. */
#define ISA avx2
#include "kernel/fold/fold_group_integer.h"
