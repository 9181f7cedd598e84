/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs in lanes: keys and payloads have one size, 4 bytes where both fit and 8 otherwise. Floats
 * are compared as f32 or f64, everything else as signed integers; what order they have is turned
 * round, and unsigned ones are made signed, by the bits that kernels flip. Payloads are only moved,
 * or compared as integers. */
#include "lower/pick_store.h"

static bool is_unsigned(lax_dtype type) { return lax_i_dtype_kind(type) == KIND_UNSIGNED; }

/* Bits of an element as they are, or a number of another width. */
static struct converter converter_of(lax_dtype from, lax_dtype to, lax_isa isa) {
    bool number = lax_dtype_size(from) != lax_dtype_size(to);
    if (number || from == LAX_PRED || to == LAX_PRED) return lax_i_converter(from, to, isa);
    return (struct converter){.general = lax_i_move_kernel(to)};
}

/* The integer that carries a payload. */
static lax_dtype carrier(lax_dtype type) {
    enum dtype_kind kind = lax_i_dtype_kind(type);
    if (kind != KIND_FLOAT && kind != KIND_COMPLEX) return type;
    size_t size = lax_dtype_size(type);
    return size == 2 ? LAX_U16 : size == 4 ? LAX_U32 : LAX_U64;
}

static uint64_t top_bit(size_t size) { return (uint64_t)1 << (8 * size - 1); }

void lax_i_pick_pairs(struct picks *g, const struct pick_problem *p, lax_isa isa) {
    bool narrow = lax_dtype_size(p->key_type) <= 4 && lax_dtype_size(p->value_type) <= 4;
    bool floats = lax_i_dtype_kind(p->key_type) == KIND_FLOAT;
    bool max = p->select == LAX_GE || p->select == LAX_GT;
    bool strict = p->select == LAX_GT || p->select == LAX_LT;
    lax_dtype integer = narrow ? LAX_S32 : LAX_S64, payload = carrier(p->value_type);
    struct pick_pairs *s = &g->pairs;
    enum pick_rule rule = p->nan == LAX_NAN_FORGOTTEN ? PICK_FORGET
                          : p->nan == LAX_NAN_HELD    ? PICK_HOLD
                                                      : PICK_PASS;
    g->key_type = !floats ? integer : narrow ? LAX_F32 : LAX_F64;
    g->key_size = lax_dtype_size(g->key_type);
    g->load = converter_of(g->type, g->key_type, isa);
    s->store_key = converter_of(g->key_type, g->type, isa);
    s->load = converter_of(payload, integer, isa);
    s->store = converter_of(integer, payload, isa);
    s->size = lax_dtype_size(payload);
    s->fn = lax_i_pair_kernel(isa, rule, strict, p->lower, g->key_type);
    if (is_unsigned(g->type) && g->size == g->key_size) s->key_flip = top_bit(g->key_size);
    if (!max) s->key_flip ^= floats ? top_bit(g->key_size) : UINT64_MAX;
    if (is_unsigned(payload) && s->size == g->key_size) s->flip = top_bit(g->key_size);
    int d = g->lane_dim;
    g->copied = g->size != g->key_size || g->type == LAX_PRED || g->stride[PICK_KEYS][d] != 1 ||
                g->phases > 1;
    s->copied = s->size != g->key_size || payload == LAX_PRED || g->stride[PICK_PAYLOAD][d] != 1 ||
                g->phases > 1;
    lax_i_convert(&g->load, s->start_key, 1, p->start_key, 1, 1);
    lax_i_convert(&s->load, s->start, 1, p->start_value, 1, 1);
}

/* Windows without elements give the start. */
void lax_i_pick_store_pairs(void *user, const struct pick_row *row) {
    const struct pick_sink *sink = user;
    const struct picks *g = sink->g;
    const struct pick_pairs *s = &g->pairs;
    const struct pick_store *store = sink->store;
    bool empty = row->number == NULL;
    int64_t step = empty ? 0 : 1, skip = empty ? 0 : row->lanes * (int64_t)g->key_size;
    const char *payload = empty ? (const char *)s->start : row->number;
    const char *key = empty ? (const char *)s->start_key : row->key;
    for (int64_t j = 0; j < row->runs; j++) {
        char *to = lax_i_pick_result(sink, row, j, PICK_VALUES_OUT, store->value_result, s->size);
        lax_i_convert(&s->store, to, g->stride[PICK_VALUES_OUT][g->lane_dim], payload + j * skip,
                      step, row->lanes);
        if (!store->keep_keys) continue;
        to = lax_i_pick_result(sink, row, j, PICK_KEYS_OUT, store->key_result, g->size);
        lax_i_convert(&s->store_key, to, g->stride[PICK_KEYS_OUT][g->lane_dim], key + j * skip,
                      step, row->lanes);
    }
}
