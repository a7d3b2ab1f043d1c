/* SPDX-License-Identifier: MIT */
#include "policy_match.h"

#include <cors/server.h>

#include "case_policy.h"
#include "case_table.h"

static uint32_t random_state = 7;

static uint32_t draw(uint32_t below) {
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 16) % below;
}

/* Routes */

static const char routes_policy[] =
    "policy\npath /api/*\nallow_origins https://a.example\n"
    "policy\npath /api/v1\nallow_origins https://a.example\n"
    "policy\npath /api/v1*\nallow_origins https://a.example\n"
    "policy\npath /api/v1/users/*\nallow_origins https://a.example\n"
    "policy\npath /api/v10\nallow_origins https://a.example\n"
    "policy\npath /b\nallow_origins https://a.example\n"
    "policy\npath /c*\nallow_origins https://a.example\n"
    "policy\npath /\303\274/*\nallow_origins https://a.example\n";

static const struct {
    const char *path;
    const char *covering; /* NULL: none */
} paths[] = {
    {"/api/", "/api/*"},
    {"/api/x", "/api/*"},
    {"/api/v", "/api/*"},
    {"/api/v1", "/api/v1"},
    {"/api/v1/", "/api/v1*"},
    {"/api/v11", "/api/v1*"},
    {"/api/v10", "/api/v10"},
    {"/api/v100", "/api/v1*"},
    {"/api/v1/users", "/api/v1*"},
    {"/api/v1/users/", "/api/v1/users/*"},
    {"/api/v1/users/7/x", "/api/v1/users/*"},
    {"/api/v1/users0", "/api/v1*"},
    {"/api/v2", "/api/*"},
    {"/api", NULL},
    {"/apiary", NULL},
    {"/API/", NULL},
    {"/b", "/b"},
    {"/b/", NULL},
    {"/bb", NULL},
    {"/a", NULL},
    {"/c", "/c*"},
    {"/cat/x", "/c*"},
    {"/\303\274/", "/\303\274/*"},
    {"/\303\274", NULL},
    {"/", NULL},
    {"", NULL},
};

static void the_longest_literal_wins(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, routes_policy);
    for (size_t i = 0; i < ROWS(paths); i++) {
        cors_slice covering = {"(none)", 6};
        bool found = cors_policy_find_path(made.policy, case_slice(paths[i].path), &covering);
        expect_number(paths[i].path, "covered", found, paths[i].covering != NULL);
        expect_text(paths[i].path, "the policy", covering, found ? paths[i].covering : "(none)");
    }
    cors_slice covering;
    assert_false(cors_policy_find_path(made.policy, (cors_slice){NULL, 0}, &covering));
    assert_false(cors_policy_find_path(NULL, CORS_SLICE("/api/"), &covering));
    case_policy_end(&made);
}

static void one_policy_needs_no_path(void **state) {
    struct case_policy made;
    cors_slice covering;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example");
    assert_true(cors_policy_find_path(made.policy, CORS_SLICE("/any"), &covering));
    expect_text("no path", "the policy", covering, "/*");
    assert_false(cors_policy_find_path(made.policy, CORS_SLICE(""), &covering));
    assert_false(cors_policy_find_path(made.policy, CORS_SLICE("*"), &covering));
    case_policy_end(&made);
}

static void no_policies_cover_nothing(void **state) {
    struct case_policy made;
    cors_slice covering;
    (void)state;
    case_policy_build_sound(&made, "");
    assert_false(cors_policy_find_path(made.policy, CORS_SLICE("/"), &covering));
    case_policy_end(&made);
}

enum { ROUTES = 5000, PATH_SIZE = 24 };

/* A path of a few short segments, so that many begin one another. */
static size_t draw_path(char *path) {
    static const char letters[] = "ab/";
    size_t size = 1;
    size_t wanted = 1 + draw(14);
    path[0] = '/';
    while (size < wanted) {
        char letter = letters[draw(3)];
        if (letter != '/' || path[size - 1] != '/') {
            path[size++] = letter;
        }
    }
    return size;
}

static bool covers(cors_slice written, cors_slice path) {
    bool prefix = written.data[written.size - 1] == '*';
    return prefix ? slice_starts_with(path, slice_of(written.data, written.size - 1))
                  : slice_equals(path, written);
}

/* The path that is longest without its star; of two the exact one. */
static const cors_slice *find_naively(const cors_slice *written, cors_slice path) {
    const cors_slice *best = NULL;
    size_t best_weight = 0;
    for (size_t i = 0; i < ROUTES; i++) {
        bool exact = written[i].data[written[i].size - 1] != '*';
        size_t weight = exact ? 2 * written[i].size + 1 : 2 * (written[i].size - 1);
        if (weight > best_weight && covers(written[i], path)) {
            best = &written[i];
            best_weight = weight;
        }
    }
    return best;
}

static bool is_among(cors_slice path, const cors_slice *written, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (slice_equals(path, written[i])) {
            return true;
        }
    }
    return false;
}

