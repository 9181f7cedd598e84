/* SPDX-License-Identifier: Apache-2.0 */
/* Pack kernels of one packed form: PACK_WORD names them; PACKED, UNSIGNED and the bits of an index
 * beside keys of 8, 16 and 32 bits (0: there is no room), consumed. Zeros of either sign are equal.
 * Sign and magnitude become two's complement by flipping the magnitude of what is negative. */

#define NO_NAN(x) 0
#define TURNED(x, magnitude) ((x) ^ ((x) >> 31 & (magnitude)))
#define HALF_KEY(x) (((x)&0x7fff) == 0 ? 0 : TURNED((int32_t)(int16_t)(uint16_t)(x), 0x7fff))
#define SINGLE_KEY(x) ((x) << 1 == 0 ? 0 : TURNED((int32_t)(x), 0x7fffffff))

#define PACK_BITS BITS_8
#define PACK_NAME PACK_WORD(pred)
#define ELEM uint8_t
#define KEY_OF(x) ((x) != 0 ? 1 : 0)
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(u8)
#define ELEM uint8_t
#define KEY_OF(x) ((int32_t)(x)-0x80)
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(s8)
#define ELEM uint8_t
#define KEY_OF(x) ((int32_t)(int8_t)(uint8_t)(x))
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"
#undef PACK_BITS

#define PACK_BITS BITS_16
#define PACK_NAME PACK_WORD(u16)
#define ELEM uint16_t
#define KEY_OF(x) ((int32_t)(x)-0x8000)
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(s16)
#define ELEM uint16_t
#define KEY_OF(x) ((int32_t)(int16_t)(uint16_t)(x))
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(f16)
#define ELEM uint16_t
#define KEY_OF HALF_KEY
#define IS_NAN(x) (((x)&0x7fff) > 0x7c00)
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(bf16)
#define ELEM uint16_t
#define KEY_OF HALF_KEY
#define IS_NAN(x) (((x)&0x7fff) > 0x7f80)
#include "kernel/pick/pack_tmpl.h"
#undef PACK_BITS

#if BITS_32
#define PACK_BITS BITS_32
#define PACK_NAME PACK_WORD(u32)
#define ELEM uint32_t
#define KEY_OF(x) ((int32_t)((x) ^ 0x80000000u))
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(s32)
#define ELEM uint32_t
#define KEY_OF(x) ((int32_t)(x))
#define IS_NAN NO_NAN
#include "kernel/pick/pack_tmpl.h"

#define PACK_NAME PACK_WORD(f32)
#define ELEM uint32_t
#define KEY_OF SINGLE_KEY
#define IS_NAN(x) (((x)&0x7fffffff) > 0x7f800000)
#include "kernel/pick/pack_tmpl.h"
#undef PACK_BITS
#endif

/* Indices again; `none` where nothing was picked. */
static void PACK_WORD(unpack)(int32_t *index, const void *packed, const struct pack_rule *rule,
                              int64_t n) {
    const PACKED *x = packed;
    const uint32_t mask = (uint32_t)(((uint64_t)1 << rule->bits) - 1);
    const uint32_t flip = rule->last ? 0 : mask, less = rule->last ? 1 : 0;
    const PACKED none = (PACKED)((UNSIGNED)1 << (sizeof(PACKED) * 8 - 1));
    for (int64_t i = 0; i < n; i++) {
        int32_t at = (int32_t)((((uint32_t)x[i] & mask) ^ flip) - less);
        index[i] = x[i] == none ? rule->none : at;
    }
}

#undef NO_NAN
#undef TURNED
#undef HALF_KEY
#undef SINGLE_KEY
#undef PACK_WORD
#undef PACKED
#undef UNSIGNED
#undef BITS_8
#undef BITS_16
#undef BITS_32
