/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts of the inner loops: for each family an equation, a typedef and how to get the kernel.
 * Kernels are pure functions of their arguments: no allocation, no globals, no branches on
 * layout. Families have a .def list with one row a kernel. */
#ifndef LAX_KERNEL_KERNEL_H
#define LAX_KERNEL_KERNEL_H

#include "base/base.h"
#include "cpu/cpu.h"

/* --- convert: dst[i * dst_stride] = (dst type) src[i * src_stride], i < n ---------------------
 * XLA's convert: integers wrap, floats round to nearest even, float to integer truncates and
 * saturates (NaN gives 0), anything to pred is x != 0, complex to real takes the real part.
 * Same types move bits. Strides in elements, any sign, also 0 for src. */
typedef void lax_i_convert_fn(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                              int64_t n);
/* Never NULL for valid types. */
lax_i_convert_fn *lax_i_convert_kernel(lax_dtype src, lax_dtype dst);

/* Vectorised conversions to and from f32, contiguous, indexed by element type; NULL: none. */
typedef void lax_i_vector_fn(void *dst, const void *src, int64_t n);
struct convert_kernels {
    lax_i_vector_fn *to_f32[LAX_C128 + 1], *from_f32[LAX_C128 + 1];
};
/* Rows of vector.def. */
extern const struct convert_kernels lax_i_convert_avx2, lax_i_convert_avx512;
/* The best that a level has for one pair of types, and its use: what the convert kernel does. */
struct converter {
    lax_i_convert_fn *general;
    lax_i_vector_fn *to_f32, *from_f32; /* contiguous elements, one after the other */
    size_t src_size, dst_size;
};
struct converter lax_i_converter(lax_dtype src, lax_dtype dst, lax_isa isa);
void lax_i_convert(const struct converter *converter, void *dst, int64_t dst_stride,
                   const void *src, int64_t src_stride, int64_t n);

/* --- round: dst[i] = reduce_precision(src[i]), real floats ------------------------------------ */
typedef void lax_i_round_fn(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                            int64_t n, int exponent_bits, int mantissa_bits);
lax_i_round_fn *lax_i_round_kernel(lax_dtype dtype);

/* --- move: elements of 1, 2, 4, 8 and 16 bytes (index: log2), whatever their type. Nothing beside
 * the elements is read or written; no alignment is needed; strides in elements, any sign ------ */
struct move_kernels {
    /* dst[c * dst_stride + r] = src[r * src_stride + c], r < rows, c < columns. */
    void (*transpose[5])(void *dst, int64_t dst_stride, const void *src, int64_t src_stride,
                         int64_t rows, int64_t columns);
    /* dst[i] = src[-i], i < n. */
    void (*reverse[5])(void *dst, const void *src, int64_t n);
    /* A copy for results too large for the caches, which its stores bypass. fence() comes before
     * another thread may read them. */
    void (*stream)(void *dst, const void *src, int64_t nbytes);
    void (*fence)(void);
};
/* The best of an instruction-set level, never NULL. */
const struct move_kernels *lax_i_move_kernels(lax_isa isa);
/* Rows of move.def: its x86 kernels. */
extern const struct move_kernels lax_i_move_avx2, lax_i_move_avx512;

/* --- taps: reference convolution over a block of positions -------------------------------------
 * acc[p] += sum_{k < taps} x[k * LAX_TAP_LANES + p] * w[k] for p < LAX_TAP_LANES, in order of k;
 * where mask is not NULL only lanes with mask[k * LAX_TAP_LANES + p] take part. All arrays are
 * contiguous, of the accumulator type (s64 for integers, pred: acc |= x & w). */
enum { LAX_TAP_LANES = 16 };
typedef void lax_i_taps_fn(void *acc, const void *x, const void *w, const uint8_t *mask,
                           int64_t taps);
lax_i_taps_fn *lax_i_taps_kernel(lax_dtype accumulator);

