/* SPDX-License-Identifier: Apache-2.0 */
/* A Conv2D layer with bias, NHWC images and HWIO filters: first from loops, then with
 * conv_general_dilated and the bias fused into a plan; both are compared and timed. */
#include "example.h"

/* The sum of a chunk of the image times filter o; `chunk` is the chunk's first element. */
static float filter_chunk(const lax_tensor *x, const lax_tensor *w, const float *chunk, int64_t o) {
    int64_t in = w->shape[2], out = w->shape[3], row = w->shape[1] * in;
    float sum = 0;
    for (int64_t i = 0; i < w->shape[0]; i++)
        for (int64_t k = 0; k < row; k++)
            sum += chunk[i * x->shape[2] * in + k] * f32(w)[(i * row + k) * out + o];
    return sum;
}

/* The definition: every output is a filtered chunk of its image, plus bias. */
static void filter_batch(const lax_tensor *x, const lax_tensor *w, const float *bias,
                         const lax_tensor *y) {
    float *to = f32(y);
    for (int64_t n = 0; n < y->shape[0]; n++)
        for (int64_t i = 0; i < y->shape[1]; i++)
            for (int64_t j = 0; j < y->shape[2]; j++)
                for (int64_t o = 0; o < y->shape[3]; o++) {
                    int64_t chunk = ((n * x->shape[1] + i) * x->shape[2] + j) * x->shape[3];
                    *to++ = filter_chunk(x, w, f32(x) + chunk, o) + bias[o];
                }
}

int main(void) {
    lax_tensor x = NEW(2, 28, 28, 3), w = NEW(4, 4, 3, 4), b = NEW(4);
    lax_tensor loops = NEW(2, 25, 25, 4), y = NEW(2, 25, 25, 4);
    lax_conv_options options = LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    lax_plan *plan;
    lax_packed *packed;
    lax_error why;
    fill(&x, 1, -1, 1);
    fill(&w, 2, -0.3f, 0.3f);
    fill(&b, 3, -0.1f, 0.1f);

    double start = now_ms();
    filter_batch(&x, &w, f32(&b), &loops);
    double loops_ms = now_ms() - start;

    must(lax_conv_plan(NULL, &x, &w, &options, &LAX_EPILOGUE(.bias = &b), &y, &plan, &why), &why);
    must(lax_plan_pack(plan, &w, &packed, &why), &why);
    start = now_ms();
    must(lax_plan_execute(plan, (const lax_tensor *const[]){&x}, packed, (lax_tensor *[]){&y}, NULL,
                          &why),
         &why);
    double layer_ms = now_ms() - start;

    printf("2x28x28x3 * 4x4x3x4 + bias -> 2x25x25x4\n");
    printf("loops %.3f ms, layer %.3f ms (%s)\n", loops_ms, layer_ms, lax_plan_lowering(plan));
    int status = agree("loops against the layer", largest_difference(&loops, &y), 1e-5);
    lax_packed_release(packed);
    lax_plan_release(plan);
    free(x.data), free(w.data), free(b.data), free(loops.data), free(y.data);
    return status;
}
