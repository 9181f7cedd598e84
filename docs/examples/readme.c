/* SPDX-License-Identifier: Apache-2.0 */
/* The README's five lines as a program: the first layer of a ResNet, with ones everywhere, so that
 * each result counts the taps that lie inside the image. */
#include <lax/lax.h>
#include <stdio.h>
#include <stdlib.h>

static float x_data[224 * 224 * 3], w_data[7 * 7 * 3 * 64], y_data[112 * 112 * 64];

int main(void) {
    for (size_t i = 0; i < sizeof x_data / sizeof *x_data; i++) x_data[i] = 1;
    for (size_t i = 0; i < sizeof w_data / sizeof *w_data; i++) w_data[i] = 1;
    lax_error why;

    lax_tensor x = lax_tensor_of(LAX_F32, x_data, 4, (int64_t[]){1, 224, 224, 3});
    lax_tensor w = lax_tensor_of(LAX_F32, w_data, 4, (int64_t[]){7, 7, 3, 64});
    lax_tensor y = lax_tensor_of(LAX_F32, y_data, 4, (int64_t[]){1, 112, 112, 64});
    lax_conv_options o = LAX_CONV_OPTIONS(.window_strides = {2, 2}, .padding = "SAME",
                                          .dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    if (lax_conv_general_dilated(NULL, &x, &w, &o, &y, &why)) fprintf(stderr, "%s\n", why.text);

    float corner = y_data[0], middle = y_data[(56 * 112 + 56) * 64];
    printf("corner %g = 5 x 5 x 3 taps, middle %g = 7 x 7 x 3 taps\n", corner, middle);
    return corner == 75 && middle == 147 ? EXIT_SUCCESS : EXIT_FAILURE;
}
