/* SPDX-License-Identifier: Apache-2.0 */
/* The golden cases as read from cases.txt and cases.bin (format: README.md). */
#ifndef LAX_TESTS_GOLDEN_H
#define LAX_TESTS_GOLDEN_H

#include <lax/lax.h>

enum { GOLDEN_TEXTS = 2, GOLDEN_ARRAYS = 8 };

enum golden_mode { GOLDEN_EXACT, GOLDEN_BITS, GOLDEN_FLOAT };

struct golden_output {
    lax_tensor form; /* row-major; data: expected elements, not for GOLDEN_FLOAT */
    enum golden_mode mode;
    long k;
    lax_dtype accumulate;
    const double *value; /* GOLDEN_FLOAT: f64, pairs for complex */
    const float *scale;
};

struct golden_case {
    char id[80];
    int n_inputs, n_outputs, n_texts;
    lax_tensor inputs[GOLDEN_ARRAYS];
    struct golden_output outputs[GOLDEN_ARRAYS];
    const char *kinds[GOLDEN_TEXTS]; /* "hlo", "stablehlo", "stablehlo-generic" */
    const char *texts[GOLDEN_TEXTS];
    size_t lengths[GOLDEN_TEXTS];
};

struct golden {
    int n;
    struct golden_case *cases;
    char *text;
    unsigned char *bytes;
    long nbytes;
};

/* Reads both files; aborts the test when they are not as README.md says. */
struct golden golden_read(void);
void golden_free(struct golden *golden);

#endif /* LAX_TESTS_GOLDEN_H */
