/* SPDX-License-Identifier: Apache-2.0 */
/* Max pooling 4x4 with stride 2 of a batch of 32 images of 28x28x3: from loops, then with
 * reduce_window, compared and timed. */
#include "example.h"

enum { BATCH = 32, IN = 28, CHANNELS = 3, WINDOW = 4, STRIDE = 2, OUT = 13 };

/* The maximum of a window of one channel, given its first element. */
static float window_max(const float *x) {
    float best = -INFINITY;
    for (int i = 0; i < WINDOW; i++)
        for (int j = 0; j < WINDOW; j++) best = fmaxf(best, x[(i * IN + j) * CHANNELS]);
    return best;
}

static void downsample(const float *x, float *y) {
    for (int n = 0; n < BATCH; n++)
        for (int i = 0; i < OUT; i++)
            for (int j = 0; j < OUT; j++)
                for (int c = 0; c < CHANNELS; c++) {
                    int row = n * IN + STRIDE * i, column = STRIDE * j;
                    *y++ = window_max(x + (row * IN + column) * CHANNELS + c);
                }
}

int main(void) {
    lax_tensor x = NEW(BATCH, IN, IN, CHANNELS), loops = NEW(BATCH, OUT, OUT, CHANNELS);
    lax_tensor y = NEW(BATCH, OUT, OUT, CHANNELS);
    lax_window_options options = LAX_WINDOW_OPTIONS(.window_dimensions = {1, WINDOW, WINDOW, 1},
                                                    .window_strides = {1, STRIDE, STRIDE, 1});
    lax_error why;
    fill(&x, 7, -1, 1);
    double start = now_ms();
    downsample(f32(&x), f32(&loops));
    double loops_ms = now_ms() - start;
    start = now_ms();
    must(lax_reduce_window(NULL, &x, LAX_MAX, &options, &y, &why), &why);
    double window_ms = now_ms() - start;
    printf("32x28x28x3, window 4x4, stride 2 -> 32x13x13x3\n");
    printf("loops %.3f ms, reduce_window %.3f ms\n", loops_ms, window_ms);
    int status = agree("loops against reduce_window", largest_difference(&loops, &y), 0);
    free(x.data), free(loops.data), free(y.data);
    return status;
}
