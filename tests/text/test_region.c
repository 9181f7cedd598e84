/* SPDX-License-Identifier: Apache-2.0 */
/* Random regions on many lanes against an evaluation in double that is rounded to the written type
 * after every operation. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "suites.h"
#include "support/support.h"

enum { VALUES = 24, MOST_LANES = 700 };

enum kind {
    PARAMETER,
    CONSTANT,
    ADD,
    SUBTRACT,
    MULTIPLY,
    MAXIMUM,
    MINIMUM,
    CHOOSE,
    CLAMP,
    CONVERT
};

/* One value of the region: what makes it, of which others. */
struct value {
    enum kind kind;
    lax_dtype type;
    int in[3];
    double constant;
};

struct region {
    int n;
    struct value v[VALUES];
};

static double rounded(lax_dtype type, double x) {
    switch (type) {
    case LAX_F32: return (float)x;
    case LAX_F16: return lax_i_from_f16(lax_i_double_to_f16(x));
    case LAX_BF16: return lax_i_from_bf16(lax_i_double_to_bf16(x));
    case LAX_S32: return (double)(int32_t)(uint32_t)(int64_t)x; /* wraps */
    default: return x;
    }
}

static double higher(double a, double b) {
    if (isnan(a) || isnan(b)) return NAN;
    return a > b || (a == b && !signbit(a)) ? a : b;
}

static double apply(const struct value *v, const double *x) {
    double a = x[v->in[0]], b = x[v->in[1]], c = x[v->in[2]];
    switch (v->kind) {
    case ADD: return rounded(v->type, a + b);
    case SUBTRACT: return rounded(v->type, a - b);
    case MULTIPLY: return rounded(v->type, a * b);
    case MAXIMUM: return higher(a, b);
    case MINIMUM: return -higher(-a, -b);
    case CHOOSE: return a >= b ? c : a;
    case CLAMP: return -higher(-higher(b, a), -c);
    case CONVERT: return rounded(v->type, a);
    default: return v->constant;
    }
}

/* --- making ----------------------------------------------------------------------------------- */

/* An earlier value of a type; the first two have the region's. */
static int pick(struct rng *r, const struct region *g, lax_dtype type) {
    for (;;) {
        int i = (int)rng_in(r, 0, g->n - 1);
        if (g->v[i].type == type) return i;
    }
}

static void make_region(struct rng *r, lax_dtype type, struct region *g) {
    bool integer = type == LAX_S32;
    static const lax_dtype floats[] = {LAX_F64, LAX_F32, LAX_F16, LAX_BF16};
    *g = (struct region){.n = 2, .v = {{.kind = PARAMETER, .type = type}}};
    g->v[1] = g->v[0];
    int n = (int)rng_in(r, 3, VALUES);
    while (g->n < n) {
        struct value v = {.kind = (enum kind)rng_in(r, CONSTANT, integer ? CLAMP : CONVERT)};
        int from = g->n == n - 1 ? 0 : (int)rng_in(r, 0, g->n - 1);
        v.type = g->v[from].type;
        for (int k = 0; k < 3; k++) v.in[k] = pick(r, g, v.type);
        v.constant = (double)rng_in(r, -12, 12) / (integer ? 1 : 8);
        if (v.kind == CONSTANT && g->n == n - 1) continue; /* the result is computed */
        if (v.kind == CONVERT) v.in[0] = (int)rng_in(r, 0, g->n - 1);
        if (v.kind == CONVERT && g->n < n - 1) v.type = floats[rng_in(r, 0, 3)];
        if (integer && v.kind == MULTIPLY) v.kind = ADD; /* products that wrap are no doubles */
        g->v[g->n++] = v;
    }
}

