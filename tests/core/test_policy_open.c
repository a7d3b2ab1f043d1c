/* SPDX-License-Identifier: MIT */
/* Compiled policies that somebody else may have written. The blocks lie beside inaccessible pages.
 */
#include "case_block.h"
#include "case_policy.h"
#include "case_table.h"
#include "policy_block.h"

/* Policies that together have all that a block can have. */
static const char *const policies[] = {
    "allow_origins https://app.example\n",

    "accept_risks null-origin\n"
    "path /api/*\n"
    "allow_origins https://app.example\n"
    "allow_origins https://*.deep.example\n"
    "allow_origins https://pr-*.one.example\n"
    "allow_origins https://{label}.two.example:81\n"
    "allow_origins https://[2001:db8::1]:*\n"
    "allow_origins https://*.three.example:*\n"
    "allow_origins http://127.0.0.1:8080\n"
    "accept_risks loopback-in-production\n"
    "allow_origins null\n"
    "allow_methods *\n"
    "allow_methods PUT\n"
    "allow_headers *\n"
    "allow_headers Authorization\n"
    "policy\n"
    "path /api/exact\n"
    "allow_origins *\n"
    "allow_methods PATCH\n"
    "allow_methods PUT\n"
    "allow_methods PUT\n"
    "allow_headers X-One\n"
    "allow_headers Content-Type\n"
    "expose_headers *\n"
    "max_age 10m\n"
    "policy\n"
    "path /api/deep/*\n"
    "allow_origins https://app.example\n"
    "allow_credentials true\n"
    "allow_methods *\n"
    "allow_headers *\n"
    "expose_headers X-Request-Id\n"
    "expose_headers ETag\n"
    "preflight_status 200\n"
    "max_age 0\n"
    "policy\n"
    "path /api/deep/er\n"
    "allow_origins https://app.example\n",

    /* More forms under one parent than a shape can name. */
    "allow_origins https://a*.forms.example\n"
    "allow_origins https://ab*.forms.example\n"
    "allow_origins https://abc*.forms.example\n"
    "allow_origins https://abcd*.forms.example\n"
    "allow_origins https://abcde*.forms.example\n"
    "allow_origins https://abcdef*.forms.example\n"
    "allow_origins https://*-x.forms.example\n"
    "allow_origins https://a0*e5.q.forms.example\n"
    "allow_origins https://b*-y.forms.example\n"
    "allow_origins https://{label}.forms.example\n"
    "allow_origins https://c.d.*.forms.example\n"
    "allow_headers X-One\n"
    "allow_headers X-Two\n"
    "allow_headers X-Three\n"
    "allow_headers X-Four\n",

    /* Wildcards at every place, with every kind of port behind. */
    "accept_risks public-suffix-wildcard\n"
    "allow_origins https://begin.*\n"
    "allow_origins https://port.*:8443\n"
    "allow_origins https://open.*:*\n"
    "allow_origins https://part.x*:8443\n"
    "allow_origins https://label.{label}:8443\n"
    "allow_origins https://in.*.middle.example:8443\n"
    "allow_origins https://in.{label}.middle.example:*\n"
    "allow_origins https://*.front.example.:8443\n",
};

/* A policy and a copy of its block. */
struct opened {
    struct case_policy made;
    struct case_block block;
};

static void begin(struct opened *opened, const char *lines) {
    case_policy_build_sound(&opened->made, lines);
    case_block_begin(&opened->block, opened->made.policy);
}

/* The block as it was compiled. */
static void restore(struct opened *opened) {
    memcpy(opened->block.start, opened->made.policy, opened->block.size);
}

static void end(struct opened *opened) {
    case_block_end(&opened->block);
    case_policy_end(&opened->made);
}

static void expect_fault(const struct opened *opened, const char *wanted) {
    const cors_policy *policy;
    expect_text(wanted, "the fault", case_block_open(&opened->block, &policy), wanted);
}

static void what_a_builder_made_is_taken(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct opened opened;
        begin(&opened, policies[i]);
        expect_fault(&opened, "");
        case_block_exercise((const cors_policy *)(const void *)opened.block.start);
        end(&opened);
    }
}

static void a_policy_says_its_environment(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_for(&made, "st\303\244ging\n", "allow_origins https://app.example\n");
    struct case_block block;
    const cors_policy *policy;
    case_block_begin(&block, made.policy);
    assert_int_equal(case_block_open(&block, &policy).size, 0);
    expect_text("named", "the environment", cors_policy_environment(policy), "st\303\244ging\n");
    case_block_end(&block);
    case_policy_end(&made);
    case_policy_build(&made, "allow_origins https://app.example\n");
    expect_text("none", "the environment", cors_policy_environment(made.policy), "production");
    case_policy_end(&made);
}

static void the_same_input_makes_the_same_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct case_policy one;
        struct case_policy other;
        case_policy_build_sound(&one, policies[i]);
        case_policy_build_sound(&other, policies[i]);
        assert_int_equal(cors_policy_size(one.policy), cors_policy_size(other.policy));
        assert_memory_equal(one.policy, other.policy, cors_policy_size(one.policy));
        assert_true(cors_policy_checksum(one.policy) == cors_policy_checksum(other.policy));
        case_policy_end(&one);
        case_policy_end(&other);
    }
}

