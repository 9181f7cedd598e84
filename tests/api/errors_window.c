/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong window reductions, by table. The operand is f32[3,8] unless a row says otherwise. */
#include "api/errors.h"

#define BIG (INT64_C(1) << 62)
#define OPTIONS(...)                                                                               \
    { .size = sizeof(lax_window_options), __VA_ARGS__ }

struct window_row {
    const char *name;
    lax_status expected;
    const char *text;
    lax_window_options options;
    lax_reducer_kind reducer; /* unset: add */
    lax_dtype type;           /* unset: f32 */
};

static const float one = 1;

static const struct window_row rows[] = {
    {"options without size", LAX_ERROR_OPTIONS_SIZE, "LAX_WINDOW_OPTIONS", .options = {.size = 0}},
    {"window 0", LAX_ERROR_WINDOW_SIZE,
     "window_dimensions must be positive in all 2 dimensions, got 0",
     .options = OPTIONS(.window_dimensions = {2, 0})},
    {"window -2", LAX_ERROR_WINDOW_SIZE, "got -2 in dimension 1",
     .options = OPTIONS(.window_dimensions = {1, -2})},
    {"stride 0", LAX_ERROR_WINDOW_STRIDE, "window_strides",
     .options = OPTIONS(.window_strides = {0, 1})},
    {"base dilation -1", LAX_ERROR_DILATION, "base_dilation",
     .options = OPTIONS(.base_dilation = {1, -1})},
    {"window dilation 0", LAX_ERROR_DILATION, "window_dilation",
     .options = OPTIONS(.window_dilation = {2, 0})},
    {"too many windows", LAX_ERROR_WINDOW_LENGTH, "window_dimensions has an entry 2 at index 2",
     .options = OPTIONS(.window_dimensions = {1, 1, 2})},
    {"too many dilations", LAX_ERROR_WINDOW_LENGTH, "base_dilation",
     .options = OPTIONS(.base_dilation = {1, 1, 1})},
    {"too many pads", LAX_ERROR_PADDING_LENGTH, "at index 2",
     .options = OPTIONS(.pads = {{0, 0}, {0, 0}, {1, 0}})},
    {"padding name", LAX_ERROR_PADDING_NAME, "got \"SAMES\"",
     .options = OPTIONS(.padding = "SAMES")},
    {"padding twice", LAX_ERROR_OPTION_TWICE, "padding is given twice",
     .options = OPTIONS(.padding = "VALID", .pads = {{1, 0}})},
    {"policy", LAX_ERROR_ENUM, "policy", .options = OPTIONS(.policy = (lax_policy)-1)},
    {"lowering", LAX_ERROR_LOWERING_NAME, "\"fastest\"", .options = OPTIONS(.lowering = "fastest")},
    {"overflow", LAX_ERROR_OVERFLOW, "dimension 1",
     .options = OPTIONS(.base_dilation = {1, INT64_MAX})},
    {"result overflows", LAX_ERROR_OVERFLOW, "out", .options = OPTIONS(.pads = {{0, BIG}})},
    {"add on pred", LAX_ERROR_DTYPE_OPERATION, "add is not defined for pred",
     .options = OPTIONS(.padding = "VALID"), .type = LAX_PRED},
    {"mul on pred", LAX_ERROR_DTYPE_OPERATION, "mul is not defined for pred",
     .options = OPTIONS(.padding = "VALID"), LAX_MUL, LAX_PRED},
    {"and on f32", LAX_ERROR_DTYPE_OPERATION, "and is not defined for f32",
     .options = OPTIONS(.padding = "VALID"), LAX_AND, LAX_F32},
    {"xor on c64", LAX_ERROR_DTYPE_OPERATION, "xor is not defined for c64",
     .options = OPTIONS(.padding = "VALID"), LAX_XOR, LAX_C64},
    {"logaddexp on s32", LAX_ERROR_DTYPE_OPERATION, "logaddexp is not defined for s32",
     .options = OPTIONS(.padding = "VALID"), LAX_LOGADDEXP, LAX_S32},
    {"unknown reducer", LAX_ERROR_ENUM, "20", .options = OPTIONS(.padding = "VALID"),
     .reducer = (lax_reducer_kind)20},
    {"initial value of another operand", LAX_ERROR_COUNT, "init_values[1]",
     .options = OPTIONS(.init_values = {&one, &one})},
    {"element type", LAX_ERROR_DTYPE, "operand has element type 90",
     .options = OPTIONS(.padding = "VALID"), .type = (lax_dtype)90},
};

/* What is wrong with the shapes alone, the shape function must say, too. */
static bool of_shape(const struct window_row *row) {
    return row->reducer == LAX_REDUCER_UNSET && row->expected != LAX_ERROR_DTYPE_OPERATION &&
           row->expected != LAX_ERROR_LOWERING_NAME && row->expected != LAX_ERROR_COUNT;
}

static void window_run(int32_t i, struct bed *bed, struct error_result *result, lax_error *why) {
    static float zeros[64];
    const struct window_row *row = &rows[i];
    lax_tensor form,
        x = lax_tensor_of(row->type ? row->type : LAX_F32, zeros, 2, (const int64_t[]){3, 8});
    lax_tensor out = bed_tensor(bed, x.dtype, 2, x.shape);
    *result = (struct error_result){row->name, row->expected, row->text, LAX_OK};
    if (of_shape(row)) {
        result->got = lax_reduce_window_shape(&x, &row->options, &form, why);
        if (result->got != row->expected) return;
    }
    result->got = lax_reduce_window(NULL, &x, row->reducer ? row->reducer : LAX_ADD, &row->options,
                                    &out, why);
}

const struct error_table errors_window = {"window", sizeof rows / sizeof *rows, window_run};
