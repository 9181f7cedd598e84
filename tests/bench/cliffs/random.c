/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers (splitmix64): each draw has its own stream, so that one can be had again alone. */
#include "cliffs.h"

#include <math.h>

static uint64_t next(struct dice *d) {
    uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct dice dice_of(int64_t seed, int64_t index) {
    struct dice d = {(uint64_t)seed};
    d.state = next(&d) ^ ((uint64_t)index * UINT64_C(0xd1342543de82ef95));
    return d;
}

int64_t dice_in(struct dice *d, int64_t low, int64_t high) {
    return high <= low ? low : low + (int64_t)(next(d) % (uint64_t)(high - low + 1));
}

bool dice_chance(struct dice *d, int percent) { return dice_in(d, 0, 99) < percent; }

static bool is_prime(int64_t n) {
    for (int64_t i = 2; i * i <= n; i++)
        if (n % i == 0) return false;
    return n > 1;
}

static int64_t awkward(struct dice *d, int64_t size) {
    int64_t power = 1;
    while (2 * power <= size) power *= 2;
    switch (dice_in(d, 0, 3)) {
    case 0: return power;
    case 1: return power + 1;
    case 2: return power - 1;
    default:
        while (!is_prime(size)) size++;
        return size;
    }
}

int64_t dice_size(struct dice *d, int64_t low, int64_t high) {
    double share = (double)(next(d) >> 11) * 0x1p-53;
    double drawn = (double)low * pow((double)(high + 1) / (double)low, share);
    int64_t size = (int64_t)drawn;
    if (dice_chance(d, 50)) size = awkward(d, size);
    return size < low ? low : size > high ? high : size;
}

void dice_shuffle(struct dice *d, int32_t n, int32_t *order) {
    for (int32_t i = 0; i < n; i++) {
        int32_t j = (int32_t)dice_in(d, 0, i);
        order[i] = order[j];
        order[j] = i;
    }
}
