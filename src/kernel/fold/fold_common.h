/* SPDX-License-Identifier: Apache-2.0 */
/* What the folds of every group of types share. Groups are compiled on their own, because compilers
 * take long over so many loops. */
#include "kernel/kernel.h"

#include "kernel/window/arithmetic.h"

#ifdef __F16C__
#include <immintrin.h>
#endif

#define PASTE(a, b) a##_##b
#define NAME_OF(a, b) PASTE(a, b)
#define NAME_OF_SIZE(name, size) PASTE_SIZE(name, size)
#define PASTE_SIZE(name, size) name##size
#define SAME(x) (x)
/* Loops over rows go only where the function is inlined with its constants, which compilers would
 * weigh against code size. */
#define FOLD_INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* not every type has vectors */
#define FOLD_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define FOLD_INDEPENDENT _Pragma("GCC ivdep")
#endif

enum { FOLD_BLOCK = 256 }; /* bytes of lanes that slide together */

#include "kernel/fold/fold_vector.h"
