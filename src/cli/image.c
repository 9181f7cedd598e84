/* SPDX-License-Identifier: Apache-2.0 */
/* Convolutions of pictures, all of them done by the library. */
#include "image.h"

#include <string.h>

int cli_image_alloc(struct cli *cli, int64_t height, int64_t width, int64_t channels,
                    lax_tensor *picture) {
    const int64_t shape[4] = {1, height, width, channels};
    *picture = lax_tensor_of(LAX_F32, NULL, 4, shape);
    return cli_tensor_alloc(cli, picture);
}

static int64_t clamp_index(int64_t i, int64_t n) { return i < 0 ? 0 : i < n ? i : n - 1; }

/* A larger picture whose border repeats the outermost pixels: padding with black would draw a
 * frame of edges. */
static int extend(struct cli *cli, const lax_tensor *picture, const int64_t filter[2],
                  lax_tensor *out) {
    int64_t height = picture->shape[1], width = picture->shape[2], channels = picture->shape[3];
    int64_t top = (filter[0] - 1) / 2, left = (filter[1] - 1) / 2;
    int status = cli_image_alloc(cli, height + filter[0] - 1, width + filter[1] - 1, channels, out);
    if (status) return status;
    const float *from = picture->data;
    float *to = out->data;
    for (int64_t y = 0; y < out->shape[1]; y++)
        for (int64_t x = 0; x < out->shape[2]; x++, to += channels) {
            int64_t pixel = clamp_index(y - top, height) * width + clamp_index(x - left, width);
            memcpy(to, from + pixel * channels, (size_t)channels * sizeof *to);
        }
    return CLI_DONE;
}

int cli_image_convolve(struct cli *cli, const lax_tensor *picture, const lax_tensor *filter,
                       lax_tensor *out) {
    lax_tensor extended;
    lax_error why;
    int status = extend(cli, picture, filter->shape, &extended);
    if (status) return status;
    lax_conv_options o =
        LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"},
                         .feature_group_count = picture->shape[3] / filter->shape[2]);
    status = cli_check(lax_conv_general_dilated_shape(&extended, filter, &o, out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, out);
    if (status) return status;
    return cli_check(lax_conv_general_dilated(cli->context, &extended, filter, &o, out, &why),
                     &why);
}

int cli_image_filter(struct cli *cli, const lax_tensor *picture, const float *values,
                     const int64_t size[2], lax_tensor *out) {
    int64_t channels = picture->shape[3];
    const int64_t shape[4] = {size[0], size[1], 1, channels};
    lax_tensor filter = lax_tensor_of(LAX_F32, (void *)values, 4, shape);
    /* Every channel's filter is the same memory. */
    filter.strides[0] = size[1];
    filter.strides[1] = 1;
    filter.strides[2] = filter.strides[3] = 0;
    return cli_image_convolve(cli, picture, &filter, out);
}

int cli_image_gray(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    static const float weights[3] = {0.299f, 0.587f, 0.114f};
    const int64_t shape[4] = {1, 1, 3, 1};
    if (picture->shape[3] == 1) {
        *out = *picture;
        return CLI_DONE;
    }
    lax_tensor filter = lax_tensor_of(LAX_F32, (void *)weights, 4, shape);
    return cli_image_convolve(cli, picture, &filter, out);
}