/* --- combine: acc[i] = reducer(acc[i], x[i * x_stride]), i < n ----------------------------------
 * acc is contiguous, of the accumulator type lax_i_combine_accumulator(type); x of `type`. NULL
 * where the reducer is not defined for the type. */
typedef void lax_i_combine_fn(void *acc, const void *x, int64_t x_stride, int64_t n);
lax_i_combine_fn *lax_i_combine_kernel(lax_reducer_kind reducer, lax_dtype type);
/* f32 for f16 and bf16; otherwise the type itself. */
lax_dtype lax_i_combine_accumulator(lax_dtype type);

/* --- fold: windows a row at a time -------------------------------------------------------------
 * Rows are contiguous lanes. A reducer works on a working form of the elements: f32 for f16 and
 * bf16; for max and min of floats signed integers that order like them, so that every order of
 * combining gives the same bits; otherwise the type itself. Complex max and min: no NaN. */
struct fold_span {
    int64_t lanes, pixels, in_step, out_step; /* pixel p starts p * step elements in */
};
typedef void lax_i_fold_rows_fn(void *to, const void *const *rows, int k,
                                const struct fold_span *span);
typedef void lax_i_fold_move_fn(void *to, int64_t to_step, const void *from, int64_t from_step,
                                int64_t n);
/* Windows of `size` rows of x in working form, `stride` rows apart: to[p] = fold of the rows
 * first + p * stride on of which there are, none of the windows empty. Rows are x_step and to_step
 * apart; room: as many rows as a window meets at most. */
struct fold_slide {
    int64_t lanes, x_step, to_step;
    int64_t first, size, stride, in, out;
};
/* Whole windows of elements as they lie: to[p, i] = fold over rows r and columns c of
 * rows[r][p * in_step + c * col_step + i], i < lanes; n_rows and cols >= 1. */
struct fold_box {
    const void *const *rows;
    int n_rows;
    int64_t cols, col_step;
    int64_t lanes, pixels, in_step, out_step;
    bool work; /* results in working form, else elements */
};
/* Windows along a line in working form: to[p * out_step + i] = the element made of the fold over
 * t < taps of line[p * in_step + i * skip + t * tap_step], i < lanes; skip is 1 or 2. The line can
 * be read for two vectors (128 bytes) more. */
struct fold_across {
    int64_t lanes, pixels, in_step, out_step;
    int64_t taps, tap_step, skip;
};
struct fold {
    size_t work_size;
    lax_i_fold_move_fn *move;         /* copies in working form */
    lax_i_fold_move_fn *load, *store; /* to working form and back, rounding once; move: the same */
    lax_i_fold_rows_fn *taps;         /* to[p, i] = fold of k rows, all in working form, k >= 1 */
    void (*box)(void *to, const struct fold_box *box);                            /* or NULL */
    void (*across)(void *to, const void *line, const struct fold_across *across); /* or NULL */
    /* prefix[i] = fold of prefix[i], x[i]; to[i] = fold of suffix[i], prefix[i], in working form */
    void (*sweep)(void *to, const void *suffix, void *prefix, const void *x, int64_t n);
    void (*slide)(void *to, const void *x, void *room, const struct fold_slide *slide);
};
/* NULL where the reducer is not defined for the type, or not associative. */
const struct fold *lax_i_fold(lax_reducer_kind reducer, lax_dtype type, lax_isa isa);
/* One a group of types and level; only behind lax_i_fold. */
#define FOLD_GROUP(isa)                                                                            \
    const struct fold *lax_i_fold_order_##isa(lax_reducer_kind reducer, lax_dtype type);           \
    const struct fold *lax_i_fold_real_##isa(lax_reducer_kind reducer, lax_dtype type);            \
    const struct fold *lax_i_fold_integer_##isa(lax_reducer_kind reducer, lax_dtype type);         \
    const struct fold *lax_i_fold_complex_##isa(lax_reducer_kind reducer, lax_dtype type);
