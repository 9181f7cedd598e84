/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `lax layouts` share: variants of one convolution and the expected result. */
#ifndef LAX_CLI_LAYOUTS_H
#define LAX_CLI_LAYOUTS_H

#include "cli.h"

enum { LAYOUT_LHS, LAYOUT_RHS, LAYOUT_OUT, LAYOUT_TENSORS };

/* The convolution as given, its data, and what the reference lowering makes of them. */
struct layout_test {
    lax_operation operation;
    char labels[LAYOUT_TENSORS][LAX_MAX_RANK + 1];
    lax_tensor operands[2];
    lax_tensor expected;
    lax_tensor scale; /* floats: sums of the magnitudes of all products; else unused */
    double largest_scale;
    int64_t taps; /* products summed for one element of the result */
};

/* Orders of the three tensors' dimensions: dimension i of the variant is dimension order[i] of the
 * convolution as given; `physical` is the order in memory of the variant's dimensions. */
struct layout_variant {
    int32_t order[LAYOUT_TENSORS][LAX_MAX_RANK];
    int32_t physical[LAYOUT_TENSORS][LAX_MAX_RANK];
};

/* Fills the operands and computes the expected result. */
int cli_layouts_prepare(struct cli *cli, uint64_t seed, struct layout_test *test);
/* Runs one variant; at a difference prints its line and answers CLI_REQUEST. */
int cli_layouts_try(struct cli *cli, const struct layout_test *test,
                    const struct layout_variant *variant);
/* Where the first wrong element is; false when all agree. `got` has the given order. */
bool cli_layouts_differ(const struct layout_test *test, const lax_tensor *got,
                        int64_t index[LAX_MAX_RANK]);

#endif /* LAX_CLI_LAYOUTS_H */
