/* SPDX-License-Identifier: Apache-2.0 */
/* A batch of 32 images 3x32x32 with four filters 3x5x5, as NCHW / OIHW and as NHWC / HWIO, and the
 * dimension numbers as JAX prints them. With arguments PHOTO OUT: the feature maps of a photograph
 * under four filters, as one picture of two by two. */
#include "example.h"

#include <spng.h>
#include <string.h>

/* --- one layer in two layouts ----------------------------------------------------------------- */

static int two_layouts(void) {
    static const char *const names[3] = {"NCHW", "OIHW", "NCHW"};
    lax_tensor x = NEW(32, 3, 32, 32), w = NEW(4, 3, 5, 5), y = NEW(32, 4, 28, 28);
    lax_tensor x2 = NEW(32, 32, 32, 3), w2 = NEW(5, 5, 3, 4), y2 = NEW(32, 28, 28, 4);
    lax_tensor back = NEW(32, 4, 28, 28);
    lax_conv_dimension_numbers numbers;
    lax_error why;
    char text[200];
    fill(&x, 42, -1, 1);
    fill(&w, 43, -1, 1);
    must(lax_conv_dimension_numbers_from_strings(4, 4, names, &numbers, &why), &why);
    lax_conv_dimension_numbers_print(&numbers, 4, text, sizeof text);
    printf("%s\n", text);
    must(lax_conv_general_dilated(NULL, &x, &w, &LAX_CONV_OPTIONS(.indices = numbers), &y, &why),
         &why);
    printf("size of the output: (%d, %d, %d, %d)\n", (int)y.shape[0], (int)y.shape[1],
           (int)y.shape[2], (int)y.shape[3]);
    must(lax_transpose(NULL, &x, (const int32_t[]){0, 2, 3, 1}, &x2, &why), &why);
    must(lax_transpose(NULL, &w, (const int32_t[]){2, 3, 1, 0}, &w2, &why), &why);
    lax_conv_options nhwc = LAX_CONV_OPTIONS(.dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    must(lax_conv_general_dilated(NULL, &x2, &w2, &nhwc, &y2, &why), &why);
    must(lax_transpose(NULL, &y2, (const int32_t[]){0, 3, 1, 2}, &back, &why), &why);
    int status = agree("NCHW against NHWC", largest_difference(&y, &back), 1e-4);
    free(x.data), free(w.data), free(y.data), free(x2.data), free(w2.data), free(y2.data);
    free(back.data);
    return status;
}

/* --- pictures --------------------------------------------------------------------------------- */

/* A PNG as a 1 x height x width x 3 tensor in [0, 1]; rank -1 if it cannot be read. */
static lax_tensor read_png(const char *path) {
    lax_tensor image = {.rank = -1};
    FILE *file = fopen(path, "rb");
    spng_ctx *png = spng_ctx_new(0);
    struct spng_ihdr head;
    size_t nbytes;
    if (file != NULL && png != NULL && spng_set_png_file(png, file) == 0 &&
        spng_get_ihdr(png, &head) == 0 &&
        spng_decoded_image_size(png, SPNG_FMT_RGB8, &nbytes) == 0) {
        unsigned char *bytes = malloc(nbytes);
        if (bytes != NULL && spng_decode_image(png, bytes, nbytes, SPNG_FMT_RGB8, 0) == 0) {
            image = NEW(1, head.height, head.width, 3);
            for (size_t i = 0; i < nbytes; i++) f32(&image)[i] = (float)bytes[i] / 255;
        }
        free(bytes);
    }
    spng_ctx_free(png);
    if (file != NULL) fclose(file);
    return image;
}

static bool write_gray(const char *path, const unsigned char *bytes, int64_t h, int64_t w) {
    struct spng_ihdr head = {.width = (uint32_t)w, .height = (uint32_t)h, .bit_depth = 8};
    FILE *file = fopen(path, "wb");
    spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
    bool ok =
        file != NULL && png != NULL && spng_set_png_file(png, file) == 0 &&
        spng_set_ihdr(png, &head) == 0 &&
        spng_encode_image(png, bytes, (size_t)(h * w), SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE) == 0;
    spng_ctx_free(png);
    if (file != NULL && fclose(file) != 0) ok = false;
    return ok;
}

/* Four 5x5 filters on the mean of the colours: horizontal and vertical edges, a Laplacian of a
 * Gaussian, a diagonal. */
static float filter_value(int filter, int i, int j) {
    float x = (float)(j - 2), y = (float)(i - 2), bell = expf(-(x * x + y * y) / 2.5f);
    switch (filter) {
    case 0: return -y * bell;
    case 1: return -x * bell;
    case 2: return (x * x + y * y - 2.5f) * bell;
    default: return (x + y) * bell;
    }
}

/* Contrast stretched so that most values fill the range; zero is mid gray. */
static void paint(const lax_tensor *maps, int filter, unsigned char *picture) {
    int64_t h = maps->shape[1], w = maps->shape[2];
    double square = 0;
    for (int64_t i = 0; i < h * w; i++)
        square += (double)f32(maps)[i * 4 + filter] * (double)f32(maps)[i * 4 + filter];
    double scale = 42 / (sqrt(square / (double)(h * w)) + 1e-9);
    for (int64_t i = 0; i < h * w; i++) {
        double v = 128 + scale * (double)f32(maps)[i * 4 + filter];
        int64_t row = i / w + filter / 2 * (h + 4), column = i % w + filter % 2 * (w + 4);
        picture[row * (2 * w + 4) + column] = (unsigned char)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

static int feature_maps(const char *photo, const char *out) {
    lax_tensor image = read_png(photo);
    lax_error why;
    if (image.rank == -1) return fprintf(stderr, "%s cannot be read as PNG\n", photo), 1;
    int64_t h = image.shape[1], w = image.shape[2];
    lax_tensor filters = NEW(5, 5, 3, 4), maps = NEW(1, h, w, 4);
    for (int i = 0; i < 5 * 5 * 3 * 4; i++)
        f32(&filters)[i] = filter_value(i % 4, i / 60, i / 12 % 5) / 3;
    lax_conv_options options =
        LAX_CONV_OPTIONS(.padding = "SAME", .dimension_numbers = {"NHWC", "HWIO", "NHWC"});
    must(lax_conv_general_dilated(NULL, &image, &filters, &options, &maps, &why), &why);
    int64_t height = 2 * h + 4, width = 2 * w + 4;
    unsigned char *picture = malloc((size_t)(height * width));
    if (picture == NULL) return 1;
    memset(picture, 255, (size_t)(height * width));
    for (int filter = 0; filter < 4; filter++) paint(&maps, filter, picture);
    bool ok = write_gray(out, picture, height, width);
    printf(ok ? "%s: 4 feature maps of %s\n" : "%s cannot be written (%s)\n", out, photo);
    free(image.data), free(filters.data), free(maps.data), free(picture);
    return ok ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc != 1 && argc != 3) return fprintf(stderr, "usage: feature_maps [PHOTO OUT]\n"), 2;
    int status = two_layouts();
    return argc == 3 && status == 0 ? feature_maps(argv[1], argv[2]) : status;
}
