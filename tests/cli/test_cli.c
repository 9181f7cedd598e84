/* SPDX-License-Identifier: Apache-2.0 */
/* The command as a process: what it prints and writes, its exit statuses and error lines, and that
 * a failed run leaves no file behind. LAX_COMMAND names another command than the one built here. */
#include "cli/command.h"
#include "suites.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define CONV22                                                                                     \
    "'%y = f32[1,1,2,2] convolution(f32[1,1,3,3] %x, f32[1,1,2,2] %w), "                           \
    "window={size=2x2}, dim_labels=bf01_oi01->bf01'"
/* A result type that JAX would refuse as preferred_element_type, and XLA takes. */
#define TO_S8                                                                                      \
    "'%y = s8[1,1,2,2] convolution(f32[1,1,3,3] %x, f32[1,1,2,2] %w), "                            \
    "window={size=2x2}, dim_labels=bf01_oi01->bf01'"

/* Runs that succeed and print exactly this. */
static const struct good_row {
    const char *words, *out;
} good[] = {
    {"conv x.npy w.npy", "[[[[19. 25.]\n   [37. 43.]]]]\n"},
    {"conv x.npy w.npy --padding=-1:2,0:0", "[[[[37. 43.]\n   [ 7.  8.]\n   [ 0.  0.]]]]\n"},
    {"conv x.npy w.npy --padding -1:2,0:0", "[[[[37. 43.]\n   [ 7.  8.]\n   [ 0.  0.]]]]\n"},
    {"conv x.npy w.npy --window-strides 2,2 --padding SAME", "[[[[19. 10.]\n   [ 7.  0.]]]]\n"},
    {"conv x.npy w.npy --dimension-numbers NCHW,OIHW,NCHW --bias b.npy --activation relu",
     "[[[[ 0.  0.]\n   [ 7. 13.]]]]\n"},
    {"conv x.npy w.npy --activation clamp:20:40", "[[[[20. 25.]\n   [37. 40.]]]]\n"},
    {"conv x.npy w.npy --dim-labels 'bf01_oi01->bf01' --window-reversal 1,1",
     "[[[[ 5. 11.]\n   [23. 29.]]]]\n"},
    {"conv-grad-lhs y.npy w.npy --lhs-shape 1,1,3,3",
     "[[[[ 0.  0.  1.]\n   [ 0.  4.  6.]\n   [ 4. 12.  9.]]]]\n"},
    {"conv-grad-rhs x.npy y.npy --rhs-shape 1,1,2,2", "[[[[19. 25.]\n   [37. 43.]]]]\n"},
    {"patches x.npy --filter-shape 2,2 --window-strides 2,2",
     "[[[[0.]]\n\n  [[1.]]\n\n  [[3.]]\n\n  [[4.]]]]\n"},
    {"conv-transpose y.npy w.npy --strides 2,2 --padding VALID --dimension-numbers NCHW,OIHW,NCHW",
     "[[[[0. 0. 3. 2.]\n   [0. 0. 1. 0.]\n   [6. 4. 9. 6.]\n   [2. 0. 3. 0.]]]]\n"},
    {"reduce-window m.npy --reducer max --window-dimensions 2,2", "[[4. 5.]\n [7. 8.]]\n"},
    {"reduce-window m.npy --reducer add --window-dimensions 2,2 --init 100",
     "[[108. 112.]\n [120. 124.]]\n"},
    {"reduce-window s8.npy --reducer min --window-dimensions 1,2", "[[-128    1]\n [  -1    0]]\n"},
    {"pool u8.npy --kind max --window 2,2", "[[[[253 254 255]]]]\n"},
    {"pool x.npy --kind avg --window 2,2 --layout NCHW --strides 2,2 --padding SAME",
     "[[[[2.   1.75]\n   [3.25 2.  ]]]]\n"},
    {"pool x.npy --kind avg --window 2,2 --layout NCHW --strides 2,2 --padding SAME --no-count-pad",
     "[[[[2.  3.5]\n   [6.5 8. ]]]]\n"},
    {"pool x.npy --kind max --window 2,2 --layout NCHW --indices -", NULL},
    {"pool x.npy --kind avg --window 4,4 --layout NCHW --strides 2,2 --ceil-mode", "[[[[4.]]]]\n"},
    {"pool u8.npy --kind max --global", "[[[[253 254 255]]]]\n"},
    {"pool u8.npy --kind min --adaptive 1,1 --layout NHWC", NULL},
    {"pool x.npy --kind avg --convention torch --window 1,1", NULL},
    {"select-and-scatter-add y.npy x.npy --select ge --window-dimensions 1,1,2,2",
     "[[[[0. 0. 0.]\n   [0. 0. 1.]\n   [0. 2. 3.]]]]\n"},
    {"select-and-gather-add x.npy x.npy --select ge --window-dimensions 1,1,2,2",
     "[[[[4. 5.]\n   [7. 8.]]]]\n"},
    {"pad m.npy --config=-1:0:0,0:1:1 --value 7.5",
     "[[3.  7.5 4.  7.5 5.  7.5]\n [6.  7.5 7.  7.5 8.  7.5]]\n"},
    {"reduce m.npy --reducer add --dimensions 0", "[ 9. 12. 15.]\n"},
    {"reduce m.npy --reducer mul --dimensions=", "[[0. 1. 2.]\n [3. 4. 5.]\n [6. 7. 8.]]\n"},
    {"cumsum m.npy --axis 1", "[[ 0.  1.  3.]\n [ 3.  7. 12.]\n [ 6. 13. 21.]]\n"},
    {"cumprod m.npy --reverse", "[[ 0. 28. 80.]\n [18. 28. 40.]\n [ 6.  7.  8.]]\n"},
    {"cummax s8.npy --axis 1", "[[-128  127  127]\n [  -1    5    5]]\n"},
    {"cummin s8.npy --axis 1", "[[-128 -128 -128]\n [  -1   -1   -1]]\n"},
    {"reduce-precision m.npy --exponent-bits 8 --mantissa-bits 1",
     "[[0. 1. 2.]\n [3. 4. 4.]\n [6. 8. 8.]]\n"},
    {"transpose big.npy --from NC --to CN", "[[1 4]\n [2 5]\n [3 6]]\n"},
    {"transpose bigf.npy --permutation 0,1", "[[1 3 5]\n [2 4 6]]\n"},
    {"transpose bf16.npy --dtype f32", "[ 1.  2. -1. inf]\n"},
    {"transpose bf16.npy --dtype bf16", "[ 1.  2. -1. inf]\n"},
    {"transpose pred.npy --permutation 0", "[ True False  True]\n"},
    {"transpose special.npy --permutation 0", "[ 1.5 -2.   nan -inf]\n"},
    {"transpose c128.npy --permutation 0", "[ 1.+2.j  -3.+0.5j]\n"},
    {"transpose s64.npy --permutation 0", "[-9223372036854775808  9223372036854775807]\n"},
    {"transpose scalar.npy --dtype f64", "1.0\n"},
    {"transpose empty.npy --permutation 1,0", "[]\n"},
    {"cumsum - --axis 1 < m.npy", "[[ 0.  1.  3.]\n [ 3.  7. 12.]\n [ 6. 13. 21.]]\n"},
    {"eval add.hlo m.npy m.npy", "[[ 0.  2.  4.]\n [ 6.  8. 10.]\n [12. 14. 16.]]\n"
                                 "[[ 0.  1.  4.]\n [ 9. 16. 25.]\n [36. 49. 64.]]\n"},
    {"eval bf16.mlir u16.npy", "[ 2.  4. -2. inf]\n"},
    {"eval conv.hlo x.npy w.npy", "[[[[-19. -25.]\n   [-37. -43.]]]]\n"},
    {"layouts " TO_S8 " --orders 20",
     "72 single orders and 20 combinations (seed 0) agree with the reference lowering\n"},
    {"layouts " CONV22 " --orders 20",
     "72 single orders and 20 combinations (seed 0) agree with the reference lowering\n"},
};

