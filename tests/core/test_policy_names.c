/* SPDX-License-Identifier: MIT */
#include "policy_names.h"

#include "case_table.h"

/* The rules as the documentation has them; a number that moves breaks whoever stored one. */
static const struct {
    const char *name;
    int number;
    const char *severity;
    bool acceptable;
} rules[] = {
    {"origin-syntax", 1, "error", false},
    {"origin-path", 2, "error", false},
    {"origin-default-port", 3, "error", false},
    {"origin-userinfo", 4, "error", false},
    {"wildcard-with-credentials", 5, "error", false},
    {"wildcard-expose-with-credentials", 6, "error", false},
    {"method-syntax", 7, "error", false},
    {"forbidden-method", 8, "error", false},
    {"header-syntax", 9, "error", false},
    {"forbidden-request-header", 10, "error", false},
    {"forbidden-response-header", 11, "error", false},
    {"max-age-range", 12, "error", false},
    {"path-syntax", 13, "error", false},
    {"duplicate-path", 14, "error", false},
    {"unknown-key", 15, "error", false},
    {"duplicate-key", 16, "error", false},
    {"wrong-type", 17, "error", false},
    {"missing-origins", 18, "error", false},
    {"unreadable-file", 19, "error", false},
    {"yaml-syntax", 20, "error", false},
    {"null-origin", 21, "error", true},
    {"insecure-origin-with-credentials", 22, "error", true},
    {"public-suffix-wildcard", 23, "error", true},
    {"loopback-in-production", 24, "error", true},
    {"insecure-origin", 25, "warning", true},
    {"redundant-origin", 26, "warning", true},
    {"method-case", 27, "warning", true},
    {"wildcard-methods", 28, "warning", true},
    {"wildcard-headers", 29, "warning", true},
    {"exposes-sensitive-header", 30, "warning", true},
    {"unused-environment", 31, "warning", true},
    {"unknown-risk", 32, "warning", false},
    {"no-origins-left", 33, "warning", true},
    {"max-age-capped", 34, "info", true},
    {"max-age-missing", 35, "info", true},
    {"safelisted-method", 36, "info", true},
    {"safelisted-header", 37, "info", true},
    {"origin-converted", 38, "info", true},
};

static void rules_are_pinned(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(rules); i++) {
        const struct cors_rule_row *row = cors_rule_row((cors_rule)rules[i].number);
        cors_slice nearest;
        assert_non_null(row);
        expect_text(rules[i].name, "the name", case_slice(row->name), rules[i].name);
        expect_text(rules[i].name, "the public name",
                    case_slice(cors_rule_name((cors_rule)rules[i].number)), rules[i].name);
        expect_text(rules[i].name, "the severity", case_slice(cors_severity_name(row->severity)),
                    rules[i].severity);
        expect_number(rules[i].name, "acceptable", row->acceptable, rules[i].acceptable);
        expect_number(rules[i].name, "the number", row->rule, rules[i].number);
        expect_number(rules[i].name, "the number found",
                      cors_rule_find(case_slice(rules[i].name), &nearest), rules[i].number);
    }
}

static void other_numbers_have_no_name(void **state) {
    static const int numbers[] = {0, -1, (int)ROWS(rules) + 1, 1000};
    (void)state;
    for (size_t i = 0; i < ROWS(numbers); i++) {
        assert_null(cors_rule_row((cors_rule)numbers[i]));
        assert_string_equal(cors_rule_name((cors_rule)numbers[i]), "");
    }
    assert_string_equal(cors_severity_name((cors_severity)3), "");
    assert_string_equal(cors_severity_name((cors_severity)-1), "");
}

static void severities_are_pinned(void **state) {
    (void)state;
    assert_string_equal(cors_severity_name((cors_severity)0), "info");
    assert_string_equal(cors_severity_name((cors_severity)1), "warning");
    assert_string_equal(cors_severity_name((cors_severity)2), "error");
}

static void the_version_is_that_of_the_header(void **state) {
    char version[32];
    (void)state;
    snprintf(version, sizeof version, "%d.%d.%d", CORS_VERSION_MAJOR, CORS_VERSION_MINOR,
             CORS_VERSION_PATCH);
    assert_string_equal(cors_version(), version);
}

