/* SPDX-License-Identifier: Apache-2.0 */
/* Floats in decimal as NumPy writes them: the fewest digits that name the value among all values
 * of its type, at most eight behind the point, one width for all numbers of an array. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PRECISION = 8 };

/* Bits of the significand, and the exponent of the smallest subnormal. */
static void float_form(lax_dtype dtype, int *significand, int *smallest) {
    switch (dtype) {
    case LAX_F16: *significand = 11, *smallest = -24; break;
    case LAX_BF16: *significand = 8, *smallest = -133; break;
    case LAX_F32:
    case LAX_C64: *significand = 24, *smallest = -149; break;
    default: *significand = 53, *smallest = -1074; break;
    }
}

/* Whether the text reads back as the value in its type: narrower types are tested by the distance
 * to the midpoint between neighbours, which a double holds exactly. */
static bool names_value(lax_dtype dtype, double value, const char *text) {
    int significand, smallest, exponent;
    double read = strtod(text, NULL);
    if (read == value) return true;
    float_form(dtype, &significand, &smallest);
    if (significand == 53) return false;
    double fraction = frexp(fabs(value), &exponent);
    bool normal = exponent - significand > smallest;
    double gap = ldexp(1, normal ? exponent - significand : smallest);
    /* Below a power of two the neighbours are nearer. */
    bool inward = fabs(read) < fabs(value) && fraction == 0.5 && normal;
    return fabs(read - value) < (inward ? gap / 4 : gap / 2);
}

/* The shortest scientific text; returns the digits behind the point. */
static int shortest(lax_dtype dtype, double value, char text[40]) {
    int digits = 0;
    do snprintf(text, 40, "%.*e", digits, value);
    while (!names_value(dtype, value, text) && ++digits < 17);
    return digits < 17 ? digits : 16;
}

/* Digits behind the point in positional form, at most PRECISION, without trailing zeros. */
static int fraction_digits(lax_dtype dtype, double value) {
    char text[400];
    int behind = shortest(dtype, value, text);
    int exponent = atoi(strchr(text, 'e') + 1);
    int n = behind - exponent;
    if (n <= 0) return 0;
    if (n <= PRECISION) return n;
    snprintf(text, sizeof text, "%.*f", PRECISION, value);
    char *end = text + strlen(text);
    while (end[-1] == '0') end--;
    return (int)(end - strchr(text, '.')) - 1;
}

/* Scientific digits behind the point, at most PRECISION, without trailing zeros. */
static int scientific_digits(lax_dtype dtype, double value) {
    char text[40];
    int n = shortest(dtype, value, text);
    if (n <= PRECISION) return n;
    snprintf(text, sizeof text, "%.*e", PRECISION, value);
    for (n = PRECISION; n > 0 && strchr(text, 'e')[n - PRECISION - 1] == '0';) n--;
    return n;
}

void cli_scan_magnitude(struct cli_number_scan *scan, double value) {
    double magnitude = fabs(value);
    if (!isfinite(value)) {
        scan->special = true;
        scan->negative_infinity |= value < 0;
    } else if (magnitude > 0) {
        if (scan->low == 0 || magnitude < scan->low) scan->low = magnitude;
        if (magnitude > scan->high) scan->high = magnitude;
    }
}

/* From here on integers are not exact in the type's decimal digits, and NumPy writes exponents. */
static double largest_plain(lax_dtype dtype, double widest) {
    int significand, smallest;
    float_form(dtype, &significand, &smallest);
    return significand >= 53 ? widest : significand >= 24 ? 1e6 : 1e3;
}

/* Exponents are for large, small, or far apart values. */
void cli_scan_start(struct cli_number_scan *scan) {
    struct cli_number_format *format = scan->format;
    if (scan->high > 0)
        format->exponential = scan->high >= largest_plain(format->dtype, 1e8) || scan->low < 1e-4 ||
                              scan->high / scan->low > 1000;
}

