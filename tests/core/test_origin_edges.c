/* SPDX-License-Identifier: MIT */
/* Cases of origins, entries and expressions that a change of one character would answer otherwise.
 */
#include <cors/origin.h>

#include "case_table.h"
#include "origin_address.h"
#include "origin_entry.h"

static cors_regex regex; /* too large for some stacks */

static const struct {
    const char *source;
    cors_regex_fault fault;
    const char *first; /* entry, or what was probably meant; empty: none */
} expressions[] = {
    /* a repeated group in which all may be missing, and whatever is there ends in a dot */
    {"^https://(([a-z]+\\.)?)*example\\.com$", CORS_REGEX_FAULT_NONE, "https://*.example.com"},
    {"^https://(\\.?)*example\\.com$", CORS_REGEX_FAULT_NONE, "https://*.example.com"},
    {"^https://([a-z]+\\.?)*example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, "https://*.example.com"},
    /* no letter and no digit is among what \W takes */
    {"^https://a[^\\W]\\.example\\.com$", CORS_REGEX_FAULT_NONE, "https://a*.example.com"},
    /* digits run into no other name, since no dot is among them */
    {"https://a\\d?b\\.example\\.com", CORS_REGEX_FAULT_OPEN_START, "https://a*b.example.com"},
};

static void expressions_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(expressions); i++) {
        cors_regex_read(case_slice(expressions[i].source), false, false, false, &regex);
        expect_text(expressions[i].source, "fault", case_slice(cors_regex_fault_name(regex.fault)),
                    cors_regex_fault_name(expressions[i].fault));
        cors_slice none = {"", 0};
        expect_text(expressions[i].source, "entry",
                    regex.entry_count == 0 ? none : regex.entries[0], expressions[i].first);
    }
}

static void numbers_of_an_address_stand_between_dots(void **state) {
    (void)state;
    assert_true(cors_ipv4_is_canonical(CORS_SLICE("1.2.3.4")));
    assert_false(cors_ipv4_is_canonical(CORS_SLICE("1-2.3.4")));
    assert_false(cors_ipv4_is_canonical(CORS_SLICE("1.2.3a4")));
    assert_false(cors_ipv4_is_canonical(CORS_SLICE("1.2.3")));
    assert_false(cors_ipv4_is_canonical(CORS_SLICE("1.2.3.")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_read),
        cmocka_unit_test(numbers_of_an_address_stand_between_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
