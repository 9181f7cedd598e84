/* SPDX-License-Identifier: Apache-2.0 */
/* Data movement stage by stage: padded sizes, which elements land, dimensions merged, the printed
 * problem, tiles of every size and type, bits kept, and gradients of pad. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "property/corner.h"
#include "support/support.h"

/* An operation taken as far as its canonical problem. */
struct checked {
    lax_operation op;
    struct spec spec;
    struct shape shape;
    struct problem problem;
};

static struct checked *check(lax_operation op) {
    struct checked *c = calloc(1, sizeof *c);
    lax_error why;
    c->op = op;
    must(lax_i_check(&c->op, &c->spec, &c->shape, &why), &why, "check");
    lax_i_layout(&c->shape, &c->problem);
    return c;
}

static lax_operation pad_op(lax_tensor operand, lax_pad_options options) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_PAD, .n_operands = 1, .pad = options);
    op.operands[0] = operand;
    return op;
}

static lax_operation transpose_op(lax_tensor operand, const int32_t *permutation) {
    lax_operation op = LAX_OPERATION(.op = LAX_OP_TRANSPOSE, .n_operands = 1);
    op.operands[0] = operand;
    memcpy(op.permutation, permutation, (size_t)operand.rank * sizeof *permutation);
    return op;
}

/* --- shape ----------------------------------------------------------------------------------- */

START_TEST(padded_sizes) {
    static const struct {
        int64_t in, low, high, interior, out;
    } rows[] = {
        {3, 1, 2, 0, 6},    {3, 0, 0, 2, 7},    {0, 0, 0, 5, 0},
        {0, 2, 1, 9, 3},    {5, -2, -3, 0, 0},  {3, -2, -2, 1, 1},
        {4, -9, 20, 3, 24}, {1, 0, 0, 1000, 1}, {3, INT64_MIN, INT64_MAX, 0, 2},
    };
    for (int i = 0; i < LAX_COUNTOF(rows); i++) {
        lax_pad_options o = LAX_PAD_OPTIONS(.low = {rows[i].low}, .high = {rows[i].high},
                                            .interior = {rows[i].interior});
        lax_tensor x = lax_tensor_of(LAX_F32, NULL, 1, &rows[i].in), out;
        ck_assert_int_eq(lax_pad_shape(&x, &o, &out, NULL), LAX_OK);
        ck_assert_int_eq(out.shape[0], rows[i].out);
        free(check(pad_op(x, o))); /* its canonical problem can be written down */
    }
}
END_TEST

START_TEST(types_of_transposes) {
    lax_operation op =
        transpose_op(lax_tensor_of(LAX_F16, NULL, SHAPE(3, 0, 5)), (const int32_t[]){2, 0, 1});
    struct checked *c = check(op);
    ck_assert(c->shape.n_results == 1 && c->shape.results[0].dtype == LAX_F16);
    ck_assert(c->shape.results[0].shape[0] == 5 && c->shape.results[0].shape[2] == 0);
    free(c);
    op.n_results = 1;
    op.results[0] = lax_tensor_of(LAX_C64, NULL, SHAPE(5, 3, 0));
    c = check(op); /* a result of another type asks for conversion */
    ck_assert(c->problem.move.in_type == LAX_F16 && c->problem.move.out_type == LAX_C64);
    free(c);
}
END_TEST

START_TEST(layout_strings) {
    static const struct {
        const char *from, *to;
        int32_t permutation[5];
        lax_status status;
    } rows[] = {
        {"NHWC", "NCHW", {0, 3, 1, 2}, LAX_OK},
        {"NCHW", "NHWC", {0, 2, 3, 1}, LAX_OK},
        {"abc", "abc", {0, 1, 2}, LAX_OK},
        {"", "", {0}, LAX_OK},
        {"NHWC", "NHW", {0}, LAX_ERROR_LABELS_LENGTH},
        {"abcdefghijklm", "abcdefghijklm", {0}, LAX_ERROR_LABELS_LENGTH},
        {"NHHC", "NHHC", {0}, LAX_ERROR_LABELS_DUPLICATE},
        {"NHWC", "NHWW", {0}, LAX_ERROR_LABELS_DUPLICATE},
        {"NHWC", "NHWD", {0}, LAX_ERROR_LABELS_SPATIAL},
    };
    for (int i = 0; i < LAX_COUNTOF(rows); i++) {
        int32_t got[LAX_MAX_RANK];
        ck_assert_int_eq(lax_layout_permutation(rows[i].from, rows[i].to, got, NULL),
                         rows[i].status);
        for (size_t d = 0; rows[i].status == LAX_OK && d < strlen(rows[i].from); d++)
            ck_assert_int_eq(got[d], rows[i].permutation[d]);
    }
}
END_TEST

