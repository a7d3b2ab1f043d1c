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
    {"half a message", "Cross origin requests are not allowed by request mod", (cors_code)-1},
    {"the whole", "Cross origin requests are not allowed by request mode",
     CORS_CODE_MODE_SAME_ORIGIN},
    {"half another", "The 'Access-Control-Allow-External' header in the preflight respons",
     (cors_code)-1},
    {"a redirect, formerly", "Response for preflight is invalid (redirect)",
     CORS_CODE_PREFLIGHT_REDIRECT},
};

static void messages_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(messages); i++) {
        cors_explanation read;
        bool found = cors_explain(case_slice(messages[i].text), &read);
        expect_number(messages[i].name, "code", found ? (int)read.code : -1, (int)messages[i].code);
    }
}

static bool may_also_be(const cors_explanation *read, cors_code code) {
    for (size_t i = 0; i < read->also_count; i++) {
        if (read->also[i] == code) {
            return true;
        }
    }
    return false;
}

#define FIREFOX(status)                                                                            \
    "(Reason: CORS header 'Access-Control-Allow-Origin' missing). Status code: " status "."
#define CHROMIUM(status)                                                                           \
    "No 'Access-Control-Allow-Origin' header is present on the requested resource. The response "  \
    "had HTTP status code " status "."

/* Firefox alone says of a redirected preflight that it has no header. */
static void a_missing_header_may_be_a_redirect(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool redirect;
    } rows[] = {{FIREFOX("302"), true}, {FIREFOX("404"), false}, {CHROMIUM("302"), false}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        cors_explanation read;
        assert_true(cors_explain(case_slice(rows[i].text), &read));
        expect_number(rows[i].text, "code", read.code, CORS_CODE_MISSING_ALLOW_ORIGIN);
        expect_number(rows[i].text, "redirect", may_also_be(&read, CORS_CODE_PREFLIGHT_REDIRECT),
                      rows[i].redirect);
    }
}

static void a_frame_leaves_open_which_request_failed(void **state) {
    (void)state;
    cors_explanation read;
    assert_true(cors_explain(
        CORS_SLICE("Cross-origin redirection to https://a.test/ denied by Cross-Origin Resource "
                   "Sharing policy: Origin https://b.test is not allowed by "
                   "Access-Control-Allow-Origin."),
        &read));
    assert_false(read.preflight_known);
    expect_text("redirect", "URL", read.named.url, "https://a.test/");
}

static bool accepts_any_label(void *context, cors_slice label, char *out, size_t capacity,
                              size_t *size) {
    (void)context;
    (void)label;
    assert_true(capacity >= 1);
    *out = 'z';
    *size = 1;
    return true;
}

/* The lowest byte that is not ASCII makes a label one for the converter. */
static void the_converter_is_asked(void **state) {
    (void)state;
    static const struct label_converter converter = {accepts_any_label, NULL};
    static char data[4096];
    struct fetch_memory memory = {data, sizeof data, 0};
    struct url url;
    assert_int_equal(
        cors_url_parse(&memory, &converter, CORS_SLICE("http://\x80.test/"), NULL, &url),
        URL_PARSED);
    expect_text("\\x80", "host", url.host, "z.test");
    assert_int_equal(
        cors_url_parse(&memory, &converter, CORS_SLICE("http://\x7f.test/"), NULL, &url),
        URL_INVALID);
}

static void an_escaped_quote_ends_no_text(void **state) {
    (void)state;
    const struct browser_profile *profile = cors_browser_profile(CORS_BROWSER_STANDARD);
    cors_slice name = CORS_SLICE("X-HTTP-Method-Override");
    assert_false(cors_request_header_is_dropped(profile, name, CORS_SLICE("\"a\\\",TRACE,\"")));
    assert_true(cors_request_header_is_dropped(profile, name, CORS_SLICE("\"a\",TRACE,\"\"")));
}

/* To the last full stop. */
static void messages_are_written(void **state) {
    (void)state;
    static const struct {
        cors_browser browser;
        cors_code code;
        const char *message;
    } rows[] = {
        {CORS_BROWSER_FIREFOX, CORS_CODE_METHOD_NOT_ALLOWED,
         "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote "
         "resource at https://a.test/. (Reason: Did not find method in CORS header "
         "‘Access-Control-Allow-Methods’)."},
        {CORS_BROWSER_SAFARI, CORS_CODE_MODE_SAME_ORIGIN,
         "Unsafe attempt to load URL https://a.test/ from origin https://b.test. Domains, "
         "protocols and ports must match."},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[512];
        const cors_failure failure = {.code = rows[i].code,
                                      .preflight = rows[i].code == CORS_CODE_METHOD_NOT_ALLOWED,
                                      .url = CORS_SLICE("https://a.test/"),
                                      .page = CORS_SLICE("https://b.test"),
                                      .origin = CORS_SLICE("https://b.test"),
                                      .method = CORS_SLICE("PUT")};
        size_t size = cors_failure_message(&failure, rows[i].browser, text, sizeof text);
        assert_true(size <= sizeof text);
        cors_slice first = slice_of(text, slice_find(slice_of(text, size), '\n'));
        expect_text("message", "first line", first, rows[i].message);
    }
}

static void memory_is_aligned_wherever_it_begins(void **state) {
    (void)state;
    enum { ALIGNMENT = _Alignof(max_align_t) };
    static _Alignas(max_align_t) char data[8 * ALIGNMENT];
    for (size_t start = 0; start < 2 * ALIGNMENT; start++) {
        struct fetch_memory memory = {data + start, 4 * ALIGNMENT, 0};
        char *first = memory_take(&memory, 1);
        char *second = memory_take(&memory, ALIGNMENT);
        assert_non_null(first);
        assert_non_null(second);
        assert_int_equal((uintptr_t)first % ALIGNMENT, 0);
        assert_true(first >= data + start && first < data + start + ALIGNMENT);
        assert_ptr_equal(second, first + ALIGNMENT);
        assert_int_equal(memory.used, second + ALIGNMENT - memory.data);
        assert_null(memory_take(&memory, memory.size - memory.used + 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_begin_and_end_beside_blanks),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(a_missing_header_may_be_a_redirect),
        cmocka_unit_test(a_frame_leaves_open_which_request_failed),
        cmocka_unit_test(the_converter_is_asked),
        cmocka_unit_test(messages_are_written),
        cmocka_unit_test(memory_is_aligned_wherever_it_begins),
        cmocka_unit_test(an_escaped_quote_ends_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
