/* SPDX-License-Identifier: Apache-2.0 */
/* `lax image` with filters from a file: one filter a channel, filters over all channels, or several
 * whose pictures are laid out as a mosaic. */
#include "image.h"

#include <math.h>
#include <string.h>

enum { BORDER = 4 };

/* Filters that sum to nothing give values around 0: their size is shown. Others give pictures. */
static void show(lax_tensor *picture, const lax_tensor *filter) {
    double sum = 0, size = 0;
    const float *tap = filter->data;
    for (int64_t n = lax_tensor_elements(filter); n--; tap++) {
        sum += *tap;
        size += fabsf(*tap);
    }
    if (fabs(sum) > 1e-3 * size) return;
    float top = 0, *value = picture->data;
    int64_t n = lax_tensor_elements(picture);
    for (int64_t i = 0; i < n; i++) top = fmaxf(top, fabsf(value[i]));
    for (int64_t i = 0; i < n; i++) value[i] = top > 0 ? fabsf(value[i]) / top : 0;
}

/* One channel as a picture of its own. */
static int take_channel(struct cli *cli, const lax_tensor *maps, int64_t channel, lax_tensor *out) {
    int64_t channels = maps->shape[3];
    int status = cli_image_alloc(cli, maps->shape[1], maps->shape[2], 1, out);
    if (status) return status;
    const float *from = (const float *)maps->data + channel;
    float *to = out->data;
    for (int64_t n = lax_tensor_elements(out); n--; from += channels) *to++ = *from;
    return CLI_DONE;
}

/* Copies one channel to its place in the mosaic, stretched to 0 ... 1; a few pixels at either end
 * are cut off, for they would take the contrast from all others. */
static int place(struct cli *cli, const lax_tensor *maps, int64_t channel, lax_tensor *mosaic,
                 const int64_t corner[2]) {
    int64_t width = maps->shape[2];
    lax_tensor map;
    float low, high;
    int status = take_channel(cli, maps, channel, &map);
    if (!status) status = cli_image_quantile(cli, &map, 0.005, &low);
    if (!status) status = cli_image_quantile(cli, &map, 0.995, &high);
    if (status) return status;
    float scale = high > low ? 1 / (high - low) : 0;
    const float *from = map.data;
    float *to = (float *)mosaic->data + corner[0] * mosaic->shape[2] + corner[1];
    for (int64_t y = 0; y < maps->shape[1]; y++, to += mosaic->shape[2])
        for (int64_t x = 0; x < width; x++) to[x] = (*from++ - low) * scale;
    return CLI_DONE;
}

/* Channels side by side in a square, with thin white borders between them. */
static int tile(struct cli *cli, const lax_tensor *maps, lax_tensor *mosaic) {
    int64_t height = maps->shape[1] + BORDER, width = maps->shape[2] + BORDER;
    int64_t n = maps->shape[3], columns = (int64_t)ceil(sqrt((double)n));
    int64_t rows = (n + columns - 1) / columns;
    int status = cli_image_alloc(cli, rows * height - BORDER, columns * width - BORDER, 1, mosaic);
    if (status) return status;
    float *value = mosaic->data;
    for (int64_t i = lax_tensor_elements(mosaic); i--;) *value++ = 1;
    for (int64_t i = 0; i < n && !status; i++)
        status = place(cli, maps, i, mosaic,
                       (const int64_t[]){i / columns * height, i % columns * width});
    return status;
}

/* Whether the features of HWIO (axis 2) or OIHW (axis 1) filters fit the picture. */
static bool fits(const lax_tensor *filters, int axis, int64_t channels) {
    return filters->shape[axis] == 1 || filters->shape[axis] == channels;
}

/* [filters, height, width] as HWIO with one input feature. */
static int as_hwio(struct cli *cli, const lax_tensor *filters, lax_tensor *out) {
    lax_tensor view = lax_tensor_permuted(filters, (const int32_t[]){1, 2, 0});
    view.rank = 4;
    view.shape[3] = view.shape[2];
    view.strides[3] = view.strides[2];
    view.shape[2] = 1;
    view.strides[2] = 0;
    return cli_convert(cli, &view, LAX_F32, out);
}

static int load_filters(struct cli *cli, const char *path, int64_t channels, lax_tensor *filters) {
    lax_tensor raw;
    int status = cli_load(cli, path, LAX_DTYPE_UNSET, &raw);
    if (status) return status;
    if (raw.rank < 2 || raw.rank > 4 || lax_tensor_elements(&raw) <= 0)
        return cli_fail(CLI_REQUEST,
                        "%s: filters need the shape [H, W], [filters, H, W] or HWIO, all sizes "
                        "positive",
                        path);
    if (cli_is_complex(raw.dtype))
        return cli_fail(CLI_REQUEST, "%s: filters must be real, not %s", path,
                        lax_dtype_name(raw.dtype));
    if (raw.rank == 4 && !fits(&raw, 2, channels) && fits(&raw, 1, channels))
        raw = lax_tensor_permuted(&raw, (const int32_t[]){2, 3, 1, 0});
    return raw.rank == 3 ? as_hwio(cli, &raw, filters) : cli_convert(cli, &raw, LAX_F32, filters);
}

/* Filters over as many features as the picture has channels, or one feature: gray. */
static int convolve_all(struct cli *cli, const lax_tensor *picture, const lax_tensor *filters,
                        lax_tensor *out) {
    lax_tensor source = *picture;
    int64_t features = filters->shape[2];
    if (features != 1 && features != picture->shape[3])
        return cli_fail(CLI_REQUEST,
                        "the filters' input features (%lld) must be 1 or the picture's "
                        "channels (%lld)",
                        (long long)features, (long long)picture->shape[3]);
    int status = features == 1 ? cli_image_gray(cli, picture, &source) : CLI_DONE;
    return status ? status : cli_image_convolve(cli, &source, filters, out);
}

int cli_image_file(struct cli *cli, const lax_tensor *picture, const char *path, lax_tensor *out) {
    lax_tensor filters, maps;
    int status = load_filters(cli, path, picture->shape[3], &filters);
    if (status) return status;
    if (filters.rank == 2) {
        status = cli_image_filter(cli, picture, filters.data, filters.shape, out);
        if (!status) show(out, &filters);
        return status;
    }
    status = convolve_all(cli, picture, &filters, &maps);
    if (status) return status;
    bool colours = filters.shape[3] == 3 && filters.shape[2] == 3;
    if (filters.shape[3] != 1 && !colours) return tile(cli, &maps, out);
    *out = maps;
    show(out, &filters);
    return CLI_DONE;
}
