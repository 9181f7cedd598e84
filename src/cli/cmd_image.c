/* SPDX-License-Identifier: Apache-2.0 */
/* lax image: convolves a picture so that one can look at the result. */
#include "image.h"

#include <string.h>

struct image_arguments {
    const char *kernel;
};

static const struct cli_option options[] = {
    CLI_OPTION(image_arguments, kernel, .name = "kernel", .kind = CLI_TEXT, .required = true,
               .value = "edges|sobel|sharpen|blur|W.npy",
               .help = "what is convolved with: a built-in filter, or a file with one of shape "
                       "[H, W], with [filters, H, W] or with HWIO"),
};

static int check_picture(const char *path, const lax_tensor *x) {
    bool good = x->rank == 4 && x->shape[0] == 1 && x->shape[3] >= 1 && x->shape[3] <= 4 &&
                lax_tensor_elements(x) > 0;
    if (good) return CLI_DONE;
    return cli_fail(CLI_REQUEST, "%s: a picture needs the shape [1, height, width, 1 to 4]", path);
}

/* Transparent pictures are laid on white: filters see what a reader of the picture sees. */
static int flatten(struct cli *cli, const lax_tensor *picture, lax_tensor *out) {
    int64_t channels = picture->shape[3], colours = channels - 1;
    if (channels % 2) {
        *out = *picture;
        return CLI_DONE;
    }
    int status = cli_image_alloc(cli, picture->shape[1], picture->shape[2], colours, out);
    if (status) return status;
    const float *from = picture->data;
    float *to = out->data;
    for (int64_t n = lax_tensor_elements(picture) / channels; n--; from += channels)
        for (int64_t c = 0; c < colours; c++) *to++ = from[c] * from[colours] + (1 - from[colours]);
    return CLI_DONE;
}

static int load_photo(struct cli *cli, lax_tensor *photo) {
    lax_tensor raw, picture;
    int status = cli_load_operand(cli, 0, LAX_DTYPE_UNSET, &raw);
    if (!status) status = check_picture(cli->operands[0], &raw);
    if (!status) status = cli_convert(cli, &raw, LAX_F32, &picture);
    return status ? status : flatten(cli, &picture, photo);
}

static int apply(struct cli *cli, const char *kernel, const lax_tensor *photo, lax_tensor *out) {
    if (strcmp(kernel, "edges") == 0) return cli_image_edges(cli, photo, out);
    if (strcmp(kernel, "sobel") == 0) return cli_image_sobel(cli, photo, out);
    if (strcmp(kernel, "sharpen") == 0) return cli_image_sharpen(cli, photo, out);
    if (strcmp(kernel, "blur") == 0) return cli_image_blur(cli, photo, 3, out);
    if (strchr(kernel, '.') || strchr(kernel, '/') || strcmp(kernel, "-") == 0)
        return cli_image_file(cli, photo, kernel, out);
    return cli_fail(CLI_REQUEST, "--kernel: %s is none of edges, sobel, sharpen, blur, FILE.npy",
                    kernel);
}

static int run(struct cli *cli, const void *arguments) {
    const struct image_arguments *a = arguments;
    lax_tensor photo, out;
    if (cli->n_names != 1)
        return cli_fail(CLI_REQUEST, "image needs -o OUT.png once, it is given %d times",
                        cli->n_names);
    int status = load_photo(cli, &photo);
    if (!status) status = apply(cli, a->kernel, &photo, &out);
    return status ? status : cli_save_picture(cli, cli->names[0], &out);
}

const struct cli_command cli_cmd_image = {
    .name = "image",
    .summary = "convolves a picture, to look at the result",
    .usage = "PHOTO.png --kernel edges|sobel|sharpen|blur|W.npy -o OUT.png",
    .details =
        "A filter [H, W] works on each channel by itself. Filters [filters, H, W], and HWIO (or\n"
        "OIHW) ones with one input feature, work on the gray picture. Several filters give a\n"
        "mosaic of one picture each, stretched from black to white; three filters over three\n"
        "channels give colours. Filters that sum to zero show the size of their result.",
    .example = "lax image photo.png --kernel edges -o edges.png",
    .options = options,
    .n_options = CLI_COUNT_OF(options),
    .arguments_size = sizeof(struct image_arguments),
    .min_operands = 1,
    .max_operands = 1,
    .writes = true,
    .run = run,
};
