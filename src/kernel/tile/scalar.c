/* SPDX-License-Identifier: Apache-2.0 */
/* The tile kernels for any processor, over vectors of 16 bytes that compilers map to what there is
 * (SSE2, NEON). A masked tail goes lane by lane. Products and sums round apart, as everywhere at
 * this level. */
#include "kernel/tile/tile.h"

enum { MOST_VECTORS = 6, MOST_CASES = 13 };
#define MOST_ROWS(vectors) (12 / (vectors))
#define MOST_K_ROWS(columns) ((columns) == 1 ? 8 : 12 / (columns))

typedef float vector_f32 __attribute__((vector_size(16)));
typedef double vector_f64 __attribute__((vector_size(16)));

static inline vector_f32 load_f32(const float *p, int64_t n) {
    vector_f32 x = {0};
    memcpy(&x, p, (size_t)n * sizeof *p);
    return x;
}

static inline void store_f32(float *p, int64_t n, vector_f32 x) {
    memcpy(p, &x, (size_t)n * sizeof *p);
}

static inline vector_f64 load_f64(const double *p, int64_t n) {
    vector_f64 x = {0};
    memcpy(&x, p, (size_t)n * sizeof *p);
    return x;
}

static inline void store_f64(double *p, int64_t n, vector_f64 x) {
    memcpy(p, &x, (size_t)n * sizeof *p);
}

/* What lines are made of: all but the first n lanes, and the last n before the first of another. */
static inline void store_last_f32(float *p, int64_t n, vector_f32 x) {
    memcpy(p + n, (const float *)&x + n, (size_t)(4 - n) * sizeof *p);
}
static inline vector_f32 join_f32(vector_f32 last, vector_f32 first, int64_t n) {
    vector_f32 both[2] = {last, first}, x;
    memcpy(&x, (const float *)both + 4 - n, sizeof x);
    return x;
}
static inline void store_last_f64(double *p, int64_t n, vector_f64 x) {
    memcpy(p + n, (const double *)&x + n, (size_t)(2 - n) * sizeof *p);
}
static inline vector_f64 join_f64(vector_f64 last, vector_f64 first, int64_t n) {
    vector_f64 both[2] = {last, first}, x;
    memcpy(&x, (const double *)both + 2 - n, sizeof x);
    return x;
}

/* n clipped to the lanes of a vector. */
static inline int64_t lanes_of(int64_t n, int64_t lanes) {
    return n < 0 ? 0 : n > lanes ? lanes : n;
}

/* Halves are added to halves. */
static inline float sum_f32(vector_f32 x) { return (x[0] + x[2]) + (x[1] + x[3]); }
static inline double sum_f64(vector_f64 x) { return x[0] + x[1]; }

#define NAME(part) f32_##part
#define ELEM float
#define VEC vector_f32
#define LANES 4
#define ZERO() ((vector_f32){0})
#define BROADCAST(p) ((vector_f32){*(p), *(p), *(p), *(p)})
#define LOAD(p) load_f32(p, 4)
#define STORE(p, x) store_f32(p, 4, x)
#define STREAM(p, x) store_f32(p, 4, x)
#define FMA(x, y, sum) ((x) * (y) + (sum))
#define MASK int64_t
#define FIRST_LANES(n) lanes_of(n, 4)
#define LOAD_MASKED(p, mask) load_f32(p, mask)
#define LOAD_LAST(p, n) load_f32(p, n)
#define STORE_MASKED(p, mask, x) store_f32(p, mask, x)
#define STORE_LAST(p, x, n) store_last_f32(p, n, x)
#define JOIN(last, first, n) join_f32(last, first, n)
#define SUM(x) sum_f32(x)
#include "kernel/tile/tile_tmpl.h"

#define NAME(part) f64_##part
#define ELEM double
#define VEC vector_f64
#define LANES 2
#define ZERO() ((vector_f64){0})
#define BROADCAST(p) ((vector_f64){*(p), *(p)})
#define LOAD(p) load_f64(p, 2)
#define STORE(p, x) store_f64(p, 2, x)
#define STREAM(p, x) store_f64(p, 2, x)
#define FMA(x, y, sum) ((x) * (y) + (sum))
#define MASK int64_t
#define FIRST_LANES(n) lanes_of(n, 2)
#define LOAD_MASKED(p, mask) load_f64(p, mask)
#define LOAD_LAST(p, n) load_f64(p, n)
#define STORE_MASKED(p, mask, x) store_f64(p, mask, x)
#define STORE_LAST(p, x, n) store_last_f64(p, n, x)
#define JOIN(last, first, n) join_f64(last, first, n)
#define SUM(x) sum_f64(x)
#include "kernel/tile/tile_tmpl.h"

const struct tile_kernel lax_i_tile_scalar[] = {
#define TILE(type, vectors)                                                                        \
    {type##_x##vectors, TILE_TYPE(type), TILE_LANES(type, 16), vectors, MOST_ROWS(vectors)},
#include "kernel/tile/tile.def"
};

const struct tile_kernel lax_i_tile_k_scalar[] = {
#define TILE_K(type, columns)                                                                      \
    {type##_k##columns, TILE_TYPE(type), 1, columns, MOST_K_ROWS(columns)},
#include "kernel/tile/tile.def"
};
