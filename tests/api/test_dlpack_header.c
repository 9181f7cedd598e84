/* SPDX-License-Identifier: Apache-2.0 */
/* DLPack against the distribution's header, where there is one: the same layout, the same codes. */
#include "api/dlpack_header.h"

#if defined(LAX_HAVE_DLPACK_H)
#include <dlpack/dlpack.h>
#include <lax/lax.h>

#include "support/support.h"

START_TEST(same_layout) {
    float data[6];
    int64_t shape[2] = {2, 3};
    lax_tensor t = lax_tensor_of(LAX_F32, data, 2, shape), back;
    DLManagedTensor *out, mine;
    lax_error why;
    must(lax_tensor_to_dlpack(&t, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert_int_eq(out->dl_tensor.ndim, 2);
    ck_assert_int_eq(out->dl_tensor.device.device_type, kDLCPU);
    ck_assert_int_eq(out->dl_tensor.dtype.code, kDLFloat);
    ck_assert_int_eq(out->dl_tensor.dtype.bits, 32);
    ck_assert(out->dl_tensor.shape[1] == 3 && out->dl_tensor.strides[0] == 3);
    ck_assert_uint_eq(out->dl_tensor.byte_offset, 0);
    mine = *out;
    must(lax_tensor_from_dlpack(&mine, &back, &why), &why, "from_dlpack");
    ck_assert(back.data == data && back.strides[0] == 3);
    out->deleter(out);
}
END_TEST

static const struct {
    lax_dtype type;
    DLDataTypeCode code;
} codes[] = {{LAX_S8, kDLInt}, {LAX_U8, kDLUInt}, {LAX_BF16, kDLBfloat}, {LAX_C64, kDLComplex}};

START_TEST(same_codes) {
    double data[2];
    lax_tensor t = lax_tensor_of(codes[_i].type, data, 0, NULL);
    DLManagedTensor *out;
    lax_error why;
    must(lax_tensor_to_dlpack(&t, NULL, NULL, &out, &why), &why, "to_dlpack");
    ck_assert_int_eq(out->dl_tensor.dtype.code, codes[_i].code);
    out->deleter(out);
}
END_TEST

void dlpack_header_tests(TCase *tc) {
    tcase_add_test(tc, same_layout);
    tcase_add_loop_test(tc, same_codes, 0, sizeof codes / sizeof *codes);
}
#else
void dlpack_header_tests(TCase *tc) { (void)tc; }
#endif
