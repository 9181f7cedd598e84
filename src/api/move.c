/* SPDX-License-Identifier: Apache-2.0 */
/* Public data movement: pad and its gradients, transpose with conversion, reduce_precision. */
#include "api/api.h"

static lax_status move_operation(lax_op kind, const lax_tensor *operand, const lax_tensor *out,
                                 lax_operation *op, lax_error *why) {
    lax_status s = lax_i_require(operand, "operand", why);
    if (s != LAX_OK) return s;
    *op = LAX_OPERATION(.op = kind, .n_operands = 1);
    op->operands[0] = *operand;
    if (out == NULL) return LAX_OK;
    if (out->rank == -1) return lax_i_fail(why, LAX_ERROR_RANK, "out has rank -1");
    op->n_results = 1;
    op->results[0] = *out;
    return LAX_OK;
}

/* --- pad -------------------------------------------------------------------------------------- */

static lax_status pad_operation(const lax_tensor *operand, const lax_pad_options *options,
                                const lax_tensor *out, lax_operation *op, lax_error *why) {
    lax_status s = move_operation(LAX_OP_PAD, operand, out, op, why);
    if (s != LAX_OK) return s;
    return lax_i_copy_options(&op->pad, sizeof op->pad, options, "LAX_PAD_OPTIONS", why);
}

lax_status lax_pad(lax_context *ctx, const lax_tensor *operand, const void *padding_value,
                   const lax_pad_options *options, lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = lax_i_require(out, "out", why);
    if (s == LAX_OK) s = pad_operation(operand, options, out, &op, why);
    if (s != LAX_OK) return s;
    op.padding_value = padding_value;
    return lax_i_run(ctx, &op, &operand, &out, why);
}

lax_status lax_pad_shape(const lax_tensor *operand, const lax_pad_options *options, lax_tensor *out,
                         lax_error *why) {
    lax_operation op;
    lax_status s = pad_operation(operand, options, NULL, &op, why);
    return s == LAX_OK ? lax_i_infer(&op, 0, out, why) : s;
}

/* The pad that grad is the result of: options copied, grad's shape checked against it. */
static lax_status check_pad_grad(const lax_tensor *grad, const lax_tensor *operand,
                                 const lax_pad_options *options, lax_pad_options *ours,
                                 lax_error *why) {
    lax_tensor expected;
    lax_operation op;
    lax_status s = lax_i_require(grad, "grad", why);
    if (s == LAX_OK) s = pad_operation(operand, options, NULL, &op, why);
    if (s == LAX_OK) s = lax_i_infer(&op, 0, &expected, why);
    if (s != LAX_OK) return s;
    *ours = op.pad;
    lax_tensor form = *grad; /* an input: any strides */
    if (form.rank == expected.rank) memcpy(form.strides, expected.strides, sizeof form.strides);
    return form.rank == -1 ? lax_i_fail(why, LAX_ERROR_RANK, "grad has rank -1")
                           : lax_i_check_result(&form, &expected, "grad", why);
}

/* Data of a gradient's tensors, before anything is written. */
static lax_status check_grad_data(const lax_tensor *grad, const lax_tensor *out, const char *name,
                                  lax_error *why) {
    lax_status s = lax_i_check_tensor(out, name, why);
    if (s != LAX_OK) return s;
    if (grad->data == NULL && lax_tensor_elements(grad) != 0)
        return lax_i_fail(why, LAX_ERROR_NULL, "grad has no data");
    if (out->data == NULL && lax_tensor_elements(out) != 0)
        return lax_i_fail(why, LAX_ERROR_NULL, "%s has no data", name);
    return lax_i_check_overlap(out, grad, false, name, "grad", why);
}

/* The part of grad that operand elements landed on, as a view, and how many operand elements fell
 * off on either side. */
