/* SPDX-License-Identifier: Apache-2.0 */
/* Aligned memory through the user's allocator, malloc's by default. */
#include "base/base.h"

#include <stdlib.h>

static void *malloc_allocate(void *user, size_t nbytes, size_t alignment) {
    (void)user;
    return aligned_alloc(alignment, lax_i_round_up(nbytes, alignment));
}

static void malloc_release(void *user, void *memory, size_t nbytes) {
    (void)user;
    (void)nbytes;
    free(memory);
}

const lax_allocator lax_i_malloc_allocator = {malloc_allocate, malloc_release, NULL};

void *lax_i_allocate(const lax_allocator *allocator, size_t nbytes) {
    if (nbytes > PTRDIFF_MAX - LAX_ALIGNMENT) return NULL;
    return allocator->allocate(allocator->user, nbytes == 0 ? 1 : nbytes, LAX_ALIGNMENT);
}

void lax_i_release(const lax_allocator *allocator, void *memory, size_t nbytes) {
    if (memory != NULL) allocator->release(allocator->user, memory, nbytes == 0 ? 1 : nbytes);
}
