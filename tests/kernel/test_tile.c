/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernels of every level, and the template in the width of AVX-512 with emulated vectors,
 * against the sums of their contract. Values are small integers, so that every order of a sum gives
 * the same number; whatever must not be read or count is NaN, and operands end at pages that cannot
 * be touched. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/tile/tile.h"
#include "suites.h"
#include "support/support.h"

/* --- the width of AVX-512 --------------------------------------------------------------------- */

enum { MOST_VECTORS = 6, MOST_CASES = 13 };
#define MOST_ROWS(vectors) ((vectors) <= 2 ? 13 : (vectors) == 3 ? 9 : 24 / (vectors))
#define MOST_K_ROWS(columns) ((columns) == 1 ? 8 : (columns) == 2 ? 7 : 8 - (columns))

/* n of a vector's lanes. */
static inline size_t lanes_of(int64_t n, int64_t lanes) {
    return n < 0 ? 0 : (size_t)lax_i_min(n, lanes);
}

typedef struct {
    float lane[16];
} wide_f32;
typedef struct {
    double lane[8];
} wide_f64;

static inline wide_f32 broadcast_f32(float x) {
    wide_f32 v;
    for (int i = 0; i < 16; i++) v.lane[i] = x;
    return v;
}
static inline wide_f32 load_f32(const float *p, size_t n) {
    wide_f32 v = broadcast_f32(0);
    memcpy(&v, p, n * sizeof *p);
    return v;
}
static inline void store_f32(float *p, size_t n, wide_f32 v) { memcpy(p, &v, n * sizeof *p); }
static inline wide_f32 add_f32(wide_f32 x, wide_f32 y, wide_f32 sum) {
    for (int i = 0; i < 16; i++) sum.lane[i] += x.lane[i] * y.lane[i];
    return sum;
}

static inline void store_last_f32(float *p, int64_t n, wide_f32 x) {
    memcpy(p + n, x.lane + n, (size_t)(16 - n) * sizeof *p);
}
static inline wide_f32 join_f32(wide_f32 last, wide_f32 first, int64_t n) {
    wide_f32 both[2] = {last, first}, x;
    memcpy(&x, (const float *)both + 16 - n, sizeof x);
    return x;
}

static inline float sum_f32(wide_f32 v) {
    for (int i = 1; i < 16; i++) v.lane[0] += v.lane[i];
    return v.lane[0];
}

static inline wide_f64 broadcast_f64(double x) {
    wide_f64 v;
    for (int i = 0; i < 8; i++) v.lane[i] = x;
    return v;
}
static inline wide_f64 load_f64(const double *p, size_t n) {
    wide_f64 v = broadcast_f64(0);
    memcpy(&v, p, n * sizeof *p);
    return v;
}
static inline void store_f64(double *p, size_t n, wide_f64 v) { memcpy(p, &v, n * sizeof *p); }
static inline wide_f64 add_f64(wide_f64 x, wide_f64 y, wide_f64 sum) {
    for (int i = 0; i < 8; i++) sum.lane[i] += x.lane[i] * y.lane[i];
    return sum;
}

static inline void store_last_f64(double *p, int64_t n, wide_f64 x) {
    memcpy(p + n, x.lane + n, (size_t)(8 - n) * sizeof *p);
}
static inline wide_f64 join_f64(wide_f64 last, wide_f64 first, int64_t n) {
    wide_f64 both[2] = {last, first}, x;
    memcpy(&x, (const double *)both + 8 - n, sizeof x);
    return x;
}

static inline double sum_f64(wide_f64 v) {
    for (int i = 1; i < 8; i++) v.lane[0] += v.lane[i];
    return v.lane[0];
}

