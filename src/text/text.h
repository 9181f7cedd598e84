/* SPDX-License-Identifier: Apache-2.0 */
/* The text front end: HLO and StableHLO text -> one common form of modules, computations and
 * instructions, its evaluation through the public interface, and its HLO text. The common form is
 * HLO's: a result is an array or a flat tuple of arrays; StableHLO's regions and functions are
 * computations. Everything lives in the module's arena and is immutable once parsed. */
#ifndef LAX_TEXT_TEXT_H
#define LAX_TEXT_TEXT_H

#include "base/base.h"

#include <locale.h>

/* Bounds of what is read; beyond them LAX_ERROR_LIMIT. */
enum {
    MAX_INSTRUCTIONS = 1 << 16, /* of a module */
    MAX_COMPUTATIONS = 4096,
    MAX_WIDTH = 4096,            /* operands of an instruction, elements of a tuple */
    MAX_NESTING = 64,            /* brackets, calls, literals */
    MAX_REGIONS = 8,             /* regions inside regions */
    MAX_LIST = 2 * LAX_MAX_RANK, /* entries of an attribute's list */
    MAX_REGION_STEPS = 1024,     /* instructions of a region, calls included */
    MAX_EXECUTED = 1 << 20       /* instructions of an evaluation, calls included */
};

/* --- memory (arena.c) ------------------------------------------------------------------------- */

struct arena {
    struct chunk *chunks;
};

/* Zeroed memory that lives as long as the arena; NULL when there is none. */
void *lax_i_arena_take(struct arena *arena, size_t nbytes);
void *lax_i_arena_copy(struct arena *arena, const void *data, size_t nbytes);
/* A NUL-terminated copy. */
char *lax_i_arena_string(struct arena *arena, const char *data, size_t length);
void lax_i_arena_release(struct arena *arena);

/* An array of pointers that grows in an arena. */
struct list {
    void **data;
    int n, capacity;
};
bool lax_i_list_add(struct arena *arena, struct list *list, void *item);

/* Names of values and computations, with nested scopes; the inner name hides the outer. */
struct name {
    const char *data;
    size_t length;
    void *value;
    struct name *next; /* in its bucket */
    int bucket;
    int order; /* number of names when it was added, itself included */
};
enum { NAME_BUCKETS = 1024 };
struct names {
    struct name *bucket[NAME_BUCKETS];
    struct list all; /* in order of definition */
};
bool lax_i_names_add(struct arena *arena, struct names *names, const char *data, size_t length,
                     void *value);
struct name *lax_i_names_find(const struct names *names, const char *data, size_t length);
/* Forgets the names that were added when `all` had more than n. */
void lax_i_names_truncate(struct names *names, int n);

/* --- operations ------------------------------------------------------------------------------- */

enum text_op {
    OP_NONE,
#define OP(id, hlo, mlir, arity, keys, build) OP_##id,
#include "text/ops.def"
#undef OP
    OP_COUNT
};

/* What an attribute means, in either dialect. */
enum key {
    KEY_WINDOW_SIZE,
    KEY_STRIDES, /* of windows and slices */
    KEY_PADS,    /* low, high pairs */
    KEY_BASE_DILATION,
    KEY_WINDOW_DILATION,
    KEY_REVERSAL,
    KEY_LABELS,
    KEY_FEATURE_GROUPS,
    KEY_BATCH_GROUPS,
    KEY_DIMENSIONS,
    KEY_LOW,
    KEY_HIGH,
    KEY_INTERIOR,
    KEY_STARTS,
    KEY_LIMITS,
    KEY_LHS_BATCH,
    KEY_RHS_BATCH,
    KEY_LHS_CONTRACTING,
    KEY_RHS_CONTRACTING,
    KEY_INDEX,
    KEY_EXPONENT_BITS,
    KEY_MANTISSA_BITS,
    KEY_DIRECTION,
    KEY_COMPARE_TYPE,
    KEY_TO_APPLY,
    KEY_SELECT,
    KEY_SCATTER,
    KEY_LITERAL,
    KEY_FRONTEND,
    KEY_COUNT
};
#define KEY_BIT(key) (1u << KEY_##key)

