/* SPDX-License-Identifier: Apache-2.0 */
/* The header in C++, where the option macros of C do not exist and structs are filled by hand. */
#include <lax/lax.h>
#include <cstdio>

int main() {
    float values[4] = {1, 2, 3, 4};
    float sums[4] = {};
    const int64_t shape[] = {4};
    lax_tensor x = lax_tensor_of(LAX_F32, values, 1, shape);
    lax_tensor y = lax_tensor_of(LAX_F32, sums, 1, shape);
    lax_error why;
    if (lax_cumsum(nullptr, &x, 0, false, &y, &why) != LAX_OK) {
        std::fprintf(stderr, "consumer: %s\n", why.text);
        return 1;
    }
    return sums[3] == 10 ? 0 : 1;
}
