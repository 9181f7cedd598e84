/* SPDX-License-Identifier: Apache-2.0 */
/* The taps kernels of the reference convolution: one for each accumulator type. Lanes are
 * independent, so that compilers vectorise them without changing the order of any sum. */
#include "kernel/kernel.h"

struct complex64 {
    float re, im;
};
struct complex128 {
    double re, im;
};

static inline struct complex64 madd64(struct complex64 a, struct complex64 x, struct complex64 w) {
    return (struct complex64){a.re + (x.re * w.re - x.im * w.im),
                              a.im + (x.re * w.im + x.im * w.re)};
}

static inline struct complex128 madd128(struct complex128 a, struct complex128 x,
                                        struct complex128 w) {
    return (struct complex128){a.re + (x.re * w.re - x.im * w.im),
                               a.im + (x.re * w.im + x.im * w.re)};
}

#define PLAIN(a, x, w) ((a) + (x) * (w))
#define ANY(a, x, w) ((uint8_t)((a) | (((x) != 0) & ((w) != 0))))

#define NAME taps_f32
#define ACC float
#define MADD PLAIN
#include "kernel/taps/taps_tmpl.h"

#define NAME taps_f64
#define ACC double
#define MADD PLAIN
#include "kernel/taps/taps_tmpl.h"

/* Integers of every width and sign: sums modulo 2^64 are right modulo 2^8 to 2^64. */
#define NAME taps_s64
#define ACC uint64_t
#define MADD PLAIN
#include "kernel/taps/taps_tmpl.h"

#define NAME taps_pred
#define ACC uint8_t
#define MADD ANY
#include "kernel/taps/taps_tmpl.h"

#define NAME taps_c64
#define ACC struct complex64
#define MADD madd64
#include "kernel/taps/taps_tmpl.h"

#define NAME taps_c128
#define ACC struct complex128
#define MADD madd128
#include "kernel/taps/taps_tmpl.h"

lax_i_taps_fn *lax_i_taps_kernel(lax_dtype accumulator) {
    switch (accumulator) {
    case LAX_F32: return taps_f32;
    case LAX_F64: return taps_f64;
    case LAX_S64: return taps_s64;
    case LAX_PRED: return taps_pred;
    case LAX_C64: return taps_c64;
    case LAX_C128: return taps_c128;
    default: return NULL;
    }
}
