/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of the values of options: numbers, lists, paddings, elements of a tensor. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct cli_choice cli_reducers[] = {
    {"add", LAX_ADD}, {"mul", LAX_MUL}, {"max", LAX_MAX}, {"min", LAX_MIN},
    {"and", LAX_AND}, {"or", LAX_OR},   {"xor", LAX_XOR}, {"logaddexp", LAX_LOGADDEXP},
    {NULL, 0}};

const struct cli_choice cli_selects[] = {
    {"ge", LAX_GE}, {"gt", LAX_GT}, {"le", LAX_LE}, {"lt", LAX_LT}, {NULL, 0}};

const struct cli_choice *cli_find_choice(const struct cli_choice *choices, const char *name) {
    for (; choices->name; choices++)
        if (strcmp(choices->name, name) == 0) return choices;
    return NULL;
}

bool cli_parse_integer(const char *text, size_t length, int64_t *value) {
    char copy[32];
    if (length == 0 || length >= sizeof copy || isspace((unsigned char)text[0])) return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *end;
    errno = 0;
    long long parsed = strtoll(copy, &end, 10);
    *value = parsed;
    return *end == '\0' && end != copy && errno == 0;
}

bool cli_parse_double(const char *text, double *value) {
    char *end;
    if (!*text || isspace((unsigned char)*text)) return false;
    *value = strtod(text, &end);
    return *end == '\0';
}

/* Numbers up to `stop` characters away, separated by `separator`. Returns how many, or -1. */
static int numbers(const char *text, size_t length, char separator, int capacity, int64_t *out) {
    const char *end = text + length;
    for (int n = 0; n < capacity; n++) {
        const char *cut = memchr(text, separator, (size_t)(end - text));
        if (!cli_parse_integer(text, (size_t)((cut ? cut : end) - text), &out[n])) return -1;
        if (!cut) return n + 1;
        text = cut + 1;
    }
    return -1;
}

bool cli_parse_list(const char *text, struct cli_list *list) {
    *list = (struct cli_list){.given = true};
    if (!*text) return true;
    list->n = numbers(text, strlen(text), ',', LAX_MAX_RANK, list->values);
    return list->n > 0;
}

bool cli_parse_groups(const char *text, int group, struct cli_padding *padding) {
    *padding = (struct cli_padding){.given = true};
    while (*text) {
        size_t length = strcspn(text, ",");
        if (padding->n == LAX_MAX_RANK) return false;
        if (numbers(text, length, ':', group, padding->values[padding->n++]) != group) return false;
        text += length;
        if (*text == ',' && !*++text) return false;
    }
    return true;
}

int cli_take_list(const struct cli_list *list, const char *option, int n, const char *of,
                  int64_t *out) {
    if (!list->given) return CLI_DONE;
    if (list->n != n)
        return cli_fail(CLI_REQUEST, "--%s has %d entries, %s needs %d", option, list->n, of, n);
    for (int i = 0; i < n; i++) out[i] = list->values[i];
    return CLI_DONE;
}

int cli_take_pads(const struct cli_padding *padding, int n, const char *of, const char **word,
                  int64_t (*pads)[2]) {
    *word = padding->word;
    if (!padding->given || padding->word) return CLI_DONE;
    if (padding->n != n)
        return cli_fail(CLI_REQUEST, "--padding has %d pairs, %s needs %d", padding->n, of, n);
    for (int i = 0; i < n; i++)
        for (int side = 0; side < 2; side++) pads[i][side] = padding->values[i][side];
    return CLI_DONE;
}

int cli_take_axes(const struct cli_list *list, const char *option, int32_t *axes) {
    for (int i = 0; i < list->n; i++) {
        if (list->values[i] < INT32_MIN || list->values[i] > INT32_MAX)
            return cli_fail(CLI_REQUEST, "--%s: %lld is not an axis", option,
                            (long long)list->values[i]);
        axes[i] = (int32_t)list->values[i];
    }
    return CLI_DONE;
}

