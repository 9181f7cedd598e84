/* SPDX-License-Identifier: Apache-2.0 */
/* Template of whole windows' max or min of floats, without a step that brings elements in order
 * first. Bits compared as signed integers order the floats without a sign, and backwards those with
 * one. So the largest and the smallest signed number and the largest unsigned one of the bits tell
 * everything: three instructions an element, exact, with NaN and -0 (16 bits). Where there are
 * instructions for the floats, they are right but where there is a NaN, or a -0 beside a +0. NaN is
 * watched for in all elements together: it makes the sum of products of pairs one, as infinities
 * and overflow do. -0, the smallest of the bits, spoils a maximum only where it is the result; a
 * minimum of zeros is frequent, and it is looked for in elements. Where there is either, which is
 * seldom, the bits decide.
 * Parameters: those of fold_box.h, BITS and UBITS (integers of the float's size), INFINITE (bits of
 * infinity), QUIET (bits of the NaN that wins), MAXIMUM (1 or 0). */

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, ordered)(FOLD_VECTOR v) {
    const BITS magnitude = (BITS)((UBITS) ~(UBITS)0 >> 1);
    FOLD_VECTOR turned = v ^ FOLD_ALL(SIZE, magnitude);
    return NAME_OF_SIZE(pick, SIZE)(FOLD_ALL(SIZE, 0), v, turned, v);
}

struct NAME_OF(NAME, bits) {
    FOLD_VECTOR high, low, most;
};

FOLD_INLINE struct NAME_OF(NAME, bits)
    NAME_OF(NAME, both)(struct NAME_OF(NAME, bits) a, struct NAME_OF(NAME, bits) b) {
    a.high = NAME_OF_SIZE(high, SIZE)(a.high, b.high);
    a.low = NAME_OF_SIZE(low, SIZE)(a.low, b.low);
    a.most = NAME_OF_SIZE(most, SIZE)(a.most, b.most);
    return a;
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, tell)(struct NAME_OF(NAME, bits) a, bool work) {
    const BITS sign = (BITS)((UBITS)1 << (SIZE - 1));
    const FOLD_VECTOR zero = FOLD_ALL(SIZE, 0), infinite = FOLD_ALL(SIZE, INFINITE);
    FOLD_VECTOR first = MAXIMUM ? NAME_OF_SIZE(pick, SIZE)(zero, a.high, a.low, a.high)
                                : NAME_OF_SIZE(pick, SIZE)(zero, a.low, a.most, a.low);
    first = NAME_OF_SIZE(pick, SIZE)(a.high, infinite, FOLD_ALL(SIZE, QUIET), first);
    first = NAME_OF_SIZE(pick, SIZE)(a.most ^ FOLD_ALL(SIZE, sign), infinite, FOLD_ALL(SIZE, QUIET),
                                     first);
    return work ? NAME_OF(NAME, ordered)(first) : first;
}

#if SIZE == 16
#define BOX_VECTORS 2
#define BOX_CALM

struct NAME_OF(NAME, acc) {
    struct NAME_OF(NAME, bits) all;
};

FOLD_INLINE struct NAME_OF(NAME, acc) NAME_OF(NAME, start)(FOLD_VECTOR x) {
    return (struct NAME_OF(NAME, acc)){{x, x, x}};
}

FOLD_INLINE struct NAME_OF(NAME, acc)
    NAME_OF(NAME, join)(struct NAME_OF(NAME, acc) a, struct NAME_OF(NAME, acc) b) {
    a.all = NAME_OF(NAME, both)(a.all, b.all);
    return a;
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, end)(struct NAME_OF(NAME, acc) acc, bool work) {
    return NAME_OF(NAME, tell)(acc.all, work);
}

#else
#define BOX_VECTORS 4
#define BOX_FLOATS NAME_OF_SIZE(fold_floats, SIZE)

/* As the type that its instructions are for: compilers copy what changes between types. */
struct NAME_OF(NAME, acc) {
    BOX_FLOATS first;
};

struct NAME_OF(NAME, watch) {
    BOX_FLOATS sum;
    FOLD_VECTOR least;
};

FOLD_INLINE struct NAME_OF(NAME, watch) NAME_OF(NAME, calm)(void) {
    return (struct NAME_OF(NAME, watch)){{0}, {0}};
}

