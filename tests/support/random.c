/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers (splitmix64), and the environment's say in them. */
#include "support/support.h"

#include <stdlib.h>

#define DEFAULT_PROBLEMS 22000

static int64_t from_environment(const char *name, int64_t otherwise) {
    const char *text = getenv(name);
    return text && *text ? (int64_t)strtoull(text, NULL, 0) : otherwise;
}

uint64_t test_seed(void) { return (uint64_t)from_environment("LAX_TEST_SEED", 20240901); }

int64_t test_problems(int64_t all) {
    int64_t wanted = from_environment("LAX_TEST_RANDOM", DEFAULT_PROBLEMS);
    int64_t percent = from_environment("LAX_TEST_SHARE", 100);
    wanted = wanted * percent / 100;
    return (all * wanted + DEFAULT_PROBLEMS - 1) / DEFAULT_PROBLEMS;
}

bool test_is_short(void) { return from_environment("LAX_TEST_SHARE", 100) < 5; }

int64_t test_repeats(int64_t all) { return test_is_short() ? (all + 15) / 16 : all; }

bool test_takes(uint64_t index) {
    struct rng r = rng_of(79, index);
    return !test_is_short() || rng_chance(&r, 6);
}

uint64_t rng_next(struct rng *r) {
    uint64_t x = r->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct rng rng_of(uint64_t stream, uint64_t index) {
    struct rng r = {test_seed()};
    r.state = rng_next(&r) ^ (stream * UINT64_C(0xd1342543de82ef95));
    r.state = rng_next(&r) ^ (index * UINT64_C(0x2545f4914f6cdd1d));
    return r;
}

int64_t rng_in(struct rng *r, int64_t low, int64_t high) {
    return low + (int64_t)(rng_next(r) % (uint64_t)(high - low + 1));
}

bool rng_chance(struct rng *r, int percent) { return rng_in(r, 0, 99) < percent; }

void rng_permutation(struct rng *r, int32_t n, int32_t *permutation) {
    for (int32_t i = 0; i < n; i++) {
        int32_t j = (int32_t)rng_in(r, 0, i);
        permutation[i] = permutation[j];
        permutation[j] = i;
    }
}
