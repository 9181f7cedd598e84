/* SPDX-License-Identifier: Apache-2.0 */
/* What contexts are made of: the machine's levels, parallel loops, the pool, the plan cache. */
#include <check.h>
#include <fenv.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "suites.h"
#include "support/support.h"

#include "context/context.h"

/* ---- the machine ---- */

START_TEST(levels_and_names) {
    const struct machine *m = lax_i_machine();
    ck_assert_int_ge(m->isa, LAX_ISA_SCALAR);
    ck_assert_int_eq(m->isa, m->hardware_isa);
    ck_assert(m->l1_nbytes >= 4096 && m->l2_nbytes >= m->l1_nbytes && m->cpus >= 1);
    for (int i = LAX_ISA_SCALAR; i <= LAX_ISA_AMX; i++) {
        struct machine limited = lax_i_machine_at((lax_isa)i);
        ck_assert_int_eq(limited.isa, i < (int)m->isa ? i : (int)m->isa);
        ck_assert_int_eq(limited.hardware_isa, m->hardware_isa);
        ck_assert_int_eq(lax_i_isa_from_name(lax_i_isa_name((lax_isa)i)), i);
    }
    ck_assert_int_eq(lax_i_isa_from_name("sse"), LAX_ISA_UNSET);
    ck_assert_str_eq(lax_i_isa_name((lax_isa)77), "invalid");
}
END_TEST

/* The control word at this point. */
static unsigned control(void) {
    unsigned word = lax_i_fp_enter(false);
    lax_i_fp_leave(word);
    return word;
}

START_TEST(environment_of_tasks) {
    volatile float tiny = 1e-40f, one = 1;
    fesetround(FE_UPWARD);
    unsigned upward = control(), saved = lax_i_fp_enter(false), usual = control();
    lax_i_fp_leave(saved);
    unsigned after = control();
    fesetround(FE_TONEAREST);
    ck_assert_uint_eq(saved, upward);
    ck_assert_uint_ne(usual, upward);
    ck_assert_uint_eq(after, upward);
    saved = lax_i_fp_enter(true);
    unsigned flushing = control();
    volatile float flushed = tiny * one;
    lax_i_fp_leave(saved);
    volatile float kept = tiny * one;
    ck_assert(kept != 0);
    if (flushing != usual) ck_assert(flushed == 0); /* an emulated machine may not be able to */
}
END_TEST

/* ---- loops ---- */

struct counts {
    atomic_int at[1000];
    atomic_int running, most;
    struct runtime *runtime;
};

static void count_up(void *argument, int64_t i) {
    struct counts *c = argument;
    int running = atomic_fetch_add(&c->running, 1) + 1, most = atomic_load(&c->most);
    while (running > most && !atomic_compare_exchange_weak(&c->most, &most, running)) continue;
    atomic_fetch_add(&c->at[i], 1);
    atomic_fetch_sub(&c->running, 1);
}

static struct counts *new_counts(lax_context *ctx) {
    struct counts *c = calloc(1, sizeof *c);
    ck_assert_ptr_nonnull(c);
    c->runtime = lax_i_context(ctx)->runtime;
    return c;
}

static void each_index_once(struct counts *c, int32_t threads, int64_t count) {
    for (int64_t i = 0; i < 1000; i++) atomic_store(&c->at[i], 0);
    atomic_store(&c->most, 0);
    lax_i_parallel(c->runtime, threads, count, count_up, c);
    for (int64_t i = 0; i < 1000; i++) ck_assert_int_eq(atomic_load(&c->at[i]), i < count);
}

START_TEST(loops_of_every_size) {
    lax_context *contexts[] = {NULL, context_with_threads(1), context_with_threads(3),
                               context_with_host(HOST_REVERSED, 3),
                               context_with_host(HOST_FOREIGN, 2)};
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        struct counts *c = new_counts(contexts[i]);
        for (int64_t n = 0; n < 1000; n = n * 3 / 2 + 1) {
            each_index_once(c, 0, n);
            each_index_once(c, 2, n);
            ck_assert_int_le(atomic_load(&c->most), 2);
            each_index_once(c, 1, n);
            ck_assert_int_le(atomic_load(&c->most), 1);
        }
        free(c);
        lax_context_destroy(contexts[i]);
    }
}
END_TEST

static void nest(void *argument, int64_t i) {
    struct counts *c = argument;
    (void)i;
    lax_i_parallel(c->runtime, 0, 50, count_up, c);
}

START_TEST(nested_loops) {
    lax_context *ctx = context_with_threads(3);
    struct counts *c = new_counts(ctx);
    lax_i_parallel(c->runtime, 0, 20, nest, c);
    for (int64_t i = 0; i < 1000; i++) ck_assert_int_eq(atomic_load(&c->at[i]), i < 50 ? 20 : 0);
    free(c);
    lax_context_destroy(ctx);
}
END_TEST

static void *nest_from_thread(void *argument) {
    for (int i = 0; i < 20; i++) nest(argument, 0);
    return NULL;
}

