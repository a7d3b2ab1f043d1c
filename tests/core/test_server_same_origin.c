/* SPDX-License-Identifier: MIT */
/* The glance at Host that spares most requests the comparison never contradicts it. */
#include "server_same_origin.h"

#include "case_policy.h"
#include "case_table.h"

static const char *const hosts[] = {"a.test",           "app.example.com",
                                    "APP.Example.Com",  "app.example.com:443",
                                    "app.example.com:", "app.example.com:80",
                                    "10.0.0.1",         "10.0.0.1:8080",
                                    "localhost:3000",   "[::1]",
                                    "[::1]:443",        "app.example.com:8443",
                                    "example.com",      "",
                                    "b.example.com.",   "app.example.com:00443",
                                    "xn--bcher-kva.de", "app.example.com:x",
                                    "p.example.com",    "app.example.co",
                                    "@pp.example.com",  "app.example.com/",
                                    "[::ffff:1.2.3.4]"};
static const char *const origins[] = {"https://a.test",
                                      "https://app.example.com",
                                      "http://app.example.com",
                                      "https://10.0.0.1",
                                      "https://10.0.0.1:8080",
                                      "http://localhost:3000",
                                      "https://[::1]",
                                      "https://app.example.com:8443",
                                      "https://example.com",
                                      "null",
                                      "",
                                      "https://b.example.com.",
                                      "app.example.com",
                                      "/app.example.com",
                                      "https:///app.example.com",
                                      "https://APP.example.com",
                                      "https://xn--bcher-kva.de",
                                      "https://`pp.example.com",
                                      "https://app.example.com/",
                                      "https://[::ffff:1.2.3.4]"};

static void a_glance_agrees_with_the_comparison(void **state) {
    static cors_request request;
    struct case_policy made;
    int same = 0;
    int glances = 0;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://other.test");
    for (size_t h = 0; h < ROWS(hosts); h++) {
        for (size_t o = 0; o < ROWS(origins); o++) {
            cors_decision decision;
            cors_request_begin(&request, made.policy, CORS_SLICE("GET"), CORS_SLICE("/"));
            cors_request_add_header(&request, CORS_SLICE("Host"), case_slice(hosts[h]));
            cors_request_add_header(&request, CORS_SLICE("Origin"), case_slice(origins[o]));
            cors_decide(&request, &decision);
            expect_number(hosts[h], origins[o], decision.same_origin,
                          cors_request_is_same_origin(&request));
            same += decision.same_origin;
            glances += is_from_elsewhere(&request);
        }
    }
    /* Else the table would show nothing. */
    assert_true(same > 12);
    assert_true(glances > 100);
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_glance_agrees_with_the_comparison)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
