/* SPDX-License-Identifier: Apache-2.0 */
/* A book's chapter on convolutional layers, with the numbers that it prints: cross-correlation, an
 * edge detector, convolution as a matrix, learning a kernel by gradient descent, channels, 1x1
 * convolution as a matrix product, pooling. */
#include "example.h"

static int failures;

static void expect(const char *what, const float *have, const float *want, int n) {
    for (int i = 0; i < n; i++)
        if (fabsf(have[i] - want[i]) > 1e-5f * fmaxf(1, fabsf(want[i]))) {
            printf("%s: element %d is %g, expected %g\n", what, i, (double)have[i],
                   (double)want[i]);
            failures++;
        }
}

/* Two-dimensional cross-correlation: one image, one channel. */
static void corr2d(const float *x, const int64_t size[2], const float *k, const int64_t window[2],
                   float *y) {
    lax_tensor image = VIEW((void *)(uintptr_t)x, 1, 1, size[0], size[1]);
    lax_tensor kernel = VIEW((void *)(uintptr_t)k, 1, 1, window[0], window[1]);
    lax_tensor out = VIEW(y, 1, 1, size[0] - window[0] + 1, size[1] - window[1] + 1);
    lax_error why;
    must(lax_conv(NULL, &image, &kernel, NULL, "VALID", &out, &why), &why);
}

static void cross_correlation(void) {
    const float x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, k[] = {0, 1, 2, 3};
    float y[4];
    corr2d(x, SHAPE(3, 3), k, SHAPE(2, 2), y);
    printf("cross-correlation\n");
    print_matrix(y, 2, 2, "%.0f");
    expect("corr2d", y, (const float[]){19, 25, 37, 43}, 4);
}

/* --- edges ------------------------------------------------------------------------------------ */

/* Six rows: two columns of ones, four of zeros, two of ones. */
static void black_bar(float *x) {
    for (int i = 0; i < 48; i++) x[i] = i % 8 >= 2 && i % 8 < 6 ? 0 : 1;
}

static void edge_detector(void) {
    const float k[] = {1, -1};
    float x[48], turned[48], y[42], flat[40];
    black_bar(x);
    for (int i = 0; i < 48; i++) turned[i] = x[i % 6 * 8 + i / 6];
    corr2d(x, SHAPE(6, 8), k, SHAPE(1, 2), y);
    corr2d(turned, SHAPE(8, 6), k, SHAPE(1, 2), flat);
    printf("edge detector\n");
    print_matrix(y, 6, 7, "%2.0f");
    for (int i = 0; i < 6; i++)
        expect("vertical edges", &y[7 * i], (const float[]){0, 1, 0, 0, 0, -1, 0}, 7);
    for (int i = 0; i < 40; i++) expect("horizontal edges", &flat[i], (const float[]){0}, 1);
}

/* --- convolution as a matrix ------------------------------------------------------------------ */

/* The Toeplitz matrix of a 2x2 kernel on a 3x3 image. */
static void kernel2matrix(const float *k, float *w) {
    for (int row = 0; row < 4; row++)
        for (int column = 0; column < 9; column++) {
            int i = column / 3 - row / 2, j = column % 3 - row % 2;
            bool inside = i >= 0 && i < 2 && j >= 0 && j < 2;
            w[row * 9 + column] = inside ? k[i * 2 + j] : 0;
        }
}

static void as_matrix(void) {
    const float x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, k[] = {1, 2, 3, 4};
    float w[36], y[4], product[4];
    lax_tensor column = VIEW((void *)(uintptr_t)x, 9, 1), matrix = VIEW(w, 4, 9);
    lax_tensor out = VIEW(product, 4, 1);
    lax_error why;
    kernel2matrix(k, w);
    corr2d(x, SHAPE(3, 3), k, SHAPE(2, 2), y);
    /* A convolution without spatial dimensions is a matrix product. */
    lax_conv_options options = LAX_CONV_OPTIONS(.dimension_numbers = {"NC", "IO", "NC"});
    must(lax_conv_general_dilated(NULL, &matrix, &column, &options, &out, &why), &why);
    printf("convolution as a matrix\n");
    print_matrix(w, 4, 9, "%.0f");
    print_matrix(y, 2, 2, "%.0f");
    expect("first row", w, (const float[]){1, 2, 0, 3, 4, 0, 0, 0, 0}, 9);
    expect("corr2d", y, (const float[]){27, 37, 57, 67}, 4);
    expect("matrix product", product, y, 4);
}

/* --- learning --------------------------------------------------------------------------------- */

/* Gradient descent on the squared error, with the chapter's rate and first kernel: the one that
 * flax.linen.Conv draws from PRNGKey(1). */
