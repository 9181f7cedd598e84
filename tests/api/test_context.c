/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: environment, logging with lines that replay, the cache of plans, lifetimes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "property/corner.h"
#include "suites.h"
#include "support/support.h"

static const char *const variables[] = {"LAX_MAX_ISA", "LAX_NUM_THREADS", "LAX_VERBOSE",
                                        "LAX_LOWERING"};

static void clear_environment(void) {
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) unsetenv(variables[i]);
}

static const struct {
    const char *name, *value;
    lax_status expected;
} environment_rows[] = {{"LAX_MAX_ISA", "scalar", LAX_OK},
                        {"LAX_MAX_ISA", "avx2", LAX_OK},
                        {"LAX_MAX_ISA", "amx", LAX_OK},
                        {"LAX_MAX_ISA", "sse9", LAX_ERROR_VALUE},
                        {"LAX_NUM_THREADS", "1", LAX_OK},
                        {"LAX_NUM_THREADS", "3", LAX_OK},
                        {"LAX_NUM_THREADS", "0", LAX_ERROR_VALUE},
                        {"LAX_NUM_THREADS", "two", LAX_ERROR_VALUE},
                        {"LAX_NUM_THREADS", "2x", LAX_ERROR_VALUE},
                        {"LAX_NUM_THREADS", "", LAX_OK},
                        {"LAX_VERBOSE", "0", LAX_OK},
                        {"LAX_VERBOSE", "1", LAX_OK},
                        {"LAX_VERBOSE", "maybe", LAX_ERROR_VALUE},
                        {"LAX_LOWERING", "reference", LAX_OK},
                        {"LAX_LOWERING", "brgemm", LAX_OK},
                        {"LAX_LOWERING", "none", LAX_ERROR_LOWERING_NAME}};

START_TEST(environment) {
    lax_context *context = NULL;
    lax_error why;
    clear_environment();
    setenv(environment_rows[_i].name, environment_rows[_i].value, 1);
    lax_status s = lax_context_create(NULL, &context, &why);
    clear_environment();
    ck_assert_int_eq(s, environment_rows[_i].expected);
    if (s != LAX_OK) ck_assert(strstr(why.text, environment_rows[_i].value) != NULL);
    lax_context_destroy(context);
}
END_TEST

START_TEST(fields_win_over_environment) {
    lax_context *context = NULL;
    lax_error why;
    clear_environment();
    setenv("LAX_NUM_THREADS", "two", 1);
    setenv("LAX_MAX_ISA", "sse9", 1);
    setenv("LAX_LOWERING", "none", 1);
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.num_threads = 1, .max_isa = LAX_ISA_SCALAR,
                                                 .lowering = "reference"),
                            &context, &why),
         &why, "lax_context_create");
    clear_environment();
    lax_context_destroy(context);
}
END_TEST

/* ---- logging ---- */

struct lines {
    int n;
    char last[20000];
};

static void keep_line(void *user, const char *line) {
    struct lines *l = user;
    l->n++;
    snprintf(l->last, sizeof l->last, "%s", line);
}

static lax_context *logging_context(struct lines *lines, const lax_allocator *allocator) {
    lax_context *context = NULL;
    lax_error why;
    memset(lines, 0, sizeof *lines);
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.allocator = *allocator, .num_threads = 1,
                                                 .log = keep_line, .log_user = lines,
                                                 .verbose = true),
                            &context, &why),
         &why, "lax_context_create");
    return context;
}

static bool replays(const char *line) {
    lax_module *module = NULL;
    lax_status s = lax_module_parse(line, strlen(line), &module, NULL);
    lax_module_release(module);
    return s == LAX_OK;
}

