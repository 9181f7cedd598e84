/* SPDX-License-Identifier: Apache-2.0 */
/* Stage 1, spec: what the options of an operation mean, before any size is looked at. Words and
 * strings become numbers, unset becomes the default, contradictory options are refused. */
#ifndef LAX_SPEC_SPEC_H
#define LAX_SPEC_SPEC_H

#include "base/base.h"

enum padding_word { PADDING_PAIRS, PADDING_VALID, PADDING_SAME, PADDING_SAME_LOWER };

/* A window over n dimensions (spatial ones for convolutions, all for the others). */
struct window_spec {
    int n;
    enum padding_word padding;
    int64_t pads[LAX_MAX_RANK][2];
    int64_t size[LAX_MAX_RANK]; /* not for convolutions: sizes come from rhs */
    int64_t strides[LAX_MAX_RANK];
    int64_t base_dilation[LAX_MAX_RANK];
    int64_t window_dilation[LAX_MAX_RANK];
    bool reversal[LAX_MAX_RANK];
};

struct conv_spec {
    struct window_spec window;
    lax_conv_dimension_numbers numbers;
    int64_t feature_groups, batch_groups;
    lax_dtype preferred; /* or LAX_DTYPE_UNSET */
};

struct spec {
    const lax_operation *operation; /* tensors and parameters that need no reading */
    bool xla_rules;                 /* refuse what XLA refuses, not what JAX does */
    struct conv_spec conv;          /* CONV* */
    struct window_spec window;      /* REDUCE_WINDOW*, AVG_POOL, SELECT_AND_* */
};

/* Reads an operation's options. Refuses bad strings, lengths, enum values, struct sizes. */
lax_status lax_i_spec(const lax_operation *operation, struct spec *out, lax_error *why);
lax_status lax_i_conv_spec(const lax_conv_options *options, int32_t lhs_rank, int32_t rhs_rank,
                           struct conv_spec *out, lax_error *why);
/* Equal ranks of 2 to LAX_MAX_RANK. */
lax_status lax_i_conv_ranks(int32_t lhs_rank, int32_t rhs_rank, lax_error *why);
lax_status lax_i_window_spec(const lax_window_options *options, int32_t rank,
                             struct window_spec *out, lax_error *why);

/* Reads "SAME", "VALID", "SAME_LOWER" in any case. */
lax_status lax_i_padding_word(const char *word, enum padding_word *out, lax_error *why);
/* An option array: its name in sentences, its room, and the status of a bad entry. */
struct option {
    const char *name;
    int capacity;
    lax_status status;
};
/* Copies the first n entries: all zero means unset, which gives 1; otherwise each must be > 0, and
 * entries from n on zero. */
lax_status lax_i_option_array(const struct option *option, const int64_t *values, int n,
                              int64_t *out, lax_error *why);
/* Reads (low, high) pairs; entries from n on must be zero. */
lax_status lax_i_option_pads(const int64_t (*pads)[2], int capacity, int n, int64_t (*out)[2],
                             lax_error *why);
/* Both ways of saying padding: pairs of that capacity, or a word, which may be NULL. */
lax_status lax_i_option_padding(const char *word, const int64_t (*pads)[2], int capacity,
                                struct window_spec *out, lax_error *why);

#endif /* LAX_SPEC_SPEC_H */
