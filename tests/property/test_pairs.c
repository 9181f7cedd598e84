/* SPDX-License-Identifier: Apache-2.0 */
/* Reductions that keep one of two pairs: what the region says is recognised however it is written,
 * and every lowering gives the bits of the region's own evaluation, which is called through a
 * function that nothing is known about. Keys hold ties, infinities, zeros of both signs and NaN. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "property/large.h"
#include "suites.h"
#include "support/support.h"

enum { PROBLEMS = 700, CHUNKS = 10, MOST_TAPS = 250000 };

/* Bodies: K and P are the types of keys and payloads, @ and ^ stand for G and L, and for minima the
 * other way round. The accumulator is (a, p), the element (b, q). */
static const struct form {
    const char *body;
    lax_pair pair; /* of floats, where they differ */
    bool lower;    /* integers as payloads */
} forms[] = {
    {"t = pred[] compare(a, b), direction=@E\n k = K[] select(t, a, b)\n v = P[] select(t, p, q)",
     {LAX_GE, LAX_NAN_FORGOTTEN, 0, false},
     false},
    {"t = pred[] compare(a, b), direction=@T\n k = K[] select(t, a, b)\n v = P[] select(t, p, q)",
     {LAX_GT, LAX_NAN_FORGOTTEN, 0, false},
     false},
    /* the element replaces what it exceeds */
    {"t = pred[] compare(b, a), direction=@T\n k = K[] select(t, b, a)\n v = P[] select(t, q, p)",
     {LAX_GE, LAX_NAN_PASSED, 0, false},
     false},
    {"t = pred[] compare(a, b), direction=^E\n k = K[] select(t, b, a)\n n = pred[] not(t)\n"
     " v = P[] select(n, p, q)",
     {LAX_GT, LAX_NAN_PASSED, 0, false},
     false},
    {"t = pred[] compare(a, b), direction=@E\n n = pred[] compare(a, a), direction=NE\n"
     " u = pred[] or(n, t)\n k = K[] select(u, a, b)\n v = P[] select(u, p, q)",
     {LAX_GE, LAX_NAN_HELD, 0, false},
     false},
    /* jax.lax.argmax */
    {"g = pred[] compare(a, b), direction=@T\n n = pred[] compare(a, a), direction=NE\n"
     " t = pred[] or(g, n)\n e = pred[] compare(a, b), direction=EQ\n"
     " l = pred[] compare(p, q), direction=LT\n o = pred[] and(e, l)\n u = pred[] or(t, o)\n"
     " k = K[] select(t, a, b)\n v = P[] select(u, p, q)",
     {LAX_GT, LAX_NAN_HELD, 0, true},
     true},
    /* max_pool2d_with_indices as torch-mlir writes it */
    {"t = pred[] compare(a, b), direction=@E\n k = K[] select(t, a, b)\n"
     " e = pred[] compare(a, b), direction=EQ\n m = P[] minimum(p, q)\n w = P[] select(t, p, q)\n"
     " v = P[] select(e, m, w)",
     {LAX_GE, LAX_NAN_FORGOTTEN, 0, true},
     true},
    {"t = pred[] compare(b, a), direction=@T\n e = pred[] compare(b, a), direction=EQ\n"
     " l = pred[] compare(q, p), direction=LT\n o = pred[] and(l, e)\n u = pred[] or(t, o)\n"
     " k = K[] select(t, b, a)\n v = P[] select(u, q, p)",
     {LAX_GE, LAX_NAN_PASSED, 0, true},
     true},
};

/* Regions that keep no pair, or not one that a rule describes. */
static const char *const others[] = {
    "t = pred[] compare(a, b), direction=GE\n k = K[] select(t, a, b)\n v = P[] select(t, q, p)",
    "t = pred[] compare(a, b), direction=EQ\n k = K[] select(t, a, b)\n v = P[] select(t, p, q)",
    "t = pred[] compare(a, b), direction=GE\n k = K[] select(t, a, b)\n v = P[] add(p, q)",
    "k = K[] maximum(a, b)\n t = pred[] compare(a, b), direction=GE\n v = P[] select(t, p, q)",
    "t = pred[] compare(a, b), direction=GE, type=TOTALORDER\n k = K[] select(t, a, b)\n"
    " v = P[] select(t, p, q)",
    "t = pred[] compare(a, b), direction=GE\n n = pred[] compare(b, b), direction=NE\n"
    " m = pred[] compare(a, a), direction=EQ\n o = pred[] and(n, m)\n u = pred[] or(t, o)\n"
    " k = K[] select(u, a, b)\n v = P[] select(u, p, q)",
    "t = pred[] compare(a, b), direction=GT\n e = pred[] compare(a, b), direction=EQ\n"
    " l = pred[] compare(q, p), direction=LT\n o = pred[] and(e, l)\n u = pred[] or(t, o)\n"
    " k = K[] select(t, a, b)\n v = P[] select(u, p, q)",
};

