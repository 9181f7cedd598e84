/* SPDX-License-Identifier: Apache-2.0 */
/* lax pool: max, min and average pooling with the conventions of Flax, torch or ONNX. */
#include "cli.h"

#include <string.h>

enum { POOL_MAX, POOL_MIN, POOL_AVG };

struct pool_arguments {
    int kind;
    struct cli_list window, strides;
    struct cli_padding padding;
    const char *layout, *indices;
    int convention;
    bool no_count_pad, ceil_mode, global;
    struct cli_list adaptive;
};

static const struct cli_choice kinds[] = {
    {"max", POOL_MAX}, {"min", POOL_MIN}, {"avg", POOL_AVG}, {NULL, 0}};

static const struct cli_choice conventions[] = {
    {"flax", LAX_POOL_FLAX}, {"torch", LAX_POOL_TORCH}, {"onnx", LAX_POOL_ONNX}, {NULL, 0}};

#define ROW(member, ...) CLI_OPTION(pool_arguments, member, __VA_ARGS__)
static const struct cli_option options[] = {
    ROW(kind, .name = "kind", .kind = CLI_CHOICE, .required = true, .value = "max|min|avg",
        .help = "what becomes of a window", .choices = kinds),
    ROW(window, .name = "window", .kind = CLI_SIZES, .value = "2,2",
        .help = "sizes of the window, one a spatial dimension; default 1"),
    ROW(global, .name = "global", .kind = CLI_FLAG,
        .help = "the window is all of the spatial dimensions"),
    ROW(adaptive, .name = "adaptive", .kind = CLI_SIZES, .value = "7,7",
        .help = "sizes of the result instead of a window, as torch's adaptive pooling"),
    ROW(convention, .name = "convention", .kind = CLI_CHOICE, .value = "flax|torch|onnx",
        .help = "whose defaults the other options have; flax", .choices = conventions),
    ROW(strides, .name = "strides", .kind = CLI_SIZES, .value = "2,2",
        .help = "steps between windows; default 1"),
    ROW(padding, .name = "padding", .kind = CLI_PADDING, .value = "SAME | lo:hi,lo:hi",
        .help = "VALID (default), SAME, SAME_LOWER, or pairs"),
    ROW(layout, .name = "layout", .kind = CLI_TEXT, .value = "NHWC",
        .help = "letters of the dimensions, e.g. NCHW; default channels last"),
    ROW(no_count_pad, .name = "no-count-pad", .kind = CLI_FLAG,
        .help = "averages divide by the elements inside the tensor"),
    ROW(ceil_mode, .name = "ceil-mode", .kind = CLI_FLAG,
        .help = "round the size of the result up, as ONNX does"),
    ROW(indices, .name = "indices", .kind = CLI_TEXT, .value = "OUT",
        .help = "file for the row-major index of each maximum or minimum (s32, s64 where needed)"),
};

static int make_options(const struct pool_arguments *a, int32_t rank, lax_pool_options *o) {
    const char *of = "a tensor of this rank";
    int n = rank < 2 ? 0 : rank - 2 > LAX_MAX_SPATIAL ? LAX_MAX_SPATIAL : rank - 2;
    *o = LAX_POOL_OPTIONS(.layout = a->layout, .exclude_padding = a->no_count_pad,
                          .ceil_mode = a->ceil_mode, .global = a->global,
                          .convention = (lax_pool_convention)a->convention);
    int status = cli_take_list(&a->window, "window", n, of, o->window);
    if (!status) status = cli_take_list(&a->strides, "strides", n, of, o->strides);
    return status ? status : cli_take_pads(&a->padding, n, of, &o->padding, o->pads);
}

static lax_status pool(struct cli *cli, int kind, const lax_tensor *x, const lax_pool_options *o,
                       lax_tensor *out, lax_error *why) {
    switch (kind) {
    case POOL_MAX: return lax_max_pool(cli->context, x, o, out, why);
    case POOL_MIN: return lax_min_pool(cli->context, x, o, out, why);
    default: return lax_avg_pool(cli->context, x, o, out, why);
    }
}

static int check_indices(const struct cli *cli, const struct pool_arguments *a) {
    if (!a->indices) return CLI_DONE;
    if (a->kind == POOL_AVG) return cli_fail(CLI_REQUEST, "--indices: an average has no index");
    for (int i = 0; i < cli->n_names; i++)
        if (strcmp(cli->names[i], a->indices) == 0 && strcmp(a->indices, "-") != 0)
            return cli_fail(CLI_REQUEST, "-o and --indices are both %s", a->indices);
    return CLI_DONE;
}

