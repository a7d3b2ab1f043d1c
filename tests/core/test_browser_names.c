/* SPDX-License-Identifier: MIT */
/* The browser's names, in both directions, and which field of an answer a code is about. */
#include <cors/browser.h>

#include "case_table.h"

enum { NO_SUCH_VALUE = 99 };

/* A value, pinned, and its name. */
struct named {
    int value;
    const char *name;
};

/* A function of the library by an int, so that one loop does for all tables. */
#define WRAP_FIND(type, function)                                                                  \
    static bool try_##function(const char *name, int *value) {                                     \
        type found;                                                                                \
        if (!function(case_slice(name), &found)) {                                                 \
            return false;                                                                          \
        }                                                                                          \
        *value = (int)found;                                                                       \
        return true;                                                                               \
    }

WRAP_FIND(cors_browser, cors_browser_find)
WRAP_FIND(cors_initiator, cors_initiator_find)
WRAP_FIND(cors_mode, cors_mode_find)
WRAP_FIND(cors_credentials_mode, cors_credentials_mode_find)
WRAP_FIND(cors_redirect_mode, cors_redirect_mode_find)
WRAP_FIND(cors_cache_mode, cors_cache_mode_find)
WRAP_FIND(cors_body, cors_body_find)

static const struct named browsers[] = {
    {0, "standard"}, {1, "chromium"}, {2, "firefox"}, {3, "safari"}};
static const struct named initiators[] = {{0, "fetch"},  {1, "xhr"},         {2, "image"},
                                          {3, "script"}, {4, "module"},      {5, "stylesheet"},
                                          {6, "font"},   {7, "eventsource"}, {8, "beacon"}};
static const struct named modes[] = {{0, "cors"}, {1, "no-cors"}, {2, "same-origin"}};
static const struct named credentials[] = {{0, "same-origin"}, {1, "include"}, {2, "omit"}};
static const struct named redirects[] = {{0, "follow"}, {1, "error"}, {2, "manual"}};
static const struct named caches[] = {{0, "default"},  {1, "no-store"},    {2, "reload"},
                                      {3, "no-cache"}, {4, "force-cache"}, {5, "only-if-cached"}};
static const struct named bodies[] = {{0, "none"}, {1, "text"},  {2, "params"}, {3, "form"},
                                      {4, "blob"}, {5, "bytes"}, {6, "stream"}};

static const struct {
    bool (*find)(const char *name, int *value);
    const struct named *named;
    size_t count;
} finds[] = {
    {try_cors_browser_find, browsers, ROWS(browsers)},
    {try_cors_initiator_find, initiators, ROWS(initiators)},
    {try_cors_mode_find, modes, ROWS(modes)},
    {try_cors_credentials_mode_find, credentials, ROWS(credentials)},
    {try_cors_redirect_mode_find, redirects, ROWS(redirects)},
    {try_cors_cache_mode_find, caches, ROWS(caches)},
    {try_cors_body_find, bodies, ROWS(bodies)},
};

static void names_are_found(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(finds); i++) {
        for (size_t j = 0; j < finds[i].count; j++) {
            int value = -1;
            assert_true(finds[i].find(finds[i].named[j].name, &value));
            expect_number(finds[i].named[j].name, "value", value, finds[i].named[j].value);
        }
    }
}

static void other_names_are_not_found(void **state) {
    (void)state;
    static const char *const others[] = {"", "CORS", "chromium ", "fetc", "texts", "none,"};
    for (size_t i = 0; i < ROWS(finds); i++) {
        for (size_t j = 0; j < ROWS(others); j++) {
            int value = -1;
            assert_false(finds[i].find(others[j], &value));
            assert_int_equal(value, -1);
        }
    }
}

/* What says something of each value of an enum says it of all, differently, and of no other. */
static void expect_texts(const char *(*text)(int value), int first, int last) {
    for (int value = first; value <= last; value++) {
        assert_string_not_equal(text(value), "");
        for (int other = first; other < value; other++) {
            assert_string_not_equal(text(value), text(other));
        }
    }
    assert_string_equal(text(last + 1), "");
    assert_string_equal(text(NO_SUCH_VALUE), "");
    assert_string_equal(text(-1), "");
}

#define WRAP_TEXT(type, function)                                                                  \
    static const char *say_##function(int value) {                                                 \
        return function((type)value);                                                              \
    }

WRAP_TEXT(cors_code, cors_code_name)
WRAP_TEXT(cors_code, cors_code_cause)
WRAP_TEXT(cors_code, cors_code_fix)
WRAP_TEXT(cors_why, cors_why_name)
WRAP_TEXT(cors_why, cors_why_advice)
WRAP_TEXT(cors_response_type, cors_response_type_name)

