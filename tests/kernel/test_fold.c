/* SPDX-License-Identifier: Apache-2.0 */
/* The folds of every instruction set of the machine, row by row of fold.def, against the combine
 * kernels element by element; the scans against folds of one element more each. Canaries stand
 * behind what may be written. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "cpu/cpu.h"
#include "kernel/kernel.h"
#include "support/support.h"

enum { LANES = 77, MOST = 19, PIXELS = 3, CANARY = 0x5a, LENGTH = 1300 };

struct data {
    lax_reducer_kind kind;
    lax_dtype type;
    const struct fold *fold;
    size_t size;
    _Alignas(64) unsigned char rows[MOST][LANES * PIXELS * 16];
};

/* A number for one case of a row of the table at a level. */
static uint64_t case_of(const struct data *d, lax_isa isa, int which) {
    return (((uint64_t)d->kind * 32 + (uint64_t)d->type) * 8 + (uint64_t)isa) * 10000 +
           (uint64_t)which;
}

static void fill_rows(struct data *d) {
    struct rng r = rng_of((uint64_t)d->kind, (uint64_t)d->type);
    const int64_t shape[] = {LANES * PIXELS};
    for (int k = 0; k < MOST; k++) {
        lax_tensor t = lax_tensor_of(d->type, d->rows[k], 1, shape);
        bool special = ref_is_float(d->type) && (d->kind == LAX_MAX || d->kind == LAX_MIN);
        tensor_fill(&r, &t, special ? FILL_SPECIAL : k % 2 ? FILL_SMALL : FILL_UNIT);
    }
}

/* The combine kernels' left fold of one lane of rows, as an element. */
static void expect(const struct data *d, int k, int64_t at, void *out) {
    _Alignas(16) unsigned char acc[16];
    lax_dtype wide = lax_i_combine_accumulator(d->type);
    lax_i_identity(d->kind, wide, acc);
    for (int t = 0; t < k; t++)
        lax_i_combine_kernel(d->kind, d->type)(acc, d->rows[t] + (size_t)at * d->size, 1, 1);
    lax_i_convert_kernel(wide, d->type)(out, 1, acc, 1, 1);
}

static bool same(const struct data *d, const void *got, const void *want) {
    if (memcmp(got, want, d->size) == 0) return true;
    if (d->kind == LAX_MAX || d->kind == LAX_MIN) return false;
    struct ref_value a = ref_load(d->type, got), b = ref_load(d->type, want);
    /* Logarithms are not libm's. */
    if (!ref_is_complex(d->type) && d->kind == LAX_LOGADDEXP)
        return fabsl(a.re - b.re) <= MOST * ref_epsilon(d->type) * fmaxl(1, fabsl(b.re));
    if (!ref_is_complex(d->type))
        return !ref_is_integer(d->type) && a.re == b.re; /* zeros of either sign */
    /* Compilers may fuse the four products of one number. */
    long double size = fabsl(b.re) + fabsl(b.im) + 0.01L;
    return fabsl(a.re - b.re) + fabsl(a.im - b.im) <= MOST * ref_epsilon(d->type) * size;
}

static void check_row(const struct data *d, const unsigned char *got, int k, int64_t lanes,
                      int64_t pixel) {
    unsigned char want[16];
    for (int64_t i = 0; i < lanes; i++) {
        expect(d, k, pixel * LANES + i, want);
        ck_assert_msg(same(d, got + (size_t)i * d->size, want),
                      "reducer %d type %s, %d rows, lane %lld of %lld", d->kind,
                      lax_dtype_name(d->type), k, (long long)i, (long long)lanes);
    }
    for (size_t i = (size_t)lanes * d->size; i < (size_t)lanes * d->size + 16; i++)
        ck_assert_uint_eq(got[i], CANARY);
}

/* Rows in working form, raw and direct rows give the same elements. */
static void check_fold(struct data *d, int k, int64_t lanes) {
    static _Alignas(64) unsigned char loaded[MOST][LANES * 16], acc[LANES * 16], out[LANES * 17];
    const void *rows[MOST], *raw[MOST];
    struct fold_box box = {.rows = raw, .n_rows = k, .cols = 1, .lanes = lanes, .pixels = 1};
    const struct fold *f = d->fold;
    struct fold_span span = {.lanes = lanes, .pixels = 1};
    for (int64_t pixel = 0; pixel < PIXELS; pixel++) {
        for (int t = 0; t < k; t++) {
            raw[t] = d->rows[t] + (size_t)(pixel * LANES) * d->size;
            f->load(loaded[t], 1, raw[t], 1, lanes);
            rows[t] = loaded[t];
        }
        f->taps(acc, rows, k, &span);
        memset(out, CANARY, sizeof out);
        f->store(out, 1, acc, 1, lanes);
        check_row(d, out, k, lanes, pixel);
        if (f->box == NULL) continue;
        for (int work = 0; work < 2; work++) {
            box.work = work > 0;
            memset(out, CANARY, sizeof out);
            f->box(box.work ? acc : out, &box);
            if (box.work) f->store(out, 1, acc, 1, lanes);
            check_row(d, out, k, lanes, pixel);
        }
    }
}

