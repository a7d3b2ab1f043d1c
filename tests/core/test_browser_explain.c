/* SPDX-License-Identifier: MIT */
/*
 * Reading console messages: what surrounds them, what is cut off, and texts that mean harm. The
 * wordings themselves stand in tests/explain/, and are read back in test_browser_messages.c.
 */
#include <cors/browser.h>

#include "case_table.h"

#include <stdlib.h>

#define MISSING "No 'Access-Control-Allow-Origin' header is present on the requested resource."
#define CHROMIUM_LINE                                                                              \
    "Access to fetch at 'https://api.test/x' (redirected from 'https://first.test/a') from "       \
    "origin 'https://app.test' has been blocked by CORS policy: Response to preflight request "    \
    "doesn't pass access control check: " MISSING
#define FIREFOX_START                                                                              \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at "
#define FIREFOX_LINE                                                                                  \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "     \
    "at https://api.test/x. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status " \
    "code: 404."
#define FIREFOX_VAGUE                                                                              \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at https://api.test/x. (Reason: CORS request did not succeed). Status code: (null)."

struct reading_case {
    const char *name;
    const char *text;
    cors_code code;
    const char *url;
    int preflight; /* -1: not told */
    int status;
};

static const struct reading_case reading_cases[] = {
    {"alone", CHROMIUM_LINE, CORS_CODE_MISSING_ALLOW_ORIGIN, "https://api.test/x", 1, 0},
    {"behind a file's name", "(index):12 " CHROMIUM_LINE " app.js:3",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "https://api.test/x", 1, 0},
    {"among others",
     "hello\r\nGET https://cdn.test/ 200\r\n" CHROMIUM_LINE "\r\nTypeError: Failed "
     "to fetch\r\n",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "https://api.test/x", 1, 0},
    {"after a companion",
     "GET https://cdn.test/ net::ERR_FAILED\nTypeError: Failed to fetch\n" CHROMIUM_LINE,
     CORS_CODE_MISSING_ALLOW_ORIGIN, "https://api.test/x", 1, 0},
    {"of two the first", FIREFOX_LINE "\n" CHROMIUM_LINE, CORS_CODE_MISSING_ALLOW_ORIGIN,
     "https://api.test/x", -1, 404},
    {"the one that tells more", FIREFOX_VAGUE "\n" FIREFOX_LINE, CORS_CODE_MISSING_ALLOW_ORIGIN,
     "https://api.test/x", -1, 404},
    {"in any case of letters",
     "no 'access-control-allow-origin' HEADER is present on the "
     "requested resource",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "", -1, 0},
    {"with lines broken",
     "No\n'Access-Control-Allow-Origin'\r\n\t header is present\non the "
     "requested resource",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "", -1, 0},
    {"a URL in several",
     "Access to fetch at 'https://a.test/'x'y from origin'z' from origin "
     "'https://app.test' has been blocked by CORS policy: " MISSING,
     CORS_CODE_MISSING_ALLOW_ORIGIN, "", 0, 0},
    {"a URL with quotes",
     "Access to fetch at 'https://a.test/'x'y'' from origin "
     "'https://app.test' has been blocked by CORS policy: " MISSING,
     CORS_CODE_MISSING_ALLOW_ORIGIN, "https://a.test/'x'y'", 0, 0},
    {"a status that is none", "Preflight response is not successful. Status code: many",
     CORS_CODE_PREFLIGHT_STATUS, "", 1, 0},
    {"a status of a redirect", "Preflight response is not successful. Status code: 307",
     CORS_CODE_PREFLIGHT_REDIRECT, "", 1, 307},
    {"a status of a lasting redirect", "Preflight response is not successful. Status code: 308",
     CORS_CODE_PREFLIGHT_REDIRECT, "", 1, 308},
    {"a status of no redirect", "Preflight response is not successful. Status code: 304",
     CORS_CODE_PREFLIGHT_STATUS, "", 1, 304},
    {"a status before it", "Preflight response is not successful. Status code: 300",
     CORS_CODE_PREFLIGHT_STATUS, "", 1, 300},
    {"curly quotes", "No ‘Access-Control-Allow-Origin’ header is present on the requested resource",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "", -1, 0},
    {"curly double quotes",
     "Credentials flag is true, but Access-Control-Allow-Credentials is not “true”.",
     CORS_CODE_INVALID_ALLOW_CREDENTIALS, "", -1, 0},
    {"no header, formerly",
     FIREFOX_START "https://api.test/x. (Reason: CORS header ‘Access-Control-Allow-Origin’ does "
                   "not match ‘(null)’).",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "https://api.test/x", -1, 0},
    {"the words of one browser in the frame of another",
     "Access to fetch at 'https://api.test/x' from origin 'https://app.test' has been blocked by "
     "CORS policy: CORS header ‘Access-Control-Allow-Origin’ missing",
     CORS_CODE_MISSING_ALLOW_ORIGIN, "https://api.test/x", -1, 0},
    {"a long status", "Preflight response is not successful. Status code: 40444",
     CORS_CODE_PREFLIGHT_STATUS, "", 1, 404},
};

