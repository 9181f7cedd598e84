/* SPDX-License-Identifier: Apache-2.0 */
/* The pick, pair and push kernels: every row of pick.def and pair.def, at every instruction set
 * that this machine has, against a scalar walk over the elements; every row of push.def and the
 * pull kernels against the combine kernels; splitting into phases and joining them. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "suites.h"
#include "support/support.h"

static const struct row {
    const char *name;
    enum pick_rule rule;
    lax_select select;
    lax_dtype type;
} rows[] = {
#define PICK(rule, select, type, name) {#name, PICK_##rule, LAX_##select, LAX_##type},
#define PICK_NARROW(rule, select, type, name) PICK(rule, select, type, name)
#define PICK_FLOAT(rule, select, type, name, suffix) PICK(rule, select, type, name)
#include "kernel/pick/pick.def"
#undef PICK_FLOAT
#undef PICK_NARROW
#undef PICK
};
static const struct push {
    const char *name;
    lax_reducer_kind kind;
    lax_dtype type;
} pushes[] = {
#define PUSH(kind, type, name) {#name, LAX_##kind, LAX_##type},
#include "kernel/pick/push.def"
#undef PUSH
};

enum { MOST = 4096, CANARY = 0x5a };

/* Element i of a row of x, as the oracle reads it. */
static struct ref_value value_at(const struct row *row, const void *x, int64_t i) {
    return ref_load(row->type, (const char *)x + i * (int64_t)ref_size(row->type));
}

static bool keeps(const struct row *row, struct ref_value winner, struct ref_value next) {
    if (row->rule == PICK_HOLD && ref_is_nan(row->type, winner)) return true;
    return ref_select(row->select, row->type, winner, next);
}

static int64_t integer_at(const void *x, size_t size, int64_t i) {
    const char *at = (const char *)x + i * (int64_t)size;
    int8_t a;
    int16_t b;
    int32_t c;
    int64_t d;
    switch (size) {
    case 1: memcpy(&a, at, 1); return a;
    case 2: memcpy(&b, at, 2); return b;
    case 4: memcpy(&c, at, 4); return c;
    default: memcpy(&d, at, 8); return d;
    }
}

static void fill(struct rng *r, lax_dtype type, void *x, int64_t n) {
    lax_tensor t = lax_tensor_of(type, x, 1, &n);
    bool whole = ref_is_integer(type);
    tensor_fill(r, &t, whole ? FILL_FEW : rng_chance(r, 70) ? FILL_SPECIAL : FILL_NORMAL);
}

static void check_taps(struct rng *r, const struct row *row, lax_isa isa) {
    static uint64_t x[MOST], key[MOST], number[MOST];
    size_t size = ref_size(row->type);
    const void *taps[LAX_PICK_TAPS];
    struct pick_taps t = {.taps = rng_in(r, 2, rng_chance(r, 10) ? LAX_PICK_TAPS : 12),
                          .runs = rng_in(r, 1, 3),
                          .lanes = rng_in(r, 1, 70),
                          .fresh = rng_chance(r, 70)};
    t.step = rng_chance(r, 50) ? t.lanes : rng_in(r, 0, 90);
    int64_t n = t.runs * t.lanes, first[LAX_PICK_TAPS];
    fill(r, row->type, x, MOST);
    memset(key, CANARY, sizeof key);
    memset(number, CANARY, sizeof number);
    for (int64_t i = 0; i < t.taps; i++) {
        first[i] = rng_in(r, 0, MOST - 400);
        taps[i] = (const char *)(const void *)x + first[i] * (int64_t)size;
    }
    if (!t.fresh) {
        memcpy(key, x, (size_t)n * size);
        memset(number, 0xff, (size_t)n * size);
    }
    lax_i_pick_kernel(isa, row->rule, row->select, row->type)->taps(key, number, taps, &t);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = i / t.lanes * t.step + i % t.lanes, best = t.fresh ? 0 : -1;
        struct ref_value winner = value_at(row, x, t.fresh ? first[0] + at : i);
        for (int64_t k = t.fresh ? 1 : 0; k < t.taps; k++) {
            struct ref_value next = value_at(row, x, first[k] + at);
            if (keeps(row, winner, next)) continue;
            winner = next;
            best = k;
        }
        ck_assert_msg(integer_at(number, size, i) == best, "%s: lane %lld of %lld taps", row->name,
                      (long long)i, (long long)t.taps);
        const char *from = best < 0 ? (const char *)(const void *)x + i * (int64_t)size
                                    : (const char *)taps[best] + at * (int64_t)size;
        ck_assert_msg(memcmp((char *)(void *)key + i * (int64_t)size, from, size) == 0, "%s: key",
                      row->name);
    }
    ck_assert_int_eq(((unsigned char *)(void *)key)[(size_t)n * size], CANARY);
    ck_assert_int_eq(((unsigned char *)(void *)number)[(size_t)n * size], CANARY);
}

