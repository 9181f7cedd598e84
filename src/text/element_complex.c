/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise operations on complex numbers. */
#include "text/elementwise.h"

#include <complex.h>
#include <math.h>

static double complex complex_of(double re, double im) {
    double parts[2] = {re, im};
    double complex z;
    memcpy(&z, parts, sizeof z);
    return z;
}

static double complex complex_sign(double complex z) {
    double size = hypot(creal(z), cimag(z));
    return size == 0 ? z : complex_of(creal(z) / size, cimag(z) / size);
}

/* e^a cos b - 1 without cancellation: expm1(a) cos b - 2 sin^2(b / 2). */
static double complex complex_expm1(double complex z) {
    double a = creal(z), b = cimag(z), half = sin(b / 2);
    return complex_of(expm1(a) * cos(b) - 2 * half * half, b == 0 ? b : exp(a) * sin(b));
}

/* log |1 + z| from |1 + z|^2 - 1 = a (2 + a) + b^2. */
static double complex complex_log1p(double complex z) {
    double a = creal(z), b = cimag(z);
    if (fabs(a) > 1e100 || fabs(b) > 1e100) return clog(complex_of(1 + a, b));
    return complex_of(log1p(a * (2 + a) + b * b) / 2, atan2(b, 1 + a));
}

static double complex complex_logistic(double complex z) {
    double complex power = cexp(complex_of(-creal(z), -cimag(z)));
    return complex_of(1, 0) / complex_of(1 + creal(power), cimag(power));
}

static double complex complex_rsqrt(double complex z) { return complex_of(1, 0) / csqrt(z); }

static double complex complex_power(double complex a, double complex b) {
    if (creal(b) == 0 && cimag(b) == 0) return complex_of(1, 0);
    return cpow(a, b);
}

#define T float
#define NAME(x) c64_##x
#include "text/complex_ops.h"

#define T double
#define NAME(x) c128_##x
#include "text/complex_ops.h"

elementwise_fn *const *lax_i_element_complex(lax_dtype dtype) {
    return dtype == LAX_C64 ? c64_table : c128_table;
}
