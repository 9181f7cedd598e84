/* SPDX-License-Identifier: Apache-2.0 */
/* Recognises regions that keep one of two pairs of a key and a payload, however they are written:
 * the region is followed through for every way in which the two keys and the two payloads can
 * compare, and what it keeps each time is the table of its meaning. Whatever a result may depend on
 * besides makes it unknown. */
#include "text/program.h"

/* How the accumulator's key compares with the element's. */
enum keys { KEYS_LESS, KEYS_EQUAL, KEYS_GREATER, KEYS_FIRST_NAN, KEYS_NEXT_NAN, KEYS_BOTH_NAN };
enum { KEYS = KEYS_BOTH_NAN + 1, KEYS_OF_INTEGERS = KEYS_GREATER + 1, PAYLOADS = 3 };

/* What a register holds in one of the ways. */
enum value { UNKNOWN, NO, YES, FIRST_KEY, NEXT_KEY, FIRST_PAYLOAD, NEXT_PAYLOAD };

struct way {
    const struct program *program;
    int key; /* operand */
    enum keys keys;
    int payloads; /* ORDER_*; 0: they do not compare */
    unsigned char value[MAX_REGISTERS];
};

static bool is_integer(lax_dtype type) {
    enum dtype_kind kind = lax_i_dtype_kind(type);
    return kind == KIND_SIGNED || kind == KIND_UNSIGNED;
}

static bool is_nan(const struct way *w, enum value x) {
    return (x == FIRST_KEY && (w->keys == KEYS_FIRST_NAN || w->keys == KEYS_BOTH_NAN)) ||
           (x == NEXT_KEY && (w->keys == KEYS_NEXT_NAN || w->keys == KEYS_BOTH_NAN));
}

static int mirror(int order) {
    return order == ORDER_LESS ? ORDER_GREATER : order == ORDER_GREATER ? ORDER_LESS : order;
}

/* ORDER_*, or 0 where it is not known. */
static int order_of(const struct way *w, enum value a, enum value b) {
    static const int keys[] = {ORDER_LESS, ORDER_EQUAL, ORDER_GREATER};
    if (a == UNKNOWN || b == UNKNOWN) return 0;
    if (a <= YES || b <= YES)
        return a > YES || b > YES ? 0 : a < b ? ORDER_LESS : a > b ? ORDER_GREATER : ORDER_EQUAL;
    bool payloads = a >= FIRST_PAYLOAD;
    if (payloads != (b >= FIRST_PAYLOAD) || (payloads && w->payloads == 0)) return 0;
    if (is_nan(w, a) || is_nan(w, b)) return ORDER_UNORDERED;
    if (a == b) return ORDER_EQUAL;
    int order = payloads ? w->payloads : keys[w->keys];
    return a < b ? order : mirror(order);
}

static enum value compare(const struct way *w, const struct step *step, enum value a,
                          enum value b) {
    int order = order_of(w, a, b);
    if (order == 0 || step->compare == COMPARE_TOTAL) return UNKNOWN;
    return order & step->direction ? YES : NO;
}

static enum value logic(enum text_op op, enum value a, enum value b) {
    if (a > YES || b > YES) return UNKNOWN;
    if (op == OP_AND && (a == NO || b == NO)) return NO;
    if (op == OP_OR && (a == YES || b == YES)) return YES;
    if (a == UNKNOWN || b == UNKNOWN) return UNKNOWN;
    return op == OP_XOR ? (a == b ? NO : YES) : op == OP_AND ? YES : NO;
}

/* Of integers one of the two, and equal ones are the same. */
static enum value extreme(const struct way *w, const struct step *step, enum value a,
                          enum value b) {
    int order = order_of(w, a, b);
    if (order == 0 || !is_integer(w->program->type[step->out])) return UNKNOWN;
    return (order == ORDER_GREATER) == (step->op == OP_MAXIMUM) ? a : b;
}

static enum value follow_step(const struct way *w, const struct step *step) {
    enum value in[3] = {UNKNOWN, UNKNOWN, UNKNOWN};
    for (int k = 0; k < step->n; k++) in[k] = (enum value)w->value[step->in[k]];
    switch (step->op) {
    case OP_COPY: return in[0];
    case OP_NOT: return in[0] == NO ? YES : in[0] == YES ? NO : UNKNOWN;
    case OP_AND:
    case OP_OR:
    case OP_XOR: return logic(step->op, in[0], in[1]);
    case OP_COMPARE: return compare(w, step, in[0], in[1]);
    case OP_MAXIMUM:
    case OP_MINIMUM: return extreme(w, step, in[0], in[1]);
    case OP_SELECT:
        if (in[1] == in[2]) return in[1];
        return in[0] == YES ? in[1] : in[0] == NO ? in[2] : UNKNOWN;
    default: return UNKNOWN;
    }
}

