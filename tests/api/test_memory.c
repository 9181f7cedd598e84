/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: alignments, guard pages on large layers, indices beyond 2^31, overlapping views that are
 * and are not allowed. (Every random problem lies between guard pages, too.) */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

/* Copies of the operands and the result at every offset from a cache line: the same bits. */
struct shifted {
    struct guarded memory;
    lax_tensor tensor;
};

static struct shifted shifted_new(const lax_tensor *t, size_t offset) {
    struct shifted s;
    size_t nbytes = (size_t)lax_tensor_elements(t) * ref_size(t->dtype);
    s.memory = guarded_new(nbytes + 128, false);
    s.tensor = *t;
    s.tensor.data = s.memory.bytes + 64 + offset;
    memset(s.memory.bytes, 0xff, s.memory.nbytes);
    if (t->data) memcpy(s.tensor.data, t->data, nbytes);
    return s;
}

static void at_offset(lax_tensor in[2], const lax_conv_options *o, lax_tensor *y,
                      const size_t offset[3]) {
    struct shifted x = shifted_new(&in[0], offset[0]), w = shifted_new(&in[1], offset[1]);
    lax_tensor form = *y;
    lax_error why;
    form.data = NULL;
    struct shifted z = shifted_new(&form, offset[2]);
    must(lax_conv_general_dilated(NULL, &x.tensor, &w.tensor, o, &z.tensor, &why), &why, "conv");
    ck_assert_msg(same_bytes(&z.tensor, y), "offsets %zu %zu %zu", offset[0], offset[1], offset[2]);
    guarded_free(&x.memory);
    guarded_free(&w.memory);
    guarded_free(&z.memory);
}

static const lax_dtype offset_types[] = {LAX_F32, LAX_F64, LAX_BF16, LAX_S8, LAX_C64};

START_TEST(pointer_offsets) {
    lax_dtype type = offset_types[_i];
    struct rng r = rng_of(41, (uint64_t)_i);
    lax_conv_options o = LAX_CONV_OPTIONS(.padding = "SAME", .window_strides = {1, 2},
                                          .dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    lax_tensor in[2] = {dense_new(type, SHAPE(1, 4, 5, 9)), dense_new(type, SHAPE(3, 2, 9, 17))};
    lax_tensor y;
    lax_error why;
    tensor_fill(&r, &in[0], FILL_NORMAL);
    tensor_fill(&r, &in[1], FILL_NORMAL);
    must(lax_conv_general_dilated_shape(&in[0], &in[1], &o, &y, &why), &why, "shape");
    y = dense_new(type, y.rank, y.shape);
    must(lax_conv_general_dilated(NULL, &in[0], &in[1], &o, &y, &why), &why, "conv");
    size_t step = type == LAX_C64 ? 4 : ref_size(type);
    for (size_t i = 0; i < 64; i += step) {
        at_offset(in, &o, &y, (const size_t[]){i, (5 * i) % 64, (3 * i) % 64});
    }
    free(in[0].data);
    free(in[1].data);
    free(y.data);
}
END_TEST

/* Window sums at every offset. */
START_TEST(window_offsets) {
    float x[64], y[32];
    lax_error why;
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {3});
    for (int i = 0; i < 64; i++) x[i] = (float)(i % 7);
    for (int offset = 0; offset < 16; offset++) {
        lax_tensor in = lax_tensor_of(LAX_F32, x + offset, SHAPE(18));
        lax_tensor out = lax_tensor_of(LAX_F32, y + offset, SHAPE(16));
        must(lax_reduce_window(NULL, &in, LAX_ADD, &o, &out, &why), &why, "reduce_window");
        for (int i = 0; i < 16; i++) {
            const float *p = x + offset + i;
            ck_assert(y[offset + i] == p[0] + p[1] + p[2]);
        }
    }
}
END_TEST