enum { LANES = 37, PARTS = 9 };

/* Record i becomes the winner of i and i + 1, in the place of either; those behind move up. */
static void merge_two(struct rng *r, const struct pick_kernel *kernel, struct pick_record *parts,
                      int64_t n, int64_t i) {
    struct pick_record a = parts[i], b = parts[i + 1], out = rng_chance(r, 50) ? a : b;
    kernel->merge(out, a, b, LANES);
    parts[i] = out;
    for (int64_t k = i + 1; k + 1 < n; k++) parts[k] = parts[k + 1];
}

/* 2 to 9 records, merged as a random tree, give the winner of the row. */
static void check_merges(struct rng *r, const struct row *row, lax_isa isa) {
    static uint64_t x[PARTS][LANES], copy[PARTS][LANES], index[PARTS][LANES];
    const struct pick_kernel *kernel = lax_i_pick_kernel(isa, row->rule, row->select, row->type);
    size_t size = ref_size(row->type);
    int64_t n = rng_in(r, 2, PARTS);
    struct pick_record parts[PARTS];
    if (kernel->merge == NULL) return;
    for (int64_t i = 0; i < n; i++) {
        fill(r, row->type, x[i], LANES);
        memcpy(copy[i], x[i], sizeof copy[i]);
        kernel->count(index[i], x[i], i * 100, 1, LANES);
        parts[i] = (struct pick_record){copy[i], index[i]};
    }
    for (int64_t left = n; left > 1; left--)
        merge_two(r, kernel, parts, left, rng_in(r, 0, left - 2));
    for (int64_t l = 0; l < LANES; l++) {
        int64_t best = 0;
        for (int64_t i = 1; i < n; i++)
            if (!keeps(row, value_at(row, x[best], l), value_at(row, x[i], l))) best = i;
        int64_t got = integer_at(parts[0].index, size, l) & INT32_MAX;
        ck_assert_msg(got == best * 100 + l, "%s: lane %lld of %lld merged: %lld, not %lld",
                      row->name, (long long)l, (long long)n, (long long)got,
                      (long long)(best * 100 + l));
        ck_assert(memcmp((char *)parts[0].key + (size_t)l * size,
                         (char *)x[best] + (size_t)l * size, size) == 0);
    }
}

/* --- pairs ------------------------------------------------------------------------------------ */

static const struct pair_row {
    const char *name;
    enum pick_rule rule;
    bool strict, lower;
} pairs[] = {
#define PAIR(rule, strict, lower, f, i) {#f, PICK_##rule, strict, lower},
#include "kernel/pick/pair.def"
#undef PAIR
};
static const lax_dtype pair_types[] = {LAX_F64, LAX_F32, LAX_S64, LAX_S32};

/* Kernels see keys and payloads with some bits flipped. */
static int64_t flipped_at(const void *x, size_t size, int64_t i, uint64_t flip) {
    uint64_t bits = (uint64_t)integer_at(x, size, i) ^ flip;
    return size == 4 ? (int64_t)(int32_t)(uint32_t)bits : (int64_t)bits;
}

struct pair {
    int64_t key, payload; /* bits */
};

