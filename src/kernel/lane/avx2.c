/* SPDX-License-Identifier: Apache-2.0 */
/* The lane kernels, compiled for this file's instruction set. */
#define LANE_TABLE lax_i_lane_avx2
#include "kernel/lane/lanes.h"
