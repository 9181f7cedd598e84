/* SPDX-License-Identifier: Apache-2.0 */
/* What convolution must satisfy whatever its inputs: shift, linearity, identity filter, split
 * batch, layouts, plans, adjoints. Integers wrap, so these hold bit for bit. */
#include <stdlib.h>
#include <string.h>

#include "property/problem.h"
#include "suites.h"

#define REPEAT 60

/* A random convolution of 64-bit integers with dense operands. */
struct trial {
    struct problem p;
    lax_tensor x, w, y;
    int32_t rank;
};

static const struct family *family_named(const char *name) {
    for (int32_t i = 0; i < n_families; i++) {
        if (strcmp(families[i].name, name) == 0) return &families[i];
    }
    return NULL;
}

static lax_tensor convolved(const lax_tensor *x, const lax_tensor *w, const lax_conv_options *o) {
    lax_tensor y;
    lax_error why;
    must(lax_conv_general_dilated_shape(x, w, o, &y, &why), &why, "shape");
    y = dense_new(y.dtype, y.rank, y.shape);
    must(lax_conv_general_dilated(NULL, x, w, o, &y, &why), &why, "conv");
    return y;
}

static void trial_make(struct trial *t, int number) {
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK];
    memset(&t->p, 0, sizeof t->p);
    t->p.rng = rng_of(81, (uint64_t)number);
    make_conv_shapes(&t->p, lhs, rhs, &t->rank);
    t->x = dense_new(LAX_S64, t->rank, lhs);
    t->w = dense_new(LAX_S64, t->rank, rhs);
    tensor_fill(&t->p.rng, &t->x, FILL_NORMAL);
    tensor_fill(&t->p.rng, &t->w, FILL_NORMAL);
    t->y = convolved(&t->x, &t->w, &t->p.op.conv);
}

static void trial_free(struct trial *t) {
    free(t->x.data);
    free(t->w.data);
    free(t->y.data);
}

static uint64_t dot(const lax_tensor *a, const lax_tensor *b) {
    const int64_t *x = a->data, *y = b->data;
    uint64_t sum = 0;
    int64_t n = lax_tensor_elements(a);
    ck_assert_int_eq(n, lax_tensor_elements(b));
    for (int64_t i = 0; i < n; i++) sum += (uint64_t)x[i] * (uint64_t)y[i];
    return sum;
}

/* One step more of low padding moves every result one position on. */
START_TEST(shift) {
    struct trial t;
    trial_make(&t, _i);
    struct ref_conv c;
    ref_conv_of(&t.p.op.conv, &t.x, t.w.shape, &c);
    lax_conv_options o = t.p.op.conv;
    o.padding = NULL;
    for (int32_t d = 0; d < c.w.n; d++) {
        o.pads[d][0] = c.w.low[d] + c.w.stride[d];
        o.pads[d][1] = c.w.high[d];
    }
    lax_tensor moved = convolved(&t.x, &t.w, &o), view = moved;
    bool empty = false;
    for (int32_t d = 0; d < c.w.n; d++) {
        int32_t axis = c.out[d + 2];
        empty |= t.y.shape[axis] == 0;
        if (!empty) ck_assert_int_eq(moved.shape[axis], t.y.shape[axis] + 1);
    }
    for (int32_t d = 0; d < c.w.n && !empty; d++) {
        view.data = (int64_t *)view.data + view.strides[c.out[d + 2]];
        view.shape[c.out[d + 2]]--;
    }
    if (!empty) ck_assert(same_bytes(&t.y, &view));
    free(moved.data);
    trial_free(&t);
}
END_TEST

