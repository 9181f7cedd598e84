/* SPDX-License-Identifier: Apache-2.0 */
/* XNNPACK (the operator interface of Debian's package) as a peer: f32, channels last, one or two
 * spatial dimensions. Weights are packed when an operator is made, which is outside of the time. */
#include <math.h>
#include <pthreadpool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xnnpack.h>

#include "peer.h"

struct handle {
    xnn_operator_t operator;
    pthreadpool_t pool;
    float *weights;
};

/* One or two spatial dimensions as two. */
struct plane {
    uint32_t window[2], stride[2], dilation[2], low[2], high[2];
    size_t x[2], y[2];
};

static struct plane plane_of(const struct peer_problem *p) {
    struct plane q = {{1, 1}, {1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, {1, 1}};
    for (int64_t i = 0; i < p->n_spatial; i++) {
        int64_t to = 2 - p->n_spatial + i;
        q.window[to] = (uint32_t)p->window[i];
        q.stride[to] = (uint32_t)p->stride[i];
        q.dilation[to] = (uint32_t)p->dilation[i];
        q.low[to] = (uint32_t)p->low[i];
        q.high[to] = (uint32_t)p->high[i];
        q.x[to] = (size_t)p->x.sizes[2 + i];
        q.y[to] = (size_t)p->y.sizes[2 + i];
    }
    return q;
}

/* Why the problem is none of XNNPACK's; NULL if it is. */
static const char *refusal(const struct peer_problem *p) {
    if (p->dtype != PEER_F32) return "f32 only";
    if (p->n_spatial > 2) return "at most two spatial dimensions";
    if (p->kind == PEER_WEIGHT_GRADIENT || p->kind > PEER_SUM_POOL) return "no such operator";
    for (int64_t i = 0; i < p->n_spatial; i++) {
        if (p->low[i] < 0) return "negative padding";
        if (p->kind == PEER_SUM_POOL && (p->low[i] != 0 || p->high[i] != 0))
            return "its averages leave padding out";
        if (p->high[i] < 0 && p->kind != PEER_TRANSPOSED && p->kind != PEER_DATA_GRADIENT)
            return "negative padding";
    }
    if (p->x.strides[1] != 1 || p->y.strides[1] != 1) return "channels-last only";
    return NULL;
}

/* Weights as groups x outputs x window x inputs. Of a data gradient, forward's inputs are the
 * operator's outputs. */
static float *ordered(const struct peer_problem *p, const struct plane *q) {
    const struct peer_tensor *w = &p->w;
    const int out = p->kind == PEER_DATA_GRADIENT, in = !out;
    const int64_t taps = (int64_t)q->window[0] * q->window[1];
    const int64_t vertical = p->n_spatial == 2 ? w->strides[2] : 0;
    const int64_t horizontal = w->strides[1 + p->n_spatial];
    float *packed = malloc((size_t)(p->groups * w->sizes[0] * w->sizes[1] * taps) * sizeof(float));
    float *to = packed;
    for (int64_t g = 0; packed && g < p->groups; g++)
        for (int64_t o = 0; o < w->sizes[out]; o++)
            for (int64_t k = 0; k < taps; k++) {
                const float *from = (const float *)w->data + g * p->group_stride +
                                    o * w->strides[out] + k / q->window[1] * vertical +
                                    k % q->window[1] * horizontal;
                for (int64_t i = 0; i < w->sizes[in]; i++) *to++ = from[i * w->strides[in]];
            }
    return packed;
}

static enum xnn_status forward(const struct peer_problem *p, const struct plane *q,
                               struct handle *h) {
    const size_t in = (size_t)p->x.sizes[1], out = (size_t)p->y.sizes[1], g = (size_t)p->groups;
    enum xnn_status status = xnn_create_convolution2d_nhwc_f32(
        q->low[0], q->high[1], q->high[0], q->low[1], q->window[0], q->window[1], q->stride[0],
        q->stride[1], q->dilation[0], q->dilation[1], (uint32_t)g, in / g, out / g, in, out,
        h->weights, NULL, -INFINITY, INFINITY, 0, &h->operator);
    if (status != xnn_status_success) return status;
    return xnn_setup_convolution2d_nhwc_f32(h->operator,(size_t) p->x.sizes[0], q->x[0], q->x[1],
                                            p->x.data, p->y.data, h->pool);
}

/* From the spread side to the other one: x to y, or for a data gradient y to x. */
static enum xnn_status transposed(const struct peer_problem *p, const struct plane *q,
                                  struct handle *h) {
    const int gradient = p->kind == PEER_DATA_GRADIENT;
    const struct peer_tensor *from = gradient ? &p->y : &p->x, *to = gradient ? &p->x : &p->y;
    const size_t *size = gradient ? q->y : q->x;
    const size_t in = (size_t)from->sizes[1], out = (size_t)to->sizes[1], g = (size_t)p->groups;
    uint32_t high[2], adjustment[2];
    for (int i = 0; i < 2; i++) { /* negative padding at the far side makes more results */
        const int32_t given = (int32_t)q->high[i];
        high[i] = given < 0 ? 0 : (uint32_t)given;
        adjustment[i] = given < 0 ? (uint32_t)-given : 0;
    }
    enum xnn_status status = xnn_create_deconvolution2d_nhwc_f32(
        q->low[0], high[1], high[0], q->low[1], q->window[0], q->window[1], q->stride[0],
        q->stride[1], q->dilation[0], q->dilation[1], (uint32_t)g, in / g, out / g, in, out,
        h->weights, NULL, -INFINITY, INFINITY, 0, &h->operator);
    if (status != xnn_status_success) return status;
    return xnn_setup_deconvolution2d_nhwc_f32(h->operator,(size_t) from->sizes[0], size[0], size[1],
                                              adjustment[0], adjustment[1], from->data, to->data,
                                              h->pool);
}

static enum xnn_status pooling(const struct peer_problem *p, const struct plane *q,
                               struct handle *h) {
    const size_t c = (size_t)p->x.sizes[1], n = (size_t)p->x.sizes[0];
    enum xnn_status status;
    if (p->kind == PEER_MAX_POOL) {
        status = xnn_create_max_pooling2d_nhwc_f32(q->low[0], q->high[1], q->high[0], q->low[1],
                                                   q->window[0], q->window[1], q->stride[0],
                                                   q->stride[1], q->dilation[0], q->dilation[1], c,
                                                   c, c, -INFINITY, INFINITY, 0, &h->operator);
        if (status != xnn_status_success) return status;
        return xnn_setup_max_pooling2d_nhwc_f32(h->operator, n, q->x[0], q->x[1], p->x.data,
                                                p->y.data, h->pool);
    }
    status = xnn_create_average_pooling2d_nhwc_f32(
        q->low[0], q->high[1], q->high[0], q->low[1], q->window[0], q->window[1], q->stride[0],
        q->stride[1], c, c, c, -INFINITY, INFINITY, 0, &h->operator);
    if (status != xnn_status_success) return status;
    return xnn_setup_average_pooling2d_nhwc_f32(h->operator, n, q->x[0], q->x[1], p->x.data,
                                                p->y.data, h->pool);
}

static enum xnn_status make(const struct peer_problem *p, struct handle *h) {
    const struct plane q = plane_of(p);
    enum xnn_status status = xnn_initialize(NULL);
    if (status != xnn_status_success) return status;
    if (p->threads > 1) h->pool = pthreadpool_create((size_t)p->threads);
    if (p->kind == PEER_MAX_POOL || p->kind == PEER_SUM_POOL) return pooling(p, &q, h);
    h->weights = ordered(p, &q);
    if (!h->weights) return xnn_status_out_of_memory;
    return p->kind == PEER_FORWARD ? forward(p, &q, h) : transposed(p, &q, h);
}

void *peer_open(const struct peer_problem *problem, char note[PEER_NOTE]) {
    const char *reason = refusal(problem);
    struct handle *h = reason ? NULL : calloc(1, sizeof *h);
    if (!h) {
        snprintf(note, PEER_NOTE, "%s", reason ? reason : "no memory");
        return NULL;
    }
    enum xnn_status status = make(problem, h);
    snprintf(note, PEER_NOTE, "status %d", (int)status);
    if (status == xnn_status_success) return h;
    peer_close(h);
    return NULL;
}

void peer_run(void *handle) {
    struct handle *h = handle;
    xnn_run_operator(h->operator, h->pool);
}

void peer_finish(void *handle) { (void)handle; }

void peer_close(void *handle) {
    struct handle *h = handle;
    if (h->operator) xnn_delete_operator(h->operator);
    if (h->pool) pthreadpool_destroy(h->pool);
    free(h->weights);
    free(h);
}

void peer_version(char text[PEER_NOTE]) { snprintf(text, PEER_NOTE, "Debian"); }
