/* SPDX-License-Identifier: Apache-2.0 */
/* What the options of a window over every dimension mean: sizes, strides, dilations, padding. */
#include "spec/spec.h"

lax_status lax_i_window_spec(const lax_window_options *options, int32_t rank,
                             struct window_spec *out, lax_error *why) {
    if (rank < 0 || rank > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_RANK, "operand must have rank 0 to %d, got %d",
                          LAX_MAX_RANK, rank);
    *out = (struct window_spec){.n = rank, .padding = PADDING_PAIRS};
    const struct {
        const char *name;
        const int64_t *values;
        lax_status status;
        int64_t *out;
    } arrays[] = {
        {"window_dimensions", options->window_dimensions, LAX_ERROR_WINDOW_SIZE, out->size},
        {"window_strides", options->window_strides, LAX_ERROR_WINDOW_STRIDE, out->strides},
        {"base_dilation", options->base_dilation, LAX_ERROR_DILATION, out->base_dilation},
        {"window_dilation", options->window_dilation, LAX_ERROR_DILATION, out->window_dilation},
    };
    for (int i = 0; i < LAX_COUNTOF(arrays); i++) {
        lax_status s =
            lax_i_option_array(&(struct option){arrays[i].name, LAX_MAX_RANK, arrays[i].status},
                               arrays[i].values, rank, arrays[i].out, why);
        if (s != LAX_OK) return s;
    }
    return lax_i_option_padding(options->padding, options->pads, LAX_MAX_RANK, out, why);
}
