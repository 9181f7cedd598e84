/* SPDX-License-Identifier: Apache-2.0 */
/* What can be checked and filled in only when a computation, or the whole module, is known. */
#include "text/text.h"

#include <stdio.h>

/* --- a computation ---------------------------------------------------------------------------- */

/* Parameters by number: 0 to n - 1, each once. */
static bool order_parameters(struct parser *p, struct computation *computation) {
    int n = computation->parameters.n;
    struct list sorted = {0};
    for (int i = 0; i < n; i++)
        if (!lax_i_list_add(&p->module->arena, &sorted, NULL)) return lax_i_parse_memory(p);
    for (int i = 0; i < n; i++) {
        struct instruction *parameter = instruction_at(&computation->parameters, i);
        if (parameter->index >= n || sorted.data[parameter->index] != NULL)
            return lax_i_parse_fail(p, LAX_ERROR_COUNT, parameter->place,
                                    "parameter number %lld: the %d parameters must be numbered "
                                    "from 0, each once",
                                    (long long)parameter->index, n);
        sorted.data[parameter->index] = parameter;
    }
    computation->parameters = sorted;
    return true;
}

static void find_uses(struct computation *computation) {
    int n = computation->instructions.n;
    for (int i = 0; i < n; i++) {
        struct instruction *instruction = instruction_at(&computation->instructions, i);
        instruction->last_use = i;
        for (int k = 0; k < instruction->n_operands; k++) instruction->operands[k]->last_use = i;
    }
    computation->root->last_use = n;
}

bool lax_i_finish_computation(struct parser *p, struct computation *computation) {
    int n = computation->instructions.n;
    if (n == 0)
        return lax_i_parse_fail(p, LAX_ERROR_SYNTAX, computation->place,
                                "computation '%.60s' has no instructions", computation->name);
    if (computation->root == NULL)
        computation->root = instruction_at(&computation->instructions, n - 1);
    if (!order_parameters(p, computation)) return false;
    find_uses(computation);
    return true;
}

/* --- calls ------------------------------------------------------------------------------------ */

static bool check_call(struct parser *p, const struct instruction *call) {
    const struct computation *callee = call->called[0];
    if (callee->root == NULL)
        return lax_i_parse_fail(p, LAX_ERROR_NAME, call->place, "'%.60s' is called, not defined",
                                callee->name);
    bool good = callee->parameters.n == call->n_operands &&
                callee->root->n_results == call->n_results &&
                (callee->root->tuple == call->tuple || p->mlir);
    for (int i = 0; good && i < call->n_operands; i++)
        good = lax_i_same_form(&call->operands[i]->results[0],
                               &instruction_at(&callee->parameters, i)->results[0]);
    for (int i = 0; good && i < call->n_results; i++)
        good = lax_i_same_form(&call->results[i], &callee->root->results[i]);
    return good || lax_i_parse_fail(p, LAX_ERROR_TYPE, call->place,
                                    "the call of '%.60s' does not agree with its parameters and "
                                    "results",
                                    callee->name);
}

/* Counts what one execution runs, and finds recursion; depth is bounded. */
static bool visit(struct parser *p, struct computation *computation, int depth) {
    int64_t executed = computation->instructions.n;
    int height = 1;
    if (computation->visiting == 2) return true;
    if (computation->visiting == 1 || depth > MAX_NESTING)
        return lax_i_parse_fail(p, LAX_ERROR_LIMIT, computation->place,
                                "computation '%.60s' calls itself, or calls nest more than %d "
                                "deep",
                                computation->name, MAX_NESTING);
    computation->visiting = 1;
    for (int i = 0; i < computation->instructions.n; i++) {
        struct instruction *call = instruction_at(&computation->instructions, i);
        if (call->op != OP_CALL) continue;
        if (!check_call(p, call) || !visit(p, call->called[0], depth + 1)) return false;
        executed += call->called[0]->executed;
        if (height <= call->called[0]->height) height = call->called[0]->height + 1;
        if (executed > MAX_EXECUTED || height > MAX_NESTING)
            return lax_i_parse_fail(p, LAX_ERROR_LIMIT, call->place,
                                    "calls that run more than %d instructions, or nest more than "
                                    "%d deep",
                                    MAX_EXECUTED, MAX_NESTING);
    }
    computation->executed = executed;
    computation->height = height;
    computation->visiting = 2;
    return true;
}

