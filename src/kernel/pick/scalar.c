/* SPDX-License-Identifier: Apache-2.0 */
/* The pick kernels of any machine, and the choice among the instruction sets'. */
#define PICK_TABLE lax_i_pick_scalar
#define PULL_TABLE lax_i_pull_scalar
#define PAIR_TABLE lax_i_pair_scalar
#define PACK_TABLE lax_i_pack_scalar
#include "kernel/pick/kernels.h"

const struct pick_kernel *lax_i_pick_kernel(lax_isa isa, enum pick_rule rule, lax_select select,
                                            lax_dtype type) {
#ifdef LAX_HAVE_X86_KERNELS
    if (isa >= LAX_ISA_AVX512) return &lax_i_pick_avx512[rule][select][type];
    if (isa >= LAX_ISA_AVX2) return &lax_i_pick_avx2[rule][select][type];
#endif
    (void)isa;
    return &lax_i_pick_scalar[rule][select][type];
}

const struct pull_kernels *lax_i_pull_kernels(lax_isa isa) {
#ifdef LAX_HAVE_X86_KERNELS
    if (isa >= LAX_ISA_AVX512) return &lax_i_pull_avx512;
    if (isa >= LAX_ISA_AVX2) return &lax_i_pull_avx2;
#endif
    (void)isa;
    return &lax_i_pull_scalar;
}

const struct pack_kernels *lax_i_pack_kernels(lax_isa isa, bool wide) {
#ifdef LAX_HAVE_X86_KERNELS
    if (isa >= LAX_ISA_AVX512) return &lax_i_pack_avx512[wide];
    if (isa >= LAX_ISA_AVX2) return &lax_i_pack_avx2[wide];
#endif
    (void)isa;
    return &lax_i_pack_scalar[wide];
}

static int pair_lane(lax_dtype type) {
    switch (type) {
    case LAX_F64: return PAIR_F64;
    case LAX_F32: return PAIR_F32;
    case LAX_S64: return PAIR_S64;
    default: return PAIR_S32;
    }
}

lax_i_pair_fn *lax_i_pair_kernel(lax_isa isa, enum pick_rule rule, bool strict, bool lower,
                                 lax_dtype type) {
    int lane = pair_lane(type);
#ifdef LAX_HAVE_X86_KERNELS
    if (isa >= LAX_ISA_AVX512) return lax_i_pair_avx512[rule][strict][lower][lane];
    if (isa >= LAX_ISA_AVX2) return lax_i_pair_avx2[rule][strict][lower][lane];
#endif
    (void)isa;
    return lax_i_pair_scalar[rule][strict][lower][lane];
}
