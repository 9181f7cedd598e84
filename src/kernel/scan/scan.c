/* SPDX-License-Identifier: Apache-2.0 */
/* Which scans a machine may run. */
#include "kernel/kernel.h"

lax_i_scan_fn *lax_i_scan(lax_reducer_kind reducer, lax_dtype type, lax_isa isa) {
#ifdef LAX_HAVE_X86_KERNELS
    if (isa >= LAX_ISA_AVX512) return lax_i_scan_avx512(reducer, type);
    if (isa >= LAX_ISA_AVX2) return lax_i_scan_avx2(reducer, type);
#endif
    (void)isa;
    return lax_i_scan_scalar(reducer, type);
}