/* As many paths as there are routes, no two alike. */
static void draw_different_paths(char (*texts)[PATH_SIZE], cors_slice *written) {
    size_t count = 0;
    while (count < ROUTES) {
        size_t size = draw_path(texts[count]);
        if (draw(2) == 0) {
            texts[count][size++] = '*';
        }
        written[count] = slice_of(texts[count], size);
        count += !is_among(written[count], written, count);
    }
}

static void five_thousand_routes_are_found_as_by_a_search(void **state) {
    static char texts[ROUTES][PATH_SIZE];
    static cors_slice written[ROUTES];
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    const cors_policy *policy;
    (void)state;
    draw_different_paths(texts, written);
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    for (uint32_t i = 0; i < ROUTES; i++) {
        cors_position position = {0, i + 1, 1};
        assert_int_equal(cors_builder_begin_policy(builder, position), CORS_OK);
        assert_int_equal(cors_builder_add(builder, CORS_KEY_PATH, written[i], position), CORS_OK);
        assert_int_equal(cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS,
                                          CORS_SLICE("https://a.example"), position),
                         CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    size_t covered = 0;
    for (size_t turn = 0; turn < 4000; turn++) {
        char text[PATH_SIZE];
        cors_slice path = slice_of(text, draw_path(text));
        cors_slice covering;
        const cors_slice *wanted = find_naively(written, path);
        bool found = cors_policy_find_path(policy, path, &covering);
        if (found != (wanted != NULL) || (found && !slice_equals(covering, *wanted))) {
            fail_msg("%.*s is covered by another policy than %.*s", SHOWN(path),
                     wanted == NULL ? 4 : (int)wanted->size,
                     wanted == NULL ? "none" : wanted->data);
        }
        covered += found;
    }
    assert_true(covered > 1000);
    cors_builder_destroy(builder);
    cors_policy_destroy(policy, &options.allocator);
    assert_int_equal(memory.live, 0);
}

/* Origins */

static const char entries_policy[] = "path /api/*\n"
                                     "accept_risks public-suffix-wildcard\n"
                                     "accept_risks null-origin\n"
                                     "accept_risks loopback-in-production\n"
                                     "allow_origins null\n"
                                     "allow_origins https://exact.test\n"
                                     "allow_origins https://port.test:8443\n"
                                     "allow_origins http://localhost:*\n"
                                     "allow_origins https://[::1]:*\n"
                                     "allow_origins https://*.deep.test\n"
                                     "allow_origins https://{label}.one.test\n"
                                     "allow_origins https://pr-*.preview.test\n"
                                     "allow_origins https://*-pr.preview.test\n"
                                     "allow_origins https://a-*-z.both.test\n"
                                     "allow_origins https://*.port.test:8443\n"
                                     "allow_origins https://*.any.test:*\n"
                                     "allow_origins https://{label}.oneany.test:*\n"
                                     "allow_origins https://api.*.middle.test\n"
                                     "allow_origins https://end.*\n"
                                     "allow_origins https://port-end.*:8443\n"
                                     "allow_origins https://*.dot.test.\n";

static const struct {
    const char *origin;
    const char *entry; /* NULL: not allowed */
} origins[] = {
    {"null", "null"},
    {"https://exact.test", "https://exact.test"},
    {"https://exact.test:1", NULL},
    {"http://exact.test", NULL},
    {"https://exact.test.", NULL},
    {"https://a.exact.test", NULL},
    {"https://EXACT.test", NULL},
    {"https://port.test:8443", "https://port.test:8443"},
    {"https://port.test", NULL},
    {"http://localhost", "http://localhost:*"},
    {"http://localhost:1", "http://localhost:*"},
    {"http://localhost:65535", "http://localhost:*"},
    {"http://localhost:80", NULL},
    {"https://localhost:1", NULL},
    {"http://localhost.:1", NULL},
    {"https://[::1]", "https://[::1]:*"},
    {"https://[::1]:5", "https://[::1]:*"},
    {"https://[::2]:5", NULL},
    {"https://deep.test", NULL},
    {"https://a.deep.test", "https://*.deep.test"},
    {"https://a.b.c.deep.test", "https://*.deep.test"},
    {"https://a.deep.test:1", NULL},
    {"http://a.deep.test", NULL},
    {"https://adeep.test", NULL},
    {"https://a.deep.test.evil.test", NULL},
    {"https://a.deep.test.", NULL},
    {"https://.deep.test", NULL},
    {"https://one.test", NULL},
    {"https://a.one.test", "https://{label}.one.test"},
    {"https://a.b.one.test", NULL},
    {"https://pr-1.preview.test", "https://pr-*.preview.test"},
    {"https://pr-.preview.test", NULL},
    {"https://pr.preview.test", NULL},
    {"https://pr-1.a.preview.test", NULL},
    {"https://a.pr-1.preview.test", NULL},
    {"https://xpr-1.preview.test", NULL},
    {"https://1-pr.preview.test", "https://*-pr.preview.test"},
    {"https://-pr.preview.test", NULL},
    {"https://a.1-pr.preview.test", NULL},
    {"https://a-1-z.both.test", "https://a-*-z.both.test"},
    {"https://a--z.both.test", NULL},
    {"https://a---z.both.test", "https://a-*-z.both.test"},
    {"https://a-1.2-z.both.test", NULL},
    {"https://x.port.test:8443", "https://*.port.test:8443"},
    {"https://x.port.test:844", NULL},
    {"https://x.port.test:84433", NULL},
    {"https://x.port.test", NULL},
    {"https://x.any.test", "https://*.any.test:*"},
    {"https://x.y.any.test:9", "https://*.any.test:*"},
    {"https://any.test:9", NULL},
    {"https://x.oneany.test:9", "https://{label}.oneany.test:*"},
    {"https://x.y.oneany.test:9", NULL},
    {"https://api.x.middle.test", "https://api.*.middle.test"},
    {"https://api.x.y.middle.test", "https://api.*.middle.test"},
    {"https://api.middle.test", NULL},
    {"https://x.api.y.middle.test", NULL},
    {"https://end.com", "https://end.*"},
    {"https://end.co.uk", "https://end.*"},
    {"https://end.com.", NULL},
    {"https://end", NULL},
    {"https://end.", NULL},
    {"https://port-end.co.uk:8443", "https://port-end.*:8443"},
    {"https://port-end.co.uk.:8443", NULL},
    {"https://port-end.co.uk", NULL},
    {"https://port-end:8443", NULL},
    {"https://x.dot.test.", "https://*.dot.test."},
    {"https://x.dot.test", NULL},
    {"https://a.deep.test/", NULL},
    {"", NULL},
    {"*", NULL},
    {"https://*.deep.test", NULL},
    {"https://{label}.one.test", NULL},
    {"http://localhost:*", NULL},
};

static void entries_allow_what_they_say(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, entries_policy);
    for (size_t i = 0; i < ROWS(origins); i++) {
        char buffer[CORS_ENTRY_MAX];
        cors_slice entry = {"(none)", 6};
        bool found = cors_policy_find_origin(made.policy, CORS_SLICE("/api/x"),
                                             case_slice(origins[i].origin), buffer, &entry);
        expect_number(origins[i].origin, "allowed", found, origins[i].entry != NULL);
        expect_text(origins[i].origin, "the entry", entry, found ? origins[i].entry : "(none)");
    }
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry;
    assert_false(cors_policy_find_origin(made.policy, CORS_SLICE("/other"),
                                         CORS_SLICE("https://exact.test"), buffer, &entry));
    case_policy_end(&made);
}

