/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of a tensor in and out of dense rows. Where one dimension is contiguous in the tensor and
 * another one in the rows, both go through registers; else loops go along the longest of those
 * that are contiguous somewhere. Dimensions that follow each other on both sides are one. */
#include "lower/box_copy.h"

/* Dimensions of a copy: neighbours are `near` apart in the rows and `far` in the tensor. */
struct dims {
    int n, tall, low; /* contiguous in the tensor, in the rows; -1: no such pair */
    struct {
        int64_t size, near, far, done;
    } dim[BOX_RANK];
    int64_t total;
};

static void swap_dims(struct dims *c, int i) {
    int64_t size = c->dim[i].size, near = c->dim[i].near, far = c->dim[i].far;
    c->dim[i] = c->dim[i - 1];
    c->dim[i - 1].size = size, c->dim[i - 1].near = near, c->dim[i - 1].far = far;
}

/* In the order of the rows, the innermost first. */
static void list_dims(struct dims *c, const struct box_copy *copy) {
    c->n = 0, c->total = 1;
    for (int d = 0; d < copy->rank; d++) {
        c->total *= copy->extent[d];
        if (copy->extent[d] == 1) continue;
        c->dim[c->n].size = copy->extent[d], c->dim[c->n].done = 0;
        c->dim[c->n].near = copy->near[d], c->dim[c->n].far = copy->far[d];
        c->n++;
        for (int i = c->n - 1; i > 0 && c->dim[i].near < c->dim[i - 1].near; i--) swap_dims(c, i);
    }
}

static void merge_dims(struct dims *c) {
    int last = 0;
    for (int i = 1; i < c->n; i++)
        if (c->dim[i].near == c->dim[last].near * c->dim[last].size &&
            c->dim[i].far == c->dim[last].far * c->dim[last].size)
            c->dim[last].size *= c->dim[i].size;
        else
            c->dim[++last] = c->dim[i];
    if (c->n > 0) c->n = last + 1;
}

/* The dimension that a loop goes along: one that is contiguous on both sides, if it is worth a
 * call; else the longest. */
static int best_dim(const struct dims *c) {
    int best = 0;
    int64_t most = 0;
    if (c->dim[0].near == 1 && c->dim[0].far == 1 && c->dim[0].size >= 12) return 0;
    for (int i = 0; i < c->n; i++) {
        int64_t now = c->dim[i].size * (c->dim[i].far == 1 ? 4 : 1);
        if (now > most) most = now, best = i;
    }
    return best;
}

/* Do rows have no gaps, so that one conversion takes them all? */
static bool is_dense(const struct dims *c) {
    int64_t elements = 1;
    for (int i = 0; i < c->n; elements *= c->dim[i++].size)
        if (c->dim[i].near != elements) return false;
    return true;
}

static void set_dims(struct dims *c, const struct box_copy *copy) {
    list_dims(c, copy);
    if (c->n == 0) c->dim[c->n++].size = 1, c->dim[0].near = c->dim[0].far = 0, c->dim[0].done = 0;
    bool dense = is_dense(c);
    merge_dims(c);
    c->tall = c->low = -1;
    if (!copy->plain && (copy->room == NULL || !dense)) return;
    if (c->dim[0].near != 1 || c->dim[0].far == 1 || c->dim[0].size < 4) return;
    for (int i = 1; i < c->n; i++)
        if (c->dim[i].far == 1 && c->dim[i].size > 1) c->tall = i, c->low = 0;
}

/* The next of all dimensions but a and b; where it is, in rows and tensor. */
static bool next(struct dims *c, int a, int b, int64_t *near, int64_t *far) {
    for (int i = 0; i < c->n; i++) {
        if (i == a || i == b) continue;
        *near += c->dim[i].near, *far += c->dim[i].far;
        if (++c->dim[i].done < c->dim[i].size) return true;
        *near -= c->dim[i].size * c->dim[i].near, *far -= c->dim[i].size * c->dim[i].far;
        c->dim[i].done = 0;
    }
    return false;
}

static void transpose(struct dims *c, const struct box_copy *copy, bool out, char *rows,
                      char *tensor) {
    int a = c->tall, b = c->low;
    int64_t near = 0, far = 0, size = (int64_t)copy->far_size;
    int power = lax_i_log2(copy->far_size);
    do
        if (out)
            copy->moves->transpose[power](tensor + far * size, c->dim[b].far, rows + near * size,
                                          c->dim[a].near, c->dim[a].size, c->dim[b].size);
        else
            copy->moves->transpose[power](rows + near * size, c->dim[a].near, tensor + far * size,
                                          c->dim[b].far, c->dim[b].size, c->dim[a].size);
    while (next(c, a, b, &near, &far));
}

static void change(const struct box_copy *copy, void *to, int64_t to_step, const void *from,
                   int64_t from_step, int64_t n) {
    if (copy->move != NULL)
        copy->move(to, to_step, from, from_step, n);
    else
        lax_i_convert(copy->convert, to, to_step, from, from_step, n);
}

static void loop(struct dims *c, const struct box_copy *copy, bool out, char *rows, char *tensor) {
    int along = best_dim(c);
    int64_t near = 0, far = 0, n = c->dim[along].size;
    int64_t here = c->dim[along].near, there = c->dim[along].far;
    do {
        char *row = rows + near * (int64_t)copy->near_size;
        char *at = tensor + far * (int64_t)copy->far_size;
        if (out)
            change(copy, at, there, row, here, n);
        else
            change(copy, row, here, at, there, n);
    } while (next(c, along, along, &near, &far));
}

void lax_i_box_gather(const struct box_copy *copy, void *rows, const void *tensor) {
    struct dims c;
    set_dims(&c, copy);
    if (c.total == 0) return;
    if (c.low < 0) {
        loop(&c, copy, false, rows, (char *)(uintptr_t)tensor);
        return;
    }
    transpose(&c, copy, false, copy->plain ? rows : copy->room, (char *)(uintptr_t)tensor);
    if (!copy->plain) change(copy, rows, 1, copy->room, 1, c.total);
}

void lax_i_box_scatter(const struct box_copy *copy, void *tensor, const void *rows) {
    struct dims c;
    set_dims(&c, copy);
    if (c.total == 0) return;
    char *from = (char *)(uintptr_t)rows;
    if (c.low < 0) {
        loop(&c, copy, true, from, tensor);
        return;
    }
    if (!copy->plain) {
        change(copy, copy->room, 1, rows, 1, c.total);
        from = copy->room;
    }
    transpose(&c, copy, true, from, tensor);
}