static void learn_kernel(void) {
    const float edges[] = {1, -1}, losses[] = {19.368f, 5.172f, 1.655f, 0.600f, 0.233f};
    float x[48], y[42], found[42], error[42], gradient[2];
    float kernel[2] = {-0.0690897f, 0.97912383f};
    lax_tensor image = VIEW(x, 1, 6, 8, 1), grad = VIEW(error, 1, 6, 7, 1);
    lax_tensor step = VIEW(gradient, 1, 2, 1, 1);
    lax_conv_options options = LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    lax_error why;
    black_bar(x);
    corr2d(x, SHAPE(6, 8), edges, SHAPE(1, 2), y);
    printf("learning a kernel\n");
    for (int i = 0; i < 10; i++) {
        float loss = 0;
        corr2d(x, SHAPE(6, 8), kernel, SHAPE(1, 2), found);
        for (int p = 0; p < 42; p++) {
            loss += (found[p] - y[p]) * (found[p] - y[p]);
            error[p] = 2 * (found[p] - y[p]);
        }
        must(lax_conv_general_dilated_grad_rhs(NULL, &image, &grad, &options, &step, &why), &why);
        for (int k = 0; k < 2; k++) kernel[k] -= 3e-2f * gradient[k];
        if (i % 2 == 0) continue;
        printf("batch %d, loss %.3f\n", i + 1, (double)loss);
        if (fabsf(loss - losses[i / 2]) > 6e-4f) failures++;
    }
    print_matrix(kernel, 1, 2, "%.5f");
    expect("learned kernel", kernel, (const float[]){1.0312853f, -0.93357116f}, 2);
}

/* --- channels --------------------------------------------------------------------------------- */

static void channels(void) {
    float x[18], k[24], one[4], three[12];
    for (int i = 0; i < 18; i++) x[i] = (float)(i < 9 ? i : i - 8);
    for (int i = 0; i < 24; i++) k[i] = (float)(i % 8 < 4 ? i % 4 : i % 4 + 1) + (float)(i / 8);
    lax_tensor image = VIEW(x, 1, 2, 3, 3), first = VIEW(k, 1, 2, 2, 2), all = VIEW(k, 3, 2, 2, 2);
    lax_tensor y = VIEW(one, 1, 1, 2, 2), z = VIEW(three, 1, 3, 2, 2);
    lax_error why;
    must(lax_conv(NULL, &image, &first, NULL, "VALID", &y, &why), &why);
    must(lax_conv(NULL, &image, &all, NULL, "VALID", &z, &why), &why);
    printf("two input channels\n");
    print_matrix(one, 2, 2, "%.0f");
    expect("one output channel", one, (const float[]){56, 72, 104, 120}, 4);
    expect("three output channels, the first", three, one, 4);
    expect("three output channels, the others", &three[4],
           (const float[]){76, 100, 148, 172, 96, 128, 192, 224}, 8);
}

/* 1x1 convolution: a matrix product of each pixel's channels. */
static void one_by_one(void) {
    lax_tensor x = NEW(1, 3, 3, 3), k = NEW(2, 3, 1, 1), y = NEW(1, 2, 3, 3);
    float product[18] = {0};
    lax_error why;
    fill(&x, 1, 0, 1);
    fill(&k, 2, 0, 1);
    must(lax_conv(NULL, &x, &k, NULL, "VALID", &y, &why), &why);
    for (int i = 0; i < 18; i++)
        for (int c = 0; c < 3; c++) product[i] += f32(&k)[i / 9 * 3 + c] * f32(&x)[c * 9 + i % 9];
    lax_tensor matmul = VIEW(product, 1, 2, 3, 3);
    failures +=
        agree("1x1 convolution against a matrix product", largest_difference(&y, &matmul), 1e-6);
    free(x.data), free(k.data), free(y.data);
}

/* --- pooling ---------------------------------------------------------------------------------- */

static void pooling(void) {
    float x[16], y[16];
    for (int i = 0; i < 16; i++) x[i] = (float)i;
    lax_tensor image = VIEW(x, 1, 4, 4, 1), out = VIEW(y, 1, 2, 2, 1);
    lax_error why;
    must(lax_max_pool(NULL, &image, &LAX_POOL_OPTIONS(.window = {3, 3}), &out, &why), &why);
    printf("max pooling 3x3\n");
    print_matrix(y, 2, 2, "%.0f");
    expect("max pooling", y, (const float[]){10, 11, 14, 15}, 4);
    lax_pool_options strided =
        LAX_POOL_OPTIONS(.window = {3, 3}, .strides = {2, 2}, .pads = {{1, 1}, {1, 1}});
    must(lax_max_pool(NULL, &image, &strided, &out, &why), &why);
    printf("max pooling 3x3, stride 2, padding 1\n");
    print_matrix(y, 2, 2, "%.0f");
    expect("padding and stride", y, (const float[]){5, 7, 13, 15}, 4);
    must(lax_avg_pool(NULL, &image, &LAX_POOL_OPTIONS(.window = {3, 3}), &out, &why), &why);
    expect("average pooling", y, (const float[]){5, 6, 9, 10}, 4);
}

int main(void) {
    cross_correlation();
    edge_detector();
    as_matrix();
    learn_kernel();
    channels();
    one_by_one();
    pooling();
    printf(failures == 0 ? "all numbers are the book's\n" : "%d numbers differ\n", failures);
    return failures == 0 ? 0 : 1;
}
