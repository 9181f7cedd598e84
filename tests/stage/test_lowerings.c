/* SPDX-License-Identifier: Apache-2.0 */
/* The lowering of every row of the benchmarks is the one of bench/lowerings.csv, at each level of
 * this machine: a change of the planner shows in that table. A cell may name several, with |
 * between them, where caches decide; an empty one is not compared. bench/lowerings.py writes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "suites.h"
#include "support/support.h"

enum { CELLS = 5, LEVELS = 3 };
static const lax_isa levels[LEVELS] = {LAX_ISA_SCALAR, LAX_ISA_AVX2, LAX_ISA_AVX512};

/* Cuts a line in place at its commas; the last cell may be quoted, with quotes doubled in it. */
static bool cut(char *line, char *cells[CELLS]) {
    for (int i = 0; i < CELLS; i++) {
        cells[i] = line;
        if (i == CELLS - 1) break;
        line = strchr(line, ',');
        if (!line) return false;
        *line++ = '\0';
    }
    char *from = cells[CELLS - 1], *to = from;
    from[strcspn(from, "\n")] = '\0';
    bool quoted = *from == '"';
    for (from += quoted; *from; from++) {
        if (quoted && *from == '"' && *++from != '"') break;
        *to++ = *from;
    }
    *to = '\0';
    return true;
}

static bool names(const char *cell, const char *lowering) {
    size_t length = strlen(lowering);
    for (const char *at = cell; *at; at += *at == '|') {
        size_t n = strcspn(at, "|");
        if (n == length && strncmp(at, lowering, n) == 0) return true;
        at += n;
    }
    return false;
}

static void check_level(const char *const *cells, const lax_operation *operation, int level) {
    lax_context *context = NULL;
    lax_plan *plan = NULL;
    lax_error why;
    lax_context_options o = LAX_CONTEXT_OPTIONS(.num_threads = 1, .max_isa = levels[level]);
    must(lax_context_create(&o, &context, &why), &why, "context");
    must(lax_operation_plan(context, operation, &plan, &why), &why, cells[0]);
    const char *lowering = lax_plan_lowering(plan), *expected = cells[1 + level];
    ck_assert_msg(names(expected, lowering), "%s at %s is %s, expected %s", cells[0],
                  lax_i_isa_name(levels[level]), lowering, expected);
    lax_plan_release(plan);
    lax_context_destroy(context);
}

static void check_row(const char *const *cells) {
    lax_module *module = NULL;
    lax_operation operation = LAX_OPERATION(.op = LAX_OP_UNSET);
    lax_error why;
    const char *text = cells[CELLS - 1];
    must(lax_module_parse(text, strlen(text), &module, &why), &why, cells[0]);
    must(lax_module_operation(module, 0, &operation, &why), &why, cells[0]);
    for (int level = 0; level < LEVELS; level++)
        if (levels[level] <= lax_i_machine()->hardware_isa && cells[1 + level][0])
            check_level(cells, &operation, level);
    lax_module_release(module);
}

/* LAX_LOWERING would decide for the planner. */
START_TEST(table) {
    char line[4096], *cells[CELLS];
    int rows = 0;
    unsetenv("LAX_LOWERING");
    FILE *file = fopen(LAX_TEST_DIR "/bench/lowerings.csv", "r");
    ck_assert_msg(file != NULL, "bench/lowerings.csv cannot be read");
    ck_assert(fgets(line, sizeof line, file) != NULL);
    for (; fgets(line, sizeof line, file); rows++) {
        ck_assert_msg(cut(line, cells), "row %d has too few cells", rows);
        check_row((const char *const *)cells);
    }
    fclose(file);
    ck_assert_int_eq(rows, 82 + 20);
}
END_TEST

Suite *suite_lowerings(void) {
    Suite *suite = suite_create("lowerings");
    TCase *all = tcase_create("rows");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, table);
    suite_add_tcase(suite, all);
    return suite;
}
