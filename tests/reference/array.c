/* SPDX-License-Identifier: Apache-2.0 */
/* Dense arrays of numbers, read from tensors with any strides. */
#include "reference/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *taken(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory) {
        fprintf(stderr, "the oracle is out of memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}

struct ref_array ref_array_new(lax_dtype type, int32_t rank, const int64_t *shape) {
    struct ref_array a;
    memset(&a, 0, sizeof a);
    a.dtype = type;
    a.rank = rank;
    a.n = 1;
    for (int32_t d = 0; d < rank; d++) {
        a.shape[d] = shape[d];
        a.n *= shape[d];
    }
    a.v = taken((size_t)a.n, sizeof *a.v);
    return a;
}

struct ref_array ref_array_sums(lax_dtype type, int32_t rank, const int64_t *shape) {
    struct ref_array a = ref_array_new(type, rank, shape);
    a.scale = taken((size_t)a.n, sizeof *a.scale);
    a.terms = taken((size_t)a.n, sizeof *a.terms);
    a.accumulate = ref_accumulator(type);
    a.match = ref_is_float(type) || ref_is_complex(type) ? REF_FLOAT : REF_EXACT;
    return a;
}

void ref_array_free(struct ref_array *a) {
    free(a->v);
    free(a->scale);
    free(a->terms);
    a->v = NULL;
    a->scale = NULL;
    a->terms = NULL;
}

bool ref_next(int32_t rank, const int64_t *shape, int64_t *index) {
    for (int32_t d = rank - 1; d >= 0; d--) {
        if (++index[d] < shape[d]) return true;
        index[d] = 0;
    }
    return false;
}

void ref_row_major(int32_t rank, const int64_t *shape, int64_t *strides) {
    int64_t step = 1;
    for (int32_t d = rank - 1; d >= 0; d--) {
        strides[d] = step;
        step *= shape[d];
    }
}

struct ref_array ref_array_read(const lax_tensor *tensor) {
    struct ref_array a = ref_array_new(tensor->dtype, tensor->rank, tensor->shape);
    int64_t size = (int64_t)ref_size(tensor->dtype);
    int64_t index[LAX_MAX_RANK] = {0};
    for (int64_t i = 0; i < a.n; i++) {
        int64_t at = 0;
        for (int32_t d = 0; d < a.rank; d++) at += index[d] * tensor->strides[d];
        a.v[i] = ref_load(a.dtype, (const char *)tensor->data + at * size);
        ref_next(a.rank, a.shape, index);
    }
    return a;
}

struct ref_array ref_array_converted(const struct ref_array *a, lax_dtype type) {
    struct ref_array b = ref_array_new(type, a->rank, a->shape);
    for (int64_t i = 0; i < a->n; i++) b.v[i] = ref_convert(a->v[i], a->dtype, type);
    return b;
}

struct ref_array ref_array_merged(const struct ref_array *a, int32_t from, int32_t to,
                                  int64_t groups) {
    int64_t shape[LAX_MAX_RANK], strides[LAX_MAX_RANK], index[LAX_MAX_RANK] = {0};
    memcpy(shape, a->shape, sizeof shape);
    shape[from] /= groups;
    shape[to] *= groups;
    ref_row_major(a->rank, a->shape, strides);
    struct ref_array b = ref_array_new(a->dtype, a->rank, shape);
    if (a->scale) b.scale = taken((size_t)a->n, sizeof *b.scale);
    b.k = a->k;
    b.match = a->match;
    b.accumulate = a->accumulate;
    for (int64_t i = 0; i < b.n; i++) {
        int64_t at = 0, group = index[to] / a->shape[to];
        for (int32_t d = 0; d < a->rank; d++) at += index[d] * strides[d];
        at += group * (shape[from] * strides[from] - a->shape[to] * strides[to]);
        b.v[i] = a->v[at];
        if (a->scale) b.scale[i] = a->scale[at];
        ref_next(b.rank, b.shape, index);
    }
    return b;
}