static void values_have_names(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(browsers); i++) {
        assert_string_equal(cors_browser_name((cors_browser)i), browsers[i].name);
    }
    for (size_t i = 0; i < ROWS(initiators); i++) {
        assert_string_equal(cors_initiator_name((cors_initiator)i), initiators[i].name);
    }
    assert_string_equal(cors_browser_name((cors_browser)NO_SUCH_VALUE), "");
    assert_string_equal(cors_initiator_name((cors_initiator)NO_SUCH_VALUE), "");
    expect_texts(say_cors_code_name, CORS_CODE_OK, CORS_CODE_NETWORK_FAILURE);
    expect_texts(say_cors_why_name, CORS_WHY_METHOD, CORS_WHY_REDIRECT);
    expect_texts(say_cors_response_type_name, CORS_RESPONSE_ERROR, CORS_RESPONSE_OPAQUE_REDIRECT);
    assert_string_equal(cors_code_name(CORS_CODE_OK), "ok");
    assert_string_equal(cors_code_name(CORS_CODE_TOO_MANY_REDIRECTS), "too-many-redirects");
    assert_string_equal(cors_why_name(CORS_WHY_UPLOAD_LISTENER), "upload-listener");
    assert_string_equal(cors_response_type_name(CORS_RESPONSE_OPAQUE), "opaque");
}

static void codes_have_causes_and_fixes(void **state) {
    (void)state;
    expect_texts(say_cors_code_cause, CORS_CODE_OK, CORS_CODE_NETWORK_FAILURE);
    expect_texts(say_cors_code_fix, CORS_CODE_MISSING_ALLOW_ORIGIN, CORS_CODE_NETWORK_FAILURE);
    expect_texts(say_cors_why_advice, CORS_WHY_METHOD, CORS_WHY_REDIRECT);
    assert_string_equal(cors_code_fix(CORS_CODE_OK), "");
    assert_string_equal(cors_code_fix(CORS_CODE_TOO_MANY_REDIRECTS), "Break the redirect loop.");
}

static void fields_have_names(void **state) {
    (void)state;
    assert_string_equal(cors_field_name(CORS_FIELD_ORIGIN), "Origin");
    assert_string_equal(cors_field_name(CORS_FIELD_ALLOW_ORIGIN), "Access-Control-Allow-Origin");
    assert_string_equal(cors_field_name(CORS_FIELD_VARY), "Vary");
    assert_string_equal(cors_field_name(CORS_FIELD_ALLOW_PRIVATE_NETWORK),
                        "Access-Control-Allow-Private-Network");
}

/* The field that each code is about, NULL: none. */
static void codes_are_about_fields(void **state) {
    (void)state;
    static const char *const wanted[] = {
        [CORS_CODE_OK] = NULL,
        [CORS_CODE_MISSING_ALLOW_ORIGIN] = "Access-Control-Allow-Origin",
        [CORS_CODE_MULTIPLE_ALLOW_ORIGIN] = "Access-Control-Allow-Origin",
        [CORS_CODE_INVALID_ALLOW_ORIGIN] = "Access-Control-Allow-Origin",
        [CORS_CODE_ALLOW_ORIGIN_MISMATCH] = "Access-Control-Allow-Origin",
        [CORS_CODE_WILDCARD_WITH_CREDENTIALS] = "Access-Control-Allow-Origin",
        [CORS_CODE_INVALID_ALLOW_CREDENTIALS] = "Access-Control-Allow-Credentials",
        [CORS_CODE_PREFLIGHT_STATUS] = NULL,
        [CORS_CODE_PREFLIGHT_REDIRECT] = "Location",
        [CORS_CODE_INVALID_ALLOW_METHODS] = "Access-Control-Allow-Methods",
        [CORS_CODE_INVALID_ALLOW_HEADERS] = "Access-Control-Allow-Headers",
        [CORS_CODE_METHOD_NOT_ALLOWED] = "Access-Control-Allow-Methods",
        [CORS_CODE_HEADER_NOT_ALLOWED] = "Access-Control-Allow-Headers",
        [CORS_CODE_REDIRECT_WITH_USERINFO] = "Location",
        [CORS_CODE_REDIRECT_SCHEME] = "Location",
        [CORS_CODE_TOO_MANY_REDIRECTS] = "Location",
        [CORS_CODE_REDIRECT_REFUSED] = "Location",
        [CORS_CODE_MODE_SAME_ORIGIN] = NULL,
        [CORS_CODE_MODE_NO_CORS] = NULL,
        [CORS_CODE_SCHEME_NOT_HTTP] = NULL,
        [CORS_CODE_BAD_REQUEST] = NULL,
        [CORS_CODE_LOCAL_NETWORK_DENIED] = NULL,
        [CORS_CODE_LOCAL_NETWORK_INSECURE] = NULL,
        [CORS_CODE_PRIVATE_NETWORK_PREFLIGHT] = NULL,
        [CORS_CODE_NETWORK_FAILURE] = NULL,
    };
    for (size_t i = 0; i < ROWS(wanted); i++) {
        cors_field_id field = CORS_FIELD_VARY;
        const char *code = cors_code_name((cors_code)i);
        expect_number(code, "is about a field", cors_code_field((cors_code)i, &field),
                      wanted[i] != NULL);
        expect_text(code, "field", case_slice(cors_field_name(field)),
                    wanted[i] == NULL ? "Vary" : wanted[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),   cmocka_unit_test(other_names_are_not_found),
        cmocka_unit_test(values_have_names), cmocka_unit_test(codes_have_causes_and_fixes),
        cmocka_unit_test(fields_have_names), cmocka_unit_test(codes_are_about_fields),
    };
    return cmocka_run_group_tests_name("browser_names", tests, NULL, NULL);
}