struct problem {
    struct rng rng;
    const struct form *form;
    bool min;
    int key; /* operand */
    lax_region *region;
    lax_reducer reducer;
    lax_window_options window;
    lax_reduce_options reduce;
    bool reduces;
    lax_tensor x[2];
    struct view in[2], out[2], again[2];
    unsigned char init[2][16];
};

/* The body with types and comparisons in place. */
static void write_body(char *to, const char *body, const char *key, const char *payload, bool min) {
    for (const char *c = body; *c != '\0'; c++) {
        bool type = c[1] == '[' && (*c == 'K' || *c == 'P');
        if (type)
            to += sprintf(to, "%s", *c == 'K' ? key : payload);
        else
            *to++ = *c == '@' ? (min ? 'L' : 'G') : *c == '^' ? (min ? 'G' : 'L') : *c;
    }
    *to = '\0';
}

static lax_region *region_of(const char *body, lax_dtype key, lax_dtype payload, bool min,
                             int operand) {
    const char *k = lax_dtype_name(key), *p = lax_dtype_name(payload);
    char text[2000], inner[1500];
    lax_region *region;
    lax_error why;
    write_body(inner, body, k, p, min);
    int n = snprintf(text, sizeof text,
                     "r {\n a = %s[] parameter(%d)\n p = %s[] parameter(%d)\n b = %s[] "
                     "parameter(%d)\n q = %s[] parameter(%d)\n %s\n ROOT r = (%s[], %s[]) "
                     "tuple(%s)\n}\n",
                     k, operand, p, 1 - operand, k, 2 + operand, p, 3 - operand, inner,
                     operand == 0 ? k : p, operand == 0 ? p : k, operand == 0 ? "k, v" : "v, k");
    must(lax_region_parse(text, (size_t)n, &region, &why), &why, text);
    return region;
}

static bool is_float(lax_dtype type) { return ref_is_float(type) && !ref_is_complex(type); }

static lax_dtype key_type(struct rng *r) {
    for (;;) {
        lax_dtype type = rng_chance(r, 30) ? LAX_F32 : any_dtype(r);
        if (!ref_is_complex(type)) return type;
    }
}

static lax_dtype payload_type(struct rng *r, bool integer) {
    for (;;) {
        lax_dtype type = rng_chance(r, 30) ? LAX_S32 : any_dtype(r);
        if (type != LAX_C128 && (!integer || ref_is_integer(type))) return type;
    }
}

static void some_options(struct problem *p, int32_t *rank, int64_t *shape, int64_t *out) {
    struct ref_window w;
    int64_t taps;
    do {
        *rank = large_shape(&p->rng, shape);
        p->window = LAX_WINDOW_OPTIONS(.lowering = NULL);
        large_window(&p->rng, &p->window, *rank, shape);
        ref_window_of(&p->window, *rank, shape, &w);
        taps = 1;
        for (int32_t d = 0; d < *rank; d++) taps *= w.out[d] * w.size[d];
    } while (taps > MOST_TAPS || taps == 0);
    memcpy(out, w.out, sizeof w.out);
}

/* A reduction over some dimensions instead. */
static int32_t some_reduction(struct problem *p, int32_t rank, const int64_t *shape, int64_t *out) {
    int32_t left = 0;
    p->reduce = LAX_REDUCE_OPTIONS(.lowering = NULL);
    for (int32_t d = 0; d < rank; d++)
        if (rng_chance(&p->rng, 50))
            p->reduce.dimensions[p->reduce.n_dimensions++] = d;
        else
            out[left++] = shape[d];
    return left;
}

static void fill(struct problem *p, lax_tensor *t, bool key) {
    bool exact = ref_is_integer(t->dtype) || t->dtype == LAX_PRED;
    if (!key || exact)
        tensor_fill(&p->rng, t, FILL_FEW);
    else
        tensor_fill(&p->rng, t, rng_chance(&p->rng, 50) ? FILL_SPECIAL : FILL_FEW);
}