/* Loops stay loops: unrolled, they would take minutes to compile. */
#define always_inline
#define NAME(part) f32_##part
#define ELEM float
#define VEC wide_f32
#define LANES 16
#define ZERO() broadcast_f32(0)
#define BROADCAST(p) broadcast_f32(*(p))
#define LOAD(p) load_f32(p, 16)
#define STORE(p, x) store_f32(p, 16, x)
#define STREAM(p, x) store_f32(p, 16, x)
#define FMA(x, y, sum) add_f32(x, y, sum)
#define MASK size_t
#define FIRST_LANES(n) lanes_of(n, 16)
#define LOAD_MASKED(p, mask) load_f32(p, mask)
#define LOAD_LAST(p, n) load_f32(p, (size_t)(n))
#define STORE_MASKED(p, mask, x) store_f32(p, mask, x)
#define STORE_LAST(p, x, n) store_last_f32(p, n, x)
#define JOIN(last, first, n) join_f32(last, first, n)
#define SUM(x) sum_f32(x)
#include "kernel/tile/tile_tmpl.h"

#define NAME(part) f64_##part
#define ELEM double
#define VEC wide_f64
#define LANES 8
#define ZERO() broadcast_f64(0)
#define BROADCAST(p) broadcast_f64(*(p))
#define LOAD(p) load_f64(p, 8)
#define STORE(p, x) store_f64(p, 8, x)
#define STREAM(p, x) store_f64(p, 8, x)
#define FMA(x, y, sum) add_f64(x, y, sum)
#define MASK size_t
#define FIRST_LANES(n) lanes_of(n, 8)
#define LOAD_MASKED(p, mask) load_f64(p, mask)
#define LOAD_LAST(p, n) load_f64(p, (size_t)(n))
#define STORE_MASKED(p, mask, x) store_f64(p, mask, x)
#define STORE_LAST(p, x, n) store_last_f64(p, n, x)
#define JOIN(last, first, n) join_f64(last, first, n)
#define SUM(x) sum_f64(x)
#include "kernel/tile/tile_tmpl.h"
#undef always_inline

