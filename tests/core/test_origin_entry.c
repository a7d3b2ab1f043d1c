/* SPDX-License-Identifier: MIT */
#include "origin_entry.h"

#include <cors/server.h>

#include "case_policy.h"
#include "case_table.h"
#include "policy_match.h"

#include <stdlib.h>

static cors_builder_options options;

/* Entries as they are read, and how files write what was understood. */
static const struct {
    const char *text;
    const char *form;
    uint8_t kind;
    bool converted;
} sound[] = {
    {"https://a.test", "https://a.test", 0, false},
    {"http://localhost:3000", "http://localhost:3000", 0, false},
    {"https://a.test.", "https://a.test.", 0, false},
    {"https://a.test:0", "https://a.test:0", 0, false},
    {"https://a.test:65535", "https://a.test:65535", 0, false},
    {"capacitor://localhost", "capacitor://localhost", 0, false},
    {"chrome-extension://abc", "chrome-extension://abc", 0, false},
    {"HTTPS://A.Test", "https://a.test", 0, true},
    {"Capacitor://localhost", "capacitor://localhost", 0, true},
    {"https://A.test:8443", "https://a.test:8443", 0, true},
    {"https://A.test:65535", "https://a.test:65535", 0, true},
    /* ports left open */
    {"http://localhost:*", "http://localhost:*", SET_ANY_PORT, false},
    {"http://LOCALHOST:*", "http://localhost:*", SET_ANY_PORT, true},
    {"http://[::1]:*", "http://[::1]:*", SET_ANY_PORT, false},
    {"http://1.2.3.4:*", "http://1.2.3.4:*", SET_ANY_PORT, false},
    /* wildcards */
    {"https://*.a.test", "https://*.a.test", SET_ANY_DEPTH, false},
    {"https://*.A.test", "https://*.a.test", SET_ANY_DEPTH, true},
    {"https://*.a.test:8443", "https://*.a.test:8443", SET_ANY_DEPTH, false},
    {"https://*.a.test:*", "https://*.a.test:*", SET_ANY_DEPTH | SET_ANY_PORT, false},
    {"https://{label}.a.test", "https://{label}.a.test", SET_ONE_LABEL, false},
    {"https://{LABEL}.a.test", "https://{label}.a.test", SET_ONE_LABEL, true},
    {"https://{label}.a.test:*", "https://{label}.a.test:*", SET_ONE_LABEL | SET_ANY_PORT, false},
    {"https://pr-*.a.test", "https://pr-*.a.test", SET_ONE_LABEL, false},
    {"https://*-pr.a.test", "https://*-pr.a.test", SET_ONE_LABEL, false},
    {"https://pr-*-x.a.test", "https://pr-*-x.a.test", SET_ONE_LABEL, false},
    {"https://pr-*.a.test:81", "https://pr-*.a.test:81", SET_ONE_LABEL, false},
    {"https://a.*.test", "https://a.*.test", SET_ANY_DEPTH, false},
    {"https://a.{label}.test", "https://a.{label}.test", SET_ONE_LABEL, false},
    {"https://a.pr-*.test", "https://a.pr-*.test", SET_ONE_LABEL, false},
    {"https://a.*", "https://a.*", SET_ANY_DEPTH, false},
    {"https://a.{label}", "https://a.{label}", SET_ONE_LABEL, false},
    {"https://a.{label}:81", "https://a.{label}:81", SET_ONE_LABEL, false},
    {"https://a.*:81", "https://a.*:81", SET_ANY_DEPTH, false},
    {"https://a-*:81", "https://a-*:81", SET_ONE_LABEL, false},
    {"https://a-*", "https://a-*", SET_ONE_LABEL, false},
    {"https://a-*:*", "https://a-*:*", SET_ONE_LABEL | SET_ANY_PORT, false},
    {"https://*a", "https://*a", SET_ONE_LABEL, false},
    {"https://*.a.test.", "https://*.a.test.", SET_ANY_DEPTH, false},
    {"https://xn--*.a.test", "https://xn--*.a.test", SET_ONE_LABEL, false},
    {"capacitor://*.a", "capacitor://*.a", SET_ANY_DEPTH, false},
    /* Unicode, and what claims to be its ASCII form */
    {"https://bücher.test", "https://xn--bcher-kva.test", 0, true},
    {"https://BÜCHER.test:81", "https://xn--bcher-kva.test:81", 0, true},
    {"https://*.bücher.test", "https://*.xn--bcher-kva.test", SET_ANY_DEPTH, true},
    {"https://bücher.bücher.test", "https://xn--bcher-kva.xn--bcher-kva.test", 0, true},
    {"https://bücher.xn--bcher-kva.test", "https://xn--bcher-kva.xn--bcher-kva.test", 0, true},
    {"https://xn--bcher-kva.test", "https://xn--bcher-kva.test", 0, false},
    {"https://XN--BCHER-KVA.test", "https://xn--bcher-kva.test", 0, true},
    {"https://xn--.test", "https://xn--.test", 0, false},
    /* addresses */
    {"http://1.2.3.4", "http://1.2.3.4", 0, false},
    {"http://[::1]", "http://[::1]", 0, false},
    {"http://[::1]:8080", "http://[::1]:8080", 0, false},
    {"http://[2001:DB8::1]", "http://[2001:db8::1]", 0, true},
    {"capacitor://1", "capacitor://1", 0, false}, /* only special schemes have IPv4 hosts */
    {"http://1.2.3.a", "http://1.2.3.a", 0, false},
    {"http://0xg", "http://0xg", 0, false},
};