FOLD_INLINE void NAME_OF(NAME, look)(struct NAME_OF(NAME, watch) * watch, FOLD_VECTOR x,
                                     FOLD_VECTOR y) {
    watch->sum = NAME_OF_SIZE(mix, SIZE)((BOX_FLOATS)x, (BOX_FLOATS)y, watch->sum);
    if (!MAXIMUM)
        watch->least = NAME_OF_SIZE(low, SIZE)(watch->least, NAME_OF_SIZE(low, SIZE)(x, y));
}

/* Of two watches. */
FOLD_INLINE bool NAME_OF(NAME, spoiled)(const struct NAME_OF(NAME, watch) * watch,
                                        const struct NAME_OF(NAME, acc) * all, const int vectors) {
    const BITS sign = (BITS)((UBITS)1 << (SIZE - 1));
    FOLD_VECTOR least = NAME_OF_SIZE(low, SIZE)(watch[0].least, watch[1].least);
    for (int v = 0; MAXIMUM && v < vectors; v++)
        least = NAME_OF_SIZE(low, SIZE)(least, (FOLD_VECTOR)all[v].first);
    FOLD_VECTOR odd = NAME_OF_SIZE(same, SIZE)(least, FOLD_ALL(SIZE, sign));
    return fold_any(odd | NAME_OF_SIZE(nan, SIZE)(watch[0].sum) |
                    NAME_OF_SIZE(nan, SIZE)(watch[1].sum));
}

FOLD_INLINE struct NAME_OF(NAME, acc) NAME_OF(NAME, start)(FOLD_VECTOR x) {
    return (struct NAME_OF(NAME, acc)){(BOX_FLOATS)x};
}

FOLD_INLINE struct NAME_OF(NAME, acc)
    NAME_OF(NAME, join)(struct NAME_OF(NAME, acc) a, struct NAME_OF(NAME, acc) b) {
    a.first = (BOX_FLOATS)(MAXIMUM ? NAME_OF_SIZE(greater, SIZE)(b.first, a.first)
                                   : NAME_OF_SIZE(less, SIZE)(b.first, a.first));
    return a;
}

FOLD_INLINE FOLD_VECTOR NAME_OF(NAME, end)(struct NAME_OF(NAME, acc) acc, bool work) {
    FOLD_VECTOR first = (FOLD_VECTOR)acc.first;
    return work ? NAME_OF(NAME, ordered)(first) : first;
}

/* From the bits; of a vector that is not whole, so many lanes. */
static __attribute__((noinline)) FOLD_VECTOR NAME_OF(NAME, again)(const struct fold_box *b,
                                                                  int64_t at, int64_t lanes) {
    struct NAME_OF(NAME, bits) all = {FOLD_ALL(SIZE, 0), FOLD_ALL(SIZE, 0), FOLD_ALL(SIZE, 0)};
    for (int r = 0; r < b->n_rows; r++)
        for (int64_t c = 0; c < b->cols; c++) {
            FOLD_VECTOR x = FOLD_ALL(SIZE, 0);
            size_t nbytes = lanes > 0 ? (size_t)lanes * sizeof(BITS) : sizeof x;
            memcpy(&x, (const BITS *)b->rows[r] + at + c * b->col_step, nbytes);
            struct NAME_OF(NAME, bits) one = {x, x, x};
            all = r == 0 && c == 0 ? one : NAME_OF(NAME, both)(all, one);
        }
    return NAME_OF(NAME, tell)(all, b->work);
}
#endif

#define ELEM BITS
#define WORK BITS
#define BOX_READ fold_read
#define BOX_WRITE(to, v, work) fold_write(to, v)
#include "kernel/fold/fold_box.h"

#undef BOX_FLOATS

#define NAME NAME_OF(ACROSS, SUFFIX)
#define ELEM BITS
#define WORK BITS
#define SIZE BITS_SIZE
#define ACROSS_OP(a, x) (MAXIMUM ? NAME_OF_SIZE(high, SIZE)(a, x) : NAME_OF_SIZE(low, SIZE)(a, x))
#define ACROSS_WRITE(to, v) fold_write(to, NAME_OF(NAME_OF(BOX, SUFFIX), ordered)(v))
#include "kernel/fold/fold_across.h"
