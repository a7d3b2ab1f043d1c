/* SPDX-License-Identifier: MIT */
#include "browser_headers.h"

#include "case_table.h"

#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X127 X32 X32 X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* Which profiles call a header safelisted: standard, chromium, firefox, safari. */
static const struct {
    const char *name;
    const char *value;
    const char *safe_in;
} values[] = {
    {"Accept", "text/html", "scfS"},
    {"accept", "", "scfS"},
    {"Accept", X127 "x", "scfS"},
    {"Accept", X127 "xx", ""},
    {"Accept", "text/html;q=\"1\"", ""},
    {"Accept", "(x)", ""},
    {"Accept", "a:b", ""},
    {"Accept", "<", ""},
    {"Accept", "a?b", ""},
    {"Accept", "a@b", ""},
    {"Accept", "[", ""},
    {"Accept", "\\", ""},
    {"Accept", "{}", ""},
    {"Accept", "\x7f", ""},
    {"Accept", "a\tb", "scfS"},
    {"Accept", "a\x01", ""},
    {"Accept", "\xe9", "scS"},
    {"Accept", "\x80", "scS"},
    {"Accept", "a, b; c=d/e", "scfS"},
    {"Accept-Language", "en-US,en;q=0.9, *", "scfS"},
    {"Accept-Language", "en_US", ""},
    {"Accept-Language", "en\tde", ""},
    {"Accept-Language", "\xe9", ""},
    {"Content-Language", "de", "scfS"},
    {"Content-Language", "de/at", ""},
    {"Content-Type", "text/plain", "scfS"},
    {"Content-Type", "TEXT/PLAIN", "scfS"},
    {"Content-Type", "text/plain;charset=utf-8", "scfS"},
    {"Content-Type", "text/plain ;x", "scfS"},
    {"Content-Type", "text/plain; a=\"b\"", ""},
    {"Content-Type", "text/plain;garbage", "scfS"},
    {"Content-Type", "text/plain;", "scfS"},
    {"Content-Type", "text/plain;;", "scS"},
    {"Content-Type", "text/plain;a=b;", "scS"},
    {"Content-Type", "text/plain;;a=b", "scfS"},
    {"Content-Type", "text/plain,", ""},
    {"Content-Type", "text/plain,text/plain", ""},
    {"Content-Type", "text/plain;a,b", "scS"},
    {"Content-Type", "text /plain", ""},
    {"Content-Type", "text/", ""},
    {"Content-Type", "/plain", ""},
    {"Content-Type", "", ""},
    {"Content-Type", "multipart/form-data; boundary=x", "scfS"},
    {"Content-Type", "application/x-www-form-urlencoded", "scfS"},
    {"Content-Type", "application/json", ""},
    {"Content-Type", "text/plain; \xe9", "scS"},
    {"Range", "bytes=0-", "scfS"},
    {"Range", "bytes=5-10", "scfS"},
    {"Range", "bytes=10-10", "scfS"},
    {"Range", "bytes=00-01", "scfS"},
    {"Range", "bytes=99999999999999999999-100000000000000000000", "sS"},
    {"Range", "bytes=0-9223372036854775806", "scfS"},
    {"Range", "bytes=0-9223372036854775807", "sfS"},
    {"Range", "bytes=0-18446744073709551615", "sfS"},
    {"Range", "bytes=0-18446744073709551616", "sS"},
    {"Range", "bytes=100000000000000000000-99999999999999999999", ""},
    {"Range", "bytes=5-1", ""},
    {"Range", "bytes=-5", ""},
    {"Range", "bytes=-", ""},
    {"Range", "bytes=", ""},
    {"Range", "bytes=0-1,3-4", ""},
    {"Range", "bytes= 0-1", ""},
    {"Range", "bytes 0-1", ""},
    {"Range", "bytes=5", ""},
    {"Range", "bytes=5x6", ""},
    {"Range", "Bytes=0-1", ""},
    {"Range", "bytes=+0-1", ""},
    {"Range", "bytes=0-1 ", ""},
    {"Intervention", "any: thing", "c"},
    {"DPR", "2", "c"},
    {"DPR", "1.5", "c"},
    {"DPR", "1.", ""},
    {"DPR", ".5", ""},
    {"DPR", "x", ""},
    {"Device-Memory", "8", "c"},
    {"Downlink", "0.3", "c"},
    {"ECT", "4g", "c"},
    {"ECT", "slow-2g", "c"},
    {"ECT", "5g", ""},
    {"RTT", "50", "c"},
    {"RTT", "5.0", ""},
    {"Width", "100", "c"},
    {"Viewport-Width", "100", "c"},
    {"Save-Data", "on", "c"},
    {"Save-Data", "ON", "c"},
    {"Save-Data", "off", ""},
    {"X-A", "1", ""},
    {"Authorization", "x", ""},
};

