/* SPDX-License-Identifier: Apache-2.0 */
/* Runs one variant of a convolution for `lax layouts`: its tensors get another order of dimensions,
 * in the dimension numbers, in memory, or both. */
#include "layouts.h"

#include <string.h>

/* A tensor of the variant's form: permuted sizes, laid out in memory by the physical order. */
static void reorder(const lax_tensor *given, const int32_t *order, const int32_t *physical,
                    lax_tensor *out) {
    int64_t stride = 1;
    *out = lax_tensor_permuted(given, order);
    out->data = NULL;
    for (int i = given->rank - 1; i >= 0; i--) {
        out->strides[physical[i]] = stride;
        stride *= out->shape[physical[i]] > 0 ? out->shape[physical[i]] : 1;
    }
}

/* The view of a variant's tensor in the given order of dimensions. */
static lax_tensor restore(const lax_tensor *tensor, const int32_t *order) {
    int32_t inverse[LAX_MAX_RANK] = {0};
    for (int32_t i = 0; i < tensor->rank; i++) inverse[order[i]] = i;
    return lax_tensor_permuted(tensor, inverse);
}

static void permute_label(const char *given, const int32_t *order, char *out) {
    size_t rank = strlen(given);
    for (size_t i = 0; i < rank; i++) out[i] = given[order[i]];
    out[rank] = '\0';
}

/* The operation in the variant's orders; `labels` holds the text of its dimension numbers. */
static void make_operation(const struct layout_test *test, const struct layout_variant *variant,
                           lax_operation *operation, char labels[4 * LAX_MAX_RANK]) {
    char permuted[LAYOUT_TENSORS][LAX_MAX_RANK + 1];
    const lax_tensor *given[] = {&test->operation.operands[0], &test->operation.operands[1],
                                 &test->operation.results[0]};
    *operation = test->operation;
    lax_tensor *forms[] = {&operation->operands[0], &operation->operands[1],
                           &operation->results[0]};
    for (int t = 0; t < LAYOUT_TENSORS; t++) {
        reorder(given[t], variant->order[t], variant->physical[t], forms[t]);
        permute_label(test->labels[t], variant->order[t], permuted[t]);
    }
    cli_set_labels(operation, permuted, labels);
}

static int load_operands(struct cli *cli, const struct layout_test *test,
                         const struct layout_variant *variant, const lax_operation *operation,
                         lax_tensor operands[2]) {
    lax_error why;
    for (int i = 0; i < 2; i++) {
        operands[i] = operation->operands[i];
        int status = cli_tensor_alloc(cli, &operands[i]);
        if (status) return status;
        status = cli_check(
            lax_transpose(cli->context, &test->operands[i], variant->order[i], &operands[i], &why),
            &why);
        if (status) return status;
    }
    return CLI_DONE;
}

static int report(struct cli *cli, const lax_operation *operation, const lax_tensor *got,
                  const int64_t *index) {
    char place[24 * LAX_MAX_RANK] = "";
    size_t at = 0;
    for (int d = 0; d < got->rank; d++)
        at += (size_t)snprintf(place + at, sizeof place - at, "%s%lld", d ? ", " : "",
                               (long long)index[d]);
    int status = cli_print_operation(cli, operation);
    if (status) return status;
    return cli_fail(CLI_REQUEST,
                    "the convolution printed above differs from the reference lowering, first at "
                    "element [%s] of the result as given",
                    place);
}

static int refused(struct cli *cli, const lax_operation *operation, const lax_error *why) {
    int status = cli_print_operation(cli, operation);
    return status ? status : cli_refuse(why);
}

int cli_layouts_try(struct cli *cli, const struct layout_test *test,
                    const struct layout_variant *variant) {
    lax_operation operation;
    char labels[4 * LAX_MAX_RANK];
    lax_tensor operands[2], out;
    int64_t index[LAX_MAX_RANK];
    lax_error why;
    make_operation(test, variant, &operation, labels);
    int status = load_operands(cli, test, variant, &operation, operands);
    out = operation.results[0];
    if (!status) status = cli_tensor_alloc(cli, &out);
    if (status) return status;
    lax_status answer = lax_operation_run(cli->context, &operation,
                                          (const lax_tensor *[]){&operands[0], &operands[1]},
                                          (lax_tensor *[]){&out}, &why);
    if (answer != LAX_OK) return refused(cli, &operation, &why);
    lax_tensor view = restore(&out, variant->order[LAYOUT_OUT]);
    if (!cli_layouts_differ(test, &view, index)) return CLI_DONE;
    return report(cli, &operation, &view, index);
}
