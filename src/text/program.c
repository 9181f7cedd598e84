/* SPDX-License-Identifier: Apache-2.0 */
/* Runs programs over lanes: what interpreted reducers and selectors are. */
#include "text/program.h"

/* Registers of one execution: parameters lie in the caller's vectors, the others in the scratch. */
struct registers {
    const struct program *program;
    const void *reg[MAX_REGISTERS];
    _Alignas(64) unsigned char scratch[SCRATCH_NBYTES];
};

static void *own(struct registers *m, int r) { return m->scratch + (size_t)r * m->program->pitch; }

/* f16 and bf16 are computed in f32 and rounded once: the operands of one step, and its result. */
static void run_widened(const struct step *step, void *out, const void *const *in, int64_t n) {
    float wide[4][MAX_LANES];
    const void *operands[3] = {wide[0], wide[1], wide[2]};
    for (int k = 0; k < step->n; k++) lax_i_convert(&step->convert, wide[k], 1, in[k], 1, n);
    if (step->narrow.general == NULL) {
        step->fn(out, operands, n);
        return;
    }
    step->fn(wide[3], operands, n);
    lax_i_convert(&step->narrow, out, 1, wide[3], 1, n);
}

static void run_step(struct registers *m, const struct step *step, int64_t n) {
    const void *in[3] = {NULL};
    void *out = own(m, step->out);
    m->reg[step->out] = out;
    for (int k = 0; k < step->n; k++) in[k] = m->reg[step->in[k]];
    if (step->op == OP_COPY)
        memcpy(out, in[0], (size_t)n * lax_dtype_size(m->program->type[step->out]));
    else if (step->op == OP_CONVERT)
        lax_i_convert(&step->convert, out, 1, in[0], 1, n);
    else if (step->op == OP_REDUCE_PRECISION)
        step->round(out, 1, in[0], 1, n, step->exponent_bits, step->mantissa_bits);
    else if (step->widened)
        run_widened(step, out, in, n);
    else
        step->fn(out, in, n);
    if (step->ordered) lax_i_mask_order(out, n, step->direction);
}

static void start(struct registers *m, const struct program *program) {
    m->program = program;
    for (int r = 0; r < program->n_registers; r++) m->reg[r] = program->constant[r];
}

static const void *lanes_from(const void *data, int64_t lane, lax_dtype dtype) {
    return (const char *)data + (size_t)lane * lax_dtype_size(dtype);
}

static void write_results(const struct registers *m, int64_t lane, int64_t n, void *const *out) {
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
    struct registers m;
    int operands = program->n_parameters / 2;
    start(&m, program);
    for (int64_t lane = 0; lane < n; lane += program->lanes) {
        int64_t count = lax_i_min(program->lanes, n - lane);
        for (int k = 0; k < operands; k++) {
            m.reg[k] = lanes_from(acc[k], lane, program->type[k]);
            m.reg[operands + k] = lanes_from(elem[k], lane, program->type[k]);
        }
        for (int i = 0; i < program->n_steps; i++) run_step(&m, &program->steps[i], count);
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
