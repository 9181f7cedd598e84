/* SPDX-License-Identifier: Apache-2.0 */
/* Windowed reductions: built-in and callback reducers, averages, arg-max, the gradient of sums. */
#include "reference/reference.h"

#include <math.h>
#include <string.h>

struct walk {
    const struct ref_window *w;
    int64_t strides[LAX_MAX_RANK]; /* of the dense operand */
    int64_t position[LAX_MAX_RANK], tap[LAX_MAX_RANK];
};

static void walk_init(struct walk *k, const struct ref_window *w) {
    memset(k, 0, sizeof *k);
    k->w = w;
    ref_row_major(w->n, w->in, k->strides);
}

/* Offset of the present tap's element; -1 in padding and holes. */
static int64_t walk_element(const struct walk *k) {
    int64_t offset = 0, at;
    for (int32_t d = 0; d < k->w->n; d++) {
        if (!ref_tap(k->w, d, k->position[d], k->tap[d], &at)) return -1;
        offset += at * k->strides[d];
    }
    return offset;
}

/* Relative error bounds of products, written as the scale that REF_FLOAT expects. */
static long double fold_scale(lax_reducer_kind kind, lax_dtype type, long double before,
                              const struct ref_value *acc, const struct ref_value *elem) {
    long double size = ref_magnitude(type, *elem);
    if (kind == LAX_ADD) return before + size;
    if (kind == LAX_MUL) return 3 * ref_magnitude(type, *acc);
    long double result = ref_magnitude(type, *acc);
    return fmaxl(before, size > result ? size : result) + 1;
}

static void fold_into(struct ref_array *out, int64_t i, lax_reducer_kind kind,
                      const struct ref_value *x) {
    out->v[i] = ref_fold(kind, out->dtype, out->v[i], *x);
    if (out->match != REF_FLOAT) return;
    out->scale[i] = fold_scale(kind, out->dtype, out->scale[i], &out->v[i], x);
    if (++out->terms[i] > out->k) out->k = out->terms[i];
}

static struct ref_array folded_new(lax_reducer_kind kind, lax_dtype type, int32_t rank,
                                   const int64_t *shape) {
    struct ref_array out = ref_array_sums(type, rank, shape);
    if (kind == LAX_MAX || kind == LAX_MIN) {
        out.match = REF_EXACT;
        out.signed_zero = ref_is_float(type);
    }
    if (kind == LAX_MUL || kind == LAX_LOGADDEXP) out.k = 4;
    return out;
}

static void start_at(struct ref_array *out, lax_reducer_kind kind, const struct ref_value *init) {
    struct ref_value start = init ? *init : ref_identity(kind, out->dtype);
    for (int64_t i = 0; i < out->n; i++) {
        out->v[i] = start;
        if (out->match == REF_FLOAT && init) out->scale[i] = ref_magnitude(out->dtype, start);
    }
}

struct ref_array ref_reduce_window(const struct ref_window *w, lax_reducer_kind kind,
                                   const struct ref_array *in, const struct ref_value *init) {
    struct ref_array out = folded_new(kind, in->dtype, w->n, w->out);
    struct walk k;
    walk_init(&k, w);
    start_at(&out, kind, init);
    for (int64_t i = 0; i < out.n; i++) {
        do {
            int64_t at = walk_element(&k);
            if (at >= 0) fold_into(&out, i, kind, &in->v[at]);
        } while (ref_next(w->n, w->size, k.tap));
        ref_next(w->n, w->out, k.position);
    }
    return out;
}

/* acc = fn(acc, element) on numbers in memory, one lane. */
static void call_reducer(const lax_reducer *reducer, int32_t count, struct ref_array *out,
                         int64_t i, const struct ref_array *in, int64_t at) {
    unsigned char acc[LAX_MAX_OPERANDS][16], elem[LAX_MAX_OPERANDS][16];
    const void *a[LAX_MAX_OPERANDS], *e[LAX_MAX_OPERANDS];
    void *o[LAX_MAX_OPERANDS];
    for (int32_t k = 0; k < count; k++) {
        ref_store(in[k].dtype, acc[k], out[k].v[i]);
        ref_store(in[k].dtype, elem[k], in[k].v[at]);
        a[k] = o[k] = acc[k];
        e[k] = elem[k];
    }
    reducer->fn(reducer->user, 1, a, e, o);
    for (int32_t k = 0; k < count; k++) out[k].v[i] = ref_load(in[k].dtype, acc[k]);
}

