/* SPDX-License-Identifier: Apache-2.0 */
/* The adapter to libxsmm's batch-reduce GEMM, the only file that knows that library.
 *
 * libxsmm thinks in columns: its C (n x m) is our row-major C (m x n) read by columns, so its A is
 * our B and the other way round. Its kernels are generated for one target, the machine's unless
 * LIBXSMM_TARGET says otherwise, and stay for the life of the process; a process that goes through
 * many shapes would fill memory with them, hence the cap on distinct kernels. */
#include "kernel/kernel.h"

#if defined(LAX_HAVE_LIBXSMM)
#include <libxsmm.h>
#include <stdatomic.h>
#include <stdio.h>

enum { MAX_KERNELS = 1024, SLOTS = 4 * MAX_KERNELS };

static uint64_t mix(uint64_t hash, int64_t word) {
    hash = (hash ^ (uint64_t)word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static uint64_t hash_shape(const struct dot_shape *s) {
    uint64_t hash = mix(mix(mix(1, s->m), s->n), s->k);
    hash = mix(mix(mix(hash, s->lda), s->ldb), s->ldc);
    return mix(hash, (int64_t)s->type * 2 + s->beta) | 1; /* 0 marks a free slot */
}

/* Counts distinct shapes: false when a new one would pass the cap. libxsmm keeps its registry for
 * the whole process, so the count can belong to nothing smaller. */
static bool within_cap(const struct dot_shape *shape) {
    static _Atomic uint64_t seen[SLOTS];
    static atomic_int n_kernels;
    uint64_t hash = hash_shape(shape), empty = 0;
    for (uint64_t i = hash >> 32;; i++) {
        _Atomic uint64_t *slot = &seen[i % SLOTS];
        uint64_t here = atomic_load(slot);
        if (here == hash) return true;
        if (here != 0) continue;
        if (atomic_fetch_add(&n_kernels, 1) >= MAX_KERNELS) {
            atomic_fetch_sub(&n_kernels, 1);
            return false;
        }
        empty = 0;
        if (atomic_compare_exchange_strong(slot, &empty, hash)) return true;
        atomic_fetch_sub(&n_kernels, 1);
        if (empty == hash) return true;
    }
}

/* Code for less than AVX is more than the scalar level allows, too. */
static lax_isa target_isa(void) {
    return libxsmm_get_target_archid() >= LIBXSMM_X86_AVX512 ? LAX_ISA_AVX512 : LAX_ISA_AVX2;
}

/* These kernels count on in the arrays of addresses while they run.
 * Function pointers do not convert to void *: they travel as bytes. */
union entry {
    void *handle;
    libxsmm_smmfunction_reducebatch_addr f32;
    libxsmm_dmmfunction_reducebatch_addr f64;
};

static void run_f32(const struct dot_kernel *kernel, const void **a, const void **b, void *c,
                    int64_t count) {
    union entry entry = {kernel->handle};
    unsigned long long n = (unsigned long long)count;
    entry.f32((const float **)b, (const float **)a, c, &n);
}

static void run_f64(const struct dot_kernel *kernel, const void **a, const void **b, void *c,
                    int64_t count) {
    union entry entry = {kernel->handle};
    unsigned long long n = (unsigned long long)count;
    entry.f64((const double **)b, (const double **)a, c, &n);
}

static void *dispatch(const struct dot_shape *s) {
    libxsmm_blasint m = (libxsmm_blasint)s->n, n = (libxsmm_blasint)s->m;
    libxsmm_blasint k = (libxsmm_blasint)s->k, lda = (libxsmm_blasint)s->ldb;
    libxsmm_blasint ldb = (libxsmm_blasint)s->lda, ldc = (libxsmm_blasint)s->ldc;
    int flags = LIBXSMM_GEMM_FLAG_NONE, prefetch = LIBXSMM_GEMM_PREFETCH_NONE;
    union entry entry = {NULL};
    if (s->type == LAX_F32) {
        float alpha = 1, beta = (float)s->beta;
        entry.f32 = libxsmm_smmdispatch_reducebatch_addr(m, n, k, &lda, &ldb, &ldc, &alpha, &beta,
                                                         &flags, &prefetch);
    } else {
        double alpha = 1, beta = s->beta;
        entry.f64 = libxsmm_dmmdispatch_reducebatch_addr(m, n, k, &lda, &ldb, &ldc, &alpha, &beta,
                                                         &flags, &prefetch);
    }
    return entry.handle;
}

bool lax_i_xsmm_available(lax_isa isa, const char **why) {
    *why = isa < target_isa() ? "the instruction-set limit is below libxsmm's target" : NULL;
    return *why == NULL;
}

static bool fits(const struct dot_shape *s) {
    const int64_t limit = INT32_MAX;
    return s->lda <= limit && s->ldb <= limit && s->ldc <= limit && s->m <= limit &&
           s->n <= limit && s->k <= limit;
}

bool lax_i_xsmm_kernel(const struct dot_shape *shape, lax_isa isa, struct dot_kernel *out,
                       const char **why) {
    if (shape->type != LAX_F32 && shape->type != LAX_F64) {
        *why = "libxsmm is used for f32 and f64";
    } else if (!fits(shape)) {
        *why = "sizes or strides are above libxsmm's 32 bits";
    } else if (lax_i_xsmm_available(isa, why) && !within_cap(shape)) {
        *why = "this process has generated 1,024 kernels, the most that it may";
    } else if (*why == NULL) {
        void *handle = dispatch(shape);
        *out =
            (struct dot_kernel){shape->type == LAX_F32 ? run_f32 : run_f64, handle, *shape, "xsmm"};
        *why = handle == NULL ? "libxsmm has no kernel of this shape" : NULL;
    }
    return *why == NULL;
}

const char *lax_i_xsmm_describe(void) {
    int target = libxsmm_get_target_archid();
    if (target >= LIBXSMM_X86_AVX512) return "libxsmm " LIBXSMM_VERSION ", target avx512";
    if (target == LIBXSMM_X86_AVX2) return "libxsmm " LIBXSMM_VERSION ", target avx2";
    return "libxsmm " LIBXSMM_VERSION ", target below avx2";
}
#else
bool lax_i_xsmm_kernel(const struct dot_shape *shape, lax_isa isa, struct dot_kernel *out,
                       const char **why) {
    (void)shape;
    (void)out;
    return lax_i_xsmm_available(isa, why);
}

bool lax_i_xsmm_available(lax_isa isa, const char **why) {
    (void)isa;
    *why = "built without libxsmm";
    return false;
}

const char *lax_i_xsmm_describe(void) { return "built without libxsmm"; }
#endif