/* Outputs whose windows share columns, some at a time, are as many calls. */
static void check_shape(struct data *d, int64_t cols, int64_t skip, int64_t lanes) {
    static _Alignas(64) unsigned char many[MOST][LANES * 16], one[LANES * 16];
    const void *rows[3], *from[3];
    struct fold_box box = {.rows = rows, .n_rows = 3, .cols = cols, .col_step = 7, .lanes = lanes};
    box.in_step = skip * box.col_step, box.out_step = LANES, box.pixels = PIXELS * 3,
    box.work = true;
    for (int t = 0; t < 3; t++) rows[t] = d->rows[t];
    memset(many, CANARY, sizeof many);
    d->fold->box(many, &box);
    box.pixels = 1, box.rows = from;
    for (int64_t p = 0; p < PIXELS * 3; p++) {
        for (int t = 0; t < 3; t++) from[t] = d->rows[t] + (size_t)(p * box.in_step) * d->size;
        d->fold->box(one, &box);
        const unsigned char *at = many[0] + (size_t)(p * LANES) * d->fold->work_size;
        ck_assert(memcmp(at, one, (size_t)lanes * d->fold->work_size) == 0);
        ck_assert_uint_eq(at[(size_t)lanes * d->fold->work_size], CANARY);
    }
}

/* Windows along a line are folds of shifted rows, of every position or every second one. */
static void check_across(struct data *d, int64_t taps, int64_t skip, int64_t lanes) {
    static _Alignas(64) unsigned char line[LANES * PIXELS * 16 + 128], out[2][LANES * 16],
        folded[LANES * 16], want[LANES * 16];
    struct fold_across a = {.lanes = lanes, .pixels = 2, .in_step = 13, .out_step = lanes + 1};
    a.taps = taps, a.tap_step = 2, a.skip = skip;
    d->fold->load(line, 1, d->rows[1], 1, LANES * PIXELS);
    memset(out, CANARY, sizeof out);
    d->fold->across(out, line, &a);
    for (int64_t p = 0; p < 2; p++) {
        const unsigned char *got = out[0] + (size_t)(p * (lanes + 1)) * d->size;
        for (int64_t i = 0; i < lanes; i++) {
            const void *rows[MOST];
            for (int64_t t = 0; t < taps; t++)
                rows[t] = line + (size_t)(p * 13 + i * skip + t * 2) * d->fold->work_size;
            d->fold->taps(folded + (size_t)i * d->fold->work_size, rows, (int)taps,
                          &(struct fold_span){.lanes = 1, .pixels = 1});
        }
        d->fold->store(want, 1, folded, 1, lanes);
        ck_assert_msg(memcmp(got, want, (size_t)lanes * d->size) == 0,
                      "reducer %d type %s, %lld of %lld taps, skip %lld", d->kind,
                      lax_dtype_name(d->type), (long long)lanes, (long long)taps, (long long)skip);
        ck_assert_uint_eq(got[(size_t)lanes * d->size], CANARY);
    }
}

static void check_lines(struct data *d, lax_isa isa) {
    for (int64_t taps = 1; taps <= 9 && d->fold->across != NULL; taps++)
        for (int64_t skip = 1; skip <= 2; skip++)
            for (int64_t lanes = 1; lanes < LANES; lanes++)
                if (test_takes(case_of(d, isa, 8000 + (int)(taps * 200 + skip * 100 + lanes))))
                    check_across(d, taps, skip, lanes);
}

static void check_pixels(struct data *d, lax_isa isa) {
    for (int64_t cols = 1; cols <= 6; cols++)
        for (int64_t skip = 1; skip <= 3 && d->fold->box != NULL; skip++)
            for (int64_t lanes = 9; lanes < 77 - 7; lanes += 15)
                if (test_takes(case_of(d, isa, 1000 + (int)(cols * 1000 + skip * 100 + lanes))))
                    check_shape(d, cols, skip, lanes);
}

