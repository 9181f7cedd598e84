/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in filters of `lax image`. */
#include "image.h"

#include <math.h>
#include <stdlib.h>

/* exp(-x^2 / (2 sigma^2)), normalised; returns the number of taps. */
static int64_t gaussian(double sigma, float taps[64]) {
    int radius = (int)ceil(3 * sigma);
    double sum = 0;
    for (int i = -radius; i <= radius; i++) sum += exp(-0.5 * i * i / (sigma * sigma));
    for (int i = -radius; i <= radius; i++)
        taps[i + radius] = (float)(exp(-0.5 * i * i / (sigma * sigma)) / sum);
    return 2 * radius + 1;
}

/* A Gaussian is separable: one pass for the columns, one for the rows. */
int cli_image_blur(struct cli *cli, const lax_tensor *picture, double sigma, lax_tensor *out) {
    float taps[64];
    int64_t n = gaussian(sigma, taps);
    lax_tensor columns;
    int status = cli_image_filter(cli, picture, taps, (const int64_t[]){n, 1}, &columns);
    if (status) return status;
    return cli_image_filter(cli, &columns, taps, (const int64_t[]){1, n}, out);
}

int cli_image_sharpen(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    static const float taps[9] = {0, -1, 0, -1, 5, -1, 0, -1, 0};
    return cli_image_filter(cli, picture, taps, (const int64_t[]){3, 3}, out);
}

/* Both slopes of every channel in one grouped convolution: result channels 2c and 2c + 1. */
static int slopes(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    static const float across[9] = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
    int64_t channels = picture->shape[3];
    const int64_t shape[4] = {3, 3, 1, 2 * channels};
    lax_tensor filter = lax_tensor_of(LAX_F32, NULL, 4, shape);
    int status = cli_tensor_alloc(cli, &filter);
    if (status) return status;
    float *taps = filter.data;
    for (int64_t y = 0; y < 3; y++)
        for (int64_t x = 0; x < 3; x++)
            for (int64_t o = 0; o < 2 * channels; o++)
                *taps++ = across[o % 2 ? x * 3 + y : y * 3 + x];
    return cli_image_convolve(cli, picture, &filter, out);
}

/* The steepest slope among the channels, as one channel. */
static int steepness(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    lax_tensor both;
    int64_t channels = picture->shape[3];
    int status = slopes(cli, picture, &both);
    if (!status) status = cli_image_alloc(cli, picture->shape[1], picture->shape[2], 1, out);
    if (status) return status;
    const float *slope = both.data;
    float *to = out->data;
    for (int64_t n = lax_tensor_elements(out); n--; to++) {
        *to = 0;
        for (int64_t c = 0; c < channels; c++, slope += 2)
            *to = fmaxf(*to, hypotf(slope[0], slope[1]));
    }
    return CLI_DONE;
}

static int compare_floats(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int cli_image_quantile(struct cli *cli, const lax_tensor *picture, double share, float *value) {
    lax_tensor sorted;
    int status = cli_convert(cli, picture, LAX_F32, &sorted);
    if (status) return status;
    int64_t n = lax_tensor_elements(picture);
    qsort(sorted.data, (size_t)n, sizeof(float), compare_floats);
    *value = ((const float *)sorted.data)[(int64_t)(share * (double)(n - 1))];
    return CLI_DONE;
}

/* The slopes as they are, scaled so that the strongest are white. */
int cli_image_sobel(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    lax_tensor gray;
    float strong;
    int status = cli_image_gray(cli, picture, &gray);
    if (!status) status = steepness(cli, &gray, out);
    if (!status) status = cli_image_quantile(cli, out, 0.998, &strong);
    if (status) return status;
    float scale = 1 / fmaxf(strong, 1e-3f), *value = out->data;
    for (int64_t n = lax_tensor_elements(out); n--; value++) *value = fminf(*value * scale, 1);
    return CLI_DONE;
}

/* Smoothed, so that noise draws nothing; scaled by the picture's own strongest slopes; a floor
 * keeps flat parts black and a gamma brings out weak edges. */
int cli_image_edges(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    lax_tensor smooth;
    float floor_value, strong;
    int status = cli_image_blur(cli, picture, 1.2, &smooth);
    if (!status) status = steepness(cli, &smooth, out);
    if (!status) status = cli_image_quantile(cli, out, 0.40, &floor_value);
    if (!status) status = cli_image_quantile(cli, out, 0.992, &strong);
    if (status) return status;
    float range = fmaxf(strong - floor_value, 1e-3f);
    float *value = out->data;
    for (int64_t n = lax_tensor_elements(out); n--; value++) {
        float scaled = (*value - floor_value) / range;
        *value = powf(fminf(fmaxf(scaled, 0), 1), 0.65f);
    }
    return CLI_DONE;
}
