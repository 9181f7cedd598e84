/* SPDX-License-Identifier: Apache-2.0 */
/* Our side of a pair. The library is opened by its path, so that two builds of it can be compared
 * in one process; everything goes through the public interface. */
#include "pair.h"

#include <dlfcn.h>
#include <lax/lax.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "peaks.h"

/* The functions that are needed, as the library of one path has them. */
struct functions {
    __typeof__(lax_context_create) *context_create;
    __typeof__(lax_context_destroy) *context_destroy;
    __typeof__(lax_module_parse) *module_parse;
    __typeof__(lax_module_release) *module_release;
    __typeof__(lax_module_operation) *module_operation;
    __typeof__(lax_operation_plan) *operation_plan;
    __typeof__(lax_plan_release) *plan_release;
    __typeof__(lax_plan_workspace_size) *plan_workspace_size;
    __typeof__(lax_plan_lowering) *plan_lowering;
    __typeof__(lax_plan_pack) *plan_pack;
    __typeof__(lax_packed_release) *packed_release;
    __typeof__(lax_plan_execute) *plan_execute;
};

struct ours {
    struct functions lax;
    void *library;
    lax_context *context;
    lax_module *module;
    lax_plan *plan;
    lax_packed *packed;
    void *workspace;
    lax_operation operation;
    const lax_tensor *inputs[LAX_MAX_OPERANDS];
    lax_tensor *outputs[LAX_MAX_OPERANDS];
};

enum { PLAN_REPEATS = 5 };
static const double SAMPLE_SECONDS = 0.01;

#define FUNCTION(name)                                                                             \
    { offsetof(struct functions, name), "lax_" #name }
static const struct {
    size_t offset;
    const char *name;
} names[] = {
    FUNCTION(context_create), FUNCTION(context_destroy),     FUNCTION(module_parse),
    FUNCTION(module_release), FUNCTION(module_operation),    FUNCTION(operation_plan),
    FUNCTION(plan_release),   FUNCTION(plan_workspace_size), FUNCTION(plan_lowering),
    FUNCTION(plan_pack),      FUNCTION(packed_release),      FUNCTION(plan_execute),
};

static bool load(struct ours *o, const char *path, char *error) {
    o->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!o->library) {
        snprintf(error, PAIR_TEXT, "%s", dlerror());
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *symbol = dlsym(o->library, names[i].name);
        if (!symbol) {
            snprintf(error, PAIR_TEXT, "%s has no %s", path, names[i].name);
            return false;
        }
        memcpy((char *)&o->lax + names[i].offset, &symbol, sizeof symbol);
    }
    return true;
}

static lax_status read_problem(struct ours *o, const struct pair_request *r, lax_error *why) {
    lax_context_options options =
        LAX_CONTEXT_OPTIONS(.num_threads = (int32_t)r->threads, .max_isa = (lax_isa)r->isa,
                            .cache_plans = -1, .lowering = r->lowering);
    lax_status status = o->lax.context_create(&options, &o->context, why);
    if (!status) status = o->lax.module_parse(r->text, strlen(r->text), &o->module, why);
    o->operation = LAX_OPERATION(.op = LAX_OP_UNSET);
    if (!status) status = o->lax.module_operation(o->module, 0, &o->operation, why);
    return status;
}

static lax_status make_plan(struct ours *o, double *plan_us, lax_error *why) {
    for (int i = 0; i < PLAN_REPEATS; i++) {
        o->lax.plan_release(o->plan);
        o->plan = NULL;
        double start = peaks_now();
        lax_status status = o->lax.operation_plan(o->context, &o->operation, &o->plan, why);
        double spent = (peaks_now() - start) * 1e6;
        if (status) return status;
        if (i == 0 || spent < *plan_us) *plan_us = spent;
    }
    return LAX_OK;
}

static lax_status prepare(struct ours *o, const struct pair_request *r, lax_error *why) {
    for (int i = 0; i < PAIR_OPERANDS; i++) {
        o->operation.operands[i].data = r->inputs[i];
        o->operation.results[i].data = r->outputs[i];
        o->inputs[i] = &o->operation.operands[i];
        o->outputs[i] = &o->operation.results[i];
    }
    size_t nbytes = o->lax.plan_workspace_size(o->plan);
    o->workspace = nbytes ? aligned_alloc(64, (nbytes + 63) / 64 * 64) : NULL;
    if (!r->prepacked) return LAX_OK;
    return o->lax.plan_pack(o->plan, o->inputs[1], &o->packed, why);
}

void *pair_open(const struct pair_request *r, struct pair_report *report) {
    struct ours *o = calloc(1, sizeof *o);
    lax_error why = {.text = ""};
    *report = (struct pair_report){0};
    if (!o || !load(o, r->library, report->error)) return NULL;
    lax_status status = read_problem(o, r, &why);
    if (!status) status = make_plan(o, &report->plan_us, &why);
    if (!status) status = prepare(o, r, &why);
    if (status) {
        snprintf(report->error, PAIR_TEXT, "%s", why.text);
        pair_close(o);
        return NULL;
    }
    report->workspace = (int64_t)o->lax.plan_workspace_size(o->plan);
    snprintf(report->lowering, PAIR_TEXT, "%s", o->lax.plan_lowering(o->plan));
    return o;
}

void pair_run(void *ours) {
    struct ours *o = ours;
    lax_error why;
    if (o->lax.plan_execute(o->plan, o->inputs, o->packed, o->outputs, o->workspace, &why))
        fprintf(stderr, "%s\n", why.text);
}

/* The library stays loaded: its pool's threads may still be ending. */
void pair_close(void *ours) {
    struct ours *o = ours;
    o->lax.packed_release(o->packed);
    o->lax.plan_release(o->plan);
    o->lax.module_release(o->module);
    o->lax.context_destroy(o->context);
    free(o->workspace);
    free(o);
}

static double seconds_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double timed(pair_call call, void *argument, clockid_t clock) {
    double start = seconds_of(clock);
    call(argument);
    return seconds_of(clock) - start;
}

/* The clock of a shared machine moves within a run: the peak is looked at all the time. */
static void sample_peak(struct pair_measure *how, double *last) {
    if (peaks_now() - *last < SAMPLE_SECONDS) return;
    double peak = peaks_fma((int)how->bits, (enum peaks_isa)how->isa, 0);
    if (peak > how->peak) how->peak = peak;
    *last = peaks_now();
}

int64_t pair_alternate(pair_call a, void *for_a, pair_call b, void *for_b, struct pair_measure *how,
                       double *times) {
    const clockid_t clock = how->cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
    const double start = peaks_now();
    double longest = 0, last = 0;
    int64_t n = 0;
    for (; n < how->capacity; n++) {
        const int64_t least = longest > 6 ? 1 : longest > 1 ? 2 : 10;
        if (n >= least && (longest > 1 || peaks_now() - start >= how->seconds)) break;
        double *pair = times + 2 * n;
        sample_peak(how, &last);
        if (n % 2 == 0) pair[0] = timed(a, for_a, clock);
        pair[1] = timed(b, for_b, clock);
        if (n % 2 != 0) pair[0] = timed(a, for_a, clock);
        for (int side = 0; side < 2; side++)
            if (pair[side] > longest) longest = pair[side];
    }
    return n;
}