static int integer_width(const struct cli_number_format *format, double value) {
    char text[400];
    if (format->exponential) return 1 + (format->sign || signbit(value));
    snprintf(text, sizeof text, format->sign ? "%+.*f" : "%.*f",
             fraction_digits(format->dtype, value), value);
    return (int)strcspn(text, ".");
}

void cli_scan_width(struct cli_number_scan *scan, double value) {
    struct cli_number_format *format = scan->format;
    if (!isfinite(value)) return;
    int left = integer_width(format, value);
    int right = format->exponential ? scientific_digits(format->dtype, value)
                                    : fraction_digits(format->dtype, value);
    if (left > format->left) format->left = left;
    if (right > format->right) format->right = right;
    if (format->exponential) {
        char text[40];
        snprintf(text, sizeof text, "%.*e", PRECISION, value);
        int exponent = (int)strlen(strchr(text, 'e') + 2);
        if (exponent > format->exponent) format->exponent = exponent;
    }
}

void cli_scan_finish(struct cli_number_scan *scan) {
    struct cli_number_format *format = scan->format;
    if (!scan->special) return;
    int behind = format->right + 1 + (format->exponential ? format->exponent + 2 : 0);
    int infinity = 3 + (format->sign || scan->negative_infinity);
    if (format->left < infinity - behind) format->left = infinity - behind;
}

static int format_special(const struct cli_number_format *format, double value, char text[80]) {
    int width = format->left + format->right + 1;
    if (format->exponential) width += format->exponent + 2;
    const char *word = isnan(value)   ? (format->sign ? "+nan" : "nan")
                       : value < 0    ? "-inf"
                       : format->sign ? "+inf"
                                      : "inf";
    return snprintf(text, 80, "%*s", width, word);
}

static int format_exponential(const struct cli_number_format *format, double value, char text[80]) {
    char plain[60];
    snprintf(plain, sizeof plain, format->sign ? "%+.*e" : "%.*e", format->right, value);
    char *e = strchr(plain, 'e');
    int before = (int)strcspn(plain, ".e");
    return snprintf(text, 80, "%*s%.*s%s%.2s%0*d", format->left - before, "", (int)(e - plain),
                    plain, format->right ? "" : ".", e, format->exponent, atoi(e + 2));
}

int cli_format_number(const struct cli_number_format *format, double value, char text[80]) {
    char plain[400];
    if (!isfinite(value)) return format_special(format, value, text);
    if (format->exponential) return format_exponential(format, value, text);
    int behind = fraction_digits(format->dtype, value);
    snprintf(plain, sizeof plain, format->sign ? "%+.*f" : "%.*f", behind, value);
    int before = (int)strcspn(plain, ".");
    return snprintf(text, 80, "%*s%.60s%s%*s", format->left - before, "", plain, behind ? "" : ".",
                    format->right - behind, "");
}

/* An integer with the digits that name it, and zeros for the rest. */
static int format_whole(double value, int behind, int exponent, char text[80]) {
    int length = snprintf(text, 80, "%.0f", value);
    memset(text + length - (exponent - behind), '0', (size_t)(exponent - behind));
    return length + snprintf(text + length, (size_t)(80 - length), ".0");
}

int cli_format_scalar(lax_dtype dtype, double value, char text[80]) {
    char digits[40];
    if (isnan(value)) return snprintf(text, 80, "nan");
    if (isinf(value)) return snprintf(text, 80, value < 0 ? "-inf" : "inf");
    int behind = shortest(dtype, value, digits);
    int exponent = atoi(strchr(digits, 'e') + 1);
    if (value != 0 && (exponent < -4 || fabs(value) >= largest_plain(dtype, 1e16)))
        return snprintf(text, 80, "%s", digits);
    if (behind <= exponent) return format_whole(value, behind, exponent, text);
    return snprintf(text, 80, "%.*f", behind - exponent, value);
}
