/* SPDX-License-Identifier: Apache-2.0 */
/* The clock behind the times of verbose lines. */
#include "api/api.h"

#include <time.h>

double lax_i_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}
