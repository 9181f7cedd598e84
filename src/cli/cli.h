/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the command `lax` share: the session (memory, results, exit statuses), the
 * option table, tensor files, printing, and the table of subcommands. The command uses nothing of
 * the library but its public header. */
#ifndef LAX_CLI_CLI_H
#define LAX_CLI_CLI_H

#include <lax/lax.h>
#include <stdio.h>

/* Exit statuses. Functions that return int return one of them, after the error line if not 0. */
enum { CLI_DONE = 0, CLI_MACHINE = 1, CLI_REQUEST = 2 };

/* ---- session: one run of the command ------------------------------------------------------ */

struct cli_command;
struct cli_block;

enum { CLI_MAX_OUTPUTS = 64 };

/* An output file. It is written beside its final place and renamed when everything is done. */
struct cli_output {
    const char *path;
    char *temporary; /* NULL: written in place (standard output, devices) */
    char *target;    /* where the temporary file goes */
    FILE *file;
};

struct cli {
    const struct cli_command *command;
    lax_context *context;
    lax_module *module; /* released at the end; operations of a text point into it */
    char **operands;
    int n_operands;
    const char *names[CLI_MAX_OUTPUTS]; /* the -o options */
    int n_names;
    struct cli_output outputs[CLI_MAX_OUTPUTS];
    int n_outputs;
    struct cli_block *blocks;
};

/* Prints `lax: sentence` as one line on standard error and returns the status. */
int cli_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for a failed library call. */
int cli_refuse(const lax_error *why);
/* The library's answer as an exit status: 0, or what cli_refuse() returns. */
int cli_check(lax_status status, const lax_error *why);
int cli_no_memory(void);

/* Memory of the session, 64-byte aligned, uninitialised; NULL when there is none. */
void *cli_alloc(struct cli *cli, size_t count, size_t size);
char *cli_copy(struct cli *cli, const char *text, size_t length);
/* What was allocated after the mark is given back. */
struct cli_block *cli_mark(const struct cli *cli);
void cli_rewind(struct cli *cli, struct cli_block *mark);

/* ---- files -------------------------------------------------------------------------------- */

struct cli_bytes {
    unsigned char *data;
    size_t size;
};

/* Reads a whole file; `-` is standard input. */
int cli_read_file(struct cli *cli, const char *path, struct cli_bytes *out);
/* Opens an output. Nothing shows under its name before cli_commit(). */
int cli_open_output(struct cli *cli, const char *path, FILE **file);
/* Closes and renames all outputs; after a failure none of them exists. */
int cli_commit(struct cli *cli);
/* Removes what was not committed. */
void cli_discard(struct cli *cli);
/* Lets signals that end the command remove temporary files first. */
void cli_guard_outputs(struct cli *cli);

/* ---- options ------------------------------------------------------------------------------ */

struct cli_list {
    bool given;
    int n;
    int64_t values[LAX_MAX_RANK];
};

/* A padding: a word, or pairs lo:hi; a configuration has triples lo:hi:interior. */
struct cli_padding {
    bool given;
    const char *word;
    int n;
    int64_t values[LAX_MAX_RANK][3];
};

struct cli_seconds {
    bool given;
    double value;
};

struct cli_choice {
    const char *name;
    int value;
};

enum cli_kind {
    CLI_FLAG,    /* bool */
    CLI_TEXT,    /* const char * */
    CLI_INTEGER, /* int64_t */
    CLI_COUNT,   /* int64_t, at least 1 */
    CLI_SECONDS, /* struct cli_seconds, at least 0 */
    CLI_DTYPE,   /* lax_dtype */
    CLI_CHOICE,  /* int, a value of the row's choices */
    CLI_LIST,    /* struct cli_list */
    CLI_SIZES,   /* struct cli_list of positive numbers */
    CLI_BITS,    /* struct cli_list of 0 and 1 */
    CLI_PADDING, /* struct cli_padding: a word or pairs */
    CLI_TRIPLES  /* struct cli_padding: triples */
};

/* One option of a subcommand; its value goes to `offset` in the subcommand's own struct. */
struct cli_option {
    const char *name;
    enum cli_kind kind;
    size_t offset;
    unsigned sets; /* the subcommands of a family that have it; 0: all */
    bool required;
    const char *value; /* shown in the help */
    const char *help;
    const struct cli_choice *choices;
};

/* A row of the table of subcommands. */
struct cli_command {
    const char *name;
    const char *summary;
    const char *usage;   /* after `lax name ` */
    const char *details; /* further lines of the help, or NULL */
    const char *example;
    const struct cli_option *options;
    int n_options;
    unsigned set; /* of `sets`; 0: all options */
    size_t arguments_size;
    int min_operands, max_operands;
    bool writes;      /* takes -o */
    bool own_context; /* creates its context by itself */
    int variant;      /* for families that share one function */
    int (*run)(struct cli *cli, const void *arguments);
};

