/* SPDX-License-Identifier: Apache-2.0 */
/* Which folds a machine may run: of the groups of types, the one that has such a row. */
#include "kernel/kernel.h"

typedef const struct fold *look_fn(lax_reducer_kind reducer, lax_dtype type);

static const struct fold *look(look_fn *const *groups, lax_reducer_kind reducer, lax_dtype type) {
    const struct fold *found = NULL;
    for (int g = 0; g < 4 && found == NULL; g++) found = groups[g](reducer, type);
    return found;
}

#define GROUPS(isa)                                                                                \
    {                                                                                              \
        lax_i_fold_order_##isa, lax_i_fold_real_##isa, lax_i_fold_integer_##isa,                   \
            lax_i_fold_complex_##isa                                                               \
    }

const struct fold *lax_i_fold(lax_reducer_kind reducer, lax_dtype type, lax_isa isa) {
    static look_fn *const scalar[] = GROUPS(scalar);
#ifdef LAX_HAVE_X86_KERNELS
    static look_fn *const avx2[] = GROUPS(avx2), *const avx512[] = GROUPS(avx512);
    if (isa >= LAX_ISA_AVX512) return look(avx512, reducer, type);
    if (isa >= LAX_ISA_AVX2) return look(avx2, reducer, type);
#endif
    (void)isa;
    return look(scalar, reducer, type);
}
