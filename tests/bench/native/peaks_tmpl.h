/* SPDX-License-Identifier: Apache-2.0 */
/* One loop of independent multiply-adds. The including file names the function FMA_NAME, its
 * ELEMENT, bytes of a vector and TARGET. Twelve chains hide a latency of six on two ports, and
 * leave registers for the operands even where there are sixteen. */
typedef ELEMENT FMA_VECTOR __attribute__((vector_size(VECTOR_BYTES)));

TARGET static double FMA_NAME(int rounds) {
    FMA_VECTOR a0 = {1}, a1 = {2}, a2 = {3}, a3 = {4}, a4 = {5}, a5 = {6};
    FMA_VECTOR a6 = {7}, a7 = {8}, a8 = {9}, a9 = {10}, a10 = {11}, a11 = {12};
    FMA_VECTOR x = {0.5f}, y = {0.25f};
    __asm__ volatile("" : "+m"(x), "+m"(y));
    for (int i = 0; i < rounds; i++) {
        a0 = a0 * x + y, a1 = a1 * x + y, a2 = a2 * x + y, a3 = a3 * x + y;
        a4 = a4 * x + y, a5 = a5 * x + y, a6 = a6 * x + y, a7 = a7 * x + y;
        a8 = a8 * x + y, a9 = a9 * x + y, a10 = a10 * x + y, a11 = a11 * x + y;
    }
    FMA_VECTOR sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11;
    __asm__ volatile("" : "+m"(sum));
    return sum[0];
}

#undef FMA_NAME
#undef FMA_VECTOR
#undef ELEMENT
#undef VECTOR_BYTES
#undef TARGET
