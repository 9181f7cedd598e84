/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of each operation, plan, packing and module fails in turn: a status or a right
 * result, outputs untouched, nothing leaked. */
#include <string.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

#define PROBLEMS 3

enum use { USE_CALL, USE_OPERATION, USE_PLAN };

static lax_context *context_of(const lax_allocator *allocator, int32_t cache, lax_error *why) {
    lax_context *context = NULL;
    lax_status s = lax_context_create(&LAX_CONTEXT_OPTIONS(.allocator = *allocator,
                                                           .parallel_for = host_parallel_for,
                                                           .parallel_user = &hosts[HOST_FOREIGN],
                                                           .num_threads = 3, .cache_plans = cache),
                                      &context, why);
    return s == LAX_OK ? context : NULL;
}

static lax_status run(lax_context *ctx, struct problem *p, int use, lax_error *why) {
    if (use == USE_CALL || p->family->call) return problem_call(ctx, p, why);
    if (use == USE_OPERATION) return problem_by_operation(ctx, p, why);
    return problem_by_plan(ctx, p, (enum plan_use)(use - USE_PLAN), why);
}

static bool outputs_untouched(struct problem *p) {
    for (int32_t k = 0; k < p->n_out; k++) {
        const struct guarded *g = &p->out[k].memory;
        for (size_t i = 0; g->map && i < g->nbytes; i++) {
            if (g->bytes[i] != 0xff) return false;
        }
    }
    return true;
}

/* One run with request `fail_at` refused; false when there was no such request. */
static bool failing_run(struct problem *p, int use, int64_t fail_at) {
    struct counting c;
    lax_allocator allocator = counting_allocator(&c);
    lax_error why;
    struct rng before = p->rng;
    c.fail_at = fail_at;
    lax_context *ctx = context_of(&allocator, use % 2 ? -1 : 4, &why);
    lax_status status = LAX_ERROR_MEMORY;
    if (ctx) {
        status = run(ctx, p, use, &why);
        p->rng = before;
    }
    lax_context_destroy(ctx);
    if (c.live != 0 || c.live_bytes != 0) problem_fail(p, "failing allocator", "memory leaked");
    if (c.misused) problem_fail(p, "failing allocator", "released with another size");
    if (status == LAX_ERROR_MEMORY && ctx && !outputs_untouched(p)) {
        problem_fail(p, "failing allocator", "written before the failure");
    }
    if (status != LAX_OK && status != LAX_ERROR_MEMORY) {
        problem_fail(p, "failing allocator", why.text);
    }
    for (int32_t k = 0; k < p->n_out; k++) {
        struct message m;
        if (status == LAX_OK && !agrees(&p->expected[k], &p->out[k].tensor, &m)) {
            problem_fail(p, "failing allocator", m.text);
        }
        view_reset(&p->out[k]);
    }
    return c.requests > fail_at;
}

START_TEST(each_allocation_fails) {
    const struct family *f = &families[_i / PROBLEMS];
    struct problem p;
    problem_init(&p, f, 9000 + _i % PROBLEMS);
    problem_data(&p);
    for (int use = USE_CALL; use < USE_PLAN + PLAN_USES; use++) {
        if (p.family->call && use != USE_CALL) break;
        for (int64_t fail_at = 0; failing_run(&p, use, fail_at); fail_at++) {
            ck_assert_msg(fail_at < 5000, "a run with no end of allocations");
        }
    }
    problem_free(&p);
}
END_TEST

static const char module_text[] =
    "HloModule m\n"
    "%add (a: f32[], b: f32[]) -> f32[] {\n"
    "  %a = f32[] parameter(0)\n  %b = f32[] parameter(1)\n  ROOT %s = f32[] add(%a, %b)\n}\n"
    "ENTRY %e (x: f32[8]) -> f32[7] {\n"
    "  %x = f32[8]{0} parameter(0)\n  %i = f32[] constant(0)\n  %n = f32[8]{0} negate(%x)\n"
    "  ROOT %r = f32[7]{0} reduce-window(%n, %i), window={size=2}, to_apply=%add\n}\n";

static const char region_text[] =
    "%f (a: f32[], b: f32[]) -> f32[] {\n  %a = f32[] parameter(0)\n  %b = f32[] parameter(1)\n"
    "  %t = f32[] multiply(%a, %a)\n  ROOT %s = f32[] subtract(%t, %b)\n}\n";

