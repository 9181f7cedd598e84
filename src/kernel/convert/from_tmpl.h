/* SPDX-License-Identifier: Apache-2.0 */
/* All conversions from one source. Parameters: SRC, SRC_TYPE, KIND (convert_tmpl.h), consumed. */

#define DST f64
#define DST_TYPE double
#include "kernel/convert/convert_tmpl.h"
#define DST f32
#define DST_TYPE float
#include "kernel/convert/convert_tmpl.h"
#define DST f16
#define DST_TYPE uint16_t
#include "kernel/convert/convert_tmpl.h"
#define DST bf16
#define DST_TYPE uint16_t
#include "kernel/convert/convert_tmpl.h"
#define DST s8
#define DST_TYPE int8_t
#include "kernel/convert/convert_tmpl.h"
#define DST s16
#define DST_TYPE int16_t
#include "kernel/convert/convert_tmpl.h"
#define DST s32
#define DST_TYPE int32_t
#include "kernel/convert/convert_tmpl.h"
#define DST s64
#define DST_TYPE int64_t
#include "kernel/convert/convert_tmpl.h"
#define DST u8
#define DST_TYPE uint8_t
#include "kernel/convert/convert_tmpl.h"
#define DST u16
#define DST_TYPE uint16_t
#include "kernel/convert/convert_tmpl.h"
#define DST u32
#define DST_TYPE uint32_t
#include "kernel/convert/convert_tmpl.h"
#define DST u64
#define DST_TYPE uint64_t
#include "kernel/convert/convert_tmpl.h"
#define DST pred
#define DST_TYPE uint8_t
#include "kernel/convert/convert_tmpl.h"
#define DST c64
#define DST_TYPE struct pair32
#include "kernel/convert/convert_tmpl.h"
#define DST c128
#define DST_TYPE struct pair64
#include "kernel/convert/convert_tmpl.h"

#undef SRC
#undef SRC_TYPE
#undef KIND
