/* SPDX-License-Identifier: Apache-2.0 */
/* Template: the move kernels of one element size. */
#include "kernel/move/reverse_tmpl.h"
#include "kernel/move/transpose_tmpl.h"