/* --- layout: elements that land -------------------------------------------------------------- */

static void check_lattice(struct pad_range r) {
    int64_t first, count, want_first = 0, want = 0;
    lax_i_pad_lattice(r, &first, &count);
    for (int64_t i = 0; i < r.in; i++) {
        int64_t at = r.low + i * r.step;
        if (at < 0 || at >= r.out) continue;
        if (want++ == 0) want_first = i;
    }
    ck_assert_msg(count == want && (count == 0 || first == want_first),
                  "%lld elements from %lld on of %lld at %lld + %lld i in %lld", (long long)count,
                  (long long)first, (long long)r.in, (long long)r.low, (long long)r.step,
                  (long long)r.out);
}

START_TEST(every_small_pad) {
    for (int64_t in = 0; in <= 5; in++)
        for (int64_t out = 0; out <= 9; out++)
            for (int64_t low = -12; low <= 12; low++)
                for (int64_t step = 1; step <= 4; step++)
                    check_lattice((struct pad_range){in, out, low, step});
}
END_TEST

START_TEST(pads_of_any_size) {
    int64_t first, count;
    lax_i_pad_lattice((struct pad_range){5, 4, INT64_MIN, 1}, &first, &count);
    ck_assert_int_eq(count, 0);
    lax_i_pad_lattice((struct pad_range){5, 4, INT64_MAX, 3}, &first, &count);
    ck_assert_int_eq(count, 0);
    lax_i_pad_lattice((struct pad_range){INT64_MAX, 3, -INT64_MAX + 2, 1}, &first, &count);
    ck_assert(first == INT64_MAX - 2 && count == 2);
    lax_i_pad_lattice((struct pad_range){3, INT64_MAX, -(INT64_C(1) << 62), INT64_C(1) << 61},
                      &first, &count);
    ck_assert(first == 2 && count == 1);
}
END_TEST

/* An empty tensor's other sizes need not have a product: nothing is moved. */
START_TEST(empty_and_huge) {
    const int64_t huge = INT64_C(1) << 40;
    struct checked *c = check(pad_op(lax_tensor_of(LAX_F32, NULL, SHAPE(huge, 0, huge, huge)),
                                     LAX_PAD_OPTIONS(.low = {-9, 0, 5, -7})));
    ck_assert(c->problem.move.rank == 1 && c->problem.move.size[0] == 0 && !c->problem.move.fill);
    free(c);
    c = check(pad_op(lax_tensor_of(LAX_F32, NULL, SHAPE(huge, 0, huge)),
                     LAX_PAD_OPTIONS(.low = {3 - huge, 2, 2 - huge})));
    ck_assert(c->problem.move.rank == 1 && c->problem.move.size[0] == 0 && c->problem.move.fill);
    ck_assert(c->problem.move.fill_rank == 1 && c->problem.move.fill_size[0] == 12);
    free(c);
    c = check(transpose_op(lax_tensor_of(LAX_S8, NULL, SHAPE(huge, huge, 0)),
                           (const int32_t[]){1, 0, 2}));
    ck_assert(c->problem.move.rank == 1 && c->problem.move.size[0] == 0);
    free(c);
}
END_TEST

/* --- layout: merged dimensions --------------------------------------------------------------- */

static int compare_pairs(const void *a, const void *b) { return memcmp(a, b, 2 * sizeof(int64_t)); }

