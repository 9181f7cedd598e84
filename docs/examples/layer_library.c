/* SPDX-License-Identifier: Apache-2.0 */
/* A small library of layers on top of liblax: Conv2D with He-uniform weights and an activation,
 * MaxPool2D. A batch runs through both, and the result is checked against loops. */
#include "example.h"

struct conv2d {
    lax_tensor filters, biases; /* HWIO, O */
    lax_activation activation;
};

static struct conv2d conv2d_new(int64_t size, int64_t in, int64_t out, lax_activation activation,
                                uint64_t seed) {
    struct conv2d layer = {NEW(size, size, in, out), NEW(out), activation};
    float limit = sqrtf(6.0f / (float)(size * size * in)); /* He uniform */
    fill(&layer.filters, seed, -limit, limit);
    fill(&layer.biases, seed + 1, -0.1f, 0.1f);
    return layer;
}

/* The layer's output for a batch of NHWC images. */
static lax_tensor conv2d_call(const struct conv2d *layer, const lax_tensor *x) {
    lax_conv_options options = LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    lax_epilogue epilogue = LAX_EPILOGUE(.bias = &layer->biases, .activation = layer->activation);
    lax_tensor form;
    lax_plan *plan;
    lax_error why;
    must(lax_conv_general_dilated_shape(x, &layer->filters, &options, &form, &why), &why);
    lax_tensor y = new_f32(form.rank, form.shape);
    must(lax_conv_plan(NULL, x, &layer->filters, &options, &epilogue, &y, &plan, &why), &why);
    must(lax_plan_execute(plan, (const lax_tensor *const[]){x, &layer->filters}, NULL,
                          (lax_tensor *[]){&y}, NULL, &why),
         &why);
    lax_plan_release(plan);
    return y;
}

static void conv2d_free(struct conv2d *layer) {
    free(layer->filters.data);
    free(layer->biases.data);
}

static lax_tensor max_pool2d(const lax_tensor *x, int64_t window, int64_t stride) {
    lax_pool_options options =
        LAX_POOL_OPTIONS(.window = {window, window}, .strides = {stride, stride});
    lax_tensor form;
    lax_error why;
    must(lax_pool_shape(x, &options, &form, &why), &why);
    lax_tensor y = new_f32(form.rank, form.shape);
    must(lax_max_pool(NULL, x, &options, &y, &why), &why);
    return y;
}

/* --- the same from loops ---------------------------------------------------------------------- */

static float at(const lax_tensor *t, int64_t n, int64_t i, int64_t j, int64_t c) {
    return f32(t)[((n * t->shape[1] + i) * t->shape[2] + j) * t->shape[3] + c];
}

/* One activation of the convolution: relu(bias + sum). */
static float one_output(const struct conv2d *layer, const lax_tensor *x, const int64_t *at_output) {
    const lax_tensor *w = &layer->filters;
    double sum = f32(&layer->biases)[at_output[3]];
    for (int64_t i = 0; i < w->shape[0]; i++)
        for (int64_t j = 0; j < w->shape[1]; j++)
            for (int64_t c = 0; c < w->shape[2]; c++)
                sum += (double)at(x, at_output[0], at_output[1] + i, at_output[2] + j, c) *
                       (double)at(w, i, j, c, at_output[3]);
    return sum > 0 ? (float)sum : 0;
}

/* Largest difference of the pooled result from loops over windows of two by two. */
static double check(const struct conv2d *layer, const lax_tensor *x, const lax_tensor *pooled) {
    double most = 0;
    for (int64_t n = 0; n < pooled->shape[0]; n++)
        for (int64_t k = 0; k < pooled->shape[1] * pooled->shape[2] * pooled->shape[3]; k++) {
            int64_t c = k % pooled->shape[3], j = k / pooled->shape[3] % pooled->shape[2];
            int64_t i = k / pooled->shape[3] / pooled->shape[2];
            float best = -INFINITY;
            for (int64_t w = 0; w < 4; w++)
                best = fmaxf(best, one_output(layer, x, SHAPE(n, 2 * i + w / 2, 2 * j + w % 2, c)));
            most = fmax(most, fabs((double)best - (double)at(pooled, n, i, j, c)));
        }
    return most;
}

int main(void) {
    struct conv2d layer = conv2d_new(3, 3, 8, LAX_RELU, 1234);
    lax_tensor batch = NEW(4, 28, 28, 3);
    fill(&batch, 5, -1, 1);
    lax_tensor features = conv2d_call(&layer, &batch), pooled = max_pool2d(&features, 2, 2);
    printf("Conv2D 3x3, He uniform, relu: 4x28x28x3 -> %dx%dx%dx%d\n", (int)features.shape[0],
           (int)features.shape[1], (int)features.shape[2], (int)features.shape[3]);
    printf("MaxPool2D 2x2: -> %dx%dx%dx%d\n", (int)pooled.shape[0], (int)pooled.shape[1],
           (int)pooled.shape[2], (int)pooled.shape[3]);
    int status = agree("layers against loops", check(&layer, &batch, &pooled), 1e-5);
    conv2d_free(&layer);
    free(batch.data), free(features.data), free(pooled.data);
    return status;
}
