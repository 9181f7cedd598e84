/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of the winners of arg windows and select_and_gather_add: indices or tangents, and
 * values. Shared by the lowerings that pick directly and by separable passes. */
#ifndef LAX_LOWER_PICK_STORE_H
#define LAX_LOWER_PICK_STORE_H

#include "lower/picks.h"

/* Tensors as struct picks merges them. */
enum { PICK_KEYS, PICK_VALUES_OUT, PICK_PAYLOAD, PICK_KEYS_OUT };

struct pick_store {
    bool indices, keep_keys, max;
    size_t value_size;
    unsigned char start[16], best[16]; /* first key of gathers; values of empty windows */
    struct converter store_key;
    lax_i_convert_fn *store_value, *store_index;
};

/* Rows of a box; lanes: lax_i_pick_store_nbytes of scratch. */
struct pick_sink {
    const struct pick_store *store;
    const struct picks *g;
    const struct pick_box *box;
    struct execution *execution;
    void *lanes;
};

/* keys: type of keys in lanes. */
void lax_i_pick_store(const struct pick_problem *p, lax_dtype keys, lax_isa isa,
                      struct pick_store *store);
void lax_i_pick_source(const struct pick_problem *p, struct pick_source *source);
size_t lax_i_pick_store_nbytes(void);
/* The `take` of a direct job whose user is a sink. */
void lax_i_pick_store_row(void *sink, const struct pick_row *row);

#endif /* LAX_LOWER_PICK_STORE_H */
