/* SPDX-License-Identifier: MIT */
/* What consoles print for a failure, and that cors_explain() reads it back. */
#include "browser_messages.h"

#include "case_table.h"

#define URL "https://api.test/o'b/x?y=1"
#define FIRST "https://first.test/a"
#define PAGE "https://app.test"
#define AT "Access to fetch at '" URL "' from origin '" PAGE "' has been blocked by CORS policy: "
#define AT_XHR                                                                                     \
    "Access to XMLHttpRequest at '" URL "' from origin '" PAGE "' has been blocked by CORS policy: "
#define PREFLIGHT "Response to preflight request doesn't pass access control check: "
#define SCHEMES                                                                                    \
    "Cross origin requests are only supported for protocol schemes: chrome, "                      \
    "chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, "    \
    "https, isolated-app."
#define BLOCKED                                                                                    \
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "  \
    "at " URL ". (Reason: "

static cors_failure failure_of(cors_code code) {
    return (cors_failure){
        .code = code,
        .url = CORS_SLICE(URL),
        .first_url = CORS_SLICE(FIRST),
        .page = CORS_SLICE(PAGE),
        .origin = CORS_SLICE(PAGE),
        .value = CORS_SLICE("https://b.test"),
        .method = CORS_SLICE("PUT"),
        .header = CORS_SLICE("X-Trace"),
        .status = 404,
        .value_lines = 1,
    };
}

static cors_slice message_of(const cors_failure *failure, cors_browser browser, char *buffer,
                             size_t size) {
    size_t needed = cors_failure_message(failure, browser, buffer, size);
    assert_true(needed <= size);
    return (cors_slice){buffer, needed};
}

struct wording_case {
    const char *name;
    cors_browser browser;
    cors_code code;
    cors_initiator initiator;
    bool preflight;
    const char *value;
    uint32_t value_lines;
    const char *wanted;
};

#define CHROMIUM CORS_BROWSER_CHROMIUM
#define FIREFOX CORS_BROWSER_FIREFOX
#define SAFARI CORS_BROWSER_SAFARI
#define FETCH CORS_INITIATOR_FETCH
#define XHR CORS_INITIATOR_XHR
#define FONT CORS_INITIATOR_FONT

static const struct wording_case wording_cases[] = {
    {"missing", CHROMIUM, CORS_CODE_MISSING_ALLOW_ORIGIN, FETCH, false, "", 0,
     AT "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
    {"missing in a preflight", CHROMIUM, CORS_CODE_MISSING_ALLOW_ORIGIN, FETCH, true, "", 0,
     AT PREFLIGHT "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
    {"the wildcard and fetch", CHROMIUM, CORS_CODE_WILDCARD_WITH_CREDENTIALS, FETCH, false, "*", 1,
     AT "The value of the 'Access-Control-Allow-Origin' header in the response must not be the "
        "wildcard '*' when the request's credentials mode is 'include'."},
    {"the wildcard and XHR", CHROMIUM, CORS_CODE_WILDCARD_WITH_CREDENTIALS, XHR, false, "*", 1,
     AT_XHR "The value of the 'Access-Control-Allow-Origin' header in the response must not be "
            "the wildcard '*' when the request's credentials mode is 'include'. The credentials "
            "mode of requests initiated by the XMLHttpRequest is controlled by the "
            "withCredentials attribute."},
    {"an invalid value and fetch", CHROMIUM, CORS_CODE_INVALID_ALLOW_ORIGIN, FETCH, false,
     "\x1B*\xE4", 1,
     AT "The 'Access-Control-Allow-Origin' header contains the invalid value '\\u001B*\\u00E4'. "
        "Have the server send the header with a valid value."},
    {"an invalid value and XHR", CHROMIUM, CORS_CODE_INVALID_ALLOW_ORIGIN, XHR, true, "*.test", 1,
     AT_XHR PREFLIGHT
     "The 'Access-Control-Allow-Origin' header contains the invalid value '*.test'."},
    {"two values and fetch", CHROMIUM, CORS_CODE_MULTIPLE_ALLOW_ORIGIN, FETCH, false, "*, *", 2,
     AT "The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is "
        "allowed. Have the server send the header with a valid value."},
    {"two values and XHR", CHROMIUM, CORS_CODE_MULTIPLE_ALLOW_ORIGIN, XHR, true, "*, *", 1,
     AT_XHR PREFLIGHT "The 'Access-Control-Allow-Origin' header contains multiple values '*, *', "
                      "but only one is allowed."},
    {"another origin and fetch", CHROMIUM, CORS_CODE_ALLOW_ORIGIN_MISMATCH, FETCH, false,
     "https://b.test", 1,
     AT "The 'Access-Control-Allow-Origin' header has a value 'https://b.test' that is not equal "
        "to the supplied origin. Have the server send the header with a valid value."},
    {"a method", CHROMIUM, CORS_CODE_METHOD_NOT_ALLOWED, FETCH, true, "", 0,
     AT "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response."},
    {"a header in lower case", CHROMIUM, CORS_CODE_HEADER_NOT_ALLOWED, FETCH, true, "", 0,
     AT "Request header field x-trace is not allowed by Access-Control-Allow-Headers in "
        "preflight response."},
    {"too many redirects", CHROMIUM, CORS_CODE_TOO_MANY_REDIRECTS, FETCH, false, "", 0,
     "Failed to load resource: net::ERR_TOO_MANY_REDIRECTS"},
    {"a redirect to data:", CHROMIUM, CORS_CODE_REDIRECT_SCHEME, FETCH, false, "data:,x", 0,
     "Failed to load resource: net::ERR_UNSAFE_REDIRECT"},
    {"a redirect to another scheme, which begins like data:", CHROMIUM, CORS_CODE_REDIRECT_SCHEME,
     FETCH, false, "database:x", 0,
     "Access to fetch at 'database:x' (redirected from '" FIRST "') from origin '" PAGE
     "' has been blocked by CORS policy: " SCHEMES},
    {"a redirect to another scheme, which begins like filesystem:", CHROMIUM,
     CORS_CODE_REDIRECT_SCHEME, FETCH, false, "filesystems:x", 0,
     "Access to fetch at 'filesystems:x' (redirected from '" FIRST "') from origin '" PAGE
     "' has been blocked by CORS policy: " SCHEMES},
    {"a redirect to what is no URL", CHROMIUM, CORS_CODE_REDIRECT_SCHEME, FETCH, false, "", 0,
     "Failed to load resource: net::ERR_INVALID_REDIRECT"},
    {"a redirect to ftp:", CHROMIUM, CORS_CODE_REDIRECT_SCHEME, FETCH, false, "ftp://f.test/", 0,
     "Access to fetch at 'ftp://f.test/' (redirected from '" FIRST "') from origin '" PAGE
     "' has been blocked by CORS policy: " SCHEMES},
    {"a call that cannot be made", CHROMIUM, CORS_CODE_BAD_REQUEST, FETCH, false, "", 0, ""},
    {"no answer", CHROMIUM, CORS_CODE_NETWORK_FAILURE, FETCH, false, "", 0, ""},
    {"missing", FIREFOX, CORS_CODE_MISSING_ALLOW_ORIGIN, FONT, true, "", 0,
     BLOCKED "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404."},
    {"two lines", FIREFOX, CORS_CODE_MULTIPLE_ALLOW_ORIGIN, FETCH, false, "*, *", 2,
     BLOCKED "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed)."},
    {"one line of two", FIREFOX, CORS_CODE_MULTIPLE_ALLOW_ORIGIN, FETCH, false, "*, *", 1,
     BLOCKED "CORS header ‘Access-Control-Allow-Origin’ does not match ‘*, *’)."},
    {"bytes that are no UTF-8", FIREFOX, CORS_CODE_INVALID_ALLOW_ORIGIN, FETCH, false,
     "a\xE4z\xE2\x80|\xC3\xA4\xED\xA0\x80", 1,
     BLOCKED "CORS header ‘Access-Control-Allow-Origin’ does not match "
             "‘a\xEF\xBF\xBDz\xEF\xBF\xBD|\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD’)."},
    {"the wildcard", FIREFOX, CORS_CODE_WILDCARD_WITH_CREDENTIALS, FETCH, false, "*", 1,
     "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource "
     "at ‘" URL "’. (Reason: Credential is not supported if the CORS header "
     "‘Access-Control-Allow-Origin’ is ‘*’)."},
    {"a header", FIREFOX, CORS_CODE_HEADER_NOT_ALLOWED, FETCH, true, "", 0,
     BLOCKED "header ‘x-trace’ is not allowed according to header ‘Access-Control-Allow-Headers’ "
             "from CORS preflight response)."},
    {"a preflight redirected", FIREFOX, CORS_CODE_PREFLIGHT_REDIRECT, FETCH, true, "", 0,
     BLOCKED "CORS request external redirect not allowed)."},
    {"no answer", FIREFOX, CORS_CODE_NETWORK_FAILURE, FETCH, false, "", 0,
     BLOCKED "CORS request did not succeed). Status code: (null)."},
    {"missing", SAFARI, CORS_CODE_MISSING_ALLOW_ORIGIN, FETCH, false, "", 0,
     "Origin " PAGE " is not allowed by Access-Control-Allow-Origin. Status code: 404"},
    {"another origin", SAFARI, CORS_CODE_ALLOW_ORIGIN_MISMATCH, FETCH, false, "x", 1,
     "Origin " PAGE " is not allowed by Access-Control-Allow-Origin. Status code: 404"},
    {"a header as script wrote it", SAFARI, CORS_CODE_HEADER_NOT_ALLOWED, FETCH, true, "", 0,
     "Request header field X-Trace is not allowed by Access-Control-Allow-Headers."},
    {"a value that is no UTF-8", SAFARI, CORS_CODE_INVALID_ALLOW_METHODS, FETCH, true, "\xE4", 1,
     "Header Access-Control-Allow-Methods has an invalid value: \xC3\xA4"},
    {"characters of all sizes", FIREFOX, CORS_CODE_INVALID_ALLOW_ORIGIN, FETCH, false,
     "\xE0\xA0\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 1,
     BLOCKED "CORS header ‘Access-Control-Allow-Origin’ does not match "
             "‘\xE0\xA0\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF’)."},
    {"characters that are none", FIREFOX, CORS_CODE_INVALID_ALLOW_ORIGIN, FETCH, false,
     "\xE0\x9F\x80|\xF0\x8F\x80|\xF4\x90\x80|\xF5|\xE2\x80", 1,
     BLOCKED "CORS header ‘Access-Control-Allow-Origin’ does not match "
             "‘\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|"
             "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD|\xEF\xBF\xBD|\xEF\xBF\xBD’)."},
    {"a method of what was no preflight", CHROMIUM, CORS_CODE_METHOD_NOT_ALLOWED, FETCH, false, "",
     0, ""},
    {"any", CORS_BROWSER_STANDARD, CORS_CODE_MISSING_ALLOW_ORIGIN, FETCH, false, "", 0, ""},
};

static void test_words_are_the_browsers(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(wording_cases); i++) {
        const struct wording_case *row = &wording_cases[i];
        char buffer[1024];
        cors_failure failure = failure_of(row->code);
        failure.initiator = row->initiator;
        failure.preflight = row->preflight;
        failure.value = case_slice(row->value);
        failure.value_lines = row->value_lines;
        expect_text(row->name, cors_browser_name(row->browser),
                    message_of(&failure, row->browser, buffer, sizeof buffer), row->wanted);
    }
}

static void test_nothing_is_said_of_the_pages_own_origin(void **state) {
    char buffer[1024];
    cors_failure failure = failure_of(CORS_CODE_TOO_MANY_REDIRECTS);
    (void)state;
    failure.url = CORS_SLICE(PAGE "/x");
    assert_int_equal(message_of(&failure, FIREFOX, buffer, sizeof buffer).size, 0);
    failure.origin = CORS_SLICE("null"); /* a redirect was through another origin */
    assert_int_not_equal(message_of(&failure, FIREFOX, buffer, sizeof buffer).size, 0);
    failure = failure_of(CORS_CODE_TOO_MANY_REDIRECTS);
    failure.url = CORS_SLICE(PAGE ".evil.test/x");
    assert_int_not_equal(message_of(&failure, FIREFOX, buffer, sizeof buffer).size, 0);
    failure.mode = CORS_MODE_NO_CORS;
    assert_int_equal(message_of(&failure, FIREFOX, buffer, sizeof buffer).size, 0);
}

/* The URL that Chromium names is the redirecting one's, also where that is the page's own. */
static void test_user_info_counts_by_where_it_leads(void **state) {
    char buffer[1024];
    cors_failure failure = failure_of(CORS_CODE_REDIRECT_WITH_USERINFO);
    (void)state;
    failure.url = CORS_SLICE(PAGE "/x");
    failure.value = CORS_SLICE("https://user:pw@api.test/");
    assert_int_not_equal(message_of(&failure, CHROMIUM, buffer, sizeof buffer).size, 0);
    failure.silent = true;
    assert_int_equal(message_of(&failure, CHROMIUM, buffer, sizeof buffer).size, 0);
}

/* Of any size: as much as fits is written, nothing beyond, and the whole size is returned. */
static void test_buffer_is_kept_to(void **state) {
    char whole[1024];
    cors_failure failure = failure_of(CORS_CODE_MISSING_ALLOW_ORIGIN);
    cors_slice message = message_of(&failure, CHROMIUM, whole, sizeof whole);
    (void)state;
    for (size_t size = 0; size <= message.size; size++) {
        char part[1024];
        memset(part, '#', sizeof part);
        assert_int_equal(cors_failure_message(&failure, CHROMIUM, part, size), message.size);
        assert_memory_equal(part, whole, size);
        assert_int_equal(part[size], '#');
    }
    assert_int_equal(cors_failure_message(&failure, CHROMIUM, NULL, 0), message.size);
}

/* A value of the field that fits each code, for what Firefox's words leave to it. */
static const char *const values[][2] = {
    [CORS_CODE_MULTIPLE_ALLOW_ORIGIN] = {"https://a.test, https://b.test", "* *"},
    [CORS_CODE_INVALID_ALLOW_ORIGIN] = {"*.test", "https://"},
    [CORS_CODE_ALLOW_ORIGIN_MISMATCH] = {"https://b.test", "null"},
    [CORS_CODE_WILDCARD_WITH_CREDENTIALS] = {"*", "*"},
    [CORS_CODE_INVALID_ALLOW_METHODS] = {"PU T", "\x01"},
    [CORS_CODE_INVALID_ALLOW_HEADERS] = {"x trace", "(x)"},
    [CORS_CODE_REDIRECT_SCHEME] = {"ftp://f.test/x", "data:,x"},
    [CORS_CODE_REDIRECT_REFUSED] = {"", "https://b.test/"},
    [CORS_CODE_LOCAL_NETWORK_DENIED] = {"loopback", "local"},
    [CORS_CODE_LOCAL_NETWORK_INSECURE] = {"loopback", "local"},
    [CORS_CODE_SCHEME_NOT_HTTP] = {"file", "ftp"},
    [CORS_CODE_NETWORK_FAILURE] = {"", ""},
};

static bool says_code(const cors_explanation *explanation, cors_code code) {
    bool found = explanation->code == code;
    for (size_t i = 0; i < explanation->also_count; i++) {
        found = found || explanation->also[i] == code;
    }
    return found;
}

static bool holds(cors_slice text, cors_slice part) {
    for (size_t i = 0; i + part.size <= text.size; i++) {
        if (memcmp(text.data + i, part.data, part.size) == 0) {
            return true;
        }
    }
    return false;
}

static void expect_same(const char *row, const char *what, cors_slice got, cors_slice wanted) {
    if (got.size != wanted.size || memcmp(got.data, wanted.data, got.size) != 0) {
        fail_msg("%s: %s: %.*s instead of %.*s", row, what, SHOWN(got), SHOWN(wanted));
    }
}

static void expect_read_back(const cors_failure *failure, cors_browser browser, cors_slice text) {
    const char *row = cors_code_name(failure->code);
    cors_explanation read;
    bool of_target = failure->code == CORS_CODE_REDIRECT_SCHEME && holds(text, failure->value);
    if (!cors_explain(text, &read)) {
        fail_msg("%s is not understood: %.*s", row, SHOWN(text));
    }
    expect_number(row, "browser", read.browser, browser);
    if (!says_code(&read, failure->code)) {
        fail_msg("%s is read as %s: %.*s", row, cors_code_name(read.code), SHOWN(text));
    }
    if (read.preflight_known) {
        expect_number(row, "preflight", read.preflight, failure->preflight);
    }
    if (of_target) {
        expect_same(row, "target", read.named.url, failure->value);
    } else if (holds(text, failure->url)) {
        expect_same(row, "url", read.named.url, failure->url);
    }
    if (browser == CHROMIUM && holds(text, CORS_SLICE("from origin"))) {
        expect_same(row, "page", read.named.page, failure->page);
    }
    if (holds(text, CORS_SLICE("Method "))) {
        expect_same(row, "method", read.named.method, failure->method);
    }
    if (holds(text, CORS_SLICE("redirected from"))) {
        expect_same(row, "first URL", read.named.first_url, failure->first_url);
    }
}

static size_t read_back(cors_failure *failure) {
    size_t count = 0;
    for (int browser = CHROMIUM; browser <= SAFARI; browser++) {
        char buffer[1024];
        cors_slice text = message_of(failure, (cors_browser)browser, buffer, sizeof buffer);
        if (text.size > 0) {
            expect_read_back(failure, (cors_browser)browser, text);
            count++;
        }
    }
    return count;
}

/* What only a preflight fails by, and what only a request does. */
static bool can_be(cors_code code, bool preflight) {
    switch (code) {
    case CORS_CODE_PREFLIGHT_STATUS:
    case CORS_CODE_PREFLIGHT_REDIRECT:
    case CORS_CODE_INVALID_ALLOW_METHODS:
    case CORS_CODE_INVALID_ALLOW_HEADERS:
    case CORS_CODE_METHOD_NOT_ALLOWED:
    case CORS_CODE_HEADER_NOT_ALLOWED:
    case CORS_CODE_PRIVATE_NETWORK_PREFLIGHT:
        return preflight;
    case CORS_CODE_REDIRECT_WITH_USERINFO:
    case CORS_CODE_REDIRECT_SCHEME:
    case CORS_CODE_TOO_MANY_REDIRECTS:
    case CORS_CODE_REDIRECT_REFUSED:
    case CORS_CODE_MODE_SAME_ORIGIN:
    case CORS_CODE_MODE_NO_CORS:
    case CORS_CODE_SCHEME_NOT_HTTP:
    case CORS_CODE_LOCAL_NETWORK_DENIED:
    case CORS_CODE_LOCAL_NETWORK_INSECURE:
        return !preflight;
    default:
        return true;
    }
}

/* Each code, initiator, request, way there, value and count of lines. */
static void test_messages_are_read_back(void **state) {
    size_t count = 0;
    (void)state;
    for (int code = CORS_CODE_MISSING_ALLOW_ORIGIN; code <= CORS_CODE_NETWORK_FAILURE; code++) {
        for (unsigned sample = 0; sample < CORS_INITIATOR_BEACON * 32u + 32; sample++) {
            bool preflight = (sample & 1) != 0;
            cors_failure failure = failure_of((cors_code)code);
            const char *value = values[code][sample >> 2 & 1];
            failure.initiator = (cors_initiator)(sample >> 5);
            failure.preflight = preflight;
            failure.redirected = (sample & 2) != 0;
            failure.value = case_slice(value == NULL ? "" : value);
            failure.value_lines = sample >> 3 & 1;
            failure.status = (sample & 16) != 0 ? 301 : 404;
            failure.page = (sample & 16) != 0 ? CORS_SLICE("null") : failure.page;
            failure.origin = failure.redirected ? CORS_SLICE("null") : failure.page;
            if (can_be((cors_code)code, preflight)) {
                count += read_back(&failure);
            }
        }
    }
    assert_true(count > 7000);
}

/* A placeholder that there is not is text. */
static void test_templates_are_cut_at_their_placeholders(void **state) {
    static const struct {
        const char *literal; /* "": a placeholder */
        enum placeholder place;
    } parts[] = {{"a ", PLACE_NONE}, {"", PLACE_URL}, {"{b}", PLACE_NONE}, {"", PLACE_ANY}};
    cors_slice rest = CORS_SLICE("a {url}{b}{any}|c");
    struct template_part part;
    (void)state;
    for (size_t i = 0; i < ROWS(parts); i++) {
        assert_true(cors_template_next(&rest, false, &part));
        expect_text("part", "literal", part.literal, parts[i].literal);
        if (parts[i].literal[0] == '\0') {
            assert_int_equal(part.place, parts[i].place);
        }
    }
    assert_false(cors_template_next(&rest, false, &part));
}

/* Chromium alone is silent about what is marked so. */
static void test_silence_is_chromiums(void **state) {
    char buffer[512];
    cors_failure failure = failure_of(CORS_CODE_MISSING_ALLOW_ORIGIN);
    (void)state;
    failure.silent = true;
    assert_int_equal(cors_failure_message(&failure, CHROMIUM, buffer, sizeof buffer), 0);
    assert_true(cors_failure_message(&failure, FIREFOX, buffer, sizeof buffer) > 0);
    failure.silent = false;
    assert_true(cors_failure_message(&failure, CHROMIUM, buffer, sizeof buffer) > 0);
}

/* A URL that ends with its origin, as no engine writes it, is of that origin. */
static void test_an_origin_is_a_url(void **state) {
    char buffer[512];
    cors_failure failure = failure_of(CORS_CODE_MISSING_ALLOW_ORIGIN);
    (void)state;
    failure.url = CORS_SLICE(PAGE);
    assert_int_equal(cors_failure_message(&failure, CHROMIUM, buffer, sizeof buffer), 0);
    failure.url = CORS_SLICE(PAGE ":8443");
    assert_true(cors_failure_message(&failure, CHROMIUM, buffer, sizeof buffer) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_the_browsers),
        cmocka_unit_test(test_nothing_is_said_of_the_pages_own_origin),
        cmocka_unit_test(test_user_info_counts_by_where_it_leads),
        cmocka_unit_test(test_buffer_is_kept_to),
        cmocka_unit_test(test_messages_are_read_back),
        cmocka_unit_test(test_templates_are_cut_at_their_placeholders),
        cmocka_unit_test(test_silence_is_chromiums),
        cmocka_unit_test(test_an_origin_is_a_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
