/* SPDX-License-Identifier: MIT */
/* What script gets of an answer, why a step is a preflight, and what would mend a failure. */
#include <cors/browser.h>

#include "case_table.h"

#define ORIGIN_FIELD                                                                               \
    {                                                                                              \
        {"Access-Control-Allow-Origin", 27}, {                                                     \
            "*", 1                                                                                 \
        }                                                                                          \
    }

static cors_call plain_call(void) {
    return (cors_call){.page = CORS_SLICE("https://app.test"),
                       .url = CORS_SLICE("https://api.test/x"),
                       .method = CORS_SLICE("GET")};
}

static cors_fetch *begin(const cors_call *call, cors_browser browser) {
    static char memory[CORS_FETCH_MEMORY];
    cors_fetch *fetch;
    assert_int_equal(cors_fetch_begin(memory, sizeof memory, call, browser, NULL, 0, &fetch),
                     CORS_OK);
    return fetch;
}

static void answer(cors_fetch *fetch, int status, const cors_field *fields, size_t count) {
    cors_response response = {.status = status, .fields = fields, .field_count = count};
    assert_int_equal(cors_fetch_answer(fetch, &response, 0), CORS_OK);
}

/* Whether X-A, and Content-Type, can be read, by what Access-Control-Expose-Headers says. */
static void headers_are_exposed(void **state) {
    (void)state;
    static const struct {
        const char *exposed; /* NULL: there is none */
        cors_browser browser;
        cors_credentials_mode credentials;
        bool x_a;
    } rows[] = {
        {NULL, CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, false},
        {"", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, false},
        {"X-B", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, false},
        {"x-b, X-a", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, true},
        {"*", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, true},
        {"X-B,*", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, true},
        {"*", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_INCLUDE, false},
        {"X-A, X B", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, false},
        {"*, X B", CORS_BROWSER_STANDARD, CORS_CREDENTIALS_OMIT, false},
        {"*, X B", CORS_BROWSER_FIREFOX, CORS_CREDENTIALS_OMIT, true},
        {"a,, *, X B", CORS_BROWSER_FIREFOX, CORS_CREDENTIALS_OMIT, true},
        {"X B, *", CORS_BROWSER_FIREFOX, CORS_CREDENTIALS_OMIT, false},
        {"X-A, \"", CORS_BROWSER_FIREFOX, CORS_CREDENTIALS_OMIT, false},
        {"*, X B", CORS_BROWSER_FIREFOX, CORS_CREDENTIALS_INCLUDE, false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        bool include = rows[i].credentials == CORS_CREDENTIALS_INCLUDE;
        const cors_field fields[] = {
            {{"Access-Control-Allow-Origin", 27},
             include ? CORS_SLICE("https://app.test") : CORS_SLICE("*")},
            {{"Access-Control-Allow-Credentials", 32}, {"true", 4}},
            {{"Access-Control-Expose-Headers", 29},
             case_slice(rows[i].exposed == NULL ? "" : rows[i].exposed)},
        };
        const char *row = rows[i].exposed == NULL ? "none" : rows[i].exposed;
        cors_call call = plain_call();
        call.credentials = rows[i].credentials;
        cors_fetch *fetch = begin(&call, rows[i].browser);
        answer(fetch, 200, fields, rows[i].exposed == NULL ? 2 : 3);
        assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_OK);
        expect_number(row, "X-A", cors_fetch_exposes(fetch, CORS_SLICE("X-A")), rows[i].x_a);
        assert_true(cors_fetch_exposes(fetch, CORS_SLICE("content-type")));
        assert_false(cors_fetch_exposes(fetch, CORS_SLICE("Set-Cookie")));
    }
}