/* 2^33 elements in one byte: arithmetic on indices and sizes must be 64 bits wide. */
START_TEST(beyond_2_31_reduce_window) {
    uint8_t byte = 3, got[5];
    lax_error why;
    const int64_t huge = (INT64_C(1) << 33) + 5;
    lax_tensor x = lax_tensor_of(LAX_U8, &byte, SHAPE(huge)),
               y = lax_tensor_of(LAX_U8, got, SHAPE(5));
    x.strides[0] = 0;
    lax_window_options o =
        LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .window_strides = {INT64_C(1) << 31});
    must(lax_reduce_window(NULL, &x, LAX_ADD, &o, &y, &why), &why, "reduce_window");
    for (int i = 0; i < 5; i++) ck_assert_uint_eq(got[i], 6);
    lax_tensor cut = lax_tensor_of(LAX_U8, got, SHAPE(2));
    must(lax_pad(NULL, &x, NULL, &LAX_PAD_OPTIONS(.low = {3 - huge}, .high = {-1}), &cut, &why),
         &why, "pad");
    ck_assert(got[0] == 3 && got[1] == 3);
}
END_TEST

/* Two rows that lie 3 GiB apart in memory that is never touched between them. */
START_TEST(beyond_2_31_strides) {
    const int64_t far = INT64_C(3) << 30;
    float w[2] = {10, 1}, got[2];
    float *x = mmap(NULL, (size_t)far + 64, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ck_assert(x != MAP_FAILED);
    lax_error why;
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(2, 1, 2)),
               y = lax_tensor_of(LAX_F32, got, SHAPE(2, 1, 1));
    lax_tensor rhs = lax_tensor_of(LAX_F32, w, SHAPE(1, 1, 2));
    lhs.strides[0] = far / 4 - 16;
    for (int64_t b = 0; b < 2; b++) {
        x[b * lhs.strides[0]] = (float)(1 + b);
        x[b * lhs.strides[0] + 1] = 5;
    }
    must(lax_conv_general_dilated(NULL, &lhs, &rhs, NULL, &y, &why), &why, "conv");
    expect_f32(&y, LIST(15, 25));
    munmap(x, (size_t)far + 64);
}
END_TEST

/* Two images of 64 x 64 views of 127 elements, as far apart as dense ones of as many elements would
 * end, with a page between them that nobody may read. */
START_TEST(gaps_between_views) {
    enum { SIDE = 64, OUT = SIDE - 2, FAR = 2 * SIDE * SIDE - 2 * SIDE + 1 };
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), image = 2 * SIDE - 1;
    const size_t nbytes = (FAR + image) * sizeof(float) + 2 * page;
    unsigned char *map =
        mmap(NULL, nbytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(map != MAP_FAILED);
    ck_assert_int_eq(mprotect(map + page, page, PROT_NONE), 0);
    float *x = (float *)(void *)(map + page) - image;
    float w[3] = {1, 10, 100}, *got = calloc(2 * SIDE * OUT, sizeof *got);
    for (size_t i = 0; i < 2 * image; i++) x[i % image + i / image * FAR] = (float)(i % 5);
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(2, 1, SIDE, SIDE)),
               rhs = lax_tensor_of(LAX_F32, w, SHAPE(1, 1, 1, 3)),
               y = lax_tensor_of(LAX_F32, got, SHAPE(2, 1, SIDE, OUT));
    lhs.strides[0] = FAR, lhs.strides[2] = 1;
    lax_error why;
    must(lax_conv_general_dilated(NULL, &lhs, &rhs, &LAX_CONV_OPTIONS(.lowering = "direct_w"), &y,
                                  &why),
         &why, "conv");
    for (int64_t i = 0; i < 2 * SIDE * OUT; i++) {
        const float *p = x + i / (SIDE * OUT) * FAR + i / OUT % SIDE + i % OUT;
        ck_assert(got[i] == p[0] + 10 * p[1] + 100 * p[2]);
    }
    free(got);
    munmap(map, nbytes);
}
END_TEST

