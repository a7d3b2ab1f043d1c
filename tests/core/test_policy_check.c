/* SPDX-License-Identifier: MIT */
/* The rules of everything but origins. Every policy has max_age, which is missed otherwise. */
#include "case_policy.h"
#include "case_table.h"

#define A10 "aaaaaaaaaa"
#define A50 A10 A10 A10 A10 A10
#define NAME_OF_256 A50 A50 A50 A50 A50 "aaaaaa"
#define B16 "BBBBBBBBBBBBBBBB"
#define METHOD_OF_256 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16 B16

struct row {
    const char *lines; /* from line 2 on; see expect_rows() */
    const char *problems;
};

/* Line 1 lists an origin. */
static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char lines[2048];
        snprintf(lines, sizeof lines, "allow_origins https://a.example\n%s", rows[i].lines);
        case_policy_expect_advice("", lines, rows[i].problems);
    }
}

static const struct row paths[] = {
    {"path /*", ""},
    {"path /", ""},
    {"path /api", ""},
    {"path /api*", ""},
    {"path /api/*", ""},
    {"path /a/b/c/", ""},
    {"path /\303\274/*", ""},
    {"path /a b", ""},
    {"path /100%", ""},
    {"path /%zz", ""},
    {"path /a%2", ""},
    {"path /a%:4b", ""},
    {"path /a%.4b", ""},
    {"path /a%4:b", ""},
    {"path /a%4.b", ""},
    {"path /.well-known/*", ""},
    {"path /...", ""},
    {"path /a.*", ""},
    {"path /a/.*", ""},
    {"path /a/..*", ""},
    {"path ", "2 error path-syntax"},
    {"path *", "2 error path-syntax => /*"},
    {"path api", "2 error path-syntax => /api"},
    {"path api/*", "2 error path-syntax => /api/*"},
    {"path https://a.example/api", "2 error path-syntax => /https://a.example/api"},
    {"path /a*b", "2 error path-syntax"},
    {"path /**", "2 error path-syntax"},
    {"path /a*/*", "2 error path-syntax"},
    {"path /a?q", "2 error path-syntax"},
    {"path /a#f", "2 error path-syntax"},
    {"path /a%2fb", "2 error path-syntax"},
    {"path /a%41", "2 error path-syntax"},
    {"path /a%4F*", "2 error path-syntax"},
    {"path //", "2 error path-syntax"},
    {"path //a", "2 error path-syntax"},
    {"path /a//b", "2 error path-syntax"},
    {"path /a//*", "2 error path-syntax"},
    {"path /.", "2 error path-syntax"},
    {"path /..", "2 error path-syntax"},
    {"path /./a", "2 error path-syntax"},
    {"path /a/../b", "2 error path-syntax"},
    {"path /a/..", "2 error path-syntax"},
    {"path /a/./*", "2 error path-syntax"},
    {"path /a\001", "2 error path-syntax"},
    {"path /a\177b", "2 error path-syntax"},
};

static void paths_are_checked(void **state) {
    (void)state;
    expect_rows(paths, ROWS(paths));
}