static void other_answers_expose_all_or_nothing(void **state) {
    (void)state;
    static const cors_field allowed[] = {ORIGIN_FIELD};
    cors_call call = plain_call();
    call.mode = CORS_MODE_NO_CORS;
    cors_fetch *fetch = begin(&call, CORS_BROWSER_STANDARD);
    answer(fetch, 200, allowed, 1);
    assert_int_equal(cors_fetch_result(fetch)->type, CORS_RESPONSE_OPAQUE);
    assert_false(cors_fetch_exposes(fetch, CORS_SLICE("content-type")));

    call = plain_call();
    call.url = CORS_SLICE("https://app.test/x");
    fetch = begin(&call, CORS_BROWSER_STANDARD);
    answer(fetch, 200, NULL, 0);
    assert_true(cors_fetch_exposes(fetch, CORS_SLICE("X-A")));
    assert_false(cors_fetch_exposes(fetch, CORS_SLICE("set-cookie2")));

    call = plain_call();
    fetch = begin(&call, CORS_BROWSER_STANDARD);
    answer(fetch, 200, NULL, 0);
    assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_MISSING_ALLOW_ORIGIN);
    assert_false(cors_fetch_exposes(fetch, CORS_SLICE("content-type")));
    assert_int_equal(cors_fetch_response(fetch)->status, 200);
}

static void expect_why(const cors_fetch *fetch, size_t *position, cors_why wanted,
                       const char *wanted_what) {
    cors_why why = CORS_WHY_METHOD;
    cors_slice what;
    assert_true(cors_fetch_next_why(fetch, position, &why, &what));
    expect_number("why", "kind", why, wanted);
    expect_text("why", "what", what, wanted_what);
}

static void expect_no_more_why(const cors_fetch *fetch, size_t position) {
    cors_why why;
    cors_slice what;
    assert_false(cors_fetch_next_why(fetch, &position, &why, &what));
    expect_text("why", "what", what, "");
}

static void preflights_have_their_reasons(void **state) {
    (void)state;
    size_t position = 0;
    cors_call call = plain_call();
    expect_no_more_why(begin(&call, CORS_BROWSER_STANDARD), 0);

    call.method = CORS_SLICE("POST");
    call.body = CORS_BODY_STREAM;
    cors_fetch *fetch = begin(&call, CORS_BROWSER_STANDARD);
    expect_why(fetch, &position, CORS_WHY_STREAM, "");
    expect_no_more_why(fetch, position);

    static const cors_field headers[] = {{{"X-A", 3}, {"1", 1}}};
    call = plain_call();
    call.headers = headers;
    call.header_count = 1;
    fetch = begin(&call, CORS_BROWSER_STANDARD);
    position = 0;
    expect_why(fetch, &position, CORS_WHY_HEADER, "x-a");
    expect_no_more_why(fetch, position);
}

/* Firefox asks again at each hop, for no other reason than that it once did. */
static void a_redirect_is_a_reason(void **state) {
    (void)state;
    static const cors_field headers[] = {{{"Authorization", 13}, {"1", 1}}};
    static const cors_field granted[] = {
        ORIGIN_FIELD,
        {{"Access-Control-Allow-Headers", 28}, {"authorization", 13}},
        {{"Location", 8}, {"https://third.test/", 19}}};
    size_t position = 0;
    cors_call call = plain_call();
    call.headers = headers;
    call.header_count = 1;
    cors_fetch *fetch = begin(&call, CORS_BROWSER_FIREFOX);
    answer(fetch, 204, granted, 2);
    answer(fetch, 302, granted, 3);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_PREFLIGHT);
    expect_why(fetch, &position, CORS_WHY_REDIRECT, "");
    expect_no_more_why(fetch, position);
}

/* Safelisted values that are too long together are none: 1,024 bytes by the standard. */
static void safelisted_values_have_a_sum(void **state) {
    (void)state;
    static const struct {
        size_t count; /* of values of 128 bytes */
        cors_browser browser;
        bool unsafe;
        bool preflight;
    } rows[] = {
        {8, CORS_BROWSER_STANDARD, false, false}, {9, CORS_BROWSER_STANDARD, false, true},
        {9, CORS_BROWSER_FIREFOX, false, false},  {8, CORS_BROWSER_STANDARD, true, true},
        {9, CORS_BROWSER_CHROMIUM, false, false},
    };
    static char value[128];
    memset(value, 'a', sizeof value);
    for (size_t i = 0; i < ROWS(rows); i++) {
        cors_field headers[10];
        cors_call call = plain_call();
        for (size_t j = 0; j < rows[i].count; j++) {
            headers[j] = (cors_field){CORS_SLICE("Accept"), {value, sizeof value}};
        }
        headers[rows[i].count] = (cors_field){CORS_SLICE("X-A"), {value, sizeof value}};
        call.headers = headers;
        call.header_count = rows[i].count + rows[i].unsafe;
        cors_fetch *fetch = begin(&call, rows[i].browser);
        bool joins = rows[i].browser == CORS_BROWSER_CHROMIUM;
        expect_number("sum", "preflight", cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT,
                      rows[i].preflight || joins);
        if (rows[i].preflight) {
            expect_text("sum", "asked for", cors_fetch_requested_headers(fetch),
                        rows[i].unsafe ? "x-a" : "accept");
        }
    }
}

