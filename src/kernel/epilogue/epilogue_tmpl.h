/* SPDX-License-Identifier: Apache-2.0 */
/* Bias, residual and activation of one accumulator type.
 * Parameters: NAME of the function, ACC the type, SUFFIX(name) the libm function of that type. */

#define ACTIVATE NAME_OF(activate, NAME)

static ACC ACTIVATE(ACC x, lax_activation activation, ACC alpha, ACC beta) {
    switch (activation) {
    case LAX_RELU: return x < 0 ? 0 : x; /* NaN stays */
    case LAX_RELU6: return x < 0 ? 0 : x > 6 ? 6 : x;
    case LAX_CLAMP: return x < alpha ? alpha : x > beta ? beta : x;
    case LAX_LEAKY_RELU: return x < 0 ? alpha * x : x;
    case LAX_GELU_ERF: return (ACC)0.5 * x * SUFFIX(erfc)(-x * (ACC)0.70710678118654752440);
    case LAX_GELU_TANH: {
        ACC inner = (ACC)0.79788456080286535588 * (x + (ACC)0.044715 * x * x * x);
        return (ACC)0.5 * x * (1 + SUFFIX(tanh)(inner));
    }
    case LAX_SILU: return x / (1 + SUFFIX(exp)(-x));
    case LAX_SIGMOID: return 1 / (1 + SUFFIX(exp)(-x));
    case LAX_TANH: return SUFFIX(tanh)(x);
    default: return x;
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
    if (activation == LAX_RELU) {
        for (int64_t i = 0; i < n; i++) a[i] = a[i] < 0 ? 0 : a[i];
    } else if (activation != LAX_ACTIVATION_NONE) {
        for (int64_t i = 0; i < n; i++) a[i] = ACTIVATE(a[i], activation, (ACC)alpha, (ACC)beta);
    }
}

#undef ACTIVATE
#undef NAME
#undef ACC
#undef SUFFIX
