/* SPDX-License-Identifier: Apache-2.0 */
/* Stores rows of winners: offsets of their payloads first, then what lies there. */
#include "lower/pick_store.h"

void lax_i_pick_source(const struct pick_problem *p, struct pick_source *source) {
    *source =
        (struct pick_source){.rank = p->rank,
                             .axis = p->axis,
                             .strides = {p->key_stride, p->value_out_stride, p->payload_stride,
                                         p->keep_keys ? p->key_out_stride : NULL},
                             .type = p->key_type,
                             .select = p->select,
                             .rule = p->nan == LAX_NAN_HELD ? PICK_HOLD : PICK_FORGET};
}

void lax_i_pick_store(const struct pick_problem *p, lax_dtype keys, lax_isa isa,
                      struct pick_store *store) {
    bool max = p->select == LAX_GE || p->select == LAX_GT;
    lax_reducer_kind kind = p->key_type == LAX_PRED ? (max ? LAX_OR : LAX_AND)
                            : max                   ? LAX_MAX
                                                    : LAX_MIN;
    *store = (struct pick_store){.indices = p->indices,
                                 .keep_keys = p->keep_keys,
                                 .max = max,
                                 .started = p->started,
                                 .value_operand = p->value_operand,
                                 .key_result = p->key_result,
                                 .value_result = p->value_result,
                                 .value_size = lax_dtype_size(p->value_type)};
    struct converter load = lax_i_pick_converter(p->key_type, keys, isa);
    lax_i_identity(kind, p->key_type, store->best);
    if (p->started) memcpy(store->best, p->start_key, sizeof store->best);
    lax_i_convert(&load, store->start, 1, store->best, 1, 1);
    memcpy(store->start_value, p->start_value, sizeof store->start_value);
    store->store_key = lax_i_pick_converter(keys, p->key_type, isa);
    store->store_value = lax_i_move_kernel(p->value_type);
    store->store_index = lax_i_convert_kernel(LAX_S64, p->value_type);
}

/* Offsets of payloads (8 bytes a lane), then what is loaded from there (up to 8 bytes). */
size_t lax_i_pick_store_nbytes(void) { return (size_t)PICK_LANES * 16; }

enum { NOWHERE = -1 };

static int64_t number_at(const void *number, size_t size, int64_t l) {
    switch (size) {
    case 1: return ((const int8_t *)number)[l];
    case 2: return ((const int16_t *)number)[l];
    case 4: return ((const int32_t *)number)[l];
    default: return ((const int64_t *)number)[l];
    }
}

/* Indices of records, of 4 or 8 bytes, without their flags. The start's is the greatest: its sum
 * wraps, and is not used. */
static void find_indices(int64_t *offset, const void *index, size_t size, int64_t n, int64_t base) {
    if (size == 4)
        for (int64_t l = 0; l < n; l++)
            offset[l] = (((const int32_t *)index)[l] & INT32_MAX) + base;
    else
        for (int64_t l = 0; l < n; l++)
            offset[l] =
                (int64_t)((uint64_t)(((const int64_t *)index)[l] & INT64_MAX) + (uint64_t)base);
}

/* One loop a size, so that no lane asks. */
static inline void find_lanes(int64_t *offset, const void *number, const size_t size,
                              const struct pick_row *row, int64_t base) {
    const int64_t *place = row->place;
    int64_t n = row->lanes, step = row->lane_step;
    for (int64_t l = 0; l < n; l++, base += step)
        offset[l] = place[number_at(number, size, l)] + base;
}

static void find(int64_t *offset, const void *number, size_t size, const struct pick_row *row,
                 int64_t base) {
    if (row->place == NULL) {
        find_indices(offset, number, size, row->lanes, base);
        return;
    }
    switch (size) {
    case 1: find_lanes(offset, number, 1, row, base); break;
    case 2: find_lanes(offset, number, 2, row, base); break;
    case 4: find_lanes(offset, number, 4, row, base); break;
    default: find_lanes(offset, number, 8, row, base); break;
    }
}

static inline void load(void *to, const char *from, const int64_t *offset, int64_t n,
                        const size_t size) {
    for (int64_t l = 0; l < n; l++)
        memcpy((char *)to + (size_t)l * size, from + offset[l] * (int64_t)size, size);
}

static void load_values(const struct pick_sink *sink, void *to, const int64_t *offset, int64_t n) {
    const char *from = sink->execution->in[sink->store->value_operand];
    switch (sink->store->value_size) {
    case 1: load(to, from, offset, n, 1); break;
    case 2: load(to, from, offset, n, 2); break;
    case 4: load(to, from, offset, n, 4); break;
    default: load(to, from, offset, n, 8); break;
    }
}

/* Did the start win? Its number is negative, its index the greatest. */
static inline bool is_start(const struct pick_row *row, const void *number, const size_t size,
                            int64_t l) {
    int64_t at = number_at(number, size, l), greatest = size == 4 ? INT32_MAX : INT64_MAX;
    return row->place != NULL ? at < 0 : (at & greatest) == greatest;
}

