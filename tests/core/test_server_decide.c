/* SPDX-License-Identifier: MIT */
#include <cors/server.h>

#include "case_policy.h"
#include "case_request.h"
#include "case_table.h"

#define VARY_ON_OPTIONS "\nVary: Access-Control-Request-Method, Access-Control-Request-Headers"
#define ACRM "\nAccess-Control-Request-Method: "
#define ACRH "\nAccess-Control-Request-Headers: "

struct row {
    const char *request;
    const char *answer;
};

static void expect_rows(const char *lines, const struct row *rows, size_t count) {
    struct case_policy made;
    case_policy_build_sound(&made, lines);
    for (size_t i = 0; i < count; i++) {
        case_request_expect(made.policy, rows[i].request, rows[i].answer);
    }
    case_policy_end(&made);
}

static const char listed_policy[] = "policy\npath /api/*\n"
                                    "allow_origins https://a.example\n"
                                    "allow_origins https://a.example:8443\n"
                                    "allow_origins https://*.a.example\n"
                                    "allow_methods PUT\nallow_methods patch\n"
                                    "allow_headers X-One\nallow_headers Content-Type\n"
                                    "expose_headers ETag\nmax_age 600\n";

static const struct row listed[] = {
    {"GET /other\nOrigin: https://a.example", "no-policy none no-policy 0"},
    {"OPTIONS /other\nOrigin: https://a.example" ACRM "PUT", "no-policy none no-policy 0"},
    {"GET /api/x", "no-origin none no-origin 0\nVary: Origin"},
    {"OPTIONS /api/x", "no-origin none no-origin 0" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x" ACRM "PUT", "no-origin none no-origin 0" VARY_ON_OPTIONS ", Origin"},
    /* actual requests */
    {"GET /api/x\nOrigin: https://a.example",
     "actual allowed allowed 0\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Expose-Headers: ETag\nVary: Origin"},
    {"DELETE /api/x\nOrigin: \t https://a.example \t",
     "actual allowed allowed 0\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Expose-Headers: ETag\nVary: Origin"},
    {"OPTIONS /api/x\nOrigin: https://x.a.example",
     "actual allowed allowed 0\nAccess-Control-Allow-Origin: https://x.a.example\n"
     "Access-Control-Expose-Headers: ETag" VARY_ON_OPTIONS ", Origin"},
    {"options /api/x\nOrigin: https://a.example" ACRM "PUT",
     "actual allowed allowed 0\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Expose-Headers: ETag\nVary: Origin"},
    {"GET /api/x\nORIGIN: https://b.example",
     "actual denied origin-not-allowed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: null", "actual denied origin-null 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: ", "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: *", "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: https://a.example/",
     "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: https://A.example",
     "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: https://a.example\nOrigin: https://a.example",
     "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: https://a.example, https://a.example",
     "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOrigin: null\nOrigin: ",
     "actual denied origin-malformed 0 blocked\nVary: Origin"},
    {"GET /api/x\nOriginal: https://a.example\nX-Origin: b",
     "no-origin none no-origin 0\nVary: Origin"},
    /* preflights: the method */
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PUT",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Allow-Methods: PUT, patch\nAccess-Control-Allow-Headers: X-One, Content-Type\n"
     "Access-Control-Max-Age: 600" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "\tGET ",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Allow-Methods: PUT, patch\nAccess-Control-Allow-Headers: X-One, Content-Type\n"
     "Access-Control-Max-Age: 600" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "patch" ACRH "x-one",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Allow-Methods: PUT, patch\nAccess-Control-Allow-Headers: X-One, Content-Type\n"
     "Access-Control-Max-Age: 600" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PATCH",
     "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "put",
     "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "get",
     "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "*",
     "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM,
     "preflight denied method-malformed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PUT, GET",
     "preflight denied method-malformed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PUT" ACRM "PUT",
     "preflight denied method-malformed 403" VARY_ON_OPTIONS ", Origin"},
    /* the order: origin, method, headers */
    {"OPTIONS /api/x\nOrigin: " ACRM,
     "preflight denied origin-malformed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://b.example" ACRM "(" ACRH "(",
     "preflight denied origin-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: null" ACRM "(",
     "preflight denied origin-null 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "(" ACRH "(",
     "preflight denied method-malformed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "DELETE" ACRH "(",
     "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PUT" ACRH "(",
     "preflight denied header-malformed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PUT" ACRH "x-two",
     "preflight denied header-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /api/x\nOrigin: https://a.example" ACRM "PUT" ACRH "*",
     "preflight denied header-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
};

static void listed_origins_methods_and_headers(void **state) {
    (void)state;
    expect_rows(listed_policy, listed, ROWS(listed));
}

static const char public_policy[] = "allow_origins *\nallow_methods *\nallow_headers *\n"
                                    "expose_headers *\nmax_age 5\npreflight_status 200\n";

/* A public policy never looks at the origin's value. */
static const struct row open_to_all[] = {
    {"GET /x", "no-origin none no-origin 0\nAccess-Control-Allow-Origin: *\n"
               "Access-Control-Expose-Headers: *"},
    {"OPTIONS /x" ACRM "PUT", "no-origin none no-origin 0\nAccess-Control-Allow-Origin: *\n"
                              "Access-Control-Expose-Headers: *" VARY_ON_OPTIONS},
    {"GET /x\nOrigin: https://a.example", "actual allowed allowed 0\n"
                                          "Access-Control-Allow-Origin: *\n"
                                          "Access-Control-Expose-Headers: *"},
    {"GET /x\nOrigin: ?\nOrigin: null", "actual allowed allowed 0\nAccess-Control-Allow-Origin: *\n"
                                        "Access-Control-Expose-Headers: *"},
    {"OPTIONS /x\nOrigin: " ACRM "x-any" ACRH "x-a, b",
     "preflight allowed allowed 200\nAccess-Control-Allow-Origin: *\n"
     "Access-Control-Allow-Methods: *\nAccess-Control-Allow-Headers: *\n"
     "Access-Control-Max-Age: 5" VARY_ON_OPTIONS},
    {"OPTIONS /x\nOrigin: null" ACRM "PUT" ACRH "x-a, AUTHORIZATION",
     "preflight denied header-not-allowed 403" VARY_ON_OPTIONS},
    {"OPTIONS /x\nOrigin: null" ACRM "a b",
     "preflight denied method-malformed 403" VARY_ON_OPTIONS},
};

static void public_policies(void **state) {
    (void)state;
    expect_rows(public_policy, open_to_all, ROWS(open_to_all));
}

static const char authorized_policy[] = "allow_origins *\nallow_headers *\n"
                                        "allow_headers aUTHORIZATION\nmax_age 1";

static const struct row authorized[] = {
    {"OPTIONS /\nOrigin: x" ACRM "GET" ACRH "authorization,x",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: *\n"
     "Access-Control-Allow-Headers: *, Authorization\nAccess-Control-Max-Age: 1" VARY_ON_OPTIONS},
};

static void authorization_is_named_beside_a_star(void **state) {
    (void)state;
    expect_rows(authorized_policy, authorized, ROWS(authorized));
}

static const char credentials_policy[] = "accept_risks null-origin\nallow_origins null\n"
                                         "allow_origins https://a.example\nallow_methods *\n"
                                         "allow_headers *\nallow_credentials true\n";

/* With credentials a * means nothing to browsers, so that the request is echoed. */
static const struct row credentials[] = {
    {"GET /", "no-origin none no-origin 0\nVary: Origin"},
    {"GET /\nOrigin: null", "actual allowed allowed 0\nAccess-Control-Allow-Origin: null\n"
                            "Access-Control-Allow-Credentials: true\nVary: Origin"},
    {"OPTIONS /\nOrigin: https://a.example" ACRM " xYz ",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Allow-Credentials: true\nAccess-Control-Allow-Methods: xYz" VARY_ON_OPTIONS
     ", Origin"},
    {"OPTIONS /\nOrigin: null" ACRM "GET" ACRH "Authorization,x-B ,\t, c",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: null\n"
     "Access-Control-Allow-Credentials: true\nAccess-Control-Allow-Methods: GET\n"
     "Access-Control-Allow-Headers: Authorization, x-B, c" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /\nOrigin: null" ACRM "GET" ACRH "a" ACRH "b,c" ACRH "",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: null\n"
     "Access-Control-Allow-Credentials: true\nAccess-Control-Allow-Methods: GET\n"
     "Access-Control-Allow-Headers: a, b, c" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /\nOrigin: null" ACRM "GET" ACRH "a" ACRH "b c",
     "preflight denied header-malformed 403" VARY_ON_OPTIONS ", Origin"},
};

static void stars_with_credentials_echo(void **state) {
    (void)state;
    expect_rows(credentials_policy, credentials, ROWS(credentials));
}

static const struct row empty_list[] = {
    {"GET /\nOrigin: https://a.example",
     "actual denied origin-not-allowed 0 blocked\nVary: Origin"},
    {"GET /\nOrigin: null", "actual denied origin-null 0 blocked\nVary: Origin"},
};

static void a_list_left_empty_allows_nobody(void **state) {
    (void)state;
    expect_rows("has_origins", empty_list, ROWS(empty_list));
}

/* Same origin or not: what Sec-Fetch-Site says, else the Origin against Host. */
static const struct {
    const char *origin;
    const char *lines;
    bool same;
} sites[] = {
    {"https://b.example", "", false},
    {"https://b.example", "Host: b.example", true},
    {"http://b.example", "Host: b.example", true},
    {"https://b.example", "Host: B.EXAMPLE", true},
    {"https://b.example", "Host: \tb.example ", true},
    {"https://b.example", "Host: b.example:443", true},
    {"http://b.example", "Host: b.example:80", true},
    {"http://b.example", "Host: b.example:443", false},
    {"https://b.example", "Host: b.example:80", false},
    {"https://b.example", "Host: b.example:", true},
    {"https://b.example", "Host: b.example:0443", true},
    {"https://b.example", "Host: b.example:00000443", false},
    {"https://b.example", "Host: b.example:x", false},
    {"https://b.example", "Host: b.example:443:443", false},
    {"https://b.example", "Host: b.example.", false},
    {"https://b.example", "Host: a.b.example", false},
    {"https://b.example", "Host: ", false},
    {"https://b.example", "Host: b.example\nHost: b.example", false},
    {"https://b.example:8443", "Host: b.example:8443", true},
    {"https://b.example:8443", "Host: b.example", false},
    {"https://b.example:8443", "Host: b.example:443", false},
    {"https://b.example", "Host: b.example:8443", false},
    {"x://b.example", "Host: b.example", true},
    {"x://b.example", "Host: b.example:1", false},
    {"https://[::1]", "Host: [::1]", true},
    {"https://[::1]:8443", "Host: [::1]:8443", true},
    {"https://[::1]:8443", "Host: [::1]", false},
    {"https://[::1]", "Host: [::1]:443", true},
    {"https://[::a]", "Host: [::A]", true},
    {"https://[::1]", "Host: [::2]", false},
    {"null", "Host: null", false},
    {"https://b.example/", "Host: b.example", false},
    {"https://b.example", "Sec-Fetch-Site: same-origin", true},
    {"https://b.example", "Sec-Fetch-Site: none", true},
    {"null", "Sec-Fetch-Site: same-origin", true},
    {"null", "Host:", false}, /* no host on either side makes them no host in common */
    {"https://", "Host:", false},
    {"https://b.example", "Sec-Fetch-Site: same-site\nHost: b.example", false},
    {"https://b.example", "Sec-Fetch-Site: cross-site\nHost: b.example", false},
    {"https://b.example", "Sec-Fetch-Site: same-origin\nHost: c.example", true},
    {"https://b.example", "Sec-Fetch-Site: \nHost: b.example", true},
    {"https://b.example", "Sec-Fetch-Site: Same-Origin\nHost: c.example", false},
    {"https://b.example", "Sec-Fetch-Site: other\nHost: b.example", true},
    {"https://b.example", "Sec-Fetch-Site: none\nSec-Fetch-Site: none\nHost: c.example", false},
    {"https://b.example", "Sec-Fetch-Site: cross-site\nSec-Fetch-Site: none\nHost: b.example",
     true},
    {"https://b.example", "Origin: https://b.example\nHost: b.example", false},
};

static void same_origin_requests_are_told(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example");
    for (size_t i = 0; i < ROWS(sites); i++) {
        char text[256];
        cors_request request;
        cors_decision decision;
        snprintf(text, sizeof text, "POST /\nOrigin: %s%s%s", sites[i].origin,
                 sites[i].lines[0] == '\0' ? "" : "\n", sites[i].lines);
        case_request_read(&request, made.policy, text);
        cors_decide(&request, &decision);
        expect_number(text, "same origin", decision.same_origin, sites[i].same);
        expect_number(text, "the verdict", decision.verdict, CORS_VERDICT_DENIED);
        expect_number(text, "blocked", cors_decision_blocks(&decision), !sites[i].same);
        expect_number(text, "the logged reason", cors_decision_logged_reason(&decision),
                      sites[i].same ? CORS_REASON_SAME_ORIGIN : decision.reason);
    }
    case_policy_end(&made);
}

/* With an own origin the Host line does not count. */
static const struct {
    const char *own;
    const char *lines;
    bool same;
} owns[] = {
    {"https://b.example", "Origin: https://b.example\nHost: c.example", true},
    {"https://b.example", "Origin: http://b.example\nHost: b.example", false},
    {"https://b.example:8443", "Origin: https://b.example\nHost: b.example", false},
    {"https://b.example", "Origin: https://c.example\nHost: c.example", false},
    {"https://b.example", "Origin: https://b.example\nOrigin: https://b.example", false},
    {"https://b.example", "Origin: https://b.example\nSec-Fetch-Site: cross-site", false},
    {"https://b.example", "Origin: https://c.example\nSec-Fetch-Site: same-origin", true},
    {"null", "Origin: null", true},
    {"", "Origin: https://b.example\nHost: b.example", true},
};

static void own_origins_are_told(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example");
    for (size_t i = 0; i < ROWS(owns); i++) {
        char text[256];
        cors_request request;
        cors_decision decision;
        snprintf(text, sizeof text, "POST /\n%s", owns[i].lines);
        case_request_read(&request, made.policy, text);
        cors_request_set_own_origin(&request, case_slice(owns[i].own));
        cors_decide(&request, &decision);
        expect_number(text, "same origin", decision.same_origin, owns[i].same);
    }
    case_policy_end(&made);
}

/* Same origin is a matter of actual requests; headers and verdict stay what they are. */
static const struct row same_origin[] = {
    {"GET /\nHost: a.example", "no-origin none no-origin 0\nVary: Origin"},
    {"GET /\nOrigin: https://a.example\nHost: a.example",
     "actual allowed allowed 0 same-origin\nAccess-Control-Allow-Origin: https://a.example\n"
     "Vary: Origin"},
    {"POST /\nOrigin: https://b.example\nHost: b.example",
     "actual denied origin-not-allowed 0 same-origin\nVary: Origin"},
    {"OPTIONS /\nOrigin: https://b.example\nHost: b.example" ACRM "GET",
     "preflight denied origin-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"OPTIONS /\nOrigin: https://a.example\nHost: a.example" ACRM "GET",
     "preflight allowed allowed 204\nAccess-Control-Allow-Origin: https://a.example" VARY_ON_OPTIONS
     ", Origin"},
};

static void same_origin_changes_no_header(void **state) {
    (void)state;
    expect_rows("allow_origins https://a.example", same_origin, ROWS(same_origin));
}

static void denials_name_their_reason(void **state) {
    static const struct row denials[] = {
        {"OPTIONS /\nOrigin: null" ACRM "GET",
         "CORS: origin-null\nThe policy does not accept the origin null.\n"},
        {"GET /\nOrigin: https://b.example",
         "CORS: origin-not-allowed\nThe policy does not list this origin.\n"},
        {"GET /\nOrigin: https://a.example", ""},
        {"OPTIONS /\nOrigin: https://a.example" ACRM "GET", ""},
        {"GET /", ""},
        {"GET x", ""},
    };
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example");
    for (size_t i = 0; i < ROWS(denials); i++) {
        cors_request request;
        cors_decision decision;
        memset(&decision, 0xEE, sizeof decision);
        case_request_read(&request, made.policy, denials[i].request);
        cors_decide(&request, &decision);
        expect_text(denials[i].request, "the body", decision.body, denials[i].answer);
    }
    case_policy_end(&made);
}

static void no_policy_at_all(void **state) {
    (void)state;
    case_request_expect(NULL, "OPTIONS /\nOrigin: https://a.example" ACRM "GET" ACRH "a",
                        "no-policy none no-policy 0");
}

/* What an application judges itself stands in place of the list, and shows in Vary. */
static void applications_can_judge(void **state) {
    static const struct {
        const char *lines;
        cors_verdict verdict;
        const char *request;
        const char *answer;
    } rows_of[] = {
        {listed_policy, CORS_VERDICT_ALLOWED, "GET /api/x\nOrigin: https://b.example",
         "actual allowed allowed 0\nAccess-Control-Allow-Origin: https://b.example\n"
         "Access-Control-Expose-Headers: ETag\nVary: Origin"},
        {listed_policy, CORS_VERDICT_DENIED, "GET /api/x\nOrigin: https://a.example",
         "actual denied origin-not-allowed 0 blocked\nVary: Origin"},
        {listed_policy, CORS_VERDICT_NONE, "GET /api/x\nOrigin: https://b.example",
         "actual denied origin-not-allowed 0 blocked\nVary: Origin"},
        {listed_policy, CORS_VERDICT_ALLOWED, "GET /api/x\nOrigin: null",
         "actual denied origin-null 0 blocked\nVary: Origin"},
        {listed_policy, CORS_VERDICT_ALLOWED, "GET /api/x\nOrigin: https://b.example/",
         "actual denied origin-malformed 0 blocked\nVary: Origin"},
        {listed_policy, CORS_VERDICT_ALLOWED,
         "GET /api/x\nOrigin: https://b.example\nOrigin: https://b.example",
         "actual denied origin-malformed 0 blocked\nVary: Origin"},
        {listed_policy, CORS_VERDICT_ALLOWED,
         "OPTIONS /api/x\nOrigin: https://b.example" ACRM "DELETE",
         "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
        {"policy\nallow_origins *\n", CORS_VERDICT_ALLOWED, "GET /\nOrigin: https://b.example",
         "actual allowed allowed 0\nAccess-Control-Allow-Origin: https://b.example\nVary: Origin"},
        {"policy\nallow_origins *\n", CORS_VERDICT_DENIED, "GET /\nOrigin: https://b.example",
         "actual denied origin-not-allowed 0 blocked\nVary: Origin"},
        {"policy\nallow_origins *\n", CORS_VERDICT_DENIED, "GET /",
         "no-origin none no-origin 0\nVary: Origin"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows_of); i++) {
        struct case_policy made;
        cors_request request;
        cors_decision decision;
        case_policy_build_sound(&made, rows_of[i].lines);
        case_request_read(&request, made.policy, rows_of[i].request);
        cors_request_set_origin_verdict(&request, rows_of[i].verdict);
        cors_decide(&request, &decision);
        assert_string_equal(case_decision_text(&decision), rows_of[i].answer);
        case_policy_end(&made);
    }
}

static void names_are_those_of_the_tables(void **state) {
    static const struct {
        int number;
        const char *name;
        const char *meaning; /* NULL: a kind */
    } names[] = {
#define KIND(name, number, text) {CORS_KIND_##name, text, NULL},
#define REASON(name, number, text, meaning) {CORS_REASON_##name, text, meaning},
        CORS_KINDS(KIND) CORS_REASONS(REASON)
#undef KIND
#undef REASON
    };
    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        if (names[i].meaning == NULL) {
            assert_string_equal(cors_kind_name((cors_kind)names[i].number), names[i].name);
        } else {
            assert_string_equal(cors_reason_name((cors_reason)names[i].number), names[i].name);
            assert_string_equal(cors_reason_meaning((cors_reason)names[i].number),
                                names[i].meaning);
        }
    }
    assert_string_equal(cors_kind_name((cors_kind)4), "");
    assert_string_equal(cors_reason_name((cors_reason)12), "");
    assert_string_equal(cors_reason_meaning((cors_reason)12), "");
    assert_int_equal(CORS_KIND_ACTUAL, 3);
    assert_int_equal(CORS_REASON_SAME_ORIGIN, 11);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listed_origins_methods_and_headers),
        cmocka_unit_test(public_policies),
        cmocka_unit_test(authorization_is_named_beside_a_star),
        cmocka_unit_test(stars_with_credentials_echo),
        cmocka_unit_test(a_list_left_empty_allows_nobody),
        cmocka_unit_test(same_origin_requests_are_told),
        cmocka_unit_test(own_origins_are_told),
        cmocka_unit_test(same_origin_changes_no_header),
        cmocka_unit_test(denials_name_their_reason),
        cmocka_unit_test(no_policy_at_all),
        cmocka_unit_test(applications_can_judge),
        cmocka_unit_test(names_are_those_of_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
