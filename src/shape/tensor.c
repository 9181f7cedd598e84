/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of single tensors: rank, sizes, type, reach in memory, results that must be injective,
 * outputs that must not overlap. */
#include "shape/shape.h"

static bool empty(const lax_tensor *t) {
    for (int d = 0; d < t->rank; d++)
        if (t->shape[d] == 0) return true;
    return false;
}

/* Bytes from the lowest to one past the highest element; false when that does not fit. low gets
 * the (negative) byte offset of the lowest element. */
static bool extent(const lax_tensor *t, int64_t *low, int64_t *nbytes) {
    int64_t lo = 0, hi = 0, size = (int64_t)lax_dtype_size(t->dtype);
    if (empty(t)) return *low = *nbytes = 0, true;
    for (int d = 0; d < t->rank; d++) {
        int64_t reach;
        if (!lax_i_mul(t->shape[d] - 1, t->strides[d], &reach)) return false;
        if (!lax_i_add(reach < 0 ? lo : hi, reach, reach < 0 ? &lo : &hi)) return false;
    }
    return lax_i_mul(lo, size, low) && lax_i_sub(hi, lo, &hi) && lax_i_add(hi, 1, &hi) &&
           lax_i_mul(hi, size, nbytes);
}

lax_status lax_i_check_tensor(const lax_tensor *tensor, const char *name, lax_error *why) {
    int64_t low, nbytes, count;
    if (!lax_i_dtype_valid(tensor->dtype))
        return lax_i_fail(why, LAX_ERROR_DTYPE, "%s has element type %d, which is none", name,
                          (int)tensor->dtype);
    if (tensor->rank < 0 || tensor->rank > LAX_MAX_RANK)
        return lax_i_fail(why, LAX_ERROR_RANK, "%s must have rank 0 to %d, got %d", name,
                          LAX_MAX_RANK, tensor->rank);
    for (int d = 0; d < tensor->rank; d++)
        if (tensor->shape[d] < 0)
            return lax_i_fail(why, LAX_ERROR_SIZE, "%s has size %lld in dimension %d", name,
                              (long long)tensor->shape[d], d);
    if (!lax_i_product(tensor->rank, tensor->shape, &count) ||
        !lax_i_mul(count, (int64_t)lax_dtype_size(tensor->dtype), &count))
        return lax_i_fail(why, LAX_ERROR_OVERFLOW, "%s has more bytes than an int64_t can count",
                          name);
    if (!extent(tensor, &low, &nbytes))
        return lax_i_fail(why, LAX_ERROR_OVERFLOW, "strides of %s reach beyond 2^63 bytes", name);
    return LAX_OK;
}

void lax_i_form(lax_tensor *out, lax_dtype dtype, int32_t rank, const int64_t *shape) {
    *out = lax_tensor_of(dtype, NULL, rank, shape);
}

/* --- results ---------------------------------------------------------------------------------- */

/* Sufficient, and exact for every layout that slicing, permuting and padding of rows can give:
 * in order of |stride|, each dimension must step over all that the smaller ones reach. */
static bool injective(const lax_tensor *t) {
    bool used[LAX_MAX_RANK] = {false};
    int64_t reach = 0;
    for (int d = 0; d < t->rank; d++) used[d] = t->shape[d] == 1; /* any stride, even -2^63 */
    for (int n = 0; n < t->rank; n++) {
        int next = -1;
        for (int d = 0; d < t->rank; d++)
            if (!used[d] &&
                (next < 0 || lax_i_magnitude(t->strides[d]) < lax_i_magnitude(t->strides[next])))
                next = d;
        if (next < 0 || t->shape[next] == 0) return true;
        used[next] = true;
        if (lax_i_magnitude(t->strides[next]) <= reach) return false;
        reach += (t->shape[next] - 1) * lax_i_magnitude(t->strides[next]);
    }
    return true;
}

