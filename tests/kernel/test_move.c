/* SPDX-License-Identifier: Apache-2.0 */
/* The move kernels of every level, and the template in the width of AVX-512 with emulated vectors:
 * small shapes to beyond one square of 16 and those around two, narrow ones longer, exactly as long
 * as what they may touch. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "suites.h"
#include "support/support.h"

#if defined(__x86_64__)
#include "kernel/move/lane.h"

typedef struct {
    lane part[4];
} vec;
enum { LANES = 4 };

static vec vec_load(const char *p) {
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}
static void vec_store(char *p, vec v) { memcpy(p, &v, sizeof v); }
static void vec_stream(char *p, vec v) { memcpy(p, &v, sizeof v); }
static lane vec_lane(vec v, int k) { return v.part[k]; }
static vec vec_join(const lane *part) { return (vec){{part[0], part[1], part[2], part[3]}}; }
static vec vec_broadcast(lane a) { return (vec){{a, a, a, a}}; }

static void vec_turn(vec *v) {
    for (int i = 0; i < LANES; i++)
        for (int j = 0; j < i; j++) {
            lane kept = v[i].part[j];
            v[i].part[j] = v[j].part[i];
            v[j].part[i] = kept;
        }
}

static lane shuffle_lane(lane a, lane order) {
    char from[16], by[16], to[16];
    lane_store(from, a), lane_store(by, order);
    for (int i = 0; i < 16; i++) to[i] = by[i] < 0 ? 0 : from[by[i] & 15];
    return lane_load(to);
}

static vec vec_shuffle(vec v, vec order) {
    for (int k = 0; k < LANES; k++) v.part[k] = shuffle_lane(v.part[k], order.part[k]);
    return v;
}

static vec vec_reverse(vec v, int size) {
    vec turned;
    for (int k = 0; k < LANES; k++)
        turned.part[k] = shuffle_lane(v.part[LANES - 1 - k], reversed_bytes(size));
    return turned;
}

/* Elements of a and b in turn, from byte `from` of each lane on. */
static vec interleaved(vec a, vec b, int size, int from) {
    char left[16], right[16], out[16];
    for (int k = 0; k < LANES; k++) {
        lane_store(left, a.part[k]), lane_store(right, b.part[k]);
        for (int i = 0; i < 16; i++)
            out[i] = (i / size % 2 ? right : left)[from + i / (2 * size) * size + i % size];
        a.part[k] = lane_load(out);
    }
    return a;
}
static vec vec_low(vec a, vec b, int size) { return interleaved(a, b, size, 0); }
static vec vec_high(vec a, vec b, int size) { return interleaved(a, b, size, 8); }

#define TABLE wide_move
extern const struct move_kernels wide_move;
#include "kernel/move/family_tmpl.h"
#else
#define wide_move (*lax_i_move_kernels(LAX_ISA_SCALAR))
#endif

enum { SCALAR, BEST_AVX2, BEST, WIDE, VARIANTS };

/* NULL where the machine is not above the level before. */
static const struct move_kernels *variant(int i) {
    lax_isa isa = lax_i_machine()->isa;
    if (i == WIDE) return &wide_move;
    if (i == SCALAR) return lax_i_move_kernels(LAX_ISA_SCALAR);
    if (i == BEST_AVX2) return isa < LAX_ISA_AVX2 ? NULL : lax_i_move_kernels(LAX_ISA_AVX2);
    return isa <= LAX_ISA_AVX2 ? NULL : lax_i_move_kernels(isa);
}

static void fill_bytes(struct rng *r, unsigned char *p, size_t n) {
    for (size_t i = 0; i < n; i++) p[i] = (unsigned char)rng_next(r);
}

/* Sizes of a matrix and the room behind each row of the two. */
struct matrix {
    int log2;
    int64_t rows, columns, dst_gap, src_gap;
};

/* Memory ends with the last element that may be touched. */
static void check_transpose(const struct move_kernels *k, struct matrix m) {
    if (!test_takes((uint64_t)((m.rows * 1000 + m.columns) * 8 + m.log2))) return;
    size_t size = (size_t)1 << m.log2;
    int64_t to = m.rows + m.dst_gap, from = m.columns + m.src_gap;
    int64_t last_src = (m.rows - 1) * from + m.columns, last_dst = (m.columns - 1) * to + m.rows;
    struct rng r = rng_of(71, (uint64_t)(m.rows * 1000 + m.columns));
    struct guarded src = guarded_new((size_t)last_src * size, true);
    struct guarded dst = guarded_new((size_t)last_dst * size, true);
    fill_bytes(&r, src.bytes, src.nbytes);
    memset(dst.bytes, 0xa5, dst.nbytes);
    k->transpose[m.log2](dst.bytes, to, src.bytes, from, m.rows, m.columns);
    for (int64_t c = 0; c < m.columns; c++)
        for (int64_t i = 0; i < to && c * to + i < last_dst; i++) {
            const unsigned char *got = dst.bytes + (size_t)(c * to + i) * size;
            const unsigned char *want = src.bytes + (size_t)(i * from + c) * size;
            bool right = true;
            for (size_t b = 0; b < size; b++) right &= got[b] == (i < m.rows ? want[b] : 0xa5);
            ck_assert_msg(right, "%zu bytes, %lld x %lld at %lld, %lld", size, (long long)m.rows,
                          (long long)m.columns, (long long)i, (long long)c);
        }
    ck_assert(guarded_intact(&dst));
    guarded_free(&src), guarded_free(&dst);
}