#define CLI_OPTION(type, member, ...)                                                              \
    { .offset = offsetof(struct type, member), __VA_ARGS__ }
#define CLI_COUNT_OF(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Reads the words after the subcommand. *help is set instead when help was asked for. */
int cli_parse_options(struct cli *cli, int argc, char **argv, void *arguments, bool *help);
bool cli_option_applies(const struct cli_command *command, const struct cli_option *option);

/* Readers of single values; false when the text is malformed or out of range. */
bool cli_parse_integer(const char *text, size_t length, int64_t *value);
bool cli_parse_double(const char *text, double *value);
bool cli_parse_list(const char *text, struct cli_list *list);
bool cli_parse_groups(const char *text, int group, struct cli_padding *padding);
const struct cli_choice *cli_find_choice(const struct cli_choice *choices, const char *name);
/* One element of a type from text, e.g. -1.5, inf, true, 1+2j. */
int cli_parse_element(struct cli *cli, const char *text, lax_dtype dtype, void *element);

/* Copies a list of exactly n entries ("--option needs n entries, one for each `of`"). */
int cli_take_list(const struct cli_list *list, const char *option, int n, const char *of,
                  int64_t *out);
int cli_take_pads(const struct cli_padding *padding, int n, const char *of, const char **word,
                  int64_t (*pads)[2]);
/* NHWC,HWIO,NHWC as three strings; nothing when text is NULL. */
int cli_split_numbers(struct cli *cli, const char *text, const char *numbers[3]);
/* Copies a list of any length into 32-bit integers. */
int cli_take_axes(const struct cli_list *list, const char *option, int32_t *axes);

/* The window of a reduction, one entry a dimension. */
struct cli_window {
    struct cli_list dimensions, strides, base_dilation, window_dilation;
    struct cli_padding padding;
};
#define CLI_WINDOW_OPTIONS(type, member)                                                           \
    CLI_OPTION(type, member.dimensions, .name = "window-dimensions", .kind = CLI_SIZES,            \
               .required = true, .value = "1,2,2,1", .help = "sizes of the window"),               \
        CLI_OPTION(type, member.strides, .name = "window-strides", .kind = CLI_SIZES,              \
                   .value = "1,2,2,1", .help = "steps between windows; default 1"),                \
        CLI_OPTION(type, member.padding, .name = "padding", .kind = CLI_PADDING,                   \
                   .value = "SAME | lo:hi,lo:hi,...",                                              \
                   .help = "VALID (default), SAME, SAME_LOWER, or pairs; negative ones cut off")
#define CLI_DILATION_OPTIONS(type, member, which)                                                  \
    CLI_OPTION(type, member.base_dilation, .name = "base-dilation", .kind = CLI_SIZES,             \
               .sets = which, .value = "1,1,1,1",                                                  \
               .help = "distance between elements of the operand; default 1"),                     \
        CLI_OPTION(type, member.window_dilation, .name = "window-dilation", .kind = CLI_SIZES,     \
                   .sets = which, .value = "1,1,1,1",                                              \
                   .help = "distance between elements of the window; default 1")
int cli_take_window(const struct cli_window *window, int32_t rank, lax_window_options *options);

extern const struct cli_choice cli_reducers[];
extern const struct cli_choice cli_selects[];

/* ---- tensors ------------------------------------------------------------------------------ */

/* Memory for a tensor of any strides; data points at its element [0, ..., 0]. */
int cli_tensor_alloc(struct cli *cli, lax_tensor *tensor);
/* A row-major copy of another element type. */
int cli_convert(struct cli *cli, const lax_tensor *tensor, lax_dtype dtype, lax_tensor *out);
void *cli_element(const lax_tensor *tensor, const int64_t *index);
/* The next index in row-major order; false after the last. */
bool cli_next_index(const lax_tensor *tensor, int64_t *index);
/* Real part (value[0]) and imaginary part of a float or complex element. */
void cli_number(lax_dtype dtype, const void *element, double value[2]);
bool cli_is_float(lax_dtype dtype);
bool cli_is_complex(lax_dtype dtype);
/* Deterministic values: any bits for integers, of magnitude 2^-5 to 1 for floats. */
void cli_fill(const lax_tensor *tensor, uint64_t *seed);
uint64_t cli_random(uint64_t *seed);

/* Reads a .npy or .png file. `wanted` is LAX_DTYPE_UNSET or the type that it will be used as:
 * bf16 takes any 2-byte file, u8 takes a picture's bytes. */
