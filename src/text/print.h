/* SPDX-License-Identifier: Apache-2.0 */
/* HLO text of operations and modules: pieces that both share. */
#ifndef LAX_TEXT_PRINT_H
#define LAX_TEXT_PRINT_H

#include "text/text.h"

/* Like lax_i_text_add, without a format: plans print their replay line when they are made. */
void lax_i_put(struct text *text, const char *string);
void lax_i_put_int(struct text *text, int64_t value);
/* Integers between separators. */
void lax_i_put_list(struct text *text, int n, const int64_t *values, const char *separator);

/* The layout that the type shows: that of the strides where they are a dense order of the
 * dimensions, else row-major. Sets shown->strides accordingly. */
void lax_i_shown_layout(const lax_tensor *tensor, lax_tensor *shown);
/* f32[2,3]{1,0}; the strides are those of a layout. */
void lax_i_print_type(struct text *text, const lax_tensor *shown);

/* What an operation is printed with. */
struct print_names {
    const lax_tensor *operands, *results; /* as their types show them */
    const char *reducer, *selector;       /* computations' names */
};
/* ", window={...}, ..." up to the end of the line. */
void lax_i_print_attributes(struct text *text, const lax_operation *operation,
                            const struct print_names *names);
/* "add", "ge" */
const char *lax_i_reducer_name(lax_reducer_kind kind);
const char *lax_i_select_name(lax_select select);

#endif /* LAX_TEXT_PRINT_H */