START_TEST(linearity) {
    struct trial t;
    trial_make(&t, _i);
    lax_tensor other = dense_new(LAX_S64, t.rank, t.x.shape);
    lax_tensor mixed = dense_new(LAX_S64, t.rank, t.x.shape);
    tensor_fill(&t.p.rng, &other, FILL_NORMAL);
    uint64_t *a = t.x.data, *b = other.data, *c = mixed.data;
    for (int64_t i = 0; i < lax_tensor_elements(&mixed); i++) c[i] = 3 * a[i] - 7 * b[i];
    lax_tensor y = convolved(&other, &t.w, &t.p.op.conv);
    lax_tensor z = convolved(&mixed, &t.w, &t.p.op.conv);
    a = t.y.data, b = y.data, c = z.data;
    for (int64_t i = 0; i < lax_tensor_elements(&z); i++) ck_assert(c[i] == 3 * a[i] - 7 * b[i]);
    free(other.data);
    free(mixed.data);
    free(y.data);
    free(z.data);
    trial_free(&t);
}
END_TEST

static const lax_dtype identity_types[] = {LAX_F32, LAX_F64, LAX_F16, LAX_BF16,
                                           LAX_S8,  LAX_U32, LAX_C64, LAX_PRED};

START_TEST(identity_filter) {
    lax_dtype type = identity_types[_i];
    struct rng r = rng_of(82, (uint64_t)_i);
    const int64_t channels = 19, shape[4] = {2, 5, 3, channels},
                  filter[4] = {1, 1, channels, channels};
    lax_conv_options o = LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    lax_tensor x = dense_new(type, 4, shape), w = dense_new(type, 4, filter);
    tensor_fill(&r, &x, FILL_NORMAL);
    for (int64_t i = 0; i < channels; i++) {
        size_t at = (size_t)(i * channels + i) * ref_size(type);
        ref_store(type, (char *)w.data + at, ref_number(type, 1));
    }
    lax_tensor y = convolved(&x, &w, &o);
    struct ref_array expected = ref_array_read(&x);
    struct message m;
    ck_assert_msg(agrees(&expected, &y, &m), "%s", m.text);
    ref_array_free(&expected);
    free(x.data);
    free(w.data);
    free(y.data);
}
END_TEST

/* Images one at a time give the rows of all at once. */
START_TEST(split_batch) {
    struct trial t;
    trial_make(&t, _i);
    struct ref_conv c;
    ref_conv_of(&t.p.op.conv, &t.x, t.w.shape, &c);
    int64_t n = c.batches == 1 ? t.x.shape[c.lhs[0]] : 0;
    for (int64_t b = 0; b < n; b++) {
        lax_tensor x = t.x, row = t.y;
        x.shape[c.lhs[0]] = row.shape[c.out[0]] = 1;
        x.data = (int64_t *)x.data + b * x.strides[c.lhs[0]];
        row.data = (int64_t *)row.data + b * row.strides[c.out[0]];
        lax_tensor y = convolved(&x, &t.w, &t.p.op.conv);
        ck_assert(same_bytes(&y, &row));
        free(y.data);
    }
    trial_free(&t);
}
END_TEST

/* The same convolution with the axes of each tensor in another order. */
START_TEST(layouts) {
    struct trial t;
    struct ref_conv c, d;
    trial_make(&t, _i);
    ref_conv_of(&t.p.op.conv, &t.x, t.w.shape, &c);
    struct problem q;
    memset(&q, 0, sizeof q);
    q.rng = rng_of(83, (uint64_t)_i);
    lax_conv_options o = t.p.op.conv;
    o.dim_labels = NULL;
    memset(o.dimension_numbers, 0, sizeof o.dimension_numbers);
    memset(&o.indices, 0, sizeof o.indices);
    d = c;
    rng_permutation(&q.rng, t.rank, d.lhs);
    rng_permutation(&q.rng, t.rank, d.rhs);
    rng_permutation(&q.rng, t.rank, d.out);
    int32_t from_x[LAX_MAX_RANK], from_w[LAX_MAX_RANK], from_y[LAX_MAX_RANK];
    for (int32_t i = 0; i < t.rank; i++) {
        from_x[d.lhs[i]] = c.lhs[i];
        from_w[d.rhs[i]] = c.rhs[i];
        from_y[c.out[i]] = d.out[i];
        o.indices.lhs_spec[i] = d.lhs[i];
        o.indices.rhs_spec[i] = d.rhs[i];
        o.indices.out_spec[i] = d.out[i];
    }
    lax_tensor x = lax_tensor_permuted(&t.x, from_x), w = lax_tensor_permuted(&t.w, from_w);
    lax_tensor y = convolved(&x, &w, &o), back = lax_tensor_permuted(&y, from_y);
    ck_assert(same_bytes(&t.y, &back));
    free(y.data);
    trial_free(&t);
}
END_TEST

