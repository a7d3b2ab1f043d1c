/* SPDX-License-Identifier: MIT */
#include "http_names.h"

#include <cors/server.h>

#include "case_table.h"

static const struct {
    const char *method;
    bool safelisted;
    bool forbidden;
} methods[] = {
    {"GET", true, false},     {"HEAD", true, false},     {"POST", true, false},
    {"get", false, false},    {"Head", false, false},    {"POSTS", false, false},
    {"PUT", false, false},    {"", false, false},        {"CONNECT", false, true},
    {"connect", false, true}, {"TRACE", false, true},    {"tRaCe", false, true},
    {"TRACK", false, true},   {"track", false, true},    {"TRACKS", false, false},
    {"TRAC", false, false},   {"OPTIONS", false, false}, {"*", false, false},
};

static void methods_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(methods); i++) {
        cors_slice method = case_slice(methods[i].method);
        expect_number(methods[i].method, "safelisted", cors_method_is_safelisted(method),
                      methods[i].safelisted);
        expect_number(methods[i].method, "forbidden", cors_method_is_forbidden(method),
                      methods[i].forbidden);
    }
}

enum {
    PLAIN = 0,
    SAFE = 1,      /* safelisted */
    FORBIDDEN = 2, /* on requests */
    HIDDEN = 4,    /* on responses */
    SECRET = 8,
};

static const struct {
    const char *name;
    unsigned classes;
} headers[] = {
    {"Accept", SAFE},
    {"accept-language", SAFE},
    {"CONTENT-LANGUAGE", SAFE},
    {"Content-Type", PLAIN},
    {"Range", PLAIN},
    {"Accept-", PLAIN},
    {"Accept-Charset", FORBIDDEN},
    {"Accept-Encoding", FORBIDDEN},
    {"Access-Control-Request-Headers", FORBIDDEN},
    {"Access-Control-Request-Method", FORBIDDEN},
    {"Access-Control-Request-Methods", PLAIN},
    {"Connection", FORBIDDEN},
    {"Content-Length", FORBIDDEN},
    {"Cookie", FORBIDDEN | SECRET},
    {"Cookie2", FORBIDDEN | SECRET},
    {"Date", FORBIDDEN},
    {"DNT", FORBIDDEN},
    {"Expect", FORBIDDEN},
    {"Host", FORBIDDEN},
    {"Keep-Alive", FORBIDDEN},
    {"Origin", FORBIDDEN},
    {"Referer", FORBIDDEN},
    {"Set-Cookie", FORBIDDEN | HIDDEN | SECRET},
    {"Set-Cookie2", HIDDEN | SECRET},
    {"set-cookie3", SECRET},
    {"TE", FORBIDDEN},
    {"Trailer", FORBIDDEN},
    {"Transfer-Encoding", FORBIDDEN},
    {"Upgrade", FORBIDDEN},
    {"Via", FORBIDDEN},
    {"Proxy-", FORBIDDEN},
    {"proxy-x", FORBIDDEN},
    {"Proxy", PLAIN},
    {"Sec-", FORBIDDEN},
    {"SEC-fetch-site", FORBIDDEN},
    {"Sec", PLAIN},
    {"X-Sec-A", PLAIN},
    {"User-Agent", PLAIN},
    {"X-Request-Id", PLAIN},
    {"Authorization", SECRET},
    {"Proxy-Authorization", FORBIDDEN | SECRET},
    {"X-Auth-Token", SECRET},
    {"x-csrf-TOKEN-next", SECRET},
    {"X-Secret", SECRET},
    {"X-Api-Key", SECRET},
    {"X-ApiKey", SECRET},
    {"x_api_key", SECRET},
    {"X-Password-Hint", SECRET},
    {"X-Credential-Id", SECRET},
    {"X-Session-Id", SECRET},
    {"SessionId", SECRET},
    {"X-Session", PLAIN},
    {"Toke", PLAIN},
    {"ETag", PLAIN},
    {"", PLAIN},
    {"*", PLAIN},
};

static void headers_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(headers); i++) {
        cors_slice name = case_slice(headers[i].name);
        unsigned got = PLAIN;
        got |= cors_header_is_safelisted(name) ? SAFE : PLAIN;
        got |= cors_request_header_is_forbidden(name) ? FORBIDDEN : PLAIN;
        got |= cors_response_header_is_forbidden(name) ? HIDDEN : PLAIN;
        got |= cors_header_is_sensitive(name) ? SECRET : PLAIN;
        expect_number(headers[i].name, "its classes", got, headers[i].classes);
    }
}

/* A slice of no bytes may point nowhere. */
static void nothing_is_no_name(void **state) {
    const cors_slice nothing = {NULL, 0};
    (void)state;
    assert_false(cors_method_is_forbidden(nothing));
    assert_false(cors_header_is_safelisted(nothing));
    assert_false(cors_request_header_is_forbidden(nothing));
    assert_false(cors_response_header_is_forbidden(nothing));
    assert_false(cors_header_is_sensitive(nothing));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_told),
        cmocka_unit_test(headers_are_told),
        cmocka_unit_test(nothing_is_no_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
