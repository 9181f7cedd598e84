/* SPDX-License-Identifier: Apache-2.0 */
/* Draft -> instruction: what holds for every operation. The builders of the operations infer the
 * result; the type in the text must be the inferred one. */
#include "text/text.h"

#include <stdio.h>

/* --- new instructions ------------------------------------------------------------------------- */

static struct instruction *new_instruction(struct parser *p, enum text_op op, const char *name,
                                           size_t place) {
    if (p->instructions == MAX_INSTRUCTIONS) {
        lax_i_parse_fail(p, LAX_ERROR_LIMIT, place, "more than %d instructions", MAX_INSTRUCTIONS);
        return NULL;
    }
    struct instruction *made = lax_i_parse_take(p, sizeof *made);
    if (made == NULL) return NULL;
    char word[64];
    snprintf(word, sizeof word, "%s.%d", lax_i_ops[op].hlo, ++p->made);
    if (name == NULL) name = lax_i_arena_string(&p->module->arena, word, strlen(word));
    if (name == NULL) {
        lax_i_parse_memory(p);
        return NULL;
    }
    made->name = name;
    made->op = op;
    made->place = place;
    p->instructions++;
    return made;
}

static bool append(struct parser *p, struct instruction *instruction) {
    instruction->home = p->computation;
    instruction->number = p->computation->instructions.n;
    return lax_i_list_add(&p->module->arena, &p->computation->instructions, instruction) ||
           lax_i_parse_memory(p);
}

/* Copies forms into the module. */
static bool set_results(struct parser *p, struct instruction *instruction, bool tuple, int n,
                        const lax_tensor *forms) {
    instruction->results = lax_i_parse_take(p, (size_t)n * sizeof *forms);
    if (instruction->results == NULL) return false;
    if (n > 0) memcpy(instruction->results, forms, (size_t)n * sizeof *forms);
    instruction->tuple = tuple;
    instruction->n_results = n;
    return true;
}

static bool set_operands(struct parser *p, struct instruction *instruction, int n,
                         void *const *operands) {
    instruction->operands = lax_i_parse_take(p, (size_t)n * sizeof *instruction->operands);
    if (instruction->operands == NULL) return false;
    for (int i = 0; i < n; i++) instruction->operands[i] = operands[i];
    instruction->n_operands = n;
    return true;
}

bool lax_i_build_parameter(struct parser *p, const struct type *type, const char *name,
                           size_t place, struct instruction **out) {
    if (type->tuple)
        return lax_i_parse_fail(p, LAX_ERROR_UNSUPPORTED, place,
                                "parameters that are tuples are unsupported");
    *out = new_instruction(p, OP_PARAMETER, name, place);
    if (*out == NULL || !set_results(p, *out, false, 1, type->elements)) return false;
    (*out)->index = p->computation->parameters.n;
    if (!lax_i_list_add(&p->module->arena, &p->computation->parameters, *out))
        return lax_i_parse_memory(p);
    if (p->single && !lax_i_names_add(&p->module->arena, &p->values, name, strlen(name), *out))
        return lax_i_parse_memory(p);
    return append(p, *out);
}

struct instruction *lax_i_build_simple(struct parser *p, enum text_op op, const lax_tensor *form,
                                       int n, struct instruction *const *operands) {
    void *list[3];
    for (int i = 0; i < n; i++) list[i] = operands[i];
    struct instruction *made = new_instruction(p, op, NULL, lax_i_token(p)->place);
    if (made == NULL || !set_results(p, made, false, 1, form)) return NULL;
    return set_operands(p, made, n, list) && append(p, made) ? made : NULL;
}

struct instruction *lax_i_build_element_of(struct parser *p, struct instruction *tuple, int64_t i) {
    struct instruction *made = lax_i_build_simple(p, OP_ELEMENT, &tuple->results[i], 1, &tuple);
    if (made != NULL) made->index = i;
    return made;
}

/* --- results ---------------------------------------------------------------------------------- */

static void add_forms(struct text *text, bool tuple, int n, const lax_tensor *forms) {
    if (tuple) lax_i_text_add(text, "(");
    for (int i = 0; i < n && i < 8; i++) {
        if (i > 0) lax_i_text_add(text, ", ");
        lax_i_text_form(text, &forms[i]);
    }
    if (n > 8) lax_i_text_add(text, ", ...");
    if (tuple) lax_i_text_add(text, ")");
}