static bool pair_keeps(const struct pair_row *row, lax_dtype type, struct ref_value winner,
                       struct ref_value next) {
    bool held = ref_is_nan(type, winner), taken = ref_is_nan(type, next);
    if (held) return row->rule != PICK_FORGET;
    if (taken) return row->rule == PICK_PASS;
    return ref_select(row->strict ? LAX_GT : LAX_GE, type, winner, next);
}

static void meet(const struct pair_row *row, lax_dtype type, struct pair *winner,
                 struct pair next) {
    struct ref_value a = ref_load(type, &winner->key), b = ref_load(type, &next.key);
    bool tie = ref_select(LAX_GE, type, a, b) && ref_select(LAX_LE, type, a, b);
    bool keep = pair_keeps(row, type, a, b);
    bool low = tie && row->lower ? winner->payload < next.payload : keep;
    if (!keep) winner->key = next.key;
    if (!low) winner->payload = next.payload;
}

static void check_pairs(struct rng *r, const struct pair_row *row, lax_dtype type, lax_isa isa) {
    static uint64_t x[MOST], y[MOST], key[MOST], payload[MOST];
    size_t size = ref_size(type);
    const void *keys[30], *payloads[30];
    int64_t first[30], second[30];
    struct pair_taps t = {.x = keys, .y = payloads, .taps = rng_in(r, 1, 30)};
    t.runs = rng_in(r, 1, 3), t.lanes = rng_in(r, 1, 70);
    t.step = rng_chance(r, 50) ? t.lanes : rng_in(r, 0, 90);
    t.payload_step = rng_chance(r, 50) ? t.step : rng_in(r, 0, 90);
    uint64_t top = (uint64_t)1 << (8 * size - 1);
    t.key_flip = rng_chance(r, 50) ? 0 : rng_chance(r, 50) || ref_is_float(type) ? top : ~top;
    t.payload_flip = rng_chance(r, 50) ? 0 : top;
    fill(r, type, x, MOST);
    fill(r, size == 4 ? LAX_S32 : LAX_S64, y, MOST);
    memset(key, CANARY, sizeof key);
    memset(payload, CANARY, sizeof payload);
    for (int64_t i = 0; i < t.taps; i++) {
        first[i] = rng_in(r, 0, MOST - 400), second[i] = rng_in(r, 0, MOST - 400);
        keys[i] = (const char *)(const void *)x + first[i] * (int64_t)size;
        payloads[i] = (const char *)(const void *)y + second[i] * (int64_t)size;
    }
    t.start_key = x, t.start = y;
    lax_i_pair_kernel(isa, row->rule, row->strict, row->lower, type)(key, payload, &t);
    for (int64_t i = 0; i < t.runs * t.lanes; i++) {
        int64_t j = i / t.lanes, l = i % t.lanes;
        struct pair best = {flipped_at(x, size, 0, t.key_flip),
                            flipped_at(y, size, 0, t.payload_flip)};
        for (int64_t k = 0; k < t.taps; k++)
            meet(row, type, &best,
                 (struct pair){
                     flipped_at(x, size, first[k] + j * t.step + l, t.key_flip),
                     flipped_at(y, size, second[k] + j * t.payload_step + l, t.payload_flip)});
        ck_assert_msg(flipped_at(key, size, i, t.key_flip) == best.key, "%s: key", row->name);
        ck_assert_msg(flipped_at(payload, size, i, t.payload_flip) == best.payload, "%s: payload",
                      row->name);
    }
    ck_assert_int_eq(((unsigned char *)(void *)key)[(size_t)(t.runs * t.lanes) * size], CANARY);
    ck_assert_int_eq(((unsigned char *)(void *)payload)[(size_t)(t.runs * t.lanes) * size], CANARY);
}

static lax_isa levels[] = {LAX_ISA_SCALAR, LAX_ISA_AVX2, LAX_ISA_AVX512};

