/* SPDX-License-Identifier: Apache-2.0 */
/* Template: the way out of f32 tiles in vectors of eight, for x86 from AVX2 on, and of any tiles by
 * lines. Sums stay in the first-level cache between the steps. STORE_TILE and STORE_LINES are the
 * names of the results; `words`, a vector of so many WORDS of four bytes, and its functions are the
 * instruction set's. */
#include "kernel/convert/half_x86.h"

enum { EIGHT = 8, MOST_WIDTH = 6 * 16 };

static void add_bias(const struct tile_store *s, float *x, const struct tile_part *part) {
    const int64_t rows = part->rows, width = part->width;
    const float *by_row = s->bias_by_row ? (const float *)s->bias + part->first : NULL;
    const float *by_column = s->bias;
    for (int64_t m = 0; m < rows; m++, x += width) {
        __m256 b = _mm256_set1_ps(by_row != NULL ? by_row[m] : 0);
        for (int64_t j = 0; j < width; j += EIGHT) {
            if (by_row == NULL) b = _mm256_loadu_ps(by_column + j);
            _mm256_storeu_ps(x + j, _mm256_add_ps(_mm256_loadu_ps(x + j), b));
        }
    }
}

static void add_residual(const struct tile_store *s, float *x, const struct tile_part *part) {
    float room[MOST_WIDTH];
    int64_t size = (int64_t)s->to.dst_size;
    memset(room, 0, (size_t)part->width * sizeof *room);
    for (int64_t m = 0; m < part->rows; m++, x += part->width) {
        const char *row = (const char *)s->residual + s->residual_row[part->first + m] * size;
        const float *r = room;
        if (s->type == LAX_F32 && part->columns == part->width)
            r = (const float *)row;
        else
            lax_i_convert(&s->from, room, 1, row, 1, part->columns);
        for (int64_t j = 0; j < part->width; j += EIGHT)
            _mm256_storeu_ps(x + j, _mm256_add_ps(_mm256_loadu_ps(x + j), _mm256_loadu_ps(r + j)));
    }
}

/* The second operand wins where both are zero, or one is NaN. */
static void relu(float *x, int64_t n) {
    for (int64_t i = 0; i < n; i += EIGHT)
        _mm256_storeu_ps(x + i, _mm256_max_ps(_mm256_setzero_ps(), _mm256_loadu_ps(x + i)));
}

static void activate(const struct tile_store *s, float *x, const struct tile_part *part) {
    if (s->activation == LAX_RELU)
        relu(x, part->rows * part->width);
    else if (s->activation != LAX_ACTIVATION_NONE)
        for (int64_t m = 0; m < part->rows; m++)
            s->epilogue(x + m * part->width, NULL, NULL, part->columns, s->activation, s->alpha,
                        s->beta);
}

static inline void write_half_row(uint16_t *y, const float *x, int64_t n, const bool bf16,
                                  bool stream) {
    int64_t j = 0;
    for (; j + 16 <= n; j += 16) {
        __m256i half = bf16 ? bf16_of_16(x + j) : f16_of_16(x + j);
        if (stream)
            _mm256_stream_si256((__m256i *)(y + j), half);
        else
            _mm256_storeu_si256((__m256i *)(y + j), half);
    }
    for (; bf16 && j < n; j++) y[j] = bf16_of(x[j]);
    for (; j < n; j += EIGHT) _mm_storeu_si128((__m128i *)(y + j), f16_of_8(x + j));
}

/* What is used again and again is copied first: stores might change it, as far as compilers see.
 * Behind the columns is anything, of which nothing shall depend. */
static inline void write_half(const struct tile_store *s, float *x, const struct tile_part *part,
                              const bool bf16) {
    uint16_t room[MOST_WIDTH], *out = s->out;
    const int64_t rows = part->rows, width = part->width, columns = part->columns;
    const int64_t *row = s->out_row + part->first;
    const bool stream = s->stream;
    for (int64_t m = 0; columns == width && m < rows; m++)
        write_half_row(out + row[m], x + m * width, width, bf16, stream);
    for (int64_t m = 0; columns < width && m < rows; m++) {
        memset(x + m * width + columns, 0, (size_t)(width - columns) * sizeof *x);
        write_half_row(room, x + m * width, width, bf16, false);
        memcpy(out + row[m], room, (size_t)columns * sizeof *out);
    }
}

