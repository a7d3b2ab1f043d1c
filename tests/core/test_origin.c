/* SPDX-License-Identifier: MIT */
#include <cors/origin.h>

#include "case_table.h"

#include <regex.h>
#include <stdlib.h>

static const struct {
    const char *text;
    const char *scheme;
    const char *host;
    const char *port;
} origins[] = {
    {"https://a.test", "https", "a.test", ""},
    {"http://localhost:3000", "http", "localhost", "3000"},
    {"https://a.test.", "https", "a.test.", ""},
    {"https://a_b-c.test", "https", "a_b-c.test", ""},
    {"https://-.test", "https", "-.test", ""},
    {"https://1.2.3.4:8443", "https", "1.2.3.4", "8443"},
    {"https://[::1]", "https", "[::1]", ""},
    {"https://[::1]:8443", "https", "[::1]", "8443"},
    {"https://[::ffff:1.2.3.4]", "https", "[::ffff:1.2.3.4]", ""},
    {"https://[.]", "https", "[.]", ""},
    {"capacitor://localhost", "capacitor", "localhost", ""},
    {"chrome-extension://abcdef", "chrome-extension", "abcdef", ""},
    {"a://b", "a", "b", ""},
    {"a1+.-://b", "a1+.-", "b", ""},
    {"a://b:80", "a", "b", "80"},
    {"http://a:443", "http", "a", "443"},
    {"https://a:80", "https", "a", "80"},
    {"https://a:0", "https", "a", "0"},
    {"https://a:1", "https", "a", "1"},
    {"https://a:9", "https", "a", "9"},
    {"https://a:65535", "https", "a", "65535"},
    {"https://a:10000", "https", "a", "10000"},
};

static void origins_are_taken_apart(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(origins); i++) {
        cors_origin origin;
        memset(&origin, 0xff, sizeof origin);
        if (!cors_origin_parse(case_slice(origins[i].text), &origin)) {
            fail_msg("row \"%s\" is no origin", origins[i].text);
        }
        expect_text(origins[i].text, "scheme", origin.scheme, origins[i].scheme);
        expect_text(origins[i].text, "host", origin.host, origins[i].host);
        expect_text(origins[i].text, "port", origin.port, origins[i].port);
        expect_number(origins[i].text, "opaque", origin.opaque, false);
    }
}

static const char *const no_origins[] = {
    "",
    "Null",
    "null ",
    "nul",
    "nulll",
    "*",
    "a",
    "https",
    "https:",
    "https:/",
    "https://",
    "https:a",
    "https:/a",
    "https:///",
    "https:///a",
    "://a",
    "//a",
    "1a://b",
    "+a://b",
    "-a://b",
    ".a://b",
    "_a://b",
    "a_://b",
    "Https://a",
    "https://A",
    "https://.",
    "https://.a",
    "https://a..",
    "https://a..b",
    "https://:80",
    "https://a:",
    "https://a:x",
    "https://a:1x",
    "https://a:+1",
    "https://a:-1",
    "https://a: 1",
    "https://a:00",
    "https://a:01",
    "https://a:08443",
    "https://a:65536",
    "https://a:99999",
    "https://a:100000",
    "https://a:4294967297",
    "https://a:8443:8443",
    "http://a:80",
    "https://a:443",
    "ws://a:80",
    "wss://a:443",
    "ftp://a:21",
    "https://a/",
    "https://a?",
    "https://a#",
    "https://a/b",
    "https://a:8443/",
    "https://b@a",
    "https://b:c@a",
    "https://@a",
    "https://a\\",
    "https://a b",
    " https://a",
    "https://a ",
    "https://a\t",
    "https://a,https://b",
    "https://a https://b",
    "https://*",
    "https://*.a",
    "https://%61",
    "https://bücher.test",
    "https://a\x7f",
    "https://[",
    "https://[]",
    "https://[::1",
    "https://::1",
    "https://[::1]]",
    "https://[[::1]]",
    "https://[::1]a",
    "https://[::1]:",
    "https://[::1]:443",
    "https://[::1%25eth0]",
    "https://[::A]",
    "https://[::g]",
    "https://a[::1]",
};

