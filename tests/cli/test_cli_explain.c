/* SPDX-License-Identifier: Apache-2.0 */
/* What the command says about problems: explain's lines fit the width and can be given to it again,
 * as can the lines of a verbose run, however long they are. */
#include "cli/command.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define TEN "4,4,4,4,4,4,4,4,4,4"
#define TEN_ONES "1x1x1x1x1x1x1x1x1x1"

/* Problems of every kind, with what must stand in the explanation. */
static const struct explained {
    const char *text, *part;
} problems[] = {
    {"%y = f32[1,1,2,2] convolution(f32[1,1,3,3] %x, f32[1,1,2,2] %w), window={size=2x2}, "
     "dim_labels=bf01_oi01->bf01",
     "reference"},
    {"%y = s8[1,1,2,2] convolution(f32[1,1,3,3] %x, f32[1,1,2,2] %w), window={size=2x2}, "
     "dim_labels=bf01_oi01->bf01",
     "plan       reference"},
    {"%y = f32[32,112,112,64]{3,2,1,0} convolution(f32[32,224,224,16]{0,3,2,1} %activations, "
     "f32[7,7,16,64]{2,3,1,0} %w, f32[64] %bias), window={size=7x7 stride=2x2 pad=2_3x2_3 "
     "rhs_dilate=1x1}, dim_labels=b01f_01io->b01f, "
     "frontend_attributes={lax.activation=\"relu\",lax.bias=\"1\"}",
     "lax.activation=\"relu\""},
    {"%y = f32[1,8,4,4,4,4,4,4,4,4,4,4] convolution(f32[1,8," TEN "] %x, "
     "f32[8,8,1,1,1,1,1,1,1,1,1,1] %w), window={size=" TEN_ONES " rhs_reversal=" TEN_ONES "}, "
     "dim_labels=bf0123456789_oi0123456789->bf0123456789",
     "dim 9 "},
    {"%y = f32[1," TEN "] reduce-window(f32[1," TEN "] %x, f32[] %i), "
     "window={size=1x1x1x1x1x3x1x3x3x1x1 "
     "pad=0_0x0_0x0_0x0_0x0_0x1_1x0_0x1_1x1_1x0_0x0_0}, to_apply=%max",
     "dim 10"},
    {"%y = (f32[" TEN "], s32[" TEN "]) reduce-window(f32[" TEN "] %x, f32[] %i), "
     "window={size=" TEN_ONES "}, to_apply=%add, frontend_attributes={lax.arg=\"ge\"}",
     "dim 9 "},
    {"%y = f32[6,6] select-and-scatter(f32[6,6] %x, f32[3,3] %s, f32[] %i), window={size=2x2 "
     "stride=2x2}, select=%ge, scatter=%add",
     "source f32[3,3]"},
    {"%y = f32[900,900,9] pad(f32[100,100,9] %x, f32[] %v), padding=0_8_8x0_8_8x0_0", "operand"},
    {"%y = bf16[1000,4,4,4,4,4,4,4,4,4] transpose(bf16[4,4,4,4,4,4,4,4,4,1000] %x), "
     "dimensions={9,8,7,6,5,4,3,2,1,0}",
     "move"},
    {"%y = s32[7] reduce(s32[3,7,5] %x, s32[] %i), dimensions={0,2}, to_apply=%add", "reference"},
};

static void explain(const char *text, struct outcome *got) {
    char words[3100];
    snprintf(words, sizeof words, "explain '%.3000s'", text);
    command_run("", words, got);
}

/* The specification without the breaks of its lines. */
static void unfold(const char *out, char *text, size_t capacity) {
    size_t n = 0;
    ck_assert_msg(strncmp(out, "spec       ", 11) == 0, "%s", out);
    for (out += 11; strncmp(out, "shape ", 6) != 0 && n + 1 < capacity; out++) {
        if (*out != '\n') text[n++] = *out;
        while (*out == '\n' && out[1] == ' ') out++;
    }
    text[n] = '\0';
}

/* Lines of at most 100 columns; the specification, folded as it stands, explains the same. */
START_TEST(explains) {
    static struct outcome first, again;
    char spec[3000];
    explain(problems[_i].text, &first);
    ck_assert_msg(first.status == 0, "%s: %s", problems[_i].text, first.err);
    ck_assert_msg(strstr(first.out, problems[_i].part) != NULL, "%s", first.out);
    ck_assert_msg(command_is_narrow(first.out), "%s", first.out);
    char *shape = strstr(first.out, "\nshape ");
    ck_assert_ptr_nonnull(shape);
    snprintf(spec, sizeof spec, "%.*s", (int)(shape - first.out) - 11, first.out + 11);
    explain(spec, &again);
    ck_assert_msg(strcmp(first.out, again.out) == 0, "%s\n%s%s", first.out, again.out, again.err);
    unfold(first.out, spec, sizeof spec);
    explain(spec, &again);
    ck_assert_msg(strcmp(first.out, again.out) == 0, "%s\n%s%s", first.out, again.out, again.err);
}
END_TEST

/* What a verbose run prints can be given to explain. */
START_TEST(explains_verbose_lines) {
    static struct outcome got;
    char line[3000];
    command_run("LAX_VERBOSE=1", "conv x.npy w.npy --activation relu", &got);
    char *start = strstr(got.err, "%");
    ck_assert_ptr_nonnull(start);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(start, "\n"), start);
    explain(line, &got);
    ck_assert_msg(got.status == 0, "%s: %s", line, got.err);
    ck_assert_ptr_nonnull(strstr(got.out, "lax.activation=\"relu\""));
}
END_TEST

START_TEST(skips_other_operations) {
    static struct outcome got;
    command_run("", "explain conv.hlo", &got);
    ck_assert_int_eq(got.status, 0);
    ck_assert_ptr_nonnull(strstr(got.err, "lax: skipped: "));
    ck_assert(command_is_narrow(got.out));
    command_run("", "info", &got);
    ck_assert_int_eq(got.status, 0);
    ck_assert_ptr_nonnull(strstr(got.out, "0."));
    ck_assert(command_is_narrow(got.out));
}
END_TEST

Suite *suite_cli_explain(void) {
    Suite *suite = suite_create("cli_explain");
    TCase *all = tcase_create("process");
    tcase_add_unchecked_fixture(all, command_setup, command_teardown);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, explains, 0, COUNT(problems));
    tcase_add_test(all, explains_verbose_lines);
    tcase_add_test(all, skips_other_operations);
    suite_add_tcase(suite, all);
    return suite;
}
