/* SPDX-License-Identifier: Apache-2.0 */
/* Tensor files of either kind, and what becomes of results. */
#include "cli.h"

#include <math.h>
#include <string.h>

static bool starts_with(struct cli_bytes bytes, const char *magic, size_t length) {
    return bytes.size >= length && memcmp(bytes.data, magic, length) == 0;
}

/* A picture is f32 in [0, 1], its bytes where u8 is wanted, or another float type. */
static int load_picture(struct cli *cli, const char *path, struct cli_bytes bytes, lax_dtype wanted,
                        lax_tensor *tensor) {
    int status = cli_png_read(cli, path, bytes, wanted == LAX_U8, tensor);
    if (status || tensor->dtype == wanted || !cli_is_float(wanted)) return status;
    lax_tensor picture = *tensor;
    return cli_convert(cli, &picture, wanted, tensor);
}

int cli_load(struct cli *cli, const char *path, lax_dtype wanted, lax_tensor *tensor) {
    struct cli_bytes bytes;
    int status = cli_read_file(cli, path, &bytes);
    if (status) return status;
    if (starts_with(bytes, "\x93NUMPY", 6)) return cli_npy_read(cli, path, bytes, wanted, tensor);
    if (starts_with(bytes, "\x89PNG", 4)) return load_picture(cli, path, bytes, wanted, tensor);
    return cli_fail(CLI_REQUEST, "%s is neither a .npy nor a .png file", path);
}

int cli_load_operand(struct cli *cli, int i, lax_dtype wanted, lax_tensor *tensor) {
    return cli_load(cli, cli->operands[i], wanted, tensor);
}

static bool is_picture_name(const char *path) {
    size_t length = strlen(path);
    if (length < 4) return false;
    return strcmp(path + length - 4, ".png") == 0 || strcmp(path + length - 4, ".PNG") == 0;
}

/* [1, H, W, C], [H, W, C] or [H, W] as [H, W, C] with 1 to 4 channels. */
static int picture_shape(const char *path, const lax_tensor *tensor, int64_t shape[3]) {
    int skip = tensor->rank == 4 && tensor->shape[0] == 1 ? 1 : 0;
    int rank = tensor->rank - skip;
    bool good = rank == 2 || rank == 3;
    for (int d = 0; d < 3 && good; d++) shape[d] = d < rank ? tensor->shape[skip + d] : 1;
    good = good && shape[0] > 0 && shape[1] > 0 && shape[2] >= 1 && shape[2] <= 4;
    if (good && shape[0] <= INT32_MAX && shape[1] <= INT32_MAX) return CLI_DONE;
    return cli_fail(CLI_REQUEST, "%s: a picture needs the shape [1, height, width, 1 to 4]", path);
}

/* Floats in [0, 1] become bytes; what lies outside is cut off, NaN is black. */
static void to_bytes(const lax_tensor *tensor, uint8_t *out) {
    int64_t n = lax_tensor_elements(tensor);
    size_t size = lax_dtype_size(tensor->dtype);
    for (int64_t i = 0; i < n; i++) {
        double value[2];
        cli_number(tensor->dtype, (const char *)tensor->data + (size_t)i * size, value);
        out[i] = (uint8_t)(value[0] > 0 ? fmin(value[0], 1) * 255 + 0.5 : 0);
    }
}

static int write_picture(struct cli *cli, const char *path, FILE *file, const lax_tensor *tensor) {
    int64_t shape[3];
    int status = picture_shape(path, tensor, shape);
    if (status) return status;
    lax_tensor pixels = lax_tensor_of(tensor->dtype, tensor->data, 3, shape);
    if (cli_is_float(tensor->dtype)) {
        pixels.dtype = LAX_U8;
        status = cli_tensor_alloc(cli, &pixels);
        if (status) return status;
        to_bytes(tensor, pixels.data);
    } else if (tensor->dtype != LAX_U8 && tensor->dtype != LAX_U16) {
        return cli_fail(CLI_REQUEST, "%s: a picture is made of floats, u8 or u16, not %s", path,
                        lax_dtype_name(tensor->dtype));
    }
    return cli_png_write(path, file, &pixels);
}

int cli_save(struct cli *cli, const char *path, const lax_tensor *tensor) {
    FILE *file;
    int status = cli_open_output(cli, path, &file);
    if (status) return status;
    if (is_picture_name(path)) return write_picture(cli, path, file, tensor);
    return cli_npy_write(path, file, tensor);
}

/* Standard output has no name that says what it should be. */
int cli_save_picture(struct cli *cli, const char *path, const lax_tensor *picture) {
    FILE *file;
    if (strcmp(path, "-") != 0) return cli_save(cli, path, picture);
    int status = cli_open_output(cli, path, &file);
    return status ? status : write_picture(cli, path, file, picture);
}

int cli_check_names(const struct cli *cli, int n_results) {
    if (cli->n_names && cli->n_names != n_results)
        return cli_fail(CLI_REQUEST, "%s has %d result%s, -o is given %d times", cli->command->name,
                        n_results, n_results == 1 ? "" : "s", cli->n_names);
    for (int i = 0; i < cli->n_names; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(cli->names[i], "-") != 0 && strcmp(cli->names[i], cli->names[j]) == 0)
                return cli_fail(CLI_REQUEST, "-o %s is given twice", cli->names[i]);
    return CLI_DONE;
}

int cli_results(struct cli *cli, int n, const lax_tensor *results) {
    cli_progress_clear();
    for (int i = 0; i < n; i++) {
        int status = CLI_DONE;
        if (cli->n_names)
            status = cli_save(cli, cli->names[i], &results[i]);
        else
            cli_print_tensor(stdout, &results[i]);
        if (status) return status;
    }
    return CLI_DONE;
}