static void other_texts_are_refused_and_leave_the_result_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(no_origins); i++) {
        cors_origin untouched;
        cors_origin origin;
        memset(&untouched, 0x5a, sizeof untouched);
        memset(&origin, 0x5a, sizeof origin);
        if (cors_origin_parse(case_slice(no_origins[i]), &origin)) {
            fail_msg("row \"%s\" is taken for an origin", no_origins[i]);
        }
        assert_memory_equal(&origin, &untouched, sizeof origin);
    }
}

static void null_is_the_opaque_origin(void **state) {
    (void)state;
    cors_origin origin;
    assert_true(cors_origin_parse(CORS_SLICE("null"), &origin));
    assert_true(origin.opaque);
    assert_int_equal(origin.scheme.size + origin.host.size + origin.port.size, 0);
}

static void no_bytes_and_nul_bytes_are_no_origin(void **state) {
    (void)state;
    cors_origin origin;
    assert_false(cors_origin_parse((cors_slice){NULL, 0}, &origin));
    assert_false(cors_origin_parse(CORS_SLICE("null\0"), &origin));
    assert_false(cors_origin_parse(CORS_SLICE("https://a\0"), &origin));
    assert_false(cors_origin_parse(CORS_SLICE("https://a\0.test"), &origin));
    assert_false(cors_origin_parse(CORS_SLICE("\0https://a"), &origin));
}

/* The grammar once more, as a regular expression. */
struct grammar {
    regex_t origin;
    regex_t default_port;
};

static void read_grammar(struct grammar *grammar) {
    assert_int_equal(regcomp(&grammar->origin,
                             "^(null|[a-z][a-z0-9+.-]*://"
                             "([a-z0-9_-]+(\\.[a-z0-9_-]+)*\\.?|\\[[0-9a-f:.]+\\])"
                             "(:(0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|"
                             "655[0-2][0-9]|6553[0-5]))?)$",
                             REG_EXTENDED | REG_NOSUB),
                     0);
    assert_int_equal(regcomp(&grammar->default_port,
                             "^((http|ws)://.*:80|(https|wss)://.*:443|ftp://.*:21)$",
                             REG_EXTENDED | REG_NOSUB),
                     0);
}

static void expect_as_grammar(const struct grammar *grammar, const char *text) {
    cors_origin origin;
    bool wanted = regexec(&grammar->origin, text, 0, NULL, 0) == 0;
    /* An address in brackets may end in what looks like a port. */
    bool port = text[strlen(text) - 1] != ']';
    wanted = wanted && !(port && regexec(&grammar->default_port, text, 0, NULL, 0) == 0);
    if (cors_origin_parse(case_slice(text), &origin) != wanted) {
        fail_msg("\"%s\" is %s", text, wanted ? "an origin" : "no origin");
    }
}

/* Each byte of some origins becomes each other byte, goes, and stands twice. */
static void near_misses_are_judged_as_the_grammar_does(void **state) {
    static const char *const seeds[] = {"null",
                                        "https://a.b-c.test:8443",
                                        "http://localhost:8",
                                        "https://[::1]:444",
                                        "ws://a.b.:800",
                                        "ftp://x_y.z:65535",
                                        "a+b.c-1://d:65529",
                                        "https://a.test:59999",
                                        "https://12345678",
                                        "https://abcdefg.hijklmnop.test",
                                        "https://ab-c.d9.x.test",
                                        "https://tenant-0999.example.com.",
                                        "https://www.zz.xn--p1ai:8443"};
    struct grammar grammar;
    (void)state;
    read_grammar(&grammar);
    for (size_t i = 0; i < ROWS(seeds); i++) {
        size_t size = strlen(seeds[i]);
        for (size_t place = 0; place < size; place++) {
            char text[64];
            for (int byte = 1; byte < 256; byte++) {
                memcpy(text, seeds[i], size + 1);
                text[place] = (char)byte;
                expect_as_grammar(&grammar, text);
            }
            memcpy(text, seeds[i], size + 1);
            memmove(text + place, seeds[i] + place + 1, size - place);
            expect_as_grammar(&grammar, text);
            memcpy(text, seeds[i], size + 1);
            memmove(text + place + 1, seeds[i] + place, size - place + 1);
            expect_as_grammar(&grammar, text);
        }
    }
    regfree(&grammar.origin);
    regfree(&grammar.default_port);
}