START_TEST(prints) {
    struct outcome got;
    int files = command_count_files();
    command_run("", good[_i].words, &got);
    ck_assert_msg(got.status == 0, "%s: status %d, %s", good[_i].words, got.status, got.err);
    if (good[_i].out)
        ck_assert_msg(strcmp(got.out, good[_i].out) == 0, "%s printed\n%s", good[_i].words,
                      got.out);
    ck_assert_msg(got.err[0] == '\0', "%s: %s", good[_i].words, got.err);
    ck_assert_int_eq(command_count_files(), files);
}
END_TEST

/* Runs that are refused. */
static const struct bad_row {
    const char *words;
    int status;
    const char *sentence; /* a part of the error line */
} bad[] = {
    {"", 2, "usage: lax"},
    {"convolve x.npy", 2, "did you mean conv"},
    {"reduse-window", 2, "did you mean reduce-window?"},
    {"xyzzyxyzzy", 2, "unknown subcommand xyzzyxyzzy (see lax --help)"},
    {"conv x.npy -o out.npy", 2, "conv needs 2 arguments, got 1"},
    {"conv x.npy w.npy y.npy -o out.npy", 2, "one argument too many: y.npy"},
    {"conv x.npy w.npy -o out.npy --frob 3", 2, "unknown option --frob"},
    {"conv x.npy w.npy -o out.npy --padding", 2, "--padding needs a value"},
    {"conv x.npy w.npy -o out.npy --padding SAME --padding VALID", 2, "--padding is given twice"},
    {"conv x.npy w.npy -o out.npy -o out2.npy", 2, "conv has 1 result, -o is given 2 times"},
    {"conv x.npy w.npy -o out.npy --padding 1:1", 2, "--padding has 1 pairs"},
    {"conv x.npy w.npy -o out.npy --padding 1,1", 2, "--padding: 1,1 is not a word or a list"},
    {"conv x.npy w.npy -o out.npy --padding FOO", 2, "FOO"},
    {"conv x.npy w.npy -o out.npy --window-strides 2", 2, "--window-strides has 1 entries"},
    {"conv x.npy w.npy -o out.npy --window-strides 0,0", 2, "entry 0 must be positive, got 0"},
    {"conv x.npy w.npy -o out.npy --window-strides 2,", 2, "--window-strides: 2, is not a list"},
    {"conv x.npy w.npy -o out.npy --feature-group-count 0", 2, "must be positive, got 0"},
    {"conv x.npy w.npy -o out.npy --window-reversal 0,2", 2, "entry 1 must be 0 or 1, got 2"},
    {"conv x.npy w.npy -o out.npy --dimension-numbers NCHW,OIHW", 2, "three strings"},
    {"conv x.npy w.npy -o out.npy --preferred-element-type f8", 2, "f8 is not an element type"},
    {"conv x.npy w.npy -o out.npy --activation swish", 2, "swish is none of"},
    {"conv x.npy w.npy -o out.npy --activation clamp:1", 2, "clamp:1 is none of"},
    {"conv x.npy u8.npy -o out.npy", 2, ""},
    {"conv none.npy w.npy -o out.npy", 1, "cannot read none.npy: No such file"},
    {"conv x.npy w.npy -o none/out.npy", 1, "cannot write none/out.npy: No such file"},
    {"conv x.npy short.npy -o out.npy", 2, "short.npy: 35 bytes of data are fewer"},
    {"cumsum huge.npy -o out.npy", 2, "huge.npy"},
    {"cumsum object.npy -o out.npy", 2, "object.npy: its .npy header cannot be read"},
    {"cumsum text.npy -o out.npy", 2, "NumPy's type '<U4' is unsupported"},
    {"cumsum broken.npy -o out.npy", 2, "broken.npy: its .npy header cannot be read"},
    {"cumsum add.hlo -o out.npy", 2, "add.hlo is neither a .npy nor a .png file"},
    {"cumsum m.npy --axis 2 -o out.npy", 2, "axis"},
    {"cumsum m.npy --axis 4294967296 -o out.npy", 2, "4294967296 is not an axis"},
    {"cumsum pred.npy -o out.npy", 2, "pred"},
    {"cumsum m.npy -o out.png -o out.png", 2, "-o is given 2 times"},
    {"transpose s8.npy --permutation 0,1 -o out.png", 2, "floats, u8 or u16, not s8"},
    {"cumsum c128.npy -o out.png", 2, "a picture needs the shape"},
    {"reduce-window m.npy --reducer max -o out.npy", 2, "needs --window-dimensions"},
    {"reduce-window m.npy --window-dimensions 2,2 -o out.npy", 2, "needs --reducer"},
    {"reduce-window m.npy --reducer sum --window-dimensions 2,2 -o out.npy", 2,
     "sum is none of add, mul"},
    {"reduce-window m.npy --reducer add --window-dimensions 2 -o out.npy", 2,
     "--window-dimensions has 1 entries"},
    {"reduce-window s8.npy --reducer add --window-dimensions 1,1 --init 128 -o out.npy", 2,
     "128 is not a value of type s8"},
    {"reduce-window m.npy --reducer and --window-dimensions 2,2 -o out.npy", 2, "f32"},
    {"pool x.npy --kind avg --window 2,2 --indices i.npy -o out.npy", 2, "no index"},
    {"pool x.npy --kind avg -o out.npy", 2, "one of --window"},
    {"pool x.npy --kind avg --global --window 1,1 -o out.npy", 2, "only one of"},
    {"pool x.npy --kind max --adaptive 1,1 --indices i.npy -o out.npy", 2, "has no --indices"},
    {"pool x.npy --kind max --window 1,1 --indices out.npy -o out.npy", 2, "both out.npy"},
    {"pool x.npy --kind max --window 1,1 --indices none/i.npy -o out.npy", 1, "none/i.npy"},
    {"pool x.npy --kind max --window 1,1 --indices i.npy -o none/out.npy", 1, "none/out.npy"},
    {"select-and-scatter-add m.npy x.npy --select eq --window-dimensions 1,1,2,2 -o out.npy", 2,
     "eq is none of ge, gt, le, lt"},
    {"select-and-scatter-add x.npy x.npy --select ge --window-dimensions 1,1,2,2 -o out.npy", 2,
     "source"},
    {"pad m.npy --config 0:0:0 -o out.npy", 2, "--config has 1 entries, X has 2 dimensions"},
    {"pad m.npy --config 0:0,0:0 -o out.npy", 2, "is not a list like"},
    {"pad m.npy --config=-4:0:0,0:0:0 -o out.npy", 2, ""},
    {"pad m.npy --config 0:0:-1,0:0:0 -o out.npy", 2, "interior"},
    {"reduce m.npy --reducer add --dimensions 0,0 -o out.npy", 2, ""},
    {"transpose m.npy -o out.npy", 2, "transpose needs --from and --to"},
    {"transpose m.npy --from NC -o out.npy", 2, "--from and --to go together"},
    {"transpose m.npy --from NHWC --to NCHW -o out.npy", 2, "names 4 dimensions, X has 2"},
    {"transpose m.npy --permutation 0,0 -o out.npy", 2, "permutation"},
    {"reduce-precision m.npy --exponent-bits 0 --mantissa-bits 3 -o out.npy", 2, "exponent_bits"},
    {"eval add.hlo m.npy -o out.npy -o out2.npy", 2, "has 2 parameters, 1 input is given"},
    {"eval add.hlo m.npy m.npy -o out.npy", 2, "eval has 2 results, -o is given 1 times"},
    {"eval add.hlo m.npy x.npy -o out.npy -o out2.npy", 2, ""},
    {"eval add.hlo m.npy s8.npy -o out.npy -o out2.npy", 2, ""},
    {"eval add.hlo m.npy m.npy -o out.npy -o none/out.npy", 1, "cannot write none/out.npy"},
    {"eval wrong.hlo", 2, "frobnicate"},
    {"eval none.hlo", 1, "cannot read none.hlo"},
    {"explain none.hlo", 1, "cannot read none.hlo"},
    {"explain add.hlo", 2, "exactly one operation of the family"},
    {"explain 'y = f32[2] convolution(x, w)'", 2, ""},
    {"layouts " CONV22 " --orders 0", 2, "--orders must be positive"},
    {"layouts add.hlo", 2, "exactly one operation of the family"},
    {"bench", 2, "either an HLO text or --csv"},
    {"bench --csv layers.csv " CONV22, 2, "either an HLO text or --csv"},
    {"bench --csv layers.csv --only On", 2, "no row named On"},
    {"bench --csv none.csv", 1, "cannot read none.csv"},
    {"bench --csv add.hlo", 2, "add.hlo"},
    {"bench --csv layers.csv --dtype f8", 2, "f8 is no element type"},
    {"bench --csv layers.csv --only one --lowering none --budget 0", 2, "none"},
    {"bench --csv layers.csv --mode packed", 2, "packed"},
    {"bench --csv layers.csv --layout chwn", 2, "chwn"},
    {"bench --csv layers.csv --format json", 2, "json"},
    {"bench --csv layers.csv --only two --tier 1", 2, "no row named two of this tier"},
    {"bench --only one " CONV22, 2, "choose rows of a --csv file"},
    {"bench --csv layers.csv --only one --layout nchw --lowering none", 2, "none"},
    {"bench --csv layers.csv --budget -1", 2, "-1 is not a number of seconds"},
    {"image m.npy --kernel edges -o out.png", 2, "a picture needs the shape"},
    {"image u8.npy --kernel edges", 2, "image needs -o OUT.png once"},
    {"image u8.npy --kernel edgy -o out.png", 2, "edgy is none of edges"},
    {"image u8.npy --kernel b.npy -o out.png", 2, "filters need the shape"},
};

