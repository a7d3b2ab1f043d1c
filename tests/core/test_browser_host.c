/* SPDX-License-Identifier: MIT */
/* Hosts of URLs: decoded, in lower case and ASCII, addresses in their one form. */
#include "browser_host.h"

#include "case_table.h"

/* A label that is not ASCII becomes "xn--long", with as many bytes as its last character says. */
static bool to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size) {
    (void)context;
    (void)label;
    *size = 250;
    assert_true(*size <= capacity);
    memset(out, 'x', *size);
    return true;
}

static const struct label_converter converter = {to_ascii, NULL};

static bool write_host(char *data, size_t size, cors_slice host, cors_slice *written) {
    struct fetch_memory memory = {data, size, 0};
    struct memory_text text = text_begin(&memory);
    bool is_host = cors_host_write(&text, &converter, host) && !text.full;
    *written = text_end(&text);
    return is_host;
}

static void hosts_have_one_form(void **state) {
    (void)state;
    static const struct {
        const char *host;
        const char *written; /* NULL: it is no host */
    } hosts[] = {
        {"a.test", "a.test"},
        {"A.TEST", "a.test"},
        {"a%2Etest", "a.test"},
        {"a%2etest", "a.test"},
        {"%41.test", "a.test"},
        {"a%4.test", NULL},
        {"a%4", NULL},
        {"a%", NULL},
        {"a%G1", NULL},
        {"a%1G", NULL},
        {"a%00", NULL},
        {"a b", NULL},
        {"a|b", NULL},
        {"a%7Fb", NULL},
        {"a_b", "a_b"},
        {"a*b,c", "a*b,c"},
        {"a..b", "a..b"},
        {".", "."},
        {"a.", "a."},
        {"", NULL},
        /* Addresses of IPv4. */
        {"127.0.0.1", "127.0.0.1"},
        {"127.1", "127.0.0.1"},
        {"0x7f.1", "127.0.0.1"},
        {"0X7F.1", "127.0.0.1"},
        {"0177.0.0.01", "127.0.0.1"},
        {"1.2.3", "1.2.0.3"},
        {"1.2.3.4.", "1.2.3.4"},
        {"192.168.10.255", "192.168.10.255"},
        {"4294967295", "255.255.255.255"},
        {"4294967296", NULL},
        {"99999999999999999999", NULL},
        {"1.16777215", "1.255.255.255"},
        {"1.16777216", NULL},
        {"256.1", NULL},
        {"1.256.1.1", NULL},
        {"1.2.3.256", NULL},
        {"1.2.3.4.5", NULL},
        {"1..2", NULL},
        {"1.2.3.08", NULL},
        {"0x", "0.0.0.0"},
        {"a.0x", NULL},
        {"a.1", NULL},
        {"g.1", NULL},
        {"a.09", NULL},
        {"a.1b", "a.1b"},
        {"0xg", "0xg"},
        /* Addresses of IPv6. */
        {"[::1]", "[::1]"},
        {"[::]", "[::]"},
        {"[0:0:0:0:0:0:0:1]", "[::1]"},
        {"[ABCD::EF]", "[abcd::ef]"},
        {"[::ffff:1.2.3.4]", "[::ffff:102:304]"},
        {"[1:2]", NULL},
        {"[G::1]", NULL},
        {"[::1", NULL},
        {"[", NULL},
        {"[]", NULL},
        {"[00000000000000000000000000000000000000000000000000000000000000000000::1]", NULL},
        {"::1", NULL},
    };
    for (size_t i = 0; i < ROWS(hosts); i++) {
        char data[256];
        cors_slice written;
        bool is_host = write_host(data, sizeof data, case_slice(hosts[i].host), &written);
        expect_number(hosts[i].host, "a host", is_host, hosts[i].written != NULL);
        if (is_host) {
            expect_text(hosts[i].host, "written", written, hosts[i].written);
        }
    }
}

/* A host that is far longer than a name can be is none; up to there it stays whole. */
static void long_hosts_end(void **state) {
    (void)state;
    char host[1100];
    char data[2048];
    cors_slice written;
    memset(host, 'a', sizeof host);
    assert_true(write_host(data, sizeof data, (cors_slice){host, 1024}, &written));
    assert_int_equal(written.size, 1024);
    assert_false(write_host(data, sizeof data, (cors_slice){host, 1025}, &written));
    assert_false(write_host(data, 1023, (cors_slice){host, 1024}, &written));
}

/* Labels that get longer as they are converted: 250 bytes each. */
static void long_converted_hosts_end(void **state) {
    (void)state;
    static const struct {
        const char *host;
        size_t size; /* 0: it is too long */
    } hosts[] = {
        {"\xc3\xa9", 250},
        {"a.\xc3\xa9.b", 254},
        {"\xc3\xa9.\xc3\xa9.\xc3\xa9.\xc3\xa9", 1003},
        {"\xc3\xa9.\xc3\xa9.\xc3\xa9.\xc3\xa9.\xc3\xa9", 0},
        {"\xc3\xa9.\xc3\xa9.\xc3\xa9.\xc3\xa9.a2345678901234567890", 1024},
        {"\xc3\xa9.\xc3\xa9.\xc3\xa9.\xc3\xa9.a2345678901234567890.", 0},
        {"\xc3\xa9.\xc3\xa9.\xc3\xa9.\xc3\xa9.a23456789012345678901", 0},
        {"\xc3\xa9..", 252},
        {"\xc3\xa9 ", 250},
    };
    for (size_t i = 0; i < ROWS(hosts); i++) {
        char data[2048];
        cors_slice written;
        bool is_host = write_host(data, sizeof data, case_slice(hosts[i].host), &written);
        expect_number(hosts[i].host, "a host", is_host, hosts[i].size > 0);
        if (is_host) {
            expect_number(hosts[i].host, "size", (long long)written.size, (long long)hosts[i].size);
        }
    }
}

static void addresses_are_read(void **state) {
    (void)state;
    static const struct {
        const char *host;
        bool is_address;
        uint32_t address;
    } hosts[] = {
        {"127.0.0.1", true, 0x7F000001},
        {"255.255.255.255", true, 0xFFFFFFFF},
        {"127.1", false, 0},
        {"a.test", false, 0},
        {"", false, 0},
    };
    for (size_t i = 0; i < ROWS(hosts); i++) {
        uint32_t address = 0;
        expect_number(hosts[i].host, "an address",
                      cors_host_read_ipv4(case_slice(hosts[i].host), &address),
                      hosts[i].is_address);
        expect_number(hosts[i].host, "address", address, hosts[i].address);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_have_one_form),
        cmocka_unit_test(long_hosts_end),
        cmocka_unit_test(long_converted_hosts_end),
        cmocka_unit_test(addresses_are_read),
    };
    return cmocka_run_group_tests_name("browser_host", tests, NULL, NULL);
}
