/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that there are, found by asking each family: a line a family and variant, with the
 * element types that it has. */
#include "kernel/kernel.h"

static const char *const reducers[] = {
    [LAX_ADD] = "add", [LAX_MUL] = "mul", [LAX_MAX] = "max", [LAX_MIN] = "min",
    [LAX_AND] = "and", [LAX_OR] = "or",   [LAX_XOR] = "xor", [LAX_LOGADDEXP] = "logaddexp",
};

static const char *const selects[] = {
    [LAX_GE] = "ge",
    [LAX_GT] = "gt",
    [LAX_LE] = "le",
    [LAX_LT] = "lt",
};

static void add_type(struct text *text, lax_dtype type, bool there) {
    if (there) lax_i_text_add(text, " %s", lax_dtype_name(type));
}

static void list_reducers(struct text *text) {
    for (int r = LAX_ADD; r <= LAX_LOGADDEXP; r++) {
        lax_i_text_add(text, "kernel combine %s:", reducers[r]);
        for (int t = LAX_F64; t <= LAX_C128; t++)
            add_type(text, (lax_dtype)t,
                     lax_i_combine_kernel((lax_reducer_kind)r, (lax_dtype)t) != NULL);
        lax_i_text_add(text, "\n");
    }
}

static void list_selects(struct text *text) {
    for (int s = LAX_GE; s <= LAX_LT; s++) {
        lax_i_text_add(text, "kernel select %s:", selects[s]);
        for (int t = LAX_F64; t <= LAX_C128; t++)
            add_type(text, (lax_dtype)t, lax_i_select_kernel((lax_select)s, (lax_dtype)t) != NULL);
        lax_i_text_add(text, "\n");
    }
}

static void list_folds(struct text *text, lax_isa isa) {
    for (int r = LAX_ADD; r <= LAX_LOGADDEXP; r++) {
        lax_i_text_add(text, "kernel fold %s:", reducers[r]);
        for (int t = LAX_F64; t <= LAX_C128; t++)
            add_type(text, (lax_dtype)t,
                     lax_i_fold((lax_reducer_kind)r, (lax_dtype)t, isa) != NULL);
        lax_i_text_add(text, "\nkernel scan %s:", reducers[r]);
        for (int t = LAX_F64; t <= LAX_C128; t++)
            add_type(text, (lax_dtype)t,
                     lax_i_scan((lax_reducer_kind)r, (lax_dtype)t, isa) != NULL);
        lax_i_text_add(text, "\n");
    }
}

/* Register tiles in rows x elements of a row. */
static void list_tiles(struct text *text, lax_isa isa) {
    static const lax_dtype types[] = {LAX_F64, LAX_F32};
    for (int t = 0; t < LAX_COUNTOF(types); t++) {
        const struct tile_kernel *k;
        lax_i_text_add(text, "kernel tile %s:", lax_dtype_name(types[t]));
        for (int v = 1; (k = lax_i_tile_kernel(isa, types[t], v)) != NULL; v++)
            lax_i_text_add(text, " %dx%d", (int)k->rows, (int)(v * k->lanes));
        lax_i_text_add(text, "; along k:");
        for (int v = 1; (k = lax_i_tile_k_kernel(isa, types[t], v)) != NULL; v++)
            lax_i_text_add(text, " %dx%d", (int)k->rows, v);
        lax_i_text_add(text, "\n");
    }
}

void lax_i_list_kernels(struct text *text, lax_isa isa) {
    const char *why;
    lax_i_text_add(text, "kernel convert: every type to every type\n");
    lax_i_text_add(text, "kernel move: 1 2 4 8 16 bytes, %s\n",
                   lax_i_move_kernels(isa) == lax_i_move_kernels(LAX_ISA_SCALAR) ? "portable"
                                                                                 : "vectorised");
    lax_i_text_add(text, "kernel round:");
    for (int t = LAX_F64; t <= LAX_C128; t++)
        add_type(text, (lax_dtype)t, lax_i_round_kernel((lax_dtype)t) != NULL);
    lax_i_text_add(text, "\nkernel taps:");
    for (int t = LAX_F64; t <= LAX_C128; t++)
        add_type(text, (lax_dtype)t, lax_i_taps_kernel((lax_dtype)t) != NULL);
    lax_i_text_add(text, "\nkernel dot:%s\n",
                   lax_i_xsmm_available(isa, &why) ? " f64 f32" : " none");
    lax_i_text_add(text, "kernel epilogue: f64 f32\n");
    lax_i_text_add(text, "kernel move: elements of 1 2 4 8 16 bytes\n");
    list_tiles(text, isa);
    list_reducers(text);
    list_folds(text, isa);
    list_selects(text);
    lax_i_text_add(text, "kernel pick, push: for every select and reducer above, at %s\n",
                   isa >= LAX_ISA_AVX512 ? "avx512"
                   : isa >= LAX_ISA_AVX2 ? "avx2"
                                         : "scalar");
}
