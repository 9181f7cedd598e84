/* SPDX-License-Identifier: Apache-2.0 */
/* Data movement at the speed of memory. The result is cut into blocks over the axis along which it
 * is contiguous, the one along which the operand is, and the next ones; what a block needs is read
 * once, turned in registers if those two differ, converted and written once: its part of the fill
 * too, so that no large tensor is written twice. */
#include "lower/move_tiled.h"

static bool applicable(const struct problem *problem, const struct machine *machine, char *why) {
    (void)problem, (void)machine, (void)why;
    return true;
}

static int log2_of(size_t power) {
    int n = 0;
    while (power >> n > 1) n++;
    return n;
}

/* --- types ------------------------------------------------------------------------------------ */

/* Types whose conversion is a copy. Results of pred are 0 or 1, so that pred is not its own. */
static bool moves_bits(const struct move_problem *p) {
    enum dtype_kind in = lax_i_dtype_kind(p->in_type), out = lax_i_dtype_kind(p->out_type);
    bool integers = (in == KIND_SIGNED || in == KIND_UNSIGNED) &&
                    (out == KIND_SIGNED || out == KIND_UNSIGNED) &&
                    lax_dtype_size(p->in_type) == lax_dtype_size(p->out_type);
    return p->exponent_bits == 0 &&
           ((p->in_type == p->out_type && p->in_type != LAX_PRED) || integers);
}

static lax_i_convert_fn *copier(size_t nbytes) {
    static const lax_dtype of[] = {LAX_U8, LAX_U16, LAX_U32, LAX_C64, LAX_C128};
    lax_dtype type = of[log2_of(nbytes)];
    return lax_i_convert_kernel(type, type);
}

static void set_types(const struct move_problem *p, const struct machine *machine,
                      struct tiled *t) {
    size_t size = lax_dtype_size(p->out_type);
    t->in_size = lax_dtype_size(p->in_type);
    t->out_size = size;
    t->same = moves_bits(p);
    t->convert = lax_i_converter(p->in_type, p->out_type, machine->isa);
    t->round = p->exponent_bits > 0 ? lax_i_round_kernel(p->in_type) : NULL;
    t->kernels = lax_i_move_kernels(machine->isa);
    t->fill = p->fill;
    lax_i_convert_kernel(p->out_type, p->out_type)(t->pattern, 1, p->value, 0,
                                                   (int64_t)(PATTERN_NBYTES / size));
    t->one_byte = true;
    for (size_t i = 1; i < size; i++) t->one_byte &= t->pattern[i] == t->pattern[0];
}

/* --- axes ------------------------------------------------------------------------------------- */

/* The axis, other than `but`, along which operand elements lie closest; -1: none has a stride. */
static int closest(const struct tiled *t, int but) {
    int best = -1;
    for (int d = t->rank - 1; d >= 0; d--) {
        int64_t stride = lax_i_magnitude(t->axis[d].in_stride);
        if (d == but || stride == 0) continue;
        if (best < 0 || stride < lax_i_magnitude(t->axis[best].in_stride)) best = d;
    }
    return best;
}

/* Short contiguous rows become elements: 4 bytes of colour are moved as one number. */
static bool fold_row(struct tiled *t) {
    const struct move_axis *a = &t->axis[t->rank - 1];
    int64_t n = a->out;
    bool whole = t->same && a->count == n && a->in_stride == 1 && a->out_stride == 1;
    if (!whole || t->rank < 2 || n > 16) return false;
    size_t nbytes = (size_t)n * t->out_size;
    if (nbytes > 16 || (nbytes & (nbytes - 1)) != 0) return false;
    if (t->in_offset % n != 0 || t->out_offset % n != 0) return false;
    for (int d = 0; d < t->rank - 1; d++)
        if (t->axis[d].in_stride % n != 0 || t->axis[d].out_stride % n != 0) return false;
    t->rank--;
    for (int d = 0; d < t->rank; d++) t->axis[d].in_stride /= n, t->axis[d].out_stride /= n;
    t->in_offset /= n, t->out_offset /= n;
    t->in_size = t->out_size = nbytes;
    return true;
}