/* A call that sends X-A and asks to PUT, and what one answer to it lacks. */
struct repair_case {
    const char *name;
    cors_credentials_mode credentials;
    int status;
    const char *allow_origin; /* NULL: none, as those that follow */
    const char *allow_credentials;
    const char *allow_methods;
    const char *allow_headers;
    int repaired_status;
    const char *field; /* to set; "": none */
    const char *value;
};

static const struct repair_case repair_cases[] = {
    {"no origin", CORS_CREDENTIALS_OMIT, 204, NULL, NULL, NULL, NULL, 0,
     "Access-Control-Allow-Origin", "https://app.test"},
    {"several origins", CORS_CREDENTIALS_OMIT, 204, "https://a.test, *", NULL, NULL, NULL, 0,
     "Access-Control-Allow-Origin", "https://app.test"},
    {"what is no origin", CORS_CREDENTIALS_OMIT, 204, "app", NULL, NULL, NULL, 0,
     "Access-Control-Allow-Origin", "https://app.test"},
    {"another origin", CORS_CREDENTIALS_OMIT, 204, "https://a.test", NULL, NULL, NULL, 0,
     "Access-Control-Allow-Origin", "https://app.test"},
    {"any origin with credentials", CORS_CREDENTIALS_INCLUDE, 204, "*", NULL, NULL, NULL, 0,
     "Access-Control-Allow-Origin", "https://app.test"},
    {"no credentials", CORS_CREDENTIALS_INCLUDE, 204, "https://app.test", "yes", NULL, NULL, 0,
     "Access-Control-Allow-Credentials", "true"},
    {"a status", CORS_CREDENTIALS_OMIT, 404, "*", NULL, NULL, NULL, 204, "", ""},
    {"no method", CORS_CREDENTIALS_OMIT, 204, "*", NULL, NULL, NULL, 0,
     "Access-Control-Allow-Methods", "PUT"},
    {"another method", CORS_CREDENTIALS_OMIT, 204, "*", NULL, "DELETE,", NULL, 0,
     "Access-Control-Allow-Methods", "DELETE, PUT"},
    {"no list of methods", CORS_CREDENTIALS_OMIT, 204, "*", NULL, "P UT, *, PUT", NULL, 0,
     "Access-Control-Allow-Methods", "*, PUT"},
    {"any method with credentials", CORS_CREDENTIALS_INCLUDE, 204, "https://app.test", "true",
     "*, GET", NULL, 0, "Access-Control-Allow-Methods", "GET, PUT"},
    {"no header", CORS_CREDENTIALS_OMIT, 204, "*", NULL, "PUT", NULL, 0,
     "Access-Control-Allow-Headers", "content-type, x-a"},
    {"one header of two", CORS_CREDENTIALS_OMIT, 204, "*", NULL, "PUT", "X-B, X-A", 0,
     "Access-Control-Allow-Headers", "X-B, X-A, content-type"},
    {"no list of headers", CORS_CREDENTIALS_OMIT, 204, "*", NULL, "PUT", "X-A, X:B, *", 0,
     "Access-Control-Allow-Headers", "X-A, *, content-type"},
    {"any header with credentials", CORS_CREDENTIALS_INCLUDE, 204, "https://app.test", "true",
     "PUT", "*", 0, "Access-Control-Allow-Headers", "content-type, x-a"},
};