/* The line of a call holds its problem as HLO text, which parses into the same operation. */
START_TEST(verbose_lines_replay) {
    struct lines lines;
    lax_allocator none = {0};
    lax_context *ctx = logging_context(&lines, &none);
    lax_error why;
    float x[24] = {0}, w[18] = {0}, y[8];
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(2, 2, 6)),
               rhs = lax_tensor_of(LAX_F32, w, SHAPE(2, 2, 3));
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(2, 2, 2));
    lax_conv_options o = LAX_CONV_OPTIONS(.window_strides = {3}, .pads = {{0, 1}});
    must(lax_conv_general_dilated(ctx, &lhs, &rhs, &o, &out, &why), &why, "conv");
    ck_assert_int_eq(lines.n, 1);
    ck_assert(strchr(lines.last, '\n') == NULL);
    const char *text = strstr(lines.last, "f32[");
    ck_assert_msg(text != NULL, "no HLO text in: %s", lines.last);
    ck_assert_msg(strstr(text, "convolution(") != NULL, "%s", lines.last);
    ck_assert(replays(lines.last));
    lax_context_destroy(ctx);
}
END_TEST

/* A reducer whose text is longer than any line that would be cut. */
static lax_region *long_region(lax_reducer *reducer) {
    static char text[20000];
    lax_region *region;
    lax_error why;
    size_t n = (size_t)snprintf(text, sizeof text,
                                "%%f (a: f32[], b: f32[]) -> f32[] {\n  %%a = f32[] parameter(0)\n"
                                "  %%b = f32[] parameter(1)\n  %%s0 = f32[] add(%%a, %%b)\n");
    for (int i = 1; i < 200; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "  %%s%d = f32[] negate(%%s%d)\n", i,
                              i - 1);
    n += (size_t)snprintf(text + n, sizeof text - n, "  ROOT %%r = f32[] negate(%%s199)\n}\n");
    must(lax_region_parse(text, n, &region, &why), &why, "region");
    must(lax_region_reducer(region, reducer, &why), &why, "reducer");
    ck_assert(reducer->fn != NULL);
    return region;
}

static lax_status sum_of_four(lax_context *ctx, const lax_reducer *reducer, lax_error *why) {
    float x[4] = {1, 2, 3, 4}, y[2] = {0}, zero = 0;
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(4)), out = lax_tensor_of(LAX_F32, y, SHAPE(2));
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .window_strides = {2});
    o.init_values[0] = &zero;
    lax_status s = lax_reduce_window_n(ctx, 1, &in, reducer, &o, &out, why);
    ck_assert(s != LAX_OK || (y[0] == 3 && y[1] == 7));
    return s;
}

/* Long lines are whole. Where memory for one is refused the call is done and the line says why it
 * cannot be replayed. */
START_TEST(long_lines_are_whole) {
    struct lines lines;
    struct counting c;
    lax_error why;
    lax_reducer reducer;
    lax_region *region = long_region(&reducer);
    lax_status s = LAX_ERROR_MEMORY;
    int lost = 0, whole = 0;
    for (int64_t fail_at = 0; !whole && fail_at < 100; fail_at++) {
        lax_allocator allocator = counting_allocator(&c);
        lax_context *ctx = logging_context(&lines, &allocator);
        c.fail_at = c.requests + fail_at;
        s = sum_of_four(ctx, &reducer, &why);
        ck_assert_int_eq(lines.n, s == LAX_OK);
        whole += s == LAX_OK && replays(lines.last) && strlen(lines.last) > 4096;
        lost += s == LAX_OK && strstr(lines.last, "// not replayable: memory for") != NULL;
        ck_assert(s == LAX_ERROR_MEMORY || whole + lost > 0);
        lax_context_destroy(ctx);
        ck_assert(c.live == 0 && !c.misused);
    }
    ck_assert_int_eq(whole, 1);
    ck_assert_int_eq(lost, 2); /* its text with the plan, the line at execution */
    lax_region_release(region);
}
END_TEST

static lax_status add_floats(void *user, int64_t n, const void *const *acc, const void *const *elem,
                             void *const *out) {
    (void)user;
    for (int64_t i = 0; i < n; i++)
        ((float *)out[0])[i] = ((const float *)acc[0])[i] + ((const float *)elem[0])[i];
    return LAX_OK;
}

