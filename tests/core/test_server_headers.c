/* SPDX-License-Identifier: MIT */
#include <cors/server.h>

#include "case_table.h"

static const struct {
    const char *name;
    bool owned;
} names[] = {
    {"Access-Control-Allow-Origin", true},
    {"access-control-allow-credentials", true},
    {"ACCESS-CONTROL-ALLOW-METHODS", true},
    {"Access-Control-Allow-Headers", true},
    {"Access-Control-Allow-Private-Network", true},
    {"Access-Control-Allow-", true},
    {"Access-Control-Allow", false},
    {"Access-Control-Expose-Headers", true},
    {"access-control-expose-headers", true},
    {"Access-Control-Expose-Header", false},
    {"Access-Control-Expose-Headers-", false},
    {"Access-Control-Max-Age", true},
    {"ACCESS-CONTROL-MAX-AGE", true},
    {"Access-Control-Max-Ages", false},
    {"Access-Control-Request-Method", false},
    {"Access-Control-Request-Headers", false},
    {"Access-Control-", false},
    {"Access_Control_Allow_Origin", false},
    {"X-Access-Control-Allow-Origin", false},
    {"Access-Control-Allo\x77-Origin", true},
    {"Access\rControl-Allow-Origin", false},
    {"Vary", false},
    {"Origin", false},
    {"", false},
};

static void owned_headers_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(names); i++) {
        expect_number(names[i].name, "owned", cors_header_is_owned(case_slice(names[i].name)),
                      names[i].owned);
    }
    assert_false(cors_header_is_owned((cors_slice){NULL, 0}));
}

static const struct {
    const char *value;
    const char *name;
    bool covers;
} varies[] = {
    {"Origin", "Origin", true},
    {"origin", "Origin", true},
    {"ORIGIN", "origin", true},
    {"Accept-Encoding, Origin", "Origin", true},
    {"Accept-Encoding,Origin,Cookie", "Origin", true},
    {" \tOrigin\t , Cookie", "Origin", true},
    {",,Origin,,", "Origin", true},
    {"*", "Origin", true},
    {"Cookie, *", "Origin", true},
    {"**", "Origin", false},
    {"", "Origin", false},
    {",", "Origin", false},
    {"Origins", "Origin", false},
    {"Origi", "Origin", false},
    {"X-Origin", "Origin", false},
    {"Or igin", "Origin", false},
    {"Origin;q=1", "Origin", false},
    {"\"Origin\"", "Origin", false},
    {"Access-Control-Request-Method", "Access-Control-Request-Headers", false},
    {"access-control-request-headers", "Access-Control-Request-Headers", true},
};

static void vary_is_read_as_a_list(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(varies); i++) {
        expect_number(varies[i].value, varies[i].name,
                      cors_vary_covers(case_slice(varies[i].value), case_slice(varies[i].name)),
                      varies[i].covers);
    }
    assert_false(cors_vary_covers((cors_slice){NULL, 0}, CORS_SLICE("Origin")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(owned_headers_are_told),
        cmocka_unit_test(vary_is_read_as_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