static size_t add_field(cors_field *fields, size_t count, const char *name, const char *value) {
    if (value != NULL) {
        fields[count++] = (cors_field){case_slice(name), case_slice(value)};
    }
    return count;
}

static cors_fetch *fail_as(const struct repair_case *row, const cors_call *call,
                           cors_browser browser) {
    static cors_field fields[4];
    size_t count = add_field(fields, 0, "Access-Control-Allow-Origin", row->allow_origin);
    count = add_field(fields, count, "Access-Control-Allow-Credentials", row->allow_credentials);
    count = add_field(fields, count, "Access-Control-Allow-Methods", row->allow_methods);
    count = add_field(fields, count, "Access-Control-Allow-Headers", row->allow_headers);
    cors_fetch *fetch = begin(call, browser);
    answer(fetch, row->status, fields, count);
    expect_number(row->name, "step", cors_fetch_step(fetch), CORS_STEP_DONE);
    return fetch;
}

static cors_call repaired_call(const struct repair_case *row) {
    static const cors_field headers[] = {
        {{"X-A", 3}, {"1", 1}}, {{"Content-Type", 12}, {"a/b", 3}}, {{"x-a", 3}, {"2", 1}}};
    cors_call call = plain_call();
    call.method = CORS_SLICE("PUT");
    call.headers = headers;
    call.header_count = ROWS(headers);
    call.credentials = row->credentials;
    return call;
}

/* In Firefox a name that is set twice is asked for twice, and still to be listed once. */
static void repairs_say_what_is_missing(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(repair_cases); i++) {
        const struct repair_case *row = &repair_cases[i];
        const cors_call call = repaired_call(row);
        for (int browser = CORS_BROWSER_STANDARD; browser <= CORS_BROWSER_SAFARI; browser++) {
            char buffer[64];
            cors_repair repair;
            cors_fetch *fetch = fail_as(row, &call, (cors_browser)browser);
            assert_true(cors_fetch_repair(fetch, buffer, sizeof buffer, &repair));
            assert_true(repair.preflight);
            expect_number(row->name, "status", repair.status, row->repaired_status);
            expect_text(row->name, "field", repair.name, row->field);
            expect_text(row->name, "value", repair.value, row->value);
        }
    }
}

static void repairs_keep_to_their_buffer(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(repair_cases); i++) {
        const struct repair_case *row = &repair_cases[i];
        const cors_call call = repaired_call(row);
        cors_fetch *fetch = fail_as(row, &call, CORS_BROWSER_STANDARD);
        bool list = strstr(row->field, "Methods") != NULL || strstr(row->field, "Headers") != NULL;
        for (size_t size = 0; size < 40; size++) {
            char buffer[40];
            cors_repair repair;
            memset(buffer, '#', sizeof buffer);
            bool whole = cors_fetch_repair(fetch, buffer, size, &repair);
            expect_number(row->name, "whole", whole, !list || size >= strlen(row->value));
            assert_int_equal(buffer[size], '#');
        }
    }
}

static void a_redirected_preflight_is_answered_instead(void **state) {
    (void)state;
    static const cors_field fields[] = {ORIGIN_FIELD, {{"Location", 8}, {"/y", 2}}};
    char buffer[64];
    cors_repair repair;
    const cors_call call = repaired_call(&repair_cases[0]);
    cors_fetch *fetch = begin(&call, CORS_BROWSER_STANDARD);
    answer(fetch, 302, fields, 2);
    assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_PREFLIGHT_REDIRECT);
    assert_true(cors_fetch_repair(fetch, buffer, sizeof buffer, &repair));
    assert_int_equal(repair.status, 204);
    expect_text("redirected", "field", repair.name, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_exposed),
        cmocka_unit_test(other_answers_expose_all_or_nothing),
        cmocka_unit_test(preflights_have_their_reasons),
        cmocka_unit_test(a_redirect_is_a_reason),
        cmocka_unit_test(safelisted_values_have_a_sum),
        cmocka_unit_test(repairs_say_what_is_missing),
        cmocka_unit_test(repairs_keep_to_their_buffer),
        cmocka_unit_test(a_redirected_preflight_is_answered_instead),
    };
    return cmocka_run_group_tests_name("browser_result", tests, NULL, NULL);
}