static void write_bf16_tile(const struct tile_store *s, float *x, const struct tile_part *part) {
    write_half(s, x, part, true);
}

static void write_f16_tile(const struct tile_store *s, float *x, const struct tile_part *part) {
    write_half(s, x, part, false);
}

/* One row by lines: `lead` words of the first are the carry's last ones, and those of a tile that
 * begins a run are not ours. What does not fill a line is written as usual where a run ends. */
static inline void write_row(const struct tile_store *s, char *line, char *carry, const char *x,
                             int64_t lead, int64_t n) {
    enum { NBYTES = 4 * WORDS };
    words last = words_load(carry), next = last;
    int64_t i = 0, begin = s->begins ? lead : 0, end = lead + n;
    for (; i + WORDS <= end; i += WORDS, line += NBYTES, last = next, begin = 0) {
        next = words_load(x + 4 * i);
        words whole = words_join(last, next, lead);
        if (begin > 0)
            words_store_part(line, whole, begin, WORDS);
        else
            words_stream(line, whole);
    }
    if (s->ends && i < end) {
        if (i < n) next = words_load(x + 4 * i);
        words_store_part(line, words_join(last, next, lead), begin, end - i);
    }
    words_store(carry, next);
}

void STORE_LINES(const struct tile_store *s, void *sums, const struct tile_part *part) {
    enum { NBYTES = 4 * WORDS };
    const int64_t size = (int64_t)s->to.dst_size, rows = part->rows, width = part->width * size;
    const int64_t n = part->columns * size / 4, *row = s->out_row + part->first;
    char *carry = (char *)s->carry + part->first * LAX_ALIGNMENT;
    const char *x = sums;
    for (int64_t m = 0; m < rows; m++, x += width, carry += LAX_ALIGNMENT) {
        char *out = (char *)s->out + row[m] * size;
        int64_t lead = (int64_t)((uintptr_t)out % NBYTES);
        write_row(s, out - lead, carry, x, lead / 4, n);
    }
}

static void write_f32_tile(const struct tile_store *s, const float *x,
                           const struct tile_part *part) {
    float *out = s->out;
    const int64_t rows = part->rows, width = part->width, columns = part->columns;
    const int64_t *row = s->out_row + part->first, whole = columns / EIGHT * EIGHT;
    const bool stream = s->stream;
    for (int64_t m = 0; m < rows; m++, x += width) {
        float *y = out + row[m];
        for (int64_t j = 0; stream && j < whole; j += EIGHT)
            _mm256_stream_ps(y + j, _mm256_loadu_ps(x + j));
        for (int64_t j = 0; !stream && j < whole; j += EIGHT)
            _mm256_storeu_ps(y + j, _mm256_loadu_ps(x + j));
        for (int64_t j = whole; j < columns; j++) y[j] = x[j];
    }
}

void STORE_TILE(const struct tile_store *s, void *sums, const struct tile_part *part) {
    float *x = sums;
    if (s->bias != NULL) add_bias(s, x, part);
    if (s->residual != NULL) add_residual(s, x, part);
    activate(s, x, part);
    if (s->lines)
        STORE_LINES(s, x, part);
    else if (s->type == LAX_F32)
        write_f32_tile(s, x, part);
    else if (s->type == LAX_BF16)
        write_bf16_tile(s, x, part);
    else if (s->type == LAX_F16)
        write_f16_tile(s, x, part);
    else
        for (int64_t m = 0; m < part->rows; m++)
            lax_i_convert(&s->to,
                          (char *)s->out + s->out_row[part->first + m] * (int64_t)s->to.dst_size, 1,
                          x + m * part->width, 1, part->columns);
}

#undef STORE_TILE
#undef STORE_LINES
