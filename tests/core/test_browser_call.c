/* SPDX-License-Identifier: MIT */
/* What a call becomes: method, headers, body, mode; and what fetch() itself refuses. */
#include "case_fetch.h"

#define TO(path) .url = CORS_SLICE("https://api.test" path)
#define AT_HOME .url = CORS_SLICE("/x")
#define METHOD(text) .method = CORS_SLICE(text)
#define SENT "https://api.test/x | Origin: https://app.test"
#define HOME "https://app.test/x"
#define ANSWERED                                                                                   \
    {                                                                                              \
        { 200, "Access-Control-Allow-Origin: *", NULL }                                            \
    }
/* For a call whose preflight is all that matters. */
#define REFUSED                                                                                    \
    {                                                                                              \
        { 403, "", NULL }                                                                          \
    }
#define OK_X "\n= ok cors 200 https://api.test/x"
#define NOT_OK "\n= missing-allow-origin (preflight)"

static void methods_and_modes(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "plain", .answers = ANSWERED, .told = "GET " SENT OK_X},
        {.name = "in upper case",
         .call = {METHOD("post")},
         .answers = ANSWERED,
         .told = "POST " SENT OK_X},
        {.name = "patch stays as it is",
         .call = {METHOD("patch")},
         .answers = REFUSED,
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: patch"
                 " | Origin: https://app.test" NOT_OK},
        {.name = "forbidden", .call = {METHOD("trace")}, .told = "= bad-request"},
        {.name = "no token", .call = {METHOD("G T")}, .told = "= bad-request"},
        {.name = "none", .call = {METHOD("")}, .told = "= bad-request"},
        {.name = "no-cors takes what forms send",
         .call = {METHOD("POST"), .mode = CORS_MODE_NO_CORS},
         .answers = REFUSED,
         .told = "POST " SENT "\n= ok opaque 0 "},
        {.name = "no-cors takes no other",
         .call = {METHOD("PUT"), .mode = CORS_MODE_NO_CORS},
         .told = "= bad-request"},
        {.name = "no-cors follows",
         .told = "= mode-no-cors",
         .call = {.mode = CORS_MODE_NO_CORS, .redirect = CORS_REDIRECT_ERROR}},
        {.name = "same-origin elsewhere",
         .call = {.mode = CORS_MODE_SAME_ORIGIN},
         .told = "= mode-same-origin"},
        {.name = "same-origin at home",
         .call = {AT_HOME, .mode = CORS_MODE_SAME_ORIGIN},
         .answers = REFUSED,
         .told = "GET " HOME " +cookies\n= ok basic 403 " HOME},
        {.name = "a cache alone goes with same-origin",
         .call = {.cache = CORS_CACHE_ONLY_IF_CACHED},
         .told = "= bad-request"},
        {.name = "a cache alone at home",
         .answers = REFUSED,
         .call = {AT_HOME, .mode = CORS_MODE_SAME_ORIGIN, .cache = CORS_CACHE_ONLY_IF_CACHED},
         .told = "GET " HOME " +cookies\n= ok basic 403 " HOME},
        {.name = "credentials included",
         .call = {.credentials = CORS_CREDENTIALS_INCLUDE},
         .answers = ANSWERED,
         .told = "GET https://api.test/x +cookies | Origin: https://app.test"
                 "\n= wildcard-with-credentials value *"},
        {.name = "credentials omitted at home",
         .answers = REFUSED,
         .call = {AT_HOME, .credentials = CORS_CREDENTIALS_OMIT},
         .told = "GET " HOME "\n= ok basic 403 " HOME},
        {.name = "no answer",
         .answers = {{0, "", NULL}},
         .told = "GET " SENT "\n= network-failure"},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        expect_fetch(&cases[i]);
    }
}

