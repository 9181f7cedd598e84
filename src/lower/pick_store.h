/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of the winners of windows that pick: indices or payloads, and keys. Shared by the
 * lowerings that pick directly and by separable passes. */
#ifndef LAX_LOWER_PICK_STORE_H
#define LAX_LOWER_PICK_STORE_H

#include "lower/picks.h"

struct pick_store {
    bool indices, keep_keys, max, started;
    int value_operand, key_result, value_result;
    size_t value_size;
    /* the first pair, its key as in lanes; the key of windows without elements */
    unsigned char start[16], start_value[16], best[16];
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
/* Where run j of a row goes: in result `out`, by the strides of tensor t, in elements of `size`. */
char *lax_i_pick_result(const struct pick_sink *sink, const struct pick_row *row, int64_t j, int t,
                        int out, size_t size);

/* --- pick_pairs.c: after lax_i_picks, and the `take` of a job with payloads ------------------- */
void lax_i_pick_pairs(struct picks *g, const struct pick_problem *p, lax_isa isa);
void lax_i_pick_store_pairs(void *sink, const struct pick_row *row);

#endif /* LAX_LOWER_PICK_STORE_H */
