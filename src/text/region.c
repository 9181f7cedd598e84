/* SPDX-License-Identifier: Apache-2.0 */
/* Computation -> program: calls are put in place, scalars' reshapes and copies vanish. What is
 * built in is found by its expression. */
#include "text/program.h"

#include <stdio.h>

/* --- compiling -------------------------------------------------------------------------------- */

struct compiler {
    struct parser *p;
    struct program *program;
    size_t place;
    int visited;  /* instructions, those of calls included */
    int capacity; /* registers */
};

static bool refuse(struct compiler *c, const struct computation *computation, const char *why) {
    return lax_i_parse_fail(c->p, LAX_ERROR_UNSUPPORTED, c->place,
                            "computation '%.60s' is unsupported as a scalar region: %s",
                            computation->name, why);
}

/* A new register; -1 when there are too many. */
static int new_register(struct compiler *c, lax_dtype type) {
    struct program *program = c->program;
    if (program->n_registers == c->capacity) {
        lax_i_parse_fail(c->p, LAX_ERROR_LIMIT, c->place, "a region of more than %d instructions",
                         MAX_REGION_STEPS);
        return -1;
    }
    program->type[program->n_registers] = type;
    return program->n_registers++;
}

/* Registers that stand for an instruction's results: a scalar has one, a tuple one an element. */
struct bound {
    int *registers;
};

static bool emit(struct compiler *c, struct step step, lax_dtype type, int *out) {
    *out = step.out = new_register(c, type);
    if (*out < 0) return false;
    c->program->steps[c->program->n_steps++] = step;
    return true;
}

static enum lane_op lane_of(const struct step *step) {
    switch (step->op) {
    case OP_ADD: return LANE_ADD;
    case OP_SUBTRACT: return LANE_SUBTRACT;
    case OP_MULTIPLY: return LANE_MULTIPLY;
    case OP_DIVIDE: return LANE_DIVIDE;
    case OP_MAXIMUM: return LANE_MAXIMUM;
    case OP_MINIMUM: return LANE_MINIMUM;
    case OP_ABS: return LANE_ABS;
    case OP_NEGATE: return LANE_NEGATE;
    case OP_SELECT: return LANE_SELECT;
    case OP_COMPARE: break;
    default: return LANE_OPS;
    }
    if (step->compare == COMPARE_TOTAL) return LANE_OPS;
    switch (lax_i_direction_select(step->direction)) {
    case LAX_GE: return LANE_GE;
    case LAX_GT: return LANE_GT;
    case LAX_LE: return LANE_LE;
    case LAX_LT: return LANE_LT;
    default: return step->direction == ORDER_EQUAL ? LANE_EQ : LANE_NE;
    }
}

/* The kernel of a step on a type, the machine's if it has one. */
static void set_kernel(struct step *step, lax_dtype type) {
    enum lane_op op = lane_of(step);
    step->fn = op == LANE_OPS ? NULL : lax_i_lane_kernel(lax_i_machine()->isa, op, type);
    step->ordered = step->fn == NULL && step->op == OP_COMPARE;
    if (step->ordered)
        step->fn = lax_i_order_kernel(type, step->compare);
    else if (step->fn == NULL)
        step->fn = lax_i_elementwise(step->op, type);
}

/* Operations of f16 and bf16 are those of f32 between conversions. What takes bits as they are has
 * kernels of its own. Every level's conversions give the same bits, so that the machine's serve
 * whatever a context allows. */
static void widen(struct step *step, lax_dtype type, lax_dtype result) {
    bool half = type == LAX_F16 || type == LAX_BF16;
    bool bits = step->op == OP_SELECT || step->op == OP_REAL || step->op == OP_IMAG ||
                (step->op == OP_COMPARE && step->compare == COMPARE_TOTAL);
    if (!half || bits) return;
    lax_isa isa = lax_i_machine()->isa;
    step->widened = true;
    set_kernel(step, LAX_F32);
    step->convert = lax_i_converter(type, LAX_F32, isa);
    if (result == type) step->narrow = lax_i_converter(LAX_F32, result, isa);
}