static void sound_entries_are_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(sound); i++) {
        struct origin_entry entry;
        char buffer[CORS_ENTRY_MAX];
        memset(&entry, 0x5a, sizeof entry);
        cors_entry_read(case_slice(sound[i].text), &options, &entry);
        expect_number(sound[i].text, "its faults", entry.faults, 0);
        expect_number(sound[i].text, "has_correction", entry.has_correction, true);
        expect_text(sound[i].text, "its form", cors_entry_write(entry.key, buffer), sound[i].form);
        expect_number(sound[i].text, "its kind", entry.key.kind, sound[i].kind);
        expect_number(sound[i].text, "converted", entry.converted, sound[i].converted);
        expect_number(sound[i].text, "any_origin", entry.any_origin, false);
        expect_number(sound[i].text, "opaque", entry.opaque, false);
    }
}

/* How an entry is cut: what stands before and after the wildcard, and which of it is host. */
static const struct {
    const char *text;
    const char *head;
    const char *tail;
    size_t scheme_size;
    size_t host_tail_size;
} cuts[] = {
    {"https://a.test:81", "https://a.test:81", "", 5, 0},
    {"https://A.test:81", "https://a.test:81", "", 5, 0},
    {"http://localhost:*", "http://localhost", "", 4, 0},
    {"https://*.a.test", "https://", ".a.test", 5, 7},
    {"https://*.a.test:81", "https://", ".a.test:81", 5, 7},
    {"https://pr-{label}.a.test", "", "", 5, 0}, /* a fault */
    {"https://x.pr-*-y.a.test:*", "https://x.pr-", "-y.a.test", 5, 9},
    {"https://a-*:81", "https://a-", ":81", 5, 0},
    {"https://a.{label}", "https://a.", "", 5, 0},
};

static void entries_are_cut_at_their_wildcard(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(cuts); i++) {
        struct origin_entry entry;
        cors_entry_read(case_slice(cuts[i].text), &options, &entry);
        if (entry.faults != 0) {
            expect_number(cuts[i].text, "has_correction", entry.has_correction, false);
            continue;
        }
        expect_text(cuts[i].text, "its head", entry.key.head, cuts[i].head);
        expect_text(cuts[i].text, "its tail", entry.key.tail, cuts[i].tail);
        expect_number(cuts[i].text, "its scheme", (long long)entry.scheme_size,
                      (long long)cuts[i].scheme_size);
        expect_number(cuts[i].text, "the host in its tail", (long long)entry.host_tail_size,
                      (long long)cuts[i].host_tail_size);
    }
}