/* Outcomes of a comparison; a direction is the set of outcomes for which it holds. */
enum { ORDER_LESS = 1, ORDER_EQUAL = 2, ORDER_GREATER = 4, ORDER_UNORDERED = 8 };
enum compare_type {
    COMPARE_NATURAL,
    COMPARE_FLOAT,
    COMPARE_TOTAL,
    COMPARE_SIGNED,
    COMPARE_UNSIGNED
};

/* --- the common form -------------------------------------------------------------------------- */

struct int_list {
    int n;
    const int64_t *values;
};

struct family;

struct instruction {
    const char *name; /* without % */
    enum text_op op;
    size_t place; /* offset of the operation's name in the text */
    struct computation *home;
    int number;   /* position in its computation */
    int last_use; /* number of its last user; its computation's size for the root */
    bool tuple;   /* the result is a tuple of n_results arrays */
    int n_results;
    lax_tensor *results; /* forms; strides are the physical layout */
    int n_operands;
    struct instruction **operands;
    struct computation *called[2];
    int64_t index; /* parameter number, tuple element, number of bits */
    int64_t index2;
    struct int_list lists[4]; /* as the operation's builder lays them down */
    int direction;            /* compare: set of ORDER_* */
    enum compare_type compare;
    const void *literal;   /* constant: elements in row-major order */
    struct family *family; /* operations of the family */
};

struct computation {
    const char *name;
    size_t place;
    struct list instructions;
    struct list parameters;
    struct instruction *root;
    bool region;             /* unnamed in the text */
    bool builtin;            /* a name only: the reducer or comparison that the name says */
    int visiting;            /* while cycles are looked for: 1 on the path, 2 done */
    int64_t executed;        /* instructions run by one execution */
    int height;              /* 1, or above what it calls */
    struct program *program; /* once compiled */
    bool collected;          /* it stands in the module's order */
};

/* An operation of the family: what the library runs, and where its other inputs come from. */
struct family {
    lax_operation operation; /* forms; data is filled in at evaluation */
    int init;                /* position of the first initial value among the operands, or -1 */
    int n_init;
    int bias, residual; /* positions, or -1 */
    bool given_init;    /* init_values came with lax.init */
};

struct lax_module {
    struct arena arena;
    const char *name;
    struct list computations; /* in order of definition */
    struct list order;        /* the same, callees before their callers */
    struct computation *entry;
    bool single; /* made from one instruction */
};

static inline struct instruction *instruction_at(const struct list *list, int i) {
    return list->data[i];
}

/* --- tokens (lexer.c) ------------------------------------------------------------------------- */

enum token_kind {
    TOKEN_END = 256,
    TOKEN_WORD,   /* letters, digits, _ . $ and inner -; numbers too */
    TOKEN_STRING, /* without its quotes */
    TOKEN_ARROW,
    TOKEN_BAD /* an unterminated string or comment */
};

struct token {
    int kind; /* a token_kind, or the character itself */
    const char *data;
    size_t length;
    size_t place;
};

struct lexer {
    const char *text;
    size_t length, next;
    struct token token; /* the current one */
};

void lax_i_lex_start(struct lexer *lexer, const char *text, size_t length);
void lax_i_lex(struct lexer *lexer);

/* --- parsing (parser.c) ----------------------------------------------------------------------- */

struct type {
    bool tuple;
    int n;
    lax_tensor *elements;
};

struct attributes {
    uint32_t set; /* bits of enum key */
    size_t place[KEY_COUNT];
    int n[KEY_COUNT];
    int64_t values[KEY_COUNT][MAX_LIST];
    lax_conv_dimension_numbers numbers; /* KEY_LABELS */
    int rank[3];                        /* of lhs, rhs, out, as the labels say */
    struct computation *called[2];      /* to_apply or select, scatter */
    struct lexer literal;               /* where the literal starts */
    struct list frontend;               /* struct frontend: the lax.* attributes */
};