/* Element-wise operations, convert, compare, reduce_precision. */
static bool emit_instruction(struct compiler *c, const struct instruction *i,
                             const struct bound *bound, int *out) {
    struct step step = {.op = i->op,
                        .n = i->n_operands,
                        .direction = i->direction,
                        .compare = i->compare,
                        .exponent_bits = (int)i->index,
                        .mantissa_bits = (int)i->index2};
    lax_dtype type = i->operands[i->op == OP_SELECT ? 1 : 0]->results[0].dtype;
    lax_dtype result = i->results[0].dtype;
    for (int k = 0; k < step.n; k++) step.in[k] = bound[i->operands[k]->number].registers[0];
    if (i->op == OP_CONVERT) {
        step.convert = lax_i_converter(type, result, lax_i_machine()->isa);
    } else if (i->op == OP_REDUCE_PRECISION) {
        step.round = lax_i_round_kernel(type);
    } else {
        set_kernel(&step, type);
        widen(&step, type, result);
    }
    return emit(c, step, result, out);
}

static bool bind_constant(struct compiler *c, const struct instruction *i, int *out) {
    *out = new_register(c, i->results[0].dtype);
    if (*out < 0) return false;
    c->program->constant[*out] = i->literal; /* one element now, copies at the end */
    return true;
}

static bool compile_into(struct compiler *c, const struct computation *computation,
                         const int *arguments, int *results);

static bool bind_call(struct compiler *c, const struct instruction *i, const struct bound *bound,
                      int *out) {
    int *arguments = lax_i_parse_take(c->p, (size_t)i->n_operands * sizeof *arguments);
    if (arguments == NULL) return false;
    for (int k = 0; k < i->n_operands; k++)
        arguments[k] = bound[i->operands[k]->number].registers[0];
    return compile_into(c, i->called[0], arguments, out);
}

/* How an operation becomes registers. */
enum handling { HANDLE_NONE, HANDLE_STEP, HANDLE_SAME };

static enum handling handling_of(enum text_op op) {
    if ((op >= OP_ADD && op <= OP_CONVERT) || op == OP_REDUCE_PRECISION) return HANDLE_STEP;
    if (op == OP_COPY || op == OP_BROADCAST || op == OP_RESHAPE || op == OP_TRANSPOSE)
        return HANDLE_SAME;
    return HANDLE_NONE;
}

static bool compile_instruction(struct compiler *c, const struct computation *computation,
                                const struct instruction *i, const int *arguments,
                                struct bound *bound) {
    int *out = lax_i_parse_take(c->p, (size_t)i->n_results * sizeof *out);
    if (out == NULL) return false;
    bound[i->number].registers = out;
    for (int k = 0; k < i->n_results; k++)
        if (i->results[k].rank != 0) return refuse(c, computation, "it works on arrays");
    if (++c->visited > MAX_REGION_STEPS)
        return lax_i_parse_fail(c->p, LAX_ERROR_LIMIT, c->place,
                                "a region of more than %d instructions", MAX_REGION_STEPS);
    switch (i->op) {
    case OP_PARAMETER: out[0] = arguments[i->index]; return true;
    case OP_CONSTANT: return bind_constant(c, i, out);
    case OP_CALL: return bind_call(c, i, bound, out);
    case OP_ELEMENT: out[0] = bound[i->operands[0]->number].registers[i->index]; return true;
    case OP_TUPLE:
        for (int k = 0; k < i->n_operands; k++) out[k] = bound[i->operands[k]->number].registers[0];
        return true;
    default: break;
    }
    if (handling_of(i->op) == HANDLE_STEP) return emit_instruction(c, i, bound, out);
    if (handling_of(i->op) == HANDLE_NONE) return refuse(c, computation, lax_i_ops[i->op].hlo);
    out[0] = bound[i->operands[0]->number].registers[0];
    return true;
}

static bool compile_into(struct compiler *c, const struct computation *computation,
                         const int *arguments, int *results) {
    int n = computation->instructions.n;
    struct bound *bound = lax_i_parse_take(c->p, (size_t)n * sizeof *bound);
    if (bound == NULL) return false;
    for (int i = 0; i < n; i++)
        if (!compile_instruction(c, computation, instruction_at(&computation->instructions, i),
                                 arguments, bound))
            return false;
    const struct instruction *root = computation->root;
    for (int k = 0; k < root->n_results; k++) results[k] = bound[root->number].registers[k];
    return true;
}

