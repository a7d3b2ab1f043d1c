/* SPDX-License-Identifier: MIT */
/* The state machine by its public face: steps, memory, what to send, repairs. */
#include <cors/browser.h>

#include "case_table.h"

#include <stdlib.h>

static const cors_field call_headers[] = {
    {{"X-A", 3}, {"1", 1}},
    {{"Content-Type", 12}, {"application/json", 16}},
};

static cors_call put_call(void) {
    return (cors_call){
        .page = CORS_SLICE("https://app.test"),
        .url = CORS_SLICE("https://api.test/x?y#z"),
        .method = CORS_SLICE("put"),
        .headers = call_headers,
        .header_count = 2,
        .credentials = CORS_CREDENTIALS_INCLUDE,
        .body = CORS_BODY_TEXT,
    };
}

static const cors_field granted[] = {
    {{"Access-Control-Allow-Origin", 27}, {"https://app.test", 16}},
    {{"Access-Control-Allow-Credentials", 32}, {"true", 4}},
    {{"Access-Control-Allow-Methods", 28}, {"PUT", 3}},
    {{"access-control-allow-headers", 28}, {"x-a, content-type", 17}},
    {{"Location", 8}, {"/next?a b", 9}},
    {{"Set-Cookie", 10}, {"a=b", 3}},
    {{"Content-Type", 12}, {"text/plain", 10}},
};

static cors_response response_of(int status, size_t fields) {
    return (cors_response){.status = status, .fields = granted, .field_count = fields};
}

static void expect_fields(const cors_fetch *fetch, const char *wanted) {
    char text[512] = "";
    size_t position = 0;
    size_t size = 0;
    cors_field field;
    while (cors_fetch_next_field(fetch, &position, &field)) {
        size += (size_t)snprintf(text + size, sizeof text - size, "%.*s: %.*s\n", SHOWN(field.name),
                                 SHOWN(field.value));
    }
    assert_string_equal(text, wanted);
}

static void steps_follow_each_other(void **state) {
    (void)state;
    static char memory[CORS_FETCH_MEMORY];
    cors_call call = put_call();
    cors_response allowed = response_of(204, 4);
    cors_response answered = response_of(404, 7);
    cors_fetch *fetch;
    assert_int_equal(
        cors_fetch_begin(memory, sizeof memory, &call, CORS_BROWSER_STANDARD, NULL, 0, &fetch),
        CORS_OK);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_PREFLIGHT);
    expect_text("preflight", "method", cors_fetch_method(fetch), "OPTIONS");
    expect_text("preflight", "url", cors_fetch_url(fetch), "https://api.test/x?y");
    assert_false(cors_fetch_sends_credentials(fetch));
    assert_false(cors_fetch_sends_body(fetch));
    expect_fields(fetch, "Access-Control-Request-Method: PUT\n"
                         "Access-Control-Request-Headers: content-type,x-a\n"
                         "Origin: https://app.test\n");
    assert_int_equal(cors_fetch_answer(fetch, &allowed, 1), CORS_OK);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_REQUEST);
    expect_text("request", "method", cors_fetch_method(fetch), "PUT");
    assert_true(cors_fetch_sends_credentials(fetch));
    assert_true(cors_fetch_sends_body(fetch));
    expect_fields(fetch, "Origin: https://app.test\n"
                         "X-A: 1\n"
                         "Content-Type: application/json\n");
    assert_int_equal(cors_fetch_answer(fetch, &answered, 2), CORS_OK);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_DONE);
    const cors_result *result = cors_fetch_result(fetch);
    assert_int_equal(result->code, CORS_CODE_OK);
    assert_int_equal(result->type, CORS_RESPONSE_CORS);
    assert_int_equal(result->status, 404);
    expect_text("result", "url", result->url, "https://api.test/x?y");
    assert_true(cors_fetch_exposes(fetch, CORS_SLICE("content-type")));
    assert_false(cors_fetch_exposes(fetch, CORS_SLICE("set-cookie")));
    assert_false(cors_fetch_exposes(fetch, CORS_SLICE("x-other")));
    /* A call that is over takes no further answer. */
    assert_int_equal(cors_fetch_answer(fetch, &allowed, 3), CORS_OK);
    assert_int_equal(cors_fetch_result(fetch)->status, 404);
}

static void reasons_for_preflights_are_told(void **state) {
    (void)state;
    static char memory[CORS_FETCH_MEMORY];
    static const struct {
        cors_why why;
        const char *what;
    } wanted[] = {
        {CORS_WHY_METHOD, "PUT"},
        {CORS_WHY_CONTENT_TYPE, "application/json"},
        {CORS_WHY_HEADER, "x-a"},
        {CORS_WHY_UPLOAD_LISTENER, ""},
    };
    cors_call call = put_call();
    cors_fetch *fetch;
    size_t position = 0;
    size_t count = 0;
    cors_why why;
    cors_slice what;
    call.initiator = CORS_INITIATOR_XHR;
    call.upload_listener = true;
    assert_int_equal(
        cors_fetch_begin(memory, sizeof memory, &call, CORS_BROWSER_STANDARD, NULL, 0, &fetch),
        CORS_OK);
    while (cors_fetch_next_why(fetch, &position, &why, &what)) {
        assert_true(count < ROWS(wanted));
        expect_number("why", "kind", why, wanted[count].why);
        expect_text("why", "what", what, wanted[count++].what);
    }
    assert_int_equal(count, ROWS(wanted));
}

