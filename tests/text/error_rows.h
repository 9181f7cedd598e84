/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of texts that are refused. */
#ifndef LAX_TESTS_ERROR_ROWS_H
#define LAX_TESTS_ERROR_ROWS_H

#include "text/text.h"

struct error_row {
    const char *name;
    lax_status status;
    int32_t line, column;
    const char *sentence, *text;
};
struct error_rows {
    const struct error_row *rows;
    int32_t n;
};
extern const struct error_rows hlo_errors, stablehlo_errors;

#endif