/* Faults with a corrected form, which the last column is. */
static const struct {
    const char *text;
    unsigned faults;
    const char *form;
} corrected[] = {
    {"https://a.test/", ENTRY_PATH, "https://a.test"},
    {"https://a.test/b/c", ENTRY_PATH, "https://a.test"},
    {"https://a.test?b", ENTRY_PATH, "https://a.test"},
    {"https://a.test#b", ENTRY_PATH, "https://a.test"},
    {"https://a.test\\b", ENTRY_PATH, "https://a.test"},
    {"https://a.test/@b", ENTRY_PATH, "https://a.test"},
    {"https://a.test/:80", ENTRY_PATH, "https://a.test"},
    {"https://a.test:8443/", ENTRY_PATH, "https://a.test:8443"},
    {"https://*.a.test/", ENTRY_PATH, "https://*.a.test"},
    {"http://localhost:*/", ENTRY_PATH, "http://localhost:*"},
    {"https://a.test:443", ENTRY_DEFAULT_PORT, "https://a.test"},
    {"http://a.test:80", ENTRY_DEFAULT_PORT, "http://a.test"},
    {"https://a.test:0443", ENTRY_DEFAULT_PORT, "https://a.test"},
    {"ws://a.test:80", ENTRY_DEFAULT_PORT, "ws://a.test"},
    {"wss://a.test:443", ENTRY_DEFAULT_PORT, "wss://a.test"},
    {"ftp://a.test:21", ENTRY_DEFAULT_PORT, "ftp://a.test"},
    {"HTTPS://A.test:443", ENTRY_DEFAULT_PORT, "https://a.test"},
    {"https://*.a.test:443", ENTRY_DEFAULT_PORT, "https://*.a.test"},
    {"https://{label}.a.test:443", ENTRY_DEFAULT_PORT, "https://{label}.a.test"},
    {"http://[::1]:80", ENTRY_DEFAULT_PORT, "http://[::1]"},
    {"https://b@a.test", ENTRY_USERINFO, "https://a.test"},
    {"https://b:c@a.test", ENTRY_USERINFO, "https://a.test"},
    {"https://b@c@a.test", ENTRY_USERINFO, "https://a.test"},
    {"https://@a.test", ENTRY_USERINFO, "https://a.test"},
    {"https://b@a.test:443/c", ENTRY_USERINFO | ENTRY_DEFAULT_PORT | ENTRY_PATH, "https://a.test"},
    {"https://b@*.a.test/", ENTRY_USERINFO | ENTRY_PATH, "https://*.a.test"},
    /* syntax, where one form is meant */
    {"https://a.test:08443", ENTRY_SYNTAX, "https://a.test:8443"},
    {"https://a.test:00", ENTRY_SYNTAX, "https://a.test:0"},
    {"https://a.test:", ENTRY_SYNTAX, "https://a.test"},
    {"https://*.a.test:", ENTRY_SYNTAX, "https://*.a.test"},
    {"http://[0:0:0:0:0:0:0:1]", ENTRY_SYNTAX, "http://[::1]"},
    {"http://[0::1]:81/", ENTRY_SYNTAX | ENTRY_PATH, "http://[::1]:81"},
    {"http://[::1.2.3.4]", ENTRY_SYNTAX, "http://[::102:304]"},
};

static void faults_have_a_correction(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(corrected); i++) {
        struct origin_entry entry;
        char buffer[CORS_ENTRY_MAX];
        cors_entry_read(case_slice(corrected[i].text), &options, &entry);
        expect_number(corrected[i].text, "its faults", entry.faults, corrected[i].faults);
        expect_number(corrected[i].text, "has_correction", entry.has_correction, true);
        expect_text(corrected[i].text, "the correction", cors_entry_write(entry.key, buffer),
                    corrected[i].form);
        struct origin_entry again;
        cors_entry_read(case_slice(corrected[i].form), &options, &again);
        expect_number(corrected[i].form, "the correction's faults", again.faults, 0);
    }
}

#define NO_SCHEME "it has no scheme, such as https://"
#define SCHEME_SYNTAX                                                                              \
    "a scheme has letters, digits, +, - and . only, and a letter is its first character"
#define NO_HOST "it has no host"
#define HOST_SYNTAX                                                                                \
    "a host has letters, digits, dots, - and _ only, labels of 1 to 63 bytes, 253 in all"
#define TWO_WILDCARDS "a host takes one wildcard at most"
#define BRACES "the only name in braces is {label}"
#define ADDRESS_WILDCARD "an IP address takes no wildcard"
#define BARE_WILDCARD "a wildcard needs a domain to stand under; for every origin write \"*\""
#define PORT_SYNTAX "a port is a number up to 65535, or * for any"

