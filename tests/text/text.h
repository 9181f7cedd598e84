/* SPDX-License-Identifier: Apache-2.0 */
/* What the suites of the text front end share: texts of every form, evaluation to a string. */
#ifndef LAX_TESTS_TEXT_H
#define LAX_TESTS_TEXT_H

#include "support/support.h"

/* Whole texts, HLO and StableHLO, that must be accepted (corpus_*.c). */
struct source {
    const char *name, *text;
};
struct sources {
    const struct source *rows;
    int32_t n;
};
extern const struct sources hlo_sources, stablehlo_sources;

/* Parses, or fails the test. */
lax_module *parsed(const char *text);
/* Runs a module on inputs that count 0, 1, 2, ... through all of them, and prints the results as
 * "f32[2] 1 2; s32[] 3"; an error prints as its text. */
void evaluated(const char *text, char *out, size_t capacity);
/* The operation of a single instruction, or of a module with one. */
lax_module *operation_of(const char *text, lax_operation *operation);

#endif