FOLD_GROUP(scalar)
FOLD_GROUP(avx2)
FOLD_GROUP(avx512)
#undef FOLD_GROUP

/* --- scan: to[i] = fold of *carry and from[0 .. i], contiguous, in the working form of fold ------
 * *carry becomes the last result; to may be from. */
typedef void lax_i_scan_fn(void *to, const void *from, int64_t n, void *carry);
lax_i_scan_fn *lax_i_scan(lax_reducer_kind reducer, lax_dtype type, lax_isa isa);
lax_i_scan_fn *lax_i_scan_scalar(lax_reducer_kind reducer, lax_dtype type);
lax_i_scan_fn *lax_i_scan_avx2(lax_reducer_kind reducer, lax_dtype type);
lax_i_scan_fn *lax_i_scan_avx512(lax_reducer_kind reducer, lax_dtype type);

/* --- select: keep[i] = select(a[i], b[i]), contiguous ------------------------------------------
 * false where either is NaN. Complex is not defined: NULL. */
typedef void lax_i_select_fn(uint8_t *keep, const void *a, const void *b, int64_t n);
lax_i_select_fn *lax_i_select_kernel(lax_select select, lax_dtype type);

/* --- pick: which of several elements wins -------------------------------------------------------
 * The winner stays while select(winner, next); integers like KEY's size count taps. FORGET: a NaN
 * never stays (select_and_scatter); HOLD: the first NaN does (arg windows); PASS: a NaN that holds
 * stays, and none is taken (pairs only). */
enum pick_rule { PICK_FORGET, PICK_HOLD, PICK_PASS };
/* taps: for j < runs, l < lanes: number[j * lanes + l] = t of the winner among x[t][j * step + l],
 * t < taps, in order, and key = its value. fresh: x[0] starts, otherwise what key and number hold.
 * 2 <= taps <= LAX_PICK_TAPS. */
enum { LAX_PICK_TAPS = 127 };
struct pick_taps {
    int64_t taps, runs, step, lanes;
    bool fresh;
};
/* Keys and indices (>= 0, signed, of the key's size) of n lanes. The sign bit of an index is a
 * flag, handed on from both parts; FORGET: the part holds a NaN. merge: the winner of two parts,
 * left before right; out may be one of them. NULL for keys of less than 4 bytes. */
struct pick_record {
    void *key, *index;
};
struct pick_kernel {
    void (*taps)(void *key, void *number, const void *const *x, const struct pick_taps *taps);
    void (*merge)(struct pick_record out, struct pick_record left, struct pick_record right,
                  int64_t n);
    /* count: index[l] = first + l * step, with the key's flag. HOLD: the key's sign is that of the
     * zero that wins. */
    void (*count)(void *index, const void *key, int64_t first, int64_t step, int64_t n);
    /* Floats: the bits of all taps or-ed together, or of their complements. */
    void (*signs)(void *signs, bool flipped, const void *const *x, const struct pick_taps *taps);
    /* Floats: keys become what max or min gives. Signs (flipped for max) say whether a zero of
     * the winning sign is there; NaN becomes reduce_window's. */
    void (*finish)(void *key, const void *signs, bool max, int64_t n);
};
/* type: not f16, bf16, pred, complex. */
const struct pick_kernel *lax_i_pick_kernel(lax_isa isa, enum pick_rule rule, lax_select select,
                                            lax_dtype type);
extern const struct pick_kernel lax_i_pick_scalar[2][LAX_LT + 1][LAX_C128 + 1];
extern const struct pick_kernel lax_i_pick_avx2[2][LAX_LT + 1][LAX_C128 + 1];
extern const struct pick_kernel lax_i_pick_avx512[2][LAX_LT + 1][LAX_C128 + 1];

