/* SPDX-License-Identifier: Apache-2.0 */
/* The scans at the level of avx512. */
#define ISA avx512
#include "kernel/scan/scan_types.h"
