/* SPDX-License-Identifier: MIT */
/* URLs as fetches need them, in any size of memory. */
#include "browser_url.h"

#include "case_table.h"

#include <stdlib.h>

#define BASE "http://base.test:8080/one/two/three?four=five#six"

/* Of a label that is not ASCII: "xn--" and its bytes in hexadecimal; none of a label with 0xff. */
static bool to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size) {
    (void)context;
    *size = 4;
    memcpy(out, "xn--", 4);
    for (size_t i = 0; i < label.size; i++) {
        if ((unsigned char)label.data[i] == 0xFF || *size + 3 > capacity) {
            return false;
        }
        (void)snprintf(out + *size, 3, "%02x", (unsigned)(unsigned char)label.data[i]);
        *size += 2;
    }
    return true;
}

static const struct label_converter converter = {to_ascii, NULL};

/* What is parsed, on what base (NULL: none), and what it is as a whole; NULL: it is no URL. */
static const struct {
    const char *input;
    const char *base;
    const char *text;
} urls[] = {
    /* Whole ones. */
    {"https://a.test", NULL, "https://a.test/"},
    {"HTTPS://A.Test/B?C#D", NULL, "https://a.test/B?C#D"},
    {"http:\\\\a.test\\b", NULL, "http://a.test/b"},
    {"http:/a.test", NULL, "http://a.test/"},
    {"http:a.test", NULL, "http://a.test/"},
    {"http:////a.test", NULL, "http://a.test/"},
    {"http://", NULL, NULL},
    {"http", NULL, NULL},
    {"", NULL, NULL},
    {":", NULL, NULL},
    {"1http://a.test", NULL, NULL},
    {"h ttp://a.test", NULL, NULL},
    {"ftp://a.test:21/b", NULL, "ftp://a.test/b"},
    {"ws://a.test:80", NULL, "ws://a.test/"},
    /* What surrounds them, and what stands in them unseen. */
    {" \t https://a.test/ \x01", NULL, "https://a.test/"},
    {"ht\ntps://a.te\tst/b\rc", NULL, "https://a.test/bc"},
    {"https://a.test/\x01", NULL, "https://a.test/"},
    {"https://a.test/\x01z", NULL, "https://a.test/%01z"},
    {"https://a.test/sixteen-bytes-and-\nmore", NULL, "https://a.test/sixteen-bytes-and-more"},
    {" ", BASE, "http://base.test:8080/one/two/three?four=five"},
    /* Ports. */
    {"http://a.test:", NULL, "http://a.test/"},
    {"http://a.test:80", NULL, "http://a.test/"},
    {"http://a.test:00080", NULL, "http://a.test/"},
    {"http://a.test:8", NULL, "http://a.test:8/"},
    {"http://a.test:0", NULL, "http://a.test:0/"},
    {"http://a.test:443", NULL, "http://a.test:443/"},
    {"https://a.test:443", NULL, "https://a.test/"},
    {"http://a.test:65535", NULL, "http://a.test:65535/"},
    {"http://a.test:65536", NULL, NULL},
    {"http://a.test:99999999999999999999", NULL, NULL},
    {"http://a.test:8x", NULL, NULL},
    {"http://a.test:/", NULL, "http://a.test/"},
    {"http://a.test:8:9", NULL, NULL},
    /* User info. */
    {"http://u@a.test/", NULL, "http://u@a.test/"},
    {"http://u:p@a.test/", NULL, "http://u:p@a.test/"},
    {"http://u:@a.test/", NULL, "http://u@a.test/"},
    {"http://:p@a.test/", NULL, "http://:p@a.test/"},
    {"http://:@a.test/", NULL, "http://a.test/"},
    {"http://@a.test/", NULL, "http://a.test/"},
    {"http://a@b@c.test/", NULL, "http://a%40b@c.test/"},
    {"http://u:p:q@a.test/", NULL, "http://u:p%3Aq@a.test/"},
    {"http://u[|]=;@a.test/", NULL, "http://u%5B%7C%5D%3D%3B@a.test/"},
    {"http://u@/", NULL, NULL},
    /* Hosts are in a table of their own; here, where they end. */
    {"http://[::1]:8/b", NULL, "http://[::1]:8/b"},
    {"http://[::1", NULL, NULL},
    {"http://[::1]x/", NULL, NULL},
    {"http://a.test?b", NULL, "http://a.test/?b"},
    {"http://a.test#b", NULL, "http://a.test/#b"},
    {"http://\xc3\xa9.test/", NULL, "http://xn--c3a9.test/"},
    {"http://\xff.test/", NULL, NULL},
    /* Paths. */
    {"http://a.test/b/../c", NULL, "http://a.test/c"},
    {"http://a.test/b/./c", NULL, "http://a.test/b/c"},
    {"http://a.test/b/.", NULL, "http://a.test/b/"},
    {"http://a.test/b/..", NULL, "http://a.test/"},
    {"http://a.test/../../b", NULL, "http://a.test/b"},
    {"http://a.test/b/c/..?d", NULL, "http://a.test/b/?d"},
    {"http://a.test/b/%2e%2E/c", NULL, "http://a.test/c"},
    {"http://a.test/b/.%2e/c", NULL, "http://a.test/c"},
    {"http://a.test/b/%2e/c", NULL, "http://a.test/b/c"},
    {"http://a.test/b/...", NULL, "http://a.test/b/..."},
    {"http://a.test/b/%2", NULL, "http://a.test/b/%2"},
    {"http://a.test/b/%2f/c", NULL, "http://a.test/b/%2f/c"},
    {"http://a.test/b/.c", NULL, "http://a.test/b/.c"},
    {"http://a.test//b\\c", NULL, "http://a.test//b/c"},
    {"http://a.test/ \"<>^`{}\x7f\xc3\xa9~|@:", NULL,
     "http://a.test/%20%22%3C%3E%5E%60%7B%7D%7F%C3%A9~|@:"},
    /* Queries and fragments. */
    {"http://a.test/?", NULL, "http://a.test/?"},
    {"http://a.test/?b?c", NULL, "http://a.test/?b?c"},
    {"http://a.test/?'\"<> `{}|^\\", NULL, "http://a.test/?%27%22%3C%3E%20`{}|^\\"},
    {"http://a.test/#", NULL, "http://a.test/#"},
    {"http://a.test/#b#c?", NULL, "http://a.test/#b#c?"},
    {"http://a.test/#b `\"<>{}'", NULL, "http://a.test/#b%20%60%22%3C%3E{}'"},
    /* On a base. */
    {"", BASE, "http://base.test:8080/one/two/three?four=five"},
    {"x", BASE, "http://base.test:8080/one/two/x"},
    {"x?y#z", BASE, "http://base.test:8080/one/two/x?y#z"},
    {"/x", BASE, "http://base.test:8080/x"},
    {"\\x", BASE, "http://base.test:8080/x"},
    {"..", BASE, "http://base.test:8080/one/"},
    {"../..", BASE, "http://base.test:8080/"},
    {"../../..", BASE, "http://base.test:8080/"},
    {"?x", BASE, "http://base.test:8080/one/two/three?x"},
    {"#x", BASE, "http://base.test:8080/one/two/three?four=five#x"},
    {"//x.test/y", BASE, "http://x.test/y"},
    {"\\/x.test/y", BASE, "http://x.test/y"},
    {"///x.test", BASE, "http://x.test/"},
    {"http:x", BASE, "http://base.test:8080/one/two/x"},
    {"http:/x", BASE, "http://base.test:8080/x"},
    {"http://x.test", BASE, "http://x.test/"},
    {"https:x", BASE, "https://x/"},
    {"https://x.test:80", BASE, "https://x.test:80/"},
    {"ftp:x", BASE, "ftp://x/"},
    {"x", "http://u:p@base.test/one/two", "http://u:p@base.test/one/x"},
    {"//x.test", "http://u:p@base.test/one", "http://x.test/"},
    {"#x", "https://base.test", "https://base.test/#x"},
    /* Of schemes that are not fetched the text does. */
    {"data:text/plain,Hello World", NULL, "data:text/plain,Hello World"},
    {"JAVASCRIPT:void", BASE, "javascript:void"},
    {"file:///a", NULL, "file:///a"},
};

