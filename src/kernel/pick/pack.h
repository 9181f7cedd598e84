/* SPDX-License-Identifier: Apache-2.0 */
/* The pack kernels of one instruction set: a table named PACK_TABLE. */

#define PACK_WORD(x) pack_##x##_4
#define PACKED int32_t
#define UNSIGNED uint32_t
#define BITS_8 24
#define BITS_16 16
#define BITS_32 0
#include "kernel/pick/pack_types.h"

#define PACK_WORD(x) pack_##x##_8
#define PACKED int64_t
#define UNSIGNED uint64_t
#define BITS_8 32
#define BITS_16 32
#define BITS_32 32
#include "kernel/pick/pack_types.h"

const struct pack_kernels PACK_TABLE[2] = {
    {{[LAX_PRED] = pack_pred_4,
      [LAX_U8] = pack_u8_4,
      [LAX_S8] = pack_s8_4,
      [LAX_U16] = pack_u16_4,
      [LAX_S16] = pack_s16_4,
      [LAX_F16] = pack_f16_4,
      [LAX_BF16] = pack_bf16_4},
     pack_unpack_4},
    {{[LAX_PRED] = pack_pred_8,
      [LAX_U8] = pack_u8_8,
      [LAX_S8] = pack_s8_8,
      [LAX_U16] = pack_u16_8,
      [LAX_S16] = pack_s16_8,
      [LAX_F16] = pack_f16_8,
      [LAX_BF16] = pack_bf16_8,
      [LAX_U32] = pack_u32_8,
      [LAX_S32] = pack_s32_8,
      [LAX_F32] = pack_f32_8},
     pack_unpack_8},
};