/* --- pack: key and index in one integer, of which the greatest is that of the element that wins:
 * windows of those may be folded in any order. Not of keys of 8 bytes, nor of NaN, which is no
 * key's place. `bits` of the index: packed integers of 4 bytes have 24 beside keys of 1 byte, 16
 * beside 2; of 8 bytes, 32 beside all. */
struct pack_rule {
    bool least, last; /* the least key wins; of equal ones the last */
    int bits;
    int32_t none; /* index where nothing was picked: where the packed integer is the least */
};
struct pack_kernels {
    /* packed[i] = of keys[i] and index first + i < 2^bits - 1, i < n; is a key NaN? */
    bool (*pack[LAX_C128 + 1])(void *packed, const void *keys, const struct pack_rule *rule,
                               int64_t first, int64_t n);
    void (*unpack)(int32_t *index, const void *packed, const struct pack_rule *rule, int64_t n);
};
const struct pack_kernels *lax_i_pack_kernels(lax_isa isa, bool wide); /* wide: of 8 bytes */
extern const struct pack_kernels lax_i_pack_scalar[2], lax_i_pack_avx2[2], lax_i_pack_avx512[2];

/* --- pair: which pair of key and payload wins ----------------------------------------------------
 * For j < runs, l < lanes: the pair at j * lanes + l of key and payload (before that, where they
 * are not NULL, *start_key and *start) meets, in order of t < taps,
 * (x[t][j * step + l], y[t][j * payload_step + l]) and stays while its key is >= (strict: >) the
 * next one, with the rule for NaN; lower: of equal keys the lower payload wins. Payloads are
 * integers of the keys' size. Keys are compared, and payloads, with these bits flipped, which
 * turns round their order or makes unsigned ones signed. */
struct pair_taps {
    const void *start_key, *start;
    const void *const *x, *const *y;
    int64_t taps, runs, step, payload_step, lanes;
    uint64_t key_flip, payload_flip;
};
typedef void lax_i_pair_fn(void *key, void *payload, const struct pair_taps *taps);
enum { PAIR_F64, PAIR_F32, PAIR_S64, PAIR_S32, PAIR_LANES };
/* type: f64, f32, s64 or s32. */
lax_i_pair_fn *lax_i_pair_kernel(lax_isa isa, enum pick_rule rule, bool strict, bool lower,
                                 lax_dtype type);
extern lax_i_pair_fn *const lax_i_pair_scalar[3][2][2][PAIR_LANES];
extern lax_i_pair_fn *const lax_i_pair_avx2[3][2][2][PAIR_LANES];
extern lax_i_pair_fn *const lax_i_pair_avx512[3][2][2][PAIR_LANES];

/* --- lane: out[i] = op(in[0][i], in[1][i], ...), contiguous, out apart from all of in
 * What regions are made of most. Comparisons give 0 or 1; select reads bytes first. NULL: not
 * defined, or neither f64, f32 nor an integer. Every instruction set gives the same numbers. */
enum lane_op {
    LANE_ADD,
    LANE_SUBTRACT,
    LANE_MULTIPLY,
    LANE_DIVIDE, /* floats */
    LANE_MAXIMUM,
    LANE_MINIMUM,
    LANE_ABS, /* floats */
    LANE_NEGATE,
    LANE_EQ,
    LANE_NE,
    LANE_GE,
    LANE_GT,
    LANE_LE,
    LANE_LT,
    LANE_SELECT,
    LANE_OPS
};
typedef void lax_i_lane_fn(void *out, const void *const *in, int64_t n);
lax_i_lane_fn *lax_i_lane_kernel(lax_isa isa, enum lane_op op, lax_dtype type);
extern lax_i_lane_fn *const *const lax_i_lane_scalar[LAX_C128 + 1];
extern lax_i_lane_fn *const *const lax_i_lane_avx2[LAX_C128 + 1];
extern lax_i_lane_fn *const *const lax_i_lane_avx512[LAX_C128 + 1];

