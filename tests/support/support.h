/* SPDX-License-Identifier: Apache-2.0 */
/* What every suite needs: random numbers with a printed seed, tensors of every element type with
 * odd strides between guard pages, a failing allocator, hostile thread pools, comparison. */
#ifndef LAX_TESTS_SUPPORT_H
#define LAX_TESTS_SUPPORT_H

#include <check.h>
#include <lax/lax.h>

#include "reference/reference.h"

/* ---- random.c: one generator per problem, from the run's seed and the problem's number ---- */
struct rng {
    uint64_t state;
};
uint64_t test_seed(void); /* LAX_TEST_SEED, or a fixed default */
/* `all` scaled to the run: LAX_TEST_RANDOM problems in all, or LAX_TEST_SHARE percent of them. */
int64_t test_problems(int64_t all);
/* A run with LAX_TEST_SHARE below 5, as under valgrind, takes one in 16 of what systematic tests
 * have: repeats of a loop, rounded up; whether case `index` belongs to it. */
bool test_is_short(void);
int64_t test_repeats(int64_t all);
bool test_takes(uint64_t index);
struct rng rng_of(uint64_t stream, uint64_t index);
uint64_t rng_next(struct rng *r);
int64_t rng_in(struct rng *r, int64_t low, int64_t high); /* both ends included */
bool rng_chance(struct rng *r, int percent);
void rng_permutation(struct rng *r, int32_t n, int32_t *permutation);

/* ---- memory.c: bytes between two pages that cannot be touched ---- */
struct guarded {
    unsigned char *map;
    size_t map_size;
    unsigned char *bytes;
    size_t nbytes;
};
/* at_end: the last byte touches the upper guard page, otherwise the first one the lower. The rest
 * of the pages is filled with a pattern that guarded_intact() checks. */
struct guarded guarded_new(size_t nbytes, bool at_end);
bool guarded_intact(const struct guarded *g);
void guarded_read_only(const struct guarded *g);
void guarded_free(struct guarded *g);

/* ---- view.c: tensors ---- */
struct view {
    lax_tensor tensor;
    struct guarded memory;
};
enum view_kind {
    VIEW_OUTPUT, /* injective; filled with 0xff bytes: NaN in every float type */
    VIEW_INPUT,  /* may have strides of 0 */
    VIEW_PLAIN   /* row-major */
};
struct view view_new(struct rng *r, lax_dtype type, int32_t rank, const int64_t *shape,
                     enum view_kind kind);
struct view view_like(struct rng *r, const lax_tensor *form, enum view_kind kind);
void view_free(struct view *v);
/* For outputs: nothing but the elements has been written; text gets the complaint. */
bool view_holes_intact(const struct view *v);
void view_reset(struct view *v);
enum fill {
    FILL_NORMAL,  /* multiples of 1/8, or full range for integers */
    FILL_FEW,     /* few values, so that windows have ties */
    FILL_UNIT,    /* near 1 in size, for products */
    FILL_SMALL,   /* within [-1/2, 1/2], for exponentials */
    FILL_SPECIAL, /* FILL_FEW with NaN, infinities and -0 */
    FILL_INDEX    /* the number of the element */
};
void tensor_fill(struct rng *r, const lax_tensor *t, enum fill fill);
/* Offset in bytes of the element with this index. */
int64_t tensor_offset(const lax_tensor *t, const int64_t *index);
lax_dtype any_dtype(struct rng *r);
lax_dtype any_float(struct rng *r);
/* A row-major tensor and its memory from one list; freed with free(t.data). */
lax_tensor dense_f32(int32_t rank, const int64_t *shape, const float *values);
lax_tensor dense_new(lax_dtype type, int32_t rank, const int64_t *shape);

/* ---- compare.c ---- */
struct message {
    char text[700];
};
/* Whether a tensor holds what the oracle says; the message gets the first difference. */
bool agrees(const struct ref_array *expected, const lax_tensor *got, struct message *m);
bool same_bytes(const lax_tensor *a, const lax_tensor *b);
/* Aborts the test with a message unless a call succeeded. */
void must(lax_status status, const lax_error *why, const char *what);
/* ck_assert_msg() for inner loops: Check writes a note to a file at each of its own assertions,
 * which is most of a run's time under valgrind. */
#define ensure(condition, ...)                                                                     \
    do {                                                                                           \
        if (!(condition)) ck_abort_msg(__VA_ARGS__);                                               \
    } while (0)
/* A list of floats; LIST(1, 2) makes one. */
struct list {
    int64_t n;
    const float *v;
};
#define LIST(...)                                                                                  \
    ((struct list){(int64_t)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)),                \
                   (const float[]){__VA_ARGS__}})
#define EMPTY ((struct list){0, NULL})
/* Checks a float tensor (row-major) against a list, exactly. */
void expect_f32(const lax_tensor *got, struct list values);

/* ---- allocator.c: counts, and fails the n-th request ---- */
struct counting {
    int64_t live, live_bytes, requests;
    int64_t fail_at; /* this request gets NULL; -1: none */
    bool misused;    /* released with another size than it was allocated with */
};
lax_allocator counting_allocator(struct counting *c);
/* The same for the library's own use of malloc: between start and stop its requests are counted
 * in c, and request c->fail_at gets NULL. What leaks then is for the sanitizers to say. */
void malloc_count_start(struct counting *c);
void malloc_count_stop(void);

/* ---- parallel.c: hosts that do to a loop all that the contract allows ---- */
enum host { HOST_REVERSED, HOST_INLINE, HOST_SHUFFLED, HOST_FOREIGN, HOST_COUNT };
void host_parallel_for(void *host, int64_t count, lax_task task, void *argument);
extern enum host hosts[HOST_COUNT];
lax_context *context_with_host(enum host host, int32_t threads);
lax_context *context_with_threads(int32_t threads);
lax_context *context_forced(const char *lowering);

#endif
