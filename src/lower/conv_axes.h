/* SPDX-License-Identifier: Apache-2.0 */
/* The output lattice of a convolution as the fast lowerings walk it: few axes, each with its
 * window, strides in every tensor and padding >= 0. */
#ifndef LAX_LOWER_CONV_AXES_H
#define LAX_LOWER_CONV_AXES_H

#include "lower/lower.h"

enum { CONV_AXES = LAX_MAX_SPATIAL + 1 /* the batch may be one */ };

/* As conv_dim; padding is >= 0 but where lhs is dilated. */
struct conv_axis {
    int64_t in, kernel, out, stride, pad, dilation;
    int64_t lhs_dilation; /* 1 where there are not two elements to lie apart */
    int32_t axis;         /* of the problem's spatial dimensions; -1: the batch, or none */
    int64_t lhs, rhs, result, residual; /* strides in elements; residual 0 when there is none */
};

struct conv_axes {
    int n; /* at least one */
    struct conv_axis axis[CONV_AXES];
    int64_t lhs_offset;
};

/* The batch first (not if it is open: then it is no axis), then the spatial dimensions. */
void lax_i_conv_axes(const struct conv_problem *problem, struct conv_axes *out);
/* Output positions [*begin, *end) along an axis without lhs dilation that tap k reaches; may be
 * empty. */
void lax_i_conv_reach(const struct conv_axis *axis, int64_t k, int64_t *begin, int64_t *end);

#endif /* LAX_LOWER_CONV_AXES_H */
