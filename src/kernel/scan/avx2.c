/* SPDX-License-Identifier: Apache-2.0 */
/* The scans at the level of avx2. */
#define ISA avx2
#include "kernel/scan/scan_types.h"
