/* SPDX-License-Identifier: Apache-2.0 */
/* Wrong texts, one for each status that parsing has, with the place that must be named. */
#include <string.h>

#include "api/errors.h"

struct text_row {
    const char *name;
    lax_status expected;
    const char *text;
    const char *source;
    int32_t line, column; /* 0: not checked */
};

#define OPERANDS "(f32[1,2,8]{2,1,0} %x, f32[3,2,3]{2,1,0} %w)"
#define CONV(attributes) "%r = f32[1,3,6]{2,1,0} convolution" OPERANDS ", " attributes

static const struct text_row rows[] = {
    {"nothing", LAX_ERROR_SYNTAX, "expected", "", 1, 1},
    {"bytecode", LAX_ERROR_UNSUPPORTED, "text", "ML\xefR\x01", 0, 0},
    {"not closed", LAX_ERROR_SYNTAX, "expected", "%r = f32[1,2 convolution(", 1, 14},
    {"unknown operation", LAX_ERROR_UNSUPPORTED, "frobnicate",
     "%r = f32[2]{0} frobnicate(f32[2]{0} %x)", 1, 16},
    {"unknown name", LAX_ERROR_NAME, "'y'",
     "HloModule m\nENTRY %e {\n  %x = f32[2]{0} parameter(0)\n  ROOT %r = f32[2]{0} "
     "negate(%y)\n}\n",
     4, 31},
    {"a name twice", LAX_ERROR_NAME, "'x'",
     "HloModule m\nENTRY %e {\n  %x = f32[2]{0} parameter(0)\n  %x = f32[2]{0} parameter(1)\n}\n",
     4, 4},
    {"unknown attribute", LAX_ERROR_ATTRIBUTE, "colour",
     CONV("window={size=3}, dim_labels=bf0_oi0->bf0, colour=red"), 1, 123},
    {"attribute twice", LAX_ERROR_ATTRIBUTE, "twice",
     CONV("dim_labels=bf0_oi0->bf0, dim_labels=bf0_oi0->bf0"), 1, 0},
    {"result type", LAX_ERROR_TYPE, "f32[1,3,6]",
     "%r = f32[1,3,7]{2,1,0} convolution" OPERANDS ", window={size=3}, dim_labels=bf0_oi0->bf0", 1,
     0},
    {"elided constant", LAX_ERROR_ELIDED, "print",
     "HloModule m\nENTRY %e {\n  ROOT %c = f32[4]{0} constant({...})\n}\n", 3, 0},
    {"parameters above the limit", LAX_ERROR_LIMIT, "99999999",
     "HloModule m\nENTRY %e {\n  ROOT %x = f32[4]{0} parameter(99999999)\n}\n", 3, 0},
    {"rank above the limit", LAX_ERROR_RANK, "12",
     "%r = f32[1,1,1,1,1,1,1,1,1,1,1,1,1] negate(f32[1] %x)", 1, 0},
    {"operands without shapes", LAX_ERROR_SYNTAX, "module", "%r = f32[2]{0} negate(%x)", 1, 0},
    {"initial value of rank 1", LAX_ERROR_NOT_SCALAR, "initial value 0 has rank 1, not 0",
     "HloModule m\n%add (a: f32[], b: f32[]) -> f32[] {\n  %a = f32[] parameter(0)\n  %b = f32[] "
     "parameter(1)\n  ROOT %s = f32[] add(%a, %b)\n}\nENTRY %e {\n  %x = f32[4]{0} parameter(0)\n"
     "  %i = f32[1]{0} parameter(1)\n  ROOT %r = f32[3]{0} reduce-window(%x, %i), window={size=2}, "
     "to_apply=%add\n}\n",
     10, 0},
};

static void run(int32_t i, struct bed *bed, struct error_result *result, lax_error *why) {
    lax_module *module = NULL;
    lax_error own;
    (void)bed;
    *result = (struct error_result){rows[i].name, rows[i].expected, rows[i].text, LAX_OK};
    result->got =
        lax_module_parse(rows[i].source, strlen(rows[i].source), &module, why ? why : &own);
    if (result->got == LAX_OK) lax_module_release(module);
    if (!why || result->got != rows[i].expected) return;
    bool placed = (rows[i].line == 0 || why->line == rows[i].line) &&
                  (rows[i].column == 0 || why->column == rows[i].column);
    if (!placed) result->text = "(another line and column)";
}

const struct error_table errors_text = {"text", sizeof rows / sizeof *rows, run};
