/* SPDX-License-Identifier: Apache-2.0 */
/* Template: element-wise operations on complex numbers, (real, imaginary) pairs of T, computed in
 * double and rounded once a part. Parameters: T, NAME(x). */

struct NAME(pair) {
    T re, im;
};
typedef struct NAME(pair) NAME(type);

static double complex NAME(load)(NAME(type) x) { return complex_of((double)x.re, (double)x.im); }

static NAME(type) NAME(store)(double complex z) {
    NAME(type) result = {(T)creal(z), (T)cimag(z)};
    return result;
}

/* A product of four: each operation is rounded to T, as XLA does. */
static NAME(type) NAME(product)(NAME(type) a, NAME(type) b) {
    NAME(type) result = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    return result;
}

/* Lexicographic, as JAX writes it: real parts first, imaginary ones where they are equal. */
static bool NAME(above)(NAME(type) a, NAME(type) b) {
    return a.re == b.re ? a.im > b.im : a.re > b.re;
}

static void NAME(add)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (NAME(type)){a[i].re + b[i].re, a[i].im + b[i].im};
}

static void NAME(subtract)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (NAME(type)){a[i].re - b[i].re, a[i].im - b[i].im};
}

static void NAME(multiply)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(product)(a[i], b[i]);
}

static void NAME(divide)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(NAME(load)(a[i]) / NAME(load)(b[i]));
}

static void NAME(power)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = NAME(store)(complex_power(NAME(load)(a[i]), NAME(load)(b[i])));
}

static void NAME(maximum)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(above)(a[i], b[i]) ? a[i] : b[i];
}

static void NAME(minimum)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(above)(b[i], a[i]) ? a[i] : b[i];
}

static void NAME(negate)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (NAME(type)){-x[i].re, -x[i].im};
}

static void NAME(sign)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(complex_sign(NAME(load)(x[i])));
}

static void NAME(exponential)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(cexp(NAME(load)(x[i])));
}

static void NAME(exponential_minus_one)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(complex_expm1(NAME(load)(x[i])));
}

static void NAME(log)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(clog(NAME(load)(x[i])));
}

static void NAME(log_plus_one)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(complex_log1p(NAME(load)(x[i])));
}

static void NAME(logistic)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(complex_logistic(NAME(load)(x[i])));
}

static void NAME(tanh)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(ctanh(NAME(load)(x[i])));
}

static void NAME(sine)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(csin(NAME(load)(x[i])));
}

static void NAME(cosine)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(ccos(NAME(load)(x[i])));
}

static void NAME(sqrt)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(csqrt(NAME(load)(x[i])));
}

static void NAME(rsqrt)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(store)(complex_rsqrt(NAME(load)(x[i])));
}

static void NAME(abs)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)hypot((double)x[i].re, (double)x[i].im);
}

static void NAME(real)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i].re;
}

static void NAME(imag)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i].im;
}

/* Of two vectors of parts. */
static void NAME(complex)(void *out, const void *const *in, int64_t n) {
    const T *re = in[0], *im = in[1];
    NAME(type) *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (NAME(type)){re[i], im[i]};
}

/* Equal or not; there is no order. */
static void NAME(order)(void *out, const void *const *in, int64_t n) {
    const NAME(type) *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i].re == b[i].re && a[i].im == b[i].im ? ORDER_EQUAL : ORDER_UNORDERED;
}

static elementwise_fn *const NAME(table)[OP_COUNT] = {
    [OP_ADD] = NAME(add),
    [OP_SUBTRACT] = NAME(subtract),
    [OP_MULTIPLY] = NAME(multiply),
    [OP_DIVIDE] = NAME(divide),
    [OP_POWER] = NAME(power),
    [OP_MAXIMUM] = NAME(maximum),
    [OP_MINIMUM] = NAME(minimum),
    [OP_NEGATE] = NAME(negate),
    [OP_SIGN] = NAME(sign),
    [OP_EXPONENTIAL] = NAME(exponential),
    [OP_EXPONENTIAL_MINUS_ONE] = NAME(exponential_minus_one),
    [OP_LOG] = NAME(log),
    [OP_LOG_PLUS_ONE] = NAME(log_plus_one),
    [OP_LOGISTIC] = NAME(logistic),
    [OP_TANH] = NAME(tanh),
    [OP_SINE] = NAME(sine),
    [OP_COSINE] = NAME(cosine),
    [OP_SQRT] = NAME(sqrt),
    [OP_RSQRT] = NAME(rsqrt),
    [OP_ABS] = NAME(abs),
    [OP_REAL] = NAME(real),
    [OP_IMAG] = NAME(imag),
    [OP_COMPLEX] = NAME(complex),
    [OP_COMPARE] = NAME(order),
};

#undef T
#undef NAME