static void print_value(char *text, size_t room, const struct region *g, int i) {
    static const char *const names[] = {[ADD] = "add",
                                        [SUBTRACT] = "subtract",
                                        [MULTIPLY] = "multiply",
                                        [MAXIMUM] = "maximum",
                                        [MINIMUM] = "minimum"};
    const struct value *v = &g->v[i];
    const char *type = lax_dtype_name(v->type), *root = i == g->n - 1 ? "ROOT " : "";
    const int *in = v->in;
    switch (v->kind) {
    case PARAMETER: snprintf(text, room, "v%d = %s[] parameter(%d)\n", i, type, i); break;
    case CONSTANT: snprintf(text, room, "v%d = %s[] constant(%g)\n", i, type, v->constant); break;
    case CHOOSE:
        snprintf(
            text, room,
            "c%d = pred[] compare(v%d, v%d), direction=GE\n%sv%d = %s[] select(c%d, v%d, v%d)\n", i,
            in[0], in[1], root, i, type, i, in[2], in[0]);
        break;
    case CLAMP:
        snprintf(text, room, "%sv%d = %s[] clamp(v%d, v%d, v%d)\n", root, i, type, in[0], in[1],
                 in[2]);
        break;
    case CONVERT: snprintf(text, room, "%sv%d = %s[] convert(v%d)\n", root, i, type, in[0]); break;
    default:
        snprintf(text, room, "%sv%d = %s[] %s(v%d, v%d)\n", root, i, type, names[v->kind], in[0],
                 in[1]);
    }
}

static void print_region(const struct region *g, char *text, size_t room) {
    snprintf(text, room, "random {\n");
    for (int i = 0; i < g->n; i++) print_value(text + strlen(text), room - strlen(text), g, i);
    snprintf(text + strlen(text), room - strlen(text), "}\n");
}

/* --- running ---------------------------------------------------------------------------------- */

static double element(const lax_tensor *t, int64_t i) {
    size_t size = lax_dtype_size(t->dtype);
    struct ref_value x = ref_load(t->dtype, (const char *)t->data + (size_t)i * size);
    return t->dtype == LAX_S32 ? (double)(int32_t)(uint32_t)x.bits : (double)x.re;
}

static void check_lanes(struct rng *r, const struct region *g, const lax_reducer *reducer,
                        const char *text) {
    int64_t n = rng_in(r, 1, MOST_LANES);
    lax_dtype type = g->v[0].type;
    struct view a = view_new(r, type, 1, &n, VIEW_PLAIN), b = view_new(r, type, 1, &n, VIEW_PLAIN);
    struct view y = view_new(r, type, 1, &n, VIEW_PLAIN);
    enum fill fill = type != LAX_S32 && rng_chance(r, 50) ? FILL_SPECIAL : FILL_FEW;
    tensor_fill(r, &a.tensor, fill), tensor_fill(r, &b.tensor, fill);
    const void *acc[] = {a.tensor.data}, *elem[] = {b.tensor.data};
    void *out[] = {y.tensor.data};
    ck_assert_int_eq(reducer->fn(reducer->user, n, acc, elem, out), LAX_OK);
    for (int64_t i = 0; i < n; i++) {
        double x[VALUES] = {element(&a.tensor, i), element(&b.tensor, i)};
        for (int k = 2; k < g->n; k++) x[k] = apply(&g->v[k], x);
        double want = x[g->n - 1], got = element(&y.tensor, i);
        ck_assert_msg(isnan(want) ? isnan(got) : got == want, "lane %lld of %lld: %g, not %g\n%s",
                      (long long)i, (long long)n, got, want, text);
    }
    ck_assert(view_holes_intact(&y));
    view_free(&a), view_free(&b), view_free(&y);
}

START_TEST(random_regions) {
    static const lax_dtype types[] = {LAX_F64, LAX_F32, LAX_F16, LAX_BF16, LAX_S32};
    lax_dtype type = types[_i];
    int64_t tried = 0;
    for (uint64_t i = 0; i < (uint64_t)test_problems(400); i++) {
        struct rng r = rng_of(76, i * 8 + (uint64_t)_i);
        struct region g;
        char text[4000];
        lax_region *region;
        lax_reducer reducer;
        lax_error why;
        make_region(&r, type, &g);
        print_region(&g, text, sizeof text);
        must(lax_region_parse(text, strlen(text), &region, &why), &why, text);
        must(lax_region_reducer(region, &reducer, &why), &why, text);
        if (reducer.fn != NULL) check_lanes(&r, &g, &reducer, text), tried++;
        lax_region_release(region);
    }
    ck_assert_int_gt(tried, 0);
}
END_TEST

Suite *suite_region(void) {
    Suite *suite = suite_create("region");
    TCase *tc = tcase_create("lanes");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, random_regions, 0, 5);
    suite_add_tcase(suite, tc);
    return suite;
}
