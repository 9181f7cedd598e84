/* SPDX-License-Identifier: Apache-2.0 */
/* Shape functions, helpers without data, names and sizes of element types, printed numbers. */
#include <stdio.h>
#include <string.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

START_TEST(element_types) {
    static const struct {
        lax_dtype type;
        const char *name;
        size_t size;
    } rows[] = {{LAX_F64, "f64", 8},   {LAX_F32, "f32", 4}, {LAX_F16, "f16", 2},
                {LAX_BF16, "bf16", 2}, {LAX_S8, "s8", 1},   {LAX_S16, "s16", 2},
                {LAX_S32, "s32", 4},   {LAX_S64, "s64", 8}, {LAX_U8, "u8", 1},
                {LAX_U16, "u16", 2},   {LAX_U32, "u32", 4}, {LAX_U64, "u64", 8},
                {LAX_PRED, "pred", 1}, {LAX_C64, "c64", 8}, {LAX_C128, "c128", 16}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_uint_eq(lax_dtype_size(rows[i].type), rows[i].size);
        ck_assert_str_eq(lax_dtype_name(rows[i].type), rows[i].name);
        ck_assert_int_eq(lax_dtype_from_name(rows[i].name), rows[i].type);
    }
    ck_assert_uint_eq(lax_dtype_size((lax_dtype)99), 0);
    ck_assert_str_eq(lax_dtype_name(LAX_DTYPE_UNSET), "invalid");
    ck_assert_int_eq(lax_dtype_from_name("f8e4m3fn"), LAX_DTYPE_UNSET);
    ck_assert_int_eq(lax_dtype_from_name(NULL), LAX_DTYPE_UNSET);
}
END_TEST

/* The header's numbers are an ABI: they must not move. */
START_TEST(header_constants) {
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", LAX_VERSION_MAJOR, LAX_VERSION_MINOR,
             LAX_VERSION_PATCH);
    ck_assert_str_eq(lax_version(), version);
    ck_assert(LAX_MAX_RANK == 12 && LAX_MAX_SPATIAL == 10 && LAX_MAX_OPERANDS == 8);
    ck_assert(LAX_F64 == 1 && LAX_F32 == 2 && LAX_C128 == 15 && LAX_PRED == 13);
    ck_assert(LAX_ERROR_NULL == 1 && LAX_ERROR_DLPACK_VERSION == 92);
    ck_assert(LAX_ADD == 1 && LAX_LOGADDEXP == 8 && LAX_GE == 1 && LAX_LT == 4);
    ck_assert(LAX_OP_CONV == 1 && LAX_OP_REDUCE_PRECISION == 15 && LAX_TANH == 9);
    ck_assert(LAX_CONV_OPTIONS(.padding = NULL).size == sizeof(lax_conv_options));
    ck_assert(LAX_OPERATION(.op = LAX_OP_PAD).size == sizeof(lax_operation));
}
END_TEST

START_TEST(tensors) {
    float x[24];
    lax_tensor t = lax_tensor_of(LAX_F32, x, SHAPE(2, 3, 4));
    ck_assert(t.strides[0] == 12 && t.strides[1] == 4 && t.strides[2] == 1 && t.data == x);
    lax_tensor p = lax_tensor_permuted(&t, (const int32_t[]){2, 0, 1});
    ck_assert(p.shape[0] == 4 && p.shape[1] == 2 && p.shape[2] == 3);
    ck_assert(p.strides[0] == 1 && p.strides[1] == 12 && p.strides[2] == 4);
    ck_assert_int_eq(lax_tensor_elements(&t), 24);
    t.shape[0] = INT64_MAX;
    ck_assert_int_eq(lax_tensor_elements(&t), -1);
    t.shape[1] = 0;
    ck_assert_int_eq(lax_tensor_elements(&t), 0);
    t.rank = 14;
    ck_assert_int_eq(lax_tensor_elements(&t), -1);
    lax_tensor scalar = lax_tensor_of(LAX_F32, x, 0, NULL);
    ck_assert_int_eq(lax_tensor_elements(&scalar), 1);
}
END_TEST

