/* SPDX-License-Identifier: Apache-2.0 */
/* Reads cases.txt and cases.bin. Lines are cut in place; texts stay where they are. */
#include "golden/golden.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *read_file(const char *name, long *nbytes) {
    char path[1024];
    snprintf(path, sizeof path, "%s/golden/%s", LAX_TEST_DIR, name);
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s cannot be read", path);
    fseek(f, 0, SEEK_END);
    *nbytes = ftell(f);
    rewind(f);
    char *data = aligned_alloc(64, ((size_t)*nbytes + 64) / 64 * 64);
    ck_assert(data != NULL && fread(data, 1, (size_t)*nbytes, f) == (size_t)*nbytes);
    data[*nbytes] = '\0';
    fclose(f);
    return data;
}

/* The next line, cut at its newline; NULL at the end. */
static char *next_line(char **rest) {
    char *line = *rest;
    if (line == NULL || *line == '\0') return NULL;
    char *end = strchr(line, '\n');
    *rest = end == NULL ? NULL : end + 1;
    if (end != NULL) *end = '\0';
    return line;
}

/* DIM... of an array, after its RANK. */
static lax_tensor read_form(const char *dtype, long rank, char *dims) {
    int64_t shape[LAX_MAX_RANK] = {0};
    ck_assert(rank >= 0 && rank <= LAX_MAX_RANK);
    for (long d = 0; d < rank; d++) shape[d] = strtoll(dims, &dims, 10);
    lax_tensor form = lax_tensor_of(lax_dtype_from_name(dtype), NULL, (int32_t)rank, shape);
    ck_assert(form.dtype != LAX_DTYPE_UNSET);
    return form;
}

static void read_input(struct golden_case *c, const struct golden *g, char *line) {
    char dtype[8];
    long offset, rank;
    int used;
    ck_assert_int_eq(sscanf(line, "input %7s %ld %ld%n", dtype, &offset, &rank, &used), 3);
    ck_assert_int_lt(c->n_inputs, GOLDEN_ARRAYS);
    lax_tensor *input = &c->inputs[c->n_inputs++];
    *input = read_form(dtype, rank, line + used);
    input->data = g->bytes + offset;
}

static void read_output(struct golden_case *c, const struct golden *g, char *line) {
    char dtype[8], mode[8], accumulate[8];
    long value, scale, rank;
    int used;
    ck_assert_int_lt(c->n_outputs, GOLDEN_ARRAYS);
    struct golden_output *o = &c->outputs[c->n_outputs++];
    ck_assert_int_eq(sscanf(line, "output %7s %7s %ld %7s %ld %ld %ld%n", dtype, mode, &o->k,
                            accumulate, &value, &scale, &rank, &used),
                     7);
    o->form = read_form(dtype, rank, line + used);
    o->mode = strcmp(mode, "float") == 0  ? GOLDEN_FLOAT
              : strcmp(mode, "bits") == 0 ? GOLDEN_BITS
                                          : GOLDEN_EXACT;
    if (o->mode != GOLDEN_FLOAT) {
        o->form.data = g->bytes + value;
        return;
    }
    o->accumulate = lax_dtype_from_name(accumulate);
    o->value = (const double *)(const void *)(g->bytes + value);
    o->scale = (const float *)(const void *)(g->bytes + scale);
}

/* KIND LINES, then the text. */
static bool read_text(struct golden_case *c, const char *line, char **rest) {
    static const char *const kinds[] = {"hlo", "stablehlo", "stablehlo-generic"};
    char kind[24];
    int lines;
    if (sscanf(line, "%23s %d", kind, &lines) != 2) return false;
    for (int k = 0; k < 3; k++) {
        if (strcmp(kind, kinds[k]) != 0) continue;
        ck_assert_int_lt(c->n_texts, GOLDEN_TEXTS);
        c->kinds[c->n_texts] = kinds[k];
        c->texts[c->n_texts] = *rest;
        char *end = *rest;
        for (int i = 0; i < lines; i++) end = strchr(end, '\n') + 1;
        c->lengths[c->n_texts++] = (size_t)(end - *rest);
        *rest = end;
        return true;
    }
    return false;
}

static void read_case(struct golden_case *c, const struct golden *g, char *line, char **rest) {
    ck_assert_int_eq(sscanf(line, "case %79s", c->id), 1);
    while ((line = next_line(rest)) != NULL && strcmp(line, "end") != 0) {
        if (strncmp(line, "input ", 6) == 0)
            read_input(c, g, line);
        else if (strncmp(line, "output ", 7) == 0)
            read_output(c, g, line);
        else if (strncmp(line, "call ", 5) != 0 && strncmp(line, "source ", 7) != 0)
            ck_assert_msg(read_text(c, line, rest), "%s: what is '%s'?", c->id, line);
    }
}

struct golden golden_read(void) {
    struct golden g = {0};
    long text_nbytes;
    int count, n = 0;
    long nbytes;
    g.text = read_file("cases.txt", &text_nbytes);
    g.bytes = read_file("cases.bin", &g.nbytes);
    ck_assert_int_eq(sscanf(g.text, "lax-goldens 1 cases %d bytes %ld", &count, &nbytes), 2);
    ck_assert_int_eq(nbytes, g.nbytes);
    g.cases = calloc((size_t)count, sizeof *g.cases);
    ck_assert(g.cases != NULL);
    char *rest = g.text;
    for (char *line; (line = next_line(&rest)) != NULL;)
        if (strncmp(line, "case ", 5) == 0) {
            ck_assert_int_lt(n, count);
            read_case(&g.cases[n++], &g, line, &rest);
        }
    ck_assert_int_eq(n, count);
    g.n = n;
    return g;
}

void golden_free(struct golden *g) {
    free(g->cases);
    free(g->text);
    free(g->bytes);
}