struct frontend {
    const char *key, *value;
    size_t place;
};

/* One instruction while it is being read. */
struct draft {
    enum text_op op;
    const char *name; /* NULL: to be made from the operation's name */
    size_t place;
    struct list operands;
    struct type type;
    struct attributes attributes;
};

struct parser {
    struct lexer lexer;
    struct lax_module *module;
    struct computation *computation;
    struct names values, computations;
    struct list functions; /* StableHLO's that have a body */
    struct draft *drafts[MAX_REGIONS + 1];
    int regions;      /* regions that are open */
    int instructions; /* of the module */
    int made;         /* names that were made up */
    bool mlir;        /* StableHLO, not HLO */
    bool single;      /* one HLO instruction: operands make parameters */
    lax_status status;
    lax_error *why;
};

/* Records the first error, "line:column: sentence"; always false. */
bool lax_i_parse_fail(struct parser *p, lax_status status, size_t place, const char *format, ...)
    LAX_PRINTF(4, 5);
/* ... expected X, got TOKEN. */
bool lax_i_parse_expected(struct parser *p, const char *what);
bool lax_i_parse_memory(struct parser *p);
/* An error of the library at a place of the text. */
bool lax_i_parse_refused(struct parser *p, size_t place, const lax_error *why);
void *lax_i_parse_take(struct parser *p, size_t nbytes);

static inline const struct token *lax_i_token(const struct parser *p) { return &p->lexer.token; }
static inline bool lax_i_at(const struct parser *p, int kind) {
    return p->lexer.token.kind == kind;
}
bool lax_i_at_word(const struct parser *p, const char *word);
bool lax_i_token_is(const struct token *token, const char *word);
/* Each skips the token if it is there. */
bool lax_i_take(struct parser *p, int kind);
bool lax_i_take_word(struct parser *p, const char *word);
/* The same, but its absence is an error. */
bool lax_i_expect(struct parser *p, int kind, const char *what);
bool lax_i_expect_word(struct parser *p, const char *word);
/* A decimal number that fits; `what` names it in the error. */
bool lax_i_parse_int(struct parser *p, const char *what, int64_t *out);
bool lax_i_int_of(const char *data, size_t length, int64_t *out);
/* Skips one word, string, or bracketed group with everything in it. */
bool lax_i_skip_value(struct parser *p);

/* Attributes: marks a key as given (twice is an error), and adds entries to its list. */
bool lax_i_attribute_start(struct parser *p, struct attributes *a, enum key key, size_t place);
bool lax_i_attribute_add(struct parser *p, struct attributes *a, enum key key, int64_t value);
static inline bool lax_i_attribute_has(const struct attributes *a, enum key key) {
    return a->set >> key & 1;
}

struct draft *lax_i_draft(struct parser *p);
bool lax_i_draft_operand(struct parser *p, struct draft *draft, struct instruction *operand);

/* Sizes of a type: rank, overflow. */
bool lax_i_parse_form_check(struct parser *p, size_t place, const lax_tensor *form);
bool lax_i_type_add(struct parser *p, struct type *type, const lax_tensor *element);

struct computation *lax_i_computation(struct parser *p, const char *name, size_t place);

/* --- HLO (hlo.c, hlo_type.c, hlo_attributes.c, hlo_frontend.c) -------------------------------- */

bool lax_i_parse_hlo(struct parser *p);
bool lax_i_parse_hlo_computation(struct parser *p, struct computation **out);
bool lax_i_hlo_type(struct parser *p, struct type *out);
bool lax_i_hlo_attribute(struct parser *p, struct draft *draft);
/* frontend_attributes={...}: keeps lax.*, ignores the others. */
bool lax_i_hlo_frontend(struct parser *p, struct attributes *a);

/* --- StableHLO (mlir*.c) ---------------------------------------------------------------------- */

