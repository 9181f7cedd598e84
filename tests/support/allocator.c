/* SPDX-License-Identifier: Apache-2.0 */
/* An allocator that counts what is alive and can refuse one request; the same for what the linker
 * diverts (--wrap) of aligned_alloc and calloc. */
#include "support/support.h"

#include <stdlib.h>
#include <string.h>

/* Stored in front of each block, in its own aligned slot. */
struct header {
    void *raw;
    size_t nbytes;
};

static void *counting_allocate(void *user, size_t nbytes, size_t alignment) {
    struct counting *c = user;
    int64_t number = __atomic_fetch_add(&c->requests, 1, __ATOMIC_SEQ_CST);
    if (number == c->fail_at) return NULL;
    if (alignment < sizeof(struct header)) alignment = sizeof(struct header);
    unsigned char *raw = malloc(nbytes + 2 * alignment);
    if (!raw) return NULL;
    uintptr_t at = ((uintptr_t)raw + 2 * alignment - 1) / alignment * alignment;
    unsigned char *memory = raw + (at - (uintptr_t)raw);
    struct header header = {raw, nbytes};
    memcpy(memory - sizeof header, &header, sizeof header);
    memset(memory, 0xff, nbytes);
    __atomic_fetch_add(&c->live, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&c->live_bytes, (int64_t)nbytes, __ATOMIC_SEQ_CST);
    return memory;
}

static void counting_release(void *user, void *memory, size_t nbytes) {
    struct counting *c = user;
    struct header header;
    if (!memory) return;
    memcpy(&header, (unsigned char *)memory - sizeof header, sizeof header);
    if (header.nbytes != nbytes) c->misused = true;
    __atomic_fetch_sub(&c->live, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_sub(&c->live_bytes, (int64_t)header.nbytes, __ATOMIC_SEQ_CST);
    free(header.raw);
}

lax_allocator counting_allocator(struct counting *c) {
    memset(c, 0, sizeof *c);
    c->fail_at = -1;
    return (lax_allocator){counting_allocate, counting_release, c};
}

static struct counting *watching;

void *__real_aligned_alloc(size_t alignment, size_t nbytes);
void *__real_calloc(size_t count, size_t nbytes);
void *__wrap_aligned_alloc(size_t alignment, size_t nbytes);
void *__wrap_calloc(size_t count, size_t nbytes);

/* Whether this request, if it is watched, is the one to refuse. */
static bool refused(void) {
    if (!watching) return false;
    return __atomic_fetch_add(&watching->requests, 1, __ATOMIC_SEQ_CST) == watching->fail_at;
}

void *__wrap_aligned_alloc(size_t alignment, size_t nbytes) {
    return refused() ? NULL : __real_aligned_alloc(alignment, nbytes);
}

void *__wrap_calloc(size_t count, size_t nbytes) {
    return refused() ? NULL : __real_calloc(count, nbytes);
}

void malloc_count_start(struct counting *c) {
    memset(c, 0, sizeof *c);
    c->fail_at = -1;
    watching = c;
}

void malloc_count_stop(void) { watching = NULL; }