static inline bool any_start_of(const struct pick_row *row, const void *number, const size_t size) {
    bool any = false;
    for (int64_t l = 0; l < row->lanes; l++) any |= is_start(row, number, size, l);
    return any;
}

static bool any_start(const struct pick_row *row, const void *number, size_t size) {
    switch (size) {
    case 1: return any_start_of(row, number, 1);
    case 2: return any_start_of(row, number, 2);
    case 4: return any_start_of(row, number, 4);
    default: return any_start_of(row, number, 8);
    }
}

/* Payloads of windows that the start won are its own. */
static void load_started(const struct pick_sink *sink, const struct pick_row *row, char *to,
                         const void *number) {
    size_t bytes = sink->store->value_size;
    const int64_t *offset = sink->lanes;
    const char *from = sink->execution->in[sink->store->value_operand];
    for (int64_t l = 0; l < row->lanes; l++) {
        memcpy(to + (size_t)l * bytes, sink->store->start_value, bytes);
        if (!is_start(row, number, sink->g->key_size, l))
            memcpy(to + (size_t)l * bytes, from + offset[l] * (int64_t)bytes, bytes);
    }
}

char *lax_i_pick_result(const struct pick_sink *sink, const struct pick_row *row, int64_t j, int t,
                        int out, size_t size) {
    const struct picks *g = sink->g;
    int64_t at = lax_i_offset(g->rank, row->position, g->stride[t]);
    if (g->run_dim >= 0) at += j * g->stride[t][g->run_dim];
    return (char *)sink->execution->out[out] + at * (int64_t)size;
}

static void store_row(const struct pick_sink *sink, const struct pick_row *row, int64_t j,
                      int64_t base) {
    const struct pick_store *s = sink->store;
    const struct picks *g = sink->g;
    int64_t *offset = sink->lanes, stride = g->stride[PICK_VALUES_OUT][g->lane_dim];
    char *value = (char *)sink->lanes + (size_t)PICK_LANES * 8;
    const char *number = (const char *)row->number + (size_t)(j * row->lanes) * g->key_size;
    char *to = lax_i_pick_result(sink, row, j, PICK_VALUES_OUT, s->value_result, s->value_size);
    find(offset, number, g->key_size, row, base + row->offset + j * row->run_step);
    if (s->indices) {
        s->store_index(to, stride, offset, 1, row->lanes);
        return;
    }
    if (any_start(row, number, g->key_size))
        load_started(sink, row, value, number);
    else
        load_values(sink, value, offset, row->lanes);
    s->store_value(to, stride, value, 1, row->lanes);
}

static void store_keys(const struct pick_sink *sink, const struct pick_row *row, int64_t j) {
    const struct picks *g = sink->g;
    char *key = (char *)row->key + (size_t)(j * row->lanes) * g->key_size;
    const char *signs = (const char *)row->signs + (size_t)(j * row->lanes) * g->key_size;
    if (g->kernel->finish != NULL && !sink->store->started)
        g->kernel->finish(key, signs, sink->store->max, row->lanes);
    lax_i_convert(&sink->store->store_key,
                  lax_i_pick_result(sink, row, j, PICK_KEYS_OUT, sink->store->key_result, g->size),
                  g->stride[PICK_KEYS_OUT][g->lane_dim], key, 1, row->lanes);
}

/* Nothing to pick: index -1 or the start's payload, the value that max or min starts from or the
 * start's key. */
static void store_empty(const struct pick_sink *sink, const struct pick_row *row, int64_t j) {
    const struct pick_store *s = sink->store;
    const struct picks *g = sink->g;
    const int64_t none = NOWHERE, stride = g->stride[PICK_VALUES_OUT][g->lane_dim];
    const void *value = s->indices ? (const void *)&none : s->start_value;
    char *to = lax_i_pick_result(sink, row, j, PICK_VALUES_OUT, s->value_result, s->value_size);
    (s->indices ? s->store_index : s->store_value)(to, stride, value, 0, row->lanes);
    if (s->keep_keys)
        lax_i_move_kernel(g->type)(
            lax_i_pick_result(sink, row, j, PICK_KEYS_OUT, sink->store->key_result, g->size),
            g->stride[PICK_KEYS_OUT][g->lane_dim], s->best, 0, row->lanes);
}

void lax_i_pick_store_row(void *user, const struct pick_row *row) {
    const struct pick_sink *sink = user;
    const int64_t *payload = sink->g->stride[PICK_PAYLOAD];
    int64_t base = lax_i_offset(sink->g->rank, sink->box->low, payload);
    if (row->place == NULL) base += lax_i_pick_corner(sink->g, sink->box->extent, payload);
    for (int64_t j = 0; j < row->runs; j++) {
        if (row->number == NULL) {
            store_empty(sink, row, j);
            continue;
        }
        store_row(sink, row, j, base);
        if (sink->store->keep_keys) store_keys(sink, row, j);
    }
}
