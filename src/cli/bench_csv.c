/* SPDX-License-Identifier: Apache-2.0 */
/* Files of comma-separated values without quotes, and the operations that their rows stand for. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static int count_lines(const char *text) {
    int n = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        n += length > 0;
        text += length + (text[length] == '\n');
    }
    return n;
}

static int count_cells(const char *line) {
    int n = 1;
    for (; *line && *line != '\n'; line++) n += *line == ',';
    return n;
}

/* Cuts one line in place; returns what follows it, or NULL if the number of cells is wrong. */
static char *cut_line(char *line, char **cells, int n_columns) {
    int n = 0;
    for (;;) {
        size_t length = strcspn(line, ",\r\n");
        char end = line[length];
        if (n == n_columns) return NULL;
        cells[n++] = line;
        line[length] = '\0';
        line += length + (end != '\0');
        if (end != ',') return n == n_columns ? line + strspn(line, "\r\n") : NULL;
    }
}

int cli_bench_read_csv(struct cli *cli, const char *path, struct bench_csv *csv) {
    struct cli_bytes bytes;
    int status = cli_read_file(cli, path, &bytes);
    if (status) return status;
    char *text = cli_copy(cli, (const char *)bytes.data, bytes.size);
    if (!text) return cli_no_memory();
    csv->n_rows = count_lines(text);
    csv->n_columns = count_cells(text);
    csv->cells = cli_alloc(cli, (size_t)csv->n_rows, (size_t)csv->n_columns * sizeof *csv->cells);
    if (!csv->cells) return cli_no_memory();
    for (int row = 0; row < csv->n_rows; row++) {
        text = cut_line(text, csv->cells + (ptrdiff_t)row * csv->n_columns, csv->n_columns);
        if (!text)
            return cli_fail(CLI_REQUEST, "%s: row %d has not the %d cells of the first", path, row,
                            csv->n_columns);
    }
    return csv->n_rows > 1 ? CLI_DONE : cli_fail(CLI_REQUEST, "%s holds no rows", path);
}

const char *cli_bench_cell(const struct bench_csv *csv, int row, const char *column) {
    for (int i = 0; i < csv->n_columns; i++)
        if (strcmp(csv->cells[i], column) == 0) return csv->cells[row * csv->n_columns + i];
    return NULL;
}

/* A row being read; `bad` keeps the first column that is missing or malformed. */
struct reader {
    const struct bench_csv *csv;
    int row;
    const char *bad;
};

static const char *cell(struct reader *r, const char *column) {
    const char *text = cli_bench_cell(r->csv, r->row, column);
    if (!text && !r->bad) r->bad = column;
    return text ? text : "";
}

static int64_t number(struct reader *r, const char *column) {
    int64_t value = 0;
    const char *text = cell(r, column);
    if (!cli_parse_integer(text, strlen(text), &value) && !r->bad) r->bad = column;
    return value;
}

/* 3x3, or 1:1x0:2 with two numbers a dimension, as our lists with commas. */
static void commas(struct reader *r, const char *column, char text[128]) {
    snprintf(text, 128, "%s", cell(r, column));
    for (char *c = text; *c; c++)
        if (*c == 'x') *c = ',';
}

static struct cli_list sizes(struct reader *r, const char *column) {
    char text[128];
    struct cli_list list;
    commas(r, column, text);
    if ((!cli_parse_list(text, &list) || !list.n) && !r->bad) r->bad = column;
    return list;
}

static struct cli_padding pairs(struct reader *r, const char *column) {
    char text[128];
    struct cli_padding padding;
    commas(r, column, text);
    if (!cli_parse_groups(text, 2, &padding) && !r->bad) r->bad = column;
    return padding;
}

static void copy_sizes(struct reader *r, const char *column, int n, int64_t *out) {
    struct cli_list list = sizes(r, column);
    if (list.n != n && !r->bad) r->bad = column;
    for (int i = 0; i < n && i < list.n; i++) out[i] = list.values[i];
}

static void copy_pairs(struct reader *r, const char *column, int n, int64_t (*out)[2]) {
    struct cli_padding padding = pairs(r, column);
    if (padding.n != n && !r->bad) r->bad = column;
    for (int i = 0; i < n && i < padding.n; i++)
        for (int side = 0; side < 2; side++) out[i][side] = padding.values[i][side];
}

/* Sizes of a tensor by its labels: letters[0] and [1] have two sizes, digits the spatial ones. */
static lax_tensor by_labels(const char *labels, const char letters[2], const int64_t two[2],
                            const struct cli_list *spatial) {
    int64_t shape[LAX_MAX_RANK];
    int32_t rank = (int32_t)strlen(labels);
    for (int32_t i = 0; i < rank; i++) {
        int digit = labels[i] - '0';
        shape[i] = labels[i] == letters[0]            ? two[0]
                   : labels[i] == letters[1]          ? two[1]
                   : digit >= 0 && digit < spatial->n ? spatial->values[digit]
                                                      : -1;
    }
    return lax_tensor_of(LAX_F32, NULL, rank, shape);
}

