/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 3, layout: checked shapes become a canonical strided problem. Order of dimensions, layout,
 * feature against batch groups, reversal, gradients and pooling words are gone; what is left is
 * roles, sizes and strides in elements. Cannot fail. */
#ifndef LAX_LAYOUT_LAYOUT_H
#define LAX_LAYOUT_LAYOUT_H

#include "shape/shape.h"

/* One spatial dimension of a convolution: output position p and tap k meet the input at
 * u = p * stride + k * rhs_dilation - pad_lo, which exists iff u >= 0, u % lhs_dilation == 0 and
 * u / lhs_dilation < in. */
struct conv_dim {
    int64_t in, kernel, out;
    int64_t stride, pad_lo, lhs_dilation, rhs_dilation;
    int64_t lhs_stride, rhs_stride, out_stride;
    int64_t rhs_position_stride; /* conv_local: kernels differ by output position; else 0 */
};

struct conv_epilogue {
    bool bias, residual;
    lax_activation activation;
    double alpha, beta;
    int64_t bias_group, bias_feature; /* strides */
    int64_t residual_group, residual_batch, residual_feature;
    int64_t residual_stride[LAX_MAX_SPATIAL];
};

/* out[g, b, o, p] = epilogue(sum over k, i of lhs[g, b, i, u(p, k)] * rhs[g, o, i, k]). Feature
 * and batch groups differ only in which axis the group strides walk. Patches have no rhs:
 * out[g, b, k, p] = lhs[g, b, u(p, k)] or 0, with rhs_stride as strides of k in out. */
struct conv_problem {
    int n;
    struct conv_dim dim[LAX_MAX_SPATIAL];
    int64_t groups, batch, in_features, out_features; /* features per group */
    int64_t lhs_group, lhs_batch, lhs_feature;
    int64_t rhs_group, rhs_out, rhs_in;
    int64_t out_group, out_batch, out_feature;
    int64_t lhs_offset, rhs_offset, out_offset; /* where element 0 of the roles lies */
    lax_dtype lhs_type, rhs_type, compute_type, out_type;
    struct conv_epilogue epilogue;
    bool open_batch; /* batch is read at execution */
    bool patches;
};

/* One dimension of a window: u = p * stride + w * window_dilation - pad_lo as above. */
struct window_axis {
    int64_t in, size, out;
    int64_t stride, pad_lo, base_dilation, window_dilation;
    int64_t count_end; /* averages: positions u in [-pad_lo, count_end) count */
};

enum window_divide { DIVIDE_NONE, DIVIDE_WINDOW, DIVIDE_INSIDE };

/* reduce_window, reduce and average pooling: a left fold from init over each window. */
struct window_problem {
    int rank;
    struct window_axis axis[LAX_MAX_RANK];
    int n; /* operands and results */
    lax_dtype type[LAX_MAX_OPERANDS];
    int64_t in_stride[LAX_MAX_OPERANDS][LAX_MAX_RANK];
    int64_t out_stride[LAX_MAX_OPERANDS][LAX_MAX_RANK];
    lax_reducer reducer; /* kind with pred's or/and already resolved; or a callback */
    unsigned char init[LAX_MAX_OPERANDS][16];
    enum window_divide divide;
};

/* Windows that pick an element: arg windows, select_and_gather_add, and reductions of two operands
 * that keep a pair (lax_pair). */
struct pick_problem {
    int rank;
    struct window_axis axis[LAX_MAX_RANK];
    lax_select select;
    lax_nan_rule nan;
    bool lower;                     /* of equal keys the lower payload */
    lax_dtype key_type, value_type; /* value: payloads' type, or s32 / s64 of indices */
    bool indices;                   /* payload is the row-major index */
    bool keep_keys;                 /* also write the picked keys */
    int key_operand, value_operand, key_result, value_result;
    /* A pair stands before each window, and keys are written as they are. Otherwise its first
     * element starts, and keys are written as max or min gives them. */
    bool started;
    _Alignas(8) unsigned char start_key[16], start_value[16]; /* one element each */
    int64_t key_stride[LAX_MAX_RANK], payload_stride[LAX_MAX_RANK];
    int64_t key_out_stride[LAX_MAX_RANK], value_out_stride[LAX_MAX_RANK];
};

