/* SPDX-License-Identifier: Apache-2.0 */
/* Random window reductions and select_and_scatter: every parameter, reducer, type and layout. */
#include "cliffs.h"

#include <string.h>

static const lax_dtype types[] = {LAX_F32,  LAX_F32, LAX_F32, LAX_F32,  LAX_F64, LAX_F16,
                                  LAX_BF16, LAX_S8,  LAX_U8,  LAX_S16,  LAX_U16, LAX_S32,
                                  LAX_U32,  LAX_S64, LAX_U64, LAX_PRED, LAX_C64, LAX_C128};
static const double least_bytes = 65536, most_bytes = 64e6;

static bool is_complex(lax_dtype t) { return t == LAX_C64 || t == LAX_C128; }
static bool is_float(lax_dtype t) { return t >= LAX_F64 && t <= LAX_BF16; }

static lax_reducer_kind draw_reducer(const struct cliffs *c, struct dice *d, lax_dtype type) {
    static const lax_reducer_kind numbers[] = {LAX_ADD, LAX_MAX, LAX_MIN, LAX_MUL};
    static const lax_reducer_kind bits[] = {LAX_AND, LAX_OR, LAX_XOR};
    if (type == LAX_PRED) return dice_chance(d, 50) ? LAX_MAX : bits[dice_in(d, 0, 2)];
    if (is_float(type) && dice_chance(d, 4) && !cliffs_without(c, "logaddexp"))
        return LAX_LOGADDEXP;
    if (!is_float(type) && !is_complex(type) && dice_chance(d, 25)) return bits[dice_in(d, 0, 2)];
    return dice_chance(d, 85) ? numbers[dice_in(d, 0, 2)] : LAX_MUL;
}

static void draw_padding(struct dice *d, struct axis *a) {
    int64_t reach = (a->window - 1) * a->dilation, kind = dice_in(d, 0, 9);
    if (kind < 4) {
        a->low = reach / 2;
        a->high = reach - reach / 2;
    } else if (kind < 6) {
        a->low = reach;
        a->high = 0;
    } else if (kind < 8) {
        a->low = a->high = 0;
    } else {
        a->low = dice_in(d, -2, reach + 1);
        a->high = dice_in(d, -2, reach + 1);
    }
}

/* Half of the dimensions slide; of those most with a small window, a few with one of their size. */
static bool draw_axis(const struct cliffs *c, struct dice *d, int64_t most, bool scatters,
                      struct axis *a) {
    *a = (struct axis){
        .in = dice_size(d, 1, most), .window = 1, .stride = 1, .spread = 1, .dilation = 1};
    if (dice_chance(d, 50)) {
        a->window = dice_chance(d, 60) ? dice_in(d, 2, 7) : dice_size(d, 2, 128);
        if (dice_chance(d, 5)) a->window = a->in;
        a->stride = dice_chance(d, 60) ? 1 : dice_in(d, 2, 4);
        a->dilation = dice_chance(d, 85) || scatters ? 1 : dice_in(d, 2, 4);
        a->spread = dice_chance(d, 93) || scatters ? 1 : dice_in(d, 2, 3);
        if (cliffs_without(c, "base_dilation")) a->spread = 1;
        draw_padding(d, a);
    }
    return cliffs_set_out(a);
}

/* The tensor's dimensions lie in memory in the order of `place`. */
static void set_tensor(const struct cliffs *c, struct dice *d, const int32_t *place,
                       lax_tensor *tensor) {
    lax_tensor memory = *tensor;
    for (int32_t i = 0; i < tensor->rank; i++) memory.shape[i] = tensor->shape[place[i]];
    cliffs_stride(c, d, &memory);
    for (int32_t i = 0; i < tensor->rank; i++) tensor->strides[place[i]] = memory.strides[i];
}

static void set_options(const struct cliffs *c, int32_t rank, const struct axis *axes,
                        lax_window_options *o) {
    *o = LAX_WINDOW_OPTIONS(.lowering = c->lowering);
    for (int32_t i = 0; i < rank; i++) {
        o->window_dimensions[i] = axes[i].window;
        o->window_strides[i] = axes[i].stride;
        o->base_dilation[i] = axes[i].spread;
        o->window_dilation[i] = axes[i].dilation;
        o->pads[i][0] = axes[i].low;
        o->pads[i][1] = axes[i].high;
    }
}

/* A gradient reads the operand and the source and writes the operand's form. */
static void set_operation(const struct cliffs *c, struct dice *d, bool scatters, struct draw *out) {
    static const lax_select selects[] = {LAX_GE, LAX_GE, LAX_LE, LAX_GT, LAX_LT};
    lax_operation *op = &out->operation;
    if (scatters) {
        op->op = LAX_OP_SELECT_AND_SCATTER;
        op->n_operands = 2;
        op->operands[1] = op->results[0];
        op->results[0] = op->operands[0];
        op->reducer = LAX_REDUCER(.kind = LAX_ADD);
        op->select = LAX_SELECTOR(.kind = selects[dice_in(d, 0, 4)]);
    } else {
        op->reducer = LAX_REDUCER(.kind = draw_reducer(c, d, op->operands[0].dtype));
    }
}

/* Of the operand what windows touch; a gradient is written everywhere. */
static double lines(const lax_operation *op, const struct axis *axes, bool scatters) {
    double steps[LAX_MAX_RANK];
    int64_t counts[LAX_MAX_RANK];
    for (int32_t i = 0; i < op->operands[0].rank; i++)
        cliffs_count(&axes[i], &counts[i], &steps[i]);
    return cliffs_lines(&op->operands[0], counts, steps) +
           cliffs_lines(&op->results[0], NULL, NULL) +
           (scatters ? cliffs_lines(&op->operands[0], NULL, NULL) : 0);
}

bool cliffs_draw_window(const struct cliffs *c, struct dice *d, struct draw *out) {
    const int64_t most[] = {1, 4000000, 4096, 512, 128, 64};
    struct axis axes[LAX_MAX_RANK];
    int32_t rank = (int32_t)dice_in(d, 1, 5), place[LAX_MAX_RANK];
    bool scatters = dice_chance(d, 25);
    lax_dtype type = c->dtype ? c->dtype : types[dice_in(d, 0, 17)];
    if (scatters && (is_complex(type) || type == LAX_PRED)) return false;
    out->operation = LAX_OPERATION(.op = LAX_OP_REDUCE_WINDOW, .n_operands = 1, .n_results = 1);
    lax_tensor *operand = &out->operation.operands[0], *result = &out->operation.results[0];
    operand->dtype = result->dtype = type;
    operand->rank = result->rank = rank;
    out->work = 1;
    double elements = 1;
    for (int32_t i = 0; i < rank; i++) {
        if (!draw_axis(c, d, most[rank], scatters, &axes[i])) return false;
        operand->shape[i] = axes[i].in;
        result->shape[i] = axes[i].out;
        elements *= (double)axes[i].in;
        out->work *= (double)axes[i].out * (double)axes[i].window;
    }
    if (elements > most_bytes || out->work > c->most || out->work < c->least) return false;
    dice_shuffle(d, rank, place);
    set_tensor(c, d, place, operand);
    set_tensor(c, d, place, result);
    set_options(c, rank, axes, &out->operation.window);
    out->bytes = lines(&out->operation, axes, scatters);
    set_operation(c, d, scatters, out);
    return out->bytes >= least_bytes && out->bytes <= most_bytes;
}
