/* SPDX-License-Identifier: Apache-2.0 */
/* The folds at the level of avx512. */
#define ISA avx512
#include "kernel/fold/fold_types.h"