static const struct tile_kernel wide[] = {
#define TILE(type, vectors)                                                                        \
    {type##_x##vectors, TILE_TYPE(type), TILE_LANES(type, 64), vectors, MOST_ROWS(vectors)},
#include "kernel/tile/tile.def"
};
static const struct tile_kernel wide_k[] = {
#define TILE_K(type, columns)                                                                      \
    {type##_k##columns, TILE_TYPE(type), 1, columns, MOST_K_ROWS(columns)},
#include "kernel/tile/tile.def"
};

/* --- one call against the contract ------------------------------------------------------------ */

enum { SCALAR, AVX2, BEST, WIDE, VARIANTS };

static lax_isa isa_of(int which) {
    lax_isa isa = lax_i_machine()->isa;
    return which == SCALAR                       ? LAX_ISA_SCALAR
           : which == AVX2 && isa > LAX_ISA_AVX2 ? LAX_ISA_AVX2
                                                 : isa;
}

static const struct tile_kernel *variant(int which, int row) {
    if (which == WIDE) return &wide[row];
    return lax_i_tile_kernel(isa_of(which), wide[row].type, wide[row].vectors);
}

static const struct tile_kernel *variant_k(int which, int row) {
    if (which == WIDE) return &wide_k[row];
    return lax_i_tile_k_kernel(isa_of(which), wide_k[row].type, wide_k[row].vectors);
}

/* Elements of the kernel's type in guarded memory; `at` is moved so that they end or begin at a
 * page that cannot be touched. */
struct elements {
    struct guarded memory;
    lax_dtype type;
    int64_t n;
    char *at;
};

enum { ROOM = 1 << 17 };

static struct elements room_for(lax_dtype type) {
    return (struct elements){.memory = guarded_new(ROOM, true), .type = type};
}

/* n elements, all NaN. */
static void take(struct elements *e, int64_t n, bool at_end) {
    size_t nbytes = (size_t)n * ref_size(e->type);
    ensure(nbytes <= ROOM, "%lld elements", (long long)n);
    e->n = n;
    e->at = (char *)e->memory.bytes + (at_end ? ROOM - nbytes : 0);
    memset(e->memory.bytes, 0xff, ROOM);
}

static double get(const struct elements *e, int64_t i) {
    return e->type == LAX_F32 ? (double)((const float *)e->at)[i] : ((const double *)e->at)[i];
}

static void set(struct elements *e, int64_t i, double x) {
    if (e->type == LAX_F32)
        ((float *)e->at)[i] = (float)x;
    else
        ((double *)e->at)[i] = x;
}

/* Sizes of a call, and where its rows lie: in a random order. */
struct call {
    const struct tile_kernel *kernel;
    int64_t rows, columns, taps, depth, b_gap, c_gap;
    bool accumulate, b_whole, stream, at_end;
};
enum { MOST = 32 };
struct operands {
    struct elements a, b, c, before;
    struct tile_tap taps[MOST];
    int64_t a_row[MOST], c_row[MOST];
};

/* Steps in a random order: place[i] = step * (where i comes). */
static void shuffle(struct rng *r, int64_t n, int64_t step, int64_t *place) {
    int32_t order[MOST];
    rng_permutation(r, (int32_t)n, order);
    for (int64_t i = 0; i < n; i++) place[i] = order[i] * step;
}

static int64_t b_step(const struct call *x) {
    int64_t whole = x->kernel->vectors * x->kernel->lanes;
    return (x->b_whole ? whole : x->columns) + x->b_gap;
}

static void fill_a_and_b(struct rng *r, const struct call *x, struct operands *o) {
    int64_t taps[MOST], rows = lax_i_max(x->taps, 1) * x->depth, step = b_step(x);
    take(&o->a, rows * x->rows, x->at_end);
    take(&o->b, rows * step - x->b_gap, x->at_end);
    for (int64_t i = 0; i < o->a.n; i++) set(&o->a, i, (double)rng_in(r, -4, 4));
    for (int64_t k = 0; k < rows; k++)
        for (int64_t j = 0; j < x->columns; j++) set(&o->b, k * step + j, (double)rng_in(r, -4, 4));
    shuffle(r, x->rows, x->depth, o->a_row);
    shuffle(r, x->taps, 1, taps);
    for (int64_t t = 0; t < x->taps; t++)
        o->taps[t] = (struct tile_tap){taps[t] * x->rows * x->depth, t * x->depth * step};
}

/* Rows of stored bypassing begin at addresses that vectors may be stored to. */
static void fill_c(struct rng *r, const struct call *x, struct operands *o) {
    int64_t step = x->columns + x->c_gap, line = 64 / (int64_t)ref_size(o->c.type);
    if (x->stream) step = lax_i_ceil_div(step, line) * line;
    take(&o->c, step * x->rows - (x->stream ? 0 : x->c_gap), x->at_end);
    shuffle(r, x->rows, step, o->c_row);
    for (int64_t i = 0; x->accumulate && i < x->rows; i++)
        for (int64_t j = 0; j < x->columns; j++)
            set(&o->c, o->c_row[i] + j, (double)rng_in(r, -9, 9));
    o->before.at = (char *)o->before.memory.bytes + (o->c.at - (char *)o->c.memory.bytes);
    memcpy(o->before.memory.bytes, o->c.memory.bytes, ROOM);
}

static double sum_of(const struct call *x, const struct operands *o, int64_t i, int64_t j) {
    double sum = x->accumulate ? get(&o->before, o->c_row[i] + j) : 0;
    for (int64_t t = 0; t < x->taps; t++)
        for (int64_t k = 0; k < x->depth; k++)
            sum += get(&o->a, o->taps[t].a + o->a_row[i] + k) *
                   get(&o->b, o->taps[t].b + k * b_step(x) + j);
    return sum;
}

/* Every result, and afterwards that nothing else of C's memory has changed. */
static void compare(const struct call *x, struct operands *o) {
    for (int64_t i = 0; i < x->rows; i++)
        for (int64_t j = 0; j < x->columns; j++) {
            double got = get(&o->c, o->c_row[i] + j), want = sum_of(x, o, i, j);
            ensure(got == want,
                   "%s, %d vectors of %d: %lld rows, %lld columns, %lld taps, %lld deep, "
                   "accumulate %d, whole %d, stream %d: [%lld, %lld] is %g, not %g",
                   lax_dtype_name(o->c.type), (int)x->kernel->vectors, (int)x->kernel->lanes,
                   (long long)x->rows, (long long)x->columns, (long long)x->taps,
                   (long long)x->depth, x->accumulate, x->b_whole, x->stream, (long long)i,
                   (long long)j, got, want);
        }
    for (int64_t i = 0; i < x->rows; i++)
        for (int64_t j = 0; j < x->columns; j++)
            set(&o->c, o->c_row[i] + j, get(&o->before, o->c_row[i] + j));
    ensure(memcmp(o->c.memory.bytes, o->before.memory.bytes, ROOM) == 0,
           "%lld rows, %lld columns: wrote beside C", (long long)x->rows, (long long)x->columns);
}

static void check_call(struct rng *r, const struct call *x, struct operands *o) {
    fill_a_and_b(r, x, o);
    fill_c(r, x, o);
    struct tile tile = {.a = o->a.at,
                        .b = o->b.at,
                        .c = o->c.at,
                        .taps = o->taps,
                        .a_row = o->a_row,
                        .c_row = o->c_row,
                        .n_taps = x->taps,
                        .depth = x->depth,
                        .b_step = b_step(x),
                        .rows = x->rows,
                        .blocks = 1,
                        .columns = x->columns,
                        .accumulate = x->accumulate,
                        .b_whole = x->b_whole,
                        .stream = x->stream};
    x->kernel->run(&tile);
    if (x->stream) lax_i_move_kernels(lax_i_machine()->isa)->fence();
    compare(x, o);
}

static struct call random_call(struct rng *r, const struct tile_kernel *kernel) {
    struct call x = {.kernel = kernel, .taps = rng_in(r, 0, 4), .depth = rng_in(r, 1, 5)};
    x.b_gap = rng_chance(r, 50) ? 0 : rng_in(r, 1, 19);
    x.c_gap = rng_chance(r, 50) ? 0 : rng_in(r, 1, 19);
    x.accumulate = rng_chance(r, 50);
    x.b_whole = rng_chance(r, 50);
    x.stream = rng_chance(r, 30);
    x.at_end = rng_chance(r, 50);
    return x;
}

static struct operands new_operands(lax_dtype type) {
    return (struct operands){
        .a = room_for(type), .b = room_for(type), .c = room_for(type), .before = room_for(type)};
}

static void free_operands(struct operands *o) {
    guarded_free(&o->a.memory), guarded_free(&o->b.memory);
    guarded_free(&o->c.memory), guarded_free(&o->before.memory);
}

/* All rows up to two tiles and one, all columns. */
START_TEST(every_shape) {
    const struct tile_kernel *k = variant(_i / TILE_KERNELS, _i % TILE_KERNELS);
    struct operands o = new_operands(k->type);
    struct rng r = rng_of(91, (uint64_t)_i);
    ck_assert_int_eq(k->vectors, wide[_i % TILE_KERNELS].vectors);
    ck_assert_int_eq(k->type, wide[_i % TILE_KERNELS].type);
    for (int64_t rows = 1; rows <= 2 * k->rows + 1; rows++)
        for (int64_t tail = 1; tail <= k->lanes; tail++)
            for (int repeat = 0; repeat < 2; repeat++) {
                struct call x = random_call(&r, k);
                x.rows = rows;
                x.columns = (k->vectors - 1) * k->lanes + tail;
                check_call(&r, &x, &o);
            }
    free_operands(&o);
}
END_TEST

/* Every combination of switches, few and many taps, shallow and deep ones, tight and apart. */
START_TEST(every_switch) {
    const struct tile_kernel *k = variant(_i / TILE_KERNELS, _i % TILE_KERNELS);
    struct operands o = new_operands(k->type);
    struct rng r = rng_of(92, (uint64_t)_i);
    for (int bits = 0; bits < 256; bits++) {
        struct call x = {.kernel = k, .rows = rng_in(&r, 1, k->rows + 1)};
        x.columns = k->vectors * k->lanes - (bits & 1 ? 0 : rng_in(&r, 0, k->lanes - 1));
        x.accumulate = bits >> 1 & 1, x.b_whole = bits >> 2 & 1, x.stream = bits >> 3 & 1;
        x.at_end = bits >> 4 & 1;
        x.b_gap = bits >> 5 & 1 ? 5 : 0, x.c_gap = bits >> 5 & 1 ? 3 : 0;
        x.taps = bits >> 6 & 1 ? 9 : 1, x.depth = bits >> 7 & 1 ? 21 : 1;
        check_call(&r, &x, &o);
    }
    free_operands(&o);
}
END_TEST

/* The order of a sum is that of taps, then depth: 2^30 + 1 - 2^30 depends on it. */
START_TEST(order_of_sums) {
    const struct tile_kernel *k = variant(_i / TILE_KERNELS, _i % TILE_KERNELS);
    double big = k->type == LAX_F32 ? 1 << 30 : 0x1p60;
    const double a[] = {big, 1, -big, 1};
    struct operands o = new_operands(k->type);
    for (int first = 0; first < 4; first++) {
        int64_t row[] = {0}, columns = k->vectors * k->lanes;
        struct tile_tap taps[2] = {{0, 0}, {2, 0}};
        take(&o.a, 4, true), take(&o.b, 2 * columns, true), take(&o.c, columns, true);
        for (int i = 0; i < 4; i++) set(&o.a, i, a[(first + i) % 4]);
        for (int64_t i = 0; i < 2 * columns; i++) set(&o.b, i, 1);
        struct tile tile = {.a = o.a.at,
                            .b = o.b.at,
                            .c = o.c.at,
                            .taps = taps,
                            .a_row = row,
                            .c_row = row,
                            .n_taps = 2,
                            .depth = 2,
                            .b_step = columns,
                            .rows = 1,
                            .blocks = 1,
                            .columns = columns};
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            volatile double next = sum + a[(first + i) % 4];
            sum = k->type == LAX_F32 ? (double)(float)next : next;
        }
        k->run(&tile);
        for (int64_t j = 0; j < columns; j++)
            ensure(get(&o.c, j) == sum, "rotation %d: %g, not %g", first, get(&o.c, j), sum);
    }
    free_operands(&o);
}
END_TEST

/* --- the way out ------------------------------------------------------------------------------ */

enum { OUT = 4096, OUT_STEP = 101 };

struct way_out {
    float sums[13 * 96], bias[96];
    uint32_t residual[OUT], before[OUT];
    int64_t row[13];
};

/* Any floats, few of them NaN or infinite; half of them are what residuals of two bytes read. */
static void fill_way_out(struct rng *r, struct way_out *w) {
    for (int i = 0; i < LAX_COUNTOF(w->sums); i++)
        w->sums[i] = rng_chance(r, 2)   ? NAN
                     : rng_chance(r, 2) ? INFINITY
                                        : (float)rng_in(r, -999, 999) / 64;
    for (int i = 0; i < LAX_COUNTOF(w->bias); i++) w->bias[i] = (float)rng_in(r, -99, 99) / 8;
    for (int i = 0; i < OUT; i++) {
        w->residual[i] = (uint32_t)rng_in(r, 0x3c00, 0x43ff) * 0x10001u;
        w->before[i] = 0x7fc07fc0u;
    }
    for (int i = 0; i < 13; i++) w->row[i] = (i * 5 % 13) * OUT_STEP;
}

static void run_way_out(lax_isa isa, struct tile_store s, const struct way_out *w,
                        const struct tile_part *part, uint32_t *out) {
    float sums[13 * 96];
    s.to = lax_i_converter(LAX_F32, s.type, isa), s.from = lax_i_converter(s.type, LAX_F32, isa);
    s.epilogue = lax_i_epilogue_kernel(LAX_F32, LAX_ISA_SCALAR);
    s.out = out;
    memcpy(sums, w->sums, sizeof sums);
    memcpy(out, w->before, OUT * sizeof *out);
    lax_i_tile_store(&s, isa, LAX_F32);
    s.run(&s, sums, part);
}

/* In vectors as row by row, bit by bit, and nothing beside the columns. */
START_TEST(ways_out) {
    static const lax_dtype types[] = {LAX_F32, LAX_BF16, LAX_F16};
    static struct way_out w;
    static uint32_t got[OUT], want[OUT];
    struct rng r = rng_of(93, (uint64_t)_i);
    for (int repeat = 0; repeat < 400; repeat++) {
        fill_way_out(&r, &w);
        int64_t width = 8 * rng_in(&r, 1, 12), columns = width - rng_in(&r, 0, 7);
        struct tile_part part = {rng_in(&r, 0, 6), rng_in(&r, 1, 7), width, columns};
        struct tile_store s = {.bias = rng_chance(&r, 70) ? w.bias : NULL,
                               .residual = rng_chance(&r, 50) ? w.residual : NULL,
                               .out_row = w.row,
                               .residual_row = w.row,
                               .bias_by_row = rng_chance(&r, 50),
                               .type = types[_i],
                               .activation = (lax_activation)rng_in(&r, 0, LAX_TANH),
                               .alpha = -1,
                               .beta = 2};
        run_way_out(LAX_ISA_SCALAR, s, &w, &part, want);
        run_way_out(lax_i_machine()->isa, s, &w, &part, got);
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "%lld x %lld of %lld, activation %d",
                      (long long)part.rows, (long long)columns, (long long)width,
                      (int)s.activation);
    }
}
END_TEST

