/* SPDX-License-Identifier: Apache-2.0 */
/* Max and min of complex numbers, real part first, as integers that order like them: the parts'
 * keys side by side. Zeros of either sign are equal, a real part comes back as +0. No NaN. */

static inline int64_t key_of_c64(struct c64 x) {
    uint32_t low = (uint32_t)order_f32(x.im, 0) ^ 0x80000000u;
    return (int64_t)((uint64_t)(uint32_t)order_f32(x.re + 0.0f, 0) << 32 | low);
}

static inline struct c64 c64_of_key(int64_t key) {
    uint32_t low = (uint32_t)(uint64_t)key ^ 0x80000000u;
    return (struct c64){number_f32((int32_t)(key >> 32)), number_f32((int32_t)low)};
}

struct key128 {
    int64_t re, im;
};

static inline struct key128 key_of_c128(struct c128 x) {
    return (struct key128){order_f64(x.re + 0.0, 0), order_f64(x.im, 0)};
}

static inline struct c128 c128_of_key(struct key128 key) {
    return (struct c128){number_f64(key.re), number_f64(key.im)};
}

static inline struct key128 high_key(struct key128 a, struct key128 x) {
    bool stays = a.re > x.re || (a.re == x.re && a.im > x.im);
    return (struct key128){stays ? a.re : x.re, stays ? a.im : x.im};
}

static inline struct key128 low_key(struct key128 a, struct key128 x) {
    bool stays = a.re < x.re || (a.re == x.re && a.im < x.im);
    return (struct key128){stays ? a.re : x.re, stays ? a.im : x.im};
}

#define NAME load_order_c64
#define FROM struct c64
#define TO int64_t
#define CHANGE key_of_c64
#include "kernel/fold/fold_move.h"

#define NAME store_order_c64
#define FROM int64_t
#define TO struct c64
#define CHANGE c64_of_key
#include "kernel/fold/fold_move.h"

#define NAME load_order_c128
#define FROM struct c128
#define TO struct key128
#define CHANGE key_of_c128
#include "kernel/fold/fold_move.h"

#define NAME store_order_c128
#define FROM struct key128
#define TO struct c128
#define CHANGE c128_of_key
#include "kernel/fold/fold_move.h"

#define NAME move_key128
#define FROM struct key128
#define TO struct key128
#define CHANGE SAME
#include "kernel/fold/fold_move.h"

#define FOLD_FEW
#define WORK int64_t
#define NAME fold_max_key64
#define OP(a, x) ((a) > (x) ? (a) : (x))
#include "kernel/fold/fold_op.h"

#define NAME fold_min_key64
#define OP(a, x) ((a) < (x) ? (a) : (x))
#include "kernel/fold/fold_op.h"
#undef WORK

#define WORK struct key128
#define NAME fold_max_key128
#define OP(a, x) high_key(a, x)
#include "kernel/fold/fold_op.h"

#define NAME fold_min_key128
#define OP(a, x) low_key(a, x)
#include "kernel/fold/fold_op.h"
#undef FOLD_FEW
#undef WORK