/* As many bytes as there are, at the very end of what may be read. */
static void what_is_cut_short_is_refused(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, policies[1]);
    cors_policy *head = (cors_policy *)(void *)opened.block.start;
    for (size_t size = 0; size < opened.block.size; size += 8) {
        struct case_block cut = opened.block;
        const cors_policy *policy;
        cut.size = size;
        cut.start = opened.block.start + opened.block.size - size;
        memmove(cut.start, opened.made.policy, size);
        assert_true(case_block_open(&cut, &policy).size > 0);
        /* And where the file itself says that it is no longer. */
        if (size >= sizeof *head) {
            ((cors_policy *)(void *)cut.start)->size = size;
            case_block_mend(&cut);
            assert_true(case_block_open(&cut, &policy).size > 0);
        }
    }
    for (size_t size = 0; size < opened.block.size; size++) {
        const cors_policy *policy;
        restore(&opened);
        assert_int_equal(cors_policy_open(opened.block.start, size, &policy, NULL), CORS_INVALID);
    }
    end(&opened);
}

static void a_block_lies_at_a_multiple_of_8(void **state) {
    struct opened opened;
    (void)state;
    begin(&opened, policies[0]);
    for (size_t by = 1; by < 8; by++) {
        struct case_block moved = opened.block;
        const cors_policy *policy;
        moved.start -= by;
        memmove(moved.start, opened.made.policy, moved.size);
        expect_text("moved", "the fault", case_block_open(&moved, &policy),
                    "The block does not lie at a multiple of 8.");
    }
    const cors_policy *policy;
    assert_int_equal(cors_policy_open(NULL, 0, &policy, NULL), CORS_INVALID);
    end(&opened);
}

static void a_changed_byte_is_noticed(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct opened opened;
        begin(&opened, policies[i]);
        for (size_t at = 0; at < opened.block.size; at++) {
            for (unsigned change = 1; change < 256; change++) {
                const cors_policy *policy;
                opened.block.start[at] = (char)(opened.block.start[at] ^ (char)change);
                assert_true(case_block_open(&opened.block, &policy).size > 0);
                opened.block.start[at] = (char)(opened.block.start[at] ^ (char)change);
            }
        }
        end(&opened);
    }
}

static void a_changed_byte_with_a_fitting_checksum_does_no_harm(void **state) {
    static const uint8_t changes[] = {1, 2, 4, 8, 16, 32, 64, 128, 255, 0x03, 0x07, 0x2a ^ 0x2e};
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct opened opened;
        begin(&opened, policies[i]);
        for (size_t at = 0; at < opened.block.size; at++) {
            for (size_t change = 0; change < ROWS(changes); change++) {
                opened.block.start[at] = (char)(opened.block.start[at] ^ (char)changes[change]);
                case_block_mend(&opened.block);
                (void)case_block_try(&opened.block);
                case_block_retag(&opened.block, opened.made.policy);
                case_block_mend(&opened.block);
                (void)case_block_try(&opened.block);
                restore(&opened);
            }
        }
        end(&opened);
    }
}

static uint64_t next_number(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Bytes and words that a hand might put there, or another part of the block. */
static void mutate(struct case_block *block, uint64_t *random) {
    static const uint32_t words[] = {0, 1, 7, 8, 24, 25, UINT32_MAX, INT32_MAX, 0x80000000, 4096};
    static const char bytes[] = "*./:-x0,\r\n\0\377[";
    size_t at = next_number(random) % block->size;
    size_t word = at / 4 * 4;
    size_t other = next_number(random) % block->size / 4 * 4;
    uint32_t value = words[next_number(random) % ROWS(words)];
    switch (next_number(random) % 6) {
    case 0:
        block->start[at] = (char)next_number(random);
        break;
    case 1:
        block->start[at] = bytes[next_number(random) % (sizeof bytes - 1)];
        break;
    case 2:
        memcpy(block->start + word, &value, sizeof value);
        break;
    case 3:
        memcpy(&value, block->start + word, sizeof value);
        value += (uint32_t)(next_number(random) % 33) - 16;
        memcpy(block->start + word, &value, sizeof value);
        break;
    case 4:
        memmove(block->start + word, block->start + other, 4);
        break;
    default:
        other = other > block->size - 16 ? 0 : other;
        word = word > block->size - 16 ? 0 : word;
        memmove(block->start + word, block->start + other, 16);
        break;
    }
}

static void random_changes_do_no_harm(void **state) {
    enum { TRIES = 100000 };
    uint64_t random = UINT64_C(0x2545f4914f6cdd1d);
    size_t taken = 0;
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct opened opened;
        begin(&opened, policies[i]);
        for (int try = 0; try < TRIES; try++) {
            for (uint64_t left = next_number(&random) % 4 + 1; left > 0; left--) {
                mutate(&opened.block, &random);
            }
            if (next_number(&random) % 2 == 0) {
                case_block_retag(&opened.block, opened.made.policy);
            }
            case_block_mend(&opened.block);
            taken += case_block_try(&opened.block);
            restore(&opened);
        }
        end(&opened);
    }
    /* A test that never gets beyond the checks would not see what they let pass. */
    assert_true(taken > TRIES / 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_builder_made_is_taken),
        cmocka_unit_test(a_policy_says_its_environment),
        cmocka_unit_test(the_same_input_makes_the_same_bytes),
        cmocka_unit_test(what_is_cut_short_is_refused),
        cmocka_unit_test(a_block_lies_at_a_multiple_of_8),
        cmocka_unit_test(a_changed_byte_is_noticed),
        cmocka_unit_test(a_changed_byte_with_a_fitting_checksum_does_no_harm),
        cmocka_unit_test(random_changes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