/* Several blocks of columns in one call are as many calls. */
START_TEST(blocks_of_columns) {
    enum { ROWS = 29, DEPTH = 3, BLOCKS = 3 };
    const struct tile_kernel *k = variant(_i / TILE_KERNELS, _i % TILE_KERNELS);
    struct rng r = rng_of(93, (uint64_t)_i);
    int64_t width = k->vectors * k->lanes, a_row[ROWS], c_row[ROWS];
    struct tile_tap tap = {0, 0};
    struct operands o = new_operands(k->type);
    take(&o.a, ROWS * DEPTH, true), take(&o.b, BLOCKS * DEPTH * width, true);
    for (int64_t i = 0; i < ROWS * DEPTH; i++) set(&o.a, i, (double)rng_in(&r, -9, 9));
    for (int64_t i = 0; i < BLOCKS * DEPTH * width; i++) set(&o.b, i, (double)rng_in(&r, -9, 9));
    for (int i = 0; i < ROWS; i++) a_row[i] = i * DEPTH, c_row[i] = i * BLOCKS * width;
    take(&o.c, ROWS * BLOCKS * width, true), take(&o.before, ROWS * BLOCKS * width, true);
    struct tile tile = {.a = o.a.at, .b = o.b.at, .c = o.c.at, .taps = &tap, .a_row = a_row};
    tile.c_row = c_row, tile.n_taps = 1, tile.depth = DEPTH, tile.b_step = width, tile.rows = ROWS;
    tile.columns = width, tile.b_block = DEPTH * width, tile.c_block = width, tile.blocks = BLOCKS;
    k->run(&tile);
    tile.blocks = 1;
    for (int64_t block = 0; block < BLOCKS; block++) {
        int64_t size = (int64_t)lax_dtype_size(k->type);
        tile.b = (const char *)o.b.at + block * DEPTH * width * size;
        tile.c = (char *)o.before.at + block * width * size;
        k->run(&tile);
    }
    for (int64_t i = 0; i < ROWS * BLOCKS * width; i++)
        ensure(get(&o.c, i) == get(&o.before, i), "element %lld is %g, not %g", (long long)i,
               get(&o.c, i), get(&o.before, i));
    free_operands(&o);
}
END_TEST

