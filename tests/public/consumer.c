/* SPDX-License-Identifier: Apache-2.0 */
/* What a user of the installed package writes: the book's corr2d example, checked, in C11. */
#include <lax/lax.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    float image[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    float kernel[4] = {0, 1, 2, 3};
    float result[4] = {0};
    const float expected[4] = {19, 25, 37, 43};
    lax_tensor x = lax_tensor_of(LAX_F32, image, 4, (int64_t[]){1, 1, 3, 3});
    lax_tensor w = lax_tensor_of(LAX_F32, kernel, 4, (int64_t[]){1, 1, 2, 2});
    lax_tensor y = lax_tensor_of(LAX_F32, result, 4, (int64_t[]){1, 1, 2, 2});
    lax_conv_options options = LAX_CONV_OPTIONS(.window_strides = {1, 1}, .padding = "VALID");
    lax_error why;

    if (lax_conv_general_dilated(NULL, &x, &w, &options, &y, &why)) {
        fprintf(stderr, "consumer: %s\n", why.text);
        return 1;
    }
    if (memcmp(result, expected, sizeof result) != 0) {
        fprintf(stderr, "consumer: %g %g %g %g\n", result[0], result[1], result[2], result[3]);
        return 1;
    }
    printf("lax %s: %g %g %g %g\n", lax_version(), result[0], result[1], result[2], result[3]);
    return 0;
}