/* --- push: to = acc[places[number[l]] + l * step], or acc[index[l]] without its flag where places
 * is NULL; *to = reducer(*to, x[l]), in order of l < n. acc and x: the accumulator's type. Numbers:
 * integers of its size; indices: s32, for 8-byte accumulators s64. NULL: not defined. */
typedef void lax_i_push_fn(void *acc, const void *index, const int64_t *places, int64_t step,
                           const void *x, int64_t n);
lax_i_push_fn *lax_i_push_kernel(lax_reducer_kind reducer, lax_dtype accumulator);

/* --- pull: acc[j * acc_step + l] = the sum over c < covers, in order and from +0, of the
 * source[c][j * source_step + l] whose number[c][j * number_step + l] is tap[c]; j < runs,
 * l < lanes. Numbers: signed integers of the accumulator's size. NULL: not a real number ------- */
struct pull {
    const void *const *number, *const *source;
    const int64_t *tap;
    int64_t covers, runs, lanes, acc_step, number_step, source_step;
};
struct pull_kernels {
    void (*pull[LAX_C128 + 1])(void *acc, const struct pull *pull); /* by the accumulator's type */
    /* Elements of 1, 2, 4 and 8 bytes (index: log2), l < n.
     * split: to[l % phases * pitch + l / phases] = from[l]; join: the way back. */
    void (*split[4])(void *to, int64_t pitch, const void *from, int64_t n, int64_t phases);
    void (*join[4])(void *to, const void *from, int64_t pitch, int64_t n, int64_t phases);
};
const struct pull_kernels *lax_i_pull_kernels(lax_isa isa);
extern const struct pull_kernels lax_i_pull_scalar, lax_i_pull_avx2, lax_i_pull_avx512;

/* --- epilogue: acc[i] = activation(acc[i] + bias[i] + residual[i]), contiguous, accumulator type
 * (f32 or f64); bias and residual may be NULL -------------------------------------------------- */
typedef void lax_i_epilogue_fn(void *acc, const void *bias, const void *residual, int64_t n,
                               lax_activation activation, double alpha, double beta);
/* From AVX2 on with own exp, tanh and erfc of f32, which differ from libm's in the last places. */
lax_i_epilogue_fn *lax_i_epilogue_kernel(lax_dtype accumulator, lax_isa isa);

/* --- dot: batch-reduce GEMM, C[i, j] (+)= sum_r sum_k A_r[i, k] * B_r[k, j] ---------------------
 * Row-major: A_r has m rows of k (row stride lda), B_r k rows of n (ldb), C m rows of n (ldc).
 * a and b are arrays of `count` addresses, which kernels may use as scratch: their contents are
 * lost. beta 0 overwrites C, 1 adds to it. */
struct dot_shape {
    lax_dtype type; /* f32 or f64 */
    int64_t m, n, k;
    int64_t lda, ldb, ldc;
    int beta;
};
struct dot_kernel {
    void (*run)(const struct dot_kernel *kernel, const void **a, const void **b, void *c,
                int64_t count);
    void *handle; /* library kernels */
    struct dot_shape shape;
    const char *name;
};
/* libxsmm's kernel of this shape (xsmm.c, the only file that knows libxsmm). false: there is
 * none, and `why` (never NULL) says the reason. At most 1,024 distinct kernels a process. */
bool lax_i_xsmm_kernel(const struct dot_shape *shape, lax_isa isa, struct dot_kernel *out,
                       const char **why);
/* Whether libxsmm may be asked at all; false with a reason. */
bool lax_i_xsmm_available(lax_isa isa, const char **why);
/* libxsmm's version and target, or why it is not there. */
const char *lax_i_xsmm_describe(void);

