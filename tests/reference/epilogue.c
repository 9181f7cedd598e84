/* SPDX-License-Identifier: Apache-2.0 */
/* What an epilogue does to a convolution's sums: + bias, + residual, activation. */
#include "reference/reference.h"

#include <math.h>

static long double activated(const lax_epilogue *e, long double x) {
    static const long double root_2_over_pi = 0.797884560802865355879892119868763737L;
    long double low = e->alpha, high = e->beta;
    switch (e->activation) {
    case LAX_RELU: return x < 0 ? 0 : x;
    case LAX_RELU6: return x < 0 ? 0 : x > 6 ? 6 : x;
    case LAX_CLAMP: x = x > low ? x : low; return x < high ? x : high;
    case LAX_LEAKY_RELU: return x < 0 ? low * x : x;
    case LAX_GELU_ERF: return x * erfcl(-x * sqrtl(0.5L)) / 2;
    case LAX_GELU_TANH: return x * (1 + tanhl(root_2_over_pi * (x + 0.044715L * x * x * x))) / 2;
    case LAX_SILU: return x / (1 + expl(-x));
    case LAX_SIGMOID: return 1 / (1 + expl(-x));
    case LAX_TANH: return tanhl(x);
    default: return x;
    }
}

void ref_epilogue(const lax_epilogue *e, int32_t feature_axis, const struct ref_array *bias,
                  const struct ref_array *residual, struct ref_array *a) {
    int64_t index[LAX_MAX_RANK] = {0};
    for (int64_t i = 0; i < a->n; i++) {
        long double x = a->v[i].re;
        if (bias) {
            x += bias->v[index[feature_axis]].re;
            a->scale[i] += ref_magnitude(bias->dtype, bias->v[index[feature_axis]]);
        }
        if (residual) {
            x += residual->v[i].re;
            a->scale[i] += ref_magnitude(residual->dtype, residual->v[i]);
        }
        a->v[i].re = activated(e, x);
        a->scale[i] = 2 * a->scale[i] + ref_magnitude(a->dtype, a->v[i]);
        ref_next(a->rank, a->shape, index);
    }
    a->k += 2;
}
