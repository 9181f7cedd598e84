/* SPDX-License-Identifier: Apache-2.0 */
/* The scans at the level of scalar. */
#define ISA scalar
#include "kernel/scan/scan_types.h"
