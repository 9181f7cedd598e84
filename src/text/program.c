/* SPDX-License-Identifier: Apache-2.0 */
/* Runs programs over lanes: what interpreted reducers and selectors are. */
#include "text/program.h"

/* Registers of one execution: parameters lie in the caller's vectors, the others in the scratch. */
struct machine {
    const struct program *program;
    const void *reg[MAX_REGISTERS];
    _Alignas(64) unsigned char scratch[SCRATCH_NBYTES];
};

static void *own(struct machine *m, int r) {
    return m->scratch + (size_t)r * 16 * (size_t)m->program->lanes;
}

/* convert and reduce_precision are the library's. */
static lax_status by_library(struct machine *m, const struct step *step, int64_t n) {
    const struct program *program = m->program;
    lax_tensor in =
        lax_tensor_of(program->type[step->in[0]], (void *)(uintptr_t)m->reg[step->in[0]], 1, &n);
    lax_tensor out = lax_tensor_of(program->type[step->out], own(m, step->out), 1, &n);
    if (step->op == OP_CONVERT) return lax_transpose(NULL, &in, NULL, &out, NULL);
    return lax_reduce_precision(NULL, &in, step->exponent_bits, step->mantissa_bits, &out, NULL);
}

static lax_status run_step(struct machine *m, const struct step *step, int64_t n) {
    const void *in[3] = {NULL};
    void *out = own(m, step->out);
    m->reg[step->out] = out;
    if (step->fn == NULL && step->op != OP_COPY) return by_library(m, step, n);
    for (int k = 0; k < step->n; k++) in[k] = m->reg[step->in[k]];
    if (step->op == OP_COPY)
        memcpy(out, in[0], (size_t)n * lax_dtype_size(m->program->type[step->out]));
    else
        step->fn(out, in, n);
    if (step->op == OP_COMPARE) lax_i_mask_order(out, n, step->direction);
    return LAX_OK;
}

static lax_status run_steps(struct machine *m, int64_t n) {
    for (int i = 0; i < m->program->n_steps; i++) {
        lax_status status = run_step(m, &m->program->steps[i], n);
        if (status != LAX_OK) return status;
    }
    return LAX_OK;
}

static void start(struct machine *m, const struct program *program) {
    m->program = program;
    for (int r = 0; r < program->n_registers; r++) m->reg[r] = program->constant[r];
}

static const void *lanes_from(const void *data, int64_t lane, lax_dtype dtype) {
    return (const char *)data + (size_t)lane * lax_dtype_size(dtype);
}

static void write_results(const struct machine *m, int64_t lane, int64_t n, void *const *out) {
    const struct program *program = m->program;
    for (int k = 0; k < program->n_results; k++) {
        int r = program->result[k];
        size_t size = lax_dtype_size(program->type[r]);
        memcpy((char *)out[k] + (size_t)lane * size, m->reg[r], (size_t)n * size);
    }
}

lax_status lax_i_program_reduce(void *user, int64_t n, const void *const *acc,
                                const void *const *elem, void *const *out) {
    const struct program *program = user;
    struct machine m;
    int operands = program->n_parameters / 2;
    start(&m, program);
    for (int64_t lane = 0; lane < n; lane += program->lanes) {
        int64_t count = lax_i_min(program->lanes, n - lane);
        for (int k = 0; k < operands; k++) {
            m.reg[k] = lanes_from(acc[k], lane, program->type[k]);
            m.reg[operands + k] = lanes_from(elem[k], lane, program->type[k]);
        }
        lax_status status = run_steps(&m, count);
        if (status != LAX_OK) return status;
        write_results(&m, lane, count, out);
    }
    return LAX_OK;
}

lax_status lax_i_program_select(void *user, int64_t n, const void *current, const void *next,
                                uint8_t *keep) {
    const void *acc[] = {current}, *elem[] = {next};
    void *out[] = {keep};
    return lax_i_program_reduce(user, n, acc, elem, out);
}
