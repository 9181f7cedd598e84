/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of separable picks: planes of records, and the records of a row. */
#ifndef LAX_LOWER_PICKS_PASSES_H
#define LAX_LOWER_PICKS_PASSES_H

#include "lower/picks.h"

struct plane {
    char *key, *index;
    int64_t extent[PICK_RANK], stride[PICK_RANK];
};

struct separable {
    const struct pick_job *job;
    const struct picks *g;
    size_t size; /* of a key, and of an index */
    struct plane from, to;
    char *room; /* of a pass: beginnings and ends of columns, or four lines */
    int64_t pass;
    struct pick_row row;
};

static inline struct pick_record lax_i_record_at(const struct plane *p, int64_t at, size_t size) {
    return (struct pick_record){p->key + at * (int64_t)size, p->index + at * (int64_t)size};
}

static inline struct pick_record lax_i_record_step(struct pick_record r, int64_t n, size_t size) {
    return (struct pick_record){(char *)r.key + n * (int64_t)size,
                                (char *)r.index + n * (int64_t)size};
}

static inline void lax_i_record_copy(struct pick_record to, struct pick_record from, int64_t n,
                                     size_t size) {
    memcpy(to.key, from.key, (size_t)n * size);
    memcpy(to.index, from.index, (size_t)n * size);
}

/* picks_lines.c: a pass over dimension d, whose elements are `unit` lanes one after the other. */
void lax_i_pick_lines(struct separable *w, int d, int64_t unit);

#endif /* LAX_LOWER_PICKS_PASSES_H */
