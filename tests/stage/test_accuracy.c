/* SPDX-License-Identifier: Apache-2.0 */
/* The error of direct and direct_w in f32 on the layers of bench/layers.csv, cut down to a few
 * positions and features each but with every term of a sum, beside sums in f64: within 4 eps times
 * the sum of magnitudes where signs are mixed, sqrt(terms) times that where all are positive. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "suites.h"
#include "support/support.h"

enum { CELLS = 22, DIMS = 3, MOST_MACS = 1 << 18 };

struct layer {
    const char *name;
    int n;
    int64_t batch, in_features, out_features, groups, batch_groups;
    int64_t kernel[DIMS], terms;
    int64_t in[DIMS];
    lax_conv_options options;
};

/* --- reading ---------------------------------------------------------------------------------- */

/* Numbers with x between them; returns how many. */
static int numbers(const char *cell, int64_t *to) {
    int n = 0;
    for (char *end; *cell && n < DIMS; cell = *end == 'x' ? end + 1 : end)
        to[n++] = strtoll(cell, &end, 10);
    return n;
}

static void pads_of(const char *cell, int64_t (*pads)[2]) {
    for (int d = 0; *cell && d < DIMS; d++) {
        char *end;
        pads[d][0] = strtoll(cell, &end, 10);
        pads[d][1] = strtoll(end + 1, &end, 10);
        cell = *end == 'x' ? end + 1 : end;
    }
}

/* false: the line is no layer. */
static bool read_layer(char *line, struct layer *l) {
    char *cells[CELLS];
    line[strcspn(line, "\r\n")] = '\0';
    for (int i = 0; i < CELLS; i++) {
        cells[i] = line;
        char *comma = strchr(line, ',');
        if (comma == NULL && i < CELLS - 1) return false;
        if (comma != NULL) *comma = '\0', line = comma + 1;
    }
    *l = (struct layer){.name = cells[0], .options = LAX_CONV_OPTIONS(.dim_labels = cells[19])};
    l->n = numbers(cells[3], l->in);
    numbers(cells[6], l->kernel);
    numbers(cells[7], l->options.window_strides);
    pads_of(cells[8], l->options.pads);
    numbers(cells[9], l->options.lhs_dilation);
    numbers(cells[10], l->options.rhs_dilation);
    l->batch = strtoll(cells[2], NULL, 10);
    l->in_features = strtoll(cells[4], NULL, 10), l->out_features = strtoll(cells[5], NULL, 10);
    l->groups = strtoll(cells[11], NULL, 10), l->batch_groups = strtoll(cells[12], NULL, 10);
    return true;
}

/* --- cutting down ----------------------------------------------------------------------------- */

/* Some positions of each dimension, of which the first ones meet padding. */
static int64_t shrink_positions(struct layer *l) {
    int64_t positions = 1, out = l->n == 1 ? 3 : 2;
    for (int d = 0; d < l->n; d++) {
        int64_t *pads = l->options.pads[d];
        int64_t reach = (l->kernel[d] - 1) * l->options.rhs_dilation[d] + 1;
        pads[0] = lax_i_min(pads[0], reach / 4 + 1);
        pads[1] = 0;
        l->in[d] = (out - 1) * l->options.window_strides[d] + reach - pads[0];
        l->in[d] = lax_i_max(lax_i_ceil_div(l->in[d], l->options.lhs_dilation[d]), 1);
        positions *= out;
    }
    return positions;
}

static void shrink(struct layer *l) {
    int64_t positions = shrink_positions(l), few = 2, all = l->groups * l->batch_groups;
    int64_t groups = lax_i_min(all, few);
    int64_t in = l->in_features / l->groups, out = l->out_features / all;
    l->terms = in;
    for (int d = 0; d < l->n; d++) l->terms *= l->kernel[d];
    int64_t macs = positions * groups * l->terms;
    out = lax_i_max(lax_i_min(out, MOST_MACS / macs), 1);
    bool by_batch = l->batch_groups > 1;
    l->options.feature_group_count = by_batch ? 1 : groups;
    l->options.batch_group_count = by_batch ? groups : 1;
    l->batch = by_batch ? groups : 1;
    l->in_features = in * (by_batch ? 1 : groups);
    l->out_features = out * groups;
}

/* The sizes of a tensor, in the order of `labels`: b or o, f or i, a dimension's number. */
static int32_t sizes_by(const char *labels, int64_t first, int64_t second, const int64_t *spatial,
                        int64_t *shape) {
    int32_t rank = 0;
    for (; *labels && *labels != '_' && *labels != '-'; labels++)
        shape[rank++] = *labels == 'b' || *labels == 'o'   ? first
                        : *labels == 'f' || *labels == 'i' ? second
                                                           : spatial[*labels - '0'];
    return rank;
}

/* --- running ---------------------------------------------------------------------------------- */

