/* SPDX-License-Identifier: Apache-2.0 */
/* The folds at the level of scalar. */
#define ISA scalar
#include "kernel/fold/fold_types.h"
