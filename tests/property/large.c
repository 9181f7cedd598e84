/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and windows that take several boxes, chunks of lanes, blocks and tasks. */
#include "property/large.h"

#include <string.h>

/* Channels last or first, long lines, images; big windows or small ones. */
int32_t large_shape(struct rng *r, int64_t *shape) {
    const int64_t few = rng_in(r, 1, 3), side = rng_in(r, 5, 40), many = rng_in(r, 1, 150);
    const int64_t line = rng_in(r, 100, 3000);
    const int64_t forms[][4] = {{few, side, side + 3, many},
                                {few, many, side, side + 3},
                                {line, many, 0, 0},
                                {few, line, 0, 0},
                                {side * 2, side * 3, 0, 0},
                                {few, 5, side, side + 2},
                                {line, 0, 0, 0}};
    const int32_t ranks[] = {4, 4, 2, 2, 2, 4, 1};
    int form = (int)rng_in(r, 0, 6);
    memcpy(shape, forms[form], sizeof forms[form]);
    return ranks[form];
}

void large_window(struct rng *r, lax_window_options *o, int32_t rank, const int64_t *shape) {
    int windowed = 0;
    bool big = rng_chance(r, 50), dilated = rng_chance(r, 25), strided = rng_chance(r, 50);
    for (int32_t d = rank - 1; d >= 0; d--) {
        if (windowed == 2 || shape[d] < 4 || rng_chance(r, 35)) continue;
        int64_t most = big ? (rank == 1 ? 300 : 33) : 4;
        windowed++;
        o->window_dimensions[d] = rng_in(r, 1, most < shape[d] * 2 ? most : shape[d] * 2);
        o->window_strides[d] = strided ? rng_in(r, 1, rng_chance(r, 10) ? 50 : 4) : 1;
        o->window_dilation[d] = dilated && rng_chance(r, 60) ? rng_in(r, 1, 4) : 1;
        o->base_dilation[d] = dilated && rng_chance(r, 40) ? rng_in(r, 1, 4) : 1;
        o->pads[d][0] = rng_in(r, -3, o->window_dimensions[d] + 2);
        o->pads[d][1] = rng_in(r, -3, o->window_dimensions[d] + 2);
    }
    for (int32_t d = 0; d < rank; d++) {
        int64_t *const set[] = {&o->window_dimensions[d], &o->window_strides[d],
                                &o->window_dilation[d], &o->base_dilation[d]};
        for (int i = 0; i < 4; i++)
            if (*set[i] == 0) *set[i] = 1;
    }
}