/* --- vectors along the depth ------------------------------------------------------------------ */

/* A's rows and B's columns as long as `depth` in every tap, in a random order; C's columns c_step
 * apart. */
static void check_k(struct rng *r, struct call *x, int64_t c_step, struct operands *o) {
    int64_t n_a = x->taps * x->rows * x->depth, n_b = x->taps * x->columns * x->depth;
    take(&o->a, n_a, x->at_end), take(&o->b, n_b, x->at_end);
    take(&o->c, x->rows * x->columns * c_step - c_step + 1, x->at_end);
    for (int64_t i = 0; i < n_a; i++) set(&o->a, i, (double)rng_in(r, -4, 4));
    for (int64_t i = 0; i < n_b; i++) set(&o->b, i, (double)rng_in(r, -4, 4));
    shuffle(r, x->rows, x->depth, o->a_row), shuffle(r, x->rows, x->columns * c_step, o->c_row);
    for (int64_t t = 0; t < x->taps; t++)
        o->taps[t] = (struct tile_tap){t * x->rows * x->depth, t * x->columns * x->depth};
    for (int64_t i = 0; x->accumulate && i < x->rows * x->columns; i++)
        set(&o->c, i * c_step, (double)rng_in(r, -9, 9));
    o->before.at = (char *)o->before.memory.bytes + (o->c.at - (char *)o->c.memory.bytes);
    memcpy(o->before.memory.bytes, o->c.memory.bytes, ROOM);
    struct tile tile = {.a = o->a.at,
                        .b = o->b.at,
                        .c = o->c.at,
                        .taps = o->taps,
                        .a_row = o->a_row,
                        .c_row = o->c_row,
                        .n_taps = x->taps,
                        .depth = x->depth,
                        .b_step = x->depth,
                        .c_step = c_step,
                        .rows = x->rows,
                        .columns = x->columns,
                        .accumulate = x->accumulate};
    x->kernel->run(&tile);
    for (int64_t i = 0; i < x->rows; i++)
        for (int64_t j = 0; j < x->columns; j++) {
            int64_t at = o->c_row[i] + j * c_step;
            double want = x->accumulate ? get(&o->before, at) : 0;
            for (int64_t t = 0; t < x->taps; t++)
                for (int64_t k = 0; k < x->depth; k++)
                    want += get(&o->a, o->taps[t].a + o->a_row[i] + k) *
                            get(&o->b, o->taps[t].b + j * x->depth + k);
            ensure(get(&o->c, at) == want, "%s, %d columns, %lld rows, %lld deep: %g, not %g",
                   lax_dtype_name(o->c.type), (int)x->columns, (long long)x->rows,
                   (long long)x->depth, get(&o->c, at), want);
            set(&o->c, at, get(&o->before, at));
        }
    ensure(memcmp(o->c.memory.bytes, o->before.memory.bytes, ROOM) == 0, "wrote beside C");
}