/* A preflight, a redirect, another preflight, an answer; CORS_TOO_LARGE where memory was short. */
static cors_status run_redirected(char *memory, size_t size, cors_browser browser) {
    char cache_memory[512];
    cors_preflight_cache cache;
    cors_call call = put_call();
    cors_fetch *fetch;
    cors_preflight_cache_begin(&cache, cache_memory, sizeof cache_memory);
    cors_status status = cors_fetch_begin(memory, size, &call, browser, &cache, 0, &fetch);
    for (int steps = 0; status == CORS_OK && cors_fetch_step(fetch) != CORS_STEP_DONE; steps++) {
        bool preflight = cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT;
        cors_response answer = response_of(preflight ? 204 : steps < 3 ? 307 : 200, 7);
        answer.field_count = preflight ? 4 : 7;
        status = cors_fetch_answer(fetch, &answer, steps);
        assert_true(steps < 10);
    }
    if (status == CORS_OK) {
        expect_text("redirected", "url", cors_fetch_result(fetch)->url,
                    "https://api.test/next?a%20b");
    }
    return status;
}

static void any_size_of_memory_will_do_or_is_refused(void **state) {
    (void)state;
    for (int browser = CORS_BROWSER_STANDARD; browser <= CORS_BROWSER_SAFARI; browser++) {
        bool enough = false;
        for (size_t size = 0; size < 4096; size += 3) {
            char *exact = malloc(size + 1); /* at odd places, with a sanitizer behind its end */
            assert_non_null(exact);
            cors_status status = run_redirected(exact + 1, size, (cors_browser)browser);
            assert_true(status == CORS_OK || status == CORS_TOO_LARGE);
            assert_false(enough && status == CORS_TOO_LARGE);
            enough = status == CORS_OK;
            free(exact);
        }
        assert_true(enough);
    }
}

static void network_failures_end_a_call(void **state) {
    (void)state;
    static char memory[CORS_FETCH_MEMORY];
    cors_call call = put_call();
    cors_fetch *fetch;
    cors_repair repair;
    char buffer[64];
    assert_int_equal(
        cors_fetch_begin(memory, sizeof memory, &call, CORS_BROWSER_FIREFOX, NULL, 0, &fetch),
        CORS_OK);
    cors_fetch_fail(fetch);
    assert_int_equal(cors_fetch_step(fetch), CORS_STEP_DONE);
    assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_NETWORK_FAILURE);
    assert_true(cors_fetch_result(fetch)->failure.preflight);
    assert_false(cors_fetch_repair(fetch, buffer, sizeof buffer, &repair));
    cors_fetch_fail(fetch);
    assert_int_equal(cors_fetch_result(fetch)->code, CORS_CODE_NETWORK_FAILURE);
}

/* Answers a preflight as given and as repaired, until nothing is left to repair. */
static void repairs_lead_to_an_allowed_call(void **state) {
    (void)state;
    static char memory[CORS_FETCH_MEMORY];
    static char values[8][128];
    cors_call call = put_call();
    cors_field fields[8] = {{{"Access-Control-Allow-Methods", 28}, {"*, GE T", 7}}};
    size_t count = 1;
    int status = 500;
    cors_code codes[8];
    size_t repaired = 0;
    for (; repaired < 8; repaired++) {
        cors_fetch *fetch;
        cors_repair repair;
        cors_response answer = {.status = status, .fields = fields, .field_count = count};
        assert_int_equal(
            cors_fetch_begin(memory, sizeof memory, &call, CORS_BROWSER_CHROMIUM, NULL, 0, &fetch),
            CORS_OK);
        assert_int_equal(cors_fetch_answer(fetch, &answer, 0), CORS_OK);
        if (cors_fetch_step(fetch) == CORS_STEP_REQUEST) {
            break;
        }
        codes[repaired] = cors_fetch_result(fetch)->code;
        assert_true(cors_fetch_repair(fetch, values[repaired], sizeof values[0], &repair));
        assert_true(repair.preflight);
        status = repair.status == 0 ? status : repair.status;
        if (repair.name.size > 0) {
            size_t at = 0;
            while (at < count &&
                   !(fields[at].name.size == repair.name.size &&
                     memcmp(fields[at].name.data, repair.name.data, repair.name.size) == 0)) {
                at++;
            }
            /* An origin points into the call, and lives; the others into their buffer. */
            fields[at] = (cors_field){repair.name, repair.value};
            count = at == count ? count + 1 : count;
        }
    }
    static const cors_code wanted[] = {
        CORS_CODE_MISSING_ALLOW_ORIGIN, CORS_CODE_INVALID_ALLOW_CREDENTIALS,
        CORS_CODE_PREFLIGHT_STATUS, CORS_CODE_INVALID_ALLOW_METHODS, CORS_CODE_HEADER_NOT_ALLOWED};
    assert_int_equal(repaired, ROWS(wanted));
    assert_memory_equal(codes, wanted, sizeof wanted);
    expect_text("methods", "value", fields[0].value, "PUT");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_each_other),
        cmocka_unit_test(reasons_for_preflights_are_told),
        cmocka_unit_test(any_size_of_memory_will_do_or_is_refused),
        cmocka_unit_test(network_failures_end_a_call),
        cmocka_unit_test(repairs_lead_to_an_allowed_call),
    };
    return cmocka_run_group_tests_name("browser_fetch", tests, NULL, NULL);
}