/* Faults that no one form corrects, and what is said of them. */
static const struct {
    const char *text;
    const char *reason;
} broken[] = {
    {"", NO_SCHEME},
    {"a.test", NO_SCHEME},
    {"localhost:3000", NO_SCHEME},
    {"https:a.test", NO_SCHEME},
    {"https:/a.test", NO_SCHEME},
    {"//a.test", NO_SCHEME},
    {"*.a.test", NO_SCHEME},
    {"NULL", NO_SCHEME},
    {"**", NO_SCHEME},
    {"://a.test", SCHEME_SYNTAX},
    {"1http://a.test", SCHEME_SYNTAX},
    {"ht tp://a.test", SCHEME_SYNTAX},
    {" https://a.test", SCHEME_SYNTAX},
    {"h\xC3\xBCttp://a.test", SCHEME_SYNTAX},
    {"*://a.test", "a scheme cannot hold a wildcard: list each scheme by itself"},
    {"http*://a.test", "a scheme cannot hold a wildcard: list each scheme by itself"},
    {"file://a", "pages from files have the origin null"},
    {"file:///", NO_HOST},
    {"FILE://a", "pages from files have the origin null"},
    {"https://", NO_HOST},
    {"https:///a", NO_HOST},
    {"https://:8443", NO_HOST},
    {"https://b@", NO_HOST},
    {"https://?", NO_HOST},
    {"https://.a.test", HOST_SYNTAX},
    {"https://a..test", HOST_SYNTAX},
    {"https://.", HOST_SYNTAX},
    {"https://a b", HOST_SYNTAX},
    {"https://a.test ", HOST_SYNTAX},
    {"https://a,b", HOST_SYNTAX},
    {"https://a%2eb", HOST_SYNTAX},
    {"https://a\x01", HOST_SYNTAX},
    {"https://*..a.test", HOST_SYNTAX},
    {"https://a.*..test", HOST_SYNTAX},
    {"https://*.a b", HOST_SYNTAX},
    {"https://a]", HOST_SYNTAX},
    {"https://*.*.test", TWO_WILDCARDS},
    {"https://**.test", TWO_WILDCARDS},
    {"https://*.{label}.test", TWO_WILDCARDS},
    {"https://{label}.{label}.test", TWO_WILDCARDS},
    {"https://{label}{label}.test", TWO_WILDCARDS},
    {"https://a*b*c.test", TWO_WILDCARDS},
    {"https://{name}.test", BRACES},
    {"https://{label.test", BRACES},
    {"https://{}.test", BRACES},
    {"https://{", BRACES},
    {"https://pr-{label}.a.test",
     "{label} stands for a whole label; beside other characters write *"},
    {"https://{label}-x.a.test",
     "{label} stands for a whole label; beside other characters write *"},
    {"https://*", BARE_WILDCARD},
    {"https://*:8443", BARE_WILDCARD},
    {"https://*:*", BARE_WILDCARD},
    {"https://*.", BARE_WILDCARD},
    {"https://{label}", BARE_WILDCARD},
    {"https://{label}.", BARE_WILDCARD},
    {"https://*.1.2.3", ADDRESS_WILDCARD},
    {"https://*.2.3.4", ADDRESS_WILDCARD},
    {"https://1*.2.3.4", ADDRESS_WILDCARD},
    {"https://*.0x7f", ADDRESS_WILDCARD},
    {"https://a.*1", ADDRESS_WILDCARD}, /* as 1 could be all that it stands for */
    {"http://[::*]", ADDRESS_WILDCARD},
    {"http://[*]", ADDRESS_WILDCARD},
    {"http://[::g]", "what stands in brackets is no IPv6 address"},
    {"http://[]", "what stands in brackets is no IPv6 address"},
    {"http://[1.2.3.4]", "what stands in brackets is no IPv6 address"},
    {"http://[::1%25eth0]", "what stands in brackets is no IPv6 address"},
    {"http://[::1", "the bracket around the IPv6 address is not closed"},
    {"http://[", "the bracket around the IPv6 address is not closed"},
    {"http://[::1]a", "after the address in brackets only a port may follow"},
    {"http://[::1]]", "after the address in brackets only a port may follow"},
    {"http://::1", NO_HOST},
    {"http://1::1", "an IPv6 address stands in brackets, like [::1]"},
    {"http://a:1:2", "an IPv6 address stands in brackets, like [::1]"},
    {"http://1.2.3", "browsers write an IPv4 address as four numbers up to 255"},
    {"http://256.1.1.1", "browsers write an IPv4 address as four numbers up to 255"},
    {"http://0x7f.1", "browsers write an IPv4 address as four numbers up to 255"},
    {"https://2130706433", "browsers write an IPv4 address as four numbers up to 255"},
    {"ws://01.2.3.4", "browsers write an IPv4 address as four numbers up to 255"},
    {"https://a.test:65536", PORT_SYNTAX},
    {"https://a.test:99999", PORT_SYNTAX},
    {"https://a.test:100000", PORT_SYNTAX},
    {"https://a.test:4294967739", PORT_SYNTAX}, /* 443 in 32 bits */
    {"https://a.test:x", PORT_SYNTAX},
    {"https://a.test:-1", PORT_SYNTAX},
    {"https://a.test:8*", PORT_SYNTAX},
    {"https://a.test:**", PORT_SYNTAX},
    {"https://a.test: 1", PORT_SYNTAX},
    {"https://\xC3\xA4.test", "its host is no valid internationalized name"},
    {"https://\xFF.test", "its host is no valid internationalized name"},
    {"https://xn--nothing.test", "its host is no valid internationalized name"},
    {"https://pr-*\xC3\xA4.test", "its host is no valid internationalized name"},
};