static const struct row methods[] = {
    {"max_age 10m\nallow_methods PUT\nallow_methods DELETE\nallow_methods X-MY.METHOD!", ""},
    {"max_age 10m\nallow_methods *", ""},
    {"max_age 10m\nallow_methods *\nallow_credentials true", "3 warning wildcard-methods"},
    {"max_age 10m\nallow_methods *\nallow_credentials true\naccept_risks wildcard-methods",
     "3 info wildcard-methods"},
    {"max_age 10m\nallow_methods ", "3 error method-syntax"},
    {"max_age 10m\nallow_methods PUT,DELETE", "3 error method-syntax"},
    {"max_age 10m\nallow_methods PUT DELETE", "3 error method-syntax"},
    {"max_age 10m\nallow_methods P\303\234T", "3 error method-syntax"},
    {"max_age 10m\nallow_methods CONNECT", "3 error forbidden-method"},
    {"max_age 10m\nallow_methods trace", "3 error forbidden-method"},
    {"max_age 10m\nallow_methods Track", "3 error forbidden-method"},
    {"max_age 10m\nallow_methods patch", "3 warning method-case => PATCH"},
    {"max_age 10m\nallow_methods Put2x", "3 warning method-case => PUT2X"},
    {"max_age 10m\nallow_methods patch\naccept_risks method-case", "3 info method-case => PATCH"},
    {"max_age 10m\nallow_methods get", "3 warning method-case => GET"},
    {"max_age 10m\nallow_methods GET", "3 info safelisted-method"},
    {"max_age 10m\nallow_methods HEAD\nallow_methods POST",
     "3 info safelisted-method\n4 info safelisted-method"},
    {"max_age 10m\nallow_methods PUT\nallow_methods a@b\nallow_methods TRACE",
     "4 error method-syntax\n5 error forbidden-method"},
    {"max_age 10m\nallow_methods " METHOD_OF_256, ""},
    /* too long to be suggested whole */
    {"max_age 10m\nallow_methods x" A50 A50 A50 A50, "3 warning method-case"},
    {"max_age 10m\nallow_methods " METHOD_OF_256 "A", "3 error method-syntax"},
};

static void methods_are_checked(void **state) {
    (void)state;
    expect_rows(methods, ROWS(methods));
}

static const struct row headers[] = {
    {"max_age 10m\nallow_headers Authorization\nallow_headers content-type", ""},
    {"max_age 10m\nallow_headers *", ""},
    {"max_age 10m\nallow_headers *\nallow_credentials true", "3 warning wildcard-headers"},
    {"max_age 10m\nallow_headers *\nallow_credentials true\naccept_risks wildcard-headers",
     "3 info wildcard-headers"},
    {"max_age 10m\nallow_headers ", "3 error header-syntax"},
    {"max_age 10m\nallow_headers X-A, X-B", "3 error header-syntax"},
    {"max_age 10m\nallow_headers X-A:", "3 error header-syntax"},
    {"max_age 10m\nallow_headers X\303\274", "3 error header-syntax"},
    {"max_age 10m\nallow_headers " NAME_OF_256, ""},
    {"max_age 10m\nallow_headers " NAME_OF_256 "a", "3 error header-syntax"},
    {"max_age 10m\nallow_headers Cookie", "3 error forbidden-request-header"},
    {"max_age 10m\nallow_headers sec-fetch-site", "3 error forbidden-request-header"},
    {"max_age 10m\nallow_headers Proxy-Authorization", "3 error forbidden-request-header"},
    {"max_age 10m\nallow_headers Accept", "3 info safelisted-header"},
    {"max_age 10m\nallow_headers accept-language\nallow_headers Content-Language",
     "3 info safelisted-header\n4 info safelisted-header"},
    {"expose_headers X-Request-Id\nexpose_headers ETag", ""},
    {"expose_headers *", ""},
    {"expose_headers *\nallow_credentials true", "2 error wildcard-expose-with-credentials"},
    {"expose_headers ", "2 error header-syntax"},
    {"expose_headers a b", "2 error header-syntax"},
    {"expose_headers " NAME_OF_256, ""},
    {"expose_headers " NAME_OF_256 "a", "2 error header-syntax"},
    {"expose_headers Set-Cookie", "2 error forbidden-response-header"},
    {"expose_headers set-cookie2", "2 error forbidden-response-header"},
    {"expose_headers X-Auth-Token", "2 warning exposes-sensitive-header"},
    {"expose_headers Authorization\naccept_risks exposes-sensitive-header",
     "2 info exposes-sensitive-header"},
};

static void headers_are_checked(void **state) {
    (void)state;
    expect_rows(headers, ROWS(headers));
}

