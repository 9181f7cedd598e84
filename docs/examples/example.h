/* SPDX-License-Identifier: Apache-2.0 */
/* What the example programs share: tensors with memory of their own, seeded numbers, a clock, and
 * an end of the program with a sentence when a call fails. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <lax/lax.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SHAPE(...) ((const int64_t[]){__VA_ARGS__})
#define RANK(...) ((int32_t)(sizeof SHAPE(__VA_ARGS__) / sizeof(int64_t)))
/* A new f32 tensor of this shape, e.g. NEW(1, 28, 28, 3). */
#define NEW(...) new_f32(RANK(__VA_ARGS__), SHAPE(__VA_ARGS__))
/* A view of an array. */
#define VIEW(data, ...) lax_tensor_of(LAX_F32, data, RANK(__VA_ARGS__), SHAPE(__VA_ARGS__))

static inline void must(lax_status status, const lax_error *why) {
    if (status == LAX_OK) return;
    fprintf(stderr, "%s\n", why->text);
    exit(1);
}

static inline lax_tensor new_f32(int32_t rank, const int64_t *shape) {
    lax_tensor t = lax_tensor_of(LAX_F32, NULL, rank, shape);
    t.data = calloc((size_t)lax_tensor_elements(&t) + 1, sizeof(float));
    if (t.data == NULL) exit(1);
    return t;
}

static inline float *f32(const lax_tensor *t) { return t->data; }

/* Uniform in [low, high), the same on every machine. */
static inline float uniform(uint64_t *seed, float low, float high) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (float)(*seed >> 40) / 16777216.0f;
}

static inline void fill(lax_tensor *t, uint64_t seed, float low, float high) {
    for (int64_t i = 0; i < lax_tensor_elements(t); i++) f32(t)[i] = uniform(&seed, low, high);
}

static inline double largest_difference(const lax_tensor *a, const lax_tensor *b) {
    double most = 0;
    for (int64_t i = 0; i < lax_tensor_elements(a); i++)
        most = fmax(most, fabs((double)f32(a)[i] - (double)f32(b)[i]));
    return most;
}

/* Prints whether two independent ways agree; the program's exit status follows. */
static inline int agree(const char *what, double difference, double bound) {
    printf("%s: largest difference %.3g (%s)\n", what, difference,
           difference <= bound ? "agree" : "DISAGREE");
    return difference <= bound ? 0 : 1;
}

static inline double now_ms(void) {
    struct timespec t;
    timespec_get(&t, TIME_UTC);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* [[a b] [c d]] as NumPy prints it. */
static inline void print_matrix(const float *m, int rows, int columns, const char *format) {
    for (int i = 0; i < rows; i++) {
        printf("%s", i == 0 ? "[[" : " [");
        for (int j = 0; j < columns; j++) {
            if (j > 0) printf(" ");
            printf(format, (double)m[i * columns + j]);
        }
        printf("%s\n", i == rows - 1 ? "]]" : "]");
    }
}

#endif /* EXAMPLE_H */
