/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of reduce: a window that covers the whole of each reduced dimension, which then goes. */
#include "shape/shape.h"

static lax_status check_dimensions(const lax_reduce_options *o, int32_t rank, bool *reduced,
                                   lax_error *why) {
    if (o->n_dimensions < 0 || o->n_dimensions > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_COUNT, "n_dimensions must be 0 to %d, got %d",
                          LAX_MAX_RANK, o->n_dimensions);
    for (int i = 0; i < o->n_dimensions; i++) {
        int32_t d = o->dimensions[i];
        if (d < 0 || d >= rank)
            return lax_i_fail(why, LAX_ERROR_AXIS,
                              "dimensions[%d] must be an axis below the operand's rank %d, got %d",
                              i, rank, d);
        if (reduced[d])
            return lax_i_fail(why, LAX_ERROR_AXIS_DUPLICATE, "dimensions[%d] repeats axis %d", i,
                              d);
        reduced[d] = true;
    }
    return LAX_OK;
}

lax_status lax_i_shape_reduce(const struct spec *spec, struct shape *out, lax_error *why) {
    const lax_reduce_options *o = &spec->operation->reduce;
    const lax_tensor *operand = &out->operands[0];
    bool reduced[LAX_MAX_RANK] = {false};
    lax_tensor expected[LAX_MAX_OPERANDS];
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = 0;
    lax_status s = lax_i_check_reduction(spec, out, o->init_values, why);
    if (s == LAX_OK) s = check_dimensions(o, operand->rank, reduced, why);
    if (s != LAX_OK) return s;
    for (int d = 0; d < operand->rank; d++) {
        int64_t n = operand->shape[d];
        out->window[d] = (struct window_dim){.in = n,
                                             .size = reduced[d] ? n : 1,
                                             .out = reduced[d] ? 1 : n,
                                             .stride = 1,
                                             .base_dilation = 1,
                                             .window_dilation = 1};
        if (!reduced[d]) shape[rank++] = n;
    }
    for (int i = 0; i < out->n_operands; i++)
        lax_i_form(&expected[i], out->operands[i].dtype, rank, shape);
    return lax_i_check_results(out, out->n_operands, expected, why);
}
