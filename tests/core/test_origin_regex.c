/* SPDX-License-Identifier: MIT */
/* Regular expressions over origins, and the entries of a policy that they come to. */
#include <cors/origin.h>

#include "case_table.h"
#include "origin_entry.h"

static cors_regex regex; /* too large for some stacks */

static void read_expression(const char *source) {
    cors_regex_read(case_slice(source), false, false, false, &regex);
}

/* The entries, with a space between them. */
static cors_slice joined_entries(void) {
    static char text[sizeof regex.text];
    size_t size = 0;
    for (size_t i = 0; i < regex.entry_count; i++) {
        if (i > 0) {
            text[size++] = ' ';
        }
        memcpy(text + size, regex.entries[i].data, regex.entries[i].size);
        size += regex.entries[i].size;
    }
    return (cors_slice){text, size};
}

/* What is taken: the entries, and whether they match nothing else. */
static const struct {
    const char *source;
    bool exact;
    const char *entries;
} taken[] = {
    /* One origin, and several */
    {"^https://a\\.example$", true, "https://a.example"},
    {"^https:\\/\\/a\\.example$", true, "https://a.example"},
    {"^https\\:\\/\\/my\\-app[.]example$", true, "https://my-app.example"},
    {"^\\x68ttps://a\\u002eexample$", true, "https://a.example"},
    {"^https?://a\\.example$", true, "https://a.example http://a.example"},
    {"^http[s]?://a\\.example$", true, "https://a.example http://a.example"},
    {"^(http|https)://a\\.example$", true, "http://a.example https://a.example"},
    {"^(?:https://a|http://b)\\.example$", true, "https://a.example http://b.example"},
    {"^https://a\\.example$|^https://b\\.example$", true, "https://a.example https://b.example"},
    {"^(https://a\\.example$|https://b\\.example$)", true, "https://a.example https://b.example"},
    {"(^https://a\\.example|^https://b\\.example)$", true, "https://a.example https://b.example"},
    {"^https://(?<who>a|b)\\.example$", true, "https://a.example https://b.example"},
    {"^https://(?P<who>a|b)\\.example$", true, "https://a.example https://b.example"},
    {"^https://(?<who_1>a)\\.example$", true, "https://a.example"},
    {"^https://(www\\.)?a\\.example$", true, "https://www.a.example https://a.example"},
    {"^https://w{3}\\.a\\.example$", true, "https://www.a.example"},
    {"^https://example\\.(com|net)$", true, "https://example.com https://example.net"},
    {"^https://[ab]\\.example$", true, "https://a.example https://b.example"},
    {"^https://www[.-]example\\.com$", true, "https://www-example.com https://www.example.com"},
    {"^(a|https)://a\\.example$|^https://a\\.example$", true, "a://a.example https://a.example"},
    {"^(?:(?:(?:https://a)))\\.example$", true, "https://a.example"},
    {"^capacitor://localhost$", true, "capacitor://localhost"},
    {"^null$", true, "null"},
    {"^(null|https://a\\.example)$", true, "null https://a.example"},
    {"^http://127\\.0\\.0\\.1$", true, "http://127.0.0.1"},
    {"^http://\\[::1\\]$", true, "http://[::1]"},
    {"^https://a\\.example\\.$", true, "https://a.example."},

    /* Wildcards */
    {"^https://.*\\.example\\.com$", true, "https://*.example.com"},
    {"^https://.+\\.example\\.com$", true, "https://*.example.com"},
    {"^https://.*?\\.example\\.com$", true, "https://*.example.com"},
    {"^https://[^/]+\\.example\\.com$", true, "https://*.example.com"},
    {"^https://\\S+\\.example\\.com$", true, "https://*.example.com"},
    {"^https://[\\w.-]+\\.example\\.com$", true, "https://*.example.com"},
    {"^https://(.*\\.)?example\\.com$", true, "https://*.example.com https://example.com"},
    {"^https://([\\w-]+\\.)*example\\.com$", true, "https://*.example.com https://example.com"},
    {"^https://([^.]+\\.)+example\\.com$", true, "https://*.example.com"},
    {"^https://([^.]+\\.+)+example\\.com$", false, "https://*.example.com"},
    {"^https://([^.]+\\.{2})+example\\.com$", false, "https://*.example.com"},
    {"^https://([^.]+\\.){2}example\\.com$", false, "https://*.example.com"},
    {"^https://([^.]+\\.){2,}example\\.com$", false, "https://*.example.com"},
    {"^https://([^.]+\\.){0,3}example\\.com$", false, "https://*.example.com https://example.com"},
    {"^https://([^.]+\\.)+[a-z]+\\.example\\.com$", false, "https://*.example.com"},
    {"^https://[a-z]+([^.]+\\.)+example\\.com$", false, "https://*.example.com"},
    {"^https://([a-z0-9-]+\\.)*example\\.com$", false, "https://*.example.com https://example.com"},
    {"^https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+example\\.com$", false,
     "https://*.example.com"},
    {"^https://[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.example\\.com$", false,
     "https://{label}.example.com"},
    {"^https://[\\w-]+\\.example\\.com$", true, "https://{label}.example.com"},
    {"^https://[^.]+\\.example\\.com$", true, "https://{label}.example.com"},
    {"^https://[a-z]+\\.example\\.com$", false, "https://{label}.example.com"},
    {"^https://[a-z]+\\.[a-z]+\\.example\\.com$", false, "https://*.example.com"},
    {"^https://[a-z]+\\.(dev|test)\\.example\\.com$", false,
     "https://{label}.dev.example.com https://{label}.test.example.com"},
    {"^https://(?:(?:a|b)\\.)+example\\.com$", false, "https://*.example.com"},
    {"^https://x([a-z]?)+\\.a\\.example$", false, "https://x*.a.example https://x.a.example"},
    {"^https://pr-[\\w-]+\\.a\\.example$", true, "https://pr-*.a.example"},
    {"^https://pr-\\d+\\.a\\.example$", false, "https://pr-*.a.example"},
    {"^https://pr-?\\d*\\.a\\.example$", false,
     "https://pr-*.a.example https://pr-.a.example https://pr*.a.example https://pr.a.example"},
    {"^https://app.*\\.a\\.example$", false, "https://*.a.example https://app.a.example"},
    {"^https://.+-app\\.a\\.example$", false, "https://*.a.example"},
    {"^https://[\\w-]+-app\\.a\\.example$", true, "https://*-app.a.example"},
    {"^https://x\\..+\\.a\\.example$", true, "https://x.*.a.example"},
    {"^https://app.\\.a\\.example$", false, "https://*.a.example"},
    {"^https://a.[a-z]+\\.b\\.example$", false, "https://*.b.example"},
    {"^https://\\D+\\.a\\.example$", false, "https://*.a.example"},
    {"^https://\\W+\\.a\\.example$", false, "https://*.a.example"},
    {"^https://.*\\.com$", true, "https://*.com"}, /* the policy's rules refuse it */

    /* Ports */
    {"^https://a\\.example:8443$", true, "https://a.example:8443"},
    {"^https://a\\.example:(81|82)$", true, "https://a.example:81 https://a.example:82"},
    {"^https://a\\.example(:81|:82)?$", true,
     "https://a.example:81 https://a.example:82 https://a.example"},
    {"^https://a\\.example(:\\d+)?$", true, "https://a.example:*"},
    {"^https://a\\.example(:\\d*)?$", true, "https://a.example:*"},
    {"^https://a\\.example(:[0-9]{1,5})?$", true, "https://a.example:*"},
    {"^https://a\\.example(:.*)?$", true, "https://a.example:*"},
    {"^https://a\\.example(:\\d{4})?$", false, "https://a.example:*"},
    {"^https://a\\.example:\\d+$", false, "https://a.example:*"},
    {"^https://a\\.example:30\\d\\d$", false, "https://a.example:*"},
    {"^https://a\\.example:8$", true, "https://a.example:8"},
    {"^https://a\\.example:[1-9]+$", false, "https://a.example:*"},
    {"^https://a\\.example(:81|:\\d+)$", false, "https://a.example:*"},
    {"^https://a\\.co(:\\d+)?$|^https://a\\.com$", true, "https://a.co:* https://a.com"},
    {"^https://a\\.example[^a-z0-9._-]\\d+$", false, "https://a.example:*"},
    {"^https://a\\.example:", false, "https://a.example:*"}, /* only digits can follow */
    {"^https://a\\.example(:|$)", true, "https://a.example:*"},
    {"^https://(.*\\.)?a\\.example(:\\d+)?$", true, "https://*.a.example:* https://a.example:*"},
    {"^http://\\[::1\\](:\\d+)?$", true, "http://[::1]:*"},

    /* What no origin is: nothing is allowed, and nothing refused */
    {"^https://a\\.example/$", true, ""},
    {"^https://a\\.example/?$", true, "https://a.example"},
    {"^https://a\\.example(/.*)?$", true, "https://a.example"},
    {"^https://a\\.example:443$", true, ""},
    {"^https://.*\\.example\\.com:443$", true, ""},
    {"^https://a\\.example:$", true, ""},
    {"^https://a\\.example:080$", true, ""},
    {"^https://a\\.example:65536$", true, ""},
    {"^https://\\.example$", true, ""},
    {"^https://A\\.example$", true, ""},
    {"^a\\.example$", true, ""},
    {"^https://$", true, ""},
    {"^https://a\\.example x$", true, ""},
    {"^https://a\\.example\\s*$", true, "https://a.example"},
    {"^https://a\\.example$^", true, ""},
    {"^https:..a\\.example$", true, "https://a.example"}, /* two slashes can stand there only */
    {"^https:/+a\\.example$", true, "https://a.example"},
    {"^https:///*a\\.example$", true, "https://a.example"},
    {"^https:/+/a\\.example$", true, "https://a.example"},
    {"^https:[a-z]+\\.a\\.example$", true, ""},
    {"^http://\\[::1\\]x$", true, ""},
    {"^https://a\\s{2}\\.example$", true, ""},
    {"^https://a\\.example[\\n\\r\\t\\f\\v]*$", true, "https://a.example"},
    {"^https://a\\.example$^^", true, ""},
    {"^https:/a\\.example$", true, ""},
    {"^https://[a-z]+/x$", true, ""},
    {"^https:x.*://a\\.example$", true, ""},
    {"^https:x", true, ""},
    {"^https://[abcd]\\.example$", true,
     "https://a.example https://b.example https://c.example https://d.example"},
    {"^https://[abcde]\\.example$", false, "https://{label}.example"},
    {"^https://a\\.example$x", true, ""},
    {"x^https://a\\.example$", true, ""},
    {".*^https://a\\.example$", true, "https://a.example"},
    {"^https://a\\.example(b{0}|(c){0})$", true, "https://a.example"},

    /* Python's anchors are letters in JavaScript */
    {"\\Ahttps://a\\.example\\Z", false, "https://a.example"},
};

