/* SPDX-License-Identifier: Apache-2.0 */
/* Cache keys: the copied contents of everything that shapes an operation's plan. */
#ifndef LAX_API_KEY_H
#define LAX_API_KEY_H

#include "base/base.h"

enum { LAX_KEY_NBYTES = 3072 };

struct key {
    size_t length;
    unsigned char bytes[LAX_KEY_NBYTES];
};

/* false: the operation has a callback or does not fit, and is not cached. */
bool lax_i_key(const lax_operation *op, struct key *out);

#endif /* LAX_API_KEY_H */