static void landed(const lax_tensor *grad, const lax_tensor *operand, const lax_pad_options *o,
                   lax_tensor *view, lax_pad_options *fallen) {
    *view = *grad;
    *fallen = LAX_PAD_OPTIONS(.low = {0});
    int64_t offset = 0;
    bool none = lax_tensor_elements(grad) == 0; /* its strides need not fit */
    for (int d = 0; d < grad->rank; d++) {
        int64_t step = o->interior[d] + 1, first, count;
        lax_i_pad_lattice((struct pad_range){operand->shape[d], grad->shape[d], o->low[d], step},
                          &first, &count);
        view->shape[d] = count;
        view->strides[d] = count > 1 && !none ? grad->strides[d] * step : 0;
        fallen->low[d] = count == 0 ? 0 : first;
        fallen->high[d] = operand->shape[d] - fallen->low[d] - count;
        if (count > 0 && !none) offset += (o->low[d] + first * step) * grad->strides[d];
    }
    if (view->data != NULL)
        view->data = (char *)view->data + offset * (int64_t)lax_dtype_size(grad->dtype);
}

lax_status lax_pad_grad_operand(lax_context *ctx, const lax_tensor *grad,
                                const lax_pad_options *options, lax_tensor *operand_grad,
                                lax_error *why) {
    lax_pad_options ours, fallen;
    lax_tensor view;
    lax_status s = lax_i_require(operand_grad, "operand_grad", why);
    if (s == LAX_OK) s = check_pad_grad(grad, operand_grad, options, &ours, why);
    if (s == LAX_OK) s = check_grad_data(grad, operand_grad, "operand_grad", why);
    if (s != LAX_OK) return s;
    landed(grad, operand_grad, &ours, &view, &fallen);
    return lax_pad(ctx, &view, NULL, &fallen, operand_grad, why);
}

/* Sums `copy`, a copy of grad, in which the operand's elements (`hole`) are made zero: subtracting
 * two sums instead would cancel. */
static lax_status sum_padding(lax_context *ctx, const lax_tensor *copy, lax_tensor *hole,
                              lax_tensor *value_grad, lax_error *why) {
    static const unsigned char zero[16];
    int32_t dimensions[LAX_MAX_RANK];
    lax_status s = LAX_OK;
    lax_tensor zeros = *hole;
    zeros.data = (void *)(uintptr_t)zero;
    memset(zeros.strides, 0, sizeof zeros.strides);
    if (lax_tensor_elements(hole) != 0) s = lax_transpose(ctx, &zeros, NULL, hole, why);
    for (int d = 0; d < copy->rank; d++) dimensions[d] = d;
    lax_reducer_kind add = copy->dtype == LAX_PRED ? LAX_OR : LAX_ADD;
    return s == LAX_OK ? lax_reduce(ctx, copy, add, copy->rank, dimensions, value_grad, why) : s;
}

lax_status lax_pad_grad_value(lax_context *ctx, const lax_tensor *grad,
                              const int64_t *operand_shape, const lax_pad_options *options,
                              lax_tensor *value_grad, lax_error *why) {
    lax_pad_options ours;
    lax_status s = lax_i_require(grad, "grad", why);
    if (s == LAX_OK) s = lax_i_require(value_grad, "value_grad", why);
    if (s == LAX_OK && grad->rank > 0) s = lax_i_require(operand_shape, "operand_shape", why);
    if (s == LAX_OK) s = lax_i_check_tensor(grad, "grad", why);
    if (s != LAX_OK) return s;
    lax_tensor operand = lax_tensor_of(grad->dtype, NULL, grad->rank, operand_shape);
    lax_tensor scalar = lax_tensor_of(grad->dtype, NULL, 0, NULL), form = *value_grad;
    s = check_pad_grad(grad, &operand, options, &ours, why);
    if (s == LAX_OK) s = check_grad_data(grad, value_grad, "value_grad", why);
    if (s == LAX_OK) s = lax_i_check_result(&form, &scalar, "value_grad", why);
    if (s != LAX_OK) return s;
    const lax_allocator *allocator = &lax_i_context(ctx)->runtime->allocator;
    lax_tensor copy = lax_tensor_of(grad->dtype, NULL, grad->rank, grad->shape);
    size_t nbytes = (size_t)lax_tensor_elements(grad) * lax_dtype_size(grad->dtype);
    copy.data = lax_i_allocate(allocator, nbytes);
    if (copy.data == NULL)
        return lax_i_fail(why, LAX_ERROR_MEMORY, "%zu bytes for a copy of grad cannot be had",
                          nbytes);
    lax_pad_options fallen;
    lax_tensor hole;
    landed(&copy, &operand, &ours, &hole, &fallen);
    s = lax_transpose(ctx, grad, NULL, &copy, why);
    if (s == LAX_OK) s = sum_padding(ctx, &copy, &hole, value_grad, why);
    lax_i_release(allocator, copy.data, nbytes);
    return s;
}