int cli_split_numbers(struct cli *cli, const char *text, const char *numbers[3]) {
    if (!text) return CLI_DONE;
    for (int i = 0; i < 3; i++) {
        size_t length = strcspn(text, ",");
        if ((text[length] == ',') != (i < 2))
            return cli_fail(CLI_REQUEST, "--dimension-numbers needs three strings, like "
                                         "NHWC,HWIO,NHWC");
        numbers[i] = cli_copy(cli, text, length);
        if (!numbers[i]) return cli_no_memory();
        text += length + (i < 2);
    }
    return CLI_DONE;
}

/* Integer types by size; a value that does not fit is refused, not wrapped. */
static bool parse_integer_element(const char *text, lax_dtype dtype, void *element) {
    bool is_unsigned = dtype >= LAX_U8 && dtype <= LAX_U64;
    int bits = 8 * (int)lax_dtype_size(dtype);
    char *end;
    errno = 0;
    bool minus = text[0] == '-';
    if (!isdigit((unsigned char)text[minus])) return false;
    unsigned long long magnitude = strtoull(text + minus, &end, 10);
    if (*end || errno) return false;
    unsigned long long top = 1ull << (bits - 1);
    unsigned long long limit = is_unsigned ? (minus ? 0 : top - 1 + top) : (minus ? top : top - 1);
    if (magnitude > limit) return false;
    uint64_t bitwise = minus ? 0 - (uint64_t)magnitude : (uint64_t)magnitude;
    uint8_t b8 = (uint8_t)bitwise;
    uint16_t b16 = (uint16_t)bitwise;
    uint32_t b32 = (uint32_t)bitwise;
    const void *source = bits == 8    ? (const void *)&b8
                         : bits == 16 ? (const void *)&b16
                         : bits == 32 ? (const void *)&b32
                                      : (const void *)&bitwise;
    memcpy(element, source, (size_t)bits / 8);
    return true;
}

static bool parse_pred(const char *text, uint8_t *element) {
    static const struct cli_choice words[] = {{"0", 0},     {"1", 1},    {"false", 0}, {"true", 1},
                                              {"False", 0}, {"True", 1}, {NULL, 0}};
    const struct cli_choice *word = cli_find_choice(words, text);
    if (word) *element = (uint8_t)word->value;
    return word != NULL;
}

/* x, xj, x+yj as Python writes them. */
static bool parse_complex(const char *text, double value[2]) {
    value[0] = value[1] = 0;
    char *end;
    if (!*text || isspace((unsigned char)*text)) return false;
    double first = strtod(text, &end);
    if (end == text) return false;
    if (strcmp(end, "j") == 0) {
        value[1] = first;
        return true;
    }
    value[0] = first;
    if (!*end) return true;
    if (*end != '+' && *end != '-') return false;
    const char *second = end;
    value[1] = strtod(second, &end);
    return end != second && strcmp(end, "j") == 0;
}

/* f16 and bf16 get their bits from the library's conversion. */
static bool parse_float_element(struct cli *cli, const char *text, lax_dtype dtype, void *element) {
    double value[2];
    if (!(cli_is_complex(dtype) ? parse_complex(text, value) : cli_parse_double(text, value)))
        return false;
    lax_dtype from = cli_is_complex(dtype) ? LAX_C128 : LAX_F64;
    lax_tensor source = lax_tensor_of(from, value, 0, NULL);
    lax_tensor target = lax_tensor_of(dtype, element, 0, NULL);
    return lax_transpose(cli->context, &source, NULL, &target, NULL) == LAX_OK;
}

int cli_parse_element(struct cli *cli, const char *text, lax_dtype dtype, void *element) {
    bool good;
    if (dtype == LAX_PRED)
        good = parse_pred(text, element);
    else if (cli_is_float(dtype) || cli_is_complex(dtype))
        good = parse_float_element(cli, text, dtype, element);
    else
        good = parse_integer_element(text, dtype, element);
    if (good) return CLI_DONE;
    return cli_fail(CLI_REQUEST, "%s is not a value of type %s", text, lax_dtype_name(dtype));
}
