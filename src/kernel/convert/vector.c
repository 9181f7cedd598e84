/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions of one pair of types at an instruction-set level: through f32 where that loses
 * nothing and there are vectorised kernels, element by element otherwise. */
#include "kernel/kernel.h"

enum { CHUNK = 512 };

static const struct {
    lax_isa isa;
    const struct convert_kernels *kernels;
} rows[] = {
#define VECTOR(isa, kernels) {isa, &kernels},
#include "kernel/convert/vector.def"
#undef VECTOR
    {LAX_ISA_UNSET, NULL},
};

static const struct convert_kernels *kernels_of(lax_isa isa) {
    const struct convert_kernels *best = NULL;
    for (int i = 0; rows[i].kernels != NULL; i++)
        if (rows[i].isa <= isa) best = rows[i].kernels;
    return best;
}

static bool is_float(lax_dtype type) { return lax_i_dtype_kind(type) == KIND_FLOAT; }

struct converter lax_i_converter(lax_dtype src, lax_dtype dst, lax_isa isa) {
    const struct convert_kernels *k = kernels_of(isa);
    struct converter c = {.general = lax_i_convert_kernel(src, dst)};
    c.src_size = lax_dtype_size(src);
    c.dst_size = lax_dtype_size(dst);
    /* integers to integers wrap, which floats do not */
    if (k == NULL || src == dst || (!is_float(src) && !is_float(dst))) return c;
    bool readable = src == LAX_F32 || k->to_f32[src] != NULL;
    bool writable = dst == LAX_F32 || k->from_f32[dst] != NULL;
    if (!readable || !writable) return c;
    c.to_f32 = k->to_f32[src];
    c.from_f32 = k->from_f32[dst];
    return c;
}

void lax_i_convert(const struct converter *c, void *dst, int64_t dst_stride, const void *src,
                   int64_t src_stride, int64_t n) {
    float chunk[CHUNK];
    if (dst_stride != 1 || src_stride != 1 || (c->to_f32 == NULL && c->from_f32 == NULL)) {
        c->general(dst, dst_stride, src, src_stride, n);
    } else if (c->to_f32 == NULL) {
        c->from_f32(dst, src, n);
    } else if (c->from_f32 == NULL) {
        c->to_f32(dst, src, n);
    } else {
        for (int64_t i = 0; i < n; i += CHUNK) {
            int64_t count = lax_i_min(CHUNK, n - i);
            c->to_f32(chunk, (const char *)src + i * (int64_t)c->src_size, count);
            c->from_f32((char *)dst + i * (int64_t)c->dst_size, chunk, count);
        }
    }
}
