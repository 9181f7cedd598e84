/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: the same bits from every number of them and every host, nested, after fork, several
 * executions of one plan, and the floating-point state of callers. */
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "property/corner.h"
#include "property/problem.h"
#include "suites.h"

#if defined(__SSE__)
#include <xmmintrin.h>
static unsigned control(void) { return _mm_getcsr() & 0xffc0; }
static void set_control(unsigned bits) { _mm_setcsr((_mm_getcsr() & ~0xffc0U) | bits); }
#define FTZ_DAZ 0x8040U
#define ROUND_UP 0x4000U
#else
static unsigned control(void) { return 0; }
static void set_control(unsigned bits) { (void)bits; }
#define FTZ_DAZ 0U
#define ROUND_UP 0U
#endif

/* A layer with enough blocks for many threads, and its result from one thread. */
struct layer {
    lax_tensor x, w, y, serial;
    lax_conv_options options;
};

static void layer_make(struct layer *l, int64_t rows, int64_t channels) {
    struct rng r = rng_of(31, (uint64_t)channels);
    lax_error why;
    l->x = dense_new(LAX_F32, SHAPE(2, rows, rows, channels));
    l->w = dense_new(LAX_F32, SHAPE(3, 3, channels, 24));
    l->y = dense_new(LAX_F32, SHAPE(2, rows, rows, 24));
    l->serial = dense_new(LAX_F32, SHAPE(2, rows, rows, 24));
    tensor_fill(&r, &l->x, FILL_NORMAL);
    tensor_fill(&r, &l->w, FILL_NORMAL);
    l->options = LAX_CONV_OPTIONS(.padding = "SAME", .dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    lax_context *one = context_with_threads(1); /* at the environment's instruction-set limit */
    must(lax_conv_general_dilated(one, &l->x, &l->w, &l->options, &l->serial, &why), &why, "conv");
    lax_context_destroy(one);
}

static void layer_free(struct layer *l) {
    free(l->x.data);
    free(l->w.data);
    free(l->y.data);
    free(l->serial.data);
}

static void layer_check(struct layer *l, lax_context *ctx, const char *how) {
    lax_error why;
    memset(l->y.data, 0xff, (size_t)lax_tensor_elements(&l->y) * 4);
    must(lax_conv_general_dilated(ctx, &l->x, &l->w, &l->options, &l->y, &why), &why, how);
    ck_assert_msg(same_bytes(&l->y, &l->serial), "%s: other bits than one thread", how);
}

static const int32_t thread_counts[] = {1, 2, 3, 4, 7, 16, 64};

START_TEST(same_bits_for_thread_counts) {
    struct layer l;
    layer_make(&l, 11, _i % 2 ? 16 : 5);
    lax_context *ctx = context_with_threads(thread_counts[_i / 2]);
    layer_check(&l, ctx, "threads");
    layer_check(&l, ctx, "threads, cached plan");
    lax_context_destroy(ctx);
    layer_free(&l);
}
END_TEST

START_TEST(same_bits_for_hosts) {
    struct layer l;
    layer_make(&l, 11, 16);
    for (int32_t threads = 1; threads <= 9; threads += 4) {
        lax_context *ctx = context_with_host((enum host)_i, threads);
        layer_check(&l, ctx, "host");
        lax_context_destroy(ctx);
    }
    layer_free(&l);
}
END_TEST

/* Random problems of every family: one thread, three threads and a hostile host agree bitwise. */
static void same_bits(struct problem *p) {
    lax_context *ctxs[3] = {context_with_threads(1), context_with_threads(3),
                            context_with_host(HOST_SHUFFLED, 5)};
    unsigned char *first = malloc(p->out[0].memory.nbytes + 1);
    struct rng before = p->rng;
    ck_assert_ptr_nonnull(first);
    for (int i = 0; i < 3; i++) {
        lax_error why;
        p->rng = before;
        view_reset(&p->out[0]);
        if (problem_call(ctxs[i], p, &why) != LAX_OK) problem_fail(p, "threads", why.text);
        size_t n = p->out[0].memory.nbytes;
        if (n == 0) continue;
        if (i == 0) memcpy(first, p->out[0].memory.bytes, n);
        if (memcmp(first, p->out[0].memory.bytes, n) != 0) {
            problem_fail(p, "threads", "other bits than one thread");
        }
    }
    free(first);
    for (int i = 0; i < 3; i++) lax_context_destroy(ctxs[i]);
}

START_TEST(same_bits_for_families) {
    for (int64_t i = 0; i < 12; i++) {
        struct problem p;
        problem_init(&p, &families[_i], 7000 + i);
        problem_data(&p);
        same_bits(&p);
        problem_free(&p);
    }
}
END_TEST

/* ---- nested: a task of one loop makes calls of its own with the same context ---- */

struct nest {
    struct layer *layer;
    lax_context *ctx;
    bool failed[8];
};

static void nested_task(void *argument, int64_t i) {
    struct nest *n = argument;
    lax_tensor y = dense_new(LAX_F32, n->layer->y.rank, n->layer->y.shape);
    lax_status s =
        lax_conv_general_dilated(n->ctx, &n->layer->x, &n->layer->w, &n->layer->options, &y, NULL);
    n->failed[i] = s != LAX_OK || !same_bytes(&y, &n->layer->serial);
    free(y.data);
}

static void *nested_thread(void *argument) {
    for (int64_t i = 4; i < 8; i++) nested_task(argument, i);
    return NULL;
}

static lax_status nested_reducer(void *user, int64_t n, const void *const *acc,
                                 const void *const *elem, void *const *out) {
    const float *a = acc[0], *b = elem[0];
    float *c = out[0];
    nested_task(user, 0);
    for (int64_t i = 0; i < n; i++) c[i] = a[i] + b[i];
    return LAX_OK;
}

/* Two threads share one context; inside, a reducer calls the library again. */
START_TEST(nested_and_concurrent_calls) {
    struct layer l;
    layer_make(&l, 5, 8);
    lax_context *ctx = context_with_threads(4);
    struct nest n = {&l, ctx, {true, true, true, true, true, true, true, true}};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, nested_thread, &n), 0);
    for (int64_t i = 1; i < 4; i++) nested_task(&n, i);
    float x[6] = {1, 2, 3, 4, 5, 6}, zero = 0, got[5];
    lax_tensor in = lax_tensor_of(LAX_F32, x, SHAPE(6)),
               out = lax_tensor_of(LAX_F32, got, SHAPE(5));
    lax_window_options o = LAX_WINDOW_OPTIONS(.window_dimensions = {2}, .init_values = {&zero});
    lax_error why;
    must(lax_reduce_window_n(ctx, 1, &in, &LAX_REDUCER(.fn = nested_reducer, .user = &n), &o, &out,
                             &why),
         &why, "reduce_window_n");
    expect_f32(&out, LIST(3, 5, 7, 9, 11));
    pthread_join(thread, NULL);
    for (int i = 0; i < 8; i++) ck_assert_msg(!n.failed[i], "call %d", i);
    lax_context_destroy(ctx);
    layer_free(&l);
}
END_TEST