START_TEST(callbacks_without_text) {
    struct lines lines;
    lax_error why;
    lax_allocator none = {0};
    lax_context *ctx = logging_context(&lines, &none);
    must(sum_of_four(ctx, &LAX_REDUCER(.fn = add_floats), &why), &why, "sum");
    ck_assert_int_eq(lines.n, 1);
    ck_assert_ptr_nonnull(strstr(lines.last, "// not replayable: its callback has no text"));
    lax_context_destroy(ctx);
}
END_TEST

START_TEST(quiet_without_verbose) {
    struct lines lines = {0};
    lax_context *ctx = NULL;
    lax_error why;
    float x[3] = {1, 2, 3}, y[3];
    clear_environment();
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.log = keep_line, .log_user = &lines), &ctx, &why),
         &why, "lax_context_create");
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(3)), out = lax_tensor_of(LAX_F32, y, SHAPE(3));
    must(lax_cumsum(ctx, &in, 0, false, &out, &why), &why, "cumsum");
    ck_assert_int_eq(lines.n, 0);
    lax_context_destroy(ctx);
}
END_TEST

/* ---- the cache ---- */

static int64_t requests_of_call(lax_context *ctx, struct counting *c, int64_t n) {
    static float x[64], w[64], y[64];
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(1, 1, n)),
               rhs = lax_tensor_of(LAX_F32, w, SHAPE(1, 1, 2));
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(1, 1, n - 1));
    char padding[] = "VALID";
    lax_conv_options o = LAX_CONV_OPTIONS(.padding = padding);
    lax_error why;
    int64_t before = c->requests;
    must(lax_conv_general_dilated(ctx, &lhs, &rhs, &o, &out, &why), &why, "conv");
    memset(padding, 'x', sizeof padding - 1); /* the key must not hold the pointer */
    return c->requests - before;
}

START_TEST(cached_plans_need_no_memory) {
    struct counting c;
    lax_allocator allocator = counting_allocator(&c);
    lax_context *ctx;
    lax_error why;
    must(lax_context_create(
             &LAX_CONTEXT_OPTIONS(.allocator = allocator, .num_threads = 1, .cache_plans = 4), &ctx,
             &why),
         &why, "context");
    int64_t first = requests_of_call(ctx, &c, 10), second = requests_of_call(ctx, &c, 10);
    ck_assert_msg(second < first, "%lld requests, then %lld", (long long)first, (long long)second);
    int64_t live = 0;
    for (int64_t n = 3; n < 60; n++) {
        requests_of_call(ctx, &c, n);
        if (n == 10) live = c.live;
        if (n > 10) ck_assert_int_le(c.live, live + 2);
    }
    lax_context_destroy(ctx);
    ck_assert_int_eq(c.live, 0);
}
END_TEST

START_TEST(no_cache) {
    struct counting c;
    lax_allocator allocator = counting_allocator(&c);
    lax_context *ctx;
    lax_error why;
    must(lax_context_create(
             &LAX_CONTEXT_OPTIONS(.allocator = allocator, .num_threads = 1, .cache_plans = -1),
             &ctx, &why),
         &why, "context");
    int64_t live = c.live, first = requests_of_call(ctx, &c, 10);
    ck_assert_int_eq(requests_of_call(ctx, &c, 10), first);
    ck_assert_int_eq(c.live, live);
    lax_context_destroy(ctx);
}
END_TEST

