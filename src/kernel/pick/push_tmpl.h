/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one push kernel. Parameters: NAME and STEP(a, x) on two numbers of type ACC,
 * consumed; ACC, NUMBER (signed, of ACC's size) and INDEX (of at least 4 bytes). In order of the
 * lanes, each a load, a step and a store: two lanes may meet in one place. */

static void NAME(void *acc_, const void *index_, const int64_t *places, int64_t step,
                 const void *x_, int64_t n) {
    ACC *acc = acc_;
    const ACC *x = x_;
    if (places != NULL) {
        const NUMBER *number = index_;
        for (int64_t l = 0; l < n; l++, acc += step) {
            ACC *to = acc + places[number[l]];
            *to = STEP(*to, x[l]);
        }
        return;
    }
    const INDEX *index = index_, flag = (INDEX)((INDEX)1 << (sizeof(INDEX) * 8 - 2)) * -2;
    for (int64_t l = 0; l < n; l++) {
        ACC *to = acc + (index[l] & ~flag);
        *to = STEP(*to, x[l]);
    }
}

#undef NAME
#undef STEP
