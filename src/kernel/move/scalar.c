/* SPDX-License-Identifier: Apache-2.0 */
/* The move kernels in portable C, and the table of all instruction sets. */
#include "kernel/kernel.h"

struct bytes16 {
    uint64_t low, high;
};

#define NAME(x) x##_1
#define ELEM uint8_t
#include "kernel/move/scalar_tmpl.h"
#define NAME(x) x##_2
#define ELEM uint16_t
#include "kernel/move/scalar_tmpl.h"
#define NAME(x) x##_4
#define ELEM uint32_t
#include "kernel/move/scalar_tmpl.h"
#define NAME(x) x##_8
#define ELEM uint64_t
#include "kernel/move/scalar_tmpl.h"
#define NAME(x) x##_16
#define ELEM struct bytes16
#include "kernel/move/scalar_tmpl.h"

static void stream(void *dst, const void *src, int64_t nbytes) { memcpy(dst, src, (size_t)nbytes); }

static void fence(void) {}

static const struct move_kernels lax_i_move_scalar = {
    .transpose = {transpose_1, transpose_2, transpose_4, transpose_8, transpose_16},
    .reverse = {reverse_1, reverse_2, reverse_4, reverse_8, reverse_16},
    .stream = stream,
    .fence = fence,
};

static const struct {
    lax_isa isa;
    const struct move_kernels *kernels;
} rows[] = {
#define MOVE(isa, kernels) {isa, &kernels},
#include "kernel/move/move.def"
#undef MOVE
};

const struct move_kernels *lax_i_move_kernels(lax_isa isa) {
    const struct move_kernels *best = &lax_i_move_scalar;
    for (int i = 0; i < LAX_COUNTOF(rows); i++)
        if (rows[i].isa <= isa) best = rows[i].kernels;
    return best;
}
