/* SPDX-License-Identifier: MIT */
/* What the network refuses: ports, mixed content, addresses more private than the page's. */
#include "case_fetch.h"

#define PAGE(text) .page = CORS_SLICE(text)
#define URL(text) .url = CORS_SLICE(text)
#define IN_CHROMIUM .browser = CORS_BROWSER_CHROMIUM
#define FAILED "= network-failure"

static void expect_all(const struct case_fetch *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_fetch(&cases[i]);
    }
}

static void ports_and_mixed_content(void **state) {
    (void)state;
    static const cors_slice upgraded[] = {{"other.test", 10}, {"api.test", 8}};
    const struct case_fetch cases[] = {
        {.name = "a port of mail", .call = {URL("https://api.test:25/x")}, .told = FAILED},
        {.name = "http from https", .call = {URL("http://api.test/x")}, .told = FAILED},
        {.name = "http from http",
         .call = {PAGE("http://app.test"), URL("http://api.test/x")},
         .answers = {{403, "", NULL}},
         .told = "GET http://api.test/x | Origin: http://app.test\n= missing-allow-origin"},
        {.name = "http from http in https",
         .call = {PAGE("http://app.test"), .top = CORS_SLICE("https://top.test"),
                  URL("http://api.test/x")},
         .told = FAILED},
        {.name = "http from https in what nobody knows",
         .call = {.top = CORS_SLICE("x"), URL("http://api.test/x")},
         .answers = {{403, "", NULL}},
         .told = "GET http://api.test/x | Origin: https://app.test\n= missing-allow-origin"},
        {.name = "http to the same machine from https",
         .call = {URL("http://127.0.0.1/x")},
         .answers = {{403, "", NULL}},
         .told = "GET http://127.0.0.1/x | Origin: https://app.test\n= missing-allow-origin"},
        {.name = "an image is upgraded",
         .call = {URL("http://api.test/x"), .initiator = CORS_INITIATOR_IMAGE,
                  .mode = CORS_MODE_NO_CORS},
         .answers = {{403, "", NULL}},
         .told = "GET https://api.test/x\n= ok opaque 0 "},
        {.name = "a host is upgraded",
         .call = {PAGE("http://app.test"), URL("http://api.test/x"), .upgraded_hosts = upgraded,
                  .upgraded_host_count = 2},
         .answers = {{403, "", NULL}},
         .told = "GET https://api.test/x | Origin: http://app.test\n= missing-allow-origin"},
        {.name = "another host is not",
         .call = {PAGE("http://app.test"), URL("http://api.test/x"), .upgraded_hosts = upgraded,
                  .upgraded_host_count = 1},
         .answers = {{403, "", NULL}},
         .told = "GET http://api.test/x | Origin: http://app.test\n= missing-allow-origin"},
        {.name = "http after a redirect",
         .answers = {{302, "Access-Control-Allow-Origin: *\nLocation: http://api.test/y", NULL}},
         .told = "GET https://api.test/x | Origin: https://app.test\n" FAILED},
    };
    expect_all(cases, ROWS(cases));
}

