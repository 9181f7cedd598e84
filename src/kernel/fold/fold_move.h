/* SPDX-License-Identifier: Apache-2.0 */
/* Template of strided loads or stores between elements and their working form: to[i * to_step] =
 * CHANGE(from[i * from_step]). Contiguous lanes, pairs and broadcasts get loops of their own, so
 * that the compiler can use vectors. Parameters: NAME, FROM, TO, CHANGE(x). */

static void NAME(void *to_lanes, int64_t to_step, const void *from_lanes, int64_t from_step,
                 int64_t n) {
    TO *restrict to = to_lanes;
    const FROM *restrict from = from_lanes;
    if (to_step == 1 && from_step == 1) {
        for (int64_t i = 0; i < n; i++) to[i] = CHANGE(from[i]);
    } else if (to_step == 1 && from_step == 2) {
        for (int64_t i = 0; i < n; i++) to[i] = CHANGE(from[2 * i]);
    } else if (to_step == 1 && from_step == 0 && n > 0) {
        TO value = CHANGE(from[0]);
        for (int64_t i = 0; i < n; i++) to[i] = value;
    } else {
        for (int64_t i = 0; i < n; i++) to[i * to_step] = CHANGE(from[i * from_step]);
    }
}

#undef NAME
#undef FROM
#undef TO
#undef CHANGE