static void random_problem(struct problem *p, int64_t number) {
    int64_t shape[LAX_MAX_RANK], out[LAX_MAX_RANK];
    int32_t rank, left;
    lax_error why;
    memset(p, 0, sizeof *p);
    p->rng = rng_of(93, (uint64_t)number);
    p->form = &forms[number % (int64_t)(sizeof forms / sizeof *forms)];
    p->min = rng_chance(&p->rng, 50);
    p->key = (int)rng_in(&p->rng, 0, 1);
    some_options(p, &rank, shape, out);
    left = rank;
    p->reduces = rng_chance(&p->rng, 25);
    if (p->reduces) left = some_reduction(p, rank, shape, out);
    lax_dtype types[2];
    types[p->key] = key_type(&p->rng);
    types[1 - p->key] = payload_type(&p->rng, p->form->lower);
    p->region = region_of(p->form->body, types[p->key], types[1 - p->key], p->min, p->key);
    must(lax_region_reducer(p->region, &p->reducer, &why), &why, "region_reducer");
    for (int k = 0; k < 2; k++) {
        bool plain = rng_chance(&p->rng, 70);
        p->in[k] = view_new(&p->rng, types[k], rank, shape, plain ? VIEW_PLAIN : VIEW_INPUT);
        p->x[k] = p->in[k].tensor;
        fill(p, &p->x[k], k == p->key);
        lax_tensor first = lax_tensor_of(types[k], p->init[k], 0, NULL);
        fill(p, &first, k == p->key);
        p->window.init_values[k] = p->reduce.init_values[k] = p->init[k];
        plain = rng_chance(&p->rng, 60);
        p->out[k] = view_new(&p->rng, types[k], left, out, plain ? VIEW_PLAIN : VIEW_OUTPUT);
        p->again[k] = view_like(&p->rng, &p->out[k].tensor, VIEW_PLAIN);
    }
}

static lax_status through(void *user, int64_t n, const void *const *acc, const void *const *elem,
                          void *const *out) {
    const lax_reducer *region = user;
    return region->fn(region->user, n, acc, elem, out);
}

static lax_status run(struct problem *p, lax_context *ctx, const lax_reducer *reducer,
                      const char *lowering, struct view *views, lax_error *why) {
    lax_tensor out[2] = {views[0].tensor, views[1].tensor};
    p->window.lowering = p->reduce.lowering = lowering;
    if (p->reduces) return lax_reduce_n(ctx, 2, p->x, reducer, &p->reduce, out, why);
    return lax_reduce_window_n(ctx, 2, p->x, reducer, &p->window, out, why);
}

/* The same bits; any NaN is like any other. */
static bool same(const lax_tensor *a, const lax_tensor *b) {
    if (same_bytes(a, b)) return true;
    if (!is_float(a->dtype)) return false;
    struct ref_array x = ref_array_read(a), y = ref_array_read(b);
    bool equal = true;
    for (int64_t i = 0; i < x.n && equal; i++) {
        struct ref_value u = x.v[i], v = y.v[i];
        bool nan = ref_is_nan(a->dtype, u) && ref_is_nan(a->dtype, v);
        unsigned char left[16] = {0}, right[16] = {0};
        ref_store(a->dtype, left, u);
        ref_store(a->dtype, right, v);
        equal = nan || memcmp(left, right, sizeof left) == 0;
    }
    ref_array_free(&x);
    ref_array_free(&y);
    return equal;
}

static void complain(struct problem *p, int64_t number, const char *lowering, const char *what) {
    ck_abort_msg("problem %lld, %s: %s\n  %s, %s of %s, %s", (long long)number, lowering, what,
                 p->reducer.text, p->reduces ? "reduce" : "window",
                 lax_dtype_name(p->x[p->key].dtype), lax_dtype_name(p->x[1 - p->key].dtype));
}

static void check(struct problem *p, lax_context *ctx, int64_t number, const char *lowering) {
    lax_error why;
    lax_status status = run(p, ctx, &p->reducer, lowering, p->out, &why);
    if (status == LAX_ERROR_LOWERING_REFUSED) return;
    if (status != LAX_OK) complain(p, number, lowering, why.text);
    for (int k = 0; k < 2; k++) {
        if (!same(&p->out[k].tensor, &p->again[k].tensor))
            complain(p, number, lowering, k == p->key ? "other keys" : "other payloads");
        if (!view_holes_intact(&p->out[k])) complain(p, number, lowering, "holes are written");
        view_reset(&p->out[k]);
    }
}