static void follow(struct way *w) {
    const struct program *program = w->program;
    for (int r = 0; r < program->n_registers; r++) {
        const unsigned char *constant = program->constant[r];
        bool pred = constant != NULL && program->type[r] == LAX_PRED;
        w->value[r] = !pred ? UNKNOWN : *constant != 0 ? YES : NO;
    }
    w->value[w->key] = FIRST_KEY;
    w->value[2 + w->key] = NEXT_KEY;
    w->value[1 - w->key] = FIRST_PAYLOAD;
    w->value[3 - w->key] = NEXT_PAYLOAD;
    for (int i = 0; i < program->n_steps; i++)
        w->value[program->steps[i].out] = (unsigned char)follow_step(w, &program->steps[i]);
}

/* Whether the accumulator's key and payload stay, by how keys and payloads compare. */
struct kept {
    bool key[KEYS][PAYLOADS], payload[KEYS][PAYLOADS];
};

static bool find_kept(const struct program *program, int key, struct kept *kept) {
    static const int orders[PAYLOADS] = {ORDER_LESS, ORDER_EQUAL, ORDER_GREATER};
    struct way w = {.program = program, .key = key};
    bool ordered = is_integer(program->type[1 - key]);
    int n = lax_i_dtype_kind(program->type[key]) == KIND_FLOAT ? KEYS : KEYS_OF_INTEGERS;
    for (int k = 0; k < n; k++)
        for (int p = 0; p < PAYLOADS; p++) {
            w.keys = (enum keys)k;
            w.payloads = ordered ? orders[p] : 0;
            follow(&w);
            int one = w.value[program->result[key]], other = w.value[program->result[1 - key]];
            kept->key[k][p] = one == FIRST_KEY;
            kept->payload[k][p] = other == FIRST_PAYLOAD;
            if ((one != FIRST_KEY && one != NEXT_KEY) ||
                (other != FIRST_PAYLOAD && other != NEXT_PAYLOAD))
                return false;
        }
    return true;
}

/* Keys never depend on payloads, and payloads follow their keys but where those are equal. */
static bool is_consistent(const struct kept *kept, int n) {
    for (int k = 0; k < n; k++)
        for (int p = 0; p < PAYLOADS; p++) {
            if (k == KEYS_EQUAL) continue;
            if (kept->key[k][p] != kept->key[k][0] || kept->payload[k][p] != kept->key[k][0])
                return false;
        }
    return true;
}

static bool nan_rule(const struct kept *kept, lax_nan_rule *rule) {
    bool first = kept->key[KEYS_FIRST_NAN][0], next = kept->key[KEYS_NEXT_NAN][0];
    *rule = next ? LAX_NAN_PASSED : first ? LAX_NAN_HELD : LAX_NAN_FORGOTTEN;
    return kept->key[KEYS_BOTH_NAN][0] == first && (first || !next);
}

/* Equal keys: floats may be zeros of two signs, so that it matters which stays; of integers only
 * the payload does. */
static bool rule_of_ties(const struct kept *kept, bool floats, struct lax_pair *pair, bool *stay) {
    const bool *key = kept->key[KEYS_EQUAL], *payload = kept->payload[KEYS_EQUAL];
    enum { LESS, EQUAL, GREATER };
    pair->lower = payload[LESS] && !payload[GREATER];
    *stay = floats ? key[0] : pair->lower || payload[LESS];
    if (floats && (key[LESS] != key[EQUAL] || key[LESS] != key[GREATER])) return false;
    return pair->lower || (payload[LESS] == *stay && payload[GREATER] == *stay);
}

static bool pair_of(const struct program *program, int key, lax_pair *pair) {
    struct kept kept = {0};
    lax_dtype type = program->type[key];
    bool floats = lax_i_dtype_kind(type) == KIND_FLOAT, stay;
    *pair = (lax_pair){.key = key};
    if (lax_i_dtype_kind(type) == KIND_COMPLEX || lax_dtype_size(program->type[1 - key]) > 8)
        return false;
    if (!find_kept(program, key, &kept) || !is_consistent(&kept, floats ? KEYS : KEYS_OF_INTEGERS))
        return false;
    if (floats && !nan_rule(&kept, &pair->nan)) return false;
    if (!rule_of_ties(&kept, floats, pair, &stay)) return false;
    bool max = kept.key[KEYS_GREATER][0];
    pair->select = max ? (stay ? LAX_GE : LAX_GT) : (stay ? LAX_LE : LAX_LT);
    return kept.key[KEYS_LESS][0] != max;
}

lax_pair lax_i_recognise_pair(const struct program *program) {
    lax_pair pair;
    if (program->n_parameters == 4 && program->n_results == 2)
        for (int key = 0; key < 2; key++)
            if (pair_of(program, key, &pair)) return pair;
    return (lax_pair){.select = LAX_SELECT_UNSET};
}
