/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes in and out of dense rows: every order of dimensions on both sides, strides that turn round,
 * skip and repeat, elements of each size as they are and converted, with room and without, at every
 * level. What is copied is exactly as long as its memory, and nothing between is written. */
#include <check.h>
#include <string.h>

#include "lower/picks.h"
#include "suites.h"
#include "support/support.h"

enum { PROBLEMS = 4000, MOST = 4, ELEMENTS = 20000 };

struct box {
    struct rng rng;
    struct box_copy copy;
    lax_dtype type, lanes; /* of tensor and rows */
    struct converter load, store;
    int64_t extent[MOST], near[MOST], far[MOST];
    int64_t elements, rows, tensor; /* rows, tensor: what they span */
    int64_t low;                    /* elements before the first one */
};

static const struct {
    lax_dtype type, lanes;
} types[] = {{LAX_U8, LAX_U8},   {LAX_PRED, LAX_U8},  {LAX_S16, LAX_S16},   {LAX_S16, LAX_S32},
             {LAX_F16, LAX_F32}, {LAX_BF16, LAX_F32}, {LAX_F32, LAX_F32},   {LAX_F64, LAX_F64},
             {LAX_U8, LAX_S32},  {LAX_C64, LAX_C64},  {LAX_C128, LAX_C128}, {LAX_F32, LAX_F64}};

/* Strides of a lattice with dimensions in any order; gaps behind some rows. Returns its span. */
static int64_t lattice(struct box *b, int64_t *stride, int gaps) {
    int32_t order[MOST];
    int64_t span = 1;
    rng_permutation(&b->rng, b->copy.rank, order);
    for (int i = 0; i < b->copy.rank; i++) {
        int d = order[i];
        stride[d] = span + (rng_chance(&b->rng, gaps) ? rng_in(&b->rng, 1, 3) : 0);
        span += stride[d] * lax_i_max(b->extent[d] - 1, 0);
    }
    return span;
}

/* Elements before the first one where strides are negative. */
static void turn(struct box *b, bool repeats) {
    b->low = 0;
    for (int d = 0; d < b->copy.rank; d++) {
        if (repeats && rng_chance(&b->rng, 15)) b->far[d] = 0;
        if (b->extent[d] == 1 && rng_chance(&b->rng, 50)) b->far[d] = b->near[d] = 1000000007;
        if (!rng_chance(&b->rng, 20)) continue;
        b->far[d] = -b->far[d];
        b->low -= b->far[d] * lax_i_max(b->extent[d] - 1, 0);
    }
}

static void random_box(struct box *b, int64_t number, bool repeats) {
    lax_isa isas[] = {LAX_ISA_SCALAR, LAX_ISA_AVX2, lax_i_machine()->isa};
    *b = (struct box){.rng = rng_of(97, (uint64_t)number), .elements = 1};
    lax_isa isa = isas[rng_in(&b->rng, 0, 2)];
    if (isa > lax_i_machine()->isa) isa = lax_i_machine()->isa;
    int64_t pair = rng_in(&b->rng, 0, LAX_COUNTOF(types) - 1);
    lax_dtype type = types[pair].type, lanes = types[pair].lanes;
    b->type = type, b->lanes = lanes;
    b->copy.rank = (int)rng_in(&b->rng, 0, MOST);
    for (int d = 0; d < b->copy.rank; d++) {
        int64_t most = rng_chance(&b->rng, 30) ? lax_i_min(70, ELEMENTS / b->elements) : 7;
        b->extent[d] = rng_in(&b->rng, rng_chance(&b->rng, 98), lax_i_max(most, 1));
        b->elements *= lax_i_max(b->extent[d], 1);
    }
    b->rows = lattice(b, b->near, rng_chance(&b->rng, 30) ? 40 : 0);
    b->tensor = lattice(b, b->far, rng_chance(&b->rng, 50) ? 30 : 0);
    turn(b, repeats);
    b->load = lax_i_pick_converter(type, lanes, isa);
    b->store = lax_i_pick_converter(lanes, type, isa);
    b->copy.extent = b->extent, b->copy.near = b->near, b->copy.far = b->far;
    b->copy.near_size = lax_dtype_size(lanes), b->copy.far_size = lax_dtype_size(type);
    b->copy.plain = type == lanes;
    b->copy.moves = lax_i_move_kernels(isa);
}