/* Results that are parameters get registers of their own: outputs may lie on the accumulators. */
static bool separate_results(struct compiler *c) {
    struct program *program = c->program;
    for (int k = 0; k < program->n_results; k++) {
        int from = program->result[k];
        struct step copy = {.op = OP_COPY, .n = 1, .in = {from}};
        if (from < program->n_parameters &&
            !emit(c, copy, program->type[from], &program->result[k]))
            return false;
    }
    return true;
}

/* As many lanes as the scratch holds, and constants as vectors of them. */
static bool fill_constants(struct compiler *c) {
    struct program *program = c->program;
    size_t widest = 1;
    for (int r = 0; r < program->n_registers; r++)
        widest = lax_i_max((int64_t)widest, (int64_t)lax_dtype_size(program->type[r]));
    /* not whole pages apart, where stores hold up loads */
    program->pitch = SCRATCH_NBYTES / (size_t)program->n_registers / 16 * 16;
    if (program->pitch > 256) program->pitch = program->pitch / 128 * 128 - 64;
    if (program->pitch > widest * MAX_LANES + 64) program->pitch = widest * MAX_LANES + 64;
    program->lanes = (int)lax_i_min(MAX_LANES, (int64_t)(program->pitch / widest));
    for (int r = 0; r < program->n_registers; r++) {
        if (program->constant[r] == NULL) continue;
        size_t size = lax_dtype_size(program->type[r]);
        char *copies = lax_i_parse_take(c->p, size * (size_t)program->lanes);
        if (copies == NULL) return false;
        for (int lane = 0; lane < program->lanes; lane++)
            memcpy(copies + size * (size_t)lane, program->constant[r], size);
        program->constant[r] = copies;
    }
    return true;
}

/* Memory for what the instructions may need at most. */
static bool take_registers(struct compiler *c, const struct computation *computation) {
    int64_t most = computation->executed + 2 * LAX_MAX_OPERANDS;
    size_t n = most < MAX_REGISTERS ? (size_t)most : MAX_REGISTERS;
    c->program->steps = lax_i_parse_take(c->p, n * sizeof *c->program->steps);
    c->program->type = lax_i_parse_take(c->p, n * sizeof *c->program->type);
    c->program->constant = lax_i_parse_take(c->p, n * sizeof *c->program->constant);
    c->capacity = (int)n;
    return c->p->status == LAX_OK;
}

struct program *lax_i_compile(struct parser *p, struct computation *computation, size_t place) {
    if (computation->program != NULL) return computation->program;
    if (!lax_i_check_calls(p, computation)) return NULL;
    struct program *program = lax_i_parse_take(p, sizeof *program);
    if (program == NULL) return NULL;
    struct compiler c = {.p = p, .program = program, .place = place};
    int arguments[2 * LAX_MAX_OPERANDS];
    if (!take_registers(&c, computation)) return NULL;
    program->n_parameters = computation->parameters.n;
    program->n_results = computation->root->n_results;
    if (program->n_parameters > 2 * LAX_MAX_OPERANDS || program->n_results > LAX_MAX_OPERANDS) {
        refuse(&c, computation, "it has too many parameters or results");
        return NULL;
    }
    for (int i = 0; i < program->n_parameters; i++) {
        const lax_tensor *form = &instruction_at(&computation->parameters, i)->results[0];
        arguments[i] = new_register(&c, form->dtype);
    }
    if (!compile_into(&c, computation, arguments, program->result)) return NULL;
    if (!separate_results(&c) || !fill_constants(&c)) return NULL;
    computation->program = program;
    return program;
}

/* --- recognising ------------------------------------------------------------------------------ */

static const struct step *step_of(const struct program *program, int r) {
    for (int i = program->n_steps - 1; i >= 0; i--)
        if (program->steps[i].out == r) return &program->steps[i];
    return NULL;
}

static const char *step_name(const struct step *step) {
    if (step->op != OP_COMPARE) return lax_i_ops[step->op].hlo;
    return step->compare == COMPARE_TOTAL ? "total" : lax_i_direction_name(step->direction);
}