START_TEST(rows_against_a_walk) {
    const struct row *row = &rows[_i];
    struct rng r = rng_of(17, (uint64_t)_i);
    for (int level = 0; level < 3; level++) {
        if (levels[level] > lax_i_machine()->isa) continue;
        for (int64_t i = test_repeats(60); i > 0; i--) check_taps(&r, row, levels[level]);
        for (int64_t i = test_repeats(100); i > 0; i--) check_merges(&r, row, levels[level]);
    }
}
END_TEST

START_TEST(pairs_against_a_walk) {
    struct rng r = rng_of(21, (uint64_t)_i);
    for (int level = 0; level < 3; level++)
        for (int64_t i = test_repeats(60); i > 0 && levels[level] <= lax_i_machine()->isa; i--)
            check_pairs(&r, &pairs[_i / 4], pair_types[_i % 4], levels[level]);
}
END_TEST

/* Numbers of taps, then indices whose flags are set here and there. */
START_TEST(pushes_combine_in_order) {
    const struct push *row = &pushes[_i];
    lax_i_push_fn *push = lax_i_push_kernel(row->kind, row->type);
    lax_i_combine_fn *combine = lax_i_combine_kernel(row->kind, row->type);
    struct rng r = rng_of(18, (uint64_t)_i);
    size_t size = ref_size(row->type), index_size = size < 4 ? 4 : size;
    static uint64_t x[LANES], acc[200], want[200], index[LANES];
    const int64_t places[5] = {30, 0, 7, 7, 12}, n = LANES, step = 2, m = 200;
    lax_tensor t = lax_tensor_of(row->type, x, 1, &n), u = lax_tensor_of(row->type, acc, 1, &m);
    for (int form = 0; form < 2; form++) {
        tensor_fill(&r, &t, FILL_FEW);
        tensor_fill(&r, &u, FILL_FEW);
        memcpy(want, acc, sizeof want);
        for (int64_t l = 0; l < LANES; l++) {
            int64_t number = rng_in(&r, 0, 4), at = rng_in(&r, 0, 199);
            int64_t to = form == 0 ? places[number] + l * step : at;
            int64_t flagged = index_size == 4 ? at | INT32_MIN : at | INT64_MIN;
            int64_t word = form == 0 ? number : rng_chance(&r, 50) ? flagged : at;
            size_t width = form == 0 ? size : index_size;
            memcpy((char *)(void *)index + (size_t)l * width, &word, width);
            combine((char *)(void *)want + (size_t)to * size, (char *)(void *)x + (size_t)l * size,
                    1, 1);
        }
        push(acc, index, form == 0 ? places : NULL, step, x, n);
        ck_assert_msg(memcmp(acc, want, sizeof want) == 0, "%s, form %d", row->name, form);
    }
}
END_TEST

static const lax_dtype numbers[] = {LAX_F64, LAX_F32, LAX_S8,  LAX_S16, LAX_S32,
                                    LAX_S64, LAX_U8,  LAX_U16, LAX_U32, LAX_U64};

static void put_number(void *to, size_t size, int64_t i, int64_t value) {
    memcpy((char *)to + i * (int64_t)size, &value, size); /* little-endian, as the machine is */
}

