/* SPDX-License-Identifier: Apache-2.0 */
/* Rates of the machine, the bound that they give a problem, and the time that it takes. */
#include "cliffs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../native/peaks.h"

enum { LEAST_POWER = 13, MOST_POWER = 28, PATTERN = 4096 };

void cliffs_measure_machine(struct machine_rates *rates) {
    rates->flops32 = peaks_fma(32, PEAKS_BEST, 0.2) * 1e9;
    rates->flops64 = peaks_fma(64, PEAKS_BEST, 0.2) * 1e9;
    for (int i = 0; i < 32; i++) {
        int power = i < LEAST_POWER ? LEAST_POWER : i > MOST_POWER ? MOST_POWER : i;
        if (i <= MOST_POWER)
            rates->bandwidth[i] = peaks_copy((size_t)1 << (power - 1), 0.05) * 1e9;
        else
            rates->bandwidth[i] = rates->bandwidth[MOST_POWER];
    }
}

/* Of the footprint's power of two and the next one, by where between them it lies. */
static double bandwidth(const struct machine_rates *rates, double bytes) {
    int power = 0;
    while (power < 30 && (double)((int64_t)2 << power) <= bytes) power++;
    double share = bytes / (double)((int64_t)1 << power) - 1;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return rates->bandwidth[power] * (1 - share) + rates->bandwidth[power + 1] * share;
}

double cliffs_bound(const struct machine_rates *rates, const struct draw *draw) {
    double moved = draw->bytes / bandwidth(rates, draw->bytes);
    if (draw->operation.op != LAX_OP_CONV) return moved;
    bool wide = draw->operation.operands[0].dtype == LAX_F64;
    double computed = draw->work / (wide ? rates->flops64 : rates->flops32);
    return computed > moved ? computed : moved;
}

/* Bytes from the first element to the end of the last. */
static size_t span(const lax_tensor *t) {
    int64_t last = 0;
    for (int32_t i = 0; i < t->rank; i++) last += (t->shape[i] - 1) * t->strides[i];
    return (size_t)(last + 1) * lax_dtype_size(t->dtype);
}

/* Bits of small numbers; of products ones with a sign, which neither grow nor vanish. */
static void pattern_element(lax_dtype type, int i, bool ones, unsigned char *to) {
    static const uint16_t half[] = {0x3c00, 0xbc00, 0x3800, 0xbe00, 0x4000, 0x3a00, 0xb900, 0x3d00};
    static const uint16_t brain[] = {0x3f80, 0xbf80, 0x3f00, 0xbfc0,
                                     0x4000, 0x3f40, 0xbf20, 0x3fa0};
    unsigned bits = (unsigned)i * 2654435761u >> 8;
    float real = ones ? (bits & 1 ? 1.0f : -1.0f) : (float)(bits & 0xffff) / 65536 - 0.5f;
    double wide = real;
    uint64_t whole = ones ? 1 : bits % 11;
    switch (type) {
    case LAX_F64: memcpy(to, &wide, 8); break;
    case LAX_F32: memcpy(to, &real, 4); break;
    case LAX_F16: memcpy(to, &half[ones ? bits & 1 : bits & 7], 2); break;
    case LAX_BF16: memcpy(to, &brain[ones ? bits & 1 : bits & 7], 2); break;
    case LAX_C64: memcpy(to, &real, 4), memset(to + 4, 0, 4); break;
    case LAX_C128: memcpy(to, &wide, 8), memset(to + 8, 0, 8); break;
    case LAX_PRED: *to = bits & 1; break;
    default: memcpy(to, &whole, lax_dtype_size(type)); break;
    }
}

static void fill(const lax_tensor *t, bool ones) {
    unsigned char block[PATTERN * 16];
    size_t size = lax_dtype_size(t->dtype), nbytes = span(t), chunk = size * PATTERN;
    for (int i = 0; i < PATTERN; i++) pattern_element(t->dtype, i, ones, block + (size_t)i * size);
    for (size_t at = 0; at < nbytes; at += chunk)
        memcpy((char *)t->data + at, block, nbytes - at < chunk ? nbytes - at : chunk);
}

/* Everything that one execution needs; freed together. */
struct rig {
    lax_plan *plan;
    void *workspace;
    lax_tensor operands[2], result;
};

static bool allocate(lax_tensor *t, bool ones) {
    t->data = aligned_alloc(64, (span(t) + 63) / 64 * 64);
    if (t->data) fill(t, ones);
    return t->data != NULL;
}

static bool prepare(const struct draw *draw, struct rig *rig) {
    const lax_operation *op = &draw->operation;
    bool ones = op->op == LAX_OP_REDUCE_WINDOW && op->reducer.kind == LAX_MUL, good = true;
    rig->result = op->results[0];
    good = allocate(&rig->result, ones);
    for (int i = 0; i < op->n_operands; i++) {
        rig->operands[i] = op->operands[i];
        good = allocate(&rig->operands[i], ones) && good;
    }
    size_t nbytes = lax_plan_workspace_size(rig->plan);
    rig->workspace = nbytes ? aligned_alloc(64, (nbytes + 63) / 64 * 64) : NULL;
    return good && (!nbytes || rig->workspace);
}

/* This process's time: what else runs on the core does not count. */
static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static lax_status execute(struct rig *rig, double *seconds, lax_error *why) {
    const lax_tensor *inputs[] = {&rig->operands[0], &rig->operands[1]};
    lax_tensor *outputs[] = {&rig->result};
    double start = cpu_seconds();
    lax_status status = lax_plan_execute(rig->plan, inputs, NULL, outputs, rig->workspace, why);
    *seconds = cpu_seconds() - start;
    return status;
}

/* The best of the runs that fit in the budget, at least three; one where it is slow. */
static lax_status repeat(struct rig *rig, double budget, double *best, lax_error *why) {
    double spent = 0, seconds;
    lax_status status = execute(rig, best, why);
    for (int i = 0; !status && *best < 0.5 && (i < 3 || spent < budget); i++) {
        status = execute(rig, &seconds, why);
        if (seconds < *best) *best = seconds;
        spent += seconds;
    }
    return status;
}

bool cliffs_time(const struct cliffs *c, lax_context *context, const struct draw *draw,
                 struct result *result) {
    struct rig rig = {0};
    lax_error why = {.text = "no memory"};
    lax_status status = lax_operation_plan(context, &draw->operation, &rig.plan, &why);
    bool good = status == LAX_OK && prepare(draw, &rig);
    good = good && repeat(&rig, c->budget, &result->seconds, &why) == LAX_OK;
    if (good) {
        snprintf(result->lowering, sizeof result->lowering, "%s", lax_plan_lowering(rig.plan));
        result->work = draw->work;
    } else {
        fprintf(stderr, "draw %lld: %s\n", (long long)result->index, why.text);
    }
    lax_plan_release(rig.plan);
    free(rig.workspace);
    free(rig.result.data);
    free(rig.operands[0].data);
    free(rig.operands[1].data);
    return good;
}
