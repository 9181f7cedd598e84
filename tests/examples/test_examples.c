/* SPDX-License-Identifier: Apache-2.0 */
/* Every example program, run as a process; its exit status says whether its own two ways agree, and
 * its output must hold the figures that it is known for. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *program;
    bool pictures; /* not built without a PNG library */
    const char *says[8];
} rows[] = {
    {"readme", false, {"corner 75", "middle 147"}},
    {"conv2d_layer", false, {"2x25x25x4", "loops against the layer", "(agree)"}},
    {"layer_library", false, {"4x26x26x8", "4x13x13x8", "(agree)"}},
    {"book_chapter",
     false,
     {"[[19 25]\n [37 43]]", "[[27 37]\n [57 67]]", "batch 2, loss 19.368",
      "batch 10, loss 0.233\n[[1.03129 -0.93357]]", "[[56 72]\n [104 120]]", "[[10 11]\n [14 15]]",
      "[[5 7]\n [13 15]]", "all numbers are the book's"}},
    {"max_pool", false, {"32x13x13x3", "(agree)"}},
    {"feature_maps",
     true,
     {"ConvDimensionNumbers(lhs_spec=(0, 1, 2, 3), rhs_spec=(0, 1, 2, 3), out_spec=(0, 1, 2, 3))",
      "(32, 4, 28, 28)", "(agree)"}},
};

/* Output and exit status of a command; -1 if it cannot be run. */
static int run(const char *command, char *output, size_t capacity) {
    FILE *pipe = popen(command, "r");
    ck_assert(pipe != NULL);
    size_t n = fread(output, 1, capacity - 1, pipe);
    output[n] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(example_runs) {
    char command[1024], output[8192];
    snprintf(command, sizeof command, "%s/%s", LAX_TEST_EXAMPLES_DIR, rows[_i].program);
    if (rows[_i].pictures && access(command, X_OK) != 0) return;
    ck_assert_msg(run(command, output, sizeof output) == 0, "%s fails:\n%s", command, output);
    for (int i = 0; i < 8 && rows[_i].says[i] != NULL; i++)
        ck_assert_msg(strstr(output, rows[_i].says[i]) != NULL, "%s does not say '%s' but\n%s",
                      rows[_i].program, rows[_i].says[i], output);
}
END_TEST

/* The photograph's feature maps: a PNG of some size. */
START_TEST(feature_maps_of_a_photograph) {
    char command[2048], output[8192], folder[200], path[300];
    const char *base = getenv("TMPDIR");
    struct stat info;
    snprintf(command, sizeof command, "%s/feature_maps", LAX_TEST_EXAMPLES_DIR);
    if (access(command, X_OK) != 0) return;
    snprintf(folder, sizeof folder, "%s/lax-examples-XXXXXX", base ? base : P_tmpdir);
    ck_assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/maps.png", folder);
    snprintf(command, sizeof command, "%s/feature_maps %s/photo.png %s", LAX_TEST_EXAMPLES_DIR,
             LAX_TEST_DATA_DIR, path);
    ck_assert_msg(run(command, output, sizeof output) == 0, "%s", output);
    ck_assert(stat(path, &info) == 0 && info.st_size > 50000);
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(wrong_arguments_are_an_error) {
    char output[8192];
    if (access(LAX_TEST_EXAMPLES_DIR "/feature_maps", X_OK) != 0) return;
    ck_assert_int_eq(run(LAX_TEST_EXAMPLES_DIR "/feature_maps photo.png 2>&1", output, 8192), 2);
    ck_assert(strstr(output, "usage: feature_maps") != NULL);
}
END_TEST

START_TEST(a_missing_photograph_is_an_error) {
    char command[1024], output[8192];
    snprintf(command, sizeof command, "%s/feature_maps nowhere.png out.png 2>&1",
             LAX_TEST_EXAMPLES_DIR);
    if (access(LAX_TEST_EXAMPLES_DIR "/feature_maps", X_OK) != 0) return;
    ck_assert_int_eq(run(command, output, sizeof output), 1);
    ck_assert(strstr(output, "nowhere.png cannot be read") != NULL);
    ck_assert(access("out.png", F_OK) != 0);
}
END_TEST

Suite *suite_examples(void);
Suite *suite_examples(void) {
    Suite *suite = suite_create("examples");
    TCase *tcase = tcase_create("examples");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, example_runs, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tcase, feature_maps_of_a_photograph);
    tcase_add_test(tcase, a_missing_photograph_is_an_error);
    tcase_add_test(tcase, wrong_arguments_are_an_error);
    suite_add_tcase(suite, tcase);
    return suite;
}
