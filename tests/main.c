/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the suites named on the command line, or all of them. Each test runs in a process of its own
 * unless CK_FORK=no. LAX_TEST_SEED, LAX_TEST_RANDOM (how many) and LAX_TEST_SHARE (percent
 * of the default) choose the random problems. --list prints the suites, --list-limited those
 * that follow LAX_MAX_ISA. */
#include "suites.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum scope { FREE, LIMITED };

struct entry {
    const char *name;
    enum scope scope;
    Suite *(*create)(void);
};

static const struct entry entries[] = {
#define SUITE(name, scope) {#name, scope, suite_##name},
#include "suites.def"
#undef SUITE
};
static const size_t n_entries = sizeof entries / sizeof *entries;

static const struct entry *entry_named(const char *name) {
    for (size_t i = 0; i < n_entries; i++) {
        if (strcmp(entries[i].name, name) == 0) return &entries[i];
    }
    return NULL;
}

static int list(enum scope least) {
    for (size_t i = 0; i < n_entries; i++)
        if (entries[i].scope >= least) puts(entries[i].name);
    return EXIT_SUCCESS;
}

static bool all_known(int n, char **names) {
    for (int i = 0; i < n; i++) {
        if (!entry_named(names[i])) {
            fprintf(stderr, "no suite %s; --list shows them\n", names[i]);
            return false;
        }
    }
    return true;
}

static SRunner *runner_of(int n, char **names) {
    SRunner *runner = srunner_create(NULL);
    if (n == 0) {
        for (size_t i = 0; i < n_entries; i++) srunner_add_suite(runner, entries[i].create());
    }
    for (int i = 0; i < n; i++) srunner_add_suite(runner, entry_named(names[i])->create());
    return runner;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--list") == 0) return list(FREE);
    if (argc == 2 && strcmp(argv[1], "--list-limited") == 0) return list(LIMITED);
    if (!all_known(argc - 1, argv + 1)) return EXIT_FAILURE;
    printf("seed %llu\n", (unsigned long long)test_seed());
    fflush(stdout);
    SRunner *runner = runner_of(argc - 1, argv + 1);
    srunner_run_all(runner, CK_ENV);
    int run = srunner_ntests_run(runner), failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
