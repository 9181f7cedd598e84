/* SPDX-License-Identifier: Apache-2.0 */
/* DLPack: what is imported and exported, and who releases it when. */
#include <stddef.h>
#include <string.h>

#include "api/dlpack_abi.h"
#include "api/dlpack_header.h"
#include "property/corner.h"
#include "suites.h"
#include "support/support.h"

static const struct {
    lax_dtype type;
    uint8_t code, bits;
} types[] = {{LAX_F64, ABI_FLOAT, 64},   {LAX_F32, ABI_FLOAT, 32},   {LAX_F16, ABI_FLOAT, 16},
             {LAX_BF16, ABI_BFLOAT, 16}, {LAX_S8, ABI_INT, 8},       {LAX_S16, ABI_INT, 16},
             {LAX_S32, ABI_INT, 32},     {LAX_S64, ABI_INT, 64},     {LAX_U8, ABI_UINT, 8},
             {LAX_U16, ABI_UINT, 16},    {LAX_U32, ABI_UINT, 32},    {LAX_U64, ABI_UINT, 64},
             {LAX_PRED, ABI_BOOL, 8},    {LAX_C64, ABI_COMPLEX, 64}, {LAX_C128, ABI_COMPLEX, 128}};

START_TEST(element_types) {
    unsigned char data[96];
    int64_t shape[2] = {2, 3};
    struct DLManagedTensor m = {
        .dl = {data, {ABI_CPU, 0}, 2, {types[_i].code, types[_i].bits, 1}, shape, NULL, 0}};
    struct DLManagedTensor *out;
    lax_tensor t;
    lax_error why;
    must(lax_tensor_from_dlpack(&m, &t, &why), &why, "from_dlpack");
    ck_assert_int_eq(t.dtype, types[_i].type);
    ck_assert(t.data == data && t.rank == 2 && t.shape[0] == 2 && t.shape[1] == 3);
    ck_assert(t.strides[0] == 3 && t.strides[1] == 1);
    must(lax_tensor_to_dlpack(&t, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert_uint_eq(out->dl.dtype.code, types[_i].code);
    ck_assert_uint_eq(out->dl.dtype.bits, types[_i].bits);
    ck_assert_uint_eq(out->dl.dtype.lanes, 1);
    ck_assert(out->dl.device.type == ABI_CPU && out->dl.device.id == 0 && out->dl.ndim == 2);
    out->deleter(out);
}
END_TEST

START_TEST(strides_and_offsets) {
    float data[24];
    int64_t shape[2] = {4, 3}, strides[2] = {-6, 2};
    struct DLManagedTensor m = {
        .dl = {data, {ABI_CPU, 0}, 2, {ABI_FLOAT, 32, 1}, shape, strides, 18 * sizeof(float)}};
    struct DLManagedTensor *out;
    lax_tensor t;
    lax_error why;
    must(lax_tensor_from_dlpack(&m, &t, &why), &why, "from_dlpack");
    ck_assert_ptr_eq(t.data, data + 18);
    ck_assert(t.strides[0] == -6 && t.strides[1] == 2);
    must(lax_tensor_to_dlpack(&t, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert_ptr_eq((char *)out->dl.data + out->dl.byte_offset, data + 18);
    ck_assert(out->dl.strides[0] == -6 && out->dl.strides[1] == 2 && out->dl.shape[0] == 4);
    out->deleter(out);
}
END_TEST

START_TEST(empty_and_scalar) {
    int64_t shape[2] = {0, 3};
    struct DLManagedTensor m = {.dl = {NULL, {ABI_CPU, 0}, 2, {ABI_INT, 8, 1}, shape, NULL, 0}};
    struct DLManagedTensor *out;
    lax_tensor t;
    lax_error why;
    must(lax_tensor_from_dlpack(&m, &t, &why), &why, "from_dlpack");
    ck_assert_int_eq(lax_tensor_elements(&t), 0);
    must(lax_tensor_to_dlpack(&t, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert(out->dl.shape[0] == 0 && out->dl.shape[1] == 3);
    out->deleter(out);
    float x = 5;
    m.dl = (struct abi_tensor){&x, {ABI_CPU, 0}, 0, {ABI_FLOAT, 32, 1}, NULL, NULL, 0};
    must(lax_tensor_from_dlpack(&m, &t, &why), &why, "from_dlpack");
    ck_assert(t.rank == 0 && t.data == &x);
    must(lax_tensor_to_dlpack(&t, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert_int_eq(out->dl.ndim, 0);
    out->deleter(out);
}
END_TEST

static void count(void *user) { ++*(int *)user; }

/* The tensor's own struct and arrays may go away; release() is called once, by the deleter. */
START_TEST(lifetime) {
    float data[6];
    int calls = 0;
    struct DLManagedTensor *out;
    struct DLManagedTensorVersioned *versioned;
    lax_error why;
    {
        lax_tensor t = lax_tensor_of(LAX_F32, data, SHAPE(2, 3));
        must(lax_tensor_to_dlpack(&t, count, &calls, &out, &why), &why, "to_dlpack");
        must(lax_tensor_to_dlpack_versioned(&t, true, count, &calls, &versioned, &why), &why,
             "to_dlpack_versioned");
        memset(&t, 0xff, sizeof t);
    }
    ck_assert(out->dl.shape[0] == 2 && out->dl.shape[1] == 3 && out->dl.data == data);
    ck_assert_int_eq(calls, 0);
    out->deleter(out);
    ck_assert_int_eq(calls, 1);
    ck_assert(versioned->version.major == 1 && (versioned->flags & 1) == 1);
    ck_assert(versioned->dl.strides[0] == 3);
    versioned->deleter(versioned);
    ck_assert_int_eq(calls, 2);
}
END_TEST

START_TEST(versioned_round_trip) {
    double data[8];
    lax_tensor t = lax_tensor_of(LAX_F64, data, SHAPE(2, 2, 2)), back;
    struct DLManagedTensorVersioned *out;
    lax_error why;
    must(lax_tensor_to_dlpack_versioned(&t, false, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert_uint_eq(out->flags & 1, 0);
    must(lax_tensor_from_dlpack_versioned(out, &back, &why), &why, "from_dlpack");
    ck_assert(back.data == data && back.rank == 3 && back.strides[0] == 4);
    out->deleter(out);
}
END_TEST

/* A view of another library's memory is computed on without a copy. */
START_TEST(convolves_a_view) {
    float x[4] = {3, 2, 1, 0}, w[2] = {10, 1}, got[2];
    int64_t shape[3] = {1, 1, 3}, strides[3] = {1, 1, -1};
    struct DLManagedTensor m = {
        .dl = {x, {ABI_CPU, 0}, 3, {ABI_FLOAT, 32, 1}, shape, strides, 2 * sizeof(float)}};
    lax_tensor lhs, rhs = lax_tensor_of(LAX_F32, w, SHAPE(1, 1, 2)),
                    y = lax_tensor_of(LAX_F32, got, SHAPE(1, 1, 2));
    lax_error why;
    must(lax_tensor_from_dlpack(&m, &lhs, &why), &why, "from_dlpack");
    must(lax_conv_general_dilated(NULL, &lhs, &rhs, NULL, &y, &why), &why, "conv");
    expect_f32(&y, LIST(12, 23));
}
END_TEST

START_TEST(no_memory) {
    float x = 1;
    lax_tensor t = lax_tensor_of(LAX_F32, &x, 0, NULL);
    struct DLManagedTensor *out;
    struct DLManagedTensorVersioned *versioned;
    struct counting c;
    int calls = 0;
    lax_error why;
    malloc_count_start(&c);
    c.fail_at = 0;
    lax_status s = lax_tensor_to_dlpack(&t, count, &calls, &out, &why);
    c.fail_at = c.requests;
    lax_status v = lax_tensor_to_dlpack_versioned(&t, false, count, &calls, &versioned, &why);
    malloc_count_stop();
    ck_assert(s == LAX_ERROR_MEMORY && v == LAX_ERROR_MEMORY);
    ck_assert_int_eq(calls, 0);
}
END_TEST

Suite *suite_dlpack(void) {
    Suite *suite = suite_create("dlpack");
    TCase *tc = tcase_create("dlpack");
    tcase_add_loop_test(tc, element_types, 0, sizeof types / sizeof *types);
    tcase_add_test(tc, strides_and_offsets);
    tcase_add_test(tc, empty_and_scalar);
    tcase_add_test(tc, lifetime);
    tcase_add_test(tc, versioned_round_trip);
    tcase_add_test(tc, convolves_a_view);
    tcase_add_test(tc, no_memory);
    dlpack_header_tests(tc);
    suite_add_tcase(suite, tc);
    return suite;
}