/* Plans and packed weights outlive their context, and run serially from then on. */
START_TEST(plan_outlives_context) {
    float x[24], w[16], y[8], expected[8];
    struct rng r = rng_of(51, 0);
    lax_tensor lhs = lax_tensor_of(LAX_F32, x, SHAPE(1, 3, 8)),
               rhs = lax_tensor_of(LAX_F32, w, SHAPE(1, 8, 2));
    lax_tensor out = lax_tensor_of(LAX_F32, y, SHAPE(1, 3, 2)), right = out;
    lax_conv_options o = LAX_CONV_OPTIONS(.dimension_numbers = {"NWC", "WIO", "NWC"});
    lax_plan *plan;
    lax_packed *packed;
    lax_error why;
    right.data = expected;
    tensor_fill(&r, &lhs, FILL_NORMAL);
    tensor_fill(&r, &rhs, FILL_NORMAL);
    must(lax_conv_general_dilated(NULL, &lhs, &rhs, &o, &right, &why), &why, "conv");
    lax_context *ctx = context_with_threads(3);
    must(lax_conv_plan(ctx, &lhs, &rhs, &o, NULL, &out, &plan, &why), &why, "plan");
    must(lax_plan_pack(plan, &rhs, &packed, &why), &why, "pack");
    lax_context_destroy(ctx);
    must(lax_plan_execute(plan, (const lax_tensor *[]){&lhs}, packed, (lax_tensor *[]){&out}, NULL,
                          &why),
         &why, "execute");
    ck_assert(same_bytes(&out, &right));
    lax_packed_release(packed);
    lax_plan_release(plan);
}
END_TEST

START_TEST(info_and_nothing_to_destroy) {
    char text[8000], little[8];
    size_t needed = lax_info(NULL, text, sizeof text);
    ck_assert_uint_lt(needed, sizeof text);
    ck_assert_uint_eq(strlen(text), needed);
    ck_assert(strstr(text, lax_version()) != NULL);
    ck_assert_uint_eq(lax_info(NULL, little, sizeof little), needed);
    ck_assert_uint_eq(strlen(little), sizeof little - 1);
    ck_assert_uint_eq(lax_info(NULL, NULL, 0), needed);
    lax_context *ctx = context_with_threads(2);
    ck_assert_uint_gt(lax_info(ctx, text, sizeof text), 0);
    lax_context_destroy(ctx);
    lax_context_destroy(NULL);
    lax_plan_release(NULL);
    lax_packed_release(NULL);
    lax_module_release(NULL);
    lax_region_release(NULL);
}
END_TEST

/* A forced lowering holds for the families that have it; others choose for themselves. */
START_TEST(forced_lowering_of_a_context) {
    lax_context *ctx = context_forced("brgemm");
    lax_error why;
    float x[4] = {1, 2, 3, 4}, y[4];
    int32_t s[4] = {1, 2, 3, 4}, t[4];
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(4)), out = lax_tensor_of(LAX_F32, y, SHAPE(4));
    must(lax_cumsum(ctx, &in, 0, false, &out, &why), &why, "cumsum");
    lax_tensor a = lax_tensor_of(LAX_S32, s, SHAPE(1, 1, 4)),
               c = lax_tensor_of(LAX_S32, t, SHAPE(1, 1, 1));
    ck_assert_int_eq(lax_conv_general_dilated(ctx, &a, &a, NULL, &c, &why),
                     LAX_ERROR_LOWERING_REFUSED);
    lax_conv_options o = LAX_CONV_OPTIONS(.lowering = "reference");
    must(lax_conv_general_dilated(ctx, &a, &a, &o, &c, &why), &why, "conv");
    ck_assert_int_eq(t[0], 30);
    lax_context_destroy(ctx);
}
END_TEST

Suite *suite_context(void) {
    Suite *suite = suite_create("context");
    TCase *tc = tcase_create("context");
    tcase_add_loop_test(tc, environment, 0, sizeof environment_rows / sizeof *environment_rows);
    tcase_add_test(tc, fields_win_over_environment);
    tcase_add_test(tc, verbose_lines_replay);
    tcase_add_test(tc, long_lines_are_whole);
    tcase_add_test(tc, callbacks_without_text);
    tcase_add_test(tc, quiet_without_verbose);
    tcase_add_test(tc, cached_plans_need_no_memory);
    tcase_add_test(tc, no_cache);
    tcase_add_test(tc, plan_outlives_context);
    tcase_add_test(tc, info_and_nothing_to_destroy);
    tcase_add_test(tc, forced_lowering_of_a_context);
    suite_add_tcase(suite, tc);
    return suite;
}