START_TEST(busy_pool) {
    lax_context *ctx = context_with_threads(2);
    struct counts *c = new_counts(ctx);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, nest_from_thread, c), 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    for (int64_t i = 0; i < 50; i++) ck_assert_int_eq(atomic_load(&c->at[i]), 80);
    free(c);
    lax_context_destroy(ctx);
}
END_TEST

#if !defined(__SANITIZE_THREAD__)
/* In a loop of its own, so that the child is born while the pool is marked as busy. */
static void fork_inside(void *argument, int64_t index) {
    struct counts *c = argument;
    int status;
    if (index != 0) return;
    pid_t child = fork();
    if (child == 0) {
        nest(c, 0);
        nest(c, 0);
        _exit(atomic_load(&c->at[49]) == 2 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(forked_children) {
    lax_context *ctx = context_with_threads(2);
    struct counts *c = new_counts(ctx);
    fork_inside(c, 0);
    lax_i_parallel(c->runtime, 0, 2, fork_inside, c);
    pid_t child = fork();
    int status;
    if (child == 0) {
        nest(c, 0);
        lax_context_destroy(ctx);
        _exit(atomic_load(&c->at[0]) == 1 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    child = fork(); /* this one never uses the pool */
    if (child == 0) {
        lax_context_destroy(ctx);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    nest(c, 0);
    free(c);
    lax_context_destroy(ctx);
}
END_TEST
#endif

/* What outlives the context keeps the runtime and runs serially. */
START_TEST(detached_runtime) {
    lax_context *ctx = context_with_threads(3);
    struct counts *c = new_counts(ctx);
    lax_i_runtime_retain(c->runtime);
    lax_context_destroy(ctx);
    each_index_once(c, 0, 300);
    ck_assert_int_eq(atomic_load(&c->most), 1);
    lax_i_runtime_release(c->runtime);
    free(c);
}
END_TEST

START_TEST(stopped_pool) {
    struct pool *pool = NULL;
    struct counts *c = new_counts(NULL);
    if (lax_i_pool_name() != NULL) {
        lax_error why;
        must(lax_i_pool_create(&lax_i_malloc_allocator, 2, &pool, &why), &why, "pool");
        lax_i_pool_stop(pool);
        lax_i_pool_run(pool, 40, count_up, c);
        ck_assert_int_eq(atomic_load(&c->at[39]), 1);
        lax_i_pool_destroy(pool);
    } else {
        ck_assert_int_eq(lax_i_pool_create(&lax_i_malloc_allocator, 2, &pool, NULL),
                         LAX_ERROR_THREADS);
    }
    free(c);
}
END_TEST

/* ---- the cache ---- */

struct value {
    struct cache_value base;
    atomic_int *destroyed;
    uint64_t number;
};

static void destroy_value(struct cache_value *value) {
    atomic_fetch_add(((struct value *)value)->destroyed, 1);
    free(value);
}

static struct value *new_value(uint64_t number, size_t nbytes, atomic_int *destroyed) {
    struct value *v = calloc(1, sizeof *v);
    ck_assert_ptr_nonnull(v);
    atomic_init(&v->base.references, 1);
    v->base.destroy = destroy_value;
    v->base.nbytes = nbytes;
    v->destroyed = destroyed;
    v->number = number;
    return v;
}

/* A key of `nbytes` that says its number once, at a place that depends on it. */
static size_t make_key(uint64_t number, unsigned char *key) {
    size_t nbytes = 1 + number % 37;
    memset(key, 7, nbytes);
    for (size_t i = 0; i < 8 && i < nbytes; i++)
        key[nbytes - 1 - i] = (unsigned char)(number >> 8 * i);
    return nbytes;
}

static void store(struct plan_cache *cache, uint64_t number, size_t nbytes, atomic_int *destroyed) {
    unsigned char key[40];
    size_t n = make_key(number, key);
    struct value *v = new_value(number, nbytes, destroyed);
    lax_i_cache_store(cache, key, n, &v->base);
    lax_i_value_release(&v->base);
}

static bool has(struct plan_cache *cache, uint64_t number) {
    unsigned char key[40];
    size_t n = make_key(number, key);
    struct value *v = (struct value *)lax_i_cache_find(cache, key, n);
    if (v == NULL) return false;
    ck_assert_uint_eq(v->number, number);
    lax_i_value_release(&v->base);
    return true;
}

START_TEST(least_recently_used_goes) {
    atomic_int destroyed = 0;
    struct plan_cache *cache = lax_i_cache_create(&lax_i_malloc_allocator, 4, 1 << 20);
    for (uint64_t i = 0; i < 4; i++) store(cache, i, 10, &destroyed);
    ck_assert(has(cache, 0));
    store(cache, 2, 10, &destroyed); /* there already: the new one is dropped */
    ck_assert_int_eq(destroyed, 1);
    store(cache, 100, 10, &destroyed);
    ck_assert(has(cache, 0) && !has(cache, 1) && has(cache, 2) && has(cache, 100));
    ck_assert_int_eq(destroyed, 2);
    for (uint64_t i = 200; i < 300; i++) {
        store(cache, i, 10, &destroyed);
        ck_assert(has(cache, i) && !has(cache, i - 4));
    }
    ck_assert_int_eq(destroyed, 102);
    lax_i_cache_destroy(cache);
    ck_assert_int_eq(destroyed, 106);
}
END_TEST

START_TEST(bounded_in_bytes) {
    atomic_int destroyed = 0;
    struct plan_cache *cache = lax_i_cache_create(&lax_i_malloc_allocator, 1000, 10000);
    for (uint64_t i = 0; i < 50; i++) store(cache, i, 900, &destroyed);
    int kept = 0;
    for (uint64_t i = 0; i < 50; i++) kept += has(cache, i);
    ck_assert(kept >= 5 && kept <= 11);
    ck_assert(has(cache, 49));
    store(cache, 60, 20000, &destroyed); /* larger than everything: is not kept */
    ck_assert(!has(cache, 60));
    lax_i_cache_destroy(cache);
    ck_assert_int_eq(destroyed, 51);
}
END_TEST

/* A value that somebody holds outlives its place in the cache. */
START_TEST(held_values_stay) {
    atomic_int destroyed = 0;
    unsigned char key[40];
    struct plan_cache *cache = lax_i_cache_create(&lax_i_malloc_allocator, 1, 1 << 20);
    store(cache, 5, 10, &destroyed);
    struct value *held = (struct value *)lax_i_cache_find(cache, key, make_key(5, key));
    store(cache, 6, 10, &destroyed);
    ck_assert_int_eq(destroyed, 0);
    lax_i_cache_destroy(cache);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_uint_eq(held->number, 5);
    lax_i_value_release(&held->base);
    ck_assert_int_eq(destroyed, 2);
}
END_TEST

static void refuse_release(void *user, void *memory, size_t nbytes) {
    (void)user;
    (void)nbytes;
    free(memory);
}

static void *refuse(void *user, size_t nbytes, size_t alignment) {
    int *left = user;
    if ((*left)-- <= 0) return NULL;
    return aligned_alloc(alignment, (nbytes + alignment - 1) / alignment * alignment);
}

START_TEST(cache_without_memory) {
    atomic_int destroyed = 0;
    int left = 0;
    lax_allocator allocator = {refuse, refuse_release, &left};
    ck_assert_ptr_null(lax_i_cache_create(&allocator, 8, 1000));
    left = 1;
    struct plan_cache *cache = lax_i_cache_create(&allocator, 8, 1000);
    ck_assert_ptr_nonnull(cache);
    store(cache, 1, 10, &destroyed);
    ck_assert(!has(cache, 1));
    ck_assert_int_eq(destroyed, 1);
    lax_i_cache_destroy(cache);
    lax_i_cache_destroy(NULL);
}
END_TEST

struct hammer {
    struct plan_cache *cache;
    atomic_int *destroyed;
    uint64_t seed;
    int stored;
};

static void *hammer(void *argument) {
    struct hammer *h = argument;
    struct rng r = {h->seed};
    for (int i = 0; i < 20000; i++) {
        uint64_t number = (uint64_t)rng_in(&r, 0, 40);
        if (has(h->cache, number)) continue;
        store(h->cache, number, 100, h->destroyed);
        h->stored++;
    }
    return NULL;
}

START_TEST(many_threads) {
    atomic_int destroyed = 0;
    struct plan_cache *cache = lax_i_cache_create(&lax_i_malloc_allocator, 16, 1 << 20);
    struct hammer h[4];
    pthread_t threads[4];
    int stored = 0;
    for (int i = 0; i < 4; i++) {
        h[i] = (struct hammer){cache, &destroyed, (uint64_t)i, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, hammer, &h[i]), 0);
    }
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++) stored += h[i].stored;
    lax_i_cache_destroy(cache);
    ck_assert_int_eq(destroyed, stored);
}
END_TEST

Suite *suite_runtime(void) {
    Suite *suite = suite_create("runtime");
    TCase *tc = tcase_create("runtime");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, levels_and_names);
    tcase_add_test(tc, environment_of_tasks);
    tcase_add_test(tc, loops_of_every_size);
    tcase_add_test(tc, nested_loops);
    tcase_add_test(tc, busy_pool);
#if !defined(__SANITIZE_THREAD__) /* which knows no threads in forked children */
    tcase_add_test(tc, forked_children);
#endif
    tcase_add_test(tc, detached_runtime);
    tcase_add_test(tc, stopped_pool);
    tcase_add_test(tc, least_recently_used_goes);
    tcase_add_test(tc, bounded_in_bytes);
    tcase_add_test(tc, held_values_stay);
    tcase_add_test(tc, cache_without_memory);
    tcase_add_test(tc, many_threads);
    suite_add_tcase(suite, tc);
    return suite;
}