START_TEST(beyond_2_31_conv) {
    float one = 1, got[3];
    lax_error why;
    const int64_t huge = (INT64_C(1) << 32) + 3;
    lax_tensor x = lax_tensor_of(LAX_F32, &one, SHAPE(1, 1, huge)),
               w = lax_tensor_of(LAX_F32, &one, SHAPE(1, 1, 2));
    lax_tensor y = lax_tensor_of(LAX_F32, got, SHAPE(1, 1, 3));
    x.strides[2] = w.strides[2] = 0;
    lax_conv_options o = LAX_CONV_OPTIONS(.window_strides = {INT64_C(1) << 31});
    must(lax_conv_general_dilated(NULL, &x, &w, &o, &y, &why), &why, "conv");
    expect_f32(&y, LIST(2, 2, 2));
    lax_conv_options far =
        LAX_CONV_OPTIONS(.rhs_dilation = {(INT64_C(1) << 32) + 1}, .pads = {{1, 0}});
    must(lax_conv_general_dilated(NULL, &x, &w, &far, &y, &why), &why, "conv, dilated");
    expect_f32(&y, LIST(1, 2, 2));
}
END_TEST

/* Interleaved views share no element: allowed. Views that share one are not. */
START_TEST(overlap_by_lattice) {
    float x[16];
    lax_error why;
    for (int i = 0; i < 16; i++) x[i] = (float)i;
    lax_tensor even = lax_tensor_of(LAX_F32, x, SHAPE(8)), odd = even;
    even.strides[0] = odd.strides[0] = 2;
    odd.data = x + 1;
    must(lax_cumsum(NULL, &even, 0, false, &odd, &why), &why, "cumsum");
    ck_assert(x[15] == 0 + 2 + 4 + 6 + 8 + 10 + 12 + 14);
    odd.data = x + 2;
    odd.shape[0] = even.shape[0] = 7;
    ck_assert_int_eq(lax_cumsum(NULL, &even, 0, false, &odd, &why), LAX_ERROR_OVERLAP);
}
END_TEST

START_TEST(scans_in_place) {
    float x[4] = {1, 2, 3, 4};
    lax_error why;
    lax_tensor t = lax_tensor_of(LAX_F32, x, SHAPE(4)), back = t;
    must(lax_cumsum(NULL, &t, 0, true, &t, &why), &why, "cumsum");
    expect_f32(&t, LIST(10, 9, 7, 4));
    back.data = x + 3;
    back.strides[0] = -1;
    ck_assert_int_eq(lax_cumsum(NULL, &t, 0, false, &back, &why), LAX_ERROR_OVERLAP);
    expect_f32(&t, LIST(10, 9, 7, 4));
}
END_TEST

START_TEST(empty_tensors_need_no_data) {
    lax_error why;
    lax_tensor x = lax_tensor_of(LAX_F32, NULL, SHAPE(0, 3, 4, 1)),
               w = lax_tensor_of(LAX_F32, NULL, SHAPE(0, 3, 1, 1));
    lax_tensor y = lax_tensor_of(LAX_F32, NULL, SHAPE(0, 0, 4, 1));
    must(lax_conv_general_dilated(NULL, &x, &w, NULL, &y, &why), &why, "conv");
    must(lax_transpose(NULL, &x, (int32_t[]){0, 1, 2, 3}, &x, &why), &why, "transpose");
    lax_tensor z = lax_tensor_of(LAX_F32, NULL, SHAPE(0, 3, 4));
    must(lax_reduce(NULL, &x, LAX_MAX, 1, (int32_t[]){3}, &z, &why), &why, "reduce");
}
END_TEST

Suite *suite_memory(void) {
    Suite *suite = suite_create("memory");
    TCase *tc = tcase_create("memory");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, pointer_offsets, 0, sizeof offset_types / sizeof *offset_types);
    tcase_add_test(tc, window_offsets);
    tcase_add_test(tc, beyond_2_31_reduce_window);
    tcase_add_test(tc, beyond_2_31_strides);
    tcase_add_test(tc, gaps_between_views);
    tcase_add_test(tc, beyond_2_31_conv);
    tcase_add_test(tc, overlap_by_lattice);
    tcase_add_test(tc, scans_in_place);
    tcase_add_test(tc, empty_tensors_need_no_data);
    suite_add_tcase(suite, tc);
    return suite;
}