/* Runs and lanes of sums from up to nine windows, against one addition after the other. */
static void check_pull(struct rng *r, lax_dtype type, lax_isa isa) {
    enum { ROOM = 700, COVERS = 9 };
    static uint64_t number[ROOM], source[ROOM], sums[ROOM], want[ROOM];
    const void *numbers_of[COVERS], *sources_of[COVERS];
    int64_t tap[COVERS], m = ROOM, size = (int64_t)ref_size(type);
    struct pull t = {numbers_of, sources_of, tap, .covers = rng_in(r, 0, COVERS)};
    lax_tensor x = lax_tensor_of(type, source, 1, &m), y = lax_tensor_of(type, sums, 1, &m);
    t.runs = rng_in(r, 1, 4), t.lanes = rng_in(r, 1, 70);
    t.acc_step = t.lanes + rng_in(r, 0, 1) * rng_in(r, 0, 40);
    t.number_step = t.lanes + rng_in(r, 0, 1) * 3, t.source_step = t.lanes + rng_in(r, 0, 1) * 5;
    tensor_fill(r, &x, FILL_NORMAL);
    tensor_fill(r, &y, FILL_NORMAL);
    for (int64_t i = 0; i < ROOM; i++) put_number(number, (size_t)size, i, rng_in(r, 0, 3));
    for (int c = 0; c < t.covers; c++) {
        tap[c] = rng_in(r, 0, 3);
        numbers_of[c] = (char *)(void *)number + rng_in(r, 0, 90) * size;
        sources_of[c] = (char *)(void *)source + rng_in(r, 0, 90) * size;
    }
    memcpy(want, sums, sizeof want);
    for (int64_t j = 0; j < t.runs; j++)
        for (int64_t l = 0; l < t.lanes; l++) {
            char *to = (char *)(void *)want + (j * t.acc_step + l) * size;
            memset(to, 0, (size_t)size);
            for (int c = 0; c < t.covers; c++)
                if (integer_at(numbers_of[c], (size_t)size, j * t.number_step + l) == tap[c])
                    lax_i_combine_kernel(LAX_ADD, type)(
                        to, (const char *)sources_of[c] + (j * t.source_step + l) * size, 1, 1);
        }
    lax_i_pull_kernels(isa)->pull[type](sums, &t);
    ck_assert_msg(memcmp(sums, want, sizeof want) == 0, "%s, %lld windows, %lld lanes",
                  lax_dtype_name(type), (long long)t.covers, (long long)t.lanes);
}

START_TEST(pulls_add_what_was_picked) {
    struct rng r = rng_of(19, (uint64_t)_i);
    for (int level = 0; level < 3; level++)
        for (int64_t i = test_repeats(100); i > 0 && levels[level] <= lax_i_machine()->isa; i--)
            check_pull(&r, numbers[_i], levels[level]);
}
END_TEST

/* Bytes, so that every size of element is a stride of them; nothing beside the elements. */
START_TEST(phases_split_and_join) {
    enum { MOST_BYTES = 8 * 64 };
    static unsigned char x[MOST_BYTES], split[2 * MOST_BYTES], joined[MOST_BYTES];
    struct rng r = rng_of(20, (uint64_t)_i);
    int64_t size = INT64_C(1) << (_i % 4);
    lax_isa isa = levels[_i / 4];
    if (isa > lax_i_machine()->isa) return;
    for (int64_t k = test_repeats(200); k > 0; k--) {
        int64_t n = rng_in(&r, 1, 63), phases = rng_in(&r, 1, 7);
        int64_t pitch = (n + phases - 1) / phases + rng_in(&r, 0, 1);
        for (int i = 0; i < MOST_BYTES; i++) x[i] = (unsigned char)rng_in(&r, 0, 255);
        memset(split, CANARY, sizeof split);
        memset(joined, CANARY, sizeof joined);
        lax_i_pull_kernels(isa)->split[_i % 4](split, pitch, x, n, phases);
        for (int64_t l = 0; l < n; l++)
            ck_assert(memcmp(split + (l % phases * pitch + l / phases) * size, x + l * size,
                             (size_t)size) == 0);
        lax_i_pull_kernels(isa)->join[_i % 4](joined, split, pitch, n, phases);
        ck_assert(memcmp(joined, x, (size_t)(n * size)) == 0);
        ck_assert_int_eq(joined[n * size], CANARY);
    }
}
END_TEST

Suite *suite_pick_kernels(void) {
    Suite *suite = suite_create("pick_kernels");
    TCase *tc = tcase_create("pick_kernels");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, rows_against_a_walk, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(tc, pairs_against_a_walk, 0, 4 * (int)(sizeof pairs / sizeof *pairs));
    tcase_add_loop_test(tc, pushes_combine_in_order, 0, sizeof pushes / sizeof *pushes);
    tcase_add_loop_test(tc, pulls_add_what_was_picked, 0, sizeof numbers / sizeof *numbers);
    tcase_add_loop_test(tc, phases_split_and_join, 0, 12);
    suite_add_tcase(suite, tc);
    return suite;
}
