/* SPDX-License-Identifier: MIT */
#include "origin_address.h"

#include "case_table.h"

#include <arpa/inet.h>
#include <stdlib.h>

static const struct {
    const char *host;
    const char *shortest; /* empty: no address */
} addresses[] = {
    {"[::]", "[::]"},
    {"[::1]", "[::1]"},
    {"[1::]", "[1::]"},
    {"[0:0:0:0:0:0:0:0]", "[::]"},
    {"[0:0:0:0:0:0:0:1]", "[::1]"},
    {"[0001:0::0002]", "[1::2]"},
    {"[2001:db8::1]", "[2001:db8::1]"},
    {"[2001:0db8:0000:0000:0000:0000:0000:0001]", "[2001:db8::1]"},
    {"[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]"},
    {"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"},
    /* one zero is never left out */
    {"[1:0:3:4:5:6:7:8]", "[1:0:3:4:5:6:7:8]"},
    {"[1::3:4:5:6:7:8]", "[1:0:3:4:5:6:7:8]"},
    {"[::2:3:4:5:6:7:8]", "[0:2:3:4:5:6:7:8]"},
    {"[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7:0]"},
    /* the longest run, and the first of equal ones */
    {"[1:0:0:4:0:0:7:8]", "[1::4:0:0:7:8]"},
    {"[1:0:0:4:0:0:0:8]", "[1:0:0:4::8]"},
    {"[0:0:3:4:5:0:0:0]", "[0:0:3:4:5::]"},
    {"[0:0:0:4:5:6:0:0]", "[::4:5:6:0:0]"},
    /* numbers at the end */
    {"[::1.2.3.4]", "[::102:304]"},
    {"[::ffff:127.0.0.1]", "[::ffff:7f00:1]"},
    {"[1:2:3:4:5:6:255.255.255.255]", "[1:2:3:4:5:6:ffff:ffff]"},
    {"[1::6:0.0.0.0]", "[1::6:0:0]"},
    {"[::0.0.0.0]", "[::]"},
    {"[1:2:3:4:5:6:7:1.2.3.4]", ""},
    {"[1:2:3:4:5:6:7:8:1.2.3.4]", ""},
    {"[1:2:3:4:5:6:7:8.]", ""},
    {"[1.2.3.4]", ""},
    {"[::1.2.3]", ""},
    {"[::1.2.3.]", ""},
    {"[::1.2.3.4.]", ""},
    {"[::1.2.3.4.5]", ""},
    {"[::1.2.3.256]", ""},
    {"[::1.2.3.1000]", ""},
    {"[::1.2.3.01]", ""},
    {"[::01.2.3.4]", ""},
    {"[::1.2.3.a]", ""},
    {"[::a.2.3.4]", ""},
    {"[::1.2.3.4:5]", ""},
    {"[::.1.2.3]", ""},
    /* no addresses */
    {"[]", ""},
    {"[:]", ""},
    {"[:::]", ""},
    {"[::::]", ""},
    {"[1]", ""},
    {"[1:2:3:4:5:6:7]", ""},
    {"[1:2:3:4:5:6:7:]", ""},
    {"[1:2:3:4:5:6:7:8:]", ""},
    {"[1:2:3:4:5:6:7:8:9]", ""},
    {"[1:2:3:4:5:6:7:8::]", ""},
    {"[::1:2:3:4:5:6:7:8]", ""},
    {"[1:2:3:4::5:6:7:8]", ""},
    {"[:1:2:3:4:5:6:7]", ""},
    {"[1::2::3]", ""},
    {"[::1::]", ""},
    {"[12345::]", ""},
    {"[::12345]", ""},
    {"[g::]", ""},
    {"[::g]", ""},
    {"[1:::2]", ""},
    {"[::1 ]", ""},
    {"[::%1]", ""},
    {"[.]", ""},
    {"[", ""},
    {"", ""},
};

static void addresses_have_one_shortest_form(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(addresses); i++) {
        char buffer[ADDRESS_TEXT_MAX];
        expect_text(addresses[i].host, "the shortest form",
                    cors_ipv6_shorten(case_slice(addresses[i].host), buffer),
                    addresses[i].shortest);
    }
}

static uint32_t next_number(uint32_t *seed) {
    *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return *seed >> 8;
}

/* Texts of the bytes that an address is made of: the C library must see the same address. */
static void random_texts_are_read_as_the_system_does(void **state) {
    static const char *const pieces[] = {":",     ":",       ":",  "::",   "0",
                                         "0",     "1",       "ab", "ffff", "0000",
                                         "12345", "1.2.3.4", ".",  "00f",  "255.0.0.1"};
    uint32_t seed = 1;
    size_t valid = 0;
    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[128] = "[";
        uint32_t count = next_number(&seed) % 17;
        for (uint32_t i = 0; i < count; i++) {
            strcat(text, pieces[next_number(&seed) % ROWS(pieces)]);
        }
        struct in6_addr wanted;
        bool known = inet_pton(AF_INET6, text + 1, &wanted) == 1;
        strcat(text, "]");
        char buffer[ADDRESS_TEXT_MAX];
        cors_slice shortest = cors_ipv6_shorten(case_slice(text), buffer);
        if ((shortest.size > 0) != known) {
            fail_msg("\"%s\" is %s", text, known ? "an address" : "no address");
        }
        if (known) {
            struct in6_addr got;
            buffer[shortest.size - 1] = '\0';
            assert_int_equal(inet_pton(AF_INET6, buffer + 1, &got), 1);
            assert_memory_equal(&got, &wanted, sizeof got);
            assert_true(shortest.size <= strlen(text));
            valid++;
        }
    }
    assert_true(valid > 1000);
}

static const struct {
    const char *host;
    bool numeric;
    bool canonical;
} ipv4s[] = {
    {"1.2.3.4", true, true},     {"0.0.0.0", true, true},    {"255.255.255.255", true, true},
    {"127.0.0.1", true, true},   {"256.0.0.1", true, false}, {"1.2.3.256", true, false},
    {"1.2.3.9999", true, false}, {"01.2.3.4", true, false},  {"1.2.3.04", true, false},
    {"1.2.3", true, false},      {"1.2.3.4.5", true, false}, {"1", true, false},
    {"0", true, false},          {"0x7f", true, false},      {"0x7f.0.0.1", true, false},
    {"1.0xff", true, false},     {"1.0xfg", false, false},   {"0x", true, false},
    {"1.2.3.0x", true, false},   {"a.1", true, false},       {"a.test", false, false},
    {"1.2.3.a", false, false},   {"1.2.3.4.", false, false}, /* the last label is empty */
    {"1..3.4", true, false},     {"", false, false},         {".", false, false},
    {"1x", false, false},        {"x0x1", false, false},
};

static void ipv4_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(ipv4s); i++) {
        cors_slice host = case_slice(ipv4s[i].host);
        expect_number(ipv4s[i].host, "numeric", cors_host_is_numeric(host), ipv4s[i].numeric);
        expect_number(ipv4s[i].host, "canonical", cors_ipv4_is_canonical(host), ipv4s[i].canonical);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_have_one_shortest_form),
        cmocka_unit_test(random_texts_are_read_as_the_system_does),
        cmocka_unit_test(ipv4_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