/* Every (in, out) offset pair of a lattice, sorted. */
static int64_t (*pairs_of(int rank, const int64_t *size, const int64_t *in, const int64_t *out,
                          int64_t *n))[2] {
    int64_t index[LAX_MAX_RANK] = {0}, k = 0;
    ck_assert(lax_i_product(rank, size, n));
    int64_t(*pairs)[2] = calloc((size_t)*n + 1, sizeof *pairs);
    for (; k < *n; k++) {
        pairs[k][0] = lax_i_offset(rank, index, in);
        pairs[k][1] = lax_i_offset(rank, index, out);
        lax_i_next(rank, index, size);
    }
    qsort(pairs, (size_t)*n, sizeof *pairs, compare_pairs);
    return pairs;
}

static void check_merge(struct rng *r) {
    int64_t size[LAX_MAX_RANK], index[LAX_MAX_RANK], n, m;
    int rank = (int)rng_in(r, 0, 5);
    for (int d = 0; d < rank; d++) size[d] = rng_in(r, rng_chance(r, 5) ? 0 : 1, 4);
    struct view in = view_new(r, LAX_U8, rank, size, VIEW_INPUT);
    struct view out = view_new(r, LAX_U8, rank, size, rng_chance(r, 50) ? VIEW_PLAIN : VIEW_OUTPUT);
    int64_t *a = in.tensor.strides, *b = out.tensor.strides;
    int64_t(*before)[2] = pairs_of(rank, size, a, b, &n);
    int merged = lax_i_merge_dims(rank, size, a, b);
    int64_t(*after)[2] = pairs_of(merged, size, a, b, &m);
    ck_assert(n == m && merged <= (rank > 1 ? rank : 1));
    ck_assert(n == 0 || memcmp(before, after, (size_t)n * sizeof *before) == 0);
    for (int d = 0; d < merged && n > 0; d++) {
        ck_assert_int_gt(size[d], 1);
        ck_assert(d == 0 || llabs(b[d - 1]) >= llabs(b[d]));
    }
    memset(index, 0, sizeof index);
    free(before), free(after);
    view_free(&in), view_free(&out);
}

START_TEST(merging_keeps_the_lattice) {
    for (uint64_t i = 0; i < 3000; i++) {
        struct rng r = rng_of(31, i);
        check_merge(&r);
    }
}
END_TEST

/* Contiguous tensors are one row, in whatever order their dimensions come, forwards or back. */
START_TEST(contiguous_is_one_row) {
    int64_t size[] = {3, 5, 1, 4}, a[] = {4, 12, 9, 1}, b[] = {4, 12, 7, 1};
    ck_assert_int_eq(lax_i_merge_dims(4, size, a, b), 1);
    ck_assert(size[0] == 60 && a[0] == 1 && b[0] == 1);
    int64_t back[] = {3, 4}, c[] = {-4, -1}, d[] = {4, 1};
    ck_assert_int_eq(lax_i_merge_dims(2, back, c, d), 1);
    ck_assert(back[0] == 12 && c[0] == -1 && d[0] == 1);
    /* what follows a dimension may be too far to count */
    int64_t far[] = {2, 4}, e[] = {1, INT64_C(1) << 61}, f[] = {4, 1};
    ck_assert_int_eq(lax_i_merge_dims(2, far, e, f), 2);
}
END_TEST

/* --- printing -------------------------------------------------------------------------------- */

START_TEST(problems_print) {
    struct {
        lax_operation op;
        const char *text;
    } rows[] = {
        {transpose_op(lax_tensor_of(LAX_BF16, NULL, SHAPE(2, 3, 4)), (const int32_t[]){0, 2, 1}),
         "move bf16->bf16: (2,4,3) strides in(12,1,4), out(12,3,1)"},
        {pad_op(lax_tensor_of(LAX_S32, NULL, SHAPE(4)), LAX_PAD_OPTIONS(.high = {3})),
         "move s32->s32: (4) strides in(1), out(1); fill (7)"},
    };
    for (int i = 0; i < LAX_COUNTOF(rows); i++) {
        char line[300];
        struct text text = lax_i_text(line, sizeof line);
        struct checked *c = check(rows[i].op);
        lax_i_print_problem(&text, &c->problem);
        ck_assert_str_eq(line, rows[i].text);
        free(c);
    }
}
END_TEST

