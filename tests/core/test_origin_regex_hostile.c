/* SPDX-License-Identifier: MIT */
/* Regular expressions that are made to be costly, or to be read beside their bytes. */
#include <cors/origin.h>

#include <sys/mman.h>
#include <unistd.h>

#include "case_table.h"

static cors_regex regex; /* too large for some stacks */

/* The most entries are text that somebody reads; nothing else may come out. */
static void check_result(bool fine) {
    assert_int_equal(fine, regex.fault == CORS_REGEX_FAULT_NONE);
    assert_true(regex.entry_count <= CORS_REGEX_ENTRIES_MAX);
    for (size_t i = 0; i < regex.entry_count; i++) {
        const cors_slice entry = regex.entries[i];
        assert_true(entry.data >= regex.text && entry.size > 0);
        assert_true(entry.data + entry.size <= regex.text + sizeof regex.text);
    }
}

static bool read_expression(cors_slice source, unsigned flags) {
    bool fine =
        cors_regex_read(source, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, &regex);
    check_result(fine);
    assert_true(fine || regex.offset <= source.size);
    return fine;
}

/* Parts that are repeated until the expression has the size. */
static const struct {
    const char *before;
    const char *repeated;
    const char *after;
} costly[] = {
    {"", "(", ""},
    {"", "()", ""},
    {"", "|", ""},
    {"", "(|", ""},
    {"", "[", ""},
    {"", "\\", ""},
    {"", "^", ""},
    {"", "$", ""},
    {"", "^$", ""},
    {"^https://", "a", "$"},
    {"^https://", "a.", "$"},
    {"^https://", "a\\.", "$"},
    {"^https://", "a?", "\\.example\\.com$"},
    {"^https://", "a*", "\\.example\\.com$"},
    {"^https://", ".*", "\\.example\\.com$"},
    {"^https://", "(a*)*", "\\.example\\.com$"},
    {"^https://", "(a|b)", "\\.example\\.com$"},
    {"^https://", "(a|b)?", "\\.example\\.com$"},
    {"^https://", "[a-b]", "\\.example\\.com$"},
    {"^https://", "[a-z]", "\\.example\\.com$"},
    {"^https://", "a{65535}", "\\.example\\.com$"},
    {"^https://", "a{999999999999999999999}", "\\.example\\.com$"},
    {"^https://", "(a{9999}){9999}", "\\.example\\.com$"},
    {"^https://", "a|", "b\\.example\\.com$"},
    {"^https://(", "a|", "b)\\.example\\.com$"},
    {"^https://(", "a\\.b|", "b)\\.example\\.com$"},
    {"^https://[", "a-z", "]\\.example\\.com$"},
    {"^https://a\\.example:", "[12]", "$"},
    {"^https://a\\.example:", "\\d?", "$"},
    {"^https://a\\.example", "/?", "$"},
    {"^", "s?", "https://a\\.example$"},
};

static cors_slice fill(char *buffer, size_t size, size_t row) {
    size_t before = strlen(costly[row].before);
    size_t repeated = strlen(costly[row].repeated);
    size_t after = strlen(costly[row].after);
    size_t used = before;
    memcpy(buffer, costly[row].before, before);
    while (used + repeated + after <= size) {
        memcpy(buffer + used, costly[row].repeated, repeated);
        used += repeated;
    }
    memcpy(buffer + used, costly[row].after, after);
    return (cors_slice){buffer, used + after};
}

/* cmocka has no deadline, but whoever runs the tests has: what is not bounded never ends. */
static void costly_expressions_end(void **state) {
    static char buffer[CORS_REGEX_SIZE_MAX];
    (void)state;
    for (size_t i = 0; i < ROWS(costly); i++) {
        for (size_t size = 64; size <= sizeof buffer; size += 64) {
            read_expression(fill(buffer, size, i), 0);
        }
    }
}

static void append(char *buffer, size_t *size, cors_slice text) {
    memcpy(buffer + *size, text.data, text.size);
    *size += text.size;
}

