/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of wrong calls: what each must answer. */
#ifndef LAX_TESTS_ERRORS_H
#define LAX_TESTS_ERRORS_H

#include <lax/lax.h>

#define BED 2048

/* Where outputs of wrong calls lie: nothing of it may change. */
struct bed {
    _Alignas(64) unsigned char bytes[BED];
};

struct error_result {
    const char *name;
    lax_status expected;
    const char *text; /* part of the sentence */
    lax_status got;
};

/* One table: run() makes call i with `why`, which may be NULL. */
struct error_table {
    const char *name;
    int32_t n;
    void (*run)(int32_t i, struct bed *bed, struct error_result *result, lax_error *why);
};

/* A wrong call that needs a function of its own. */
struct error_call {
    const char *name;
    lax_status expected;
    const char *text;
    lax_status (*call)(struct bed *bed, lax_error *why);
};
void error_call_run(const struct error_call *row, struct bed *bed, struct error_result *result,
                    lax_error *why);

extern const struct error_table errors_conv, errors_window, errors_window_calls, errors_move,
    errors_plan, errors_exchange, errors_text;

/* A tensor whose data is the bed, row-major. */
lax_tensor bed_tensor(struct bed *bed, lax_dtype type, int32_t rank, const int64_t *shape);

#endif
