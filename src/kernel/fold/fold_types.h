/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of one instruction set: every reducer on every working type, and the ways there from
 * the element types. Included by scalar.c, avx2.c and avx512.c, which define FOLDS, the name of the
 * table. */
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

#include "kernel/fold/fold_half.h"
#include "kernel/fold/fold_vector.h"

/* Rows shorter than a vector: once, if there are vectors for the others. */
#ifdef FOLD_VECTOR
#define FOLD_SHORT static __attribute__((noinline))
#else
#define FOLD_SHORT FOLD_INLINE
#endif

/* --- moves between elements and working form -------------------------------------------------- */

#define NAME move_u8
#define FROM uint8_t
#define TO uint8_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_u16
#define FROM uint16_t
#define TO uint16_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_u32
#define FROM uint32_t
#define TO uint32_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_u64
#define FROM uint64_t
#define TO uint64_t
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME move_c128
#define FROM struct c128
#define TO struct c128
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define NAME load_pred
#define FROM uint8_t
#define TO uint8_t
#define CHANGE(x) ((x) != 0)
#include "kernel/fold/fold_move.h"

#define NAME load_bf16
#define FROM uint16_t
#define TO float
#define CHANGE from_bf16
#include "kernel/fold/fold_move.h"

#define NAME store_bf16
#define FROM float
#define TO uint16_t
#define CHANGE to_bf16
#include "kernel/fold/fold_move.h"

/* --- sums, products and logical operations ---------------------------------------------------- */

#define TYPE uint8_t
#define WIDE uint32_t
#define SUFFIX u8
#include "kernel/fold/fold_int.h"

#define TYPE uint16_t
#define WIDE uint32_t
#define SUFFIX u16
#include "kernel/fold/fold_int.h"

#define TYPE uint32_t
#define WIDE uint32_t
#define SUFFIX u32
#include "kernel/fold/fold_int.h"

#define TYPE uint64_t
#define WIDE uint64_t
#define SUFFIX u64
#include "kernel/fold/fold_int.h"

#define TYPE float
#define SUFFIX f32
#define MUL mul_f32
#define ON(op) op##_f32
#include "kernel/fold/fold_real.h"

#define TYPE double
#define SUFFIX f64
#define MUL mul_f64
#define ON(op) op##_f64
#include "kernel/fold/fold_real.h"

#define TYPE struct c64
#define SUFFIX c64
#define MUL apart_mul_c64
#define ON(op) op##_c64
#include "kernel/fold/fold_real.h"

#define TYPE struct c128
#define SUFFIX c128
#define MUL apart_mul_c128
#define ON(op) op##_c128
#include "kernel/fold/fold_real.h"

/* --- elements that are narrower than their working form, pred -------------------------------- */

#define SUFFIX bf16
#define ELEM uint16_t
#define WORK float
#define LOAD from_bf16
#define STORE to_bf16
#define OP(a, x) add_f32(a, x)
#define REDUCER add
#include "kernel/fold/fold_widen.h"
#undef SUFFIX
#undef ELEM
#undef WORK
#undef LOAD

#define SUFFIX pred
#define ELEM uint8_t
#define WORK uint8_t
#define LOAD(x) ((x) != 0)

#define STORE SAME
#define OP(a, x) (uint8_t)((a) & (x))
#define REDUCER and
#include "kernel/fold/fold_widen.h"

#define STORE SAME
#define OP(a, x) (uint8_t)((a) | (x))
#define REDUCER or
#include "kernel/fold/fold_widen.h"

#define STORE SAME
#define OP(a, x) (uint8_t)((a) ^ (x))
#define REDUCER xor
#include "kernel/fold/fold_widen.h"

#undef SUFFIX
#undef ELEM
#undef WORK
#undef LOAD

/* --- order ------------------------------------------------------------------------------------ */

#define TYPE int8_t
#define SUFFIX s8
#include "kernel/fold/fold_ends.h"

#define TYPE int16_t
#define SUFFIX s16
#include "kernel/fold/fold_ends.h"

#define TYPE int32_t
#define SUFFIX s32
#include "kernel/fold/fold_ends.h"

#define TYPE int64_t
#define SUFFIX s64
#include "kernel/fold/fold_ends.h"

#define TYPE uint8_t
#define SUFFIX u8
#include "kernel/fold/fold_ends.h"

#define TYPE uint16_t
#define SUFFIX u16
#include "kernel/fold/fold_ends.h"

#define TYPE uint32_t
#define SUFFIX u32
#include "kernel/fold/fold_ends.h"

#define TYPE uint64_t
#define SUFFIX u64
#include "kernel/fold/fold_ends.h"

#define BITS int32_t
#define UBITS uint32_t
#define SIZE 32
#define INFINITE 0x7f800000
#define QUIET_BIT 0x00400000
#define SUFFIX f32
#include "kernel/fold/fold_floats.h"

#define BITS int64_t
#define UBITS uint64_t
#define SIZE 64
#define INFINITE INT64_C(0x7ff0000000000000)
#define QUIET_BIT INT64_C(0x0008000000000000)
#define SUFFIX f64
#include "kernel/fold/fold_floats.h"

#define BITS int16_t
#define UBITS uint16_t
#define SIZE 16
#define INFINITE 0x7c00
#define QUIET_BIT 0x0200
#define SUFFIX f16
#include "kernel/fold/fold_floats.h"

#define BITS int16_t
#define UBITS uint16_t
#define SIZE 16
#define INFINITE 0x7f80
#define QUIET_BIT 0x0040
#define SUFFIX bf16
#include "kernel/fold/fold_floats.h"

const struct fold *NAME_OF(lax_i_fold, ISA)(lax_reducer_kind reducer, lax_dtype type) {
    static const struct fold folds[][LAX_C128 + 1] = {
#define FOLD(reducer, type, work, move, load, store, taps, raw, direct)                            \
    [LAX_##reducer][LAX_##type] = {                                                                \
        sizeof(work),        move, load, store, taps, raw, direct, NAME_OF(taps, sweep),           \
        NAME_OF(taps, slide)},
#include "kernel/fold/fold.def"
#undef FOLD
    };
    if ((unsigned)reducer >= (unsigned)LAX_COUNTOF(folds) || (unsigned)type > LAX_C128) return NULL;
    return folds[reducer][type].taps != NULL ? &folds[reducer][type] : NULL;
}