bool lax_i_check_calls(struct parser *p, struct computation *computation) {
    return visit(p, computation, 0);
}

/* --- order ------------------------------------------------------------------------------------ */

static bool contains(const struct list *list, const void *item) {
    for (int i = 0; i < list->n; i++)
        if (list->data[i] == item) return true;
    return false;
}

/* Calls have been checked: there are no cycles, and the depth is bounded. */
bool lax_i_collect(struct parser *p, struct computation *computation, struct list *order) {
    const struct list *all = &computation->instructions;
    if (contains(order, computation)) return true;
    for (int n = 0; n < all->n; n++) {
        const struct instruction *i = instruction_at(all, n);
        for (int k = 0; k < 2 && i->called[k] != NULL; k++)
            if (!lax_i_collect(p, i->called[k], order)) return false;
    }
    return lax_i_list_add(&p->module->arena, order, computation) || lax_i_parse_memory(p);
}

/* --- initial values --------------------------------------------------------------------------- */

/* The constant behind an operand, through broadcasts of scalars and copies; or NULL. */
static const void *constant_of(const struct instruction *instruction) {
    while ((instruction->op == OP_BROADCAST || instruction->op == OP_COPY ||
            instruction->op == OP_RESHAPE) &&
           instruction->operands[0]->results[0].rank == 0)
        instruction = instruction->operands[0];
    return instruction->op == OP_CONSTANT ? instruction->literal : NULL;
}

/* What plans are made with: the constant, else the identity; callbacks have none, so zero. */
static bool set_inits(struct parser *p, struct instruction *instruction) {
    struct family *family = instruction->family;
    bool callback = family->operation.reducer.fn != NULL;
    for (int k = 0; k < family->n_init && !family->given_init; k++) {
        const void *value = constant_of(instruction->operands[family->init + k]);
        if (value == NULL && callback) value = lax_i_parse_take(p, 16);
        if (value == NULL && callback) return false;
        lax_i_family_set_init(family, k, value);
    }
    return true;
}

/* --- the module ------------------------------------------------------------------------------- */

/* Symbols may hold characters that HLO's names do not, and regions have made-up names. */
static char *printable(struct parser *p, const char *name, int number) {
    size_t n = strlen(name);
    char *made = lax_i_parse_take(p, n + 16);
    if (made == NULL) return NULL;
    for (size_t i = 0; i < n; i++) {
        bool good = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= 'A' && name[i] <= 'Z') ||
                    (name[i] >= '0' && name[i] <= '9' && i > 0) || strchr("_.", name[i]) != NULL;
        made[i] = good ? name[i] : '_';
    }
    if (number > 0) snprintf(made + n, 16, ".%d", number);
    return made;
}

static bool unique_names(struct parser *p) {
    struct list *all = &p->module->computations;
    struct names *used = &p->values; /* of no use any more */
    lax_i_names_truncate(used, 0);
    for (int i = 0; i < all->n; i++) {
        struct computation *c = all->data[i];
        char *name = printable(p, c->name, 0);
        for (int k = i + 1; name != NULL && lax_i_names_find(used, name, strlen(name)) != NULL; k++)
            name = printable(p, c->name, k);
        if (name == NULL) return false;
        c->name = name;
        if (!lax_i_names_add(&p->module->arena, used, name, strlen(name), c))
            return lax_i_parse_memory(p);
    }
    return true;
}

bool lax_i_finish(struct parser *p) {
    struct list *all = &p->module->computations;
    for (int i = 0; i < all->n; i++)
        if (!visit(p, all->data[i], 0)) return false;
    if (p->mlir && !unique_names(p)) return false;
    for (int i = 0; i < all->n; i++)
        if (!lax_i_collect(p, all->data[i], &p->module->order)) return false;
    struct list *entry = &p->module->entry->instructions;
    for (int i = 0; i < entry->n; i++) {
        struct instruction *instruction = instruction_at(entry, i);
        if (instruction->family != NULL && !set_inits(p, instruction)) return false;
    }
    return true;
}