static const struct row ages[] = {
    {"max_age 0", ""},
    {"max_age 0s", ""},
    {"max_age 600", ""},
    {"max_age 10m", ""},
    {"max_age 0000000600", ""},
    {"max_age 601", "2 info max-age-capped"},
    {"max_age 11m", "2 info max-age-capped"},
    {"max_age 2h", "2 info max-age-capped"},
    {"max_age 1d", "2 info max-age-capped"},
    {"max_age 2147483647", "2 info max-age-capped"},
    {"max_age 2147483647s\naccept_risks max-age-capped", "2 info max-age-capped"},
    {"max_age 24855d", "2 info max-age-capped"},
    {"max_age 24856d", "2 error max-age-range"},
    {"max_age 2147483648", "2 error max-age-range"},
    {"max_age 4294967296", "2 error max-age-range"},
    {"max_age 9999999999", "2 error max-age-range"},
    {"max_age 9999999999d", "2 error max-age-range"},
    {"max_age 99999999999", "2 error max-age-range"},
    {"max_age 00000000600", "2 error max-age-range"},
    {"max_age ", "2 error max-age-range"},
    {"max_age s", "2 error max-age-range"},
    {"max_age 10x", "2 error max-age-range"},
    {"max_age 10M", "2 error max-age-range"},
    {"max_age -1", "2 error max-age-range"},
    {"max_age +1", "2 error max-age-range"},
    {"max_age 1.5h", "2 error max-age-range"},
    {"max_age 10 m", "2 error max-age-range"},
    {"max_age 10mm", "2 error max-age-range"},
    {"allow_methods PUT", "0 info max-age-missing => max_age: 10m"},
    {"allow_headers X-A", "0 info max-age-missing => max_age: 10m"},
    {"allow_methods PUT\naccept_risks max-age-missing", "0 info max-age-missing => max_age: 10m"},
    {"allow_methods PUT\nincomplete", ""},
    {"expose_headers X-A", ""},
};

static void ages_are_checked(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(ages); i++) {
        /* The policy begins where its first key is. */
        char lines[512];
        char problems[512];
        snprintf(lines, sizeof lines, "policy\n%s\nallow_origins https://a.example", ages[i].lines);
        snprintf(problems, sizeof problems, "%s", ages[i].problems);
        problems[0] = problems[0] == '0' ? '1' : problems[0];
        case_policy_expect_advice("", lines, problems);
    }
}

static const struct row others[] = {
    {"allow_credentials true", ""},
    {"allow_credentials false", ""},
    {"allow_credentials True", "2 error wrong-type"},
    {"allow_credentials yes", "2 error wrong-type"},
    {"allow_credentials ", "2 error wrong-type"},
    {"preflight_status 204", ""},
    {"preflight_status 200", ""},
    {"preflight_status 201", "2 error wrong-type => 204"},
    {"preflight_status ", "2 error wrong-type => 204"},
    {"preflight_status 2000", "2 error wrong-type => 204"},
    {"accept_risks null-origin", ""},
    {"accept_risks insecure-origin-with-credentials", ""},
    {"accept_risks origin-syntax", "2 warning unknown-risk"},
    {"accept_risks unknown-risk", "2 warning unknown-risk"},
    {"accept_risks null-orign", "2 warning unknown-risk => null-origin"},
    {"accept_risks everything", "2 warning unknown-risk"},
    {"accept_risks ", "2 warning unknown-risk"},
    {"accept_risks *", "2 warning unknown-risk"},
    /* an accepted risk counts wherever it stands, but for its own policy only */
    {"expose_headers X-Token\naccept_risks exposes-sensitive-header\n"
     "policy\npath /b\nallow_origins https://b.example\nexpose_headers X-Token",
     "2 info exposes-sensitive-header\n7 warning exposes-sensitive-header"},
    /* a fault cannot be accepted */
    {"allow_methods TRACE\nmax_age 10m\naccept_risks forbidden-method",
     "2 error forbidden-method\n4 warning unknown-risk"},
    /* a second value replaces the first */
    {"max_age 10x\nmax_age 10m", ""},
    {"path bad\npath /good", ""},
    {"allow_credentials maybe\nallow_credentials true", ""},
};

static void other_keys_are_checked(void **state) {
    (void)state;
    expect_rows(others, ROWS(others));
}

