/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: options and environment become settings, read here and nowhere else. */
#include "context/context.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_THREADS = 4096, DEFAULT_PLANS = 256, DEFAULT_CACHE_NBYTES = 64 << 20 };

/* The default context, filled once and constant from then on. */
static struct lax_context default_context;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill_default(void) {
    default_context.runtime = lax_i_runtime_default();
    default_context.machine = *lax_i_machine();
    default_context.policy = LAX_POLICY_DEFAULT;
}

const struct lax_context *lax_i_context(const lax_context *ctx) {
    if (ctx != NULL) return ctx;
    pthread_once(&once, fill_default);
    return &default_context;
}

void lax_i_log(lax_log log, void *user, const char *line) {
    if (log != NULL)
        log(user, line);
    else
        fprintf(stderr, "%s\n", line);
}

/* An environment variable that is set and not empty, or NULL. */
static const char *environment(const char *name) {
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static lax_status resolve_threads(lax_context_options *o, lax_error *why) {
    const char *value = environment("LAX_NUM_THREADS");
    if (o->num_threads < 0 || o->num_threads > MAX_THREADS)
        return lax_i_fail(why, LAX_ERROR_VALUE, "num_threads is %d, 0 to %d is allowed",
                          (int)o->num_threads, MAX_THREADS);
    if (o->num_threads != 0) return LAX_OK;
    if (value == NULL) {
        o->num_threads = (int32_t)lax_i_min(lax_i_machine()->cpus, MAX_THREADS);
        return LAX_OK;
    }
    char *end;
    long threads = strtol(value, &end, 10);
    if (*end != '\0' || threads < 1 || threads > MAX_THREADS)
        return lax_i_fail(why, LAX_ERROR_VALUE, "LAX_NUM_THREADS is '%.40s', not 1 to %d", value,
                          MAX_THREADS);
    o->num_threads = (int32_t)threads;
    return LAX_OK;
}

static lax_status resolve_isa(lax_context_options *o, lax_error *why) {
    const char *value = environment("LAX_MAX_ISA");
    if ((unsigned)o->max_isa > LAX_ISA_AMX)
        return lax_i_fail(why, LAX_ERROR_ENUM, "max_isa is %d, which is no lax_isa",
                          (int)o->max_isa);
    if (o->max_isa != LAX_ISA_UNSET || value == NULL) return LAX_OK;
    o->max_isa = lax_i_isa_from_name(value);
    if (o->max_isa == LAX_ISA_UNSET)
        return lax_i_fail(why, LAX_ERROR_VALUE,
                          "LAX_MAX_ISA is '%.40s', not scalar, avx2, avx512 or amx", value);
    return LAX_OK;
}

static lax_status resolve_verbose(lax_context_options *o, lax_error *why) {
    const char *value = environment("LAX_VERBOSE");
    if (o->verbose || value == NULL) return LAX_OK;
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0)
        return lax_i_fail(why, LAX_ERROR_VALUE, "LAX_VERBOSE is '%.40s', not 0 or 1", value);
    o->verbose = value[0] == '1';
    return LAX_OK;
}

static lax_status check_values(const lax_context_options *o, lax_error *why) {
    if ((unsigned)o->policy > LAX_POLICY_FAST)
        return lax_i_fail(why, LAX_ERROR_ENUM, "policy is %d, which is no lax_policy",
                          (int)o->policy);
    if ((o->allocator.allocate == NULL) != (o->allocator.release == NULL))
        return lax_i_fail(why, LAX_ERROR_VALUE, "allocator.%s is NULL and allocator.%s is not",
                          o->allocator.allocate == NULL ? "allocate" : "release",
                          o->allocator.allocate == NULL ? "release" : "allocate");
    if (o->cache_plans < -1)
        return lax_i_fail(why, LAX_ERROR_VALUE, "cache_plans is %d, -1 or more is allowed",
                          (int)o->cache_plans);
    return LAX_OK;
}

lax_status lax_i_context_resolve(const lax_context_options *options, lax_context_options *out,
                                 lax_error *why) {
    *out = *options;
    lax_status status = check_values(out, why);
    if (status == LAX_OK) status = resolve_threads(out, why);
    if (status == LAX_OK) status = resolve_isa(out, why);
    if (status == LAX_OK) status = resolve_verbose(out, why);
    if (status != LAX_OK) return status;
    if (out->lowering == NULL) out->lowering = environment("LAX_LOWERING");
    if (out->policy == LAX_POLICY_UNSET) out->policy = LAX_POLICY_DEFAULT;
    if (out->allocator.allocate == NULL) out->allocator = lax_i_malloc_allocator;
    if (out->cache_plans == 0) out->cache_plans = DEFAULT_PLANS;
    if (out->cache_nbytes == 0) out->cache_nbytes = DEFAULT_CACHE_NBYTES;
    return LAX_OK;
}

static lax_status make_cache(lax_context *context, const lax_context_options *o, lax_error *why) {
    if (o->cache_plans < 0) return LAX_OK;
    context->cache = lax_i_cache_create(&o->allocator, o->cache_plans, o->cache_nbytes);
    if (context->cache == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "no memory for a plan cache of %d plans",
                          (int)o->cache_plans);
    return LAX_OK;
}

lax_status lax_i_context_make(const lax_context_options *o, lax_context **out, lax_error *why) {
    lax_context *context = lax_i_allocate(&o->allocator, sizeof *context);
    if (context == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "no memory for a context of %zu bytes",
                          sizeof *context);
    *context = (lax_context){.machine = lax_i_machine_at(o->max_isa),
                             .policy = o->policy,
                             .log = o->log,
                             .log_user = o->log_user,
                             .verbose = o->verbose};
    if (o->lowering != NULL)
        snprintf(context->lowering, sizeof context->lowering, "%s", o->lowering);
    lax_status status = lax_i_runtime_create(o, &context->runtime, why);
    if (status == LAX_OK) status = make_cache(context, o, why);
    if (status == LAX_OK)
        *out = context;
    else if (context->runtime != NULL)
        lax_i_context_free(context);
    else
        lax_i_release(&o->allocator, context, sizeof *context);
    return status;
}

void lax_i_context_free(lax_context *context) {
    struct runtime *runtime = context->runtime;
    lax_allocator allocator = runtime->allocator;
    lax_i_cache_destroy(context->cache);
    lax_i_runtime_detach(runtime);
    lax_i_runtime_release(runtime);
    lax_i_release(&allocator, context, sizeof *context);
}