static bool mismatch(struct parser *p, const struct draft *draft, bool tuple, int n,
                     const lax_tensor *inferred) {
    char want[160], have[160];
    struct text a = lax_i_text(want, sizeof want), b = lax_i_text(have, sizeof have);
    add_forms(&a, tuple, n, inferred);
    add_forms(&b, draft->type.tuple || draft->type.n != 1, draft->type.n, draft->type.elements);
    return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place, "%s gives %s, but the text says %s",
                            lax_i_ops[draft->op].hlo, want, have);
}

bool lax_i_same_form(const lax_tensor *a, const lax_tensor *b) {
    return a->dtype == b->dtype && a->rank == b->rank &&
           memcmp(a->shape, b->shape, (size_t)a->rank * sizeof a->shape[0]) == 0;
}

bool lax_i_build_results(struct parser *p, struct draft *draft, struct instruction *instruction,
                         bool tuple, int n, const lax_tensor *inferred) {
    for (int i = 0; i < n; i++)
        if (!lax_i_parse_form_check(p, draft->place, &inferred[i])) return false;
    if (draft->type.n != n) return mismatch(p, draft, tuple, n, inferred);
    if (!p->mlir && draft->type.tuple != tuple) return mismatch(p, draft, tuple, n, inferred);
    for (int i = 0; i < n; i++)
        if (!lax_i_same_form(&inferred[i], &draft->type.elements[i]))
            return mismatch(p, draft, tuple, n, inferred);
    return set_results(p, instruction, tuple, n, draft->type.elements); /* with their layouts */
}

bool lax_i_build_result(struct parser *p, struct draft *draft, struct instruction *instruction,
                        const lax_tensor *inferred) {
    return lax_i_build_results(p, draft, instruction, false, 1, inferred);
}

/* Operations whose result is whatever the text says, to be judged by their builders. */
const lax_tensor *lax_i_written(struct parser *p, const struct draft *draft) {
    if (draft->type.n == 1 && !draft->type.tuple) return &draft->type.elements[0];
    lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place, "%s gives one array, not a tuple",
                     lax_i_ops[draft->op].hlo);
    return NULL;
}

/* --- checks ----------------------------------------------------------------------------------- */

bool lax_i_build_required(struct parser *p, const struct draft *draft, enum key key,
                          const char *name) {
    return lax_i_attribute_has(&draft->attributes, key) ||
           lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, draft->place, "%s needs the attribute %s",
                            lax_i_ops[draft->op].hlo, name);
}

bool lax_i_build_list(struct parser *p, const struct attributes *a, enum key key,
                      struct int_list *out) {
    out->n = lax_i_attribute_has(a, key) ? a->n[key] : 0;
    out->values =
        lax_i_arena_copy(&p->module->arena, a->values[key], (size_t)out->n * sizeof *out->values);
    return out->values != NULL || lax_i_parse_memory(p);
}

static bool check_count(struct parser *p, const struct draft *draft) {
    int arity = lax_i_ops[draft->op].arity, n = draft->operands.n;
    if (arity >= 0 && n != arity)
        return lax_i_parse_fail(p, LAX_ERROR_COUNT, draft->place, "%s takes %d operand%s, got %d",
                                lax_i_ops[draft->op].hlo, arity, arity == 1 ? "" : "s", n);
    for (int i = 0; i < n; i++)
        if (instruction_at(&draft->operands, i)->tuple && draft->op != OP_ELEMENT)
            return lax_i_parse_fail(p, LAX_ERROR_TYPE, draft->place,
                                    "operand %d of %s is a tuple; an array was expected", i,
                                    lax_i_ops[draft->op].hlo);
    return true;
}

static bool check_attributes(struct parser *p, const struct draft *draft) {
    const struct attributes *a = &draft->attributes;
    uint32_t extra = a->set & ~(lax_i_ops[draft->op].keys | KEY_BIT(FRONTEND));
    for (int key = 0; key < KEY_COUNT; key++)
        if (extra >> key & 1)
            return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, a->place[key],
                                    "%s has no such attribute", lax_i_ops[draft->op].hlo);
    if (a->frontend.n == 0 || (lax_i_ops[draft->op].keys & KEY_BIT(FRONTEND))) return true;
    return lax_i_parse_fail(p, LAX_ERROR_ATTRIBUTE, a->place[KEY_FRONTEND],
                            "%s has no lax.* attributes", lax_i_ops[draft->op].hlo);
}

bool lax_i_build(struct parser *p, struct draft *draft, struct instruction **out) {
    if (!check_count(p, draft) || !check_attributes(p, draft)) return false;
    struct instruction *made = new_instruction(p, draft->op, draft->name, draft->place);
    if (made == NULL || !set_operands(p, made, draft->operands.n, draft->operands.data))
        return false;
    if (!lax_i_ops[draft->op].build(p, draft, made)) return false;
    *out = made;
    return append(p, made);
}