/* One line, beginning with the command's name. */
static bool is_error_line(const char *text) {
    const char *end = strchr(text, '\n');
    return strncmp(text, "lax: ", 5) == 0 && end && end[1] == '\0';
}

START_TEST(refuses) {
    struct outcome got;
    int files = command_count_files();
    const char *words = bad[_i].words;
    command_run("", words, &got);
    ck_assert_msg(got.status == bad[_i].status, "%s: status %d, %s", words, got.status, got.err);
    ck_assert_msg(strstr(got.err, bad[_i].sentence) != NULL, "%s: %s", words, got.err);
    if (*words) ck_assert_msg(is_error_line(got.err), "%s: %s", words, got.err);
    ck_assert_msg(command_count_files() == files, "%s left a file behind", words);
}
END_TEST

static const char *const names[] = {"eval",
                                    "conv",
                                    "conv-transpose",
                                    "conv-grad-lhs",
                                    "conv-grad-rhs",
                                    "patches",
                                    "conv-local",
                                    "reduce-window",
                                    "pool",
                                    "pad",
                                    "select-and-scatter-add",
                                    "select-and-gather-add",
                                    "reduce",
                                    "cumsum",
                                    "cumprod",
                                    "cummax",
                                    "cummin",
                                    "cumlogsumexp",
                                    "reduce-precision",
                                    "transpose",
                                    "image",
                                    "layouts",
                                    "explain",
                                    "bench",
                                    "info"};