static lax_tensor random_floats(struct rng *r, int32_t rank, const int64_t *shape) {
    lax_tensor t = dense_new(LAX_F32, rank, shape);
    int64_t n = lax_tensor_elements(&t);
    for (int64_t i = 0; i < n; i++)
        ((float *)t.data)[i] = (float)rng_in(r, -(1 << 23), 1 << 23) / (1 << 23);
    return t;
}

static lax_tensor positive(const lax_tensor *from) {
    lax_tensor t = dense_new(LAX_F32, from->rank, from->shape);
    int64_t n = lax_tensor_elements(&t);
    for (int64_t i = 0; i < n; i++) ((float *)t.data)[i] = fabsf(((const float *)from->data)[i]);
    return t;
}

static lax_tensor widened(const lax_tensor *t) {
    lax_tensor wide = dense_new(LAX_F64, t->rank, t->shape);
    int64_t n = lax_tensor_elements(t);
    for (int64_t i = 0; i < n; i++) ((double *)wide.data)[i] = ((const float *)t->data)[i];
    return wide;
}

/* NULL data where the lowering refuses. */
static lax_tensor run(struct layer *l, const lax_tensor *lhs, const lax_tensor *rhs,
                      const char *lowering) {
    lax_tensor out;
    lax_error why;
    l->options.lowering = lowering;
    must(lax_conv_general_dilated_shape(lhs, rhs, &l->options, &out, &why), &why, l->name);
    out = dense_new(out.dtype, out.rank, out.shape);
    lax_status s = lax_conv_general_dilated(NULL, lhs, rhs, &l->options, &out, &why);
    if (s != LAX_ERROR_LOWERING_REFUSED) must(s, &why, l->name);
    if (s != LAX_OK) free(out.data), out.data = NULL;
    return out;
}

static lax_tensor exact(struct layer *l, const lax_tensor *lhs, const lax_tensor *rhs) {
    lax_tensor x = widened(lhs), w = widened(rhs), y = run(l, &x, &w, "reference");
    free(x.data), free(w.data);
    return y;
}

/* Errors of each lowering within `factor` eps times magnitudes; returns how many took the layer. */
static int check_errors(struct layer *l, const lax_tensor *lhs, const lax_tensor *rhs,
                        const lax_tensor *magnitudes, double factor) {
    static const char *const lowerings[] = {"direct", "direct_w", "direct_k"};
    lax_tensor want = exact(l, lhs, rhs);
    int64_t n = lax_tensor_elements(&want);
    int took = 0;
    for (int k = 0; k < 3; k++) {
        lax_tensor got = run(l, lhs, rhs, lowerings[k]);
        for (int64_t i = 0; got.data != NULL && i < n; i++) {
            double y = ((const float *)got.data)[i], z = ((const double *)want.data)[i];
            double bound = factor * (double)ref_epsilon(LAX_F32);
            bound *= ((const double *)magnitudes->data)[i];
            ensure(fabs(y - z) <= bound, "%s, %s: element %lld is %.9g, not %.17g: beyond %g",
                   l->name, lowerings[k], (long long)i, y, z, bound);
        }
        took += got.data != NULL;
        free(got.data);
    }
    free(want.data);
    return took;
}

static int check_layer(struct layer *l, int row) {
    struct rng r = rng_of(95, (uint64_t)row);
    int64_t shape[LAX_MAX_RANK];
    const char *labels = l->options.dim_labels;
    int64_t rhs_in = l->in_features / l->options.feature_group_count;
    int32_t rank = sizes_by(labels, l->batch, l->in_features, l->in, shape);
    lax_tensor lhs = random_floats(&r, rank, shape);
    sizes_by(strchr(labels, '_') + 1, l->out_features, rhs_in, l->kernel, shape);
    lax_tensor rhs = random_floats(&r, rank, shape);
    lax_tensor x = positive(&lhs), w = positive(&rhs);
    lax_tensor magnitudes = exact(l, &x, &w);
    int took = check_errors(l, &lhs, &rhs, &magnitudes, 4);
    check_errors(l, &x, &w, &magnitudes, 4 * sqrt((double)l->terms));
    free(lhs.data), free(rhs.data), free(x.data), free(w.data), free(magnitudes.data);
    return took;
}

START_TEST(layers) {
    char line[1024];
    int took = 0, row = 0;
    FILE *file = fopen(LAX_TEST_DIR "/bench/layers.csv", "r");
    ck_assert_msg(file != NULL, "bench/layers.csv cannot be read");
    ck_assert(fgets(line, sizeof line, file) != NULL);
    for (; fgets(line, sizeof line, file); row++) {
        struct layer l;
        ck_assert_msg(read_layer(line, &l), "row %d has too few cells", row);
        shrink(&l);
        took += check_layer(&l, row);
    }
    fclose(file);
    ck_assert_msg(took >= row, "%d of %d", took, 2 * row);
}
END_TEST

Suite *suite_accuracy(void) {
    Suite *suite = suite_create("accuracy");
    TCase *tc = tcase_create("accuracy");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, layers);
    suite_add_tcase(suite, tc);
    return suite;
}
