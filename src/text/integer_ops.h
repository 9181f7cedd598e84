/* SPDX-License-Identifier: Apache-2.0 */
/* Template: element-wise operations on integers; they wrap. Parameters: T stored type, U unsigned
 * type of at least 32 bits that computes, IS_SIGNED, NAME(x). */

enum { NAME(width) = 8 * sizeof(T) };

static bool NAME(overflows)(T a, T b) {
    return IS_SIGNED && b == (T)-1 && a == (T)((U)1 << (NAME(width) - 1));
}

/* x / 0 has all bits set; the lowest by -1 is itself. */
static T NAME(quotient)(T a, T b) {
    if (b == 0) return (T)-1;
    return NAME(overflows)(a, b) ? a : (T)(a / b);
}

static T NAME(modulo)(T a, T b) {
    if (b == 0) return a;
    return NAME(overflows)(a, b) ? 0 : (T)(a % b);
}

/* By squaring, wrapping; negative exponents leave only 1, -1 and 0. */
static T NAME(raised)(T base, T exponent) {
    U result = 1, square = (U)base;
    if (IS_SIGNED && (U)exponent >> (8 * sizeof(U) - 1))
        return base == 1 ? 1 : base != (T)-1 ? 0 : exponent & 1 ? (T)-1 : 1;
    for (U e = (U)exponent; e != 0; e >>= 1) {
        if (e & 1) result *= square;
        square *= square;
    }
    return (T)result;
}

/* Amounts of the width and above, and negative ones, shift everything out. */
static T NAME(shifted_left)(T x, T by) {
    bool out_of_range = (U)by >= (U)NAME(width);
    return out_of_range ? 0 : (T)((U)x << by);
}

static T NAME(shifted_logical)(T x, T by) {
    U mask = (U)-1 >> (8 * sizeof(U) - NAME(width));
    bool out_of_range = (U)by >= (U)NAME(width);
    return out_of_range ? 0 : (T)(((U)x & mask) >> by);
}

static T NAME(shifted_arithmetic)(T x, T by) {
    bool out_of_range = (U)by >= (U)NAME(width);
    return (T)(x >> (out_of_range ? NAME(width) - 1 : by));
}

static void NAME(add)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)((U)a[i] + (U)b[i]);
}

static void NAME(subtract)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)((U)a[i] - (U)b[i]);
}

static void NAME(multiply)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)((U)a[i] * (U)b[i]);
}

static void NAME(divide)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(quotient)(a[i], b[i]);
}

static void NAME(remainder)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(modulo)(a[i], b[i]);
}

static void NAME(power)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(raised)(a[i], b[i]);
}

static void NAME(maximum)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] > b[i] ? a[i] : b[i];
}

static void NAME(minimum)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] < b[i] ? a[i] : b[i];
}

static void NAME (and)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)(a[i] & b[i]);
}

static void NAME(or)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)(a[i] | b[i]);
}

static void NAME (xor)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)(a[i] ^ b[i]);
}

static void NAME(shift_left)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(shifted_left)(a[i], b[i]);
}

static void NAME(shift_right_arithmetic)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(shifted_arithmetic)(a[i], b[i]);
}

static void NAME(shift_right_logical)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(shifted_logical)(a[i], b[i]);
}

static void NAME(not )(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)~x[i];
}

static void NAME(negate)(void *out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)(0 - (U)x[i]);
}

static void NAME(clamp)(void *out, const void *const *in, int64_t n) {
    const T *low = in[0], *x = in[1], *high = in[2];
    T *y = out;
    for (int64_t i = 0; i < n; i++) {
        T above = x[i] > low[i] ? x[i] : low[i];
        y[i] = above < high[i] ? above : high[i];
    }
}

static void NAME(order)(void *out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++)
        y[i] = (uint8_t)((a[i] < b[i]) * ORDER_LESS | (a[i] == b[i]) * ORDER_EQUAL |
                         (a[i] > b[i]) * ORDER_GREATER);
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
    [OP_AND] = NAME(and),
    [OP_OR] = NAME(or),
    [OP_XOR] = NAME(xor),
    [OP_SHIFT_LEFT] = NAME(shift_left),
    [OP_SHIFT_RIGHT_ARITHMETIC] = NAME(shift_right_arithmetic),
    [OP_SHIFT_RIGHT_LOGICAL] = NAME(shift_right_logical),
    [OP_NOT] = NAME(not ),
    [OP_NEGATE] = NAME(negate),
    [OP_CLAMP] = NAME(clamp),
    [OP_COMPARE] = NAME(order),
};

#undef T
#undef U
#undef IS_SIGNED
#undef NAME