/* Where a page may call, by how private both are; without a permission of the visitor. */
static void private_addresses(void **state) {
    (void)state;
    static const struct {
        const char *page;
        const char *page_address;
        const char *host;    /* that is called, over https */
        const char *address; /* that answers; "": not known */
        const char *refused; /* the target's space; NULL: it may be called */
    } calls[] = {
        {"https://app.test", "", "api.test", "", NULL},
        {"https://app.test", "", "127.0.0.1", "", "loopback"},
        {"https://app.test", "", "127.255.255.255", "", "loopback"},
        {"https://app.test", "", "126.255.255.255", "", NULL},
        {"https://app.test", "", "128.0.0.0", "", NULL},
        {"https://app.test", "", "0.0.0.0", "", "loopback"},
        {"https://app.test", "", "0.0.0.1", "", "local"},
        {"https://app.test", "", "1.0.0.0", "", NULL},
        {"https://app.test", "", "198.18.0.0", "", "loopback"},
        {"https://app.test", "", "198.19.255.255", "", "loopback"},
        {"https://app.test", "", "198.20.0.0", "", NULL},
        {"https://app.test", "", "198.17.255.255", "", NULL},
        {"https://app.test", "", "10.0.0.0", "", "local"},
        {"https://app.test", "", "10.255.255.255", "", "local"},
        {"https://app.test", "", "11.0.0.0", "", NULL},
        {"https://app.test", "", "100.64.0.0", "", "local"},
        {"https://app.test", "", "100.127.255.255", "", "local"},
        {"https://app.test", "", "100.63.255.255", "", NULL},
        {"https://app.test", "", "100.128.0.0", "", NULL},
        {"https://app.test", "", "169.254.1.1", "", "local"},
        {"https://app.test", "", "169.253.1.1", "", NULL},
        {"https://app.test", "", "172.16.0.0", "", "local"},
        {"https://app.test", "", "172.31.255.255", "", "local"},
        {"https://app.test", "", "172.15.255.255", "", NULL},
        {"https://app.test", "", "172.32.0.0", "", NULL},
        {"https://app.test", "", "192.168.255.255", "", "local"},
        {"https://app.test", "", "192.167.0.0", "", NULL},
        {"https://app.test", "", "192.169.0.0", "", NULL},
        {"https://app.test", "", "localhost", "", "loopback"},
        {"https://app.test", "", "a.localhost", "", "loopback"},
        {"https://app.test", "", "notlocalhost", "", NULL},
        {"https://app.test", "", "ab", "", NULL},
        {"https://app.test", "", "[::1]", "", "loopback"},
        {"https://app.test", "", "[::]", "", "loopback"},
        {"https://app.test", "", "[::2]", "", NULL},
        {"https://app.test", "", "[fc00::1]", "", "local"},
        {"https://app.test", "", "[fdff::1]", "", "local"},
        {"https://app.test", "", "[fe80::1]", "", "local"},
        {"https://app.test", "", "[feff::1]", "", "local"},
        {"https://app.test", "", "[fe00::1]", "", NULL},
        {"https://app.test", "", "[fb00::1]", "", NULL},
        {"https://app.test", "", "[ff02::1]", "", NULL},
        {"https://app.test", "", "[fc::1]", "", NULL},
        {"https://app.test", "", "[2001:db8::1]", "", NULL},
        /* What a name stands for is known when it answers. */
        {"https://app.test", "", "api.test", "127.0.0.1", "loopback"},
        {"https://app.test", "", "api.test", "fd00::1", "local"},
        {"https://app.test", "", "api.test", "93.184.216.34", NULL},
        {"https://app.test", "", "api.test", "2001:db8::1", NULL},
        /* From where a page is. */
        {"https://app.test", "10.0.0.1", "192.168.0.1", "", NULL},
        {"https://app.test", "10.0.0.1", "127.0.0.1", "", "loopback"},
        {"https://app.test", "::1", "127.0.0.1", "", NULL},
        {"https://192.168.0.7", "", "10.0.0.1", "", NULL},
        {"https://192.168.0.7", "", "127.0.0.1", "", "loopback"},
        {"https://localhost", "", "127.0.0.1", "", NULL},
        {"https://[fd00::1]", "", "10.0.0.1", "", NULL},
        {"null", "", "127.0.0.1", "", NULL},
        {"file:///x", "", "127.0.0.1", "", NULL},
    };
    for (size_t i = 0; i < ROWS(calls); i++) {
        char url[64];
        char told[256];
        int size = snprintf(url, sizeof url, "https://%s/x", calls[i].host);
        bool answers = calls[i].refused == NULL || calls[i].address[0] != '\0';
        if (calls[i].refused == NULL) {
            (void)snprintf(told, sizeof told, "GET %s | Origin: %s\n= ok cors 200 %s", url,
                           calls[i].page, url);
        } else {
            (void)snprintf(told, sizeof told, "%s%s%s%s%s= local-network-denied value %s",
                           answers ? "GET " : "", answers ? url : "", answers ? " | Origin: " : "",
                           answers ? calls[i].page : "", answers ? "\n" : "", calls[i].refused);
        }
        assert_true(size > 0 && (size_t)size < sizeof url);
        const struct case_fetch one = {
            .name = url,
            IN_CHROMIUM,
            .call = {.page = case_slice(calls[i].page),
                     .url = case_slice(url),
                     .page_address = case_slice(calls[i].page_address)},
            .answers = {{200, "Access-Control-Allow-Origin: *", calls[i].address}},
            .told = told,
        };
        expect_fetch(&one);
    }
}

static void who_may_call_private_addresses(void **state) {
    (void)state;
    const struct case_fetch cases[] = {
        {.name = "a page of http cannot be asked",
         IN_CHROMIUM,
         .call = {PAGE("http://app.test"), URL("http://127.0.0.1/x")},
         .told = "= local-network-insecure value loopback"},
        {.name = "a page of http within https",
         IN_CHROMIUM,
         .call = {PAGE("http://app.test"), .top = CORS_SLICE("https://top.test"),
                  URL("http://127.0.0.1/x")},
         .told = "= local-network-denied value loopback"},
        {.name = "the top page's place counts",
         IN_CHROMIUM,
         .call = {.top = CORS_SLICE("https://10.0.0.1"), URL("https://192.168.0.1/x")},
         .answers = {{200, "Access-Control-Allow-Origin: *", NULL}},
         .told = "GET https://192.168.0.1/x | Origin: https://app.test\n"
                 "= ok cors 200 https://192.168.0.1/x"},
        {.name = "home is home, wherever it is",
         IN_CHROMIUM,
         .call = {PAGE("https://app.test"), URL("https://app.test/x")},
         .answers = {{200, "", "127.0.0.1"}},
         .told = "GET https://app.test/x +cookies\n= ok basic 200 https://app.test/x"},
        {.name = "home over http is not",
         IN_CHROMIUM,
         .call = {PAGE("http://app.test"), URL("http://app.test/x")},
         .answers = {{200, "", "127.0.0.1"}},
         .told = "GET http://app.test/x +cookies\n= local-network-insecure value loopback"},
        {.name = "a preflight's answer tells it too",
         IN_CHROMIUM,
         .call = {.method = CORS_SLICE("PUT")},
         .answers = {{204, "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Methods: *",
                      "127.0.0.1"}},
         .told = "OPTIONS https://api.test/x | Access-Control-Request-Method: PUT"
                 " | Origin: https://app.test\n= local-network-denied value loopback"},
        {.name = "Firefox asks nobody",
         .browser = CORS_BROWSER_FIREFOX,
         .call = {URL("https://127.0.0.1/x")},
         .answers = {{200, "Access-Control-Allow-Origin: *", "127.0.0.1"}},
         .told = "GET https://127.0.0.1/x | Origin: https://app.test\n"
                 "= ok cors 200 https://127.0.0.1/x"},
    };
    expect_all(cases, ROWS(cases));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_and_mixed_content),
        cmocka_unit_test(private_addresses),
        cmocka_unit_test(who_may_call_private_addresses),
    };
    return cmocka_run_group_tests_name("browser_network", tests, NULL, NULL);
}