/* Every subcommand has a help with an example, and stands in the list of all. */
START_TEST(helps) {
    struct outcome got;
    char words[100];
    snprintf(words, sizeof words, "%s --help", names[_i]);
    command_run("", words, &got);
    ck_assert_int_eq(got.status, 0);
    ck_assert_str_eq(got.err, "");
    snprintf(words, sizeof words, "usage: lax %s", names[_i]);
    ck_assert_msg(strncmp(got.out, words, strlen(words)) == 0, "%s", got.out);
    ck_assert_ptr_nonnull(strstr(got.out, "example:\n  lax "));
    ck_assert_msg(command_is_narrow(got.out), "%s", got.out);
    command_run("", "--help", &got);
    ck_assert_int_eq(got.status, 0);
    ck_assert_ptr_nonnull(strstr(got.out, names[_i]));
    ck_assert(command_is_narrow(got.out));
}
END_TEST

static void must_run(const char *words, struct outcome *got) {
    command_run("", words, got);
    ck_assert_msg(got->status == 0, "%s: status %d, %s", words, got->status, got->err);
}

/* The bytes that NumPy itself would write. */
START_TEST(writes_npy) {
    struct outcome got;
    unsigned char bytes[200];
    size_t size = 0;
    const float expected[4] = {19, 25, 37, 43};
    must_run("conv x.npy w.npy -o out.npy", &got);
    ck_assert_str_eq(got.out, "");
    ck_assert(command_file("out.npy", bytes, sizeof bytes, &size));
    ck_assert_uint_eq(size, 128 + sizeof expected);
    ck_assert_mem_eq(bytes, "\x93NUMPY\1\0\x76\0", 10);
    ck_assert_ptr_nonnull(strstr((char *)bytes + 10, "{'descr': '<f4', 'fortran_order': False, "
                                                     "'shape': (1, 1, 2, 2), }"));
    ck_assert_uint_eq(bytes[127], '\n');
    ck_assert_mem_eq(bytes + 128, expected, sizeof expected);
    must_run("transpose bf16.npy --permutation 0 -o out.npy", &got);
    ck_assert(command_file("out.npy", bytes, sizeof bytes, &size));
    ck_assert_ptr_nonnull(strstr((char *)bytes + 10, "'<V2'"));
    ck_assert_ptr_nonnull(strstr((char *)bytes + 10, "(4,)"));
    ck_assert_mem_eq(bytes + 128, "\x80\x3f\x00\x40\x80\xbf\x80\x7f", 8);
    must_run("reduce-window pred.npy --reducer or --window-dimensions 1 -o out.npy", &got);
    ck_assert(command_file("out.npy", bytes, sizeof bytes, &size));
    ck_assert_ptr_nonnull(strstr((char *)bytes + 10, "'|b1'"));
    ck_assert_mem_eq(bytes + 128, "\1\0\1", 3);
}
END_TEST