/* --- transpose -------------------------------------------------------------------------------- */

static lax_status transpose_operation(const lax_tensor *operand, const int32_t *permutation,
                                      const lax_tensor *out, lax_operation *op, lax_error *why) {
    lax_status s = move_operation(LAX_OP_TRANSPOSE, operand, out, op, why);
    if (s != LAX_OK) return s;
    for (int d = 0; d < operand->rank && d < LAX_MAX_RANK; d++)
        op->permutation[d] = permutation == NULL ? d : permutation[d];
    return LAX_OK;
}

lax_status lax_transpose(lax_context *ctx, const lax_tensor *operand, const int32_t *permutation,
                         lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = lax_i_require(out, "out", why);
    if (s == LAX_OK) s = transpose_operation(operand, permutation, out, &op, why);
    return s == LAX_OK ? lax_i_run(ctx, &op, &operand, &out, why) : s;
}

lax_status lax_transpose_shape(const lax_tensor *operand, const int32_t *permutation,
                               lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = transpose_operation(operand, permutation, NULL, &op, why);
    return s == LAX_OK ? lax_i_infer(&op, 0, out, why) : s;
}

lax_status lax_layout_permutation(const char *from, const char *to,
                                  int32_t permutation[LAX_MAX_RANK], lax_error *why) {
    lax_status s = lax_i_require(from, "from", why);
    if (s == LAX_OK) s = lax_i_require(to, "to", why);
    if (s == LAX_OK) s = lax_i_require(permutation, "permutation", why);
    if (s != LAX_OK) return s;
    size_t n = strlen(from);
    if (n != strlen(to) || n > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_LABELS_LENGTH,
                          "layouts must be of one length up to %d, got \"%.30s\" and \"%.30s\"",
                          LAX_MAX_RANK, from, to);
    for (size_t i = 0; i < n; i++) {
        const char *at = strchr(from, to[i]);
        if (strchr(from + i + 1, from[i]) != NULL)
            return lax_i_fail(why, LAX_ERROR_LABELS_DUPLICATE, "layout \"%s\" has '%c' twice", from,
                              from[i]);
        if (strchr(to + i + 1, to[i]) != NULL)
            return lax_i_fail(why, LAX_ERROR_LABELS_DUPLICATE, "layout \"%s\" has '%c' twice", to,
                              to[i]);
        if (at == NULL)
            return lax_i_fail(why, LAX_ERROR_LABELS_SPATIAL,
                              "layout \"%s\" lacks the '%c' of \"%s\"", from, to[i], to);
        permutation[i] = (int32_t)(at - from);
    }
    return LAX_OK;
}

/* --- reduce_precision ------------------------------------------------------------------------- */

lax_status lax_reduce_precision(lax_context *ctx, const lax_tensor *operand, int32_t exponent_bits,
                                int32_t mantissa_bits, lax_tensor *out, lax_error *why) {
    lax_operation op;
    lax_status s = lax_i_require(out, "out", why);
    if (s == LAX_OK) s = move_operation(LAX_OP_REDUCE_PRECISION, operand, out, &op, why);
    if (s != LAX_OK) return s;
    op.exponent_bits = exponent_bits;
    op.mantissa_bits = mantissa_bits;
    return lax_i_run(ctx, &op, &operand, &out, why);
}