static void values_are_safelisted(void **state) {
    (void)state;
    static const char letters[] = "scfS";
    for (size_t i = 0; i < ROWS(values); i++) {
        for (int browser = 0; browser < 4; browser++) {
            bool safe = cors_request_header_is_safe(cors_browser_profile((cors_browser)browser),
                                                    case_slice(values[i].name),
                                                    case_slice(values[i].value));
            bool wanted = strchr(values[i].safe_in, letters[browser]) != NULL;
            if (safe != wanted) {
                fail_msg("row %zu: %s: \"%s\" in %s", i, values[i].name, values[i].value,
                         cors_browser_name((cors_browser)browser));
            }
        }
    }
}

static void a_nul_is_unsafe(void **state) {
    (void)state;
    const struct browser_profile *profile = cors_browser_profile(CORS_BROWSER_STANDARD);
    assert_false(cors_request_header_is_safe(profile, CORS_SLICE("accept"), CORS_SLICE("a\0b")));
    assert_false(cors_value_is_valid(CORS_SLICE("a\0b")));
    assert_false(cors_value_is_valid(CORS_SLICE("a\nb")));
    assert_false(cors_value_is_valid(CORS_SLICE("a\rb")));
    assert_true(cors_value_is_valid(CORS_SLICE("a\tb")));
    assert_true(cors_value_is_valid(CORS_SLICE("")));
}

static const struct {
    const char *name;
    const char *value;
    const char *dropped_in;
} dropped[] = {
    {"Cookie", "a=b", "scfS"},
    {"Origin", "x", "scfS"},
    {"Sec-Foo", "x", "scfS"},
    {"PROXY-X", "x", "scfS"},
    {"DNT", "1", "scfS"},
    {"Keep-Alive", "1", "scfS"},
    {"X-HTTP-Method-Override", "TRACE", "scfS"},
    {"X-HTTP-Method", "get, track", "scfS"},
    {"X-Method-Override", "\"TRACE\", connect", "scfS"},
    {"X-Method-Override", "\"a, TRACE\"", ""},
    {"X-Method-Override", "\"a\\\", TRACE\"", ""},
    {"X-Method-Override", "a\\, TRACE", "scfS"},
    {"X-Method-Override", "\"a\\", ""},
    {"X-HTTP-Method-Override", "PUT", ""},
    {"X-HTTP-Method-Override", "", ""},
    {"User-Agent", "x", "c"},
    {"X-Cookie", "x", ""},
};

static void forbidden_headers_are_dropped(void **state) {
    (void)state;
    static const char letters[] = "scfS";
    for (size_t i = 0; i < ROWS(dropped); i++) {
        for (int browser = 0; browser < 4; browser++) {
            bool drops = cors_request_header_is_dropped(cors_browser_profile((cors_browser)browser),
                                                        case_slice(dropped[i].name),
                                                        case_slice(dropped[i].value));
            bool wanted = strchr(dropped[i].dropped_in, letters[browser]) != NULL;
            expect_number(dropped[i].value, dropped[i].name, drops, wanted);
        }
    }
}

