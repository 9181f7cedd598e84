/* SPDX-License-Identifier: Apache-2.0 */
/* Random dense convolutions: every parameter, every order of dimensions, groups of eight channels
 * or more. */
#include "cliffs.h"

#include <stdio.h>
#include <string.h>

struct conv {
    int32_t n;
    int64_t batch, inputs, outputs, groups, batch_groups; /* channels of one group */
    struct axis axes[LAX_MAX_SPATIAL];
};

static const int64_t most_in[] = {1, 4096, 160, 40, 16};
static const int64_t most_window[] = {1, 64, 11, 7, 4};

static int64_t draw_window_size(struct dice *d, int64_t most) {
    static const int64_t usual[] = {1, 3, 3, 5, 7, 2};
    int64_t size = dice_chance(d, 60) ? usual[dice_in(d, 0, 5)] : dice_size(d, 1, most);
    return size > most ? most : size;
}

static void draw_padding(struct dice *d, struct axis *a) {
    int64_t reach = (a->window - 1) * a->dilation;
    int64_t kind = dice_in(d, 0, 9);
    if (kind < 4) {
        a->low = reach / 2;
        a->high = reach - reach / 2;
    } else if (kind < 7) {
        a->low = a->high = 0;
    } else {
        a->low = dice_in(d, -2, reach + 1);
        a->high = dice_in(d, -2, reach + 1);
    }
}

static bool draw_axis(const struct cliffs *c, struct dice *d, int32_t n, struct axis *a) {
    a->in = dice_size(d, 1, most_in[n]);
    a->window = draw_window_size(d, most_window[n]);
    a->stride = dice_chance(d, 65) ? 1 : dice_in(d, 2, 4);
    a->dilation = dice_chance(d, 80) ? 1 : dice_in(d, 2, 5);
    a->spread = dice_chance(d, 92) ? 1 : dice_in(d, 2, 3);
    if (cliffs_without(c, "lhs_dilation")) a->spread = 1;
    draw_padding(d, a);
    return cliffs_set_out(a);
}

static void draw_channels(const struct cliffs *c, struct dice *d, struct conv *v) {
    v->batch = dice_chance(d, 40) ? 1 : dice_size(d, 1, 32);
    v->groups = v->batch_groups = 1;
    v->inputs = dice_size(d, 1, 512);
    v->outputs = dice_size(d, 1, 512);
    int64_t kind = dice_in(d, 0, 99);
    if (kind < 20) v->groups = dice_in(d, 2, 16);
    if (kind >= 95 && !cliffs_without(c, "batch_groups")) v->batch_groups = dice_in(d, 2, 4);
    if (kind >= 20 && kind < 95) return;
    v->inputs = dice_size(d, 8, 128);
    v->outputs = dice_size(d, 8, 128);
    v->batch *= v->batch_groups;
}

/* Labels of one tensor: channels last, channels first, or any order. */
static void draw_labels(struct dice *d, int32_t n, const char *two, int order, char *labels) {
    char usual[LAX_MAX_RANK + 1] = "";
    int32_t place[LAX_MAX_RANK];
    bool weights = two[0] == 'i';
    size_t at = 0;
    if (order == 1 && weights) usual[at++] = two[1], usual[at++] = two[0];
    if (order != 1 && !weights) usual[at++] = two[0];
    if (order == 1 && !weights) usual[at++] = two[0], usual[at++] = two[1];
    for (int32_t i = 0; i < n; i++) usual[at++] = (char)('0' + i);
    if (order != 1 && weights) usual[at++] = two[0];
    if (order != 1) usual[at++] = two[1];
    dice_shuffle(d, n + 2, place);
    for (int32_t i = 0; i < n + 2; i++) labels[i] = usual[order == 2 ? place[i] : i];
    labels[n + 2] = '\0';
}

static int64_t size_of(const struct conv *v, int which, char label) {
    if (label >= '0' && label <= '9') {
        const struct axis *a = &v->axes[label - '0'];
        return which == 0 ? a->in : which == 1 ? a->window : a->out;
    }
    if (label == 'b') return which == 0 ? v->batch : v->batch / v->batch_groups;
    if (label == 'f')
        return which == 0 ? v->inputs * v->groups : v->outputs * v->groups * v->batch_groups;
    return label == 'i' ? v->inputs : v->outputs * v->groups * v->batch_groups;
}