static void broken_entries_say_why(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(broken); i++) {
        struct origin_entry entry;
        cors_entry_read(case_slice(broken[i].text), &options, &entry);
        expect_number(broken[i].text, "syntax", entry.faults & ENTRY_SYNTAX, ENTRY_SYNTAX);
        expect_text(broken[i].text, "the reason", case_slice(entry.reason), broken[i].reason);
        expect_number(broken[i].text, "has_correction", entry.has_correction, false);
    }
}

static void special_entries_are_known(void **state) {
    struct origin_entry entry;
    (void)state;
    cors_entry_read(CORS_SLICE("*"), &options, &entry);
    assert_true(entry.any_origin && !entry.opaque && entry.faults == 0);
    cors_entry_read(CORS_SLICE("null"), &options, &entry);
    assert_true(entry.opaque && !entry.any_origin && entry.faults == 0);
    assert_string_equal(entry.key.head.data, "null");
    cors_entry_read((cors_slice){NULL, 0}, &options, &entry);
    assert_int_equal(entry.faults, ENTRY_SYNTAX);
}

/* Without a way to ASCII, Unicode is refused and its ASCII form taken as it is. */
static void unicode_needs_a_way_to_ascii(void **state) {
    const cors_builder_options bare = {.to_ascii = NULL};
    struct origin_entry entry;
    (void)state;
    cors_entry_read(CORS_SLICE("https://bücher.test"), &bare, &entry);
    assert_int_equal(entry.faults, ENTRY_SYNTAX);
    assert_string_equal(entry.reason, "its host is not in ASCII");
    cors_entry_read(CORS_SLICE("https://XN--Any.test"), &bare, &entry);
    assert_int_equal(entry.faults, 0);
    assert_memory_equal(entry.key.head.data, "https://xn--any.test", 20);
}

/* Labels of 1 to 63 bytes, 253 in all; a dot at the end is none of them. */
static void hosts_fit_dns(void **state) {
    char host[256];
    (void)state;
    memset(host, 'a', sizeof host);
    assert_true(cors_host_fits_dns((cors_slice){host, 0}));
    assert_true(cors_host_fits_dns((cors_slice){host, 63}));
    assert_false(cors_host_fits_dns((cors_slice){host, 64}));
    for (size_t i = 63; i < sizeof host; i += 64) {
        host[i] = '.';
    }
    assert_true(cors_host_fits_dns((cors_slice){host, 253}));
    assert_false(cors_host_fits_dns((cors_slice){host, 254}));
    host[253] = '.';
    assert_true(cors_host_fits_dns((cors_slice){host, 254}));
}

static char *fill(char *at, char byte, size_t count) {
    memset(at, byte, count);
    return at + count;
}

/* "https://" and labels of a size, `total` bytes of host in all; upper case takes the long way. */
static cors_slice long_host(char *buffer, size_t label, size_t total, bool upper, bool dot) {
    char *at = buffer + sprintf(buffer, upper ? "HTTPS://" : "https://");
    size_t left = total;
    while (left > 0) {
        size_t size = left > label ? label : left;
        at = fill(at, 'a', size);
        left -= size;
        if (left > 0) {
            at = fill(at, '.', 1);
            left--;
        }
    }
    at = fill(at, '.', dot);
    return (cors_slice){buffer, (size_t)(at - buffer)};
}

