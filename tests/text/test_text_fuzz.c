/* SPDX-License-Identifier: Apache-2.0 */
/* Mutated texts: whatever is read, nothing crashes; what is refused says where and why; what is
 * accepted prints as something that is accepted again. LAX_TEST_RANDOM scales their number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"
#include "text/text.h"

enum { ROOM = 400 };

static const char *const tokens[] = {
    "9223372036854775807",
    "-1",
    "0",
    "{",
    "}",
    "<",
    ">",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "/*",
    "//",
    "->",
    "x",
    "%",
    "#",
    "@",
    ",",
    "=",
    ":",
    "f32",
    "nan",
    "dense<",
    "tensor<0x",
    "...",
    "ROOT",
    "4611686018427387904",
    "ENTRY",
    "to_apply=",
    "complex<f32>",
    "bf16",
    "pred",
    "0x",
    "12x",
    "_",
};

/* A text that grows within its room. */
struct mutant {
    char *data;
    size_t length, room;
};

static void insert(struct mutant *m, size_t at, const char *data, size_t n) {
    if (m->length + n > m->room) return;
    memmove(m->data + at + n, m->data + at, m->length - at);
    memcpy(m->data + at, data, n);
    m->length += n;
}

static void erase(struct mutant *m, size_t at, size_t n) {
    if (n > m->length - at) n = m->length - at;
    memmove(m->data + at, m->data + at + n, m->length - at - n);
    m->length -= n;
}

/* The next digit from `at` on becomes another one. */
static void change_digit(struct rng *r, struct mutant *m, size_t at) {
    for (; at < m->length; at++)
        if (m->data[at] >= '0' && m->data[at] <= '9') {
            m->data[at] = (char)('0' + rng_in(r, 0, 9));
            return;
        }
}

static void mutate(struct rng *r, struct mutant *m) {
    static const char common[] = "0123456789-xf,%(){}[]<>=: _.\"\n";
    size_t at = (size_t)rng_in(r, 0, (int64_t)m->length - 1);
    const char *token = tokens[rng_in(r, 0, sizeof tokens / sizeof *tokens - 1)];
    char piece[20];
    switch (rng_in(r, 0, 6)) {
    case 0: m->data[at] = (char)rng_next(r); break;
    case 1: m->data[at] = common[rng_in(r, 0, sizeof common - 2)]; break;
    case 2: erase(m, at, (size_t)rng_in(r, 1, 20)); break;
    case 3: insert(m, at, token, strlen(token)); break;
    case 4: m->length = at + 1; break;
    case 5:
        if (m->length < 40) break;
        memcpy(piece, m->data + rng_in(r, 0, (int64_t)m->length - 20), sizeof piece);
        insert(m, at, piece, (size_t)rng_in(r, 1, sizeof piece));
        break;
    default: change_digit(r, m, at); break;
    }
}

static void check_accepted(lax_module *module, const char *text, size_t length) {
    lax_module *back;
    lax_error why;
    size_t n = lax_module_print(module, NULL, 0);
    char *printed = malloc(n + 1);
    ck_assert_ptr_nonnull(printed);
    lax_module_print(module, printed, n + 1);
    lax_status status = lax_module_parse(printed, n, &back, &why);
    ck_assert_msg(status == LAX_OK, "%s\n%s\nfrom\n%.*s", why.text, printed, (int)length, text);
    free(printed);
    lax_module_release(back);
    lax_module_release(module);
}

/* The text lies at the end of its memory, so that sanitizers see reads behind it. */
static void check_mutant(const struct mutant *m) {
    lax_module *module;
    lax_region *region;
    lax_error why;
    char *exact = malloc(m->length > 0 ? m->length : 1);
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, m->data, m->length);
    lax_status status = lax_module_parse(exact, m->length, &module, &why);
    if (status == LAX_OK) {
        check_accepted(module, exact, m->length);
    } else {
        ck_assert_int_eq(why.status, status);
        ck_assert_msg(why.line > 0 && why.column > 0 && strchr(why.text, ':') != NULL, "%s",
                      why.text);
        ck_assert_ptr_null(strchr(why.text, '\n'));
    }
    if (lax_region_parse(exact, m->length, &region, &why) == LAX_OK) lax_region_release(region);
    free(exact);
}

static void check_mutants(const struct sources *sources, uint64_t stream) {
    for (int64_t i = 0; i < test_problems(8000); i++) {
        struct rng r = rng_of(stream, (uint64_t)i);
        const char *text = sources->rows[rng_in(&r, 0, sources->n - 1)].text;
        struct mutant m = {NULL, strlen(text), strlen(text) + ROOM};
        m.data = malloc(m.room);
        ck_assert_ptr_nonnull(m.data);
        memcpy(m.data, text, m.length);
        for (int64_t k = rng_in(&r, 1, 3); k > 0 && m.length > 0; k--) mutate(&r, &m);
        check_mutant(&m);
        free(m.data);
    }
}