static const struct {
    const char *list;
    bool valid;
    const char *token;
    bool holds; /* byte for byte */
    bool holds_folded;
} lists[] = {
    {"PUT, DELETE", true, "DELETE", true, true},
    {"PUT, DELETE", true, "delete", false, true},
    {",,PUT,", true, "PUT", true, true},
    {" \tPUT\t ", true, "PUT", true, true},
    {"", true, "PUT", false, false},
    {"PU T", false, "PU", false, false},
    {"GET, PU T", false, "GET", true, true},
    {"'bb-8',bb-8", true, "bb-8", true, true},
    {"\"bb-8\",bb-8", false, "bb-8", true, true},
    {"*", true, "*", true, true},
    {"PUTT", true, "PUT", false, false},
    {"x-long-name", true, "X-Long-Name", false, true},
    {"x-long-name", true, "y-long-name", false, false},
    {"x-long-name", true, "x-long-nama", false, false},
};

static void lists_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(lists); i++) {
        cors_slice list = case_slice(lists[i].list);
        cors_slice token = case_slice(lists[i].token);
        expect_number(lists[i].list, "valid", cors_value_is_token_list(list), lists[i].valid);
        expect_number(lists[i].list, "holds", cors_list_holds(list, token, false), lists[i].holds);
        expect_number(lists[i].list, "holds in any case", cors_list_holds(list, token, true),
                      lists[i].holds_folded);
    }
}

static void lines_of_a_name_are_joined(void **state) {
    (void)state;
    char room[64];
    static const cors_field fields[] = {
        {{"A", 1}, {" x\t", 3}},
        {{"b", 1}, {"y", 1}},
        {{"a", 1}, {"", 0}},
        {{"A", 1}, {"z", 1}},
    };
    for (size_t size = 0; size <= sizeof room; size++) {
        struct fetch_memory memory = {room, size, 0};
        bool full = false;
        struct found_field found = cors_field_find(&memory, fields, 4, CORS_SLICE("a"), &full);
        expect_number("joined", "lines", found.lines, 3);
        if (!full) {
            expect_text("joined", "value", found.value, "x, , z");
        }
        assert_true(full || size >= 6);
    }
    struct fetch_memory none = {room, 0, 0};
    bool full = false;
    expect_number("absent", "lines",
                  cors_field_find(&none, fields, 4, CORS_SLICE("c"), &full).lines, 0);
    assert_false(full);
}

static void values_are_trimmed(void **state) {
    (void)state;
    static const struct {
        const char *value;
        const char *trimmed;
    } trimmed[] = {{" a b\t", "a b"},
                   {"\r\n a\n\tb \r\n", "a\n\tb"},
                   {"\r", ""},
                   {"\n", ""},
                   {"\fa\v", "\fa\v"}};
    for (size_t i = 0; i < ROWS(trimmed); i++) {
        expect_text(trimmed[i].value, "trimmed", cors_value_normalize(case_slice(trimmed[i].value)),
                    trimmed[i].trimmed);
    }
}

/* Of the client hints those that say something of the device, not of what its user wants. */
static void hints_that_pass(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool passes;
    } hints[] = {{"DPR", true},        {"rtt", true},           {"ECT", true},  {"width", true},
                 {"Save-Data", false}, {"Intervention", false}, {"X-A", false}, {"dprr", false}};
    for (size_t i = 0; i < ROWS(hints); i++) {
        expect_number(hints[i].name, "passes",
                      cors_header_is_passing_hint(case_slice(hints[i].name)), hints[i].passes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_safelisted),
        cmocka_unit_test(a_nul_is_unsafe),
        cmocka_unit_test(forbidden_headers_are_dropped),
        cmocka_unit_test(lists_are_read),
        cmocka_unit_test(lines_of_a_name_are_joined),
        cmocka_unit_test(values_are_trimmed),
        cmocka_unit_test(hints_that_pass),
    };
    return cmocka_run_group_tests_name("browser_headers", tests, NULL, NULL);
}