static void urls_of_calls(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "relative",
         .call = {.url = CORS_SLICE("a/../b")},
         .answers = REFUSED,
         .told = "GET https://app.test/b +cookies\n= ok basic 403 https://app.test/b"},
        {.name = "relative to null",
         .told = "= bad-request",
         .call = {.url = CORS_SLICE("a"), .page = CORS_SLICE("null")}},
        {.name = "relative to an extension",
         .told = "= bad-request",
         .call = {.url = CORS_SLICE("a"), .page = CORS_SLICE("chrome-extension://abc")}},
        {.name = "none", .call = {.url = CORS_SLICE("https://")}, .told = "= bad-request"},
        {.name = "user info and fetch()",
         .call = {.url = CORS_SLICE("https://u:p@api.test/x")},
         .told = "= bad-request"},
        {.name = "user info and XMLHttpRequest",
         .answers = ANSWERED,
         .call = {.url = CORS_SLICE("https://u:p@api.test/x"), .initiator = CORS_INITIATOR_XHR},
         .told = "GET " SENT "\n= ok cors 200 https://u:p@api.test/x"},
        {.name = "a fragment", .call = {TO("/x#y")}, .answers = ANSWERED, .told = "GET " SENT OK_X},
        {.name = "data:",
         .call = {.url = CORS_SLICE("data:text/plain,x")},
         .told = "= ok basic 200 data:text/plain,x"},
        {.name = "data: on a page",
         .told = "= ok basic 200 data:,x",
         .call = {.url = CORS_SLICE("data:,x"), .page = CORS_SLICE("null")}},
        {.name = "file:",
         .call = {.url = CORS_SLICE("file:///x")},
         .told = "= scheme-not-http value file"},
        {.name = "file: of a page without an origin",
         .call = {.url = CORS_SLICE("file:///x"), .page = CORS_SLICE("null")},
         .told = "= scheme-not-http value file"},
        {.name = "ftp:",
         .call = {.url = CORS_SLICE("ftp://api.test/x")},
         .told = "= scheme-not-http value ftp"},
        {.name = "ftp: with no-cors",
         .told = "= scheme-not-http value ftp",
         .call = {.url = CORS_SLICE("ftp://api.test/x"), .mode = CORS_MODE_NO_CORS}},
        {.name = "null is nobody's home",
         .answers = REFUSED,
         .call = {.url = CORS_SLICE("https://api.test/x"), .page = CORS_SLICE("null")},
         .told = "GET https://api.test/x | Origin: null\n= missing-allow-origin"},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        expect_fetch(&cases[i]);
    }
}

static void headers_of_calls(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "no name", .headers = "X A: 1", .told = "= bad-request"},
        {.name = "no value",
         .headers = "X-A: a\x01\x0b",
         .answers = REFUSED,
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: x-a | Origin: https://app.test" NOT_OK},
        {.name = "a line break", .headers = "X-A: a\rb", .told = "= bad-request"},
        {.name = "forbidden",
         .headers = "Cookie: a=b\nSec-X: 1",
         .answers = ANSWERED,
         .told = "GET " SENT OK_X},
        {.name = "trimmed",
         .headers = "Accept:  \ta/b\t ",
         .answers = ANSWERED,
         .told = "GET " SENT " | Accept: a/b" OK_X},
        {.name = "no-cors keeps what is safe",
         .answers = REFUSED,
         .headers = "Accept: a/b\nX-A: 1\nContent-Type: application/json",
         .call = {.mode = CORS_MODE_NO_CORS},
         .told = "GET https://api.test/x | Accept: a/b\n= ok opaque 0 "},
        {.name = "no-cors keeps what is safe together",
         .answers = REFUSED,
         .headers = "Accept: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
                    "Accept: b\n"
                    "Accept: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
         .call = {.mode = CORS_MODE_NO_CORS, .initiator = CORS_INITIATOR_FETCH},
         .browser = CORS_BROWSER_CHROMIUM,
         .told = "GET https://api.test/x | Accept: "
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, b"
                 "\n= ok opaque 0 "},
        {.name = "lines stay lines",
         .headers = "X-A: 1\nx-a: 2",
         .call = {AT_HOME},
         .answers = REFUSED,
         .told = "GET " HOME " +cookies | X-A: 1 | x-a: 2\n= ok basic 403 " HOME},
        {.name = "Chromium joins lines",
         .headers = "X-A: 1\nx-a: 2",
         .call = {AT_HOME},
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = REFUSED,
         .told = "GET " HOME " +cookies | X-A: 1, 2\n= ok basic 403 " HOME},
        {.name = "XMLHttpRequest joins lines",
         .headers = "X-A: 1\nX-A: 2",
         .call = {AT_HOME, .initiator = CORS_INITIATOR_XHR},
         .answers = REFUSED,
         .told = "GET " HOME " +cookies | X-A: 1, 2\n= ok basic 403 " HOME},
        {.name = "a name is requested once",
         .headers = "X-B: 1\nX-A: 1\nX-B: 2",
         .answers = REFUSED,
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
                 " | Access-Control-Request-Headers: x-a,x-b | Origin: https://app.test" NOT_OK},
        {.name = "Firefox requests a name as often",
         .headers = "X-B: 1\nX-A: 1\nX-B: 2",
         .browser = CORS_BROWSER_FIREFOX,
         .answers = REFUSED,
         .told =
             "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
             " | Access-Control-Request-Headers: x-a,x-b,x-b | Origin: https://app.test" NOT_OK},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        expect_fetch(&cases[i]);
    }
}

