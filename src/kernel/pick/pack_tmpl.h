/* SPDX-License-Identifier: Apache-2.0 */
/* Template of one pack kernel. Parameters, consumed: PACK_NAME, ELEM (an unsigned integer of the
 * key's size), KEY_OF(x), its place in the order of keys as int32_t, IS_NAN(x); and of the packed
 * form PACKED, UNSIGNED and PACK_BITS, the bits of an index. */

static bool PACK_NAME(void *packed, const void *keys, const struct pack_rule *rule, int64_t first,
                      int64_t n) {
    PACKED *to = packed;
    const ELEM *x = keys;
    const int32_t flip = rule->least ? -1 : 0;
    const uint32_t mask = (uint32_t)(((uint64_t)1 << PACK_BITS) - 1);
    const uint32_t step = rule->last ? 1 : (uint32_t)-1;
    const uint32_t begin = (rule->last ? 1 : mask) + (uint32_t)first * step;
    int32_t any = 0;
    for (int64_t i = 0; i < n; i++) {
        uint32_t bits = x[i], low = begin + (uint32_t)i * step;
        int32_t key = KEY_OF(bits) ^ flip;
        any |= IS_NAN(bits);
        to[i] = (PACKED)((UNSIGNED)(PACKED)key << PACK_BITS | low);
    }
    return any != 0;
}

#undef PACK_NAME
#undef ELEM
#undef KEY_OF
#undef IS_NAN
