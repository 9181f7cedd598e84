/* SPDX-License-Identifier: Apache-2.0 */
/* Bias, residual and activation of one accumulator type: a plain loop each, for compilers to
 * vectorise; elements do not depend on where in a vector or behind the last one they are.
 * Parameters: NAME of the function, ACC the type, EXP(x), TANH(x), ERFC(x). */

#define MAP(expression)                                                                            \
    for (int64_t i = 0; i < n; i++) {                                                              \
        const ACC x = a[i];                                                                        \
        a[i] = (expression);                                                                       \
    }                                                                                              \
    break

/* In the order of their numbers; NaN stays. */
static void NAME_OF(activate, NAME)(ACC *a, int64_t n, lax_activation activation, ACC alpha,
                                    ACC beta) {
    const ACC half = (ACC)0.5, root_half = (ACC)0.70710678118654752440;
    const ACC root_2_over_pi = (ACC)0.79788456080286535588, cubic = (ACC)0.044715;
    switch (activation) {
    case LAX_RELU: MAP(x < 0 ? 0 : x);
    case LAX_RELU6: MAP(x < 0 ? 0 : x > 6 ? 6 : x);
    case LAX_CLAMP: MAP(x < alpha ? alpha : x > beta ? beta : x);
    case LAX_LEAKY_RELU: MAP(x < 0 ? alpha * x : x);
    case LAX_GELU_ERF: MAP(half * x * ERFC(-x * root_half));
    case LAX_GELU_TANH: MAP(half * x * (1 + TANH(root_2_over_pi * (x + cubic * x * x * x))));
    case LAX_SILU: MAP(x / (1 + EXP(-x)));
    case LAX_SIGMOID: MAP(1 / (1 + EXP(-x)));
    case LAX_TANH: MAP(TANH(x));
    default: break;
    }
}

static void NAME(void *acc, const void *bias, const void *residual, int64_t n,
                 lax_activation activation, double alpha, double beta) {
    ACC *a = acc;
    const ACC *b = bias, *r = residual;
    if (b != NULL)
        for (int64_t i = 0; i < n; i++) a[i] += b[i];
    if (r != NULL)
        for (int64_t i = 0; i < n; i++) a[i] += r[i];
    NAME_OF(activate, NAME)(a, n, activation, (ACC)alpha, (ACC)beta);
}

#undef MAP
#undef NAME
#undef ACC
#undef EXP
#undef TANH
#undef ERFC