bool lax_i_parse_mlir(struct parser *p);
/* A region: `{ ^bb0(...): ... }`, or its inside up to the end of the text. */
bool lax_i_mlir_region(struct parser *p, bool braces, struct computation **out);
/* reducer(%a: T, %b: T) (%c: T, %d: T) { ... } behind the word. */
bool lax_i_mlir_reducer(struct parser *p, struct computation **out);
struct computation *lax_i_mlir_new_region(struct parser *p, size_t place);
/* Operations up to and with the terminator. */
bool lax_i_mlir_block(struct parser *p, struct computation *computation);
/* The operation of a pretty or generic form, up to its type. */
bool lax_i_mlir_pretty(struct parser *p, struct draft *draft);
bool lax_i_mlir_generic(struct parser *p, struct draft *draft);
bool lax_i_mlir_op_name(struct parser *p, struct draft *draft);
bool lax_i_mlir_type(struct parser *p, struct type *out);
/* "(T, T) -> T" or "T, T", the last the result's; operands that are given must be the draft's. */
bool lax_i_mlir_types(struct parser *p, struct draft *draft);
/* (T, T) -> T or -> (T, T) */
bool lax_i_mlir_function_type(struct parser *p, struct type *operands, struct type *results);
/* T, T or (T {...}, T): results of a function. */
bool lax_i_mlir_type_sequence(struct parser *p, struct type *out);
bool lax_i_mlir_results(struct parser *p, struct type *out);
/* The operands must be of these types. */
bool lax_i_mlir_check_values(struct parser *p, const struct draft *draft, const struct type *types);
bool lax_i_mlir_operand(struct parser *p, struct draft *draft);
bool lax_i_mlir_operands(struct parser *p, struct draft *draft, int close);
/* name = value, ... up to the closing brace: attributes of the draft; mhlo.*, jax.* and sdy.* are
 * ignored, others refused. */
bool lax_i_mlir_dictionary(struct parser *p, struct draft *draft);
bool lax_i_mlir_skip_attribute(struct parser *p);
bool lax_i_mlir_skip_location(struct parser *p);
/* [1, 2] */
bool lax_i_mlir_ints(struct parser *p, struct attributes *a, enum key key);
bool lax_i_mlir_conv_labels(struct parser *p, struct attributes *a);
bool lax_i_mlir_conv_attribute(struct parser *p, struct attributes *a, enum key key);
bool lax_i_mlir_conv_window(struct parser *p, struct attributes *a);
bool lax_i_mlir_literal(struct parser *p, struct attributes *a);
/* @name: the function, which may be defined later. */
bool lax_i_mlir_symbol(struct parser *p, struct token *out);
struct computation *lax_i_mlir_function(struct parser *p, const struct token *name);

/* --- building instructions (build*.c) --------------------------------------------------------- */

typedef bool build_fn(struct parser *p, struct draft *draft, struct instruction *instruction);

struct op_row {
    const char *hlo, *mlir;
    int arity; /* -1: any */
    uint32_t keys;
    build_fn *build;
};
extern const struct op_row lax_i_ops[OP_COUNT];

enum text_op lax_i_op_from_hlo(const char *name, size_t length);
enum text_op lax_i_op_from_mlir(const char *name, size_t length);
/* Checks the draft, infers its result, compares with the written type, adds it to the
 * computation. */
bool lax_i_build(struct parser *p, struct draft *draft, struct instruction **out);
bool lax_i_build_parameter(struct parser *p, const struct type *type, const char *name,
                           size_t place, struct instruction **out);
/* An instruction without attributes that is right by construction. */
struct instruction *lax_i_build_simple(struct parser *p, enum text_op op, const lax_tensor *form,
                                       int n, struct instruction *const *operands);
/* Element i of a tuple-shaped instruction. */
struct instruction *lax_i_build_element_of(struct parser *p, struct instruction *tuple, int64_t i);
/* The inferred forms against the written ones, which are then the results'. */
bool lax_i_build_results(struct parser *p, struct draft *draft, struct instruction *instruction,
                         bool tuple, int n, const lax_tensor *inferred);
bool lax_i_build_result(struct parser *p, struct draft *draft, struct instruction *instruction,
                        const lax_tensor *inferred);