/* Through a pipe, onto an input, into a device. */
START_TEST(writes_anywhere) {
    struct outcome got;
    char words[1000];
    const char *command = getenv("LAX_COMMAND");
    snprintf(words, sizeof words, "cumsum m.npy --axis 1 -o - | '%s' cummax - --axis 1",
             command ? command : LAX_TEST_COMMAND);
    must_run(words, &got);
    ck_assert_str_eq(got.out, "[[ 0.  1.  3.]\n [ 3.  7. 12.]\n [ 6. 13. 21.]]\n");
    must_run("transpose m.npy --permutation 1,0 -o out.npy", &got);
    must_run("transpose out.npy --permutation 1,0 -o out.npy", &got);
    must_run("transpose out.npy --permutation 0,1", &got);
    ck_assert_str_eq(got.out, "[[0. 1. 2.]\n [3. 4. 5.]\n [6. 7. 8.]]\n");
    must_run("cumsum m.npy -o /dev/null", &got);
    must_run("info >/dev/null", &got);
    command_run("", "cumsum m.npy >/dev/full", &got);
    ck_assert_int_eq(got.status, 1);
    ck_assert(is_error_line(got.err));
    command_run("", "cumsum m.npy -o /dev/full", &got);
    ck_assert_int_eq(got.status, 1);
}
END_TEST

