/* SPDX-License-Identifier: Apache-2.0 */
/* Prints arrays as NumPy does: aligned, wrapped at 75 columns, with the middle left out above 1000
 * elements. */
#include "cli.h"

#include <inttypes.h>
#include <string.h>

enum { LINE_WIDTH = 75, THRESHOLD = 1000, EDGE = 3 };

/* One array being printed. */
struct printer {
    FILE *file;
    const lax_tensor *tensor;
    bool summary;
    struct cli_number_format parts[2]; /* real, imaginary */
    int integer_width;
    int column;  /* of the current line */
    int pending; /* blanks not yet written: a line does not end in them */
    int64_t index[LAX_MAX_RANK];
};

/* What is done with each element that is shown. */
typedef void (*visitor)(struct printer *printer, const void *element, void *state);

static int64_t shown(const struct printer *printer, int axis) {
    int64_t n = printer->tensor->shape[axis];
    return printer->summary && n > 2 * EDGE ? 2 * EDGE : n;
}

/* Position i of the shown ones along an axis. */
static int64_t place(const struct printer *printer, int axis, int64_t i) {
    int64_t n = printer->tensor->shape[axis];
    return shown(printer, axis) < n && i >= EDGE ? n - 2 * EDGE + i : i;
}

static bool gap_before(const struct printer *printer, int axis, int64_t i) {
    return i == EDGE && shown(printer, axis) < printer->tensor->shape[axis];
}

static void visit(struct printer *printer, int axis, visitor action, void *state) {
    if (axis == printer->tensor->rank) {
        action(printer, cli_element(printer->tensor, printer->index), state);
        return;
    }
    for (int64_t i = 0; i < shown(printer, axis); i++) {
        printer->index[axis] = place(printer, axis, i);
        visit(printer, axis + 1, action, state);
    }
}

static int format_integer(lax_dtype dtype, const void *element, int width, char text[80]) {
    int64_t value = 0;
    uint64_t natural = 0;
    switch (dtype) {
    case LAX_S8: value = *(const int8_t *)element; break;
    case LAX_S16: value = *(const int16_t *)element; break;
    case LAX_S32: value = *(const int32_t *)element; break;
    case LAX_S64: value = *(const int64_t *)element; break;
    case LAX_U8: natural = *(const uint8_t *)element; break;
    case LAX_U16: natural = *(const uint16_t *)element; break;
    case LAX_U32: natural = *(const uint32_t *)element; break;
    default: natural = *(const uint64_t *)element; break;
    }
    if (dtype >= LAX_U8) return snprintf(text, 80, "%*" PRIu64, width, natural);
    return snprintf(text, 80, "%*" PRId64, width, value);
}

/* NumPy puts the j before the blanks that pad the imaginary part. */
static int add_j(char text[160], int length) {
    int end = length;
    while (end > 0 && text[end - 1] == ' ') end--;
    memmove(text + end + 1, text + end, (size_t)(length - end) + 1);
    text[end] = 'j';
    return length + 1;
}

static int format_element(const struct printer *printer, const void *element, char text[160]) {
    lax_dtype dtype = printer->tensor->dtype;
    double value[2];
    if (dtype == LAX_PRED)
        return snprintf(text, 160, "%s", *(const uint8_t *)element ? " True" : "False");
    if (!cli_is_float(dtype) && !cli_is_complex(dtype))
        return format_integer(dtype, element, printer->integer_width, text);
    cli_number(dtype, element, value);
    int length = cli_format_number(&printer->parts[0], value[0], text);
    if (!cli_is_complex(dtype)) return length;
    length += cli_format_number(&printer->parts[1], value[1], text + length);
    return add_j(text, length);
}

static void scan_magnitude(struct printer *printer, const void *element, void *state) {
    struct cli_number_scan *scans = state;
    double value[2];
    cli_number(printer->tensor->dtype, element, value);
    for (int part = 0; part < 2; part++) cli_scan_magnitude(&scans[part], value[part]);
}

static void scan_width(struct printer *printer, const void *element, void *state) {
    struct cli_number_scan *scans = state;
    double value[2];
    cli_number(printer->tensor->dtype, element, value);
    for (int part = 0; part < 2; part++) cli_scan_width(&scans[part], value[part]);
}

static void scan_integer(struct printer *printer, const void *element, void *state) {
    char text[80];
    int *width = state;
    int length = format_integer(printer->tensor->dtype, element, 0, text);
    if (length > *width) *width = length;
}