/* All rows up to two tiles and one, all depths up to two vectors and one. */
START_TEST(every_depth) {
    const struct tile_kernel *k = variant_k(_i / TILE_K_KERNELS, _i % TILE_K_KERNELS);
    struct operands o = new_operands(k->type);
    struct rng r = rng_of(93, (uint64_t)_i);
    ck_assert_int_eq(k->vectors, wide_k[_i % TILE_K_KERNELS].vectors);
    ck_assert_int_eq(k->type, wide_k[_i % TILE_K_KERNELS].type);
    for (int64_t rows = 1; rows <= 2 * k->rows + 1; rows++)
        for (int64_t depth = 1; depth <= 33; depth++) {
            struct call x = random_call(&r, k);
            x.rows = rows, x.columns = k->vectors, x.depth = depth;
            check_k(&r, &x, rng_in(&r, 1, 3), &o);
        }
    free_operands(&o);
}
END_TEST

START_TEST(what_there_is_not) {
    lax_isa isa = lax_i_machine()->isa;
    ck_assert_ptr_null(lax_i_tile_k_kernel(isa, LAX_F32, 5));
    ck_assert_ptr_null(lax_i_tile_k_kernel(isa, LAX_F16, 1));
    ck_assert_ptr_null(lax_i_tile_kernel(isa, LAX_F32, 0));
    ck_assert_ptr_null(lax_i_tile_kernel(isa, LAX_F64, 7));
    ck_assert_ptr_null(lax_i_tile_kernel(isa, LAX_BF16, 1));
}
END_TEST

Suite *suite_tile(void) {
    Suite *suite = suite_create("tile");
    TCase *tc = tcase_create("tile");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, every_shape, 0, VARIANTS * TILE_KERNELS);
    tcase_add_loop_test(tc, every_switch, 0, VARIANTS * TILE_KERNELS);
    tcase_add_loop_test(tc, order_of_sums, 0, VARIANTS * TILE_KERNELS);
    tcase_add_loop_test(tc, ways_out, 0, 3);
    tcase_add_loop_test(tc, blocks_of_columns, 0, VARIANTS * TILE_KERNELS);
    tcase_add_loop_test(tc, every_depth, 0, VARIANTS * TILE_K_KERNELS);
    tcase_add_test(tc, what_there_is_not);
    suite_add_tcase(suite, tc);
    return suite;
}
