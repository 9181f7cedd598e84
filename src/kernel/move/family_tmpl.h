/* SPDX-License-Identifier: Apache-2.0 */
/* Template: the move kernels of one instruction set for every element size. The file that includes
 * it defines the words of transpose_tmpl.h, and TABLE, the name of the result. */

#define NAME(x) x##_1
#define SIZE 1
#include "kernel/move/size_tmpl.h"
#define NAME(x) x##_2
#define SIZE 2
#include "kernel/move/size_tmpl.h"
#define NAME(x) x##_4
#define SIZE 4
#include "kernel/move/size_tmpl.h"
#define NAME(x) x##_8
#define SIZE 8
#include "kernel/move/size_tmpl.h"
#define NAME(x) x##_16
#define SIZE 16
#include "kernel/move/size_tmpl.h"

/* Whole cache lines bypass the caches; what is beside them is written as usual. */
static void stream(void *dst, const void *src, int64_t nbytes) {
    char *d = dst;
    const char *s = src;
    int64_t head = (int64_t)(-(uintptr_t)d % 64);
    head = head < nbytes ? head : nbytes;
    memcpy(d, s, (size_t)head);
    int64_t i = head;
    for (; i + 64 <= nbytes; i += 64)
        for (int k = 0; k < 64; k += (int)sizeof(vec)) vec_stream(d + i + k, vec_load(s + i + k));
    memcpy(d + i, s + i, (size_t)(nbytes - i));
}

static void fence(void) { _mm_sfence(); }

const struct move_kernels TABLE = {
    .transpose = {transpose_1, transpose_2, transpose_4, transpose_8, transpose_16},
    .reverse = {reverse_1, reverse_2, reverse_4, reverse_8, reverse_16},
    .stream = stream,
    .fence = fence,
};
