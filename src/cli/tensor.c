/* SPDX-License-Identifier: Apache-2.0 */
/* Tensors in memory: allocation for any strides, single elements as numbers, conversion, and
 * reproducible contents. */
#include "cli.h"

#include <math.h>
#include <string.h>

bool cli_is_float(lax_dtype dtype) { return dtype >= LAX_F64 && dtype <= LAX_BF16; }

bool cli_is_complex(lax_dtype dtype) { return dtype == LAX_C64 || dtype == LAX_C128; }

static bool multiply_add(int64_t a, int64_t b, int64_t *sum) {
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product)) return false;
    return !__builtin_add_overflow(*sum, product, sum);
}

int cli_tensor_alloc(struct cli *cli, lax_tensor *tensor) {
    int64_t low = 0, high = 1;
    size_t size = lax_dtype_size(tensor->dtype);
    bool good = lax_tensor_elements(tensor) >= 0;
    bool empty = lax_tensor_elements(tensor) == 0;
    for (int d = 0; d < tensor->rank && good && !empty; d++)
        good = multiply_add(tensor->shape[d] - 1, tensor->strides[d],
                            tensor->strides[d] < 0 ? &low : &high);
    int64_t span;
    good = good && !__builtin_sub_overflow(high, low, &span);
    char *memory = good ? cli_alloc(cli, empty ? 1 : (size_t)span, size) : NULL;
    if (!memory) return cli_no_memory();
    tensor->data = memory - low * (int64_t)size;
    return CLI_DONE;
}

int cli_convert(struct cli *cli, const lax_tensor *tensor, lax_dtype dtype, lax_tensor *out) {
    lax_error why;
    *out = lax_tensor_of(dtype, NULL, tensor->rank, tensor->shape);
    int status = cli_tensor_alloc(cli, out);
    if (status) return status;
    return cli_check(lax_transpose(cli->context, tensor, NULL, out, &why), &why);
}

void *cli_element(const lax_tensor *tensor, const int64_t *index) {
    int64_t offset = 0;
    for (int d = 0; d < tensor->rank; d++) offset += index[d] * tensor->strides[d];
    return (char *)tensor->data + offset * (int64_t)lax_dtype_size(tensor->dtype);
}

bool cli_next_index(const lax_tensor *tensor, int64_t *index) {
    for (int d = tensor->rank - 1; d >= 0; d--) {
        if (++index[d] < tensor->shape[d]) return true;
        index[d] = 0;
    }
    return false;
}

static double from_f16(uint16_t bits) {
    int exponent = bits >> 10 & 31;
    double fraction = bits & 1023;
    double magnitude = exponent == 31  ? (fraction != 0 ? NAN : INFINITY)
                       : exponent == 0 ? ldexp(fraction, -24)
                                       : ldexp(fraction + 1024, exponent - 25);
    return bits >> 15 ? -magnitude : magnitude;
}

static double from_bf16(uint16_t bits) {
    uint32_t wide = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &wide, sizeof value);
    return value;
}

void cli_number(lax_dtype dtype, const void *element, double value[2]) {
    float f32[2] = {0, 0};
    uint16_t bits = 0;
    value[1] = 0;
    switch (dtype) {
    case LAX_F64: memcpy(value, element, 8); break;
    case LAX_C128: memcpy(value, element, 16); break;
    case LAX_F32:
    case LAX_C64:
        memcpy(f32, element, lax_dtype_size(dtype));
        value[0] = f32[0];
        value[1] = f32[1];
        break;
    default:
        memcpy(&bits, element, 2);
        value[0] = dtype == LAX_F16 ? from_f16(bits) : from_bf16(bits);
        break;
    }
}

uint64_t cli_random(uint64_t *seed) {
    uint64_t z = *seed += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* A float with random sign and fraction and one of the five exponents below 1, as bits: every
 * such value exists in every float type, so no rounding happens here. */
static uint64_t random_float(uint64_t *seed, int fraction_bits, uint64_t bias, int sign_bit) {
    uint64_t r = cli_random(seed);
    uint64_t exponent = bias - 5 + (r >> 56) % 5;
    uint64_t fraction = r & (((uint64_t)1 << fraction_bits) - 1);
    return (r >> 55 & 1) << sign_bit | exponent << fraction_bits | fraction;
}

static void fill_one(lax_dtype dtype, void *element, uint64_t *seed) {
    uint64_t bits;
    switch (dtype) {
    case LAX_F64:
    case LAX_C128: bits = random_float(seed, 52, 1023, 63); break;
    case LAX_F32:
    case LAX_C64: bits = random_float(seed, 23, 127, 31); break;
    case LAX_F16: bits = random_float(seed, 10, 15, 15); break;
    case LAX_BF16: bits = random_float(seed, 7, 127, 15); break;
    case LAX_PRED: bits = cli_random(seed) & 1; break;
    default: bits = cli_random(seed); break;
    }
    uint8_t b8 = (uint8_t)bits;
    uint16_t b16 = (uint16_t)bits;
    uint32_t b32 = (uint32_t)bits;
    switch (lax_dtype_size(dtype) / (cli_is_complex(dtype) ? 2 : 1)) {
    case 1: memcpy(element, &b8, 1); break;
    case 2: memcpy(element, &b16, 2); break;
    case 4: memcpy(element, &b32, 4); break;
    default: memcpy(element, &bits, 8); break;
    }
}

void cli_fill(const lax_tensor *tensor, uint64_t *seed) {
    int64_t index[LAX_MAX_RANK] = {0};
    size_t half = lax_dtype_size(tensor->dtype) / 2;
    if (lax_tensor_elements(tensor) <= 0) return;
    do {
        char *element = cli_element(tensor, index);
        fill_one(tensor->dtype, element, seed);
        if (cli_is_complex(tensor->dtype)) fill_one(tensor->dtype, element + half, seed);
    } while (cli_next_index(tensor, index));
}