/* --- tile: sums over addresses, C[i, j] (+)= sum_r sum_k A_r[i, k] * B_r[k, j] ------------------
 * The inner loop of direct convolution, with r the taps of a window. Row i of A_r starts at
 * a + taps[r].a + a_row[i] and is contiguous; row k of B_r starts at b + taps[r].b + k * b_step;
 * row i of C at c + c_row[i]. All in elements. i < rows, k < depth, j < columns, of which there are
 * more than (vectors - 1) * lanes and at most vectors * lanes. All of that `blocks` times, B and C
 * b_block and c_block further each time: a tile's rows go through all blocks before the next ones.
 * The order of sums is that of r, then k, with one rounding each (two at the scalar level). Nothing
 * beyond `columns` is written, or read but for b_whole. */
struct tile_tap {
    int64_t a, b;
};
struct tile_part {
    int64_t first, rows, width, columns;
};
/* The way out where C is not it: out[i, j] = round(activation(C[i, j] + bias + residual[i, j])).
 * Row i of out begins at out + out_row[i], of residual at residual + residual_row[i], in elements,
 * which are contiguous. bias: of the sums' type, one a column, readable up to whole vectors, or one
 * a row; bias and residual may be NULL. */
struct tile_store {
    /* `rows` rows of a tile, from its row `first` on; sums are `width` apart, whole vectors, of
     * which `columns` count. They are scratch. */
    void (*run)(const struct tile_store *store, void *sums, const struct tile_part *part);
    void *out;
    const void *bias, *residual;
    const int64_t *out_row, *residual_row;
    bool bias_by_row, stream; /* as in struct tile: all of out's rows begin on a line */
    /* Of out's lines that tiles share, as its rows begin anywhere: each bypasses the caches,
     * too, once the next tile of a run of them has come; until then its elements wait in `carry`, a
     * line a row. Out has the sums' type. Tiles that do not end a run are whole vectors. */
    bool lines, begins, ends;
    bool plain; /* of such tiles that do not end: nothing is done to sums */
    void *carry;
    lax_dtype type;            /* of out and residual */
    struct converter to, from; /* from sums, to sums */
    lax_i_epilogue_fn *epilogue;
    lax_activation activation;
    double alpha, beta;
};
struct tile {
    const void *a, *b;
    void *c;
    const struct tile_tap *taps;
    const int64_t *a_row, *c_row;
    int64_t n_taps, depth, b_step, rows, columns;
    int64_t blocks, b_block, c_block;
    int64_t c_step; /* along k: between columns of C; else they are next to each other */
    const struct tile_store *store; /* or NULL: sums go to C */
    bool accumulate;                /* adds to C instead of overwriting it */
    bool b_whole;                   /* B may be read up to vectors * lanes columns */
    bool stream; /* C bypasses the caches where all columns are there; its rows must then be
                      * aligned to vectors, and a fence must follow (move_kernels) */
};
struct tile_kernel {
    void (*run)(const struct tile *tile);
    lax_dtype type;
    int32_t lanes, vectors, rows; /* elements of a vector; a register tile is rows x vectors */
};
/* vectors: 1 to 6; type f32 or f64. NULL for others. */
const struct tile_kernel *lax_i_tile_kernel(lax_isa isa, lax_dtype type, int vectors);
/* The same sums with vectors along k, for few columns: column j of B_r is contiguous from
 * b + taps[r].b + j * b_step. Lanes are sums of every lanes-th product, added at the end; C comes
 * last. lanes is 1, vectors the columns, 1 to 4; b_whole and stream do not count. */
enum { TILE_K_COLUMNS = 4 };
const struct tile_kernel *lax_i_tile_k_kernel(lax_isa isa, lax_dtype type, int columns);

/* Sets `run`, for sums of `type`; `lines`, `epilogue` and `type` are set before. */
void lax_i_tile_store(struct tile_store *store, lax_isa isa, lax_dtype type);

/* --- listing, for lax info: a line a kernel --------------------------------------------------- */
void lax_i_list_kernels(struct text *text, lax_isa isa);

#endif /* LAX_KERNEL_KERNEL_H */
