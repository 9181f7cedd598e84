/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of fold_group_order.h at the level of scalar. */
#define ISA scalar
#include "kernel/fold/fold_group_order.h"