/* A picture keeps its bytes on the way out and in; as floats they are in [0, 1]. */
START_TEST(pictures) {
    struct outcome got;
    unsigned char bytes[8];
    size_t size = 0;
    command_run("", "transpose u8.npy --permutation 0,1,2,3 -o p.png", &got);
    if (got.status == 2 && strstr(got.err, "built without libspng")) return;
    ck_assert_int_eq(got.status, 0);
    ck_assert(command_file("p.png", bytes, sizeof bytes, &size));
    ck_assert_mem_eq(bytes, "\x89PNG\r\n\x1a\n", 8);
    must_run("transpose p.png --permutation 0,3,1,2", &got);
    ck_assert_ptr_nonnull(strstr(got.out, "0.39215687"));
    must_run("reduce p.png --reducer max --dimensions 0,1,2,3", &got);
    ck_assert_str_eq(got.out, "1.0\n");
    const char *mlir = "func.func @main(%a: tensor<1x2x2x3xui8>) -> tensor<1x2x2x3xui8> {\n"
                       "  return %a : tensor<1x2x2x3xui8>\n}\n";
    command_write("bytes.mlir", mlir, strlen(mlir));
    must_run("eval bytes.mlir p.png", &got);
    ck_assert_str_eq(got.out, "[[[[  0   1   2]\n   [  3 100 101]]\n\n"
                              "  [[102 103 252]\n   [253 254 255]]]]\n");
}
END_TEST