static void nested_groups_end(void **state) {
    char text[400];
    (void)state;
    for (size_t depth = 0; depth < 100; depth++) {
        size_t size = 0;
        append(text, &size, CORS_SLICE("^https://"));
        memset(text + size, '(', depth);
        size += depth;
        text[size++] = 'a';
        memset(text + size, ')', depth);
        size += depth;
        append(text, &size, CORS_SLICE("\\.example$"));
        bool fine = read_expression((cors_slice){text, size}, 0);
        assert_int_equal(fine, depth < 32);
        assert_int_equal(regex.fault, fine ? CORS_REGEX_FAULT_NONE : CORS_REGEX_FAULT_TOO_LARGE);
    }
}

static void sizes_are_bounded(void **state) {
    static char buffer[CORS_REGEX_SIZE_MAX + 1];
    (void)state;
    memset(buffer, 'a', sizeof buffer);
    size_t size = 0;
    append(buffer, &size, CORS_SLICE("^https://"));
    read_expression((cors_slice){buffer, CORS_REGEX_SIZE_MAX}, 0);
    assert_int_not_equal(regex.fault, CORS_REGEX_FAULT_TOO_LARGE);
    assert_false(read_expression((cors_slice){buffer, CORS_REGEX_SIZE_MAX + 1}, 0));
    assert_int_equal(regex.fault, CORS_REGEX_FAULT_TOO_LARGE);
    assert_int_equal(regex.offset, CORS_REGEX_SIZE_MAX);
    assert_false(read_expression((cors_slice){NULL, 0}, 0));
    assert_int_equal(regex.fault, CORS_REGEX_FAULT_ANY_HOST);
}

static void entries_are_bounded(void **state) {
    static const struct {
        const char *source;
        size_t entries; /* 0: too many */
    } cases[] = {
        {"^https://[a-d][a-d][a-d]\\.example\\.com$", 64},
        {"^https?://[a-d][a-d][a-d]\\.example\\.com$", 0},
        {"^https://[a-d][a-d](a|b|c|d|e)\\.example\\.com$", 0},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(cases); i++) {
        bool fine = read_expression(case_slice(cases[i].source), 0);
        expect_number(cases[i].source, "fine", fine, cases[i].entries > 0);
        expect_number(cases[i].source, "entries", (long long)regex.entry_count,
                      (long long)cases[i].entries);
        assert_int_equal(regex.fault, fine ? CORS_REGEX_FAULT_NONE : CORS_REGEX_FAULT_TOO_LARGE);
    }
}

static const char *const sources[] = {
    "^https?:\\/\\/([a-z0-9-]+\\.)*example\\.com(:\\d{1,5})?$",
    "\\A(?P<name>https)://(?:[\\w.-]+?|[^./]{2,})\\.a\\x2eexample\\Z",
    ":\\/\\/(.+\\.)?example.com$",
    "^http://\\[[0-9a-f:]+\\]|^null$|(?<=x)",
    "^https://[a-z&&b-\\d]{1,2}\\.\\u002e$",
};

/* Beside pages that cannot be read: every prefix, and every prefix with a byte changed. */
static void expressions_are_read_within_their_bytes(void **state) {
    static const char changes[] = "([{|\\^$*?.-]x";
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)state;
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_READ | PROT_WRITE), 0);
    for (size_t i = 0; i < ROWS(sources); i++) {
        for (size_t size = 0; size <= strlen(sources[i]); size++) {
            char *places[] = {pages + page, pages + 2 * page - size};
            for (size_t j = 0; j < ROWS(places); j++) {
                cors_slice prefix = {places[j], size};
                memcpy(places[j], sources[i], size);
                read_expression(prefix, (unsigned)(size % 8));
                for (size_t k = 0; size > 0 && k + 1 < sizeof changes; k++) {
                    places[j][size - 1] = changes[k];
                    read_expression(prefix, (unsigned)(k % 8));
                }
            }
        }
    }
    assert_int_equal(munmap(pages, 3 * page), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costly_expressions_end),
        cmocka_unit_test(nested_groups_end),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(entries_are_bounded),
        cmocka_unit_test(expressions_are_read_within_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