static void what_is_taken(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(taken); i++) {
        read_expression(taken[i].source);
        expect_text(taken[i].source, "fault", case_slice(cors_regex_fault_name(regex.fault)),
                    "none");
        expect_text(taken[i].source, "entries", joined_entries(), taken[i].entries);
        expect_number(taken[i].source, "exact", regex.exact, taken[i].exact);
    }
}

/* What is refused: where, and what was probably meant. */
static const struct {
    const char *source;
    cors_regex_fault fault;
    size_t offset;
    const char *meant;
} refused[] = {
    /* No ^ */
    {"https://a\\.example$", CORS_REGEX_FAULT_OPEN_START, 0, "https://a.example"},
    {"https?://.*\\.a\\.example$", CORS_REGEX_FAULT_OPEN_START, 0,
     "https://*.a.example http://*.a.example"},
    {"a\\.example$", CORS_REGEX_FAULT_OPEN_START, 0, "https://a.example https://*.a.example"},
    {"\\.a\\.example$", CORS_REGEX_FAULT_OPEN_START, 0, "https://*.a.example"},
    {":\\/\\/(.+\\.)?a.example$", CORS_REGEX_FAULT_OPEN_START, 0,
     "https://*.a.example https://a.example"},
    {"//a\\.example$", CORS_REGEX_FAULT_OPEN_START, 0, "https://a.example"},
    {"^https://a\\.example$|https://b\\.example$", CORS_REGEX_FAULT_OPEN_START, 21,
     "https://a.example https://b.example"},
    {"(^|x)https://a\\.example$", CORS_REGEX_FAULT_OPEN_START, 3,
     "https://a.example xhttps://a.example"},
    {"a.example.com", CORS_REGEX_FAULT_OPEN_START, 0,
     "https://a.example.com https://*.a.example.com"},
    {"localhost", CORS_REGEX_FAULT_OPEN_START, 0, "http://localhost:*"},
    {"http://localhost:8080", CORS_REGEX_FAULT_OPEN_START, 0, "http://localhost:8080"},
    {"127\\.0\\.0\\.1$", CORS_REGEX_FAULT_OPEN_START, 0, "http://127.0.0.1"},
    {"10\\.0\\.0\\.1$", CORS_REGEX_FAULT_OPEN_START, 0, ""}, /* nothing is below it */

    /* No $ */
    {"^https://a\\.example", CORS_REGEX_FAULT_OPEN_END, 19, "https://a.example"},
    {"^http://localhost", CORS_REGEX_FAULT_OPEN_END, 17, "http://localhost:*"},
    {"^https://a\\.example|https://b\\.example$", CORS_REGEX_FAULT_OPEN_END, 19,
     "https://a.example https://b.example"},
    {"^https://(.*\\.)?a\\.example", CORS_REGEX_FAULT_OPEN_END, 26,
     "https://*.a.example https://a.example"},
    {"^https://a\\.", CORS_REGEX_FAULT_OPEN_END, 12, ""},
    {"^http://\\[::1", CORS_REGEX_FAULT_OPEN_END, 13, ""},

    /* Bare dots */
    {"^https://www.a.example$", CORS_REGEX_FAULT_BARE_DOT, 12, "https://www.a.example"},
    {"^https://www\\.a.example$", CORS_REGEX_FAULT_BARE_DOT, 15, "https://www.a.example"},
    {"^https://.*.a\\.example$", CORS_REGEX_FAULT_BARE_DOT, 11, "https://*.a.example"},
    {"^https://a.example", CORS_REGEX_FAULT_BARE_DOT, 10, "https://a.example"},

    /* Other sites' names */
    {"^https://.*example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 9,
     "https://*.example.com https://example.com"},
    {"^https?://\\w*example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 10,
     "https://*.example.com https://example.com http://*.example.com http://example.com"},
    {"^https://[a-z-]+example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 9, "https://*.example.com"},
    {"^https://(.+\\.)*.?example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 16,
     "https://*.example.com https://example.com"},
    {"^https://(a|b)+example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 9, "https://*.example.com"},
    {"^https://([a-z]\\.?)*example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 9,
     "https://*.example.com https://example.com"},
    {"^https://([a-z]\\.|b)+example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 9,
     "https://*.example.com"},
    {"^https://app\\d+example\\.com$", CORS_REGEX_FAULT_OPEN_HOST, 12, "https://*.example.com"},
    {"^https://.*example\\.com:8080$", CORS_REGEX_FAULT_OPEN_HOST, 9,
     "https://*.example.com:8080 https://example.com:8080"},

    /* Any site */
    {"", CORS_REGEX_FAULT_ANY_HOST, 0, ""},
    {".*", CORS_REGEX_FAULT_ANY_HOST, 0, ""},
    {"^.*$", CORS_REGEX_FAULT_ANY_HOST, 1, ""},
    {"^", CORS_REGEX_FAULT_ANY_HOST, 0, ""},
    {"^http", CORS_REGEX_FAULT_ANY_HOST, 5, ""},
    {"^https:", CORS_REGEX_FAULT_ANY_HOST, 7, ""},
    {"^https?://", CORS_REGEX_FAULT_ANY_HOST, 10, ""},
    {"^https://.*", CORS_REGEX_FAULT_ANY_HOST, 9, ""},
    {"^https?://[^/]+$", CORS_REGEX_FAULT_ANY_HOST, 10, ""},
    {"^https://.+\\..+$", CORS_REGEX_FAULT_ANY_HOST, 9, ""},
    {"^https://[a-z]+\\.[a-z]+$", CORS_REGEX_FAULT_ANY_HOST, 9, ""},
    {"^https://example\\.[a-z]+$", CORS_REGEX_FAULT_ANY_HOST, 18, ""},
    {"^https://example\\..*$", CORS_REGEX_FAULT_ANY_HOST, 18, ""},
    {"^https://a\\.example.*$", CORS_REGEX_FAULT_ANY_HOST, 19, "https://a.example"},
    {"^https://a\\.example[^/]*$", CORS_REGEX_FAULT_ANY_HOST, 19, "https://a.example"},
    {"^https://a\\.example[:0-9]*$", CORS_REGEX_FAULT_ANY_HOST, 19, "https://a.example"},
    {"^http://localhost:?\\d*$", CORS_REGEX_FAULT_ANY_HOST, 19, "http://localhost:*"},
    {"^https://.*443$", CORS_REGEX_FAULT_ANY_HOST, 9, ""},
    {"^https://.*\\]$", CORS_REGEX_FAULT_ANY_HOST, 9, ""},
    {"|^https://a\\.example$", CORS_REGEX_FAULT_ANY_HOST, 0, "https://a.example"},

    /* Schemes, addresses */
    {"^.*\\.a\\.example$", CORS_REGEX_FAULT_OPEN_SCHEME, 1, "https://*.a.example"},
    {"^.*://a\\.example$", CORS_REGEX_FAULT_OPEN_SCHEME, 1, "https://a.example"},
    {"^\\w+://(.*\\.)?a\\.example$", CORS_REGEX_FAULT_OPEN_SCHEME, 1,
     "https://*.a.example https://a.example"},
    {"^http.*\\.a\\.example$", CORS_REGEX_FAULT_OPEN_SCHEME, 5, "https://*.a.example"},
    {"^(https?://)?([\\w-]+\\.)*a\\.example$", CORS_REGEX_FAULT_OPEN_SCHEME, 13,
     "https://*.a.example https://a.example http://*.a.example http://a.example"},
    {"^http://192\\.168\\.\\d{1,3}\\.\\d{1,3}(:\\d+)?$", CORS_REGEX_FAULT_ADDRESSES, 27, ""},
    {"^http://(\\d{1,3}\\.){3}\\d{1,3}$", CORS_REGEX_FAULT_ANY_HOST, 8, ""},
    {"^http://10\\.0\\.0\\.\\d+$", CORS_REGEX_FAULT_ADDRESSES, 18, ""},
    {"^https://.*\\.0\\.0\\.1$", CORS_REGEX_FAULT_ADDRESSES, 9, ""},
    {"^http://\\[[0-9a-f:]+1\\]$", CORS_REGEX_FAULT_ADDRESSES, 10, ""},

    {"^https:.*\\.a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 7, "https://*.a.example"},
    {"^https:/+.a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 7, ""},
    {"^https://.*\\.\\.example\\.com$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},

    /* What the languages read in their own ways, or at all events nobody can tell */
    {"^https://(?!b)a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://(?=a)a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://a(?<!b)\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"(?i)^https://a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 0, ""},
    {"^(?i:https)://a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 1, ""},
    {"^https://(?>a)\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://(?#a)a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://(a)\\1\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 12, ""},
    {"^https://(?P<x>a)(?P=x)\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 17, ""},
    {"^https://\\ba\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://a\\.co\\z$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 14, ""},
    {"^https://\\p{L}\\.a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://[]a]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://[^]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://[[:alpha:]]+\\.a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://[a-z&&[^b]]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 13, ""},
    {"^https://[a-z--b]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 13, ""},
    {"^https://[a~~b]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 11, ""},
    {"^https://[a||b]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 11, ""},
    {"^https://[\\d-z]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://[z-a]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://[a-\\d]\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://[a", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 11, ""},
    {"^https://[a-", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 12, ""},
    {"^https://a{,3}\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://a{3,2}\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://a{x}\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://a++\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 11, ""},
    {"^https://a+?+\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 12, ""},
    {"^*https://a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 1, ""},
    {"^+https://a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 1, ""},
    {"*", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 0, ""},
    /* A pattern, not an expression: a slash or more, and a dot */
    {"https://*.example.com", CORS_REGEX_FAULT_OPEN_START, 0,
     "https://*.example.com https://example.com"},
    {"^https://*.example\\.com$", CORS_REGEX_FAULT_BARE_DOT, 10,
     "https://*.example.com https://example.com"},
    {"(^https://a\\.example$)+", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 0, ""},
    {"^https://(a\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://a)\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://a\\.example$\\", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 20, ""},
    {"^https://a\\xg1$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://a\\x", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
    {"^https://\\u017f\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://\\u0801\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://\\x80\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 9, ""},
    {"^https://b\303\274cher\\.example$", CORS_REGEX_FAULT_NOT_UNDERSTOOD, 10, ""},
};

static void what_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(refused); i++) {
        read_expression(refused[i].source);
        expect_text(refused[i].source, "fault", case_slice(cors_regex_fault_name(regex.fault)),
                    cors_regex_fault_name(refused[i].fault));
        expect_number(refused[i].source, "offset", (long long)regex.offset,
                      (long long)refused[i].offset);
        expect_text(refused[i].source, "meant", joined_entries(), refused[i].meant);
        expect_number(refused[i].source, "exact", regex.exact, false);
    }
}

/* How its user calls it counts as much as what is written. */
static const struct {
    const char *source;
    bool start;
    bool end;
    bool ignores_case;
    const char *fault;
    const char *entries;
} called[] = {
    {"https://a\\.example", false, false, false, "open-start", "https://a.example"},
    {"https://a\\.example", true, false, false, "open-end", "https://a.example"},
    {"https://a\\.example", true, true, false, "none", "https://a.example"},
    {"https://a\\.example$", true, false, false, "none", "https://a.example"},
    {"^https://a\\.example", false, true, false, "none", "https://a.example"},
    {"https://a\\.example|https://b\\.example", true, true, false, "none",
     "https://a.example https://b.example"},
    {".*", true, true, false, "any-host", ""},
    {"^HTTPS://A\\.Example$", false, false, true, "none", "https://a.example"},
    {"^https://[A-C]\\.Example$", false, false, true, "none",
     "https://a.example https://b.example https://c.example"},
    {"^https://[^A-Z.]+\\.a\\.example$", false, false, true, "none", "https://{label}.a.example"},
    {"\\Ahttps://a\\.example$", false, false, true, "not-understood", ""},
    {"^https://a\\.example\\Z", false, false, true, "not-understood", ""},
};

static void how_it_is_called(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(called); i++) {
        bool fine = cors_regex_read(case_slice(called[i].source), called[i].start, called[i].end,
                                    called[i].ignores_case, &regex);
        expect_text(called[i].source, "fault", case_slice(cors_regex_fault_name(regex.fault)),
                    called[i].fault);
        expect_number(called[i].source, "fine", fine, regex.fault == CORS_REGEX_FAULT_NONE);
        expect_text(called[i].source, "entries", joined_entries(), called[i].entries);
    }
}

/* Policies take every entry that is given back, be it found or suggested. */
static void entries_are_sound(void **state) {
    static const cors_builder_options options;
    (void)state;
    for (size_t i = 0; i < ROWS(taken) + ROWS(refused); i++) {
        read_expression(i < ROWS(taken) ? taken[i].source : refused[i - ROWS(taken)].source);
        for (size_t j = 0; j < regex.entry_count; j++) {
            struct origin_entry entry;
            cors_entry_read(regex.entries[j], &options, &entry);
            if (entry.faults != 0 || entry.any_origin) {
                fail_msg("%.*s", SHOWN(regex.entries[j]));
            }
        }
    }
}

static void names_of_faults(void **state) {
    (void)state;
    assert_string_equal(cors_regex_fault_name(CORS_REGEX_FAULT_NONE), "none");
    assert_string_equal(cors_regex_fault_meaning(CORS_REGEX_FAULT_NONE), "");
    for (int fault = CORS_REGEX_FAULT_OPEN_START; fault <= CORS_REGEX_FAULT_TOO_LARGE; fault++) {
        const char *meaning = cors_regex_fault_meaning((cors_regex_fault)fault);
        assert_true(strlen(cors_regex_fault_name((cors_regex_fault)fault)) > 4);
        assert_int_equal(meaning[strlen(meaning) - 1], '.');
    }
    assert_string_equal(cors_regex_fault_name((cors_regex_fault)99), "");
    assert_string_equal(cors_regex_fault_meaning((cors_regex_fault)-1), "");
}

/*
 * Expressions that fill all the room there is: nothing is meant by what has none to be mended in.
 * The pieces are 384; "https://" is 8 of them.
 */
static void what_has_no_room_to_be_mended(void **state) {
    (void)state;
    static const struct {
        const char *before;
        size_t letters;
        const char *after;
        cors_regex_fault fault;
    } rows[] = {
        {"", 377, "$", CORS_REGEX_FAULT_OPEN_START},
        {"https://\\.", 375, "$", CORS_REGEX_FAULT_OPEN_START},
        {"^https://.*", 372, "\\.ab$", CORS_REGEX_FAULT_OPEN_HOST},
        {"https://.*", 372, "\\.ab$", CORS_REGEX_FAULT_OPEN_START},
        {"^https://[a-z]+", 372, "\\.ab$", CORS_REGEX_FAULT_OPEN_HOST},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char source[512];
        char letters[384];
        memset(letters, 'a', sizeof letters);
        (void)snprintf(source, sizeof source, "%s%.*s%s", rows[i].before, (int)rows[i].letters,
                       letters, rows[i].after);
        read_expression(source);
        expect_text(rows[i].before, "fault", case_slice(cors_regex_fault_name(regex.fault)),
                    cors_regex_fault_name(rows[i].fault));
        expect_text(rows[i].before, "meant", joined_entries(), "");
    }
}

/* Of a domain alone what is below is meant too; where that is one entry too many, nothing is. */
static void meant_entries_are_bounded(void **state) {
    (void)state;
    char source[1024] = "^https://x\\.example";
    size_t size = strlen(source);
    for (int i = 0; i < 32; i++) {
        size += (size_t)snprintf(source + size, sizeof source - size, "|a%d\\.example$", i);
    }
    read_expression(source);
    assert_int_equal(regex.fault, CORS_REGEX_FAULT_OPEN_END);
    assert_int_equal(regex.entry_count, 0);
    *strrchr(source, '|') = '\0';
    read_expression(source);
    assert_int_equal(regex.entry_count, 63);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(how_it_is_called),
        cmocka_unit_test(entries_are_sound),
        cmocka_unit_test(names_of_faults),
        cmocka_unit_test(what_has_no_room_to_be_mended),
        cmocka_unit_test(meant_entries_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
