/* SPDX-License-Identifier: MIT */
/* Cases of the browser's half that a change of one character would answer otherwise. */
#include <cors/browser.h>

#include "browser_headers.h"
#include "browser_url.h"
#include "case_table.h"

#define BASE "http://base.test/one"
#define BLANKS_8 "        "
#define BLANKS_32 BLANKS_8 BLANKS_8 BLANKS_8 BLANKS_8

static const struct {
    const char *input;
    const char *text; /* on the base */
} urls[] = {
    {" !x", "http://base.test/!x"},
    {"\x1f!", "http://base.test/!"},
    {"x! ", "http://base.test/x!"},
};

static void urls_begin_and_end_beside_blanks(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(urls); i++) {
        static char data[4096];
        struct fetch_memory memory = {data, sizeof data, 0};
        struct url base;
        struct url url;
        assert_int_equal(cors_url_parse(&memory, NULL, case_slice(BASE), NULL, &base), URL_PARSED);
        assert_int_equal(cors_url_parse(&memory, NULL, case_slice(urls[i].input), &base, &url),
                         URL_PARSED);
        expect_text(urls[i].input, "URL", url.text, urls[i].text);
    }
}

static const struct {
    const char *name;
    const char *text;
    cors_code code; /* -1: not understood */
} messages[] = {
    {"as many blanks as there may be",
     "No" BLANKS_32 BLANKS_32 "'Access-Control-Allow-Origin' header is present on the requested "
     "resource",
     CORS_CODE_MISSING_ALLOW_ORIGIN},
    {"more blanks than that",
     "No" BLANKS_32 BLANKS_32 " 'Access-Control-Allow-Origin' header is present on the requested "
     "resource",
     (cors_code)-1},
    {"a companion says no more than what is vague", "CORS request failed\nnet::ERR_FAILED",
     CORS_CODE_NETWORK_FAILURE},
    {"anything else does",
     "CORS request failed\nNo 'Access-Control-Allow-Origin' header is present on the requested "
     "resource",
     CORS_CODE_MISSING_ALLOW_ORIGIN},
};

static void messages_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(messages); i++) {
        cors_explanation read;
        bool found = cors_explain(case_slice(messages[i].text), &read);
        expect_number(messages[i].name, "code", found ? (int)read.code : -1, (int)messages[i].code);
    }
}

static void an_escaped_quote_ends_no_text(void **state) {
    (void)state;
    const struct browser_profile *profile = cors_browser_profile(CORS_BROWSER_STANDARD);
    cors_slice name = CORS_SLICE("X-HTTP-Method-Override");
    assert_false(cors_request_header_is_dropped(profile, name, CORS_SLICE("\"a\\\",TRACE,\"")));
    assert_true(cors_request_header_is_dropped(profile, name, CORS_SLICE("\"a\",TRACE,\"\"")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_begin_and_end_beside_blanks),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(an_escaped_quote_ends_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
