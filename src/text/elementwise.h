/* SPDX-License-Identifier: Apache-2.0 */
/* Element-wise kernels: one table of operations for each element type (element_*.c), found through
 * elementwise.c. */
#ifndef LAX_TEXT_ELEMENTWISE_H
#define LAX_TEXT_ELEMENTWISE_H

#include "text/text.h"

/* Tables by operation; the type is one of the class. */
elementwise_fn *const *lax_i_element_float(lax_dtype dtype);
elementwise_fn *const *lax_i_element_signed(lax_dtype dtype);
elementwise_fn *const *lax_i_element_unsigned(lax_dtype dtype);
elementwise_fn *const *lax_i_element_complex(lax_dtype dtype);
elementwise_fn *lax_i_element_total_order(lax_dtype dtype);
elementwise_fn *lax_i_element_sign(lax_dtype dtype);
elementwise_fn *lax_i_element_abs(lax_dtype dtype);

#endif /* LAX_TEXT_ELEMENTWISE_H */