static void a_public_policy_allows_any_origin(void **state) {
    struct case_policy made;
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry;
    (void)state;
    case_policy_build_sound(&made, "allow_origins *");
    assert_true(
        cors_policy_find_origin(made.policy, CORS_SLICE("/"), CORS_SLICE("?"), buffer, &entry));
    expect_text("*", "the entry", entry, "*");
    case_policy_end(&made);
}

/* What cors_policy_each_origin() called, as lines; `left` calls are answered with true. */
struct visit {
    char text[1024];
    size_t size;
    int left;
};

static bool note_entry(void *context, cors_slice path, cors_slice entry) {
    struct visit *visit = (struct visit *)context;
    int size = snprintf(visit->text + visit->size, sizeof visit->text - visit->size, "%.*s %.*s\n",
                        SHOWN(path), SHOWN(entry));
    visit->size += (size_t)size;
    return --visit->left > 0;
}

static void each_entry_is_visited(void **state) {
    static const char lines[] = "policy\npath /b\nallow_origins https://*.b.test\n"
                                "policy\npath /a/*\nallow_origins *\n"
                                "policy\npath /bb\nhas_origins\n"
                                "policy\npath /c\nallow_origins https://c.test\n";
    struct case_policy made;
    struct visit visit = {.left = 10};
    (void)state;
    case_policy_build_sound(&made, lines);
    cors_policy_each_origin(made.policy, note_entry, &visit);
    expect_text("all", "visited", slice_of(visit.text, visit.size),
                "/a/* *\n/b https://*.b.test\n/c https://c.test\n");
    for (int calls = 1; calls <= 2; calls++) {
        visit = (struct visit){.left = calls};
        cors_policy_each_origin(made.policy, note_entry, &visit);
        expect_text("stopped", "visited", slice_of(visit.text, visit.size),
                    calls == 1 ? "/a/* *\n" : "/a/* *\n/b https://*.b.test\n");
    }
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_literal_wins),
        cmocka_unit_test(one_policy_needs_no_path),
        cmocka_unit_test(no_policies_cover_nothing),
        cmocka_unit_test(five_thousand_routes_are_found_as_by_a_search),
        cmocka_unit_test(entries_allow_what_they_say),
        cmocka_unit_test(a_public_policy_allows_any_origin),
        cmocka_unit_test(each_entry_is_visited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
