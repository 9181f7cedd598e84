/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations with their corner cases, and what they give. */
#include "text/eval_rows.h"

static const struct row rows[] = {
    {"operations on u64, part 1",
     "ENTRY e { a = u64[2] constant({7, 3}) b = u64[2] constant({2, 5}) r0 = u64[2] add(a, "
     "b) r1 = u64[2] subtract(a, b) r2 = u64[2] multiply(a, b) r3 = u64[2] divide(a, b) r4 "
     "= u64[2] remainder(a, b) r5 = u64[2] power(a, b) r6 = u64[2] maximum(a, b) r7 = "
     "u64[2] minimum(a, b) r8 = u64[2] and(a, b) r9 = u64[2] or(a, b) r10 = u64[2] xor(a, "
     "b) r11 = u64[2] shift-left(a, b) r12 = u64[2] shift-right-logical(a, b) r13 = u64[2] "
     "shift-right-arithmetic(a, b) n = u64[2] not(a) g = u64[2] negate(a) c = u64[2] "
     "clamp(b, a, a) ROOT t = (u64[2], u64[2], u64[2], u64[2], u64[2], u64[2], u64[2], "
     "u64[2]) tuple(r9, r10, r11, r12, r13, n, g, c) }",
     "u64[2] 7 7; u64[2] 5 6; u64[2] 28 96; u64[2] 1 0; u64[2] 1 0; u64[2] 1.844674407e+19 "
     "1.844674407e+19; u64[2] 1.844674407e+19 1.844674407e+19; u64[2] 7 3"},
    {"operations on u64, part 0",
     "ENTRY e { a = u64[2] constant({7, 3}) b = u64[2] constant({2, 5}) r0 = u64[2] add(a, "
     "b) r1 = u64[2] subtract(a, b) r2 = u64[2] multiply(a, b) r3 = u64[2] divide(a, b) r4 "
     "= u64[2] remainder(a, b) r5 = u64[2] power(a, b) r6 = u64[2] maximum(a, b) r7 = "
     "u64[2] minimum(a, b) r8 = u64[2] and(a, b) r9 = u64[2] or(a, b) r10 = u64[2] xor(a, "
     "b) r11 = u64[2] shift-left(a, b) r12 = u64[2] shift-right-logical(a, b) r13 = u64[2] "
     "shift-right-arithmetic(a, b) n = u64[2] not(a) g = u64[2] negate(a) c = u64[2] "
     "clamp(b, a, a) ROOT t = (u64[2], u64[2], u64[2], u64[2], u64[2], u64[2], u64[2], "
     "u64[2], u64[2]) tuple(r0, r1, r2, r3, r4, r5, r6, r7, r8) }",
     "u64[2] 9 8; u64[2] 5 1.844674407e+19; u64[2] 14 15; u64[2] 3 0; u64[2] 1 3; u64[2] "
     "49 243; u64[2] 7 5; u64[2] 2 3; u64[2] 2 1"},
    {"operations on u32, part 1",
     "ENTRY e { a = u32[2] constant({7, 3}) b = u32[2] constant({2, 5}) r0 = u32[2] add(a, "
     "b) r1 = u32[2] subtract(a, b) r2 = u32[2] multiply(a, b) r3 = u32[2] divide(a, b) r4 "
     "= u32[2] remainder(a, b) r5 = u32[2] power(a, b) r6 = u32[2] maximum(a, b) r7 = "
     "u32[2] minimum(a, b) r8 = u32[2] and(a, b) r9 = u32[2] or(a, b) r10 = u32[2] xor(a, "
     "b) r11 = u32[2] shift-left(a, b) r12 = u32[2] shift-right-logical(a, b) r13 = u32[2] "
     "shift-right-arithmetic(a, b) n = u32[2] not(a) g = u32[2] negate(a) c = u32[2] "
     "clamp(b, a, a) ROOT t = (u32[2], u32[2], u32[2], u32[2], u32[2], u32[2], u32[2], "
     "u32[2]) tuple(r9, r10, r11, r12, r13, n, g, c) }",
     "u32[2] 7 7; u32[2] 5 6; u32[2] 28 96; u32[2] 1 0; u32[2] 1 0; u32[2] 4294967288 "
     "4294967292; u32[2] 4294967289 4294967293; u32[2] 7 3"},
    {"operations on u32, part 0",
     "ENTRY e { a = u32[2] constant({7, 3}) b = u32[2] constant({2, 5}) r0 = u32[2] add(a, "
     "b) r1 = u32[2] subtract(a, b) r2 = u32[2] multiply(a, b) r3 = u32[2] divide(a, b) r4 "
     "= u32[2] remainder(a, b) r5 = u32[2] power(a, b) r6 = u32[2] maximum(a, b) r7 = "
     "u32[2] minimum(a, b) r8 = u32[2] and(a, b) r9 = u32[2] or(a, b) r10 = u32[2] xor(a, "
     "b) r11 = u32[2] shift-left(a, b) r12 = u32[2] shift-right-logical(a, b) r13 = u32[2] "
     "shift-right-arithmetic(a, b) n = u32[2] not(a) g = u32[2] negate(a) c = u32[2] "
     "clamp(b, a, a) ROOT t = (u32[2], u32[2], u32[2], u32[2], u32[2], u32[2], u32[2], "
     "u32[2], u32[2]) tuple(r0, r1, r2, r3, r4, r5, r6, r7, r8) }",
     "u32[2] 9 8; u32[2] 5 4294967294; u32[2] 14 15; u32[2] 3 0; u32[2] 1 3; u32[2] 49 "
     "243; u32[2] 7 5; u32[2] 2 3; u32[2] 2 1"},
    {"operations on u16, part 1",
     "ENTRY e { a = u16[2] constant({7, 3}) b = u16[2] constant({2, 5}) r0 = u16[2] add(a, "
     "b) r1 = u16[2] subtract(a, b) r2 = u16[2] multiply(a, b) r3 = u16[2] divide(a, b) r4 "
     "= u16[2] remainder(a, b) r5 = u16[2] power(a, b) r6 = u16[2] maximum(a, b) r7 = "
     "u16[2] minimum(a, b) r8 = u16[2] and(a, b) r9 = u16[2] or(a, b) r10 = u16[2] xor(a, "
     "b) r11 = u16[2] shift-left(a, b) r12 = u16[2] shift-right-logical(a, b) r13 = u16[2] "
     "shift-right-arithmetic(a, b) n = u16[2] not(a) g = u16[2] negate(a) c = u16[2] "
     "clamp(b, a, a) ROOT t = (u16[2], u16[2], u16[2], u16[2], u16[2], u16[2], u16[2], "
     "u16[2]) tuple(r9, r10, r11, r12, r13, n, g, c) }",
     "u16[2] 7 7; u16[2] 5 6; u16[2] 28 96; u16[2] 1 0; u16[2] 1 0; u16[2] 65528 65532; "
     "u16[2] 65529 65533; u16[2] 7 3"},
    {"operations on u16, part 0",
     "ENTRY e { a = u16[2] constant({7, 3}) b = u16[2] constant({2, 5}) r0 = u16[2] add(a, "
     "b) r1 = u16[2] subtract(a, b) r2 = u16[2] multiply(a, b) r3 = u16[2] divide(a, b) r4 "
     "= u16[2] remainder(a, b) r5 = u16[2] power(a, b) r6 = u16[2] maximum(a, b) r7 = "
     "u16[2] minimum(a, b) r8 = u16[2] and(a, b) r9 = u16[2] or(a, b) r10 = u16[2] xor(a, "
     "b) r11 = u16[2] shift-left(a, b) r12 = u16[2] shift-right-logical(a, b) r13 = u16[2] "
     "shift-right-arithmetic(a, b) n = u16[2] not(a) g = u16[2] negate(a) c = u16[2] "
     "clamp(b, a, a) ROOT t = (u16[2], u16[2], u16[2], u16[2], u16[2], u16[2], u16[2], "
     "u16[2], u16[2]) tuple(r0, r1, r2, r3, r4, r5, r6, r7, r8) }",
     "u16[2] 9 8; u16[2] 5 65534; u16[2] 14 15; u16[2] 3 0; u16[2] 1 3; u16[2] 49 243; "
     "u16[2] 7 5; u16[2] 2 3; u16[2] 2 1"},
    {"operations on u8, part 1",
     "ENTRY e { a = u8[2] constant({7, 3}) b = u8[2] constant({2, 5}) r0 = u8[2] add(a, b) "
     "r1 = u8[2] subtract(a, b) r2 = u8[2] multiply(a, b) r3 = u8[2] divide(a, b) r4 = "
     "u8[2] remainder(a, b) r5 = u8[2] power(a, b) r6 = u8[2] maximum(a, b) r7 = u8[2] "
     "minimum(a, b) r8 = u8[2] and(a, b) r9 = u8[2] or(a, b) r10 = u8[2] xor(a, b) r11 = "
     "u8[2] shift-left(a, b) r12 = u8[2] shift-right-logical(a, b) r13 = u8[2] "
     "shift-right-arithmetic(a, b) n = u8[2] not(a) g = u8[2] negate(a) c = u8[2] clamp(b, "
     "a, a) ROOT t = (u8[2], u8[2], u8[2], u8[2], u8[2], u8[2], u8[2], u8[2]) tuple(r9, "
     "r10, r11, r12, r13, n, g, c) }",
     "u8[2] 7 7; u8[2] 5 6; u8[2] 28 96; u8[2] 1 0; u8[2] 1 0; u8[2] 248 252; u8[2] 249 "
     "253; u8[2] 7 3"},
    {"operations on u8, part 0",
     "ENTRY e { a = u8[2] constant({7, 3}) b = u8[2] constant({2, 5}) r0 = u8[2] add(a, b) "
     "r1 = u8[2] subtract(a, b) r2 = u8[2] multiply(a, b) r3 = u8[2] divide(a, b) r4 = "
     "u8[2] remainder(a, b) r5 = u8[2] power(a, b) r6 = u8[2] maximum(a, b) r7 = u8[2] "
     "minimum(a, b) r8 = u8[2] and(a, b) r9 = u8[2] or(a, b) r10 = u8[2] xor(a, b) r11 = "
     "u8[2] shift-left(a, b) r12 = u8[2] shift-right-logical(a, b) r13 = u8[2] "
     "shift-right-arithmetic(a, b) n = u8[2] not(a) g = u8[2] negate(a) c = u8[2] clamp(b, "
     "a, a) ROOT t = (u8[2], u8[2], u8[2], u8[2], u8[2], u8[2], u8[2], u8[2], u8[2]) "
     "tuple(r0, r1, r2, r3, r4, r5, r6, r7, r8) }",
     "u8[2] 9 8; u8[2] 5 254; u8[2] 14 15; u8[2] 3 0; u8[2] 1 3; u8[2] 49 243; u8[2] 7 5; "
     "u8[2] 2 3; u8[2] 2 1"},
    {"operations on s64, part 1",
     "ENTRY e { a = s64[2] constant({7, 3}) b = s64[2] constant({2, 5}) r0 = s64[2] add(a, "
     "b) r1 = s64[2] subtract(a, b) r2 = s64[2] multiply(a, b) r3 = s64[2] divide(a, b) r4 "
     "= s64[2] remainder(a, b) r5 = s64[2] power(a, b) r6 = s64[2] maximum(a, b) r7 = "
     "s64[2] minimum(a, b) r8 = s64[2] and(a, b) r9 = s64[2] or(a, b) r10 = s64[2] xor(a, "
     "b) r11 = s64[2] shift-left(a, b) r12 = s64[2] shift-right-logical(a, b) r13 = s64[2] "
     "shift-right-arithmetic(a, b) n = s64[2] not(a) g = s64[2] negate(a) c = s64[2] "
     "clamp(b, a, a) s = s64[2] sign(g) z = s64[2] abs(g) ROOT t = (s64[2], s64[2], "
     "s64[2], s64[2], s64[2], s64[2], s64[2], s64[2], s64[2]) tuple(r10, r11, r12, r13, n, "
     "g, c, s, z) }",
     "s64[2] 5 6; s64[2] 28 96; s64[2] 1 0; s64[2] 1 0; s64[2] -8 -4; s64[2] -7 -3; s64[2] "
     "7 3; s64[2] -1 -1; s64[2] 7 3"},
    {"operations on s64, part 0",
     "ENTRY e { a = s64[2] constant({7, 3}) b = s64[2] constant({2, 5}) r0 = s64[2] add(a, "
     "b) r1 = s64[2] subtract(a, b) r2 = s64[2] multiply(a, b) r3 = s64[2] divide(a, b) r4 "
     "= s64[2] remainder(a, b) r5 = s64[2] power(a, b) r6 = s64[2] maximum(a, b) r7 = "
     "s64[2] minimum(a, b) r8 = s64[2] and(a, b) r9 = s64[2] or(a, b) r10 = s64[2] xor(a, "
     "b) r11 = s64[2] shift-left(a, b) r12 = s64[2] shift-right-logical(a, b) r13 = s64[2] "
     "shift-right-arithmetic(a, b) n = s64[2] not(a) g = s64[2] negate(a) c = s64[2] "
     "clamp(b, a, a) s = s64[2] sign(g) z = s64[2] abs(g) ROOT t = (s64[2], s64[2], "
     "s64[2], s64[2], s64[2], s64[2], s64[2], s64[2], s64[2], s64[2]) tuple(r0, r1, r2, "
     "r3, r4, r5, r6, r7, r8, r9) }",
     "s64[2] 9 8; s64[2] 5 -2; s64[2] 14 15; s64[2] 3 0; s64[2] 1 3; s64[2] 49 243; s64[2] "
     "7 5; s64[2] 2 3; s64[2] 2 1; s64[2] 7 7"},
    {"operations on s32, part 1",
     "ENTRY e { a = s32[2] constant({7, 3}) b = s32[2] constant({2, 5}) r0 = s32[2] add(a, "
     "b) r1 = s32[2] subtract(a, b) r2 = s32[2] multiply(a, b) r3 = s32[2] divide(a, b) r4 "
     "= s32[2] remainder(a, b) r5 = s32[2] power(a, b) r6 = s32[2] maximum(a, b) r7 = "
     "s32[2] minimum(a, b) r8 = s32[2] and(a, b) r9 = s32[2] or(a, b) r10 = s32[2] xor(a, "
     "b) r11 = s32[2] shift-left(a, b) r12 = s32[2] shift-right-logical(a, b) r13 = s32[2] "
     "shift-right-arithmetic(a, b) n = s32[2] not(a) g = s32[2] negate(a) c = s32[2] "
     "clamp(b, a, a) s = s32[2] sign(g) z = s32[2] abs(g) ROOT t = (s32[2], s32[2], "
     "s32[2], s32[2], s32[2], s32[2], s32[2], s32[2], s32[2]) tuple(r10, r11, r12, r13, n, "
     "g, c, s, z) }",
     "s32[2] 5 6; s32[2] 28 96; s32[2] 1 0; s32[2] 1 0; s32[2] -8 -4; s32[2] -7 -3; s32[2] "
     "7 3; s32[2] -1 -1; s32[2] 7 3"},
    {"operations on s32, part 0",
     "ENTRY e { a = s32[2] constant({7, 3}) b = s32[2] constant({2, 5}) r0 = s32[2] add(a, "
     "b) r1 = s32[2] subtract(a, b) r2 = s32[2] multiply(a, b) r3 = s32[2] divide(a, b) r4 "
     "= s32[2] remainder(a, b) r5 = s32[2] power(a, b) r6 = s32[2] maximum(a, b) r7 = "
     "s32[2] minimum(a, b) r8 = s32[2] and(a, b) r9 = s32[2] or(a, b) r10 = s32[2] xor(a, "
     "b) r11 = s32[2] shift-left(a, b) r12 = s32[2] shift-right-logical(a, b) r13 = s32[2] "
     "shift-right-arithmetic(a, b) n = s32[2] not(a) g = s32[2] negate(a) c = s32[2] "
     "clamp(b, a, a) s = s32[2] sign(g) z = s32[2] abs(g) ROOT t = (s32[2], s32[2], "
     "s32[2], s32[2], s32[2], s32[2], s32[2], s32[2], s32[2], s32[2]) tuple(r0, r1, r2, "
     "r3, r4, r5, r6, r7, r8, r9) }",
     "s32[2] 9 8; s32[2] 5 -2; s32[2] 14 15; s32[2] 3 0; s32[2] 1 3; s32[2] 49 243; s32[2] "
     "7 5; s32[2] 2 3; s32[2] 2 1; s32[2] 7 7"},
    {"operations on s16, part 1",
     "ENTRY e { a = s16[2] constant({7, 3}) b = s16[2] constant({2, 5}) r0 = s16[2] add(a, "
     "b) r1 = s16[2] subtract(a, b) r2 = s16[2] multiply(a, b) r3 = s16[2] divide(a, b) r4 "
     "= s16[2] remainder(a, b) r5 = s16[2] power(a, b) r6 = s16[2] maximum(a, b) r7 = "
     "s16[2] minimum(a, b) r8 = s16[2] and(a, b) r9 = s16[2] or(a, b) r10 = s16[2] xor(a, "
     "b) r11 = s16[2] shift-left(a, b) r12 = s16[2] shift-right-logical(a, b) r13 = s16[2] "
     "shift-right-arithmetic(a, b) n = s16[2] not(a) g = s16[2] negate(a) c = s16[2] "
     "clamp(b, a, a) s = s16[2] sign(g) z = s16[2] abs(g) ROOT t = (s16[2], s16[2], "
     "s16[2], s16[2], s16[2], s16[2], s16[2], s16[2], s16[2]) tuple(r10, r11, r12, r13, n, "
     "g, c, s, z) }",
     "s16[2] 5 6; s16[2] 28 96; s16[2] 1 0; s16[2] 1 0; s16[2] -8 -4; s16[2] -7 -3; s16[2] "
     "7 3; s16[2] -1 -1; s16[2] 7 3"},
    {"operations on s16, part 0",
     "ENTRY e { a = s16[2] constant({7, 3}) b = s16[2] constant({2, 5}) r0 = s16[2] add(a, "
     "b) r1 = s16[2] subtract(a, b) r2 = s16[2] multiply(a, b) r3 = s16[2] divide(a, b) r4 "
     "= s16[2] remainder(a, b) r5 = s16[2] power(a, b) r6 = s16[2] maximum(a, b) r7 = "
     "s16[2] minimum(a, b) r8 = s16[2] and(a, b) r9 = s16[2] or(a, b) r10 = s16[2] xor(a, "
     "b) r11 = s16[2] shift-left(a, b) r12 = s16[2] shift-right-logical(a, b) r13 = s16[2] "
     "shift-right-arithmetic(a, b) n = s16[2] not(a) g = s16[2] negate(a) c = s16[2] "
     "clamp(b, a, a) s = s16[2] sign(g) z = s16[2] abs(g) ROOT t = (s16[2], s16[2], "
     "s16[2], s16[2], s16[2], s16[2], s16[2], s16[2], s16[2], s16[2]) tuple(r0, r1, r2, "
     "r3, r4, r5, r6, r7, r8, r9) }",
     "s16[2] 9 8; s16[2] 5 -2; s16[2] 14 15; s16[2] 3 0; s16[2] 1 3; s16[2] 49 243; s16[2] "
     "7 5; s16[2] 2 3; s16[2] 2 1; s16[2] 7 7"},
    {"operations on s8, part 1",
     "ENTRY e { a = s8[2] constant({7, 3}) b = s8[2] constant({2, 5}) r0 = s8[2] add(a, b) "
     "r1 = s8[2] subtract(a, b) r2 = s8[2] multiply(a, b) r3 = s8[2] divide(a, b) r4 = "
     "s8[2] remainder(a, b) r5 = s8[2] power(a, b) r6 = s8[2] maximum(a, b) r7 = s8[2] "
     "minimum(a, b) r8 = s8[2] and(a, b) r9 = s8[2] or(a, b) r10 = s8[2] xor(a, b) r11 = "
     "s8[2] shift-left(a, b) r12 = s8[2] shift-right-logical(a, b) r13 = s8[2] "
     "shift-right-arithmetic(a, b) n = s8[2] not(a) g = s8[2] negate(a) c = s8[2] clamp(b, "
     "a, a) s = s8[2] sign(g) z = s8[2] abs(g) ROOT t = (s8[2], s8[2], s8[2], s8[2], "
     "s8[2], s8[2], s8[2], s8[2], s8[2]) tuple(r10, r11, r12, r13, n, g, c, s, z) }",
     "s8[2] 5 6; s8[2] 28 96; s8[2] 1 0; s8[2] 1 0; s8[2] -8 -4; s8[2] -7 -3; s8[2] 7 3; "
     "s8[2] -1 -1; s8[2] 7 3"},
    {"operations on s8, part 0",
     "ENTRY e { a = s8[2] constant({7, 3}) b = s8[2] constant({2, 5}) r0 = s8[2] add(a, b) "
     "r1 = s8[2] subtract(a, b) r2 = s8[2] multiply(a, b) r3 = s8[2] divide(a, b) r4 = "
     "s8[2] remainder(a, b) r5 = s8[2] power(a, b) r6 = s8[2] maximum(a, b) r7 = s8[2] "
     "minimum(a, b) r8 = s8[2] and(a, b) r9 = s8[2] or(a, b) r10 = s8[2] xor(a, b) r11 = "
     "s8[2] shift-left(a, b) r12 = s8[2] shift-right-logical(a, b) r13 = s8[2] "
     "shift-right-arithmetic(a, b) n = s8[2] not(a) g = s8[2] negate(a) c = s8[2] clamp(b, "
     "a, a) s = s8[2] sign(g) z = s8[2] abs(g) ROOT t = (s8[2], s8[2], s8[2], s8[2], "
     "s8[2], s8[2], s8[2], s8[2], s8[2], s8[2]) tuple(r0, r1, r2, r3, r4, r5, r6, r7, r8, "
     "r9) }",
     "s8[2] 9 8; s8[2] 5 -2; s8[2] 14 15; s8[2] 3 0; s8[2] 1 3; s8[2] 49 -13; s8[2] 7 5; "
     "s8[2] 2 3; s8[2] 2 1; s8[2] 7 7"},
    {"add s8",
     "ENTRY e { a = s8[3] constant({127, -128, 1}) b = s8[3] constant({1, -1, 2}) ROOT r = "
     "s8[3] add(a, b) }",
     "s8[3] -128 127 3"},
    {"subtract u8",
     "ENTRY e { a = u8[2] constant({0, 200}) b = u8[2] constant({1, 100}) ROOT r = u8[2] "
     "subtract(a, b) }",
     "u8[2] 255 100"},
    {"multiply u16",
     "ENTRY e { a = u16[2] constant({65535, 300}) b = u16[2] constant({65535, 300}) ROOT r "
     "= u16[2] multiply(a, b) }",
     "u16[2] 1 24464"},
    {"multiply s32",
     "ENTRY e { a = s32[2] constant({2147483647, -3}) b = s32[2] constant({2, 7}) ROOT r = "
     "s32[2] multiply(a, b) }",
     "s32[2] -2 -21"},
    {"divide s32",
     "ENTRY e { a = s32[4] constant({7, -7, 5, -2147483648}) b = s32[4] constant({2, 2, 0, "
     "-1}) ROOT r = s32[4] divide(a, b) }",
     "s32[4] 3 -3 -1 -2147483648"},
    {"divide u32",
     "ENTRY e { a = u32[2] constant({7, 5}) b = u32[2] constant({2, 0}) ROOT r = u32[2] "
     "divide(a, b) }",
     "u32[2] 3 4294967295"},
    {"remainder s8",
     "ENTRY e { a = s8[4] constant({7, -7, 5, -128}) b = s8[4] constant({3, 3, 0, -1}) "
     "ROOT r = s8[4] remainder(a, b) }",
     "s8[4] 1 -1 5 0"},
    {"power s32",
     "ENTRY e { a = s32[6] constant({2, -3, 2, 1, -1, 0}) b = s32[6] constant({10, 3, -1, "
     "-5, -3, 0}) ROOT r = s32[6] power(a, b) }",
     "s32[6] 1024 -27 0 1 -1 1"},
    {"maximum u64",
     "ENTRY e { a = u64[2] constant({1, 18446744073709551615}) b = u64[2] constant({2, 3}) "
     "ROOT r = u64[2] maximum(a, b) }",
     "u64[2] 2 1.844674407e+19"},
    {"minimum s16",
     "ENTRY e { a = s16[2] constant({-5, 4}) b = s16[2] constant({3, -4}) ROOT r = s16[2] "
     "minimum(a, b) }",
     "s16[2] -5 -4"},
    {"shift-left s8",
     "ENTRY e { a = s8[4] constant({1, 1, 1, 3}) b = s8[4] constant({3, 7, 8, -1}) ROOT r "
     "= s8[4] shift-left(a, b) }",
     "s8[4] 8 -128 0 0"},
    {"shift-right-arithmetic s8",
     "ENTRY e { a = s8[3] constant({-128, -128, 64}) b = s8[3] constant({3, 9, 2}) ROOT r "
     "= s8[3] shift-right-arithmetic(a, b) }",
     "s8[3] -16 -1 16"},
    {"shift-right-logical s8",
     "ENTRY e { a = s8[3] constant({-128, -128, 64}) b = s8[3] constant({3, 9, 2}) ROOT r "
     "= s8[3] shift-right-logical(a, b) }",
     "s8[3] 16 0 16"},
    {"and s32",
     "ENTRY e { a = s32[2] constant({12, -1}) b = s32[2] constant({10, 7}) ROOT r = s32[2] "
     "and(a, b) }",
     "s32[2] 8 7"},
    {"or u8",
     "ENTRY e { a = u8[2] constant({12, 1}) b = u8[2] constant({10, 2}) ROOT r = u8[2] "
     "or(a, b) }",
     "u8[2] 14 3"},
    {"xor s64",
     "ENTRY e { a = s64[2] constant({12, -1}) b = s64[2] constant({10, 1}) ROOT r = s64[2] "
     "xor(a, b) }",
     "s64[2] 6 -2"},
    {"not s8", "ENTRY e { a = s8[3] constant({0, -1, 5}) ROOT r = s8[3] not(a) }", "s8[3] -1 0 -6"},
    {"negate s8", "ENTRY e { a = s8[2] constant({-128, 5}) ROOT r = s8[2] negate(a) }",
     "s8[2] -128 -5"},
    {"negate u8", "ENTRY e { a = u8[2] constant({1, 0}) ROOT r = u8[2] negate(a) }", "u8[2] 255 0"},
    {"abs s8", "ENTRY e { a = s8[3] constant({-128, -3, 4}) ROOT r = s8[3] abs(a) }",
     "s8[3] -128 3 4"},
    {"sign s32", "ENTRY e { a = s32[3] constant({-9, 0, 9}) ROOT r = s32[3] sign(a) }",
     "s32[3] -1 0 1"},
    {"add pred",
     "ENTRY e { a = pred[3] constant({true, true, false}) b = pred[3] constant({true, "
     "false, false}) ROOT r = pred[3] add(a, b) }",
     "pred[3] 1 1 0"},
    {"multiply pred",
     "ENTRY e { a = pred[3] constant({true, true, false}) b = pred[3] constant({true, "
     "false, false}) ROOT r = pred[3] multiply(a, b) }",
     "pred[3] 1 0 0"},
    {"xor pred",
     "ENTRY e { a = pred[2] constant({true, true}) b = pred[2] constant({true, false}) "
     "ROOT r = pred[2] xor(a, b) }",
     "pred[2] 0 1"},
    {"not pred", "ENTRY e { a = pred[2] constant({true, false}) ROOT r = pred[2] not(a) }",
     "pred[2] 0 1"},
    {"maximum pred",
     "ENTRY e { a = pred[2] constant({true, false}) b = pred[2] constant({false, false}) "
     "ROOT r = pred[2] maximum(a, b) }",
     "pred[2] 1 0"},
    {"minimum pred",
     "ENTRY e { a = pred[2] constant({true, true}) b = pred[2] constant({false, true}) "
     "ROOT r = pred[2] minimum(a, b) }",
     "pred[2] 0 1"},
    {"add f32",
     "ENTRY e { a = f32[2] constant({1, inf}) b = f32[2] constant({2, -inf}) ROOT r = "
     "f32[2] add(a, b) }",
     "f32[2] 3 nan"},
    {"divide f64",
     "ENTRY e { a = f64[3] constant({1, -1, 0}) b = f64[3] constant({0, 0, 0}) ROOT r = "
     "f64[3] divide(a, b) }",
     "f64[3] inf -inf nan"},
    {"maximum f32",
     "ENTRY e { a = f32[4] constant({nan, 1, -0, 2}) b = f32[4] constant({1, nan, 0, 3}) "
     "ROOT r = f32[4] maximum(a, b) }",
     "f32[4] nan nan 0 3"},
    {"minimum f32",
     "ENTRY e { a = f32[4] constant({nan, 1, 0, 2}) b = f32[4] constant({1, nan, -0, 3}) "
     "ROOT r = f32[4] minimum(a, b) }",
     "f32[4] nan nan -0 2"},
    {"maximum bf16",
     "ENTRY e { a = bf16[2] constant({1.5, nan}) b = bf16[2] constant({2.5, 1}) ROOT r = "
     "bf16[2] maximum(a, b) }",
     "bf16[2] 2.5 nan"},
    {"remainder f32",
     "ENTRY e { a = f32[2] constant({5.5, -5.5}) b = f32[2] constant({3, 3}) ROOT r = "
     "f32[2] remainder(a, b) }",
     "f32[2] 2.5 -2.5"},
    {"power f32",
     "ENTRY e { a = f32[3] constant({2, 2, -8}) b = f32[3] constant({3, -1, 2}) ROOT r = "
     "f32[3] power(a, b) }",
     "f32[3] 8 0.5 64"},
    {"add f16",
     "ENTRY e { a = f16[2] constant({2048, 65504}) b = f16[2] constant({1, 65504}) ROOT r "
     "= f16[2] add(a, b) }",
     "f16[2] 2048 inf"},
    {"add bf16",
     "ENTRY e { a = bf16[2] constant({256, 1}) b = bf16[2] constant({1, 1}) ROOT r = "
     "bf16[2] add(a, b) }",
     "bf16[2] 256 2"},
    {"sign f32", "ENTRY e { a = f32[4] constant({-2.5, -0, 3, nan}) ROOT r = f32[4] sign(a) }",
     "f32[4] -1 -0 1 nan"},
    {"floor f32", "ENTRY e { a = f32[2] constant({-1.5, 1.5}) ROOT r = f32[2] floor(a) }",
     "f32[2] -2 1"},
    {"ceil f32", "ENTRY e { a = f32[2] constant({-1.5, 1.5}) ROOT r = f32[2] ceil(a) }",
     "f32[2] -1 2"},
    {"round-nearest-afz f32",
     "ENTRY e { a = f32[3] constant({0.5, 1.5, -2.5}) ROOT r = f32[3] round-nearest-afz(a) "
     "}",
     "f32[3] 1 2 -3"},
    {"round-nearest-even f32",
     "ENTRY e { a = f32[3] constant({0.5, 1.5, -2.5}) ROOT r = f32[3] "
     "round-nearest-even(a) }",
     "f32[3] 0 2 -2"},
    {"exponential f32",
     "ENTRY e { a = f32[3] constant({0, 1, -inf}) ROOT r = f32[3] exponential(a) }",
     "f32[3] 1 2.718281746 0"},
    {"exponential-minus-one f64",
     "ENTRY e { a = f64[2] constant({1e-10, 0}) ROOT r = f64[2] exponential-minus-one(a) }",
     "f64[2] 1e-10 0"},
    {"log f64", "ENTRY e { a = f64[3] constant({1, 0, -1}) ROOT r = f64[3] log(a) }",
     "f64[3] 0 -inf nan"},
    {"log-plus-one f64",
     "ENTRY e { a = f64[2] constant({1e-10, -1}) ROOT r = f64[2] log-plus-one(a) }",
     "f64[2] 1e-10 -inf"},
    {"logistic f32", "ENTRY e { a = f32[3] constant({0, 100, -100}) ROOT r = f32[3] logistic(a) }",
     "f32[3] 0.5 1 0"},
    {"tanh f32", "ENTRY e { a = f32[2] constant({0, 100}) ROOT r = f32[2] tanh(a) }", "f32[2] 0 1"},
    {"sine f64", "ENTRY e { a = f64[1] constant({0}) ROOT r = f64[1] sine(a) }", "f64[1] 0"},
    {"cosine f64", "ENTRY e { a = f64[1] constant({0}) ROOT r = f64[1] cosine(a) }", "f64[1] 1"},
    {"sqrt f32", "ENTRY e { a = f32[2] constant({4, -1}) ROOT r = f32[2] sqrt(a) }",
     "f32[2] 2 nan"},
    {"rsqrt f32", "ENTRY e { a = f32[2] constant({4, 0}) ROOT r = f32[2] rsqrt(a) }",
     "f32[2] 0.5 inf"},
    {"abs f16", "ENTRY e { a = f16[2] constant({-2, -inf}) ROOT r = f16[2] abs(a) }",
     "f16[2] 2 inf"},
    {"negate bf16", "ENTRY e { a = bf16[2] constant({1, -0}) ROOT r = bf16[2] negate(a) }",
     "bf16[2] -1 0"},
    {"is-finite f32",
     "ENTRY e { a = f32[3] constant({1, inf, nan}) ROOT r = pred[3] is-finite(a) }",
     "pred[3] 1 0 0"},
    {"real f32", "ENTRY e { a = f32[1] constant({3}) ROOT r = f32[1] real(a) }", "f32[1] 3"},
    {"imag f32", "ENTRY e { a = f32[1] constant({3}) ROOT r = f32[1] imag(a) }", "f32[1] 0"},
    {"multiply c64",
     "ENTRY e { a = c64[1] constant({(1, 2)}) b = c64[1] constant({(3, 4)}) ROOT r = "
     "c64[1] multiply(a, b) }",
     "c64[1] (-5,10)"},
    {"divide c128",
     "ENTRY e { a = c128[1] constant({(-5, 10)}) b = c128[1] constant({(3, 4)}) ROOT r = "
     "c128[1] divide(a, b) }",
     "c128[1] (1,2)"},
    {"add c64",
     "ENTRY e { a = c64[1] constant({(1, 2)}) b = c64[1] constant({(3, 4)}) ROOT r = "
     "c64[1] add(a, b) }",
     "c64[1] (4,6)"},
    {"subtract c64",
     "ENTRY e { a = c64[1] constant({(1, 2)}) b = c64[1] constant({(3, 5)}) ROOT r = "
     "c64[1] subtract(a, b) }",
     "c64[1] (-2,-3)"},
    {"maximum c64",
     "ENTRY e { a = c64[3] constant({(1, 2), (1, 2), (3, 0)}) b = c64[3] constant({(1, 3), "
     "(0, 9), (3, -1)}) ROOT r = c64[3] maximum(a, b) }",
     "c64[3] (1,3) (1,2) (3,0)"},
    {"minimum c64",
     "ENTRY e { a = c64[2] constant({(1, 2), (1, 2)}) b = c64[2] constant({(1, 3), (0, "
     "9)}) ROOT r = c64[2] minimum(a, b) }",
     "c64[2] (1,2) (0,9)"},
    {"power c128",
     "ENTRY e { a = c128[2] constant({(0, 1), (5, 5)}) b = c128[2] constant({(2, 0), (0, "
     "0)}) ROOT r = c128[2] power(a, b) }",
     "c128[2] (-1,1.224646799e-16) (1,0)"},
    {"abs c64", "ENTRY e { a = c64[1] constant({(3, -4)}) ROOT r = f32[1] abs(a) }", "f32[1] 5"},
    {"real c64", "ENTRY e { a = c64[1] constant({(3, -4)}) ROOT r = f32[1] real(a) }", "f32[1] 3"},
    {"imag c128", "ENTRY e { a = c128[1] constant({(3, -4)}) ROOT r = f64[1] imag(a) }",
     "f64[1] -4"},
    {"negate c64", "ENTRY e { a = c64[1] constant({(3, -4)}) ROOT r = c64[1] negate(a) }",
     "c64[1] (-3,4)"},
    {"exponential c128",
     "ENTRY e { a = c128[1] constant({(0, 0)}) ROOT r = c128[1] exponential(a) }", "c128[1] (1,0)"},
    {"log c128", "ENTRY e { a = c128[1] constant({(1, 0)}) ROOT r = c128[1] log(a) }",
     "c128[1] (0,0)"},
    {"sqrt c128", "ENTRY e { a = c128[1] constant({(-4, 0)}) ROOT r = c128[1] sqrt(a) }",
     "c128[1] (0,2)"},
    {"rsqrt c128", "ENTRY e { a = c128[1] constant({(4, 0)}) ROOT r = c128[1] rsqrt(a) }",
     "c128[1] (0.5,0)"},
    {"exponential-minus-one c128",
     "ENTRY e { a = c128[2] constant({(1e-12, 0), (0, 1e-9)}) ROOT r = c128[2] "
     "exponential-minus-one(a) }",
     "c128[2] (1e-12,0) (-5e-19,1e-09)"},
    {"log-plus-one c128",
     "ENTRY e { a = c128[2] constant({(1e-12, 0), (0, 1e-9)}) ROOT r = c128[2] "
     "log-plus-one(a) }",
     "c128[2] (1e-12,0) (5e-19,1e-09)"},
    {"tanh c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] tanh(a) }",
     "c64[1] (0,0)"},
    {"logistic c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] logistic(a) }",
     "c64[1] (0.5,0)"},
    {"sign c64", "ENTRY e { a = c64[2] constant({(3, 4), (0, 0)}) ROOT r = c64[2] sign(a) }",
     "c64[2] (0.6000000238,0.8000000119) (0,0)"},
    {"sine c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] sine(a) }",
     "c64[1] (0,0)"},
    {"cosine c64", "ENTRY e { a = c64[1] constant({(0, 0)}) ROOT r = c64[1] cosine(a) }",
     "c64[1] (1,-0)"},
    {"compare f32, direction=EQ",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=EQ }",
     "pred[4] 0 1 0 0"},
    {"compare f32, direction=NE",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=NE }",
     "pred[4] 1 0 1 1"},
    {"compare f32, direction=GE",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=GE }",
     "pred[4] 0 1 1 0"},
    {"compare f32, direction=GT",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=GT }",
     "pred[4] 0 0 1 0"},
    {"compare f32, direction=LE",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=LE }",
     "pred[4] 1 1 0 0"},
    {"compare f32, direction=LT",
     "ENTRY e { a = f32[4] constant({1, 2, 3, nan}) b = f32[4] constant({2, 2, 2, 2}) ROOT "
     "r = pred[4] compare(a, b), direction=LT }",
     "pred[4] 1 0 0 0"},
    {"compare f32, direction=LT, type=TOTALORDER",
     "ENTRY e { a = f32[4] constant({-0, nan, -nan, 1}) b = f32[4] constant({0, inf, -inf, "
     "1}) ROOT r = pred[4] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[4] 1 0 1 0"},
    {"compare f16, direction=LT, type=TOTALORDER",
     "ENTRY e { a = f16[2] constant({-0, nan}) b = f16[2] constant({0, inf}) ROOT r = "
     "pred[2] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[2] 1 0"},
    {"compare f64, direction=LT, type=TOTALORDER",
     "ENTRY e { a = f64[2] constant({-0, -1}) b = f64[2] constant({0, -2}) ROOT r = "
     "pred[2] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[2] 1 0"},
    {"compare bf16, direction=LT, type=TOTALORDER",
     "ENTRY e { a = bf16[2] constant({-0, -1}) b = bf16[2] constant({0, -2}) ROOT r = "
     "pred[2] compare(a, b), direction=LT, type=TOTALORDER }",
     "pred[2] 1 0"},
    {"compare u8, direction=GT, type=UNSIGNED",
     "ENTRY e { a = u8[1] constant({200}) b = u8[1] constant({100}) ROOT r = pred[1] "
     "compare(a, b), direction=GT, type=UNSIGNED }",
     "pred[1] 1"},
    {"compare s8, direction=GT, type=SIGNED",
     "ENTRY e { a = s8[1] constant({-56}) b = s8[1] constant({100}) ROOT r = pred[1] "
     "compare(a, b), direction=GT, type=SIGNED }",
     "pred[1] 0"},
    {"compare pred, direction=GT",
     "ENTRY e { a = pred[2] constant({true, false}) b = pred[2] constant({false, false}) "
     "ROOT r = pred[2] compare(a, b), direction=GT }",
     "pred[2] 1 0"},
    {"compare c64, direction=EQ",
     "ENTRY e { a = c64[2] constant({(1, 2), (1, 2)}) b = c64[2] constant({(1, 2), (1, "
     "3)}) ROOT r = pred[2] compare(a, b), direction=EQ }",
     "pred[2] 1 0"},
    {"convert f32",
     "ENTRY e { a = f32[4] constant({1.9, -1.9, 300, nan}) ROOT r = s8[4] convert(a) }",
     "s8[4] 1 -1 127 0"},
    {"convert s32", "ENTRY e { a = s32[2] constant({300, -1}) ROOT r = u8[2] convert(a) }",
     "u8[2] 44 255"},
    {"convert f32", "ENTRY e { a = f32[3] constant({0, -0.5, nan}) ROOT r = pred[3] convert(a) }",
     "pred[3] 0 1 1"},
    {"convert c64", "ENTRY e { a = c64[1] constant({(3, 4)}) ROOT r = f32[1] convert(a) }",
     "f32[1] 3"},
    {"convert pred", "ENTRY e { a = pred[2] constant({true, false}) ROOT r = f16[2] convert(a) }",
     "f16[2] 1 0"},
    {"convert f64", "ENTRY e { a = f64[2] constant({1e300, 0.1}) ROOT r = f32[2] convert(a) }",
     "f32[2] inf 0.1000000015"},
    {"convert s64", "ENTRY e { a = s64[1] constant({3}) ROOT r = c64[1] convert(a) }",
     "c64[1] (3,0)"},
};

const struct eval_rows eval_elements = {rows, sizeof rows / sizeof *rows};
