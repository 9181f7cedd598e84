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

/* Elements of one size between a stride and none. */
static void move(void *dst, int64_t dst_stride, const void *src, int64_t src_stride, int64_t n,
                 size_t size) {
    lax_dtype type = size == 1 ? LAX_U8 : size == 2 ? LAX_U16 : size == 4 ? LAX_U32 : LAX_U64;
    lax_i_convert_kernel(type, type)(dst, dst_stride, src, src_stride, n);
}

static void convert_dense(const struct converter *c, void *dst, const void *src, int64_t n) {
    float chunk[CHUNK];
    if (c->to_f32 == NULL) {
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

/* Strided elements by way of dense ones, of up to 8 bytes. */
static void convert_strided(const struct converter *c, char *dst, int64_t dst_stride,
                            const char *src, int64_t src_stride, int64_t n) {
    uint64_t from[CHUNK], to[CHUNK];
    for (int64_t i = 0; i < n; i += CHUNK) {
        int64_t count = lax_i_min(CHUNK, n - i);
        const void *dense = src + i * src_stride * (int64_t)c->src_size;
        char *into = dst + i * dst_stride * (int64_t)c->dst_size;
        if (src_stride != 1) {
            move(from, 1, dense, src_stride, count, c->src_size);
            dense = from;
        }
        convert_dense(c, dst_stride == 1 ? (void *)into : to, dense, count);
        if (dst_stride != 1) move(into, dst_stride, to, 1, count, c->dst_size);
    }
}

void lax_i_convert(const struct converter *c, void *dst, int64_t dst_stride, const void *src,
                   int64_t src_stride, int64_t n) {
    bool vectors = c->to_f32 != NULL || c->from_f32 != NULL, dense = dst_stride == 1;
    if (vectors && dense && src_stride == 1)
        convert_dense(c, dst, src, n);
    else if (vectors && n >= 8)
        convert_strided(c, dst, dst_stride, src, src_stride, n);
    else
        c->general(dst, dst_stride, src, src_stride, n);
}