/* --- lower: tiles ---------------------------------------------------------------------------- */

/* Transposes rows x columns of any type and strides and compares byte by byte. */
static void check_tiles(struct rng *r, lax_dtype type, int64_t rows, int64_t columns) {
    const int64_t shape[] = {rows, columns}, turned[] = {columns, rows};
    struct view x = view_new(r, type, 2, shape, VIEW_INPUT);
    struct view y = view_new(r, type, 2, turned, VIEW_OUTPUT);
    lax_error why;
    tensor_fill(r, &x.tensor, FILL_NORMAL);
    must(lax_transpose(NULL, &x.tensor, (const int32_t[]){1, 0}, &y.tensor, &why), &why,
         "transpose");
    lax_tensor back = lax_tensor_permuted(&y.tensor, (const int32_t[]){1, 0});
    ck_assert_msg(same_bytes(&x.tensor, &back), "%s %lld x %lld", lax_dtype_name(type),
                  (long long)rows, (long long)columns);
    ck_assert(view_holes_intact(&y));
    view_free(&x), view_free(&y);
}

START_TEST(tiles_of_every_type) {
    static const int64_t sizes[] = {1, 2, 63, 64, 65, 130};
    lax_dtype type = (lax_dtype)_i;
    for (int a = 0; a < LAX_COUNTOF(sizes); a++)
        for (int b = 0; b < LAX_COUNTOF(sizes); b++) {
            struct rng r = rng_of(32, (uint64_t)(type * 100 + a * 10 + b));
            check_tiles(&r, type, sizes[a], sizes[b]);
        }
}
END_TEST

/* Rows longer than a task, moved, filled and rounded. */
START_TEST(long_rows) {
    const int64_t n = 3 * 16384 + 7, padded = n + 40000;
    struct rng r = rng_of(33, 0);
    struct view x = view_new(&r, LAX_F32, 1, &n, VIEW_PLAIN);
    struct view y = view_new(&r, LAX_F32, 1, &padded, VIEW_PLAIN);
    float seven = 7, *got = y.tensor.data;
    lax_error why;
    tensor_fill(&r, &x.tensor, FILL_INDEX);
    must(lax_pad(NULL, &x.tensor, &seven, &LAX_PAD_OPTIONS(.low = {20000}, .high = {20000}),
                 &y.tensor, &why),
         &why, "pad");
    for (int64_t i = 0; i < padded; i++)
        ck_assert(got[i] == (i < 20000 || i >= 20000 + n ? 7 : (float)(i - 20000)));
    lax_tensor part = lax_tensor_of(LAX_F32, got, 1, &n);
    must(lax_reduce_precision(NULL, &x.tensor, 8, 3, &part, &why), &why, "reduce_precision");
    ck_assert(got[17] == 16 && got[49151] == 49152);
    ck_assert(view_holes_intact(&y));
    view_free(&x), view_free(&y);
}
END_TEST

/* Blocks do not depend on threads. */
START_TEST(tasks_are_the_problems) {
    lax_operation op =
        transpose_op(lax_tensor_of(LAX_F32, NULL, SHAPE(300, 70, 200)), (const int32_t[]){2, 1, 0});
    lax_context *many = context_with_threads(5);
    lax_plan *a, *b;
    lax_error why;
    must(lax_operation_plan(NULL, &op, &a, &why), &why, "plan");
    must(lax_operation_plan(many, &op, &b, &why), &why, "plan");
    const struct plan *p = (const struct plan *)a, *q = (const struct plan *)b;
    ck_assert(p->n_phases == 1 && q->n_phases == 1 && p->phases[0].tasks > 20);
    ck_assert_int_eq(p->phases[0].tasks, q->phases[0].tasks);
    ck_assert_uint_eq(lax_plan_workspace_size(b) % lax_plan_workspace_size(a), 0); /* a thread's */
    lax_plan_release(a), lax_plan_release(b);
    lax_context_destroy(many);
}
END_TEST

