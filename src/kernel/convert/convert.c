/* SPDX-License-Identifier: Apache-2.0 */
/* The convert kernels: every element type to every other, and moves within one type, which keep
 * bits (NaN payloads, -0, subnormals). */
#include "kernel/convert/value.h"
#include "kernel/kernel.h"

#define PASTE2(a, b) a##_##b
#define WORD(a, b) PASTE2(a, b)
#define PASTE3(a, b, c) a##_##b##_##c
#define WORDS(a, b, c) PASTE3(a, b, c)

#define SRC f64
#define SRC_TYPE double
#define KIND f
#include "kernel/convert/from_tmpl.h"

#define SRC f32
#define SRC_TYPE float
#define KIND f
#include "kernel/convert/from_tmpl.h"

#define SRC f16
#define SRC_TYPE uint16_t
#define KIND f
#include "kernel/convert/from_tmpl.h"

#define SRC bf16
#define SRC_TYPE uint16_t
#define KIND f
#include "kernel/convert/from_tmpl.h"

#define SRC s8
#define SRC_TYPE int8_t
#define KIND s
#include "kernel/convert/from_tmpl.h"

#define SRC s16
#define SRC_TYPE int16_t
#define KIND s
#include "kernel/convert/from_tmpl.h"

#define SRC s32
#define SRC_TYPE int32_t
#define KIND s
#include "kernel/convert/from_tmpl.h"

#define SRC s64
#define SRC_TYPE int64_t
#define KIND s
#include "kernel/convert/from_tmpl.h"

#define SRC u8
#define SRC_TYPE uint8_t
#define KIND u
#include "kernel/convert/from_tmpl.h"

#define SRC u16
#define SRC_TYPE uint16_t
#define KIND u
#include "kernel/convert/from_tmpl.h"

#define SRC u32
#define SRC_TYPE uint32_t
#define KIND u
#include "kernel/convert/from_tmpl.h"

#define SRC u64
#define SRC_TYPE uint64_t
#define KIND u
#include "kernel/convert/from_tmpl.h"

#define SRC pred
#define SRC_TYPE uint8_t
#define KIND u
#include "kernel/convert/from_tmpl.h"

#define SRC c64
#define SRC_TYPE struct pair32
#define KIND c
#include "kernel/convert/from_tmpl.h"

#define SRC c128
#define SRC_TYPE struct pair64
#define KIND c
#include "kernel/convert/from_tmpl.h"

/* --- moves within a type ---------------------------------------------------------------------- */

#define NAME move1
#define ELEM uint8_t
#include "kernel/convert/move_tmpl.h"
#define NAME move2
#define ELEM uint16_t
#include "kernel/convert/move_tmpl.h"
#define NAME move4
#define ELEM uint32_t
#include "kernel/convert/move_tmpl.h"
#define NAME move8
#define ELEM uint64_t
#include "kernel/convert/move_tmpl.h"
#define NAME move_c64 /* aligned like its parts */
#define ELEM struct pair32
#include "kernel/convert/move_tmpl.h"
#define NAME move16
#define ELEM struct pair64
#include "kernel/convert/move_tmpl.h"

static lax_i_convert_fn *move_kernel(lax_dtype dtype) {
    if (dtype == LAX_C64) return move_c64;
    switch (lax_dtype_size(dtype)) {
    case 1: return move1;
    case 2: return move2;
    case 4: return move4;
    case 8: return move8;
    default: return move16;
    }
}

/* --- the table -------------------------------------------------------------------------------- */

/* One row for each source: TO_ROW lists its kernels by destination. */
#define TO(src, word, dtype) [dtype] = convert_##src##_##word
#define TO_FLOATS(src) TO(src, f64, LAX_F64), TO(src, f32, LAX_F32), TO(src, f16, LAX_F16)
#define TO_SIGNED(src)                                                                             \
    TO(src, s8, LAX_S8), TO(src, s16, LAX_S16), TO(src, s32, LAX_S32), TO(src, s64, LAX_S64)
#define TO_UNSIGNED(src)                                                                           \
    TO(src, u8, LAX_U8), TO(src, u16, LAX_U16), TO(src, u32, LAX_U32), TO(src, u64, LAX_U64)
#define TO_OTHERS(src)                                                                             \
    TO(src, bf16, LAX_BF16), TO(src, pred, LAX_PRED), TO(src, c64, LAX_C64), TO(src, c128, LAX_C128)
#define TO_ROW(src)                                                                                \
    { TO_FLOATS(src), TO_SIGNED(src), TO_UNSIGNED(src), TO_OTHERS(src) }

static lax_i_convert_fn *const table[LAX_C128 + 1][LAX_C128 + 1] = {
#define TYPE(word, dtype, type) [dtype] = TO_ROW(word),
#include "kernel/convert/types.def"
#undef TYPE
};

lax_i_convert_fn *lax_i_convert_kernel(lax_dtype src, lax_dtype dst) {
    bool moves = src == dst && src != LAX_PRED; /* results of pred are 0 or 1 */
    return moves ? move_kernel(src) : table[src][dst];
}