START_TEST(small_transposes) {
    const struct move_kernels *k = variant(_i / 5);
    if (!k) return;
    for (int64_t rows = 1; rows <= 35; rows += rows == 18 ? 13 : 1)
        for (int64_t columns = 1; columns <= 35; columns += columns == 18 ? 13 : 1)
            check_transpose(k, (struct matrix){_i % 5, rows, columns, rows % 3, columns % 2});
}
END_TEST

START_TEST(long_transposes) {
    static const int64_t sizes[] = {63, 64, 65, 130, 257};
    const struct move_kernels *k = variant(_i / 5);
    if (!k) return;
    for (int a = 0; a < LAX_COUNTOF(sizes); a++)
        for (int64_t b = 1; b <= 70; b += b < 6 ? 1 : 32) {
            check_transpose(k, (struct matrix){_i % 5, sizes[a], b, 0, 0});
            check_transpose(k, (struct matrix){_i % 5, b, sizes[a], 0, 0});
            check_transpose(k, (struct matrix){_i % 5, b, sizes[a], 1, 5});
            check_transpose(k, (struct matrix){_i % 5, b, sizes[a], 2, 512 - sizes[a]});
        }
}
END_TEST

START_TEST(reversals_and_streams) {
    const struct move_kernels *k = variant(_i / 5);
    if (!k) return;
    size_t size = (size_t)1 << _i % 5;
    struct rng r = rng_of(72, (uint64_t)_i);
    for (int64_t n = 1; n < 300; n++) {
        size_t nbytes = (size_t)n * size;
        if (!test_takes((uint64_t)(_i * 1000 + n))) continue;
        struct guarded src = guarded_new(nbytes, n % 2), dst = guarded_new(nbytes, n % 3);
        fill_bytes(&r, src.bytes, nbytes);
        k->reverse[_i % 5](dst.bytes, src.bytes + nbytes - size, n);
        for (int64_t i = 0; i < n; i++)
            ck_assert(memcmp(dst.bytes + (size_t)i * size, src.bytes + (size_t)(n - 1 - i) * size,
                             size) == 0);
        k->stream(dst.bytes, src.bytes, (int64_t)nbytes);
        k->fence();
        ck_assert(memcmp(dst.bytes, src.bytes, nbytes) == 0 && guarded_intact(&dst));
        guarded_free(&src), guarded_free(&dst);
    }
}
END_TEST

/* --- vectorised conversions: the bits of the general kernels ---------------------------------- */

static void check_conversion(struct rng *r, lax_dtype from, lax_dtype to, lax_isa isa) {
    struct converter c = lax_i_converter(from, to, isa);
    int64_t n = rng_in(r, 0, 1200);
    struct view x = view_new(r, from, 1, &n, VIEW_PLAIN), y = view_new(r, to, 1, &n, VIEW_PLAIN);
    struct view want = view_new(r, to, 1, &n, VIEW_PLAIN);
    tensor_fill(r, &x.tensor, from < LAX_S8 && rng_chance(r, 30) ? FILL_SPECIAL : FILL_NORMAL);
    if (from == LAX_F32) /* every size of number, and halves between two results */
        for (int64_t i = 0; i < n; i += 2)
            ((uint32_t *)x.tensor.data)[i] = (uint32_t)rng_next(r) & (i % 4 ? 0xfffff000 : ~0u);
    if (from == LAX_F32)
        for (int64_t i = 0; i < n; i++) {
            float *v = (float *)x.tensor.data + i;
            if (*v != *v) *v = NAN; /* a signalling NaN may become quiet or not */
        }
    lax_i_convert(&c, y.tensor.data, 1, x.tensor.data, 1, n);
    lax_i_convert_kernel(from, to)(want.tensor.data, 1, x.tensor.data, 1, n);
    ck_assert_msg(same_bytes(&y.tensor, &want.tensor), "%s to %s", lax_dtype_name(from),
                  lax_dtype_name(to));
    ck_assert(view_holes_intact(&y));
    view_free(&x), view_free(&y), view_free(&want);
}

START_TEST(conversions_keep_bits) {
    lax_isa isa = _i == 0 ? LAX_ISA_SCALAR : _i == 1 ? LAX_ISA_AVX2 : LAX_ISA_AVX512;
    if (isa > lax_i_machine()->isa) return;
    for (int from = LAX_F64; from <= LAX_C128; from++)
        for (int to = LAX_F64; to <= LAX_C128; to++)
            for (uint64_t i = 0; i < 6; i++) {
                struct rng r = rng_of(73, (uint64_t)(from * 100 + to) * 10 + i);
                check_conversion(&r, (lax_dtype)from, (lax_dtype)to, isa);
            }
}
END_TEST

Suite *suite_move(void) {
    Suite *suite = suite_create("move");
    TCase *tc = tcase_create("kernels");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, small_transposes, 0, VARIANTS * 5);
    tcase_add_loop_test(tc, long_transposes, 0, VARIANTS * 5);
    tcase_add_loop_test(tc, reversals_and_streams, 0, VARIANTS * 5);
    tcase_add_loop_test(tc, conversions_keep_bits, 0, 3);
    suite_add_tcase(suite, tc);
    return suite;
}