START_TEST(dimension_numbers) {
    static const char *const strings[3] = {"NHWC", "WHIO", "NHWC"};
    lax_conv_dimension_numbers n;
    lax_error why;
    char text[300], labels[64];
    must(lax_conv_dimension_numbers_from_strings(4, 4, strings, &n, &why), &why, "strings");
    ck_assert(n.lhs_spec[0] == 0 && n.lhs_spec[1] == 3 && n.lhs_spec[2] == 2 && n.lhs_spec[3] == 1);
    ck_assert(n.rhs_spec[0] == 3 && n.rhs_spec[1] == 2 && n.rhs_spec[2] == 0 && n.rhs_spec[3] == 1);
    lax_conv_dimension_numbers_print(&n, 4, text, sizeof text);
    ck_assert_str_eq(text, "ConvDimensionNumbers(lhs_spec=(0, 3, 2, 1), rhs_spec=(3, 2, 0, 1), "
                           "out_spec=(0, 3, 2, 1))");
    size_t length = lax_conv_dim_labels_print(&n, 4, labels, sizeof labels);
    ck_assert_str_eq(labels, "b10f_01io->b10f");
    ck_assert_uint_eq(length, strlen(labels));
    ck_assert_uint_eq(lax_conv_dim_labels_print(&n, 4, NULL, 0), length);
}
END_TEST

/* Strings, labels and their printed forms agree for random orders of every rank. */
START_TEST(dimension_numbers_round_trip) {
    struct rng r = rng_of(61, (uint64_t)_i);
    int32_t rank = (int32_t)rng_in(&r, 2, LAX_MAX_RANK), read_rank = 0;
    lax_conv_dimension_numbers n, again;
    lax_error why;
    char labels[64];
    memset(&n, 0, sizeof n);
    rng_permutation(&r, rank, n.lhs_spec);
    rng_permutation(&r, rank, n.rhs_spec);
    rng_permutation(&r, rank, n.out_spec);
    memset(&again, 0, sizeof again);
    lax_conv_dim_labels_print(&n, rank, labels, sizeof labels);
    must(lax_conv_dimension_numbers_from_labels(labels, &read_rank, &again, &why), &why, labels);
    ck_assert_int_eq(read_rank, rank);
    ck_assert_mem_eq(n.lhs_spec, again.lhs_spec, (size_t)rank * sizeof *n.lhs_spec);
    ck_assert_mem_eq(n.rhs_spec, again.rhs_spec, (size_t)rank * sizeof *n.rhs_spec);
    ck_assert_mem_eq(n.out_spec, again.out_spec, (size_t)rank * sizeof *n.out_spec);
}
END_TEST

START_TEST(layout_permutations) {
    int32_t p[LAX_MAX_RANK];
    lax_error why;
    must(lax_layout_permutation("NHWC", "NCHW", p, &why), &why, "NHWC to NCHW");
    ck_assert(p[0] == 0 && p[1] == 3 && p[2] == 1 && p[3] == 2);
    must(lax_layout_permutation("", "", p, &why), &why, "nothing");
}
END_TEST

