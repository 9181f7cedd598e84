/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of texts and of what they evaluate to. */
#ifndef LAX_TESTS_EVAL_ROWS_H
#define LAX_TESTS_EVAL_ROWS_H

#include "text/text.h"

struct row {
    const char *name, *text, *expected;
};
struct eval_rows {
    const struct row *rows;
    int32_t n;
};
extern const struct eval_rows eval_elements, eval_modules;

#endif