static void check_pair(const struct problem *p, int64_t number) {
    static const lax_select turned[] = {LAX_SELECT_UNSET, LAX_LE, LAX_LT, LAX_GE, LAX_GT};
    lax_pair want = p->form->pair, got = p->reducer.pair;
    bool floats = is_float(p->x[p->key].dtype);
    want.key = p->key;
    if (p->min) want.select = turned[want.select];
    if (!floats) want.nan = LAX_NAN_FORGOTTEN;
    /* which of equal integers stays is all the same if payloads decide */
    bool select = want.select == got.select ||
                  (!floats && want.lower && got.select == (p->min ? LAX_LE : LAX_GE));
    ck_assert_msg(select && got.nan == want.nan && got.key == want.key && got.lower == want.lower,
                  "problem %lld: recognised as %d %d %d %d: %s", (long long)number, got.select,
                  got.nan, got.key, got.lower, p->reducer.text);
}

static void free_problem(struct problem *p) {
    for (int k = 0; k < 2; k++) {
        view_free(&p->in[k]);
        view_free(&p->out[k]);
        view_free(&p->again[k]);
    }
    lax_region_release(p->region);
}

START_TEST(bits_of_the_region) {
    int64_t n = test_problems(PROBLEMS);
    lax_context *ctx = context_with_threads(3);
    for (int64_t i = _i; i < n; i += CHUNKS) {
        struct problem p;
        lax_error why;
        random_problem(&p, i);
        check_pair(&p, i);
        lax_reducer unknown = LAX_REDUCER(.fn = through, .user = &p.reducer);
        must(run(&p, ctx, &unknown, NULL, p.again, &why), &why, "interpreted");
        check(&p, ctx, i, NULL);
        check(&p, ctx, i, "reference");
        check(&p, ctx, i, "direct");
        check(&p, ctx, i, "separable");
        free_problem(&p);
    }
    lax_context_destroy(ctx);
}
END_TEST

START_TEST(others_are_not_recognised) {
    lax_region *region = region_of(others[_i], LAX_F32, LAX_S32, false, 0);
    lax_reducer reducer;
    lax_error why;
    must(lax_region_reducer(region, &reducer, &why), &why, "region_reducer");
    ck_assert_int_eq(reducer.pair.select, LAX_SELECT_UNSET);
    lax_region_release(region);
}
END_TEST

/* A pair that its types cannot be is left to the callback. */
static lax_status sum(void *user, int64_t n, const void *const *acc, const void *const *elem,
                      void *const *out) {
    (void)user;
    for (int k = 0; k < 2; k++)
        for (int64_t l = 0; l < n; l++)
            ((float *)out[k])[l] = ((const float *)acc[k])[l] + ((const float *)elem[k])[l];
    return LAX_OK;
}

START_TEST(impossible_pairs_are_called) {
    float x[] = {1, 2, 3}, y[] = {4, 5, 6}, a[2], b[2], zero = 0;
    int64_t three = 3, two = 2;
    lax_tensor in[] = {lax_tensor_of(LAX_F32, x, 1, &three), lax_tensor_of(LAX_F32, y, 1, &three)};
    lax_tensor out[] = {lax_tensor_of(LAX_F32, a, 1, &two), lax_tensor_of(LAX_F32, b, 1, &two)};
    lax_window_options o =
        LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .init_values = {&zero, &zero});
    lax_reducer r = LAX_REDUCER(.fn = sum, .pair = {.select = LAX_GE, .lower = true});
    lax_error why;
    must(lax_reduce_window_n(NULL, 2, in, &r, &o, out, &why), &why, "lower of floats");
    ck_assert(a[0] == 3 && a[1] == 5 && b[0] == 9 && b[1] == 11);
    r.pair.key = 2;
    ck_assert_int_eq(lax_reduce_window_n(NULL, 2, in, &r, &o, out, &why), LAX_ERROR_ENUM);
}
END_TEST

Suite *suite_pairs(void) {
    Suite *s = suite_create("pairs");
    TCase *random = tcase_create("random"), *rules = tcase_create("rules");
    tcase_set_timeout(random, 120);
    tcase_add_loop_test(random, bits_of_the_region, 0, CHUNKS);
    tcase_add_loop_test(rules, others_are_not_recognised, 0, (int)(sizeof others / sizeof *others));
    tcase_add_test(rules, impossible_pairs_are_called);
    suite_add_tcase(s, random);
    suite_add_tcase(s, rules);
    return s;
}