static lax_status run_module(lax_context *ctx, const lax_module *module, lax_tensor *y,
                             lax_error *why) {
    float x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(8));
    return lax_module_run(ctx, module, &in, 1, y, 1, why);
}

static lax_status parse_and_run(lax_tensor *y, lax_error *why) {
    lax_module *module;
    lax_status s = lax_module_parse(module_text, sizeof module_text - 1, &module, why);
    if (s != LAX_OK) return s;
    s = run_module(NULL, module, y, why);
    lax_module_release(module);
    return s;
}

static lax_status parse_region(lax_error *why) {
    lax_region *region;
    lax_reducer reducer;
    lax_status s = lax_region_parse(region_text, sizeof region_text - 1, &region, why);
    if (s != LAX_OK) return s;
    s = lax_region_reducer(region, &reducer, why);
    lax_region_release(region);
    return s;
}

START_TEST(modules_and_regions) {
    struct counting c;
    lax_error why;
    float got[7];
    lax_tensor y = lax_tensor_of(LAX_F32, got, SHAPE(7));
    lax_status status = LAX_ERROR_MEMORY;
    for (int64_t fail_at = 0; status != LAX_OK && fail_at < 5000; fail_at++) {
        memset(got, 0xff, sizeof got);
        malloc_count_start(&c);
        c.fail_at = fail_at;
        status = _i ? parse_region(&why) : parse_and_run(&y, &why);
        malloc_count_stop();
        ck_assert(status == LAX_OK || status == LAX_ERROR_MEMORY);
    }
    ck_assert_int_eq(status, LAX_OK);
    if (_i == 0) expect_f32(&y, LIST(-3, -5, -7, -9, -11, -13, -15));
}
END_TEST

/* An evaluation takes all its memory from the context, and every request may be refused. */
START_TEST(modules_in_a_context) {
    struct counting c, outside;
    lax_error why;
    lax_module *module;
    lax_status status = LAX_ERROR_MEMORY;
    float got[7];
    lax_tensor y = lax_tensor_of(LAX_F32, got, SHAPE(7));
    must(lax_module_parse(module_text, sizeof module_text - 1, &module, &why), &why, "parse");
    int64_t fail_at = 0;
    for (; status != LAX_OK && fail_at < 5000; fail_at++) {
        lax_allocator allocator = counting_allocator(&c);
        lax_context *ctx = context_of(&allocator, -1, &why);
        ck_assert_ptr_nonnull(ctx);
        c.fail_at = c.requests + fail_at;
        memset(got, 0xff, sizeof got);
        malloc_count_start(&outside);
        status = run_module(ctx, module, &y, &why);
        malloc_count_stop();
        ck_assert_int_eq(outside.requests, 0);
        ck_assert(status == LAX_OK || status == LAX_ERROR_MEMORY);
        for (int i = 0; status != LAX_OK && i < 7; i++) ck_assert(got[i] != got[i]);
        lax_context_destroy(ctx);
        ck_assert(c.live == 0 && c.live_bytes == 0 && !c.misused);
    }
    ck_assert_int_eq(status, LAX_OK);
    ck_assert_int_gt(fail_at, 5); /* values, their table, two results, a plan */
    expect_f32(&y, LIST(-3, -5, -7, -9, -11, -13, -15));
    lax_module_release(module);
}
END_TEST

START_TEST(without_context) {
    struct counting c;
    lax_error why;
    lax_status status = LAX_ERROR_MEMORY;
    struct problem p;
    problem_init(&p, &families[1], 9100);
    problem_data(&p);
    for (int64_t fail_at = 0; status != LAX_OK && fail_at < 5000; fail_at++) {
        malloc_count_start(&c);
        c.fail_at = fail_at;
        status = problem_call(NULL, &p, &why);
        malloc_count_stop();
        ck_assert(status == LAX_OK || (status == LAX_ERROR_MEMORY && outputs_untouched(&p)));
    }
    ck_assert_int_eq(status, LAX_OK);
    problem_free(&p);
}
END_TEST

Suite *suite_memory_failure(void) {
    Suite *suite = suite_create("memory_failure");
    TCase *tc = tcase_create("memory_failure");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, each_allocation_fails, 0, n_families * PROBLEMS);
    tcase_add_loop_test(tc, modules_and_regions, 0, 2);
    tcase_add_test(tc, modules_in_a_context);
    tcase_add_test(tc, without_context);
    suite_add_tcase(suite, tc);
    return suite;
}