START_TEST(mutated_hlo) { check_mutants(&hlo_sources, 901); }
END_TEST

START_TEST(mutated_stablehlo) { check_mutants(&stablehlo_sources, 902); }
END_TEST

/* Every prefix of every text. */
static void check_prefixes(const struct sources *sources) {
    for (int32_t i = 0; i < sources->n; i++) {
        size_t length = strlen(sources->rows[i].text);
        for (size_t n = 0; n < length; n += n < 200 ? 1 : 7) {
            struct mutant m = {(char *)(uintptr_t)sources->rows[i].text, n, n};
            check_mutant(&m);
        }
    }
}

START_TEST(prefixes) {
    check_prefixes(&hlo_sources);
    check_prefixes(&stablehlo_sources);
}
END_TEST

/* n copies of a piece between a head and a tail. */
static void check_repeated(const char *head, const char *piece, int32_t n, const char *tail) {
    size_t length = strlen(head) + (size_t)n * strlen(piece) + strlen(tail);
    struct mutant m = {malloc(length), 0, length};
    ck_assert_ptr_nonnull(m.data);
    insert(&m, 0, head, strlen(head));
    for (int32_t i = 0; i < n; i++) insert(&m, m.length, piece, strlen(piece));
    insert(&m, m.length, tail, strlen(tail));
    check_mutant(&m);
    free(m.data);
}

START_TEST(deep_and_long) {
    static const char *const pieces[] = {"{",      "(",       "[",  "<",  "tuple<",   "/*",
                                         "f32[] ", "%a ",     "-",  "\"", "module {", "1x",
                                         "{-#",    "({^bb0:", "x:", "#"};
    static const char *const heads[] = {"",
                                        "HloModule m, a=",
                                        "%r = ",
                                        "%r = f32[2] add(",
                                        "module attributes ",
                                        "func.func @main(%a: ",
                                        "func.func @main() { %0 = ",
                                        "func.func @main() { %0 = stablehlo.constant dense<",
                                        "ENTRY e { ROOT r = f32[2] constant(",
                                        "#a = "};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
            check_repeated(heads[h], pieces[i], 30000, "");
}
END_TEST

/* Each function calls the one before it twice: 2^60 executions if nobody counted. */
START_TEST(exploding_calls) {
    char text[20000] = "HloModule m\nf0 {\n  ROOT a = f32[] parameter(0)\n}\n";
    lax_error why;
    lax_module *module;
    for (int i = 1; i < 60; i++) {
        char one[200];
        snprintf(one, sizeof one,
                 "f%d {\n  a = f32[] parameter(0)\n  b = f32[] call(a), to_apply=f%d\n"
                 "  ROOT c = f32[] call(b), to_apply=f%d\n}\n",
                 i, i - 1, i - 1);
        strcat(text, one);
    }
    strcat(text,
           "ENTRY e {\n  a = f32[] parameter(0)\n  ROOT b = f32[] call(a), to_apply=f59\n}\n");
    ck_assert_int_eq(lax_module_parse(text, strlen(text), &module, &why), LAX_ERROR_LIMIT);
}
END_TEST

/* Every allocation of parsing fails in turn: one status, and no leak for the sanitizers. */
static void check_memory(const struct source *source) {
    lax_status status = LAX_ERROR_MEMORY;
    size_t length = strlen(source->text);
    for (int64_t fail_at = 0; status == LAX_ERROR_MEMORY; fail_at++) {
        struct counting c;
        lax_module *module;
        lax_error why;
        malloc_count_start(&c);
        c.fail_at = fail_at;
        status = lax_module_parse(source->text, length, &module, &why);
        malloc_count_stop();
        ck_assert_msg(status == LAX_OK || status == LAX_ERROR_MEMORY, "%s", why.text);
        ck_assert(status == LAX_OK || why.text[0] != '\0');
        if (status == LAX_OK) lax_module_release(module);
    }
}

START_TEST(failing_memory) {
    for (int32_t i = 0; i < hlo_sources.n; i++) check_memory(&hlo_sources.rows[i]);
    for (int32_t i = 0; i < stablehlo_sources.n; i++) check_memory(&stablehlo_sources.rows[i]);
}
END_TEST

Suite *suite_text_fuzz(void) {
    Suite *suite = suite_create("text_fuzz");
    TCase *tc = tcase_create("fuzz");
    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, mutated_hlo);
    tcase_add_test(tc, mutated_stablehlo);
    tcase_add_test(tc, prefixes);
    tcase_add_test(tc, deep_and_long);
    tcase_add_test(tc, exploding_calls);
    tcase_add_test(tc, failing_memory);
    suite_add_tcase(suite, tc);
    return suite;
}
