/* SPDX-License-Identifier: Apache-2.0 */
/* What one core of the machine can do: multiply-adds from registers, bytes from each cache. */
#ifndef LAX_BENCH_PEAKS_H
#define LAX_BENCH_PEAKS_H

#include <stddef.h>

enum peaks_isa { PEAKS_BEST, PEAKS_SCALAR, PEAKS_AVX2, PEAKS_AVX512 };

/* Monotonic seconds. */
double peaks_now(void);
/* Multiply-adds of f32 (bits 32) or f64 (64) elements, in Gflop/s, two to a multiply-add: the
 * best of short runs over `seconds`. */
double peaks_fma(int bits, enum peaks_isa isa, double seconds);
/* Reads and writes of a copy of `nbytes`, in GB/s (read and written bytes both count). */
double peaks_copy(size_t nbytes, double seconds);

#endif /* LAX_BENCH_PEAKS_H */
