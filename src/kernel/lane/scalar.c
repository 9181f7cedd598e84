/* SPDX-License-Identifier: Apache-2.0 */
/* The lane kernels of any machine, and the choice among the instruction sets'. */
#define LANE_TABLE lax_i_lane_scalar
#include "kernel/lane/lanes.h"

static lax_i_lane_fn *const *row_of(lax_isa isa, lax_dtype type) {
#ifdef LAX_HAVE_X86_KERNELS
    if (isa >= LAX_ISA_AVX512) return lax_i_lane_avx512[type];
    if (isa >= LAX_ISA_AVX2) return lax_i_lane_avx2[type];
#endif
    (void)isa;
    return lax_i_lane_scalar[type];
}

lax_i_lane_fn *lax_i_lane_kernel(lax_isa isa, enum lane_op op, lax_dtype type) {
    lax_i_lane_fn *const *row = row_of(isa, type);
    return row == NULL ? NULL : row[op];
}