static void every_port_is_known(void **state) {
    (void)state;
    for (unsigned port = 0; port < 100000; port++) {
        char text[32];
        cors_origin origin;
        snprintf(text, sizeof text, "https://a:%u", port);
        assert_int_equal(cors_origin_parse(case_slice(text), &origin),
                         port <= 65535 && port != 443);
    }
}

static const struct {
    const char *scheme;
    int port;
} default_ports[] = {
    {"http", 80}, {"https", 443}, {"ws", 80},     {"wss", 443}, {"ftp", 21},    {"", -1},
    {"file", -1}, {"httpsx", -1}, {"HTTP", -1},   {"htt", -1},  {"gopher", -1}, {"w", -1},
    {"f", -1},    {"wsss", -1},   {"https ", -1}, {"null", -1},
};

static void schemes_have_their_default_port(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(default_ports); i++) {
        expect_number(default_ports[i].scheme, "the default port",
                      cors_scheme_default_port(case_slice(default_ports[i].scheme)),
                      default_ports[i].port);
    }
}

static const struct {
    const char *origin;
    bool loopback;
} loopbacks[] = {
    {"http://localhost", true},
    {"https://localhost", true},
    {"http://localhost:3000", true},
    {"http://localhost.", true},
    {"http://app.localhost", true},
    {"http://a.b.localhost:80", false}, /* no origin */
    {"http://a.b.localhost:81", true},
    {"http://app.localhost.", true},
    {"http://127.0.0.1", true},
    {"https://127.0.0.1:8443", true},
    {"http://127.255.255.255", true},
    {"http://127.0.0.1.", true},
    {"http://[::1]", true},
    {"http://[::1]:3000", true},
    {"http://[::2]", false},
    {"http://[::ffff:127.0.0.1]", false},
    {"ws://localhost", false},
    {"capacitor://localhost", false},
    {"ftp://127.0.0.1", false},
    {"http://notlocalhost", false},
    {"http://localhost.test", false},
    {"http://localhos", false},
    {"http://128.0.0.1", false},
    {"http://126.0.0.1", false},
    {"http://127.0.0", false},
    {"http://127.0.0.1.2", false},
    {"http://127.0.0.a", false},
    {"http://127.a.test.b", false},
    {"http://127.test", false},
    {"http://1270.0.0.1", false},
    {"https://a.test", false},
    {"null", false},
};

static void loopback_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(loopbacks); i++) {
        cors_origin origin = {.scheme = CORS_SLICE("")};
        cors_origin_parse(case_slice(loopbacks[i].origin), &origin);
        expect_number(loopbacks[i].origin, "loopback", cors_origin_is_loopback(&origin),
                      loopbacks[i].loopback);
    }
}

/* One that somebody put together without a host. */
static void no_host_is_no_loopback(void **state) {
    const cors_origin origin = {.scheme = CORS_SLICE("http"), .host = {NULL, 0}};
    (void)state;
    assert_false(cors_origin_is_loopback(&origin));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origins_are_taken_apart),
        cmocka_unit_test(other_texts_are_refused_and_leave_the_result_alone),
        cmocka_unit_test(null_is_the_opaque_origin),
        cmocka_unit_test(no_bytes_and_nul_bytes_are_no_origin),
        cmocka_unit_test(near_misses_are_judged_as_the_grammar_does),
        cmocka_unit_test(every_port_is_known),
        cmocka_unit_test(schemes_have_their_default_port),
        cmocka_unit_test(loopback_is_told),
        cmocka_unit_test(no_host_is_no_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