lax_status lax_i_check_result(lax_tensor *result, const lax_tensor *expected, const char *name,
                              lax_error *why) {
    if (result->rank == -1) return *result = *expected, LAX_OK;
    lax_status s = lax_i_check_tensor(result, name, why);
    if (s != LAX_OK) return s;
    if (result->dtype != expected->dtype)
        return lax_i_fail(why, LAX_ERROR_DTYPE_MISMATCH, "%s must have element type %s, got %s",
                          name, lax_dtype_name(expected->dtype), lax_dtype_name(result->dtype));
    if (result->rank != expected->rank)
        return lax_i_fail(why, LAX_ERROR_RANK_MISMATCH, "%s must have rank %d, got %d", name,
                          expected->rank, result->rank);
    for (int d = 0; d < result->rank; d++)
        if (result->shape[d] != expected->shape[d])
            return lax_i_fail(why, LAX_ERROR_SHAPE_MISMATCH,
                              "%s must have size %lld in dimension %d, got %lld", name,
                              (long long)expected->shape[d], d, (long long)result->shape[d]);
    if (!empty(result) && !injective(result))
        return lax_i_fail(why, LAX_ERROR_NOT_INJECTIVE,
                          "strides of %s may map two elements to one address", name);
    return LAX_OK;
}

/* --- overlap ---------------------------------------------------------------------------------- */

/* A tensor's addresses as blocks of `nbytes` at low + a combination of strides, whose gcd is
 * `step` (0: one block only). Dimensions that continue a block are merged into it. */
struct lattice {
    uintptr_t low;
    int64_t nbytes, extent, step;
};

static struct lattice lattice_of(const lax_tensor *t) {
    struct lattice l = {.nbytes = (int64_t)lax_dtype_size(t->dtype)};
    int64_t size = l.nbytes, low;
    bool merged[LAX_MAX_RANK] = {false};
    extent(t, &low, &l.extent);
    for (int d = 0; d < t->rank; d++) merged[d] = t->shape[d] == 1;
    l.low = (uintptr_t)t->data + (uintptr_t)low;
    for (bool again = true; again;) {
        again = false;
        for (int d = 0; d < t->rank; d++) {
            if (merged[d] || lax_i_magnitude(t->strides[d]) * size != l.nbytes) continue;
            merged[d] = again = true;
            l.nbytes *= t->shape[d];
        }
    }
    for (int d = 0; d < t->rank; d++)
        if (!merged[d]) l.step = lax_i_gcd(l.step, lax_i_magnitude(t->strides[d]) * size);
    return l;
}

static bool disjoint(const lax_tensor *a, const lax_tensor *b) {
    struct lattice x = lattice_of(a), y = lattice_of(b);
    if (x.low + (uintptr_t)x.extent <= y.low || y.low + (uintptr_t)y.extent <= x.low) return true;
    int64_t step = lax_i_gcd(x.step, y.step);
    if (step == 0) return false;
    int64_t apart = y.low >= x.low ? (int64_t)((y.low - x.low) % (uintptr_t)step)
                                   : step - 1 - (int64_t)((x.low - y.low - 1) % (uintptr_t)step);
    return apart >= x.nbytes && step - apart >= y.nbytes;
}

static bool identical(const lax_tensor *a, const lax_tensor *b) {
    if (a->data != b->data || a->dtype != b->dtype || a->rank != b->rank) return false;
    for (int d = 0; d < a->rank; d++)
        if (a->shape[d] != b->shape[d] || (a->shape[d] > 1 && a->strides[d] != b->strides[d]))
            return false;
    return true;
}

lax_status lax_i_check_overlap(const lax_tensor *output, const lax_tensor *other,
                               bool identical_allowed, const char *output_name,
                               const char *other_name, lax_error *why) {
    if (empty(output) || empty(other) || disjoint(output, other)) return LAX_OK;
    if (identical_allowed && identical(output, other)) return LAX_OK;
    return lax_i_fail(why, LAX_ERROR_OVERLAP, "%s (at %p) overlaps %s (at %p)", output_name,
                      output->data, other_name, other->data);
}
