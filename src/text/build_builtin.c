/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions of a built-in reducer or comparison that a single HLO instruction only names,
 * so that the module can be printed as HLO that anybody reads. */
#include "text/text.h"

/* Adds instructions over scalars; NULL once something failed. */
struct maker {
    struct parser *p;
    lax_tensor form, pred;
};

static struct instruction *add(struct maker *m, enum text_op op, struct instruction *a,
                               struct instruction *b) {
    struct instruction *operands[] = {a, b};
    if (a == NULL || m->p->status != LAX_OK) return NULL;
    return lax_i_build_simple(m->p, op, &m->form, b == NULL ? 1 : 2, operands);
}

static struct instruction *compare(struct maker *m, int direction, struct instruction *a,
                                   struct instruction *b) {
    struct instruction *operands[] = {a, b};
    if (a == NULL || b == NULL) return NULL;
    struct instruction *made = lax_i_build_simple(m->p, OP_COMPARE, &m->pred, 2, operands);
    if (made != NULL) made->direction = direction;
    return made;
}

/* max(a, b) + log1p(exp(-|a - b|)), and a + b where the difference is NaN: as JAX writes it. */
static struct instruction *logaddexp(struct maker *m, struct instruction *a,
                                     struct instruction *b) {
    struct instruction *difference = add(m, OP_SUBTRACT, a, b);
    struct instruction *distance = add(m, OP_ABS, difference, NULL);
    struct instruction *power = add(m, OP_EXPONENTIAL, add(m, OP_NEGATE, distance, NULL), NULL);
    struct instruction *correction = add(m, OP_LOG_PLUS_ONE, power, NULL);
    struct instruction *maximum = add(m, OP_MAXIMUM, a, b);
    struct instruction *choice[] = {
        compare(m, ORDER_LESS | ORDER_GREATER | ORDER_UNORDERED, difference, difference),
        add(m, OP_ADD, a, b), correction == NULL ? NULL : add(m, OP_ADD, maximum, correction)};
    if (choice[0] == NULL || choice[1] == NULL || choice[2] == NULL) return NULL;
    return lax_i_build_simple(m->p, OP_SELECT, &m->form, 3, choice);
}

/* max + log1p(exp(a + b - 2 max)): |x| of a complex number is no way to order two. */
static struct instruction *logaddexp_complex(struct maker *m, struct instruction *a,
                                             struct instruction *b) {
    struct instruction *maximum = add(m, OP_MAXIMUM, a, b), *sum = add(m, OP_ADD, a, b);
    struct instruction *twice = maximum == NULL ? NULL : add(m, OP_ADD, maximum, maximum);
    if (sum == NULL || twice == NULL) return NULL;
    struct instruction *power = add(m, OP_EXPONENTIAL, add(m, OP_SUBTRACT, sum, twice), NULL);
    struct instruction *correction = add(m, OP_LOG_PLUS_ONE, power, NULL);
    return correction == NULL ? NULL : add(m, OP_ADD, maximum, correction);
}

static enum text_op binary(lax_reducer_kind kind) {
    switch (kind) {
    case LAX_ADD: return OP_ADD;
    case LAX_MUL: return OP_MULTIPLY;
    case LAX_MAX: return OP_MAXIMUM;
    case LAX_MIN: return OP_MINIMUM;
    case LAX_AND: return OP_AND;
    case LAX_OR: return OP_OR;
    case LAX_XOR: return OP_XOR;
    default: return OP_NONE;
    }
}

static struct instruction *root_of(struct maker *m, const char *name, struct instruction *a,
                                   struct instruction *b) {
    lax_reducer_kind kind = lax_i_named_reducer(name);
    lax_select select = lax_i_named_select(name);
    if (select != LAX_SELECT_UNSET) return compare(m, lax_i_select_direction(select), a, b);
    if (kind == LAX_LOGADDEXP)
        return lax_i_dtype_kind(m->form.dtype) == KIND_COMPLEX ? logaddexp_complex(m, a, b)
                                                               : logaddexp(m, a, b);
    return add(m, binary(kind), a, b);
}

/* Whether the reducer's operation exists for the type. */
static bool defined(const char *name, lax_dtype dtype) {
    lax_reducer_kind kind = lax_i_named_reducer(name);
    if (kind == LAX_REDUCER_UNSET) return true;
    enum text_op op = kind == LAX_LOGADDEXP ? OP_LOG_PLUS_ONE : binary(kind);
    return lax_i_elementwise(op, dtype) != NULL;
}

bool lax_i_builtin_fill(struct parser *p, struct computation *computation, lax_dtype dtype) {
    struct maker m = {p, {.dtype = dtype}, {.dtype = LAX_PRED}};
    struct type type = {false, 1, &m.form};
    struct instruction *parameter[2];
    struct computation *outer = p->computation;
    bool single = p->single;
    if (computation->root != NULL) return true;
    if (!defined(computation->name, dtype))
        return lax_i_parse_fail(p, LAX_ERROR_DTYPE_OPERATION, computation->place,
                                "'%.60s' is not defined for %s", computation->name,
                                lax_dtype_name(dtype));
    p->computation = computation;
    p->single = false; /* these parameters are not the instruction's operands */
    bool good = lax_i_build_parameter(p, &type, NULL, computation->place, &parameter[0]) &&
                lax_i_build_parameter(p, &type, NULL, computation->place, &parameter[1]);
    if (good) computation->root = root_of(&m, computation->name, parameter[0], parameter[1]);
    p->computation = outer;
    p->single = single;
    return computation->root != NULL && lax_i_finish_computation(p, computation);
}