static void choose_format(struct printer *printer) {
    lax_dtype dtype = printer->tensor->dtype;
    if (dtype == LAX_PRED) return;
    if (!cli_is_float(dtype) && !cli_is_complex(dtype)) {
        visit(printer, 0, scan_integer, &printer->integer_width);
        return;
    }
    struct cli_number_scan scans[2] = {{0}};
    for (int part = 0; part < 2; part++) {
        printer->parts[part] = (struct cli_number_format){.dtype = dtype, .sign = part == 1};
        scans[part].format = &printer->parts[part];
    }
    visit(printer, 0, scan_magnitude, scans);
    for (int part = 0; part < 2; part++) cli_scan_start(&scans[part]);
    visit(printer, 0, scan_width, scans);
    for (int part = 0; part < 2; part++) cli_scan_finish(&scans[part]);
}

static void put_blanks(struct printer *printer) {
    fprintf(printer->file, "%*s", printer->pending, "");
    printer->pending = 0;
}

/* Writes a word on the current line, or on a new one when it would not fit. */
static void put_word(struct printer *printer, const char *word) {
    int indent = printer->tensor->rank;
    int length = (int)strlen(word), end = length;
    if (printer->column + length > LINE_WIDTH - indent && printer->column > indent) {
        fprintf(printer->file, "\n%*s", indent, "");
        printer->column = indent;
        printer->pending = 0;
    }
    put_blanks(printer);
    while (end > 0 && word[end - 1] == ' ') end--;
    fprintf(printer->file, "%.*s", end, word);
    printer->column += length;
    printer->pending = length - end;
}

static void put_separator(struct printer *printer) {
    printer->column++;
    printer->pending++;
}

static void print_row(struct printer *printer) {
    int axis = printer->tensor->rank - 1;
    char word[160];
    printer->column = printer->tensor->rank;
    fputc('[', printer->file);
    for (int64_t i = 0; i < shown(printer, axis); i++) {
        if (i) put_separator(printer);
        if (gap_before(printer, axis, i)) {
            put_word(printer, "...");
            put_separator(printer);
        }
        printer->index[axis] = place(printer, axis, i);
        format_element(printer, cli_element(printer->tensor, printer->index), word);
        put_word(printer, word);
    }
    put_blanks(printer);
    fputc(']', printer->file);
}

static void next_block(const struct printer *printer, int axis) {
    for (int i = axis + 1; i < printer->tensor->rank; i++) fputc('\n', printer->file);
    fprintf(printer->file, "%*s", axis + 1, "");
}

static void print_axis(struct printer *printer, int axis) {
    if (axis == printer->tensor->rank - 1) {
        print_row(printer);
        return;
    }
    fputc('[', printer->file);
    for (int64_t i = 0; i < shown(printer, axis); i++) {
        if (i) next_block(printer, axis);
        if (gap_before(printer, axis, i)) {
            fputs("...", printer->file);
            next_block(printer, axis);
        }
        printer->index[axis] = place(printer, axis, i);
        print_axis(printer, axis + 1);
    }
    fputc(']', printer->file);
}

/* NumPy writes the parts of one complex number without a trailing ".0". */
static void print_complex(FILE *file, lax_dtype dtype, const double value[2]) {
    char parts[2][80];
    for (int i = 0; i < 2; i++) {
        int length = cli_format_scalar(dtype, value[i], parts[i]);
        if (length > 2 && strcmp(parts[i] + length - 2, ".0") == 0) parts[i][length - 2] = '\0';
    }
    fprintf(file, "(%s%s%sj)\n", parts[0], parts[1][0] == '-' ? "" : "+", parts[1]);
}

static void print_scalar(FILE *file, const lax_tensor *tensor) {
    char text[160];
    double value[2];
    lax_dtype dtype = tensor->dtype;
    if (dtype == LAX_PRED) {
        snprintf(text, sizeof text, "%s", *(const uint8_t *)tensor->data ? "True" : "False");
    } else if (!cli_is_float(dtype) && !cli_is_complex(dtype)) {
        format_integer(dtype, tensor->data, 0, text);
    } else {
        cli_number(dtype, tensor->data, value);
        if (cli_is_complex(dtype)) {
            print_complex(file, dtype, value);
            return;
        }
        cli_format_scalar(dtype, value[0], text);
    }
    fprintf(file, "%s\n", text);
}

void cli_print_tensor(FILE *file, const lax_tensor *tensor) {
    struct printer printer = {.file = file, .tensor = tensor};
    int64_t elements = lax_tensor_elements(tensor);
    printer.summary = elements > THRESHOLD;
    if (elements == 0) {
        fputs("[]\n", file);
    } else if (tensor->rank == 0) {
        print_scalar(file, tensor);
    } else {
        choose_format(&printer);
        print_axis(&printer, 0);
        fputc('\n', file);
    }
}
