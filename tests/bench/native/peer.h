/* SPDX-License-Identifier: Apache-2.0 */
/* What side_by_side calls through ctypes in a peer that is written in C or C++. Sizes and strides
 * come in the order of roles: batch, features, spatial; weights outputs, inputs, spatial, of one
 * group. The problem is told as a forward convolution: x, w and y are what they are there,
 * whichever of them the row computes. */
#ifndef LAX_BENCH_PEER_H
#define LAX_BENCH_PEER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PEER_RANK = 8, PEER_NOTE = 256 };
enum peer_kind {
    PEER_FORWARD,
    PEER_TRANSPOSED, /* x to y, the stride spreads x out */
    PEER_DATA_GRADIENT,
    PEER_WEIGHT_GRADIENT,
    PEER_MAX_POOL,
    PEER_SUM_POOL,
    PEER_MAX_POOL_GRADIENT, /* forward and backward: w holds the operand, y the cotangents */
    PEER_SUM_POOL_GRADIENT,
    PEER_MAX_POOL_INDICES
};
enum peer_dtype { PEER_F32, PEER_BF16, PEER_F16, PEER_S8, PEER_U8 };

struct peer_tensor {
    int64_t sizes[PEER_RANK], strides[PEER_RANK];
    void *data;
};

struct peer_problem {
    int64_t kind, dtype, n_spatial, groups, prepacked, threads;
    int64_t group_stride; /* of the weights, whose sizes are those of one group */
    struct peer_tensor x, w, y;
    int64_t window[PEER_RANK], stride[PEER_RANK], dilation[PEER_RANK];
    int64_t low[PEER_RANK], high[PEER_RANK]; /* high as it makes the sizes true */
};

/* NULL, and the reason in `note`, when the peer cannot do it. */
void *peer_open(const struct peer_problem *problem, char note[PEER_NOTE]);
void peer_run(void *handle);
/* Brings the result into the row's layout, where peer_run() left it in another. */
void peer_finish(void *handle);
void peer_close(void *handle);
void peer_version(char text[PEER_NOTE]);

#ifdef __cplusplus
}
#endif

#endif /* LAX_BENCH_PEER_H */