static void test_messages_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(reading_cases); i++) {
        const struct reading_case *row = &reading_cases[i];
        cors_explanation read;
        expect_number(row->name, "found", cors_explain(case_slice(row->text), &read), true);
        expect_number(row->name, "code", read.code, row->code);
        expect_text(row->name, "URL", read.named.url, row->url);
        expect_number(row->name, "preflight", read.preflight_known ? read.preflight : -1,
                      row->preflight);
        expect_number(row->name, "status", read.named.status, row->status);
    }
}

static void test_parts_are_named(void **state) {
    cors_explanation read;
    (void)state;
    assert_true(cors_explain(case_slice(CHROMIUM_LINE), &read));
    expect_text("parts", "first URL", read.named.first_url, "https://first.test/a");
    expect_text("parts", "page", read.named.page, "https://app.test");
    assert_true(read.named.redirected);
    assert_true(read.browser_known);
    assert_int_equal(read.browser, CORS_BROWSER_CHROMIUM);
    assert_int_equal(read.named.initiator, CORS_INITIATOR_FETCH);
}

/* What ends a placeholder may stand in its text, too. */
static void test_parts_are_whole(void **state) {
    cors_explanation read;
    (void)state;
    assert_true(cors_explain(CORS_SLICE("Unsafe attempt to load URL https://api.test/x/y from "
                                        "frame with URL https://app.test/"),
                             &read));
    expect_text("a URL of slashes", "page", read.named.page, "https://app.test");
    assert_true(cors_explain(
        CORS_SLICE("The 'Access-Control-Allow-Origin' header has a value 'https://a.test' that is "
                   "not equal to the supplied origin.\nThe 'Access-Control-Allow-Origin' header "
                   "has a value 'https://b.test' that is not equal to the supplied origin."),
        &read));
    expect_text("of two messages the first", "value", read.named.value, "https://a.test");
}

/* A message that says next to nothing has all the further codes that there is room for. */
static void test_further_codes_are_told(void **state) {
    static const cors_code also[CORS_ALSO_MAX] = {
        CORS_CODE_MISSING_ALLOW_ORIGIN, CORS_CODE_ALLOW_ORIGIN_MISMATCH, CORS_CODE_PREFLIGHT_STATUS,
        CORS_CODE_HEADER_NOT_ALLOWED};
    cors_explanation read;
    (void)state;
    assert_true(
        cors_explain(CORS_SLICE("Uncaught (in promise) TypeError: Failed to fetch"), &read));
    assert_int_equal(read.code, CORS_CODE_NETWORK_FAILURE);
    assert_int_equal(read.also_count, CORS_ALSO_MAX);
    assert_memory_equal(read.also, also, sizeof also);
    assert_false(read.preflight_known);
    assert_true(cors_explain(case_slice(FIREFOX_LINE), &read));
    assert_int_equal(read.also_count, 0);
}

static void test_other_texts_are_not_understood(void **state) {
    static const char *const texts[] = {
        "",
        " ",
        "A",
        "hello world",
        "Uncaught TypeError: x is not a function at app.js:3",
        "GET https://api.test/x 404 (Not Found)",
        "Failed to load resource: the server responded with a status of 404 (Not Found)",
        "Access to fetch at 'https://api.test/x'",
        "Method PUT is not allowed",
        "Origin https://app.test is not",
        "{reason}",
        "CORS",
        /* Other characters of three bytes where a quote should be. */
        "No —Access-Control-Allow-Origin— header is present on the requested resource",
        "No \342\204\230Access-Control-Allow-Origin' header is present on the requested resource",
        "No \"Access-Control-Allow-Origin\" header is present on the requested resource",
        "No “Access-Control-Allow-Origin” header is present on the requested resource",
    };
    (void)state;
    for (size_t i = 0; i < ROWS(texts); i++) {
        cors_explanation read = {.code = CORS_CODE_BAD_REQUEST};
        expect_number(texts[i], "found", cors_explain(case_slice(texts[i]), &read), false);
        expect_number(texts[i], "code", read.code, CORS_CODE_BAD_REQUEST);
    }
}

static void expect_within(cors_slice part, cors_slice text) {
    if (part.size > 0) {
        assert_true(part.data >= text.data && part.data + part.size <= text.data + text.size);
    }
}

