/* SPDX-License-Identifier: Apache-2.0 */
/* The pack kernels: at every instruction set that this machine has, for every key type and form,
 * the greatest packed integer of some elements is the one of which the oracle's selection in order
 * takes the element; NaN is told. */
#include <check.h>
#include <string.h>

#include "kernel/kernel.h"
#include "suites.h"
#include "support/support.h"

enum { MOST = 200, CANARY = 0x5a };

static const lax_dtype types[] = {LAX_PRED, LAX_U8,   LAX_S8,  LAX_U16, LAX_S16,
                                  LAX_F16,  LAX_BF16, LAX_U32, LAX_S32, LAX_F32};
enum { TYPES = sizeof types / sizeof *types };

struct packing {
    lax_dtype type;
    lax_isa isa;
    bool wide;
    struct pack_rule rule;
    lax_select select;
};

static void set_rule(struct packing *p, struct rng *r) {
    static const lax_select selects[2][2] = {{LAX_GE, LAX_GT}, {LAX_LE, LAX_LT}};
    p->rule.least = rng_chance(r, 50), p->rule.last = rng_chance(r, 50);
    p->rule.bits = p->wide ? 32 : 32 - 8 * (int)ref_size(p->type);
    p->rule.none = 12345;
    p->select = selects[p->rule.least][p->rule.last];
}

static struct ref_value value_at(const struct packing *p, const void *keys, int64_t i) {
    return ref_load(p->type, (const char *)keys + i * (int64_t)ref_size(p->type));
}

static int64_t walk(const struct packing *p, const void *keys, int64_t from, int64_t to) {
    int64_t winner = from;
    for (int64_t i = from + 1; i < to; i++)
        if (!ref_select(p->select, p->type, value_at(p, keys, winner), value_at(p, keys, i)))
            winner = i;
    return winner;
}

static int64_t packed_at(const struct packing *p, const void *packed, int64_t i) {
    return p->wide ? ((const int64_t *)packed)[i] : ((const int32_t *)packed)[i];
}

static void check_windows(const struct packing *p, struct rng *r, const void *keys,
                          const void *packed, const int32_t *index, int64_t first, int64_t n) {
    for (int k = 0; k < 20; k++) {
        int64_t from = rng_in(r, 0, n - 1), to = rng_in(r, from + 1, n), best = from;
        for (int64_t i = from; i < to; i++)
            if (packed_at(p, packed, i) > packed_at(p, packed, best)) best = i;
        ensure(best == walk(p, keys, from, to), "%s: [%lld, %lld) picks %lld",
               lax_dtype_name(p->type), (long long)from, (long long)to, (long long)best);
        ensure(index[best] == first + best, "index %d of %lld", index[best],
               (long long)(first + best));
    }
}

static void check_once(struct packing *p, struct rng *r, enum fill fill) {
    static _Alignas(64) unsigned char keys[MOST * 4], packed[MOST * 8 + 8];
    static int32_t index[MOST + 1];
    const struct pack_kernels *kernels = lax_i_pack_kernels(p->isa, p->wide);
    int64_t n = rng_in(r, 1, MOST), first = rng_in(r, 0, 1000);
    size_t size = p->wide ? 8 : 4;
    lax_tensor t = lax_tensor_of(p->type, keys, 1, &n);
    bool nan = false;
    set_rule(p, r);
    tensor_fill(r, &t, fill);
    memset(packed, CANARY, sizeof packed);
    memset(index, CANARY, sizeof index);
    for (int64_t i = 0; i < n; i++) nan |= ref_is_nan(p->type, value_at(p, keys, i));
    ck_assert(kernels->pack[p->type](packed, keys, &p->rule, first, n) == nan);
    ck_assert_int_eq(packed[(size_t)n * size], CANARY);
    kernels->unpack(index, packed, &p->rule, n);
    ck_assert_int_eq(((unsigned char *)&index[n])[0], CANARY);
    if (!nan) check_windows(p, r, keys, packed, index, first, n);
}

/* Test _i: type, form and instruction set. */
START_TEST(greatest_is_what_selection_takes) {
    struct packing p = {.type = types[_i % TYPES], .wide = _i / TYPES % 2 == 1};
    p.isa = (lax_isa)(LAX_ISA_SCALAR + _i / TYPES / 2);
    if (p.isa > lax_i_machine()->isa || (!p.wide && ref_size(p.type) == 4)) return;
    struct rng r = rng_of(4801, (uint64_t)_i);
    for (int64_t k = test_repeats(200); k > 0; k--)
        check_once(&p, &r, k % 3 == 0 ? FILL_NORMAL : k % 3 == 1 ? FILL_FEW : FILL_SPECIAL);
}
END_TEST

/* What a window without elements has, the least integer, is no element's. */
START_TEST(nothing_picked_is_told) {
    const struct pack_rule rule = {.bits = 32, .none = 77};
    const int64_t packed[] = {INT64_MIN, INT64_MIN + 1, 0xffffffff - 5};
    int32_t index[3];
    lax_i_pack_kernels(lax_i_machine()->isa, true)->unpack(index, packed, &rule, 3);
    ck_assert_int_eq(index[0], 77);
    ck_assert_int_eq(index[1], (int32_t)(0xffffffffu - 1));
    ck_assert_int_eq(index[2], 5);
}
END_TEST

Suite *suite_pack(void) {
    Suite *suite = suite_create("pack");
    TCase *tc = tcase_create("pack");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, greatest_is_what_selection_takes, 0, 3 * 2 * TYPES);
    tcase_add_test(tc, nothing_picked_is_told);
    suite_add_tcase(suite, tc);
    return suite;
}