void ref_reduce_window_fn(const struct ref_window *w, const lax_reducer *reducer, int32_t count,
                          const struct ref_array *in, const struct ref_value *init,
                          struct ref_array *out) {
    struct walk k;
    walk_init(&k, w);
    for (int32_t j = 0; j < count; j++) {
        out[j] = ref_array_new(in[j].dtype, w->n, w->out);
        out[j].signed_zero = true;
        for (int64_t i = 0; i < out[j].n; i++) out[j].v[i] = init[j];
    }
    for (int64_t i = 0; i < out[0].n; i++) {
        do {
            int64_t at = walk_element(&k);
            if (at >= 0) call_reducer(reducer, count, out, i, in, at);
        } while (ref_next(w->n, w->size, k.tap));
        ref_next(w->n, w->out, k.position);
    }
}

/* Whether a tap counts in the divisor: inside the operand, or in padding that is not `never`. */
static bool counts(const struct walk *k, bool exclude, const int64_t *never) {
    const struct ref_window *w = k->w;
    if (exclude) return walk_element(k) >= 0;
    for (int32_t d = 0; d < w->n; d++) {
        int64_t at = k->position[d] * w->stride[d] + k->tap[d] * w->dilation[d] - w->low[d];
        if (at >= ref_dilate(w->in[d], w->base[d]) + w->high[d] - never[d]) return false;
    }
    return true;
}

struct ref_array ref_avg_pool(const struct ref_window *w, bool exclude, const int64_t *never,
                              const struct ref_array *in) {
    struct ref_array out = ref_reduce_window(w, LAX_ADD, in, NULL);
    struct walk k;
    walk_init(&k, w);
    for (int64_t i = 0; i < out.n; i++) {
        int64_t divisor = 0;
        do divisor += counts(&k, exclude, never);
        while (ref_next(w->n, w->size, k.tap));
        out.v[i].re /= (long double)divisor;
        if (ref_is_complex(in->dtype)) out.v[i].im /= (long double)divisor;
        if (divisor) out.scale[i] /= (long double)divisor;
        ref_next(w->n, w->out, k.position);
    }
    out.k += 2;
    return out;
}

void ref_window_arg(const struct ref_window *w, lax_select select, const struct ref_array *in,
                    lax_dtype index_type, struct ref_array out[2]) {
    lax_reducer_kind kind = select == LAX_GE || select == LAX_GT ? LAX_MAX : LAX_MIN;
    struct walk k;
    walk_init(&k, w);
    out[0] = folded_new(kind, in->dtype, w->n, w->out);
    out[1] = ref_array_new(index_type, w->n, w->out);
    start_at(&out[0], kind, NULL);
    for (int64_t i = 0; i < out[0].n; i++) {
        struct ref_value best = {0, 0, 0};
        int64_t pick = -1;
        do {
            int64_t at = walk_element(&k);
            if (at < 0) continue;
            fold_into(&out[0], i, kind, &in->v[at]);
            bool keep = pick >= 0 && (ref_is_nan(in->dtype, best) ||
                                      (!ref_is_nan(in->dtype, in->v[at]) &&
                                       ref_select(select, in->dtype, best, in->v[at])));
            if (!keep) best = in->v[pick = at];
        } while (ref_next(w->n, w->size, k.tap));
        out[1].v[i].bits = (uint64_t)pick;
        ref_next(w->n, w->out, k.position);
    }
}

struct ref_array ref_window_sum_grad(const struct ref_window *w, const struct ref_array *grad) {
    struct ref_array out = ref_array_sums(grad->dtype, w->n, w->in);
    struct walk k;
    walk_init(&k, w);
    for (int64_t i = 0; i < grad->n; i++) {
        do {
            int64_t at = walk_element(&k);
            if (at >= 0) fold_into(&out, at, LAX_ADD, &grad->v[i]);
        } while (ref_next(w->n, w->size, k.tap));
        ref_next(w->n, w->out, k.position);
    }
    return out;
}