/* The written result where it must be one array. */
const lax_tensor *lax_i_written(struct parser *p, const struct draft *draft);
bool lax_i_same_form(const lax_tensor *a, const lax_tensor *b);
bool lax_i_build_list(struct parser *p, const struct attributes *a, enum key key,
                      struct int_list *out);
bool lax_i_build_required(struct parser *p, const struct draft *draft, enum key key,
                          const char *name);

/* The family (build_conv.c, build_window.c, build_family.c, build_extended.c). */
struct family *lax_i_build_family(struct parser *p, struct instruction *instruction, lax_op op,
                                  int n_operands);
/* Results and lax.* attributes; the last step. */
bool lax_i_build_family_end(struct parser *p, struct draft *draft, struct instruction *instruction);
/* An attribute's list as options take it: absent or empty leaves zeros, else n entries >= least.
 * `what` names it. */
bool lax_i_build_option(struct parser *p, const struct draft *draft, enum key key, int n,
                        const char *what, int64_t *out);
bool lax_i_build_pads(struct parser *p, const struct draft *draft, int n, int64_t (*out)[2]);
bool lax_i_build_window_options(struct parser *p, const struct draft *draft, int rank,
                                lax_window_options *out);
/* Size of a window's result in one dimension, XLA's rule: a padded size below 0 counts as 0. */
struct extent {
    int64_t in, size, stride, low, high, base_dilation, window_dilation; /* stride.. 0: 1 */
};
bool lax_i_build_extent(const struct extent *extent, int64_t *out);
bool lax_i_build_window_result(struct parser *p, const struct draft *draft,
                               const lax_window_options *window, lax_tensor *form);
bool lax_i_build_reducer(struct parser *p, struct draft *draft, struct computation *computation,
                         const lax_tensor *forms, int n, lax_reducer *out);
bool lax_i_build_selector(struct parser *p, struct draft *draft, struct computation *computation,
                          const lax_tensor *form, lax_selector *out);
/* lax.grad, lax.patches, lax.local; lax.average, lax.arg, lax.gather, lax.scan: kinds that HLO
 * does not have; the library infers them. *taken: it was one of them. */
bool lax_i_build_extended_conv(struct parser *p, struct draft *draft,
                               struct instruction *instruction, bool *taken);
bool lax_i_build_extended_window(struct parser *p, struct draft *draft,
                                 struct instruction *instruction, bool *taken);

/* The library's own checks of the operation as it stands. */
bool lax_i_build_ask_library(struct parser *p, const struct draft *draft,
                             const struct instruction *instruction);

bool lax_i_frontend_apply(struct parser *p, struct draft *draft, struct instruction *instruction);
const char *lax_i_frontend_get(const struct attributes *a, const char *key);
bool lax_i_frontend_ints(const char *value, int capacity, int64_t *out, int *n);
bool lax_i_frontend_bad(struct parser *p, const struct attributes *a, const char *key,
                        const char *what);
/* The initial value of operand k, wherever the operation keeps it. */
void lax_i_family_set_init(struct family *family, int k, const void *value);

/* Calls, cycles, uses, initial values: what needs the whole module or computation. */
bool lax_i_finish(struct parser *p);
bool lax_i_check_calls(struct parser *p, struct computation *computation);
/* Adds the computation behind all that it calls. */
bool lax_i_collect(struct parser *p, struct computation *computation, struct list *order);
bool lax_i_finish_computation(struct parser *p, struct computation *computation);

/* EQ, GE, ... and FLOAT, TOTALORDER, ... */
bool lax_i_direction_of(const struct token *token, int64_t *outcomes);
bool lax_i_compare_type_of(const struct token *token, int64_t *type);
const char *lax_i_direction_name(int outcomes);
lax_select lax_i_direction_select(int outcomes);
int lax_i_select_direction(lax_select select);
const char *lax_i_compare_type_name(enum compare_type type);
/* A name without a computation: what it says is built in, or an error. */
struct computation *lax_i_builtin_computation(struct parser *p, const struct token *name);
/* Gives it the instructions that its name stands for, on scalars of this type. */
bool lax_i_builtin_fill(struct parser *p, struct computation *computation, lax_dtype dtype);

