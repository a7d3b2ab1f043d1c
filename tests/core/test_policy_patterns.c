/* SPDX-License-Identifier: MIT */
/* Origins against random lists of entries, and against a matcher that reads the entries' texts. */
#include "policy_match.h"

#include <cors/server.h>

#include "case_policy.h"
#include "case_table.h"

static uint32_t random_state = 11;

static uint32_t draw(uint32_t below) {
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 16) % below;
}

enum { TEXT_SIZE = 160, ENTRIES = 12, MANY_ENTRIES = 60, LISTS = 3000, ORIGINS = 100 };

struct text {
    char bytes[TEXT_SIZE];
    size_t size;
};

static void put(struct text *text, const char *more) {
    size_t size = strlen(more);
    assert_true(text->size + size <= sizeof text->bytes);
    memcpy(text->bytes + text->size, more, size);
    text->size += size;
}

static cors_slice slice_of_drawn(const struct text *text) {
    return slice_of(text->bytes, text->size);
}

/* Few labels, so that names are often one label or one letter apart. */
static const char *draw_label(void) {
    static const char *const labels[] = {"a", "b", "aa", "ab", "a-b", "a-", "-b", "a_"};
    return labels[draw(ROWS(labels))];
}

static void put_labels(struct text *text, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        put(text, i == 0 ? "" : ".");
        put(text, draw_label());
    }
}

static void put_port(struct text *text, bool pattern) {
    static const char *const ports[] = {"", "", "", ":1", ":8443", ":*"};
    put(text, ports[draw(ROWS(ports) - !pattern)]);
}

static void put_scheme(struct text *text) {
    static const char *const schemes[] = {"https://", "https://", "https://", "http://", "x://"};
    put(text, schemes[draw(ROWS(schemes))]);
}

static void draw_entry(struct text *text) {
    static const char *const wildcards[] = {"*",   "{label}", "a*",  "*b",    "a*b",    "a-*",
                                            "*-b", "a",       "ab*", "*a-b",  "a-a*",   "aa*a",
                                            "b*",  "a*-b",    "*ab", "ab*ab", "a-a*-b", "*a_ab"};
    text->size = 0;
    put_scheme(text);
    uint32_t before = draw(3);
    put_labels(text, before);
    put(text, before > 0 ? "." : "");
    put(text, wildcards[draw(ROWS(wildcards))]);
    uint32_t after = before == 0 ? 1 + draw(3) : draw(3);
    put(text, after > 0 ? "." : "");
    put_labels(text, after);
    put(text, draw(10) == 0 && after > 0 ? "." : "");
    put_port(text, true);
}

static void draw_origin(struct text *text) {
    text->size = 0;
    put_scheme(text);
    put_labels(text, 1 + draw(5));
    put(text, draw(10) == 0 ? "." : "");
    put_port(text, false);
}

/* An origin that the entry may just match, or just not: the wildcard becomes something. */
static void draw_origin_near(cors_slice entry, struct text *text) {
    static const char *const fillings[] = {"", "a", "b", "a.b", "-", "a.a.a", ".", "a.", "ab"};
    static const char *const ports[] = {"", ":1", ":8443"};
    cors_slice any_port = CORS_SLICE(":*");
    text->size = 0;
    bool open_port = slice_ends_with(entry, any_port);
    if (open_port) {
        entry.size -= any_port.size;
    }
    for (size_t i = 0; i < entry.size; i++) {
        char one[2] = {entry.data[i], '\0'};
        bool label = one[0] == '{';
        put(text, one[0] == '*' || label ? fillings[draw(ROWS(fillings))] : one);
        i += label ? 6 : 0;
    }
    put(text, open_port ? ports[draw(ROWS(ports))] : "");
}

/* Cuts a text where `mark` stands; returns whether it does. */
static bool cut_at(cors_slice text, const char *mark, cors_slice *before, cors_slice *after) {
    cors_slice wanted = case_slice(mark);
    for (size_t i = 0; i + wanted.size <= text.size; i++) {
        if (slice_starts_with(slice_skip(text, i), wanted)) {
            *before = slice_of(text.data, i);
            *after = slice_skip(text, i + wanted.size);
            return true;
        }
    }
    return false;
}

