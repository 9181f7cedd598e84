/* SPDX-License-Identifier: Apache-2.0 */
/* The way out of the lowerings `direct` and `direct_w`: whether kernels finish sums themselves, so
 * that bias, residual, activation and the one rounding follow while sums are in registers or L1;
 * whether stores bypass the caches, and in what; what a task's kernels are told of it. */
#include "lower/direct.h"

bool lax_i_direct_has_epilogue(const struct conv_problem *p) {
    const struct conv_epilogue *e = &p->epilogue;
    return e->bias || e->residual || e->activation != LAX_ACTIVATION_NONE;
}

/* Kernels along k write anywhere but finish nothing: epilogues read features next to each other. */
static bool along_k_stages_out(const struct direct *d, const struct conv_problem *p) {
    if (p->out_type != d->type || p->epilogue.residual) return true;
    if (p->out_feature == 1 || p->out_features == 1) return false;
    return lax_i_direct_has_epilogue(p);
}

void lax_i_direct_choose_way_out(struct direct *d, const struct conv_problem *p) {
    const struct conv_epilogue *e = &p->epilogue;
    const struct conv_axis *last = &d->axis[d->n - 1].at;
    bool converts = p->out_type != d->type, visits = d->n_kb > 1 || d->taps > DIRECT_TAPS;
    bool one = d->along_w ? last->out == 1 : p->out_features == 1;
    bool plain = one || (d->along_w ? last->result : p->out_feature) == 1;
    bool residual = !e->residual || one || (d->along_w ? last->residual : e->residual_feature) == 1;
    d->fused = plain && residual && (converts || lax_i_direct_has_epilogue(p));
    if (d->along_k) d->fused = false;
    d->stage_out = d->along_k ? along_k_stages_out(d, p)
                              : !plain || ((converts || e->residual) && (visits || !d->fused));
    if (d->lines) d->fused = true;
}

int lax_i_direct_vectors_for_lines(const struct direct *d, const struct conv_problem *p,
                                   int64_t lanes) {
    enum { LARGE_NBYTES = 4 << 20, SHALLOW = 64 /* taps x input features */ };
    int64_t size = (int64_t)lax_dtype_size(p->out_type), vectors = LAX_ALIGNMENT / (size * lanes);
    int64_t step = d->along_w ? d->axis[d->n - 1].at.result : p->out_feature, in_line = 0;
    double nbytes = (double)(d->groups * d->out_features) * (double)size;
    for (int i = 0; i < d->n; i++) nbytes *= (double)d->axis[i].at.out;
    in_line = d->along_w ? d->axis[d->n - 1].at.out : d->out_features;
    bool shallow = d->taps * d->in_features <= SHALLOW && size < d->size && step == 1;
    bool fills = vectors <= 4 && in_line >= vectors * lanes;
    return shallow && fills && nbytes > LARGE_NBYTES ? (int)vectors : 0;
}

/* Stores that bypass the caches save the read of what they overwrite; they pay where every element
 * is written once and little of the output would stay in the caches, whose last level other tensors
 * and cores want a share of: of 32 MiB, outputs of 9 to 13 MB took 1 to 13 % less time past the
 * caches. */
static bool is_large(const struct direct *d, const struct conv_problem *p,
                     const struct machine *machine) {
    int64_t elements = d->groups * d->out_features;
    for (int i = 0; i < d->n; i++) elements *= d->axis[i].at.out;
    return elements * (int64_t)lax_dtype_size(p->out_type) > machine->l3_nbytes / 4;
}

/* Whether what kernels write, if anything, is whole lines: vectors of features, or of positions
 * along the last axis. */
static bool whole_lines(const struct direct *d, const struct conv_problem *p) {
    int64_t out_size = (int64_t)lax_dtype_size(p->out_type);
    int64_t unit = d->along_w ? d->columns : d->nb;
    if (unit * out_size % LAX_ALIGNMENT != 0 && out_size != d->size) return false;
    if (d->along_w && p->out_feature * out_size % LAX_ALIGNMENT != 0) return false;
    for (int i = 0; i < d->n - (d->along_w ? 1 : 0); i++) {
        const struct conv_axis *a = &d->axis[i].at;
        if (a->out > 1 && a->result * out_size % LAX_ALIGNMENT != 0) return false;
    }
    return true;
}

bool lax_i_direct_wants_stream(const struct direct *d, const struct conv_problem *p,
                               const struct machine *machine) {
    bool once = d->n_kb == 1 && d->taps <= DIRECT_TAPS;
    bool finished = d->fused || !lax_i_direct_has_epilogue(p);
    return once && finished && !d->stage_out && whole_lines(d, p) && is_large(d, p, machine);
}

bool lax_i_direct_wants_lines(const struct direct *d, const struct conv_problem *p,
                              const struct machine *machine) {
    /* Taps x input features; else arithmetic hides the read. Lines at rows' ends are written
     * twice. */
    enum { SHALLOW = 128, LEAST_LINES = 4 };
    const struct conv_axis *last = &d->axis[d->n - 1].at;
    bool plain = p->out_type == d->type && last->result == 1 &&
                 last->out * d->size >= LEAST_LINES * LAX_ALIGNMENT &&
                 (!p->epilogue.residual || last->residual == 1);
    bool kernels =
        machine->isa >= LAX_ISA_AVX2 && (d->type == LAX_F32 || !lax_i_direct_has_epilogue(p));
    return plain && kernels && d->taps * d->in_features <= SHALLOW && !whole_lines(d, p) &&
           is_large(d, p, machine);
}

/* The task's bias as sums' type, filled up to whole blocks. */
void lax_i_direct_start_store(const struct direct_task *t) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct conv_epilogue *e = &p->epilogue;
    if (!d->fused || !e->bias) return;
    int64_t first = t->first_block * d->nb;
    int64_t n = lax_i_min(t->end_block * d->nb, d->out_features) - first;
    const char *bias = t->execution->bias;
    bias +=
        (t->group * e->bias_group + first * e->bias_feature) * (int64_t)lax_dtype_size(p->out_type);
    memset(t->bias, 0, (size_t)d->bias_nbytes);
    lax_i_convert(&d->in, t->bias, 1, bias, e->bias_feature, n);
}

struct tile_store lax_i_direct_store(const struct direct_task *t, int64_t block) {
    const struct direct *d = t->d;
    const struct conv_problem *p = &t->plan->problem.conv;
    const struct conv_epilogue *e = &p->epilogue;
    struct tile_store s = d->store;
    s.out = lax_i_direct_result(t, block);
    if (e->bias) s.bias = t->bias + (block - t->first_block) * d->nb * d->size;
    s.carry = t->sums;
    s.stream = d->stream && (uintptr_t)s.out % LAX_ALIGNMENT == 0;
    s.out_row = t->out_row;
    s.residual_row = t->residual_row;
    if (!e->residual) return s;
    int64_t offset = t->group * e->residual_group + t->image * e->residual_batch +
                     block * d->nb * e->residual_feature;
    for (int i = 0; i < d->n; i++) offset += t->lo[i] * d->axis[i].at.residual;
    s.residual =
        (const char *)t->execution->residual + offset * (int64_t)lax_dtype_size(p->out_type);
    return s;
}