static void set_axes(const struct move_problem *p, struct tiled *t) {
    t->rank = p->n_axes;
    memcpy(t->axis, p->axis, sizeof t->axis);
    t->in_offset = p->axis_in_offset;
    t->out_offset = p->axis_out_offset;
    if (t->rank == 0) t->axis[t->rank++] = (struct move_axis){1, 1, 0, 1, 0, 1};
    fold_row(t);
    t->size_log2 = log2_of(t->in_size);
    t->gather = copier(t->in_size);
    t->spread = copier(t->out_size);
    t->row = t->rank - 1;
    int along = closest(t, -1);
    t->turn = along >= 0 && along != t->row;
    t->second = t->turn ? along : t->rank - 2;
    t->third = t->turn ? -1 : closest(t, t->row);
    if (t->third == t->second) t->third = -1;
    struct move_axis *a = &t->axis[t->turn ? t->second : t->row];
    if (t->turn && a->in_stride < 0) lax_i_flip_axis(a, &t->in_offset, &t->out_offset);
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* Whether rows of the result along `second` follow each other without a gap, as colours do. */
static bool rows_join(const struct tiled *t) {
    const struct move_axis *row = &t->axis[t->row], *second = &t->axis[t->second];
    return row->count == row->out && second->out_stride * second->step == row->out;
}

/* Results that do not stay in the caches are not brought there either, where they are written in
 * long pieces: rows, or whole blocks of short ones. */
static void choose_stores(struct tiled *t, const struct machine *machine) {
    const struct move_axis *row = &t->axis[t->row];
    double nbytes = (double)t->out_size;
    for (int d = 0; d < t->rank; d++) nbytes *= (double)t->axis[d].out;
    int64_t cache = lax_i_max(machine->l3_nbytes / 2, machine->l2_nbytes);
    if (cache <= 0) cache = 1 << 21;
    if (row->out_stride != 1 || nbytes < (double)cache) return;
    int64_t piece = row->count * (int64_t)t->out_size;
    if (t->turn && rows_join(t)) piece *= t->axis[t->second].count;
    t->stream = row->step == 1 && piece >= (t->turn ? 4 : 32) * LINE_NBYTES;
    if (t->stream || t->turn || t->second < 0) return;
    int64_t whole = row->out * (int64_t)t->out_size;
    bool local = t->third < 0 || row->count * (int64_t)t->in_size >= LINE_NBYTES;
    t->assemble = local && t->axis[t->second].out_stride == row->out && whole <= TILE_NBYTES / 2;
    if (t->assemble) t->third = -1;
}

/* A turned block: as many rows as make long pieces of the result, more of one side where the other
 * is short. */
static void share_turned(struct tiled *t) {
    int64_t size = (int64_t)lax_i_max((int64_t)t->in_size, (int64_t)t->out_size);
    int64_t n = (t->stream ? STREAM_NBYTES : TILE_NBYTES) / size, side = 1;
    while (4 * side * side <= n) side *= 2;
    if (t->stream) side *= 2;
    int64_t row = t->axis[t->row].out, second = t->axis[t->second].out;
    int64_t rows = lax_i_min(side, row), columns = lax_i_min(n / rows, second);
    t->block[t->row] = lax_i_min(n / columns, row);
    t->block[t->second] = columns;
}

/* Rows as they are, and of short ones several along both orders, until a block is worth its
 * start and no line of either side is left after a few bytes. */
static void share_rows(struct tiled *t) {
    int64_t size = (int64_t)lax_i_max((int64_t)t->in_size, (int64_t)t->out_size);
    int64_t row = lax_i_min(t->axis[t->row].out, RUN_NBYTES / size);
    int64_t left = TILE_NBYTES / lax_i_max(row * size, 1), side = 1;
    t->block[t->row] = row;
    if (t->second < 0 || left < 2) return;
    while (side * side < left) side *= 2;
    int64_t third = t->third < 0 ? 1 : lax_i_min(side, t->axis[t->third].out);
    t->block[t->second] = lax_i_min(left / lax_i_max(third, 1), t->axis[t->second].out);
    if (t->third < 0) return;
    third = left / lax_i_max(t->block[t->second], 1);
    t->block[t->third] = lax_i_min(third, t->axis[t->third].out);
}

/* Whether every step of the operand but along `second` is a whole number of lines, so that its rows
 * start alike and blocks of them can do so at lines. */
static bool starts_alike(const struct tiled *t) {
    int64_t size = (int64_t)t->in_size;
    const struct move_axis *a = &t->axis[t->second];
    if (a->in_stride != 1 || a->count != a->out || t->block[t->second] == a->out) return false;
    if (t->block[t->second] * size % LINE_NBYTES != 0) return false;
    for (int d = 0; d < t->rank; d++)
        if (d != t->second && t->axis[d].in_stride % (LINE_NBYTES / size) != 0) return false;
    return true;
}

static void set_blocks(struct tiled *t) {
    for (int d = 0; d < LAX_MAX_RANK; d++) t->block[d] = 1;
    if (t->turn)
        share_turned(t);
    else
        share_rows(t);
    t->skew = t->turn && starts_alike(t);
    t->units = 1;
    for (int d = 0; d < t->rank; d++) {
        int64_t size = t->axis[d].out + (d == t->second && t->skew ? LINE_NBYTES - 1 : 0);
        t->block[d] = lax_i_max(t->block[d], 1);
        t->blocks[d] = lax_i_ceil_div(size, t->block[d]);
        t->units *= t->blocks[d];
    }
}

/* Room for a turned block, for rows brought together, and for converted elements. Blocks that stay
 * in the cache are turned straight into the result. */
static size_t set_scratch(struct tiled *t) {
    const struct move_axis *row = &t->axis[t->row];
    int64_t columns = t->second < 0 ? 1 : t->block[t->second];
    int64_t from = t->turn ? t->axis[t->second].in_stride : row->in_stride;
    bool direct = !t->stream && t->same && row->step == 1 && row->out_stride == 1 && from == 1;
    size_t staged = t->stream && !t->same ? STAGE_NBYTES : 0;
    bool whole = t->block[t->row] == row->out;
    t->halo = t->turn && t->stream && !whole ? LINE_NBYTES / (int64_t)t->out_size : 0;
    if (t->turn && !direct) {
        size_t line = (size_t)columns * t->in_size;
        t->turned_nbytes = lax_i_round_up((size_t)(t->block[t->row] + t->halo) * line, LINE_NBYTES);
        if (from != 1 || (t->in_size == 1 && columns >= LINE_NBYTES))
            t->gathered_nbytes = lax_i_round_up(GATHERED_ROWS * line, LINE_NBYTES);
    } else if (!t->turn && from != 1) {
        t->gathered_nbytes = STAGE_NBYTES;
    }
    if (t->assemble) t->turned_nbytes = TILE_NBYTES;
    return t->turned_nbytes + t->gathered_nbytes + staged;
}

/* Axes of blocks come last, and among them the operand's: its lines that a block uses in part are
 * then used up by the next. */
static void set_order(struct tiled *t) {
    int n = 0;
    for (int d = 0; d < t->rank; d++)
        if (d != t->row && d != t->second) t->order[n++] = d;
    if (!t->turn && t->second >= 0) t->order[n++] = t->second;
    t->order[n++] = t->row;
    if (t->turn) t->order[n++] = t->second;
}

static lax_status build(struct plan *plan, lax_error *why) {
    const struct move_problem *p = &plan->problem.move;
    struct tiled *t = lax_i_plan_state(plan, sizeof *t, why);
    if (t == NULL) return LAX_ERROR_MEMORY;
    set_types(p, &plan->machine, t);
    set_axes(p, t);
    choose_stores(t, &plan->machine);
    set_blocks(t);
    set_order(t);
    int64_t nbytes = (int64_t)t->out_size;
    for (int d = 0; d < t->rank; d++) nbytes *= t->block[d];
    t->per_task = lax_i_ceil_div(t->stream ? 4 * TASK_NBYTES : TASK_NBYTES, nbytes);
    plan->scratch_nbytes = set_scratch(t);
    plan->phases[plan->n_phases++] =
        (struct phase){.tasks = lax_i_ceil_div(t->units, t->per_task), .run = lax_i_move_tiled_run};
    return LAX_OK;
}

static void describe(const struct plan *plan, struct text *text) {
    const struct tiled *t = plan->state;
    int64_t third = t->third < 0 ? 1 : t->block[t->third];
    lax_i_text_add(text, "%lld blocks of %lld x %lld x %lld elements of %zu bytes%s%s%s%s",
                   (long long)t->units, (long long)third,
                   (long long)(t->second < 0 ? 1 : t->block[t->second]),
                   (long long)t->block[t->row], t->in_size, t->turn ? ", turned" : "",
                   t->same ? "" : ", converted", t->fill ? ", filled" : "",
                   t->stream || t->assemble ? ", past the caches" : "");
}

/* Every byte once at the DRAM rate of one core. */
static double cost(const struct problem *problem, const struct machine *machine) {
    const struct move_problem *p = &problem->move;
    double read = (double)lax_dtype_size(p->in_type), written = (double)lax_dtype_size(p->out_type);
    for (int d = 0; d < p->n_axes; d++) {
        read *= (double)p->axis[d].count;
        written *= (double)p->axis[d].out;
    }
    return (read + written) / (machine->gbytes * 1e6) + 5e-4;
}

const struct lowering lax_i_move_tiled = {"tiled", PROBLEM_MOVE, applicable, build, describe, cost};