/* Says in the pipe whether the child's calls were right; ends without looking for leaks, because
 * the threads of the parent's pool are left behind on purpose. */
static void child_of_fork(struct layer *l, lax_context *ctx, int pipe_end) {
    lax_status s = lax_conv_general_dilated(ctx, &l->x, &l->w, &l->options, &l->y, NULL);
    char right = s == LAX_OK && same_bytes(&l->y, &l->serial) ? 'y' : 'n';
    lax_context_destroy(ctx);
    if (write(pipe_end, &right, 1) != 1) abort();
    kill(getpid(), SIGKILL);
}

START_TEST(after_fork) {
    struct layer l;
    int ends[2], status = 0;
    char right = 0;
    layer_make(&l, 7, 8);
    lax_context *ctx = context_with_threads(3);
    layer_check(&l, ctx, "before fork");
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) child_of_fork(&l, ctx, ends[1]);
    close(ends[1]);
    layer_check(&l, ctx, "parent");
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(read(ends[0], &right, 1) == 1 && right == 'y', "the child failed");
    close(ends[0]);
    lax_context_destroy(ctx);
    layer_free(&l);
}
END_TEST

/* ---- several executions of one plan at once ---- */

struct executor {
    const struct layer *layer;
    const lax_plan *plan;
    const lax_packed *packed;
    bool right;
};

static void *executor_thread(void *argument) {
    struct executor *e = argument;
    lax_tensor y = dense_new(LAX_F32, e->layer->y.rank, e->layer->y.shape);
    e->right = true;
    for (int i = 0; i < 8; i++) {
        lax_status s = lax_plan_execute(e->plan, (const lax_tensor *[]){&e->layer->x}, e->packed,
                                        (lax_tensor *[]){&y}, NULL, NULL);
        e->right &= s == LAX_OK && same_bytes(&y, &e->layer->serial);
    }
    free(y.data);
    return NULL;
}

