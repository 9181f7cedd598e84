/* SPDX-License-Identifier: Apache-2.0 */
/* The lane kernels: comparisons, and sums, products, max and min as the combine kernels have them,
 * at every instruction set that this machine has, with a canary behind the result. */
#include <check.h>
#include <string.h>

#include "kernel/kernel.h"
#include "suites.h"
#include "support/support.h"

enum { MOST = 150, CANARY = 0x5a };

static const lax_dtype types[] = {
#define LANE(type, row) LAX_##type,
#include "kernel/lane/lane.def"
#undef LANE
};
static const lax_isa levels[] = {LAX_ISA_SCALAR, LAX_ISA_AVX2, LAX_ISA_AVX512};

static void check_comparisons(lax_isa isa, lax_dtype type, const void *const *x, int64_t n) {
    static const lax_select selects[] = {LAX_GE, LAX_GT, LAX_LE, LAX_LT};
    static const enum lane_op ops[] = {LANE_GE, LANE_GT, LANE_LE, LANE_LT};
    uint8_t got[MOST + 1], want[MOST];
    for (int k = 0; k < 4; k++) {
        got[n] = CANARY;
        lax_i_lane_kernel(isa, ops[k], type)(got, x, n);
        lax_i_select_kernel(selects[k], type)(want, x[0], x[1], n);
        ck_assert(memcmp(got, want, (size_t)n) == 0 && got[n] == CANARY);
    }
}

static void check_arithmetic(lax_isa isa, lax_dtype type, const void *const *x, int64_t n) {
    static const lax_reducer_kind kinds[] = {LAX_ADD, LAX_MUL, LAX_MAX, LAX_MIN};
    static const enum lane_op ops[] = {LANE_ADD, LANE_MULTIPLY, LANE_MAXIMUM, LANE_MINIMUM};
    uint64_t got[MOST + 1], want[MOST];
    size_t size = ref_size(type);
    for (int k = 0; k < 4; k++) {
        memset(got, CANARY, sizeof got);
        memcpy(want, x[0], (size_t)n * size);
        lax_i_lane_kernel(isa, ops[k], type)(got, x, n);
        lax_i_combine_kernel(kinds[k], type)(want, x[1], 1, n);
        for (int64_t i = 0; i < n; i++) {
            const char *a = (char *)got + i * (int64_t)size, *b = (char *)want + i * (int64_t)size;
            bool nan = ref_is_nan(type, ref_load(type, a)) && ref_is_nan(type, ref_load(type, b));
            ck_assert_msg(nan || memcmp(a, b, size) == 0, "operation %d on %s", (int)ops[k],
                          lax_dtype_name(type));
        }
        ck_assert_int_eq(((unsigned char *)got)[(size_t)n * size], CANARY);
    }
}

START_TEST(lanes) {
    lax_dtype type = types[_i];
    uint64_t a[MOST], b[MOST];
    const void *x[] = {a, b};
    struct rng r = rng_of(23, (uint64_t)_i);
    for (int k = 0; k < 100; k++) {
        int64_t n = rng_in(&r, 0, MOST);
        lax_tensor in[] = {lax_tensor_of(type, a, 1, &n), lax_tensor_of(type, b, 1, &n)};
        for (int i = 0; i < 2; i++)
            tensor_fill(&r, &in[i], ref_is_integer(type) ? FILL_FEW : FILL_SPECIAL);
        for (int level = 0; level < 3; level++) {
            if (levels[level] > lax_i_machine()->isa) continue;
            check_comparisons(levels[level], type, x, n);
            check_arithmetic(levels[level], type, x, n);
        }
    }
}
END_TEST

Suite *suite_lane(void) {
    Suite *suite = suite_create("lane");
    TCase *tc = tcase_create("lane");
    tcase_add_loop_test(tc, lanes, 0, (int)(sizeof types / sizeof *types));
    suite_add_tcase(suite, tc);
    return suite;
}