/* The expression of a register; it stops growing when the text is full. */
static void express(struct text *text, const struct program *program, int r) {
    if (text->length >= text->capacity) return;
    const struct step *step = r < program->n_parameters ? NULL : step_of(program, r);
    if (r < program->n_parameters) {
        lax_i_text_add(text, "%c", 'a' + r);
    } else if (step == NULL) {
        lax_i_text_add(text, "?");
    } else if (step->op == OP_COPY) {
        express(text, program, step->in[0]);
    } else {
        lax_i_text_add(text, "%s(", step_name(step));
        for (int k = 0; k < step->n; k++) {
            if (k > 0) lax_i_text_add(text, ",");
            express(text, program, step->in[k]);
        }
        lax_i_text_add(text, ")");
    }
}

/* a and b exchanged. */
static void exchange(const char *from, char *to) {
    for (size_t i = 0;; i++) {
        bool alone = i == 0 || strchr("(,", from[i - 1]) != NULL;
        bool last = from[i] != '\0' && strchr("),", from[i + 1] == '\0' ? ')' : from[i + 1]);
        bool name = alone && last && (from[i] == 'a' || from[i] == 'b');
        to[i] = name ? (char)('a' + 'b' - from[i]) : from[i];
        if (from[i] == '\0') return;
    }
}

static const struct pattern {
    const char *expression;
    lax_reducer_kind kind;
    enum { ANY, REAL, COMPLEX } types;
} patterns[] = {
    {"add(a,b)", LAX_ADD, ANY},
    {"multiply(a,b)", LAX_MUL, ANY},
    {"maximum(a,b)", LAX_MAX, ANY},
    {"minimum(a,b)", LAX_MIN, ANY},
    {"and(a,b)", LAX_AND, ANY},
    {"or(a,b)", LAX_OR, ANY},
    {"xor(a,b)", LAX_XOR, ANY},
    {"select(NE(subtract(a,b),subtract(a,b)),add(a,b),add(maximum(a,b),"
     "log-plus-one(exponential(negate(abs(subtract(a,b)))))))",
     LAX_LOGADDEXP, REAL},
    {"add(maximum(a,b),log-plus-one(exponential(subtract(add(a,b),add(maximum(a,b),"
     "maximum(a,b))))))",
     LAX_LOGADDEXP, COMPLEX},
    /* lexicographic order */
    {"select(select(EQ(real(a),real(b)),GT(imag(a),imag(b)),GT(real(a),real(b))),a,b)", LAX_MAX,
     COMPLEX},
    {"select(select(EQ(real(a),real(b)),LT(imag(a),imag(b)),LT(real(a),real(b))),a,b)", LAX_MIN,
     COMPLEX},
    {"select(or(GT(real(a),real(b)),and(EQ(real(a),real(b)),GT(imag(a),imag(b)))),a,b)", LAX_MAX,
     COMPLEX},
    {"select(or(LT(real(a),real(b)),and(EQ(real(a),real(b)),LT(imag(a),imag(b)))),a,b)", LAX_MIN,
     COMPLEX},
};

lax_reducer_kind lax_i_recognise_reducer(const struct program *program) {
    char direct[512], exchanged[512];
    struct text text = lax_i_text(direct, sizeof direct);
    if (program->n_parameters != 2 || program->n_results != 1) return LAX_REDUCER_UNSET;
    express(&text, program, program->result[0]);
    if (text.length >= sizeof direct) return LAX_REDUCER_UNSET;
    exchange(direct, exchanged);
    bool complex = lax_i_dtype_kind(program->type[0]) == KIND_COMPLEX;
    for (int i = 0; i < LAX_COUNTOF(patterns); i++) {
        const char *expression = patterns[i].expression;
        if (patterns[i].types == (complex ? REAL : COMPLEX)) continue;
        if (strcmp(direct, expression) == 0 || strcmp(exchanged, expression) == 0)
            return patterns[i].kind;
    }
    return LAX_REDUCER_UNSET;
}

lax_select lax_i_recognise_select(const struct program *program) {
    if (program->n_parameters != 2 || program->n_steps != 1) return LAX_SELECT_UNSET;
    const struct step *step = &program->steps[0];
    if (step->op != OP_COMPARE || step->compare == COMPARE_TOTAL || step->in[0] + step->in[1] != 1)
        return LAX_SELECT_UNSET;
    int direction = step->direction;
    if (step->in[0] == 1) { /* b >= a is a <= b */
        bool less = direction & ORDER_LESS, greater = direction & ORDER_GREATER;
        if (less != greater) direction ^= ORDER_LESS | ORDER_GREATER;
    }
    return lax_i_direction_select(direction);
}
