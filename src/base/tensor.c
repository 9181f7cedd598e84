/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of tensors: row-major strides, permuted views, element counts. */
#include "base/base.h"

bool lax_i_product(int n, const int64_t *sizes, int64_t *out) {
    int64_t product = 1;
    bool fits = true;
    for (int i = 0; i < n; i++) {
        if (sizes[i] == 0) return *out = 0, true; /* empty, whatever the others say */
        fits = fits && lax_i_mul(product, sizes[i], &product);
    }
    *out = product;
    return fits;
}

void lax_i_row_major(lax_tensor *tensor) {
    uint64_t stride = 1;
    for (int d = tensor->rank - 1; d >= 0; d--) {
        tensor->strides[d] = (int64_t)stride;
        stride *= tensor->shape[d] > 1 ? (uint64_t)tensor->shape[d] : 1;
    }
}

lax_tensor lax_tensor_of(lax_dtype dtype, void *data, int32_t rank, const int64_t *shape) {
    lax_tensor tensor = {.data = data, .dtype = dtype, .rank = rank};
    if (rank <= 0 || rank > LAX_MAX_RANK || shape == NULL) return tensor;
    memcpy(tensor.shape, shape, (size_t)rank * sizeof *shape);
    lax_i_row_major(&tensor);
    return tensor;
}

lax_tensor lax_tensor_permuted(const lax_tensor *tensor, const int32_t *permutation) {
    lax_tensor view = *tensor;
    for (int d = 0; d < tensor->rank && d < LAX_MAX_RANK; d++) {
        view.shape[d] = tensor->shape[permutation[d]];
        view.strides[d] = tensor->strides[permutation[d]];
    }
    return view;
}

int64_t lax_tensor_elements(const lax_tensor *tensor) {
    int64_t count;
    if (tensor == NULL || tensor->rank < 0 || tensor->rank > LAX_MAX_RANK) return -1;
    for (int d = 0; d < tensor->rank; d++)
        if (tensor->shape[d] < 0) return -1;
    return lax_i_product(tensor->rank, tensor->shape, &count) ? count : -1;
}