static void expect_sound(cors_slice text) {
    cors_explanation read;
    if (cors_explain(text, &read)) {
        expect_within(read.named.url, text);
        expect_within(read.named.first_url, text);
        expect_within(read.named.page, text);
        expect_within(read.named.value, text);
        expect_within(read.named.method, text);
        expect_within(read.named.header, text);
        assert_true(read.also_count <= CORS_ALSO_MAX);
    }
}

/* Every beginning and every end of a message, in memory that ends where the text does. */
static void test_cut_texts_are_read_within_bounds(void **state) {
    static const char *const texts[] = {
        CHROMIUM_LINE,
        FIREFOX_LINE,
        FIREFOX_VAGUE,
        "Request header field X is not allowed by Access-Control-Allow-Headers.",
        "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.test’).",
    };
    (void)state;
    for (size_t i = 0; i < ROWS(texts); i++) {
        cors_slice whole = case_slice(texts[i]);
        for (size_t size = 0; size <= whole.size; size++) {
            char *copy = malloc(size + 1);
            assert_non_null(copy);
            memcpy(copy + 1, texts[i], size);
            expect_sound((cors_slice){copy + 1, size});
            memcpy(copy + 1, texts[i] + whole.size - size, size);
            expect_sound((cors_slice){copy + 1, size});
            free(copy);
        }
    }
}

/* Repeated beginnings: time that grows with the square of the size would be hours. */
static void test_large_texts_are_read(void **state) {
    static const char *const parts[] = {
        "Access to fetch at 'https:",
        "Access to a at 'h:''''''' ",
        "Access to            \n\n\n",
        "The 'Access-Control-Allow-Origin' header contains multiple values '",
        FIREFOX_START "h:......",
        "GET h:",
        "Origin xxxxxxxx",
        "header ‘",
        "\xE2\x80",
        "'",
    };
    const size_t size = (size_t)1 << 20;
    char *text = malloc(size);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < ROWS(parts); i++) {
        size_t part = strlen(parts[i]);
        for (size_t at = 0; at < size; at++) {
            text[at] = parts[i][at % part];
        }
        expect_sound((cors_slice){text, size});
        /* One that begins and does not end. */
        memset(text + part, parts[i][part - 1], size - part);
        expect_sound((cors_slice){text, size});
    }
    free(text);
}

/* What a message names last ends where its word does, or a value where the line does. */
static void test_last_words_end(void **state) {
    static const char *const ends[] = {" ", "\t", "\n", "\r", "'", "\"", "`", ")", ",", ". x", ""};
    cors_explanation read;
    (void)state;
    for (size_t i = 0; i < ROWS(ends); i++) {
        char text[128];
        (void)snprintf(text, sizeof text,
                       "Preflight response is not successful. Status code: 404%s", ends[i]);
        assert_true(cors_explain(case_slice(text), &read));
        expect_number(text, "status", read.named.status, 404);
    }
    for (size_t i = 0; i < ROWS(ends); i++) {
        char text[128];
        char wanted[32];
        bool ends_line = ends[i][0] == '\n' || ends[i][0] == '\r';
        (void)snprintf(text, sizeof text,
                       "Header Access-Control-Allow-Methods has an invalid value: a b%sc", ends[i]);
        (void)snprintf(wanted, sizeof wanted, "a b%s%s", ends_line ? "" : ends[i],
                       ends_line ? "" : "c");
        assert_true(cors_explain(case_slice(text), &read));
        expect_text(text, "value", read.named.value, wanted);
    }
}

/* A text is read as far as a console's can be long; what stands behind is not seen. */
static void test_endless_texts_are_cut(void **state) {
    static const char missing[] = MISSING;
    const size_t most = (size_t)1 << 20;
    char *text = malloc(most + sizeof missing);
    cors_explanation read;
    (void)state;
    assert_non_null(text);
    memset(text, '.', most);
    memcpy(text + most - sizeof missing, missing, sizeof missing - 1);
    assert_true(cors_explain((cors_slice){text, most + sizeof missing}, &read));
    memset(text, '.', most);
    memcpy(text + most, missing, sizeof missing);
    assert_false(cors_explain((cors_slice){text, most + sizeof missing}, &read));
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_found),
        cmocka_unit_test(test_parts_are_named),
        cmocka_unit_test(test_parts_are_whole),
        cmocka_unit_test(test_further_codes_are_told),
        cmocka_unit_test(test_other_texts_are_not_understood),
        cmocka_unit_test(test_cut_texts_are_read_within_bounds),
        cmocka_unit_test(test_large_texts_are_read),
        cmocka_unit_test(test_last_words_end),
        cmocka_unit_test(test_endless_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
