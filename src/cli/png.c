/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures through libspng; a build without that library answers "unsupported". */
#include "cli.h"

#ifdef LAX_HAVE_PNG

#include <spng.h>
#include <stdlib.h>
#include <string.h>

/* What is kept of the pixels that the library delivers as RGBA. */
struct picture {
    uint32_t width, height;
    int channels;
    bool wide; /* 16 bits a channel */
    unsigned char *rgba;
};

static int failed(const char *path, int error) {
    bool memory = error == SPNG_EMEM;
    return cli_fail(memory ? CLI_MACHINE : CLI_REQUEST, "%s: %s", path, spng_strerror(error));
}

static int count_channels(spng_ctx *png, int color_type) {
    struct spng_trns transparent;
    int alpha = spng_get_trns(png, &transparent) == 0;
    switch (color_type) {
    case SPNG_COLOR_TYPE_GRAYSCALE: return 1 + alpha;
    case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA: return 2;
    case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA: return 4;
    default: return 3 + alpha;
    }
}

static int decode(struct cli *cli, const char *path, spng_ctx *png, struct picture *picture) {
    struct spng_ihdr header;
    size_t size;
    int error = spng_get_ihdr(png, &header);
    if (error) return failed(path, error);
    picture->width = header.width;
    picture->height = header.height;
    picture->wide = header.bit_depth == 16;
    picture->channels = count_channels(png, header.color_type);
    int format = picture->wide ? SPNG_FMT_RGBA16 : SPNG_FMT_RGBA8;
    error = spng_decoded_image_size(png, format, &size);
    if (error) return failed(path, error);
    picture->rgba = cli_alloc(cli, size, 1);
    if (!picture->rgba) return cli_no_memory();
    error = spng_decode_image(png, picture->rgba, size, format, SPNG_DECODE_TRNS);
    return error ? failed(path, error) : CLI_DONE;
}

/* RGBA has gray in every colour and alpha last. */
static int source_channel(const struct picture *picture, int channel) {
    bool gray = picture->channels <= 2;
    return gray ? (channel ? 3 : 0) : channel;
}

static double read_channel(const struct picture *picture, size_t pixel, int channel) {
    size_t at = pixel * 4 + (size_t)source_channel(picture, channel);
    uint16_t wide;
    if (!picture->wide) return picture->rgba[at];
    memcpy(&wide, picture->rgba + 2 * at, 2);
    return wide;
}

static int to_tensor(struct cli *cli, const struct picture *picture, bool as_bytes,
                     lax_tensor *tensor) {
    int64_t shape[4] = {1, picture->height, picture->width, picture->channels};
    *tensor = lax_tensor_of(as_bytes ? LAX_U8 : LAX_F32, NULL, 4, shape);
    int status = cli_tensor_alloc(cli, tensor);
    if (status) return status;
    size_t pixels = (size_t)picture->height * picture->width;
    size_t channels = (size_t)picture->channels;
    double top = picture->wide ? 65535 : 255;
    for (size_t i = 0; i < pixels * channels; i++) {
        double value = read_channel(picture, i / channels, (int)(i % channels)) / top;
        if (as_bytes)
            ((uint8_t *)tensor->data)[i] = (uint8_t)(value * 255 + 0.5);
        else
            ((float *)tensor->data)[i] = (float)value;
    }
    return CLI_DONE;
}

int cli_png_read(struct cli *cli, const char *path, struct cli_bytes bytes, bool as_bytes,
                 lax_tensor *tensor) {
    struct picture picture = {0};
    spng_ctx *png = spng_ctx_new(0);
    if (!png) return cli_no_memory();
    int error = spng_set_png_buffer(png, bytes.data, bytes.size);
    int status = error ? failed(path, error) : decode(cli, path, png, &picture);
    spng_ctx_free(png);
    return status ? status : to_tensor(cli, &picture, as_bytes, tensor);
}

static int encode(spng_ctx *png, const lax_tensor *pixels) {
    static const int color_types[] = {SPNG_COLOR_TYPE_GRAYSCALE, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA,
                                      SPNG_COLOR_TYPE_TRUECOLOR, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA};
    struct spng_ihdr header = {.width = (uint32_t)pixels->shape[1],
                               .height = (uint32_t)pixels->shape[0],
                               .bit_depth = (uint8_t)(8 * lax_dtype_size(pixels->dtype)),
                               .color_type = (uint8_t)color_types[pixels->shape[2] - 1]};
    size_t size = (size_t)lax_tensor_elements(pixels) * lax_dtype_size(pixels->dtype);
    int error = spng_set_ihdr(png, &header);
    if (!error) error = spng_set_option(png, SPNG_ENCODE_TO_BUFFER, 1);
    if (error) return error;
    return spng_encode_image(png, pixels->data, size, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
}

int cli_png_write(const char *path, FILE *file, const lax_tensor *pixels) {
    spng_ctx *png = spng_ctx_new(SPNG_CTX_ENCODER);
    if (!png) return cli_no_memory();
    size_t length = 0;
    int error = encode(png, pixels);
    void *data = error ? NULL : spng_get_png_buffer(png, &length, &error);
    int status = CLI_DONE;
    if (!data)
        status = failed(path, error);
    else if (fwrite(data, 1, length, file) != length)
        status = cli_fail(CLI_MACHINE, "cannot write %s", path);
    free(data);
    spng_ctx_free(png);
    return status;
}

const char *cli_png_version(void) { return spng_version_string(); }

#else

static int unsupported(const char *path) {
    return cli_fail(CLI_REQUEST,
                    "%s: pictures are unsupported, the command was built without libspng "
                    "(Debian package libspng-dev)",
                    path);
}

int cli_png_read(struct cli *cli, const char *path, struct cli_bytes bytes, bool as_bytes,
                 lax_tensor *tensor) {
    (void)cli, (void)bytes, (void)as_bytes, (void)tensor;
    return unsupported(path);
}

int cli_png_write(const char *path, FILE *file, const lax_tensor *pixels) {
    (void)file, (void)pixels;
    return unsupported(path);
}

const char *cli_png_version(void) { return "none"; }

#endif