static struct fetch_memory memory_of(char *data, size_t size) {
    return (struct fetch_memory){data, size, 0};
}

static enum url_outcome parse(struct fetch_memory *memory, const char *input, const char *base_text,
                              struct url *url) {
    struct url base;
    if (base_text == NULL) {
        return cors_url_parse(memory, &converter, case_slice(input), NULL, url);
    }
    enum url_outcome outcome = cors_url_parse(memory, NULL, case_slice(base_text), NULL, &base);
    return outcome == URL_PARSED ? cors_url_parse(memory, &converter, case_slice(input), &base, url)
                                 : outcome;
}

static void urls_are_written_as_browsers_write_them(void **state) {
    (void)state;
    char data[1024];
    for (size_t i = 0; i < ROWS(urls); i++) {
        struct fetch_memory memory = memory_of(data, sizeof data);
        struct url url;
        enum url_outcome outcome = parse(&memory, urls[i].input, urls[i].base, &url);
        expect_number(urls[i].input, "outcome", outcome,
                      urls[i].text == NULL ? URL_INVALID : URL_PARSED);
        if (urls[i].text != NULL) {
            expect_text(urls[i].input, "text", url.text, urls[i].text);
        }
    }
}

/* What is too large is told, and never cut short, whatever the memory. */
static void little_memory_is_said(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(urls); i++) {
        bool enough = false;
        for (size_t size = 1; !enough; size++) {
            char *data = malloc(size); /* with a sanitizer behind its end */
            assert_non_null(data);
            struct fetch_memory memory = memory_of(data, size);
            struct url url;
            enum url_outcome outcome = parse(&memory, urls[i].input, urls[i].base, &url);
            enough = outcome != URL_TOO_LARGE;
            if (enough) {
                expect_number(urls[i].input, "outcome", outcome,
                              urls[i].text == NULL ? URL_INVALID : URL_PARSED);
            }
            if (enough && urls[i].text != NULL) {
                expect_text(urls[i].input, "text", url.text, urls[i].text);
            }
            free(data);
        }
    }
}