/* Elements over every step, forwards and backwards. */
static void check_moves(struct data *d) {
    static _Alignas(64) unsigned char work[LANES * 16], out[LANES * 16];
    static const int64_t steps[] = {1, 2, 3, -1, -2};
    const struct fold *f = d->fold;
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        const unsigned char *from = d->rows[1] + (steps[s] < 0 ? 2 * 19 * d->size : 0);
        f->load(work, 1, from, steps[s], 20);
        f->store(out, steps[s] == 3 ? 2 : 1, work, 1, 20);
        for (int64_t i = 0; i < 20; i++) {
            unsigned char *got = out + (size_t)(i * (steps[s] == 3 ? 2 : 1)) * d->size;
            struct ref_value a = ref_load(d->type, got);
            struct ref_value b = ref_load(d->type, from + i * steps[s] * (int64_t)d->size);
            ck_assert(a.bits == b.bits || d->type == LAX_PRED || !ref_is_integer(d->type));
            ck_assert(a.re == b.re || (a.re != a.re && b.re != b.re));
        }
    }
}

/* Row r of the table: a reducer and a type, at every level. */
static void for_every_fold(int row, void (*check)(struct data *d, lax_isa isa)) {
    static struct data d;
    d.kind = (lax_reducer_kind)(row / LAX_C128 + LAX_ADD);
    d.type = (lax_dtype)(row % LAX_C128 + LAX_F64);
    d.size = lax_dtype_size(d.type);
    for (int isa = LAX_ISA_SCALAR; isa <= (int)lax_i_machine_at(LAX_ISA_AMX).isa; isa++) {
        d.fold = lax_i_fold(d.kind, d.type, (lax_isa)isa);
        if (d.fold == NULL) continue;
        fill_rows(&d);
        check(&d, (lax_isa)isa);
    }
}

static void folds(struct data *d, lax_isa isa) {
    static const int64_t lanes[] = {0, 1, 3, 7, 8, 9, 16, 31, 33, 64, 77};
    for (int k = 1; k <= MOST; k++)
        for (size_t l = 0; l < sizeof lanes / sizeof *lanes; l++)
            if (test_takes(case_of(d, isa, k * 16 + (int)l))) check_fold(d, k, lanes[l]);
    check_pixels(d, isa);
    check_lines(d, isa);
    check_moves(d);
}

START_TEST(every_fold) { for_every_fold(_i, folds); }
END_TEST

/* Integers and order exactly; logarithms, which stay near the largest, as a running sum does up to
 * rounding. */
static bool same_scan(const struct data *d, const unsigned char *got, const unsigned char *want,
                      int64_t n) {
    size_t work = d->fold->work_size;
    lax_dtype type = d->type == LAX_F64 ? LAX_F64 : LAX_F32;
    if (d->kind != LAX_LOGADDEXP) return memcmp(got, want, (size_t)n * work) == 0;
    for (int64_t i = 0; i < n; i++) {
        long double a = ref_load(type, got + (size_t)i * work).re;
        long double b = ref_load(type, want + (size_t)i * work).re;
        if (!(fabsl(a - b) <= 64 * ref_epsilon(type) * fmaxl(1, fabsl(b)))) return false;
    }
    return true;
}

static void scans(struct data *d, lax_isa isa) {
    static _Alignas(64) unsigned char from[(LENGTH + LANES) * 16], to[LENGTH * 16],
        run[(LENGTH + 1) * 16];
    lax_i_scan_fn *scan = lax_i_scan(d->kind, d->type, isa);
    size_t work = d->fold->work_size;
    bool exact = !(ref_is_float(d->type) || ref_is_complex(d->type)) || d->kind == LAX_MAX ||
                 d->kind == LAX_MIN || (d->kind == LAX_LOGADDEXP && !ref_is_complex(d->type));
    if (scan == NULL || !exact) return;
    for (int64_t n = 1; n < LENGTH; n += n < 70 ? 3 : 37) {
        unsigned char carry[16];
        if (!test_takes(case_of(d, isa, (int)n))) continue;
        for (int64_t i = 0; i < n; i += LANES)
            d->fold->load(from + (size_t)i * work, 1, d->rows[i / LANES], 1, LANES);
        memcpy(carry, from, work);
        memcpy(run, from, work);
        for (int64_t i = 1; i <= n; i++) {
            const void *pair[] = {run + (size_t)(i - 1) * work, from + (size_t)(i - 1) * work};
            struct fold_span span = {.lanes = 1, .pixels = 1};
            d->fold->taps(run + (size_t)i * work, pair, 2, &span);
        }
        scan(to, from, n, carry);
        ck_assert(same_scan(d, to, run + work, n));
        ck_assert(same_scan(d, carry, run + (size_t)n * work, 1));
    }
}

START_TEST(every_scan) { for_every_fold(_i, scans); }
END_TEST

Suite *suite_fold(void) {
    Suite *suite = suite_create("fold");
    TCase *tc = tcase_create("rows");
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, every_fold, 0, LAX_LOGADDEXP * LAX_C128);
    tcase_add_loop_test(tc, every_scan, 0, LAX_LOGADDEXP * LAX_C128);
    suite_add_tcase(suite, tc);
    return suite;
}