/* --- bits ------------------------------------------------------------------------------------ */

/* NaN payloads (signalling ones too), -0 and subnormals survive, even where subnormals are flushed
 * in arithmetic. */
START_TEST(moves_keep_bits) {
    static const uint32_t bits[] = {0x7f800001, 0xffc12345, 0x80000000, 1, 0x807fffff, 0x7f7fffff};
    uint32_t got[9], value = 0x7fa00007;
    lax_context *flush;
    lax_error why;
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.flush_subnormals = true, .num_threads = 1),
                            &flush, &why),
         &why, "context");
    lax_tensor x = lax_tensor_of(LAX_F32, (void *)(uintptr_t)bits, SHAPE(6));
    lax_tensor y = lax_tensor_of(LAX_F32, got, SHAPE(9));
    must(lax_pad(flush, &x, &value, &LAX_PAD_OPTIONS(.low = {1}, .high = {2}), &y, &why), &why,
         "pad");
    ck_assert(memcmp(got + 1, bits, sizeof bits) == 0);
    ck_assert(got[0] == value && got[7] == value && got[8] == value);
    lax_tensor pairs = lax_tensor_of(LAX_C64, (void *)(uintptr_t)bits, SHAPE(1, 3));
    lax_tensor turned = lax_tensor_of(LAX_C64, got, SHAPE(3, 1));
    must(lax_transpose(flush, &pairs, (const int32_t[]){1, 0}, &turned, &why), &why, "transpose");
    ck_assert(memcmp(got, bits, sizeof bits) == 0);
    y = lax_tensor_of(LAX_F32, got, SHAPE(6));
    must(lax_reduce_precision(flush, &x, 8, 23, &y, &why), &why, "reduce_precision");
    ck_assert(memcmp(got, bits, sizeof bits) == 0);
    lax_context_destroy(flush);
}
END_TEST

/* --- gradients of pad ------------------------------------------------------------------------ */

/* Subtracting the operand's part from the whole sum would leave 0 here. */
START_TEST(value_gradient_does_not_cancel) {
    const float g[] = {1, 1e30f, 2, 1e30f, 4, -3e30f, 8};
    float sum = -1;
    lax_tensor grad = f32_of(SHAPE(7), g), out = lax_tensor_of(LAX_F32, &sum, 0, NULL);
    lax_error why;
    must(lax_pad_grad_value(NULL, &grad, (const int64_t[]){3},
                            &LAX_PAD_OPTIONS(.low = {1}, .high = {1}, .interior = {1}), &out, &why),
         &why, "grad_value");
    ck_assert(sum == 15);
}
END_TEST

/* What fell off the edges has no gradient; the rest comes from where it landed. */
START_TEST(operand_gradient_of_cut_elements) {
    const float g[] = {10, 20, 30}, want[] = {0, 20, 0};
    float got[3];
    lax_tensor grad = f32_of(SHAPE(3), g), out = lax_tensor_of(LAX_F32, got, SHAPE(3));
    lax_error why;
    /* x0 . x1 . x2 cut by one at both ends leaves . x1 . */
    must(lax_pad_grad_operand(
             NULL, &grad, &LAX_PAD_OPTIONS(.low = {-1}, .high = {-1}, .interior = {1}), &out, &why),
         &why, "grad_operand");
    ck_assert(memcmp(got, want, sizeof want) == 0);
}
END_TEST

