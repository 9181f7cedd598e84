/* SPDX-License-Identifier: Apache-2.0 */
/* What `lax layouts` compares with: integers and pred bit for bit with the reference lowering;
 * floats within direct summation's bound of the reference lowering in twice the precision. */
#include "layouts.h"

#include <math.h>
#include <string.h>

static lax_dtype wide_type(lax_dtype dtype) { return cli_is_complex(dtype) ? LAX_C128 : LAX_F64; }

/* The convolution as given, by the reference lowering. */
static int run_reference(struct cli *cli, const struct layout_test *test,
                         const lax_tensor operands[2], lax_tensor *out) {
    lax_operation operation = test->operation;
    lax_error why;
    for (int i = 0; i < 2; i++) operation.operands[i] = operands[i];
    operation.results[0] = *out;
    operation.conv.lowering = "reference";
    if (out->dtype != test->operation.results[0].dtype)
        operation.conv.preferred_element_type = out->dtype;
    return cli_check(lax_operation_run(cli->context, &operation,
                                       (const lax_tensor *[]){&operands[0], &operands[1]},
                                       (lax_tensor *[]){out}, &why),
                     &why);
}

/* |x| of every element as f64. */
static int magnitudes(struct cli *cli, const lax_tensor *wide, lax_tensor *out) {
    *out = lax_tensor_of(LAX_F64, NULL, wide->rank, wide->shape);
    int status = cli_tensor_alloc(cli, out);
    if (status) return status;
    double *to = out->data, value[2];
    for (int64_t i = 0, n = lax_tensor_elements(out); i < n; i++) {
        cli_number(wide->dtype, (char *)wide->data + (size_t)i * lax_dtype_size(wide->dtype),
                   value);
        to[i] = hypot(value[0], value[1]);
    }
    return CLI_DONE;
}

static double largest(const lax_tensor *tensor) {
    const double *value = tensor->data;
    double top = 0;
    for (int64_t n = lax_tensor_elements(tensor); n--;) top = fmax(top, *value++);
    return top;
}

static int expect_floats(struct cli *cli, struct layout_test *test) {
    lax_tensor wide[2], sizes[2];
    int status = CLI_DONE;
    for (int i = 0; i < 2 && !status; i++) {
        status = cli_convert(cli, &test->operands[i], wide_type(test->operands[i].dtype), &wide[i]);
        if (!status) status = magnitudes(cli, &wide[i], &sizes[i]);
    }
    const lax_tensor *result = &test->operation.results[0];
    test->expected = lax_tensor_of(wide_type(result->dtype), NULL, result->rank, result->shape);
    test->scale = lax_tensor_of(LAX_F64, NULL, result->rank, result->shape);
    if (!status) status = cli_tensor_alloc(cli, &test->expected);
    if (!status) status = cli_tensor_alloc(cli, &test->scale);
    if (!status) status = run_reference(cli, test, wide, &test->expected);
    if (!status) status = run_reference(cli, test, sizes, &test->scale);
    if (!status) test->largest_scale = largest(&test->scale);
    return status;
}

static int expect_integers(struct cli *cli, struct layout_test *test) {
    const lax_tensor *result = &test->operation.results[0];
    test->expected = lax_tensor_of(result->dtype, NULL, result->rank, result->shape);
    int status = cli_tensor_alloc(cli, &test->expected);
    return status ? status : run_reference(cli, test, test->operands, &test->expected);
}

/* Number of taps of the filter times its input features. */
static int64_t count_taps(const struct layout_test *test) {
    const char *output = strchr(test->labels[LAYOUT_RHS], 'o');
    const lax_tensor *rhs = &test->operands[1];
    int64_t taps = 1;
    for (int d = 0; d < rhs->rank; d++)
        if (test->labels[LAYOUT_RHS] + d != output) taps *= rhs->shape[d];
    return taps;
}

int cli_layouts_prepare(struct cli *cli, uint64_t seed, struct layout_test *test) {
    int status = cli_labels(&test->operation, test->labels);
    for (int i = 0; i < 2 && !status; i++) {
        test->operands[i] = test->operation.operands[i];
        status = cli_tensor_alloc(cli, &test->operands[i]);
        if (!status) cli_fill(&test->operands[i], &seed);
    }
    if (status) return status;
    test->taps = count_taps(test);
    bool exact = !cli_is_float(test->operation.results[0].dtype) &&
                 !cli_is_complex(test->operation.results[0].dtype);
    return exact ? expect_integers(cli, test) : expect_floats(cli, test);
}

/* Unit roundoffs times two: of the sums, which f16 and bf16 keep in f32, and of the result. */
static double epsilon(lax_dtype dtype, bool sums) {
    if (dtype == LAX_F64 || dtype == LAX_C128) return 0x1p-52;
    if (dtype == LAX_F16 && !sums) return 0x1p-10;
    if (dtype == LAX_BF16 && !sums) return 0x1p-7;
    return 0x1p-23;
}

/* docs/numerics.md: four roundings a step, as a random walk, on the scale of the products. */
static bool near(const struct layout_test *test, lax_dtype dtype, const int64_t *index,
                 const double got[2]) {
    double want[2], scale;
    cli_number(test->expected.dtype, cli_element(&test->expected, index), want);
    memcpy(&scale, cli_element(&test->scale, index), sizeof scale);
    double sums =
        4 * epsilon(dtype, true) * sqrt((double)test->taps) * (scale + 0.1 * test->largest_scale);
    for (int part = 0; part < 2; part++) {
        double bound = sums + epsilon(dtype, false) * fabs(want[part]) + 1e-37;
        if (!(fabs(got[part] - want[part]) <= bound)) return false;
    }
    return true;
}

static bool same(const struct layout_test *test, const lax_tensor *got, const int64_t *index) {
    const void *element = cli_element(got, index);
    double value[2];
    if (!test->scale.data)
        return memcmp(element, cli_element(&test->expected, index), lax_dtype_size(got->dtype)) ==
               0;
    cli_number(got->dtype, element, value);
    return near(test, got->dtype, index, value);
}

bool cli_layouts_differ(const struct layout_test *test, const lax_tensor *got,
                        int64_t index[LAX_MAX_RANK]) {
    memset(index, 0, LAX_MAX_RANK * sizeof *index);
    if (lax_tensor_elements(got) <= 0) return false;
    do
        if (!same(test, got, index)) return true;
    while (cli_next_index(got, index));
    return false;
}
