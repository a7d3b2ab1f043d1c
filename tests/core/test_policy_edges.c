/* SPDX-License-Identifier: MIT */
/* Numbers that compiled files hold: another version of the library must come to the same. */
#include "case_policy.h"
#include "case_table.h"
#include "policy_block.h"
#include "policy_set.h"

/* Bytes that differ from each other, in an order that tells machines apart. */
static const char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-"
                            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-";

/* Other numbers are another format: POLICY_LAYOUT has to change with them. */
static const struct {
    const char *name;
    size_t size; /* of `bytes` */
    uint64_t checksum;
} checksums[] = {
    {"nothing", 0, UINT64_C(0x8c33014e2ca3fc68)},
    {"a word", 8, UINT64_C(0xc9d29b438d3ec207)},
    {"two words", 16, UINT64_C(0xec8a128e2be56a3d)},
    {"three words", 24, UINT64_C(0xd3a530f3740c9195)},
    {"all", 128, UINT64_C(0x74ade6b64fb7f5c0)},
};

static void checksums_stay(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(checksums); i++) {
        char got[32];
        char wanted[32];
        (void)snprintf(got, sizeof got, "%016llx",
                       (unsigned long long)cors_block_checksum(bytes, checksums[i].size));
        (void)snprintf(wanted, sizeof wanted, "%016llx", (unsigned long long)checksums[i].checksum);
        expect_text(checksums[i].name, "checksum", case_slice(got), wanted);
    }
}

static const struct {
    const char *name;
    size_t size;
    uint64_t hash;
} hashes[] = {
    {"nothing", 0, UINT64_C(0x2fe87de67fd4f9ef)},
    {"a byte", 1, UINT64_C(0x7e306dc00be7cb49)},
    {"a word", 8, UINT64_C(0x69c3be073774f78d)},
    {"a turn", 48, UINT64_C(0x33db070bfd2ba488)},
    {"more than one", 49, UINT64_C(0x57155f77e441ca35)},
    {"two and more", 100, UINT64_C(0x66305a7a88f6b14f)},
};

static void hashes_stay(void **state) {
    (void)state;
    const uint64_t seed = UINT64_C(0x0123456789abcdef);
    for (size_t i = 0; i < ROWS(hashes); i++) {
        struct set_key key = {{bytes, hashes[i].size}, {NULL, 0}, 0};
        char got[32];
        char wanted[32];
        (void)snprintf(got, sizeof got, "%016llx", (unsigned long long)cors_key_hash(seed, &key));
        (void)snprintf(wanted, sizeof wanted, "%016llx", (unsigned long long)hashes[i].hash);
        expect_text(hashes[i].name, "hash", case_slice(got), wanted);
    }
}

static void a_policy_tells_what_it_is(void **state) {
    (void)state;
    struct case_policy made;
    case_policy_build_sound(&made, "allow_origins https://a.test");
    assert_true(cors_policy_checksum(made.policy) == made.policy->checksum);
    assert_int_equal(made.policy->layout, 2); /* a compiled file of any other is refused */
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_stay),
        cmocka_unit_test(hashes_stay),
        cmocka_unit_test(a_policy_tells_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