/* Element by element, with the same converters. */
static void one_by_one(const struct box *b, bool out, char *rows, char *tensor) {
    int64_t step[MOST] = {0};
    for (int d = 0; d < b->copy.rank; d++)
        if (b->extent[d] == 0) return;
    do {
        char *near = rows + lax_i_offset(b->copy.rank, step, b->near) * (int64_t)b->copy.near_size;
        char *far = tensor + lax_i_offset(b->copy.rank, step, b->far) * (int64_t)b->copy.far_size;
        if (out)
            lax_i_convert(&b->store, far, 1, near, 1, 1);
        else
            lax_i_convert(&b->load, near, 1, far, 1, 1);
    } while (lax_i_next(b->copy.rank, step, b->extent));
}

/* Whole numbers: whether conversions keep a signalling NaN is open. */
static struct guarded filled(struct box *b, int64_t elements, lax_dtype type) {
    struct guarded g =
        guarded_new((size_t)elements * lax_dtype_size(type), rng_chance(&b->rng, 50));
    for (int64_t i = 0; i < elements; i++) {
        int16_t value = (int16_t)rng_in(&b->rng, -2000, 2000);
        lax_i_convert_kernel(LAX_S16, type)(g.bytes + i * (int64_t)lax_dtype_size(type), 1, &value,
                                            1, 1);
    }
    return g;
}

static void check_same(const struct box *b, int64_t number, struct guarded *got,
                       struct guarded *expected) {
    ensure(memcmp(got->bytes, expected->bytes, got->nbytes) == 0 && guarded_intact(got),
           "box %lld of rank %d, %zu to %zu bytes", (long long)number, b->copy.rank,
           b->copy.far_size, b->copy.near_size);
    guarded_free(got), guarded_free(expected);
}

static void check_box(int64_t number, bool out) {
    struct box b;
    random_box(&b, number, !out);
    bool has_room = rng_chance(&b.rng, 70);
    int64_t spans[] = {b.rows, b.tensor};
    struct guarded room = guarded_new((size_t)b.elements * b.copy.far_size, true);
    struct guarded from = filled(&b, spans[!out], out ? b.lanes : b.type);
    struct guarded to = filled(&b, spans[out], out ? b.type : b.lanes);
    struct guarded expected = guarded_new(to.nbytes, false);
    memcpy(expected.bytes, to.bytes, to.nbytes);
    guarded_read_only(&from);
    int64_t corner = b.low * (int64_t)b.copy.far_size;
    b.copy.convert = out ? &b.store : &b.load;
    if (has_room) b.copy.room = room.bytes;
    if (out) {
        lax_i_box_scatter(&b.copy, to.bytes + corner, from.bytes);
        one_by_one(&b, true, (char *)from.bytes, (char *)expected.bytes + corner);
    } else {
        lax_i_box_gather(&b.copy, to.bytes, from.bytes + corner);
        one_by_one(&b, false, (char *)expected.bytes, (char *)from.bytes + corner);
    }
    check_same(&b, number, &to, &expected);
    guarded_free(&from), guarded_free(&room);
}

START_TEST(as_element_by_element) {
    int64_t n = test_problems(PROBLEMS);
    for (int64_t i = 0; i < n; i++) check_box(i, _i == 1);
}
END_TEST

Suite *suite_box_copy(void) {
    Suite *suite = suite_create("box_copy");
    TCase *tc = tcase_create("box_copy");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, as_element_by_element, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
