/* SPDX-License-Identifier: Apache-2.0 */
/* Vectorised conversions for AVX2. */
#include "kernel/convert/half_x86.h"

#define TABLE lax_i_convert_avx2
#include "kernel/convert/vector_tmpl.h"