#define POST_HOME(rest)                                                                            \
    { .method = CORS_SLICE("POST"), AT_HOME, rest }
#define SENT_HOME "POST " HOME " +cookies +body | Origin: https://app.test"
#define TYPED " | Content-Type: "
#define OK_HOME "\n= ok basic 403 " HOME

static void bodies_bring_types(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "text",
         .call = POST_HOME(.body = CORS_BODY_TEXT),
         .answers = REFUSED,
         .told = SENT_HOME TYPED "text/plain;charset=UTF-8" OK_HOME},
        {.name = "params",
         .call = POST_HOME(.body = CORS_BODY_PARAMS),
         .answers = REFUSED,
         .told = SENT_HOME TYPED "application/x-www-form-urlencoded;charset=UTF-8" OK_HOME},
        {.name = "form",
         .call = POST_HOME(.body = CORS_BODY_FORM),
         .answers = REFUSED,
         .told = SENT_HOME TYPED
         "multipart/form-data; boundary=----WebKitFormBoundaryAAAAAAAAAAAAAAAA" OK_HOME},
        {.name = "bytes",
         .call = POST_HOME(.body = CORS_BODY_BYTES),
         .answers = REFUSED,
         .told = SENT_HOME OK_HOME},
        {.name = "a stream",
         .call = POST_HOME(.body = CORS_BODY_STREAM),
         .answers = REFUSED,
         .told = SENT_HOME OK_HOME},
        {.name = "a stream is text to Firefox",
         .call = POST_HOME(.body = CORS_BODY_STREAM),
         .browser = CORS_BROWSER_FIREFOX,
         .answers = REFUSED,
         .told = SENT_HOME TYPED "text/plain;charset=UTF-8" OK_HOME},
        {.name = "a blob",
         .answers = REFUSED,
         .told = SENT_HOME TYPED "image/png" OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("image/png")}},
        {.name = "a blob without a type",
         .call = POST_HOME(.body = CORS_BODY_BLOB),
         .answers = REFUSED,
         .told = SENT_HOME OK_HOME},
        {.name = "a blob of a control",
         .answers = REFUSED,
         .told = SENT_HOME OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("image/\x7fpng")}},
        {.name = "a blob of a line",
         .answers = REFUSED,
         .told = SENT_HOME OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("image/\tpng")}},
        {.name = "a bad type",
         .answers = REFUSED,
         .told = SENT_HOME TYPED "image" OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("image"),
                  .initiator = CORS_INITIATOR_XHR}},
        {.name = "a bad type of XMLHttpRequest, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = REFUSED,
         .told = SENT_HOME OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("image"),
                  .initiator = CORS_INITIATOR_XHR}},
        {.name = "a good type of XMLHttpRequest, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = REFUSED,
         .told = SENT_HOME TYPED "a/b" OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB, .body_type = CORS_SLICE("a/b"),
                  .initiator = CORS_INITIATOR_XHR}},
        {.name = "a bad type of fetch(), in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .answers = REFUSED,
         .told = SENT_HOME TYPED "image" OK_HOME,
         .call = {METHOD("POST"), AT_HOME, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("image")}},
        {.name = "script's own type stays",
         .headers = "content-type: a/b",
         .call = POST_HOME(.body = CORS_BODY_TEXT),
         .answers = REFUSED,
         .told = SENT_HOME " | content-type: a/b" OK_HOME},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        expect_fetch(&cases[i]);
    }
}