/* <conv(x, w), g> = <x, grad_lhs> = <w, grad_rhs>. */
START_TEST(adjoints) {
    struct trial t;
    lax_error why;
    trial_make(&t, _i);
    lax_tensor g = dense_new(LAX_S64, t.rank, t.y.shape);
    lax_tensor dx = dense_new(LAX_S64, t.rank, t.x.shape),
               dw = dense_new(LAX_S64, t.rank, t.w.shape);
    tensor_fill(&t.p.rng, &g, FILL_NORMAL);
    const lax_conv_options *o = &t.p.op.conv;
    must(lax_conv_general_dilated_grad_lhs(NULL, &g, &t.w, o, &dx, &why), &why, "grad_lhs");
    must(lax_conv_general_dilated_grad_rhs(NULL, &t.x, &g, o, &dw, &why), &why, "grad_rhs");
    uint64_t forward = dot(&t.y, &g);
    ck_assert_uint_eq(forward, dot(&t.x, &dx));
    ck_assert_uint_eq(forward, dot(&t.w, &dw));
    free(g.data);
    free(dx.data);
    free(dw.data);
    trial_free(&t);
}
END_TEST

/* The options that a gradient is said to have compute it: rhs as it is without groups. */
START_TEST(gradient_options) {
    struct trial t;
    lax_error why;
    lax_conv_options to_x, to_w;
    trial_make(&t, _i);
    lax_conv_options *o = &t.p.op.conv;
    bool grouped = o->feature_group_count > 1 || o->batch_group_count > 1;
    memset(o->window_reversal, 0, sizeof o->window_reversal);
    lax_tensor g = dense_new(LAX_S64, t.rank, t.y.shape);
    lax_tensor dx = dense_new(LAX_S64, t.rank, t.x.shape),
               dw = dense_new(LAX_S64, t.rank, t.w.shape);
    tensor_fill(&t.p.rng, &g, FILL_NORMAL);
    must(lax_conv_general_dilated_grad_lhs(NULL, &g, &t.w, o, &dx, &why), &why, "grad_lhs");
    must(lax_conv_general_dilated_grad_rhs(NULL, &t.x, &g, o, &dw, &why), &why, "grad_rhs");
    must(lax_conv_grad_lhs_options(&t.x, &t.w, o, &to_x, &why), &why, "grad_lhs_options");
    must(lax_conv_grad_rhs_options(&t.x, &t.w, o, &to_w, &why), &why, "grad_rhs_options");
    bool whole = lax_tensor_elements(&g) > 0;
    if (whole && !grouped) {
        lax_tensor y = convolved(&g, &t.w, &to_x);
        ck_assert(same_bytes(&y, &dx));
        free(y.data);
    }
    if (whole) {
        lax_tensor y = convolved(&t.x, &g, &to_w);
        ck_assert(same_bytes(&y, &dw));
        free(y.data);
    }
    free(g.data);
    free(dx.data);
    free(dw.data);
    trial_free(&t);
}
END_TEST

/* ---- plan = one call = packed ahead = lax_operation_run, bitwise, for every family ---- */