static void read_layer(struct reader *r, struct bench_problem *p) {
    lax_operation *op = &p->operation;
    struct cli_list spatial = sizes(r, "spatial"), kernel = sizes(r, "kernel");
    int64_t groups = number(r, "groups"), in = number(r, "Cin"), out = number(r, "Cout");
    char labels[LAX_MAX_RANK * 4];
    int n = spatial.n > LAX_MAX_SPATIAL ? LAX_MAX_SPATIAL : spatial.n;
    *op = LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1);
    op->conv = LAX_CONV_OPTIONS(.feature_group_count = groups,
                                .batch_group_count = number(r, "batch_groups"));
    snprintf(p->labels, sizeof p->labels, "%s", cell(r, "dim_labels"));
    op->conv.dim_labels = p->labels;
    copy_sizes(r, "stride", n, op->conv.window_strides);
    copy_sizes(r, "lhs_dilation", n, op->conv.lhs_dilation);
    copy_sizes(r, "rhs_dilation", n, op->conv.rhs_dilation);
    copy_pairs(r, "padding", n, op->conv.pads);
    p->work = 2 * (double)number(r, "macs_useful");
    p->weight_gradient = strcmp(cell(r, "direction"), "bwd_w") == 0;
    snprintf(labels, sizeof labels, "%s", p->labels);
    char *rhs = strchr(labels, '_');
    char *result = strstr(labels, "->");
    if (!rhs || !result || groups < 1) {
        r->bad = r->bad ? r->bad : "dim_labels";
        return;
    }
    *rhs++ = *result = '\0';
    op->operands[0] = by_labels(labels, "bf", (int64_t[]){number(r, "N"), in}, &spatial);
    op->operands[1] = by_labels(rhs, "io", (int64_t[]){in / groups, out}, &kernel);
}

static lax_reducer_kind reducer_kind(struct reader *r) {
    char name[32];
    const char *text = cell(r, "reducer");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "-"), text);
    const struct cli_choice *choice = cli_find_choice(cli_reducers, name);
    return choice ? (lax_reducer_kind)choice->value : LAX_REDUCER_UNSET;
}

/* The operands by the kind of the row. */
static void set_kind(struct reader *r, struct bench_problem *p, const lax_tensor *operand) {
    lax_operation *op = &p->operation;
    const char *kind = cell(r, "op");
    struct cli_list result = sizes(r, "out_shape");
    op->operands[0] = op->operands[1] = *operand;
    op->n_operands = op->n_results = 1;
    op->op = LAX_OP_REDUCE_WINDOW;
    op->reducer = LAX_REDUCER(.kind = reducer_kind(r));
    if (strcmp(kind, "reduce_window") == 0) {
        if (op->reducer.kind == LAX_REDUCER_UNSET) r->bad = "reducer";
    } else if (strcmp(kind, "reduce_window_variadic") == 0) {
        op->reducer.kind = LAX_REDUCER_UNSET; /* cli_bench_retype() makes it from text */
        op->n_operands = op->n_results = 2;
    } else if (strcmp(kind, "select_and_scatter") == 0) {
        op->op = LAX_OP_SELECT_AND_SCATTER;
        op->n_operands = 2;
        op->operands[1] = lax_tensor_of(LAX_F32, NULL, result.n, result.values);
        op->reducer.kind = LAX_ADD;
        op->select = LAX_SELECTOR(.kind = LAX_GE);
    } else {
        r->bad = "op";
    }
}

static void read_window(struct reader *r, struct bench_problem *p) {
    lax_operation *op = &p->operation;
    struct cli_list shape = sizes(r, "operand_shape");
    lax_tensor operand = lax_tensor_of(LAX_F32, NULL, shape.n, shape.values);
    *op = LAX_OPERATION(.op = LAX_OP_UNSET);
    op->window = LAX_WINDOW_OPTIONS(.padding = NULL);
    copy_sizes(r, "window", shape.n, op->window.window_dimensions);
    copy_sizes(r, "stride", shape.n, op->window.window_strides);
    copy_sizes(r, "base_dilation", shape.n, op->window.base_dilation);
    copy_sizes(r, "window_dilation", shape.n, op->window.window_dilation);
    copy_pairs(r, "padding", shape.n, op->window.pads);
    p->work = (double)number(r, "naive_ops");
    p->layout = cell(r, "layout");
    set_kind(r, p, &operand);
}

int cli_bench_row(const struct bench_csv *csv, int row, struct bench_problem *problem) {
    struct reader r = {csv, row, NULL};
    *problem = (struct bench_problem){.name = cell(&r, "name")};
    if (cli_bench_cell(csv, row, "dim_labels"))
        read_layer(&r, problem);
    else
        read_window(&r, problem);
    if (!r.bad) return CLI_DONE;
    char sentence[100];
    snprintf(sentence, sizeof sentence, "its column %s is missing or cannot be read", r.bad);
    return cli_bench_refuse(problem, sentence);
}
