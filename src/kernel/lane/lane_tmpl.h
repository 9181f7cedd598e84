/* SPDX-License-Identifier: Apache-2.0 */
/* Template of the lane kernels of one type. Parameters: NAME(x) of functions and the row, T, WIDE
 * (unsigned, of T's size and at least 32 bits: integers wrap in it), FLOAT (0 or 1); all are
 * consumed. max and min of floats are those of IEEE 754-2019, on bits, without branches. */

#if FLOAT
static inline WIDE NAME(bits)(T x) {
    WIDE bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline T NAME(number)(WIDE bits) {
    T x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Equal numbers differ in the sign of zero at most; a NaN wins. */
static inline T NAME(higher)(T a, T b) {
    WIDE x = NAME(bits)(a), y = NAME(bits)(b);
    WIDE above = a > b ? x : y;
    WIDE ordered = a == b ? x & y : above;
    return NAME(number)(a != a ? x : ordered);
}

static inline T NAME(lower)(T a, T b) {
    WIDE x = NAME(bits)(a), y = NAME(bits)(b);
    WIDE below = a < b ? x : y;
    WIDE ordered = a == b ? x | y : below;
    return NAME(number)(a != a ? x : ordered);
}

static void NAME(add)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}

static void NAME(subtract)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] - b[i];
}

static void NAME(multiply)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

static void NAME(divide)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] / b[i];
}

static void NAME(maximum)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(higher)(a[i], b[i]);
}

static void NAME(minimum)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(lower)(a[i], b[i]);
}

static void NAME(abs)(void *restrict out, const void *const *in, int64_t n) {
    const WIDE low = (WIDE)-1 >> 1;
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = NAME(number)(NAME(bits)(x[i]) & low);
}

static void NAME(negate)(void *restrict out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = -x[i];
}
#else
static void NAME(add)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)((WIDE)a[i] + (WIDE)b[i]);
}

static void NAME(subtract)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)((WIDE)a[i] - (WIDE)b[i]);
}

static void NAME(multiply)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)((WIDE)a[i] * (WIDE)b[i]);
}

static void NAME(maximum)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] > b[i] ? a[i] : b[i];
}

static void NAME(minimum)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] < b[i] ? a[i] : b[i];
}

static void NAME(negate)(void *restrict out, const void *const *in, int64_t n) {
    const T *x = in[0];
    T *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = (T)(0 - (WIDE)x[i]);
}
#endif

static void NAME(eq)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] == b[i];
}

static void NAME(ne)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] != b[i];
}

static void NAME(ge)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] >= b[i];
}

static void NAME(gt)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] > b[i];
}

static void NAME(le)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] <= b[i];
}

static void NAME(lt)(void *restrict out, const void *const *in, int64_t n) {
    const T *a = in[0], *b = in[1];
    uint8_t *y = out;
    for (int64_t i = 0; i < n; i++) y[i] = a[i] < b[i];
}

static void NAME(select)(void *restrict out, const void *const *in, int64_t n) {
    const uint8_t *keep = in[0];
    const T *a = in[1], *b = in[2];
    T *y = out;
    for (int64_t i = 0; i < n; i++) {
        T one = a[i], other = b[i];
        y[i] = keep[i] ? one : other;
    }
}

static lax_i_lane_fn *const NAME(row)[LANE_OPS] = {
    [LANE_ADD] = NAME(add),
    [LANE_SUBTRACT] = NAME(subtract),
    [LANE_MULTIPLY] = NAME(multiply),
    [LANE_MAXIMUM] = NAME(maximum),
    [LANE_MINIMUM] = NAME(minimum),
    [LANE_NEGATE] = NAME(negate),
    [LANE_EQ] = NAME(eq),
    [LANE_NE] = NAME(ne),
    [LANE_GE] = NAME(ge),
    [LANE_GT] = NAME(gt),
    [LANE_LE] = NAME(le),
    [LANE_LT] = NAME(lt),
    [LANE_SELECT] = NAME(select),
#if FLOAT
    [LANE_DIVIDE] = NAME(divide),
    [LANE_ABS] = NAME(abs),
#endif
};

#undef NAME
#undef T
#undef WIDE
#undef FLOAT
