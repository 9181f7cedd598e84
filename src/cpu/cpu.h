/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine can do: its best instruction-set level and the caches that blocking uses. */
#ifndef LAX_CPU_CPU_H
#define LAX_CPU_CPU_H

#include "base/base.h"

struct machine {
    lax_isa isa;          /* level that kernels may use */
    lax_isa hardware_isa; /* level that the machine has */
    int64_t l1_nbytes, l2_nbytes, l3_nbytes;
    int32_t cpus;  /* CPUs this process may run on */
    double gflops; /* assumed f32 rate of one core at `isa`, for cost estimates only */
    double gbytes; /* assumed DRAM rate of one core, likewise */
};

/* This machine at its best level. Reads CPUID once per process (a write-once constant). */
const struct machine *lax_i_machine(void);
/* The machine limited to `isa`. */
struct machine lax_i_machine_at(lax_isa isa);
const char *lax_i_isa_name(lax_isa isa);
/* LAX_ISA_UNSET when there is no such name. */
lax_isa lax_i_isa_from_name(const char *name);

/* The floating-point environment of one task: MXCSR (rounding, FTZ/DAZ, masks). */
unsigned lax_i_fp_enter(bool flush_subnormals);
void lax_i_fp_leave(unsigned saved);

#endif /* LAX_CPU_CPU_H */
