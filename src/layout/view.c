/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of strided views brought into few dimensions. */
#include "layout/layout.h"

/* Insertion sort by |out stride|, then |in stride|, descending: ranks are small. */
static void sort_dims(int n, int64_t *size, int64_t *in, int64_t *out) {
    for (int i = 1; i < n; i++) {
        int64_t s = size[i], a = in[i], b = out[i];
        int j = i;
        for (; j > 0 && (lax_i_magnitude(out[j - 1]) < lax_i_magnitude(b) ||
                         (lax_i_magnitude(out[j - 1]) == lax_i_magnitude(b) &&
                          lax_i_magnitude(in[j - 1]) < lax_i_magnitude(a)));
             j--)
            size[j] = size[j - 1], in[j] = in[j - 1], out[j] = out[j - 1];
        size[j] = s, in[j] = a, out[j] = b;
    }
}

/* Whether a step of the outer dimension goes on where `size` steps of the inner one end. That end
 * is never walked to and may not fit. */
static bool continues(int64_t outer, int64_t size, int64_t inner) {
    int64_t end;
    return lax_i_mul(size, inner, &end) && outer == end;
}

int lax_i_merge_dims(int rank, int64_t *size, int64_t *in_stride, int64_t *out_stride) {
    int n = 0;
    for (int d = 0; d < rank; d++) {
        if (size[d] == 0) return size[0] = in_stride[0] = out_stride[0] = 0, 1;
        if (size[d] == 1) continue;
        size[n] = size[d], in_stride[n] = in_stride[d], out_stride[n] = out_stride[d];
        n++;
    }
    sort_dims(n, size, in_stride, out_stride);
    int merged = 0;
    for (int d = 1; d < n; d++) {
        int m = merged;
        if (continues(in_stride[m], size[d], in_stride[d]) &&
            continues(out_stride[m], size[d], out_stride[d])) {
            size[m] *= size[d];
        } else {
            m = ++merged;
            size[m] = size[d];
        }
        in_stride[m] = in_stride[d], out_stride[m] = out_stride[d];
    }
    return n == 0 ? 0 : merged + 1;
}