static void bodies_go_with_methods(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "GET", .call = {.body = CORS_BODY_TEXT}, .told = "= bad-request"},
        {.name = "HEAD", .call = {METHOD("head"), .body = CORS_BODY_TEXT}, .told = "= bad-request"},
        {.name = "GET of XMLHttpRequest has none",
         .answers = ANSWERED,
         .call = {.initiator = CORS_INITIATOR_XHR, .body = CORS_BODY_TEXT},
         .told = "GET " SENT OK_X},
        {.name = "a stream is not for no-cors",
         .told = "= bad-request",
         .call = {METHOD("POST"), .body = CORS_BODY_STREAM, .mode = CORS_MODE_NO_CORS}},
        {.name = "a stream is no secret",
         .answers = REFUSED,
         .call = {METHOD("POST"), .body = CORS_BODY_STREAM},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: POST"
                 " | Origin: https://app.test" NOT_OK},
        {.name = "a stream stays at home",
         .told = "= mode-same-origin",
         .call = {METHOD("POST"), .body = CORS_BODY_STREAM, .mode = CORS_MODE_SAME_ORIGIN}},
        {.name = "a stream leaves home, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {METHOD("POST"), .body = CORS_BODY_STREAM, .mode = CORS_MODE_SAME_ORIGIN},
         .answers = REFUSED,
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: POST"
                 " | Origin: https://app.test" NOT_OK},
        {.name = "a text stays at home, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {METHOD("POST"), .body = CORS_BODY_TEXT, .mode = CORS_MODE_SAME_ORIGIN},
         .told = "= mode-same-origin"},
        {.name = "a listener",
         .answers = REFUSED,
         .call = {.initiator = CORS_INITIATOR_XHR, .upload_listener = true},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: GET"
                 " | Origin: https://app.test" NOT_OK},
        {.name = "a listener to nothing, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {.initiator = CORS_INITIATOR_XHR, .upload_listener = true},
         .answers = ANSWERED,
         .told = "GET " SENT OK_X},
        {.name = "a listener to a body, in Chromium",
         .browser = CORS_BROWSER_CHROMIUM,
         .call = {METHOD("POST"), .initiator = CORS_INITIATOR_XHR, .upload_listener = true,
                  .body = CORS_BODY_TEXT},
         .answers = REFUSED,
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: POST"
                 " | Origin: https://app.test" NOT_OK},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        expect_fetch(&cases[i]);
    }
}

/* What is no fetch() and no XMLHttpRequest. */
static void other_initiators(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "a beacon",
         .answers = REFUSED,
         .told =
             "POST https://api.test/x +cookies +body"
             " | Origin: https://app.test | Content-Type: text/plain;charset=UTF-8\n= ok opaque 0 ",
         .call = {METHOD("POST"), .initiator = CORS_INITIATOR_BEACON, .body = CORS_BODY_TEXT}},
        {.name = "a beacon of nothing",
         .answers = REFUSED,
         .call = {METHOD("POST"), .initiator = CORS_INITIATOR_BEACON},
         .told = "POST https://api.test/x +cookies | Origin: https://app.test\n= ok opaque 0 "},
        {.name = "a beacon of another type",
         .answers = REFUSED,
         .call = {METHOD("POST"), .initiator = CORS_INITIATOR_BEACON, .body = CORS_BODY_BLOB,
                  .body_type = CORS_SLICE("application/json")},
         .told =
             "OPTIONS https://api.test/x | Access-Control-Request-Method: POST"
             " | Access-Control-Request-Headers: content-type | Origin: https://app.test" NOT_OK},
        {.name = "an image",
         .answers = REFUSED,
         .call = {.initiator = CORS_INITIATOR_IMAGE, .mode = CORS_MODE_NO_CORS},
         .told = "GET https://api.test/x\n= ok opaque 0 "},
        {.name = "a font",
         .answers = REFUSED,
         .call = {.initiator = CORS_INITIATOR_FONT},
         .told = "GET " SENT "\n= missing-allow-origin"},
        {.name = "a font from home",
         .answers = REFUSED,
         .call = {AT_HOME, .initiator = CORS_INITIATOR_FONT},
         .told = "GET " HOME " +cookies\n= ok basic 403 " HOME},
    };
    static const cors_initiator elements[] = {CORS_INITIATOR_IMAGE, CORS_INITIATOR_SCRIPT,
                                              CORS_INITIATOR_MODULE, CORS_INITIATOR_STYLESHEET,
                                              CORS_INITIATOR_FONT};
    for (size_t i = 0; i < ROWS(cases); i++) {
        expect_fetch(&cases[i]);
    }
    for (size_t i = 0; i < ROWS(elements); i++) {
        const struct case_fetch element = {.name = cors_initiator_name(elements[i]),
                                           .browser = CORS_BROWSER_CHROMIUM,
                                           .call = {AT_HOME, .initiator = elements[i]},
                                           .answers = REFUSED,
                                           .told = "GET " HOME
                                                   " +cookies | Origin: https://app.test" OK_HOME};
        expect_fetch(&element);
    }
    const struct case_fetch source = {.name = "an event source tells nothing at home",
                                      .browser = CORS_BROWSER_CHROMIUM,
                                      .call = {AT_HOME, .initiator = CORS_INITIATOR_EVENT_SOURCE},
                                      .answers = REFUSED,
                                      .told = "GET " HOME " +cookies" OK_HOME};
    expect_fetch(&source);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_and_modes),      cmocka_unit_test(urls_of_calls),
        cmocka_unit_test(headers_of_calls),       cmocka_unit_test(bodies_bring_types),
        cmocka_unit_test(bodies_go_with_methods), cmocka_unit_test(other_initiators),
    };
    return cmocka_run_group_tests_name("browser_call", tests, NULL, NULL);
}
