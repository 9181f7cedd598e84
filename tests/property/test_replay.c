/* SPDX-License-Identifier: Apache-2.0 */
/* Each operation prints as a line (and as a module) that parses into the same operation: it prints
 * the same again and computes what the oracle expects. */
#include <string.h>

#include "property/problem.h"
#include "suites.h"

#define TEXT 8000

static void check_results(struct problem *p, const char *how, const char *text) {
    struct message m;
    for (int32_t k = 0; k < p->n_out; k++) {
        if (!agrees(&p->expected[k], &p->out[k].tensor, &m)) {
            ck_abort_msg("%s: %s\n  %s", how, m.text, text);
        }
        view_reset(&p->out[k]);
    }
}

/* Initial value number i as an element of this type: what was given, or what its absence means. */
static struct ref_value initial_value(const struct problem *p, int32_t i, lax_dtype type) {
    const lax_operation *o = &p->op;
    const void *given = o->op == LAX_OP_PAD      ? o->padding_value
                        : o->op == LAX_OP_REDUCE ? o->reduce.init_values[i]
                                                 : o->window.init_values[i];
    bool least = o->select.kind == LAX_LE || o->select.kind == LAX_LT;
    if (given) return ref_load(type, given);
    switch (o->op) {
    case LAX_OP_REDUCE_WINDOW:
    case LAX_OP_REDUCE:
    case LAX_OP_SCAN: return ref_identity(o->reducer.kind, type);
    case LAX_OP_REDUCE_WINDOW_ARG: return ref_identity(least ? LAX_MIN : LAX_MAX, type);
    case LAX_OP_SELECT_AND_GATHER_ADD:
        if (i == 0) return ref_identity(least ? LAX_MIN : LAX_MAX, type);
        return ref_number(type, 0);
    default: return ref_number(type, 0);
    }
}

static void run_module(struct problem *p, const lax_module *module, const char *text) {
    lax_tensor in[LAX_MAX_OPERANDS], out[LAX_MAX_OPERANDS];
    lax_error why;
    for (int32_t k = 0; k < p->op.n_operands; k++) in[k] = p->in[k].tensor;
    for (int32_t k = 0; k < p->n_out; k++) out[k] = p->out[k].tensor;
    int32_t n = lax_module_n_parameters(module);
    unsigned char init[LAX_MAX_OPERANDS][16];
    ck_assert_int_le(n, LAX_MAX_OPERANDS);
    for (int32_t k = p->op.n_operands; k < n; k++) {
        must(lax_module_parameter(module, k, &in[k], &why), &why, text);
        in[k].data = init[k];
        ref_store(in[k].dtype, init[k], initial_value(p, k - p->op.n_operands, in[k].dtype));
    }
    lax_status s = lax_module_run(NULL, module, in, n, out, p->n_out, &why);
    ck_assert_msg(s == LAX_OK, "module_run: %s\n  %s", why.text, text);
    check_results(p, "module", text);
}

static void run_operation(struct problem *p, const lax_operation *op, const char *text) {
    const lax_tensor *in[LAX_MAX_OPERANDS];
    lax_tensor *out[LAX_MAX_OPERANDS];
    lax_error why;
    for (int32_t k = 0; k < p->op.n_operands; k++) in[k] = &p->in[k].tensor;
    for (int32_t k = 0; k < p->n_out; k++) out[k] = &p->out[k].tensor;
    lax_status s = lax_operation_run(NULL, op, in, out, &why);
    ck_assert_msg(s == LAX_OK, "operation_run: %s\n  %s", why.text, text);
    check_results(p, "operation", text);
}

/* A line must print as it was; a module says more than the line that its operation prints. */
static void replay(struct problem *p, const char *text, size_t length, bool line) {
    char again[TEXT];
    lax_module *module;
    lax_operation op;
    lax_error why;
    lax_status s = lax_module_parse(text, length, &module, &why);
    ck_assert_msg(s == LAX_OK, "%d:%d: %s\n  %s", why.line, why.column, why.text, text);
    ck_assert_int_eq(lax_module_n_operations(module), 1);
    must(lax_module_operation(module, 0, &op, &why), &why, text);
    lax_operation_print(&op, again, sizeof again);
    if (line) ck_assert_str_eq(again, text);
    run_operation(p, &op, text);
    run_module(p, module, text);
    lax_module_release(module);
}

START_TEST(printed_operations_replay) {
    const struct family *f = &families[_i];
    if (f->call) return;
    for (int64_t i = 0; i < test_problems(120); i++) {
        struct problem p;
        char text[TEXT];
        problem_init(&p, f, 60000 + i);
        if (p.callback) return;
        problem_data(&p);
        size_t length = lax_operation_print(&p.op, text, sizeof text);
        ck_assert_uint_lt(length, sizeof text);
        ck_assert_ptr_null(strchr(text, '\n'));
        replay(&p, text, length, true);
        length = lax_operation_print_module(&p.op, text, sizeof text);
        ck_assert_uint_lt(length, sizeof text);
        replay(&p, text, length, false);
        problem_free(&p);
    }
}
END_TEST

Suite *suite_replay(void) {
    Suite *suite = suite_create("replay");
    TCase *tc = tcase_create("replay");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, printed_operations_replay, 0, n_families);
    suite_add_tcase(suite, tc);
    return suite;
}
