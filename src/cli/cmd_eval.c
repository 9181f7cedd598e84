/* SPDX-License-Identifier: Apache-2.0 */
/* lax eval: evaluates the ENTRY computation of an HLO module or @main of a StableHLO one. */
#include "cli.h"

/* Counts are compared before any tensor is read. */
static int check_counts(struct cli *cli, int n_inputs) {
    int needed = lax_module_n_parameters(cli->module);
    if (n_inputs != needed)
        return cli_fail(CLI_REQUEST, "%s has %d parameter%s, %d input%s given", cli->operands[0],
                        needed, needed == 1 ? "" : "s", n_inputs, n_inputs == 1 ? " is" : "s are");
    return cli_check_names(cli, lax_module_n_results(cli->module));
}

static int load_inputs(struct cli *cli, lax_tensor *inputs, int n) {
    for (int i = 0; i < n; i++) {
        lax_tensor form;
        lax_error why;
        int status = cli_check(lax_module_parameter(cli->module, i, &form, &why), &why);
        if (!status) status = cli_load_operand(cli, i + 1, form.dtype, &inputs[i]);
        if (status) return status;
    }
    return CLI_DONE;
}

static int make_outputs(struct cli *cli, lax_tensor *outputs, int n) {
    for (int i = 0; i < n; i++) {
        lax_error why;
        int status = cli_check(lax_module_result(cli->module, i, &outputs[i], &why), &why);
        if (!status) status = cli_tensor_alloc(cli, &outputs[i]);
        if (status) return status;
    }
    return CLI_DONE;
}

static int run_eval(struct cli *cli, const void *arguments) {
    (void)arguments;
    int n_inputs = cli->n_operands - 1;
    lax_error why;
    int status = cli_read_module(cli, cli->operands[0]);
    if (!status) status = check_counts(cli, n_inputs);
    if (status) return status;
    int n_outputs = lax_module_n_results(cli->module);
    lax_tensor *inputs = cli_alloc(cli, (size_t)n_inputs, sizeof *inputs);
    lax_tensor *outputs = cli_alloc(cli, (size_t)n_outputs, sizeof *outputs);
    if (!inputs || !outputs) return cli_no_memory();
    status = load_inputs(cli, inputs, n_inputs);
    if (!status) status = make_outputs(cli, outputs, n_outputs);
    if (status) return status;
    status = cli_check(
        lax_module_run(cli->context, cli->module, inputs, n_inputs, outputs, n_outputs, &why),
        &why);
    return status ? status : cli_results(cli, n_outputs, outputs);
}

const struct cli_command cli_cmd_eval = {
    .name = "eval",
    .summary = "evaluates a module of HLO or StableHLO text",
    .usage = "MODULE.(mlir|hlo) IN0 IN1 ... [-o OUT0]...",
    .details =
        "Shapes and element types of the inputs must be those of the text. Any 2-byte .npy is\n"
        "taken as bf16 where the text says bf16, and a picture gives bytes where it says u8.",
    .example = "lax eval layer.mlir x.npy w.npy -o y.npy",
    .min_operands = 1,
    .max_operands = 4096,
    .writes = true,
    .run = run_eval,
};