static void keep_bytes(struct problem *p, unsigned char **kept) {
    for (int32_t k = 0; k < p->n_out; k++) {
        kept[k] = malloc(p->out[k].memory.nbytes + 1);
        ck_assert_ptr_nonnull(kept[k]);
        if (p->out[k].memory.map) memcpy(kept[k], p->out[k].memory.bytes, p->out[k].memory.nbytes);
        view_reset(&p->out[k]);
    }
}

static void same_as_kept(struct problem *p, unsigned char **kept, const char *how) {
    for (int32_t k = 0; k < p->n_out; k++) {
        const struct guarded *g = &p->out[k].memory;
        if (g->map && memcmp(kept[k], g->bytes, g->nbytes) != 0) {
            problem_fail(p, how, "other bits than the one-shot call");
        }
        view_reset(&p->out[k]);
    }
}

static void every_way(struct problem *p) {
    unsigned char *kept[LAX_MAX_OPERANDS] = {NULL};
    lax_error why;
    if (problem_call(NULL, p, &why) != LAX_OK) problem_fail(p, "call", why.text);
    keep_bytes(p, kept);
    for (int use = 0; use <= PLAN_USES; use++) {
        lax_status s = use == PLAN_USES ? problem_by_operation(NULL, p, &why)
                                        : problem_by_plan(NULL, p, (enum plan_use)use, &why);
        if (s != LAX_OK) problem_fail(p, "plan", why.text);
        same_as_kept(p, kept, "plan");
    }
    for (int32_t k = 0; k < p->n_out; k++) free(kept[k]);
}

START_TEST(plans_give_the_same_bits) {
    const struct family *f = &families[_i];
    if (f->call) return;
    for (int64_t i = 0; i < test_problems(40); i++) {
        struct problem p;
        problem_init(&p, f, 5000 + i);
        problem_data(&p);
        every_way(&p);
        problem_free(&p);
    }
}
END_TEST

/* A convolution of floats with every lowering: within the bound of one oracle, whatever the ISA. */
static const lax_isa levels[] = {LAX_ISA_SCALAR, LAX_ISA_AVX2, LAX_ISA_AVX512, LAX_ISA_AMX};

START_TEST(instruction_sets) {
    lax_context *ctx = NULL;
    lax_error why;
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.num_threads = 2, .max_isa = levels[_i]), &ctx,
                            &why),
         &why, "context");
    const char *const names[] = {
        "conv", "conv_dense", "conv_grad", "reduce_window", "window_arg", "select_and_scatter",
        "scan", "transpose",  "pad",       "reduce"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        for (int64_t i = 0; i < test_problems(60); i++) {
            struct problem p;
            struct message m;
            problem_init(&p, family_named(names[n]), 20000 + i);
            problem_data(&p);
            if (problem_call(ctx, &p, &why) != LAX_OK) problem_fail(&p, "max_isa", why.text);
            for (int32_t k = 0; k < p.n_out; k++) {
                if (!agrees(&p.expected[k], &p.out[k].tensor, &m)) {
                    problem_fail(&p, "max_isa", m.text);
                }
            }
            problem_free(&p);
        }
    }
    lax_context_destroy(ctx);
}
END_TEST

Suite *suite_identity(void) {
    Suite *suite = suite_create("identity");
    TCase *tc = tcase_create("identity");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, shift, 0, REPEAT);
    tcase_add_loop_test(tc, linearity, 0, REPEAT);
    tcase_add_loop_test(tc, identity_filter, 0, sizeof identity_types / sizeof *identity_types);
    tcase_add_loop_test(tc, split_batch, 0, REPEAT);
    tcase_add_loop_test(tc, layouts, 0, REPEAT);
    tcase_add_loop_test(tc, adjoints, 0, 2 * REPEAT);
    tcase_add_loop_test(tc, gradient_options, 0, 2 * REPEAT);
    tcase_add_loop_test(tc, plans_give_the_same_bits, 0, n_families);
    tcase_add_loop_test(tc, instruction_sets, 0, sizeof levels / sizeof *levels);
    suite_add_tcase(suite, tc);
    return suite;
}
