/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of this folder: cache sizes of one core. */
#ifndef LAX_CPU_CACHES_H
#define LAX_CPU_CACHES_H

#include "cpu/cpu.h"

/* Fills the three cache sizes. */
void lax_i_cache_sizes(struct machine *machine);

#endif /* LAX_CPU_CACHES_H */