/* lax_operation_infer gives the oracle's shape and type for every family. */
START_TEST(inferred_results) {
    const struct family *f = &families[_i];
    if (f->call) return;
    for (int64_t i = 0; i < 40; i++) {
        struct problem p;
        lax_error why;
        problem_init(&p, f, 3000 + i);
        problem_data(&p);
        lax_operation op = p.op;
        bool of_results = op.op == LAX_OP_CONV_GRAD_LHS || op.op == LAX_OP_CONV_GRAD_RHS ||
                          op.op == LAX_OP_TRANSPOSE || op.op == LAX_OP_REDUCE_WINDOW_ARG;
        if (!of_results) {
            op.n_results = 0;
            for (int32_t k = 0; k < LAX_MAX_OPERANDS; k++) op.results[k].rank = -1;
        }
        if (lax_operation_infer(&op, &why) != LAX_OK) problem_fail(&p, "infer", why.text);
        ck_assert_int_eq(op.n_results, p.n_out);
        for (int32_t k = 0; k < p.n_out; k++) {
            const struct ref_array *e = &p.expected[k];
            ck_assert(op.results[k].dtype == e->dtype && op.results[k].rank == e->rank);
            for (int32_t d = 0; d < e->rank; d++) {
                ck_assert_int_eq(op.results[k].shape[d], e->shape[d]);
            }
        }
        problem_free(&p);
    }
}
END_TEST

START_TEST(shape_functions) {
    lax_tensor x = lax_tensor_of(LAX_S8, NULL, SHAPE(2, 9, 7, 3)), y;
    lax_error why;
    lax_pool_options pool =
        LAX_POOL_OPTIONS(.window = {3, 3}, .strides = {2, 2}, .ceil_mode = true);
    lax_window_options window;
    must(lax_pool_shape(&x, &pool, &y, &why), &why, "pool");
    ck_assert(y.shape[0] == 2 && y.shape[1] == 4 && y.shape[2] == 3 && y.shape[3] == 3);
    pool.window[0] = 10, pool.window[1] = 9; /* 1 and 2 more than the operand has */
    must(lax_pool_shape(&x, &pool, &y, &why), &why, "pool");
    ck_assert(y.shape[1] == 1 && y.shape[2] == 0);
    pool.window[0] = pool.window[1] = 3;
    must(lax_pool_window(&x, &pool, &window, &why), &why, "pool_window");
    ck_assert(window.window_dimensions[0] == 1 && window.window_dimensions[1] == 3);
    ck_assert(window.pads[1][0] == 0 && window.window_strides[2] == 2 && window.padding == NULL);
    must(lax_reduce_shape(&x, 2, (int32_t[]){3, 1}, &y, &why), &why, "reduce");
    ck_assert(y.rank == 2 && y.shape[0] == 2 && y.shape[1] == 7 && y.dtype == LAX_S8);
    must(lax_transpose_shape(&x, (int32_t[]){3, 1, 0, 2}, &y, &why), &why, "transpose");
    ck_assert(y.shape[0] == 3 && y.shape[1] == 9 && y.shape[2] == 2 && y.shape[3] == 7);
    must(lax_pad_shape(&x, &LAX_PAD_OPTIONS(.low = {1}, .interior = {0, 2}), &y, &why), &why,
         "pad");
    ck_assert(y.shape[0] == 3 && y.shape[1] == 25 && y.strides[0] == 25 * 7 * 3);
    lax_tensor source = lax_tensor_of(LAX_S8, NULL, SHAPE(2, 4, 3, 3));
    lax_window_options o =
        LAX_WINDOW_OPTIONS(.window_dimensions = {1, 3, 3, 1}, .window_strides = {1, 2, 2, 1});
    must(lax_select_and_scatter_shape(&x, &source, &o, &y, &why), &why, "scatter");
    ck_assert(y.shape[1] == 9 && y.dtype == LAX_S8);
}
END_TEST

Suite *suite_shapes(void) {
    Suite *suite = suite_create("shapes");
    TCase *tc = tcase_create("shapes");
    tcase_add_test(tc, element_types);
    tcase_add_test(tc, header_constants);
    tcase_add_test(tc, tensors);
    tcase_add_test(tc, dimension_numbers);
    tcase_add_loop_test(tc, dimension_numbers_round_trip, 0, 40);
    tcase_add_test(tc, layout_permutations);
    tcase_set_timeout(tc, 60); /* the oracle takes its time over long scans */
    tcase_add_loop_test(tc, inferred_results, 0, n_families);
    tcase_add_test(tc, shape_functions);
    suite_add_tcase(suite, tc);
    return suite;
}