/* The values and where they come from, in one go. */
static int run_indices(struct cli *cli, const struct pool_arguments *a, const lax_tensor *x,
                       const lax_pool_options *o, lax_tensor *out) {
    lax_tensor indices = *out;
    lax_error why;
    lax_select select = a->kind == POOL_MAX ? LAX_GE : LAX_LE;
    indices.dtype = lax_tensor_elements(x) > INT32_MAX ? LAX_S64 : LAX_S32;
    int status = cli_tensor_alloc(cli, &indices);
    if (!status)
        status = cli_check(lax_pool_indices(cli->context, x, select, o, out, &indices, &why), &why);
    return status ? status : cli_save(cli, a->indices, &indices);
}

/* One of the three says what windows are. */
static int check_window(const struct pool_arguments *a) {
    int said = a->window.given + a->global + a->adaptive.given;
    if (said == 0)
        return cli_fail(CLI_REQUEST, "one of --window, --global and --adaptive is required");
    if (said > 1)
        return cli_fail(CLI_REQUEST, "only one of --window, --global and --adaptive can be given");
    if (a->adaptive.given && a->indices)
        return cli_fail(CLI_REQUEST, "--adaptive has no --indices");
    return CLI_DONE;
}

/* Spatial dimensions are those that a window of 2 has its 2 in. */
static int adaptive_form(const struct pool_arguments *a, const lax_tensor *x,
                         const lax_pool_options *o, lax_tensor *out) {
    lax_pool_options two = LAX_POOL_OPTIONS(.layout = o->layout, .convention = o->convention);
    lax_window_options window;
    lax_error why;
    int64_t sizes[LAX_MAX_SPATIAL] = {0}, shape[LAX_MAX_RANK];
    int n = x->rank < 2 ? 0 : x->rank - 2, next = 0;
    int status = cli_take_list(&a->adaptive, "adaptive", n, "a tensor of this rank", sizes);
    for (int d = 0; d < n && d < LAX_MAX_SPATIAL; d++) two.window[d] = 2;
    if (!status) status = cli_check(lax_pool_window(x, &two, &window, &why), &why);
    for (int d = 0; d < x->rank && !status; d++)
        shape[d] = window.window_dimensions[d] == 2 ? sizes[next++] : x->shape[d];
    if (!status) *out = lax_tensor_of(x->dtype, NULL, x->rank, shape);
    return status;
}

static int run_adaptive(struct cli *cli, const struct pool_arguments *a, const lax_tensor *x,
                        const lax_pool_options *o) {
    static const lax_reducer_kind reducers[] = {
        [POOL_MAX] = LAX_MAX, [POOL_MIN] = LAX_MIN, [POOL_AVG] = LAX_ADD};
    lax_tensor out;
    lax_error why;
    int status = adaptive_form(a, x, o, &out);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (!status)
        status =
            cli_check(lax_adaptive_pool(cli->context, x, reducers[a->kind], o, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

static int run(struct cli *cli, const void *arguments) {
    const struct pool_arguments *a = arguments;
    lax_tensor x, out;
    lax_pool_options o;
    lax_error why;
    int status = cli_check_names(cli, 1);
    if (!status) status = check_indices(cli, a);
    if (!status) status = check_window(a);
    if (!status) status = cli_load_operand(cli, 0, LAX_DTYPE_UNSET, &x);
    if (!status) status = make_options(a, x.rank, &o);
    if (!status && a->adaptive.given) return run_adaptive(cli, a, &x, &o);
    if (!status) status = cli_check(lax_pool_shape(&x, &o, &out, &why), &why);
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (status) return status;
    status = a->indices ? run_indices(cli, a, &x, &o, &out)
                        : cli_check(pool(cli, a->kind, &x, &o, &out, &why), &why);
    return status ? status : cli_results(cli, 1, &out);
}

const struct cli_command cli_cmd_pool = {
    .name = "pool",
    .summary = "max, min and average pooling",
    .usage = "X --kind max|min|avg --window 2,2 | --global | --adaptive 7,7 [-o OUT] [options]",
    .example = "lax pool x.npy --kind max --window 2,2 --strides 2,2 -o y.npy --indices i.npy",
    .options = options,
    .n_options = CLI_COUNT_OF(options),
    .arguments_size = sizeof(struct pool_arguments),
    .min_operands = 1,
    .max_operands = 1,
    .writes = true,
    .run = run,
};