static const char *const kernels[] = {"edges", "sobel", "sharpen", "blur", "m.npy", "mosaic.npy"};

/* Every kernel gives a picture, of the photo's size or a mosaic of it. */
START_TEST(images) {
    struct outcome got;
    char words[600];
    unsigned char bytes[24];
    size_t size = 0;
    must_run("pad y.npy --config 3:0:0,0:0:0,1:0:0,1:0:0 -o mosaic4.npy", &got);
    must_run("transpose mosaic4.npy --permutation 2,3,1,0 -o mosaic.npy", &got);
    snprintf(words, sizeof words, "image '%s/photo.png' --kernel %s -o p.png", LAX_TEST_DATA_DIR,
             kernels[_i]);
    command_run("", words, &got);
    if (got.status == 2 && strstr(got.err, "built without libspng")) return;
    ck_assert_msg(got.status == 0, "%s", got.err);
    ck_assert(command_file("p.png", bytes, sizeof bytes, &size));
    bool mosaic = strcmp(kernels[_i], "mosaic.npy") == 0;
    int width = bytes[18] * 256 + bytes[19], height = bytes[22] * 256 + bytes[23];
    ck_assert_int_eq(width, mosaic ? 1204 : 600);
    ck_assert_int_eq(height, mosaic ? 804 : 400);
}
END_TEST

/* Environment variables reach the library, and malformed ones are refused. */
START_TEST(environment) {
    struct outcome got;
    command_run("LAX_VERBOSE=1", "conv x.npy w.npy", &got);
    ck_assert_int_eq(got.status, 0);
    ck_assert_ptr_nonnull(strstr(got.err, "convolution("));
    command_run("LAX_LOWERING=reference LAX_NUM_THREADS=2 LAX_MAX_ISA=scalar", "conv x.npy w.npy",
                &got);
    ck_assert_str_eq(got.out, good[0].out);
    command_run("LAX_LOWERING=no_such_lowering", "conv x.npy w.npy", &got);
    ck_assert_int_eq(got.status, 2);
    ck_assert(is_error_line(got.err));
    command_run("LAX_NUM_THREADS=many", "conv x.npy w.npy", &got);
    ck_assert_int_eq(got.status, 2);
    ck_assert(is_error_line(got.err));
}
END_TEST

Suite *suite_cli(void) {
    Suite *suite = suite_create("cli");
    TCase *all = tcase_create("process");
    tcase_add_unchecked_fixture(all, command_setup, command_teardown);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, prints, 0, COUNT(good));
    tcase_add_loop_test(all, refuses, 0, COUNT(bad));
    tcase_add_loop_test(all, helps, 0, COUNT(names));
    tcase_add_test(all, writes_npy);
    tcase_add_test(all, writes_anywhere);
    tcase_add_test(all, pictures);
    tcase_add_loop_test(all, images, 0, COUNT(kernels));
    tcase_add_test(all, environment);
    suite_add_tcase(suite, all);
    return suite;
}