/* Rules that almost have this name; only such as can be accepted are proposed. */
static const struct {
    const char *name;
    const char *nearest;
} risks[] = {
    {"null_origin", "null-origin"},
    {"Null-Origin", "null-origin"},
    {"nul-origin", "null-origin"},
    {"null", ""},
    {"public-suffix", ""},
    {"public-sufix-wildcard", "public-suffix-wildcard"},
    {"loopback-in-prodution", "loopback-in-production"},
    {"insecure-origin-with-credential", "insecure-origin-with-credentials"},
    {"insecure-origins", "insecure-origin"},
    {"methods-case", "method-case"},
    {"header-sintax", ""}, /* nearest to a rule that cannot be accepted */
    {"", ""},
    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""},
};

static void near_rules_are_proposed(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(risks); i++) {
        cors_slice nearest;
        expect_number(risks[i].name, "the rule",
                      cors_rule_find(case_slice(risks[i].name), &nearest), 0);
        expect_text(risks[i].name, "the nearest", nearest, risks[i].nearest);
    }
}

static const struct {
    const char *name;
    int key;
    const char *nearest;
} keys[] = {
    {"path", 1, ""},
    {"allow_origins", 2, ""},
    {"allow_methods", 3, ""},
    {"allow_headers", 4, ""},
    {"expose_headers", 5, ""},
    {"allow_credentials", 6, ""},
    {"max_age", 7, ""},
    {"preflight_status", 8, ""},
    {"accept_risks", 9, ""},
    {"allow-origins", 0, "allow_origins"},
    {"allow_origin", 0, "allow_origins"},
    {"Allow_Origins", 0, "allow_origins"},
    {"allowOrigins", 0, "allow_origins"},
    {"origins", 0, ""},
    {"maxage", 0, "max_age"},
    {"max_aeg", 0, "max_age"},
    {"lalow_origins", 0, "allow_origins"},
    {"max-age", 0, "max_age"},
    {"paths", 0, "path"},
    {"pat", 0, "path"},
    {"pa", 0, ""}, /* half of it is wrong */
    {"credentials", 0, ""},
    {"exposed_headers", 0, "expose_headers"},
    {"", 0, ""},
};

static void keys_are_found_or_proposed(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(keys); i++) {
        cors_slice nearest;
        cors_key key = cors_key_find(case_slice(keys[i].name), &nearest);
        expect_number(keys[i].name, "the key", key, keys[i].key);
        if (key == 0) {
            expect_text(keys[i].name, "the nearest", nearest, keys[i].nearest);
        }
    }
}

#define FAR SIZE_MAX

static const struct {
    const char *given;
    const char *name;
    size_t distance;
} distances[] = {
    {"path", "path", 0},
    {"PATH", "path", 0},
    {"pth", "path", 1},
    {"paath", "path", 1},
    {"psth", "path", 1},
    {"ptah", "path", 1},
    {"psht", "path", FAR}, /* two of four */
    {"apth", "path", 1},   /* two letters swapped */
    {"paht", "path", 1},
    {"htap", "path", FAR},
    {"bdac", "abcd", FAR},
    {"bacdfe", "abcdef", 2},
    {"Max-aEg", "max_age", 1},
    {"mxa_ag", "max_age", 2},
    {"abcdef", "abcdef", 0},
    {"abcdxx", "abcdef", 2},
    {"abcxxx", "abcdef", FAR},
    {"abcdefgh", "abcdef", 2},
    {"abcdefghi", "abcdef", FAR},
    {"a-b", "a_b", 0},
    {"a_b", "a-b", 0},
    {"", "a", FAR},
    {"a", "", FAR},
    {"123456789012345678901234567890123456789012345678",
     "123456789012345678901234567890123456789012345678", 0},
    {"1234567890123456789012345678901234567890123456789",
     "123456789012345678901234567890123456789012345678", FAR},
    {"123456789012345678901234567890123456789012345678",
     "1234567890123456789012345678901234567890123456789", FAR},
};

static void distances_are_edits(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(distances); i++) {
        expect_number(distances[i].given, distances[i].name,
                      (long long)cors_name_distance(case_slice(distances[i].given),
                                                    case_slice(distances[i].name)),
                      (long long)distances[i].distance);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_pinned),
        cmocka_unit_test(other_numbers_have_no_name),
        cmocka_unit_test(severities_are_pinned),
        cmocka_unit_test(the_version_is_that_of_the_header),
        cmocka_unit_test(near_rules_are_proposed),
        cmocka_unit_test(keys_are_found_or_proposed),
        cmocka_unit_test(distances_are_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