static void parts_are_found(void **state) {
    (void)state;
    char data[1024];
    struct fetch_memory memory = memory_of(data, sizeof data);
    struct url url;
    assert_int_equal(parse(&memory, "HTTPS://u:p@[::1]:8443/a/b?c=d#e", NULL, &url), URL_PARSED);
    expect_text("parts", "text", url.text, "https://u:p@[::1]:8443/a/b?c=d#e");
    expect_text("parts", "request", url.request, "https://[::1]:8443/a/b?c=d");
    expect_text("parts", "origin", url.origin, "https://[::1]:8443");
    expect_text("parts", "scheme", url.scheme, "https");
    expect_text("parts", "host", url.host, "[::1]");
    expect_text("parts", "path", url.path, "/a/b");
    expect_text("parts", "query", url.query, "?c=d");
    expect_text("parts", "fragment", url.fragment, "#e");
    assert_int_equal(url.port, 8443);
    assert_true(url.is_http);
    assert_true(url.has_userinfo);
    assert_int_equal(parse(&memory, "/x", BASE, &url), URL_PARSED);
    expect_text("relative", "host", url.host, "base.test");
    expect_text("relative", "origin", url.origin, "http://base.test:8080");
    assert_int_equal(url.port, 8080);
    assert_false(url.has_userinfo);
    assert_int_equal(parse(&memory, "ftp://a.test", NULL, &url), URL_PARSED);
    assert_int_equal(url.port, 21);
    assert_false(url.is_http);
    assert_int_equal(parse(&memory, "data:x", NULL, &url), URL_PARSED);
    expect_text("data", "origin", url.origin, "null");
    expect_text("data", "scheme", url.scheme, "data");
    assert_false(url.is_http);
}

static void http_is_upgraded(void **state) {
    (void)state;
    static const struct {
        const char *input;
        const char *text;
    } upgrades[] = {
        {"http://a.test/b?c#d", "https://a.test/b?c#d"},
        {"http://u:p@a.test:8080/", "https://u:p@a.test:8080/"},
        {"http://a.test:443/", "https://a.test/"},
    };
    for (size_t i = 0; i < ROWS(upgrades); i++) {
        bool enough = false;
        for (size_t size = 1; !enough; size++) {
            char *data = malloc(size);
            assert_non_null(data);
            struct fetch_memory memory = memory_of(data, size);
            struct url url;
            struct url upgraded;
            enough = parse(&memory, upgrades[i].input, NULL, &url) == URL_PARSED &&
                     cors_url_upgrade(&memory, &url, &upgraded) == URL_PARSED;
            if (enough) {
                expect_text(upgrades[i].input, "upgraded", upgraded.text, upgrades[i].text);
            }
            free(data);
        }
    }
}

/* Without a converter a host that is not ASCII is none; nor with one that has no function. */
static void unicode_hosts_want_a_converter(void **state) {
    (void)state;
    static const struct label_converter none = {NULL, NULL};
    char data[256];
    struct url url;
    struct fetch_memory memory = memory_of(data, sizeof data);
    cors_slice input = CORS_SLICE("http://\xc3\xa9.test/");
    assert_int_equal(cors_url_parse(&memory, NULL, input, NULL, &url), URL_INVALID);
    assert_int_equal(cors_url_parse(&memory, &none, input, NULL, &url), URL_INVALID);
    assert_int_equal(cors_url_parse(&memory, &converter, input, NULL, &url), URL_PARSED);
}

static void ports_that_browsers_refuse(void **state) {
    (void)state;
    static const uint32_t bad[] = {0, 1, 25, 6000, 10080};
    static const uint32_t good[] = {2, 80, 81, 443, 8080, 10079, 10081, 65535};
    for (size_t i = 0; i < ROWS(bad); i++) {
        assert_true(cors_port_is_bad(bad[i]));
    }
    for (size_t i = 0; i < ROWS(good); i++) {
        assert_false(cors_port_is_bad(good[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_written_as_browsers_write_them),
        cmocka_unit_test(little_memory_is_said),
        cmocka_unit_test(parts_are_found),
        cmocka_unit_test(http_is_upgraded),
        cmocka_unit_test(unicode_hosts_want_a_converter),
        cmocka_unit_test(ports_that_browsers_refuse),
    };
    return cmocka_run_group_tests_name("browser_url", tests, NULL, NULL);
}
