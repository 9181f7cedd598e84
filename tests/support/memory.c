/* SPDX-License-Identifier: Apache-2.0 */
/* Memory between guard pages: one byte before or behind it ends the test. */
#include "support/support.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATTERN 0xc3

static unsigned char *first_page(const struct guarded *g) { return g->map + sysconf(_SC_PAGESIZE); }

static size_t usable(const struct guarded *g) {
    return g->map_size - 2 * (size_t)sysconf(_SC_PAGESIZE);
}

struct guarded guarded_new(size_t nbytes, bool at_end) {
    struct guarded g;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t inner = (nbytes + page - 1) / page * page;
    if (inner == 0) inner = page;
    g.map_size = inner + 2 * page;
    g.map = mmap(NULL, g.map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_msg(g.map != MAP_FAILED, "no memory for a test");
    ck_assert_int_eq(mprotect(g.map + page, inner, PROT_READ | PROT_WRITE), 0);
    memset(g.map + page, PATTERN, inner);
    g.bytes = g.map + page + (at_end ? inner - nbytes : 0);
    g.nbytes = nbytes;
    return g;
}

bool guarded_intact(const struct guarded *g) {
    const unsigned char *end = first_page(g) + usable(g);
    for (const unsigned char *p = first_page(g); p < g->bytes; p++) {
        if (*p != PATTERN) return false;
    }
    for (const unsigned char *p = g->bytes + g->nbytes; p < end; p++) {
        if (*p != PATTERN) return false;
    }
    return true;
}

void guarded_read_only(const struct guarded *g) {
    ck_assert_int_eq(mprotect(first_page(g), usable(g), PROT_READ), 0);
}

void guarded_free(struct guarded *g) {
    if (g->map) munmap(g->map, g->map_size);
    g->map = NULL;
}