/* Whole sentences, where what is said depends on what is wrong. */
static const struct {
    const char *lines;
    const char *rule;
    const char *message;
} words[] = {
    {"path ", "path-syntax", "The path \"\" can match no request: it does not start with /."},
    {"path /a*b", "path-syntax",
     "The path \"/a*b\" can match no request: a * stands at the very end or not at all."},
    {"path /a?q", "path-syntax",
     "The path \"/a?q\" can match no request: a path has no query and no fragment."},
    {"path /a%2fb", "path-syntax",
     "The path \"/a%2fb\" can match no request: paths are compared decoded: write the character "
     "itself, not its %XX code."},
    {"path /a//b", "path-syntax",
     "The path \"/a//b\" can match no request: paths are compared normalized, without //, /./ and "
     "/../, so it would match nothing."},
    {"path /a\001", "path-syntax",
     "The path \"/a\xEF\xBF\xBD\" can match no request: it holds a control character."},
    {"allow_origins https://a.example\nallow_credentials true\nexpose_headers *",
     "wildcard-expose-with-credentials",
     "With credentials browsers take the * in expose_headers for a header of that name; list the "
     "headers that script may read."},
    {"path /a\nallow_origins https://a.example\n"
     "policy\npath /a\nallow_origins https://b.example",
     "duplicate-path", "Another policy has the path /a already; a path belongs to one policy."},
    {"allow_origins https://a.example\npolicy\nallow_origins https://b.example", "duplicate-path",
     "Another policy has the path /* already; a path belongs to one policy."},
};

static void sentences_are_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(words); i++) {
        case_policy_expect_words(words[i].lines, words[i].rule, words[i].message, "");
    }
}

static const struct row duplicates[] = {
    {"path /a\npolicy\npath /a\nallow_origins https://b.example", "4 error duplicate-path"},
    {"path /a*\npolicy\npath /a*\nallow_origins https://b.example", "4 error duplicate-path"},
    {"path /a\npolicy\npath /a*\nallow_origins https://b.example", ""},
    {"policy\nallow_origins https://b.example", "2 error duplicate-path"},
    {"policy\npath /*\nallow_origins https://b.example", "3 error duplicate-path"},
    {"path /*\npolicy\nallow_origins https://b.example", "3 error duplicate-path"},
    {"path /a\npolicy\npath /b\nallow_origins https://b.example\n"
     "policy\npath /a\nallow_origins https://b.example\n"
     "policy\npath /a\nallow_origins https://b.example",
     "7 error duplicate-path\n10 error duplicate-path"},
    /* paths that match nothing are not compared */
    {"path a\npolicy\npath a\nallow_origins https://b.example",
     "2 error path-syntax => /a\n4 error path-syntax => /a"},
};

static void duplicate_paths_are_told_at_the_second(void **state) {
    (void)state;
    expect_rows(duplicates, ROWS(duplicates));
}

/* The caps that a max_age passes, in words. */
static const struct {
    const char *age;
    const char *message;
} caps[] = {
    {"601", "Browsers keep it for less: Safari 600 s."},
    {"7200", "Browsers keep it for less: Safari 600 s."},
    {"7201", "Browsers keep it for less: Safari 600 s, Chromium 7200 s."},
    {"86400", "Browsers keep it for less: Safari 600 s, Chromium 7200 s."},
    {"86401", "Browsers keep it for less: Safari 600 s, Chromium 7200 s, Firefox 86400 s."},
};

static void caps_are_named(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(caps); i++) {
        char lines[128];
        struct case_policy made;
        snprintf(lines, sizeof lines, "allow_origins https://a.example\nmax_age %s", caps[i].age);
        case_policy_build_sound(&made, lines);
        assert_int_equal(made.problem_count, 1);
        expect_text(caps[i].age, "the message", made.problems[0].message, caps[i].message);
        case_policy_end(&made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_checked),
        cmocka_unit_test(methods_are_checked),
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(ages_are_checked),
        cmocka_unit_test(other_keys_are_checked),
        cmocka_unit_test(sentences_are_whole),
        cmocka_unit_test(duplicate_paths_are_told_at_the_second),
        cmocka_unit_test(caps_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
