/* SPDX-License-Identifier: MIT */
/* The `cors check` line that proves what a console message says. */
#include <cors/browser.h>

#include "case_table.h"

#include <stdlib.h>

#define TEXT(literal)                                                                              \
    { literal, sizeof(literal) - 1 }
#define API TEXT("https://api.test/x")
#define APP TEXT("https://app.test")

struct line_case {
    const char *name;
    cors_explanation explanation;
    const char *line;
};

static const struct line_case line_cases[] = {
    {"a URL alone",
     {.code = CORS_CODE_MISSING_ALLOW_ORIGIN, .named = {.url = API}},
     "cors check 'https://api.test/x'"},
    {"a page, in a browser",
     {.browser_known = true,
      .browser = CORS_BROWSER_SAFARI,
      .code = CORS_CODE_MISSING_ALLOW_ORIGIN,
      .named = {.url = API, .page = APP}},
     "cors check 'https://api.test/x' --origin 'https://app.test' --browser safari"},
    {"the URL that script called",
     {.code = CORS_CODE_MISSING_ALLOW_ORIGIN,
      .named = {.url = API, .first_url = TEXT("http://first.test/")}},
     "cors check 'http://first.test/'"},
    {"a scheme in any case",
     {.code = CORS_CODE_MISSING_ALLOW_ORIGIN, .named = {.url = TEXT("HTTPS://API.TEST/")}},
     "cors check 'HTTPS://API.TEST/'"},
    {"a method",
     {.code = CORS_CODE_METHOD_NOT_ALLOWED,
      .preflight_known = true,
      .preflight = true,
      .named = {.url = API, .method = TEXT("DELETE")}},
     "cors check 'https://api.test/x' -X 'DELETE'"},
    {"a method that is not named",
     {.code = CORS_CODE_METHOD_NOT_ALLOWED,
      .preflight_known = true,
      .preflight = true,
      .named = {.url = API}},
     "cors check 'https://api.test/x' -X 'PUT'"},
    {"a header",
     {.code = CORS_CODE_HEADER_NOT_ALLOWED, .named = {.url = API, .header = TEXT("X-Token")}},
     "cors check 'https://api.test/x' -H 'X-Token: x'"},
    {"a content type",
     {.code = CORS_CODE_HEADER_NOT_ALLOWED, .named = {.url = API, .header = TEXT("Content-Type")}},
     "cors check 'https://api.test/x' -H 'Content-Type: application/json'"},
    {"a preflight for a reason that is not told",
     {.code = CORS_CODE_PREFLIGHT_STATUS,
      .preflight_known = true,
      .preflight = true,
      .named = {.url = API}},
     "cors check 'https://api.test/x' -H 'content-type: application/json'"},
    {"the request itself",
     {.code = CORS_CODE_MISSING_ALLOW_ORIGIN, .preflight_known = true, .named = {.url = API}},
     "cors check 'https://api.test/x'"},
    {"credentials",
     {.code = CORS_CODE_WILDCARD_WITH_CREDENTIALS, .named = {.url = API}},
     "cors check 'https://api.test/x' --credentials"},
    {"credentials that are not allowed",
     {.code = CORS_CODE_INVALID_ALLOW_CREDENTIALS, .named = {.url = API}},
     "cors check 'https://api.test/x' --credentials"},
    {"quotes and controls",
     {.code = CORS_CODE_HEADER_NOT_ALLOWED,
      .named = {.url = TEXT("https://api.test/'$(id)\n\x7F"), .header = TEXT("it's\t")}},
     "cors check 'https://api.test/'\\''$(id)' -H 'it'\\''s: x'"},
    {"bytes that are not ASCII",
     {.code = CORS_CODE_MISSING_ALLOW_ORIGIN, .named = {.url = TEXT("https://\xC3\xBC.test/")}},
     "cors check 'https://\xC3\xBC.test/'"},
    {"no URL", {.code = CORS_CODE_METHOD_NOT_ALLOWED, .named = {.page = APP}}, ""},
    {"a URL of another scheme",
     {.code = CORS_CODE_SCHEME_NOT_HTTP, .named = {.url = TEXT("file:///etc/passwd")}},
     ""},
    {"a scheme alone", {.code = CORS_CODE_BAD_REQUEST, .named = {.url = TEXT("https://")}}, ""},
};

static void test_lines_are_written(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(line_cases); i++) {
        const struct line_case *row = &line_cases[i];
        char line[512];
        size_t size = cors_explanation_check(&row->explanation, line, sizeof line);
        if (size != strlen(row->line) || memcmp(line, row->line, size) != 0) {
            fail_msg("%s: %.*s", row->name, (int)size, line);
        }
    }
}

/* The size is always told; the buffer gets what fits, and nothing behind it. */
static void test_buffers_are_kept_to(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(line_cases); i++) {
        const struct line_case *row = &line_cases[i];
        size_t whole = strlen(row->line);
        assert_int_equal(cors_explanation_check(&row->explanation, NULL, 0), whole);
        for (size_t room = 0; room <= whole; room++) {
            char *buffer = malloc(room + 1); /* the sanitizer watches its end */
            assert_non_null(buffer);
            buffer[room] = '#';
            assert_int_equal(cors_explanation_check(&row->explanation, buffer, room), whole);
            assert_memory_equal(buffer, row->line, room);
            assert_int_equal(buffer[room], '#');
            free(buffer);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_written),
        cmocka_unit_test(test_buffers_are_kept_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