int cli_load(struct cli *cli, const char *path, lax_dtype wanted, lax_tensor *tensor);
int cli_load_operand(struct cli *cli, int i, lax_dtype wanted, lax_tensor *tensor);
/* Writes one tensor as .npy, or as .png where the name says so. */
int cli_save(struct cli *cli, const char *path, const lax_tensor *tensor);
/* The same, but standard output gets a picture. */
int cli_save_picture(struct cli *cli, const char *path, const lax_tensor *picture);
/* Results to the -o files, or printed when there is no -o. */
int cli_results(struct cli *cli, int n, const lax_tensor *results);
/* That there are as many -o as results, or none. */
int cli_check_names(const struct cli *cli, int n_results);

int cli_npy_read(struct cli *cli, const char *path, struct cli_bytes bytes, lax_dtype wanted,
                 lax_tensor *tensor);
int cli_npy_write(const char *path, FILE *file, const lax_tensor *tensor);
int cli_png_read(struct cli *cli, const char *path, struct cli_bytes bytes, bool as_bytes,
                 lax_tensor *tensor);
/* pixels: row-major [height, width, channels] of u8 or u16 */
int cli_png_write(const char *path, FILE *file, const lax_tensor *pixels);
const char *cli_png_version(void);

/* ---- printing ----------------------------------------------------------------------------- */

/* As NumPy prints an array, with a newline. */
void cli_print_tensor(FILE *file, const lax_tensor *tensor);

/* How the numbers of one array are written. */
struct cli_number_format {
    lax_dtype dtype;
    bool sign; /* always write the sign */
    bool exponential;
    int left, right; /* widths before and behind the point */
    int exponent;    /* digits of exponents */
};
/* Widens the format so that `value` fits; called for each shown value, finish called last. */
struct cli_number_scan {
    struct cli_number_format *format;
    double low, high; /* smallest and largest magnitude that is not 0 */
    bool special;     /* NaN or infinity seen */
    bool negative_infinity;
};
void cli_scan_magnitude(struct cli_number_scan *scan, double value);
void cli_scan_start(struct cli_number_scan *scan);
void cli_scan_width(struct cli_number_scan *scan, double value);
void cli_scan_finish(struct cli_number_scan *scan);
/* Writes one number padded to the format; returns the length. */
int cli_format_number(const struct cli_number_format *format, double value, char text[80]);
/* Writes one number by itself, as NumPy writes a scalar. */
int cli_format_scalar(lax_dtype dtype, double value, char text[80]);

/* ---- progress ----------------------------------------------------------------------------- */

/* After a second of work, a line on standard error if that is a terminal. */
void cli_progress_start(const char *name);
void cli_progress_step(int64_t done, int64_t total);
/* Takes the line away before something else is printed. */
void cli_progress_clear(void);

/* ---- problems ----------------------------------------------------------------------------- */

/* The one operation of the family in an HLO text or a module file. */
int cli_problem(struct cli *cli, const char *text_or_path, lax_operation *operation);
int cli_read_module(struct cli *cli, const char *path);
/* The dimension numbers of a convolution as dim_labels, cut in lhs, rhs and out. */
int cli_labels(const lax_operation *operation, char labels[3][LAX_MAX_RANK + 1]);
/* Sets dim_labels from three strings; `text` must live as long as the operation. */
void cli_set_labels(lax_operation *operation, char labels[3][LAX_MAX_RANK + 1],
                    char text[4 * LAX_MAX_RANK]);
/* Prints the operation as one HLO line. */
int cli_print_operation(struct cli *cli, const lax_operation *operation);
double cli_seconds(void);

/* ---- subcommands -------------------------------------------------------------------------- */

extern const struct cli_command cli_cmd_eval, cli_cmd_conv, cli_cmd_conv_transpose,
    cli_cmd_conv_grad_lhs, cli_cmd_conv_grad_rhs, cli_cmd_patches, cli_cmd_conv_local,
    cli_cmd_reduce_window, cli_cmd_pool, cli_cmd_select_and_scatter_add,
    cli_cmd_select_and_gather_add, cli_cmd_pad, cli_cmd_reduce, cli_cmd_cumsum, cli_cmd_cumprod,
    cli_cmd_cummax, cli_cmd_cummin, cli_cmd_cumlogsumexp, cli_cmd_reduce_precision,
    cli_cmd_transpose, cli_cmd_image, cli_cmd_layouts, cli_cmd_explain, cli_cmd_bench, cli_cmd_info;

/* The table, ended by NULL. */
extern const struct cli_command *const cli_commands[];
void cli_help(FILE *file);
void cli_help_command(FILE *file, const struct cli_command *command);
/* The subcommand whose name is nearest to `name`, or NULL if none is near. */
const struct cli_command *cli_nearest(const char *name);

#endif /* LAX_CLI_CLI_H */
