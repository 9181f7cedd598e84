/* SPDX-License-Identifier: Apache-2.0 */
/* The pick kernels, compiled for this file's instruction set. */
#define PICK_TABLE lax_i_pick_avx512
#define PULL_TABLE lax_i_pull_avx512
#define PAIR_TABLE lax_i_pair_avx512
#define PACK_TABLE lax_i_pack_avx512
#include "kernel/pick/kernels.h"