START_TEST(one_plan_many_executions) {
    struct layer l;
    lax_plan *plan;
    lax_packed *packed;
    lax_error why;
    pthread_t threads[4];
    layer_make(&l, 6, 16);
    lax_context *ctx = context_with_threads(_i ? 2 : 1);
    must(lax_conv_plan(ctx, &l.x, &l.w, &l.options, NULL, &l.y, &plan, &why), &why, "plan");
    must(lax_plan_pack(plan, &l.w, &packed, &why), &why, "pack");
    struct executor executors[4];
    for (int i = 0; i < 4; i++) {
        executors[i] = (struct executor){&l, plan, packed, false};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, executor_thread, &executors[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(executors[i].right);
    }
    lax_packed_release(packed);
    lax_plan_release(plan);
    lax_context_destroy(ctx);
    layer_free(&l);
}
END_TEST

/* ---- the floating-point state ---- */

static const float tiny = 0x1p-140F;

/* A 1 x 1 convolution and a sum of subnormals, under whatever state the caller has. */
static float subnormal_product(lax_context *ctx) {
    float x = tiny, w = 1, y = 0;
    lax_error why;
    lax_tensor a = lax_tensor_of(LAX_F32, &x, SHAPE(1, 1, 1)), c = a, b = a;
    b.data = &w;
    c.data = &y;
    must(lax_conv_general_dilated(ctx, &a, &b, NULL, &c, &why), &why, "conv");
    return y;
}

START_TEST(state_of_the_caller) {
    lax_context *ctxs[3] = {context_with_threads(1), context_with_threads(3),
                            context_with_host(HOST_FOREIGN, 3)};
    struct layer l;
    layer_make(&l, 5, 8);
    unsigned usual = control();
    for (int i = 0; i < 3; i++) {
        set_control(usual | FTZ_DAZ | ROUND_UP);
        unsigned wanted = control(); /* emulators may not keep every bit */
        float y = subnormal_product(ctxs[i]);
        lax_status s = lax_conv_general_dilated(ctxs[i], &l.x, &l.w, &l.options, &l.y, NULL);
        unsigned after = control();
        set_control(usual);
        ck_assert_uint_eq(after, wanted);
        ck_assert_int_eq(s, LAX_OK);
        ck_assert_mem_eq(&y, &tiny, sizeof y);
        ck_assert(same_bytes(&l.y, &l.serial));
        lax_context_destroy(ctxs[i]);
    }
    layer_free(&l);
}
END_TEST

/* Elementwise operations, a sum, and literals of a module, in single and double. */
static const char text_of_module[] =
    "HloModule m\n"
    "add { a = f32[] parameter(0) b = f32[] parameter(1) ROOT r = f32[] add(a, b) }\n"
    "ENTRY e { x = f32[4] parameter(0) c = f32[4] constant({0.1, 1e-40, 3.3, 0.7}) "
    "p = f32[4] multiply(x, c) q = f32[4] divide(p, x) s = f32[4] add(p, q) "
    "w = f64[4] convert(s) v = f64[4] divide(w, w) n = f32[4] convert(v) "
    "i = f32[] constant(0) t = f32[] reduce(s, i), dimensions={0}, to_apply=add "
    "b = f32[4] broadcast(t), dimensions={} ROOT r = (f32[4], f32[4], f32[4]) tuple(s, n, b) }";

static void evaluate_module(float (*results)[4]) {
    float data[4] = {0.3F, 0.9F, 1.7F, -2.9F};
    lax_tensor x = lax_tensor_of(LAX_F32, data, SHAPE(4)), y[3];
    lax_module *module;
    lax_error why;
    for (int i = 0; i < 3; i++) y[i] = lax_tensor_of(LAX_F32, results[i], SHAPE(4));
    must(lax_module_parse(text_of_module, strlen(text_of_module), &module, &why), &why, "parse");
    must(lax_module_run(NULL, module, &x, 1, y, 3, &why), &why, "run");
    lax_module_release(module);
}

START_TEST(state_of_a_modules_caller) {
    float usual[3][4], other[3][4];
    unsigned before = control();
    evaluate_module(usual);
    fesetround(FE_UPWARD);
    set_control(control() | FTZ_DAZ);
    unsigned wanted = control();
    evaluate_module(other);
    unsigned after = control();
    int rounding = fegetround();
    fesetround(FE_TONEAREST);
    set_control(before);
    ck_assert_uint_eq(after, wanted);
    ck_assert_int_eq(rounding, FE_UPWARD);
    ck_assert_mem_eq(usual, other, sizeof usual);
}
END_TEST

/* Whether the bits do anything: emulators may ignore them. */
static bool machine_flushes(void) {
    unsigned usual = control();
    volatile float x = tiny, y = 1;
    set_control(usual | FTZ_DAZ);
    y *= x;
    set_control(usual);
    return y == 0;
}

START_TEST(flush_subnormals) {
    lax_context *ctx;
    lax_error why;
    must(lax_context_create(&LAX_CONTEXT_OPTIONS(.flush_subnormals = true, .num_threads = 2), &ctx,
                            &why),
         &why, "context");
    unsigned usual = control();
    float y = subnormal_product(ctx);
    ck_assert_uint_eq(control(), usual);
    if (machine_flushes()) ck_assert(y == 0);
    lax_context_destroy(ctx);
}
END_TEST

Suite *suite_threads(void) {
    Suite *suite = suite_create("threads");
    TCase *tc = tcase_create("threads");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, same_bits_for_thread_counts, 0,
                        2 * (int)(sizeof thread_counts / sizeof *thread_counts));
    tcase_add_loop_test(tc, same_bits_for_hosts, 0, HOST_COUNT);
    tcase_add_loop_test(tc, same_bits_for_families, 0, n_families);
    tcase_add_test(tc, nested_and_concurrent_calls);
    tcase_add_test(tc, after_fork);
    tcase_add_loop_test(tc, one_plan_many_executions, 0, 2);
    tcase_add_test(tc, state_of_the_caller);
    tcase_add_test(tc, state_of_a_modules_caller);
    tcase_add_test(tc, flush_subnormals);
    suite_add_tcase(suite, tc);
    return suite;
}
