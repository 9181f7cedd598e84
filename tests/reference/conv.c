/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution: one loop that names every term of the definition, and three sums over its terms. */
#include "reference/reference.h"

#include <string.h>

/* One term: offsets of its factors and of the sum it belongs to, in dense arrays. */
typedef void (*term_fn)(void *user, int64_t lhs, int64_t rhs, int64_t out);

struct terms {
    const struct ref_conv *c;
    int64_t lhs_shape[LAX_MAX_RANK], rhs_shape[LAX_MAX_RANK], out_shape[LAX_MAX_RANK];
    int64_t lhs[LAX_MAX_RANK], rhs[LAX_MAX_RANK], out[LAX_MAX_RANK]; /* strides by role */
    term_fn fn;
    void *user;
};

void ref_conv_shape(const struct ref_conv *c, const int64_t *lhs, const int64_t *rhs,
                    int64_t *out) {
    out[c->out[0]] = lhs[c->lhs[0]] / c->batches;
    out[c->out[1]] = rhs[c->rhs[0]];
    for (int32_t d = 0; d < c->w.n; d++) out[c->out[d + 2]] = c->w.out[d];
}

static void by_role(int32_t rank, const int32_t *spec, const int64_t *shape, int64_t *strides) {
    int64_t row_major[LAX_MAX_RANK];
    ref_row_major(rank, shape, row_major);
    for (int32_t d = 0; d < rank; d++) strides[d] = row_major[spec[d]];
}

static void terms_init(struct terms *t, const struct ref_conv *c, const int64_t *lhs,
                       const int64_t *rhs) {
    int32_t rank = c->w.n + 2;
    t->c = c;
    memcpy(t->lhs_shape, lhs, (size_t)rank * sizeof *lhs);
    memcpy(t->rhs_shape, rhs, (size_t)rank * sizeof *rhs);
    ref_conv_shape(c, lhs, rhs, t->out_shape);
    by_role(rank, c->lhs, t->lhs_shape, t->lhs);
    by_role(rank, c->rhs, t->rhs_shape, t->rhs);
    by_role(rank, c->out, t->out_shape, t->out);
}

/* Offsets of window tap `tap` for output `position`; false in padding and holes. */
static bool tap_offsets(const struct terms *t, const int64_t *position, const int64_t *tap,
                        int64_t *lhs, int64_t *rhs) {
    const struct ref_window *w = &t->c->w;
    for (int32_t d = 0; d < w->n; d++) {
        int64_t at;
        if (!ref_tap(w, d, position[d], tap[d], &at)) return false;
        *lhs += at * t->lhs[d + 2];
        *rhs += (w->reversed[d] ? w->size[d] - 1 - tap[d] : tap[d]) * t->rhs[d + 2];
    }
    return true;
}

/* The terms of one output element: batch b, feature o, spatial position p at offset `out`. */
static void element_terms(const struct terms *t, const int64_t bo[2], const int64_t *position,
                          int64_t out) {
    const struct ref_conv *c = t->c;
    int64_t outputs = t->rhs_shape[c->rhs[0]], inputs = t->rhs_shape[c->rhs[1]];
    int64_t batch = t->lhs_shape[c->lhs[0]] / c->batches;
    int64_t feature_group = bo[1] / (outputs / c->features);
    int64_t batch_group = bo[1] / (outputs / c->batches);
    int64_t tap[LAX_MAX_RANK] = {0};
    do {
        int64_t lhs = (batch_group * batch + bo[0]) * t->lhs[0];
        int64_t rhs = bo[1] * t->rhs[0];
        if (!tap_offsets(t, position, tap, &lhs, &rhs)) continue;
        lhs += feature_group * inputs * t->lhs[1];
        for (int64_t i = 0; i < inputs; i++) {
            t->fn(t->user, lhs + i * t->lhs[1], rhs + i * t->rhs[1], out);
        }
    } while (ref_next(c->w.n, c->w.size, tap));
}

static void each_term(const struct terms *t) {
    const struct ref_conv *c = t->c;
    int64_t bo[2], shape[2] = {t->lhs_shape[c->lhs[0]] / c->batches, t->rhs_shape[c->rhs[0]]};
    for (int32_t d = 0; d < c->w.n; d++) {
        if (c->w.out[d] == 0 || c->w.size[d] == 0) return;
    }
    for (bo[0] = 0; bo[0] < shape[0]; bo[0]++) {
        for (bo[1] = 0; bo[1] < shape[1]; bo[1]++) {
            int64_t position[LAX_MAX_RANK] = {0};
            do {
                int64_t out = bo[0] * t->out[0] + bo[1] * t->out[1];
                for (int32_t d = 0; d < c->w.n; d++) out += position[d] * t->out[d + 2];
                element_terms(t, bo, position, out);
            } while (ref_next(c->w.n, c->w.out, position));
        }
    }
}

/* A sum of products: which factors, and which of the three offsets tells where it goes. */
struct sum {
    const struct ref_array *a, *b;
    struct ref_array *to;
};

static void sum_term(struct sum *s, int64_t a, int64_t b, int64_t to) {
    struct ref_value x = s->a->v[a], y = s->b->v[b];
    lax_dtype type = s->to->dtype;
    s->to->v[to] = ref_add(type, s->to->v[to], ref_mul(type, x, y));
    if (s->to->match != REF_FLOAT) return;
    s->to->scale[to] += ref_magnitude(type, x) * ref_magnitude(type, y);
    if (++s->to->terms[to] > s->to->k) s->to->k = s->to->terms[to];
}

static void forward_term(void *user, int64_t lhs, int64_t rhs, int64_t out) {
    sum_term(user, lhs, rhs, out);
}

static void lhs_term(void *user, int64_t lhs, int64_t rhs, int64_t out) {
    sum_term(user, out, rhs, lhs);
}

static void rhs_term(void *user, int64_t lhs, int64_t rhs, int64_t out) {
    sum_term(user, lhs, out, rhs);
}

/* Values of `a` and `b` count in `type`, the type of the sums. */
static struct ref_array summed(struct terms *t, lax_dtype type, const int64_t *shape,
                               const struct ref_array *a, const struct ref_array *b) {
    struct ref_array to = ref_array_sums(type, t->c->w.n + 2, shape);
    struct ref_array left = ref_array_converted(a, type), right = ref_array_converted(b, type);
    struct sum s = {&left, &right, &to};
    t->user = &s;
    each_term(t);
    ref_array_free(&left);
    ref_array_free(&right);
    return to;
}

struct ref_array ref_conv_forward(const struct ref_conv *c, lax_dtype type,
                                  const struct ref_array *lhs, const struct ref_array *rhs) {
    struct terms t;
    terms_init(&t, c, lhs->shape, rhs->shape);
    t.fn = forward_term;
    return summed(&t, type, t.out_shape, lhs, rhs);
}

struct ref_array ref_conv_adjoint_lhs(const struct ref_conv *c, const int64_t *lhs_shape,
                                      const struct ref_array *grad, const struct ref_array *rhs) {
    struct terms t;
    terms_init(&t, c, lhs_shape, rhs->shape);
    t.fn = lhs_term;
    return summed(&t, grad->dtype, t.lhs_shape, grad, rhs);
}

struct ref_array ref_conv_adjoint_rhs(const struct ref_conv *c, const int64_t *rhs_shape,
                                      const struct ref_array *grad, const struct ref_array *lhs) {
    struct terms t;
    terms_init(&t, c, lhs->shape, rhs_shape);
    t.fn = rhs_term;
    return summed(&t, grad->dtype, t.rhs_shape, lhs, grad);
}