#define BUILD(name)                                                                                \
    bool lax_i_build_##name(struct parser *p, struct draft *draft, struct instruction *instruction)
BUILD(same);
BUILD(part);
BUILD(complex);
BUILD(compare);
BUILD(select);
BUILD(clamp);
BUILD(finite);
BUILD(convert);
BUILD(constant);
BUILD(iota);
BUILD(broadcast);
BUILD(reshape);
BUILD(reverse);
BUILD(slice);
BUILD(concatenate);
BUILD(tuple);
BUILD(element);
BUILD(call);
BUILD(dot);
BUILD(copy);
BUILD(convolution);
BUILD(reduce_window);
BUILD(select_and_scatter);
BUILD(pad);
BUILD(transpose);
BUILD(reduce);
BUILD(reduce_precision);
BUILD(never);

/* --- literals (literal.c, number.c) ----------------------------------------------------------- */

/* Reads a constant of this form from the current token on: HLO's {{1, 2}, {3, 4}}. */
void *lax_i_parse_hlo_literal(struct parser *p, const lax_tensor *form);
/* StableHLO's dense<[[1, 2], [3, 4]]>; *splat: one element stands for all. */
void *lax_i_parse_mlir_literal(struct parser *p, const lax_tensor *form, bool *splat);
/* One element: number, nan, inf, true, (real, imaginary). `bits`: 0x is the bit pattern. */
bool lax_i_parse_element(struct parser *p, lax_dtype dtype, bool bits, void *out);
void lax_i_print_element(struct text *text, lax_dtype dtype, const void *element);
void lax_i_print_literal(struct text *text, const lax_tensor *form, const void *data);

/* Numbers are read and printed in the C locale whatever the host has set. */
struct text_locale {
    locale_t own, saved;
};
struct text_locale lax_i_locale_enter(void);
void lax_i_locale_leave(struct text_locale locale);

/* --- element-wise kernels (elementwise.c, element_*.c) ---------------------------------------- */

/* out[i] = op(in[0][i], in[1][i], ...), contiguous. */
typedef void elementwise_fn(void *out, const void *const *in, int64_t n);
/* The kernel of an operation by its operands' type (select: its choices'); NULL: not defined. */
elementwise_fn *lax_i_elementwise(enum text_op op, lax_dtype dtype);
/* Comparisons: the outcome (ORDER_*) of each pair, to be masked with a direction. */
elementwise_fn *lax_i_order_kernel(lax_dtype dtype, enum compare_type type);
void lax_i_mask_order(uint8_t *out, int64_t n, int direction);
/* The type of one part of a complex type; others are themselves. */
lax_dtype lax_i_part_type(lax_dtype dtype);

/* --- regions (region.c, program.c) ------------------------------------------------------------ */

/* Scalar code over lanes: step i writes register i. */
struct program;
struct program *lax_i_compile(struct parser *p, struct computation *computation, size_t place);
lax_status lax_i_program_reduce(void *program, int64_t n, const void *const *acc,
                                const void *const *elem, void *const *out);
lax_status lax_i_program_select(void *program, int64_t n, const void *current, const void *next,
                                uint8_t *keep);
/* What the computation is, if it is built in. */
lax_reducer_kind lax_i_recognise_reducer(const struct program *program);
lax_select lax_i_recognise_select(const struct program *program);
/* What a region of two operands computes if it keeps one of two pairs (region_pair.c). */
lax_pair lax_i_recognise_pair(const struct program *program);
/* The built-in that a name like "add", "maximum.3" or "ge" means. */
lax_reducer_kind lax_i_named_reducer(const char *name);
lax_select lax_i_named_select(const char *name);

/* A size is 0. */
bool lax_i_empty(const lax_tensor *form);

/* --- printing (print.c) ----------------------------------------------------------------------- */

void lax_i_print_ir(struct text *text, const struct lax_module *module);
/* Computations on one line. */
void lax_i_print_line(struct text *text, const struct list *computations);

#endif /* LAX_TEXT_TEXT_H */