/* select_and_scatter: picks in windows of operand, scatters source into out. */
struct scatter_problem {
    int rank;
    struct window_axis axis[LAX_MAX_RANK]; /* in: operand and result, out: source */
    lax_dtype type;
    lax_selector select;
    lax_reducer scatter;
    unsigned char init[16];
    int64_t operand_stride[LAX_MAX_RANK], source_stride[LAX_MAX_RANK], out_stride[LAX_MAX_RANK];
};

/* Inclusive scans along one axis. */
struct scan_problem {
    int rank; /* of the other dimensions */
    int64_t size[LAX_MAX_RANK], in_stride[LAX_MAX_RANK], out_stride[LAX_MAX_RANK];
    int64_t length, in_axis, out_axis; /* the axis; reversal has turned the strides' signs */
    int64_t in_offset, out_offset;
    lax_dtype type;
    lax_reducer_kind reducer;
};

/* One dimension of a data movement as its result sees it: lattice element i lies at position
 * low + i * step of `out`; the other positions are filled. */
struct move_axis {
    int64_t out, count, low, step;
    int64_t in_stride, out_stride;
};

/* Data movement: out = fill everywhere, then out[i] = convert(in[i]) on a sub-lattice. pad,
 * transpose, reverse, slices, pad's gradient and reduce_precision. */
struct move_problem {
    int rank; /* of the moved lattice: merged, size-1 dimensions dropped, out strides descending */
    int64_t size[LAX_MAX_RANK], in_stride[LAX_MAX_RANK], out_stride[LAX_MAX_RANK];
    int64_t in_offset, out_offset;
    lax_dtype in_type, out_type;
    bool fill; /* out has elements beside the lattice */
    int fill_rank;
    int64_t fill_size[LAX_MAX_RANK], fill_stride[LAX_MAX_RANK];
    int64_t fill_offset;
    unsigned char value[16];
    int exponent_bits, mantissa_bits; /* reduce_precision; 0: none */
    /* The same once more, fill and lattice together: merged, result strides positive and
     * descending, offsets of the lattice's first element and of the result's first position. */
    int n_axes;
    struct move_axis axis[LAX_MAX_RANK];
    int64_t axis_in_offset, axis_out_offset;
};

enum problem_kind {
    PROBLEM_CONV,
    PROBLEM_WINDOW,
    PROBLEM_PICK,
    PROBLEM_SCATTER,
    PROBLEM_SCAN,
    PROBLEM_MOVE,
    PROBLEM_KINDS
};

struct problem {
    enum problem_kind kind;
    lax_policy policy; /* never unset */
    union {
        struct conv_problem conv;
        struct window_problem window;
        struct pick_problem pick;
        struct scatter_problem scatter;
        struct scan_problem scan;
        struct move_problem move;
    };
};

void lax_i_layout(const struct shape *shape, struct problem *out);
/* One line: roles, sizes and strides. */
void lax_i_print_problem(struct text *text, const struct problem *problem);

/* --- views (view.c) --------------------------------------------------------------------------- */

/* Drops size-1 dimensions, sorts by |out stride| descending and merges neighbours that are
 * contiguous in both; returns the new rank. Any of the sizes 0 leaves rank 1 and size 0. */
int lax_i_merge_dims(int rank, int64_t *size, int64_t *in_stride, int64_t *out_stride);

/* Turns a dimension round; the offsets follow. */
void lax_i_flip_axis(struct move_axis *axis, int64_t *in_offset, int64_t *out_offset);

/* One dimension of a pad: operand element i lands at low + i * step, if that is in [0, out). */
struct pad_range {
    int64_t in, out, low, step;
};
/* The operand elements that land: the first, and how many follow each other. */
void lax_i_pad_lattice(struct pad_range range, int64_t *first, int64_t *count);

/* One file each: conv_layout.c, window_layout.c, select_layout.c, scan_layout.c, move_layout.c. */
void lax_i_layout_conv(const struct shape *shape, struct problem *out);
void lax_i_layout_window(const struct shape *shape, struct problem *out);
void lax_i_layout_select(const struct shape *shape, struct problem *out);
void lax_i_layout_scan(const struct shape *shape, struct problem *out);
void lax_i_layout_move(const struct shape *shape, struct problem *out);

#endif /* LAX_LAYOUT_LAYOUT_H */
