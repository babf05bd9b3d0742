/* Hashes are written down, in seeds and signatures: their values may never change. */
#include "base/hash.h"

#include <criterion/criterion.h>

Test(hash, values_are_these_for_ever)
{
    cr_assert_eq(hash_mix(0), UINT64_C(0xe220a8397b1dcdaf), "first output of SplitMix64 seeded with 0");
    cr_assert_eq(hash_mix(UINT64_C(0x9e3779b97f4a7c15)), UINT64_C(0x6e789e6aa1b965f4), "the second");
    cr_assert_eq(hash_text(""), hash_mix(UINT64_C(0xcbf29ce484222325)), "FNV-1a of nothing");
    cr_assert_eq(hash_text("a"), hash_mix(UINT64_C(0xaf63dc4c8601ec8c)), "FNV-1a of 'a'");
    cr_assert_eq(hash_text("foobar"), hash_mix(UINT64_C(0x85944171f73967e8)), "FNV-1a of 'foobar'");
}

Test(hash, order_matters)
{
    cr_assert_neq(hash_add(hash_add(0, 1), 2), hash_add(hash_add(0, 2), 1));
    cr_assert_neq(hash_text("ab"), hash_text("ba"));
}

Test(hash, of_bytes_above_127_is_of_unsigned_ones)
{
    cr_assert_eq(hash_text("\xff"), hash_mix((UINT64_C(0xcbf29ce484222325) ^ 0xff) * 0x100000001b3u));
}

/* About half of the outputs change with each input bit. */
Test(hash, every_input_bit_counts)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        unsigned changed = 0;
        for (uint64_t value = 0; value < 100; value++)
            changed += (unsigned)__builtin_popcountll(hash_mix(value) ^ hash_mix(value ^ UINT64_C(1) << bit));
        cr_expect(changed > 100 * 24 && changed < 100 * 40, "bit %u: %u of 6400", bit, changed);
    }
}
