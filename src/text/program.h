/* SPDX-License-Identifier: Apache-2.0 */
/* A scalar region as straight-line code over lanes. Registers: the parameters, then constants and
 * results of steps; each register is written once. */
#ifndef LAX_TEXT_PROGRAM_H
#define LAX_TEXT_PROGRAM_H

#include "kernel/kernel.h"
#include "text/text.h"

enum {
    MAX_REGISTERS = MAX_REGION_STEPS + 2 * LAX_MAX_OPERANDS,
    SCRATCH_NBYTES = 1 << 15, /* of an execution's registers */
    MAX_LANES = 1024
};

struct step {
    enum text_op op;
    elementwise_fn *fn; /* NULL: convert, copy, reduce_precision */
    bool ordered;       /* compare: fn gives outcomes (ORDER_*), not 0 or 1 */
    bool widened;       /* fn works on f32, its f16 or bf16 operands and result are converted */
    struct converter convert, narrow; /* of operands, and of a widened result */
    lax_i_round_fn *round;
    int direction; /* compare */
    enum compare_type compare;
    int exponent_bits, mantissa_bits;
    int n, in[3], out; /* registers */
};

struct program {
    int n_parameters, n_registers, n_steps, n_results;
    lax_dtype *type;       /* of each register */
    const void **constant; /* `lanes` copies of it; NULL: no constant */
    struct step *steps;
    int result[LAX_MAX_OPERANDS]; /* registers, none of them a parameter's */
    int lanes;                    /* that fit into the scratch at once */
    size_t pitch;                 /* bytes of a register there */
};

#endif /* LAX_TEXT_PROGRAM_H */
