/* SPDX-License-Identifier: Apache-2.0 */
/* Template: element-wise operations on real floats. Parameters: T stored type, C type computed in,
 * LOAD and STORE between them (STORE rounds), NAME(x) and MATH(x) names of functions here and in
 * <math.h>, BITS and CBITS unsigned integers of T's and C's width. */

/* a where the mask has all bits set, b where it has none. */
static inline CBITS NAME(choose)(CBITS mask, CBITS a, CBITS b) { return (a & mask) | (b & ~mask); }

static inline CBITS NAME(bits)(C x) {
    CBITS bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline C NAME(number)(CBITS bits) {
    C x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* maximum and minimum of IEEE 754-2019: NaN wins, -0 is below +0. On bits and without branches, so
 * that loops of them are vectorised; equal numbers differ in the sign of zero at most. */
static inline C NAME(higher)(C a, C b) {
    CBITS x = NAME(bits)(a), y = NAME(bits)(b);
    CBITS above = NAME(choose)(0 - (CBITS)(a > b), x, y);
    CBITS ordered = NAME(choose)(0 - (CBITS)(a == b), x & y, above);
    return NAME(number)(NAME(choose)(0 - (CBITS)(a != a), x, ordered));
}

static inline C NAME(lower)(C a, C b) {
    CBITS x = NAME(bits)(a), y = NAME(bits)(b);
    CBITS below = NAME(choose)(0 - (CBITS)(a < b), x, y);
    CBITS ordered = NAME(choose)(0 - (CBITS)(a == b), x | y, below);
    return NAME(number)(NAME(choose)(0 - (CBITS)(a != a), x, ordered));
}

static C NAME(sign_of)(C x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

static void NAME(add)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(LOAD(a[i]) + LOAD(b[i]));
}

static void NAME(subtract)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(LOAD(a[i]) - LOAD(b[i]));
}

static void NAME(multiply)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(LOAD(a[i]) * LOAD(b[i]));
}

static void NAME(divide)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(LOAD(a[i]) / LOAD(b[i]));
}

static void NAME(remainder)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(fmod)(LOAD(a[i]), LOAD(b[i])));
}

static void NAME(power)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(pow)(LOAD(a[i]), LOAD(b[i])));
}

static void NAME(maximum)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(NAME(higher)(LOAD(a[i]), LOAD(b[i])));
}

static void NAME(minimum)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(NAME(lower)(LOAD(a[i]), LOAD(b[i])));
}

static void NAME(negate)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(-LOAD(x[i]));
}

static void NAME(sign)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(NAME(sign_of)(LOAD(x[i])));
}

static void NAME(floor)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(floor)(LOAD(x[i])));
}

static void NAME(ceil)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(ceil)(LOAD(x[i])));
}

static void NAME(round_away)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(round)(LOAD(x[i])));
}

static void NAME(round_even)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(rint)(LOAD(x[i])));
}

static void NAME(exponential)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(exp)(LOAD(x[i])));
}

static void NAME(exponential_minus_one)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(expm1)(LOAD(x[i])));
}

static void NAME(log)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(log)(LOAD(x[i])));
}

static void NAME(log_plus_one)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(log1p)(LOAD(x[i])));
}

static void NAME(logistic)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(1 / (1 + MATH(exp)(-LOAD(x[i]))));
}

static void NAME(tanh)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(tanh)(LOAD(x[i])));
}

static void NAME(sine)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(sin)(LOAD(x[i])));
}

static void NAME(cosine)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(cos)(LOAD(x[i])));
}

static void NAME(sqrt)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(sqrt)(LOAD(x[i])));
}

static void NAME(rsqrt)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(1 / MATH(sqrt)(LOAD(x[i])));
}

static void NAME(abs)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(MATH(fabs)(LOAD(x[i])));
}

static void NAME(real)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = x[i];
}

static void NAME(imag)(void *out, const void *const *in, int64_t n) {
    T *y = out;
    (void)in;
    for (int64_t i = 0; i < n; i++) y[i] = STORE(0);
}

static void NAME(is_finite)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = isfinite(LOAD(x[i])) != 0;
}

static void NAME(clamp)(void *out, const void *const *in, int64_t n) {
    const T *low = in[0], *x = in[1], *high = in[2];
    T *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = STORE(NAME(lower)(NAME(higher)(LOAD(x[i]), LOAD(low[i])), LOAD(high[i])));
}

static void NAME(order)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        C left = LOAD(a[i]), right = LOAD(b[i]);
        CBITS ordered = (CBITS)(left < right) * ORDER_LESS | (CBITS)(left == right) * ORDER_EQUAL |
                        (CBITS)(left > right) * ORDER_GREATER;
        y[i] = (uint8_t)(ordered | (CBITS)(ordered == 0) * ORDER_UNORDERED);
    }
}

/* Order-preserving: -NaN < -inf < ... < -0 < +0 < ... < inf < NaN. */
static BITS NAME(total_key)(const T *x) {
    BITS bits, top = (BITS)((BITS)1 << (8 * sizeof(BITS) - 1));
    memcpy(&bits, x, sizeof bits);
    return (BITS)(bits & top ? ~bits : bits | top);
}

static void NAME(order_total)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) {
        BITS left = NAME(total_key)(&a[i]), right = NAME(total_key)(&b[i]);
        y[i] = (uint8_t)(left < right ? ORDER_LESS : left == right ? ORDER_EQUAL : ORDER_GREATER);
    }
}

static elementwise_fn *const NAME(table)[OP_COUNT] = {
    [OP_ADD] = NAME(add),
    [OP_SUBTRACT] = NAME(subtract),
    [OP_MULTIPLY] = NAME(multiply),
    [OP_DIVIDE] = NAME(divide),
    [OP_REMAINDER] = NAME(remainder),
    [OP_POWER] = NAME(power),
    [OP_MAXIMUM] = NAME(maximum),
    [OP_MINIMUM] = NAME(minimum),
    [OP_NEGATE] = NAME(negate),
    [OP_SIGN] = NAME(sign),
    [OP_FLOOR] = NAME(floor),
    [OP_CEIL] = NAME(ceil),
    [OP_ROUND_AWAY] = NAME(round_away),
    [OP_ROUND_EVEN] = NAME(round_even),
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
    [OP_IS_FINITE] = NAME(is_finite),
    [OP_CLAMP] = NAME(clamp),
    [OP_COMPARE] = NAME(order),
};

#undef T
#undef C
#undef LOAD
#undef STORE
#undef NAME
#undef MATH
#undef BITS
#undef CBITS