/* What the manual says of an entry, read off its text. */
static bool matches_naively(cors_slice entry, cors_slice origin) {
    cors_origin parts;
    cors_slice scheme;
    cors_slice host;
    cors_slice port = CORS_SLICE("");
    cors_slice before;
    cors_slice after;
    if (!cors_origin_parse(origin, &parts) || !cut_at(entry, "://", &scheme, &host) ||
        !slice_equals(scheme, parts.scheme)) {
        return false;
    }
    cut_at(host, ":", &host, &port);
    if (!slice_equals(port, CORS_SLICE("*")) && !slice_equals(port, parts.port)) {
        return false;
    }
    bool label = cut_at(host, "{label}", &before, &after);
    if (!label && !cut_at(host, "*", &before, &after)) {
        return slice_equals(host, parts.host);
    }
    if (parts.host.size <= before.size + after.size || !slice_starts_with(parts.host, before) ||
        !slice_ends_with(parts.host, after)) {
        return false;
    }
    cors_slice middle =
        slice_of(parts.host.data + before.size, parts.host.size - before.size - after.size);
    bool whole = (before.size == 0 || slice_ends_with(before, CORS_SLICE("."))) &&
                 (after.size == 0 || slice_starts_with(after, CORS_SLICE(".")));
    bool labels = whole && !label;
    return labels ? !slice_ends_with(middle, CORS_SLICE("."))
                  : slice_find(middle, '.') == middle.size;
}

static void expect_as_naively(const cors_policy *policy, const struct text *entries, size_t count,
                              cors_slice origin) {
    bool wanted = false;
    for (size_t i = 0; i < count; i++) {
        wanted = wanted || matches_naively(slice_of_drawn(&entries[i]), origin);
    }
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry = CORS_SLICE("(none)");
    bool found = cors_policy_find_origin(policy, CORS_SLICE("/"), origin, buffer, &entry);
    if (found != wanted || (found && !matches_naively(entry, origin))) {
        for (size_t i = 0; i < count; i++) {
            print_error("entry %.*s\n", SHOWN(slice_of_drawn(&entries[i])));
        }
        fail_msg("%.*s: found %.*s", SHOWN(origin), SHOWN(entry));
    }
}

/* Builds a policy of the entries; the texts stay the caller's. */
static const cors_policy *build(const struct text *entries, size_t count,
                                const cors_builder_options *options) {
    cors_builder *builder;
    const cors_policy *policy;
    cors_position position = {0, 1, 1};
    assert_int_equal(cors_builder_create(options, &builder), CORS_OK);
    assert_int_equal(cors_builder_add(builder, CORS_KEY_ACCEPT_RISKS,
                                      CORS_SLICE("public-suffix-wildcard"), position),
                     CORS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS,
                                          slice_of_drawn(&entries[i]), position),
                         CORS_OK);
    }
    if (cors_builder_finish(builder, &policy) != CORS_OK) {
        size_t problems;
        const cors_problem *problem = cors_builder_problems(builder, &problems);
        fail_msg("%.*s", SHOWN(problem->message));
    }
    cors_builder_destroy(builder);
    return policy;
}

/* Whether some shape has more forms than it can name. */
static bool has_anchors(const cors_policy *policy) {
    return policy_routes(policy)->anchors.count > 0;
}

static void patterns_match_as_their_texts_say(void **state) {
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    (void)state;
    unsigned anchored = 0;
    for (int list = 0; list < LISTS; list++) {
        struct text entries[MANY_ENTRIES];
        struct text origin;
        size_t count = 1 + draw(list % 4 == 0 ? MANY_ENTRIES : ENTRIES);
        for (size_t i = 0; i < count; i++) {
            draw_entry(&entries[i]);
        }
        const cors_policy *policy = build(entries, count, &options);
        anchored += has_anchors(policy);
        for (int i = 0; i < ORIGINS; i++) {
            if (i % 2 == 0) {
                draw_origin(&origin);
            } else {
                draw_origin_near(slice_of_drawn(&entries[draw((uint32_t)count)]), &origin);
            }
            expect_as_naively(policy, entries, count, slice_of_drawn(&origin));
        }
        cors_policy_destroy(policy, &options.allocator);
    }
    assert_in_range(anchored, LISTS / 20, LISTS);
    assert_int_equal(memory.live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_their_texts_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
