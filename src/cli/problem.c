/* SPDX-License-Identifier: Apache-2.0 */
/* Problems as text: reading the one operation that explain, layouts and bench take, printing it,
 * and the dimension labels of its tensors. */
#include "cli.h"

#include <string.h>
#include <unistd.h>

static int parse_module(struct cli *cli, const char *name, const char *text, size_t length) {
    lax_error why;
    lax_status status = lax_module_parse(text, length, &cli->module, &why);
    if (status == LAX_OK) return CLI_DONE;
    if (status == LAX_ERROR_MEMORY) return cli_refuse(&why);
    return cli_fail(CLI_REQUEST, "%s: %s", name, why.text);
}

int cli_read_module(struct cli *cli, const char *path) {
    struct cli_bytes bytes;
    int status = cli_read_file(cli, path, &bytes);
    if (status) return status;
    return parse_module(cli, path, (const char *)bytes.data, bytes.size);
}

/* A name of a file, unless it can only be a text. */
static bool is_text(const char *argument) {
    return strcmp(argument, "-") != 0 && access(argument, F_OK) != 0 &&
           strpbrk(argument, "({\n") != NULL;
}

/* Instructions that are not of the family are named, and skipped. */
static void list_others(struct cli *cli) {
    size_t length = lax_module_others(cli->module, NULL, 0);
    char *text = length ? cli_alloc(cli, length + 1, 1) : NULL;
    if (!text) return;
    lax_module_others(cli->module, text, length + 1);
    cli_progress_clear();
    fprintf(stderr, "lax: skipped: %.80s%s\n", text, length > 80 ? "..." : "");
}

int cli_problem(struct cli *cli, const char *text_or_path, lax_operation *operation) {
    lax_error why;
    int status = is_text(text_or_path)
                     ? parse_module(cli, "text", text_or_path, strlen(text_or_path))
                     : cli_read_module(cli, text_or_path);
    if (status) return status;
    int n = lax_module_n_operations(cli->module);
    if (n != 1)
        return cli_fail(CLI_REQUEST,
                        "the ENTRY computation must hold exactly one operation of the family, "
                        "it holds %d",
                        n);
    list_others(cli);
    return cli_check(lax_module_operation(cli->module, 0, operation, &why), &why);
}

int cli_print_operation(struct cli *cli, const lax_operation *operation) {
    size_t length = lax_operation_print(operation, NULL, 0);
    char *text = cli_alloc(cli, length + 1, 1);
    if (!text) return cli_no_memory();
    lax_operation_print(operation, text, length + 1);
    cli_progress_clear();
    printf("%s\n", text);
    return CLI_DONE;
}

static bool has_indices(const lax_conv_options *conv) {
    static const lax_conv_dimension_numbers unset;
    return memcmp(&conv->indices, &unset, sizeof unset) != 0;
}

static lax_status find_numbers(const lax_operation *operation, lax_conv_dimension_numbers *numbers,
                               lax_error *why) {
    const lax_conv_options *conv = &operation->conv;
    int32_t rank = operation->operands[0].rank;
    if (conv->dim_labels)
        return lax_conv_dimension_numbers_from_labels(conv->dim_labels, &rank, numbers, why);
    if (conv->dimension_numbers[0])
        return lax_conv_dimension_numbers_from_strings(rank, operation->operands[1].rank,
                                                       conv->dimension_numbers, numbers, why);
    *numbers = conv->indices;
    if (has_indices(conv)) return LAX_OK;
    for (int32_t d = 0; d < rank; d++)
        numbers->lhs_spec[d] = numbers->rhs_spec[d] = numbers->out_spec[d] = d;
    return LAX_OK;
}

int cli_labels(const lax_operation *operation, char labels[3][LAX_MAX_RANK + 1]) {
    char text[4 * LAX_MAX_RANK];
    lax_conv_dimension_numbers numbers;
    lax_error why;
    int32_t rank = operation->operands[0].rank;
    int status = cli_check(find_numbers(operation, &numbers, &why), &why);
    if (status) return status;
    lax_conv_dim_labels_print(&numbers, rank, text, sizeof text);
    const int starts[3] = {0, rank + 1, 2 * rank + 3}; /* behind "_" and "->" */
    for (int t = 0; t < 3; t++) {
        memcpy(labels[t], text + starts[t], (size_t)rank);
        labels[t][rank] = '\0';
    }
    return CLI_DONE;
}

void cli_set_labels(lax_operation *operation, char labels[3][LAX_MAX_RANK + 1],
                    char text[4 * LAX_MAX_RANK]) {
    lax_conv_options *conv = &operation->conv;
    snprintf(text, 4 * LAX_MAX_RANK, "%s_%s->%s", labels[0], labels[1], labels[2]);
    conv->dim_labels = text;
    memset(conv->dimension_numbers, 0, sizeof conv->dimension_numbers);
    memset(&conv->indices, 0, sizeof conv->indices);
}