START_TEST(gradients_refuse) {
    float g[6] = {0}, y[6];
    lax_tensor grad = lax_tensor_of(LAX_F32, g, SHAPE(3)), scalar = lax_tensor_of(LAX_F32, y, 0, 0);
    lax_tensor same = lax_tensor_of(LAX_F32, g + 1, SHAPE(3)), none = grad, vector = grad;
    const lax_pad_options o = LAX_PAD_OPTIONS(.low = {0});
    const int64_t three = 3, four = 4;
    lax_error why;
    none.data = NULL, vector.data = y;
    ck_assert_int_eq(lax_pad_grad_operand(NULL, &grad, &o, &same, &why), LAX_ERROR_OVERLAP);
    ck_assert(strstr(why.text, "operand_grad") && strstr(why.text, "overlaps grad"));
    ck_assert_int_eq(lax_pad_grad_operand(NULL, &none, &o, &vector, &why), LAX_ERROR_NULL);
    ck_assert_str_eq(why.text, "grad has no data");
    ck_assert_int_eq(lax_pad_grad_operand(NULL, &grad, &o, &none, &why), LAX_ERROR_NULL);
    ck_assert_str_eq(why.text, "operand_grad has no data");
    ck_assert_int_eq(lax_pad_grad_value(NULL, &grad, &three, &o, &vector, &why),
                     LAX_ERROR_RANK_MISMATCH);
    ck_assert_str_eq(why.text, "value_grad must have rank 0, got 1");
    ck_assert_int_eq(lax_pad_grad_value(NULL, &grad, &four, &o, &scalar, &why),
                     LAX_ERROR_SHAPE_MISMATCH);
    ck_assert_str_eq(why.text, "grad must have size 4 in dimension 0, got 3");
    ck_assert_int_eq(lax_pad_grad_value(NULL, &grad, NULL, &o, &scalar, &why), LAX_ERROR_NULL);
}
END_TEST

/* Dimensions of size 1 may have any stride, as other libraries give them. */
START_TEST(strides_of_single_elements) {
    float x[4] = {1, 2, 3, 4}, y[4] = {0};
    lax_tensor a = lax_tensor_of(LAX_F32, x, SHAPE(1, 4, 1)), b = a;
    lax_error why;
    b.data = y;
    a.strides[0] = INT64_MIN, a.strides[2] = INT64_MAX;
    b.strides[0] = INT64_MAX, b.strides[2] = INT64_MIN;
    must(lax_transpose(NULL, &a, (const int32_t[]){2, 1, 0}, &b, &why), &why, "transpose");
    ck_assert(memcmp(x, y, sizeof x) == 0);
    for (int axis = 0; axis < 3; axis++)
        must(lax_cumsum(NULL, &a, axis, true, &b, &why), &why, "cumsum");
    /* columns 0 and 1 of a 2 x 2 matrix do not overlap */
    a = lax_tensor_of(LAX_F32, x, SHAPE(1, 2)), a.strides[0] = INT64_MAX, a.strides[1] = 2;
    b = a, b.data = x + 1;
    must(lax_transpose(NULL, &a, (const int32_t[]){0, 1}, &b, &why), &why, "interleaved");
    ck_assert(x[0] == 1 && x[1] == 1 && x[2] == 3 && x[3] == 3);
}
END_TEST

Suite *suite_move_stage(void);
Suite *suite_move_stage(void) {
    Suite *suite = suite_create("move_stage");
    TCase *tcase = tcase_create("move_stage");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, padded_sizes);
    tcase_add_test(tcase, types_of_transposes);
    tcase_add_test(tcase, layout_strings);
    tcase_add_test(tcase, every_small_pad);
    tcase_add_test(tcase, pads_of_any_size);
    tcase_add_test(tcase, empty_and_huge);
    tcase_add_test(tcase, merging_keeps_the_lattice);
    tcase_add_test(tcase, contiguous_is_one_row);
    tcase_add_test(tcase, problems_print);
    tcase_add_loop_test(tcase, tiles_of_every_type, LAX_F64, LAX_C128 + 1);
    tcase_add_test(tcase, long_rows);
    tcase_add_test(tcase, tasks_are_the_problems);
    tcase_add_test(tcase, moves_keep_bits);
    tcase_add_test(tcase, value_gradient_does_not_cancel);
    tcase_add_test(tcase, operand_gradient_of_cut_elements);
    tcase_add_test(tcase, gradients_refuse);
    tcase_add_test(tcase, strides_of_single_elements);
    suite_add_tcase(suite, tcase);
    return suite;
}