static const struct {
    const char *row;
    size_t label;
    size_t total;
    bool dot;
    bool fits;
} lengths[] = {
    {"a label of 63", 63, 63, false, true},
    {"a label of 64", 64, 64, false, false},
    {"labels of 63", 63, 127, false, true},
    {"labels of 64", 64, 129, false, false},
    {"a host of 253", 50, 253, false, true},
    {"a host of 254", 50, 254, false, false},
    {"a host of 253 and a dot", 50, 253, true, true},
    {"a host of 254 and a dot", 50, 254, true, false},
    {"a host of 390", 50, 390, false, false},
    {"a host of 392, all that is read", 50, 392, false, false},
    {"a host of 393", 50, 393, false, false},
    {"a host whose dot is past the end", 392, 395, false, false},
    {"a host of 10,000", 50, 10000, false, false},
};

static void hosts_have_bounds(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(lengths); i++) {
        for (int upper = 0; upper < 2; upper++) {
            static char buffer[10100];
            struct origin_entry entry;
            cors_entry_read(
                long_host(buffer, lengths[i].label, lengths[i].total, upper, lengths[i].dot),
                &options, &entry);
            expect_number(lengths[i].row, "its faults", entry.faults,
                          lengths[i].fits ? 0 : ENTRY_SYNTAX);
        }
    }
}

static void schemes_have_bounds(void **state) {
    (void)state;
    for (size_t size = 63; size <= 66; size++) {
        for (int upper = 0; upper < 2; upper++) {
            char buffer[128];
            struct origin_entry entry;
            char *at = fill(buffer, upper ? 'S' : 's', size);
            at += sprintf(at, "://a.test");
            cors_entry_read((cors_slice){buffer, (size_t)(at - buffer)}, &options, &entry);
            assert_int_equal(entry.faults, size <= ENTRY_SCHEME_MAX ? 0 : ENTRY_SYNTAX);
        }
    }
}

/* A wildcard stands for a byte at least, which must fit as well. */
static void patterns_have_bounds(void **state) {
    static const struct {
        const char *row;
        size_t before;
        size_t after;
        bool fits;
    } rows[] = {
        {"one byte is left of a label", 62, 0, true},
        {"no byte is left of a label", 63, 0, false},
        {"one byte is left behind the wildcard", 0, 62, true},
        {"no byte is left behind the wildcard", 0, 63, false},
        {"one byte is left between", 31, 31, true},
        {"no byte is left between", 32, 31, false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char buffer[256];
        struct origin_entry entry;
        char *at = buffer + sprintf(buffer, "https://");
        at = fill(at, 'a', rows[i].before);
        at = fill(at, '*', 1);
        at = fill(at, 'b', rows[i].after);
        at += sprintf(at, ".c.test");
        cors_entry_read((cors_slice){buffer, (size_t)(at - buffer)}, &options, &entry);
        expect_number(rows[i].row, "its faults", entry.faults, rows[i].fits ? 0 : ENTRY_SYNTAX);
    }
}

/* A megabyte of each byte, alone and where a host stands: read, refused, nothing written past. */
static void any_bytes_are_read(void **state) {
    enum { SIZE = 1 << 20 };
    static const char starts[][9] = {"", "https://", "a://[", "://"};
    char *text = case_take(SIZE);
    (void)state;
    for (int byte = 0; byte < 256; byte += 5) {
        for (size_t i = 0; i < ROWS(starts); i++) {
            struct origin_entry entry;
            memset(text, byte, SIZE);
            memcpy(text, starts[i], strlen(starts[i]));
            cors_entry_read((cors_slice){text, SIZE}, &options, &entry);
            assert_true(entry.faults != 0);
        }
    }
    free(text);
}

int main(void) {
    struct case_memory memory = {0};
    options = case_policy_options(&memory);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_entries_are_understood),
        cmocka_unit_test(entries_are_cut_at_their_wildcard),
        cmocka_unit_test(faults_have_a_correction),
        cmocka_unit_test(broken_entries_say_why),
        cmocka_unit_test(special_entries_are_known),
        cmocka_unit_test(unicode_needs_a_way_to_ascii),
        cmocka_unit_test(hosts_have_bounds),
        cmocka_unit_test(schemes_have_bounds),
        cmocka_unit_test(patterns_have_bounds),
        cmocka_unit_test(any_bytes_are_read),
        cmocka_unit_test(hosts_fit_dns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