static void make_tensor(const struct cliffs *c, struct dice *d, const struct conv *v, int which,
                        const char *labels, lax_tensor *t) {
    t->dtype = c->dtype ? c->dtype : LAX_F32;
    t->rank = v->n + 2;
    for (int32_t i = 0; i < t->rank; i++) t->shape[i] = size_of(v, which, labels[i]);
    cliffs_stride(c, d, t);
}

static void set_options(const struct cliffs *c, struct dice *d, const struct conv *v,
                        struct draw *out) {
    lax_conv_options *o = &out->operation.conv;
    *o = LAX_CONV_OPTIONS(.feature_group_count = v->groups, .batch_group_count = v->batch_groups,
                          .dim_labels = out->labels, .lowering = c->lowering);
    for (int32_t i = 0; i < v->n; i++) {
        const struct axis *a = &v->axes[i];
        o->window_strides[i] = a->stride;
        o->lhs_dilation[i] = a->spread;
        o->rhs_dilation[i] = a->dilation;
        o->pads[i][0] = a->low;
        o->pads[i][1] = a->high;
        o->window_reversal[i] = dice_chance(d, 5) && !cliffs_without(c, "reversal");
    }
}

/* Work and lines; of the input only what windows touch. */
static void count(const struct conv *v, const char *lhs, struct draw *out) {
    const lax_operation *op = &out->operation;
    double pairs = 1, steps[LAX_MAX_RANK];
    int64_t counts[LAX_MAX_RANK];
    for (int32_t i = 0; i < v->n + 2; i++) {
        steps[i] = 1;
        counts[i] = op->operands[0].shape[i];
        if (lhs[i] < '0' || lhs[i] > '9') continue;
        pairs *= cliffs_count(&v->axes[lhs[i] - '0'], &counts[i], &steps[i]);
    }
    out->work = 2 * pairs * (double)(v->batch / v->batch_groups) * (double)v->inputs *
                (double)(v->outputs * v->groups * v->batch_groups);
    out->bytes = cliffs_lines(&op->operands[0], counts, steps) +
                 cliffs_lines(&op->operands[1], NULL, NULL) +
                 cliffs_lines(&op->results[0], NULL, NULL);
}

/* The dense multiply-adds, to reject what is far too large before anything is counted. */
static double dense_work(const struct conv *v) {
    double work = 2 * (double)v->batch * (double)v->inputs * (double)(v->outputs * v->groups);
    for (int32_t i = 0; i < v->n; i++)
        work *= (double)v->axes[i].out * (double)v->axes[i].window / (double)v->axes[i].spread;
    return work;
}

static const double most_bytes = 128e6;

bool cliffs_draw_conv(const struct cliffs *c, struct dice *d, struct draw *out) {
    static const int32_t ranks[] = {0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4};
    struct conv v = {.n = ranks[dice_in(d, 0, 19)]};
    char labels[3][LAX_MAX_RANK + 1];
    draw_channels(c, d, &v);
    for (int32_t i = 0; i < v.n; i++)
        if (!draw_axis(c, d, v.n, &v.axes[i])) return false;
    if (dense_work(&v) > 4 * c->most || dense_work(&v) < c->least) return false;
    int order = (int)dice_in(d, 0, 2);
    for (int t = 0; t < 3; t++) {
        const char *two = t == 1 ? "io" : "bf";
        draw_labels(d, v.n, two, dice_chance(d, 80) ? order : (int)dice_in(d, 0, 2), labels[t]);
    }
    snprintf(out->labels, sizeof out->labels, "%s_%s->%s", labels[0], labels[1], labels[2]);
    out->operation = LAX_OPERATION(.op = LAX_OP_CONV, .n_operands = 2, .n_results = 1);
    make_tensor(c, d, &v, 0, labels[0], &out->operation.operands[0]);
    make_tensor(c, d, &v, 1, labels[1], &out->operation.operands[1]);
    make_tensor(c, d, &v, 2, labels[2], &out->operation.results[0]);
    set_options(c, d, &v, out);
    count(&v, labels[0], out);
    return out->work >= c->least && out->work <= c->most && out->bytes <= most_bytes;
}
