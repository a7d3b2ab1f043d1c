/* SPDX-License-Identifier: MIT */
#include <cors/server.h>

#include "case_policy.h"
#include "case_table.h"

#include <stdlib.h>

/* Lines of a policy, the environment, and what is found: "LINE SEVERITY RULE". */
struct row {
    const char *lines;
    const char *problems;
    const char *environment; /* empty: production */
};

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        case_policy_expect(rows[i].environment, rows[i].lines, rows[i].problems);
    }
}

static const struct row syntax[] = {
    {"allow_origins https://a.example", "", ""},
    {"allow_origins capacitor://localhost", "", ""},
    {"allow_origins https://*.a.example", "", ""},
    {"allow_origins a.example", "1 error origin-syntax", ""},
    {"allow_origins ", "1 error origin-syntax", ""},
    {"allow_origins https://*.*.example", "1 error origin-syntax", ""},
    {"allow_origins https://*", "1 error origin-syntax", ""},
    {"allow_origins https://a.example/", "1 error origin-path", ""},
    {"allow_origins https://a.example:443", "1 error origin-default-port", ""},
    {"allow_origins https://b@a.example", "1 error origin-userinfo", ""},
    {"allow_origins https://a.example:65535", "", ""},
    {"allow_origins https://a.example:65536", "1 error origin-syntax", ""},
    /* one of each, and all of them */
    {"allow_origins https://b@a.example:443/",
     "1 error origin-userinfo\n1 error origin-default-port\n1 error origin-path", ""},
    {"allow_origins http://[0::1]/", "1 error origin-syntax\n1 error origin-path", ""},
    /* where no form is sound, only what is wrong with it counts */
    {"allow_origins https://b@/", "1 error origin-syntax", ""},
    {"allow_origins https://a.example\nallow_origins b\nallow_origins c/\n"
     "allow_origins https://d.example?",
     "2 error origin-syntax\n3 error origin-syntax\n4 error origin-path", ""},
    /* faults are no risk that could be accepted */
    {"accept_risks origin-syntax\nallow_origins b", "1 warning unknown-risk\n2 error origin-syntax",
     ""},
    {"allow_origins HTTPS://A.example", "1 info origin-converted", ""},
    {"allow_origins https://B\303\234CHER.example", "1 info origin-converted", ""},
    {"allow_origins https://\303\244.example", "1 error origin-syntax", ""},
    /* an entry with a fault is not judged further */
    {"allow_origins http://LOCALHOST/", "1 error origin-path", ""},
};

static void syntax_is_checked(void **state) {
    (void)state;
    expect_rows(syntax, ROWS(syntax));
}

static const struct row wildcards[] = {
    {"allow_origins *", "", ""},
    {"allow_origins *\nallow_credentials false", "", ""},
    {"allow_origins *\nallow_credentials true", "1 error wildcard-with-credentials", ""},
    {"allow_credentials true\nallow_origins https://a.example\nallow_origins *",
     "2 warning redundant-origin\n3 error wildcard-with-credentials", ""},
    {"accept_risks wildcard-with-credentials\nallow_origins *\nallow_credentials true",
     "1 warning unknown-risk\n2 error wildcard-with-credentials", ""},
    {"allow_origins *\nallow_origins *", "2 warning redundant-origin", ""},
    {"allow_origins https://a.example\nallow_origins *\nallow_origins null\n"
     "accept_risks null-origin",
     "1 warning redundant-origin\n3 info null-origin\n3 warning redundant-origin", ""},
    {"allow_origins *\nonly staging https://a.example", "", ""},
    {"allow_origins *\nonly staging https://a.example", "2 warning redundant-origin", "staging"},
    {"allow_origins https://a.example\nonly staging *", "", ""},
    {"allow_origins https://a.example\nonly staging *", "1 warning redundant-origin", "staging"},
    {"allow_origins null", "1 error null-origin", ""},
    {"accept_risks null-origin\nallow_origins null", "2 info null-origin", ""},
    {"accept_risks null-origin\nallow_origins null\nallow_origins null",
     "2 info null-origin\n3 info null-origin\n3 warning redundant-origin", ""},
    {"only staging null\nallow_origins https://a.example", "", ""},
};

static void wildcards_and_null_are_judged(void **state) {
    (void)state;
    expect_rows(wildcards, ROWS(wildcards));
}

static const struct row transports[] = {
    {"allow_origins http://a.example", "1 warning insecure-origin", ""},
    {"allow_origins http://a.example\nallow_credentials true",
     "1 error insecure-origin-with-credentials", ""},
    {"allow_credentials true\nallow_origins http://a.example",
     "2 error insecure-origin-with-credentials", ""},
    {"allow_origins http://a.example\naccept_risks insecure-origin", "1 info insecure-origin", ""},
    {"allow_origins http://a.example\nallow_credentials true\n"
     "accept_risks insecure-origin-with-credentials",
     "1 info insecure-origin-with-credentials", ""},
    {"allow_origins http://a.example\nallow_credentials true\naccept_risks insecure-origin",
     "1 error insecure-origin-with-credentials", ""},
    {"allow_origins http://*.a.example", "1 warning insecure-origin", ""},
    {"allow_origins http://{label}.a.example:81", "1 warning insecure-origin", ""},
    {"allow_origins http://a.example:*", "1 warning insecure-origin", ""},
    {"allow_origins http://1.2.3.4", "1 warning insecure-origin", ""},
    {"allow_origins http://[::2]", "1 warning insecure-origin", ""},
    {"allow_origins HTTP://a.example", "1 info origin-converted\n1 warning insecure-origin", ""},
    {"allow_origins https://a.example\nallow_credentials true", "", ""},
    {"allow_origins ws://a.example\nallow_credentials true", "", ""},
    {"allow_origins capacitor://localhost\nallow_credentials true", "", ""},
    /* loopback */
    {"allow_origins http://localhost", "1 warning loopback-in-production", ""},
    {"allow_origins http://localhost", "1 warning loopback-in-production", "production"},
    {"allow_origins http://localhost\nonly staging https://a.example", "", "staging"},
    {"allow_origins https://localhost:3000\nallow_credentials true",
     "1 error loopback-in-production", ""},
    {"allow_origins http://localhost:*\nallow_credentials true", "1 error loopback-in-production",
     ""},
    {"allow_origins http://127.0.0.1\nallow_credentials true", "1 error loopback-in-production",
     ""},
    {"allow_origins http://127.255.0.1:81\nallow_credentials true",
     "1 error loopback-in-production", ""},
    {"allow_origins http://[::1]\nallow_credentials true", "1 error loopback-in-production", ""},
    {"allow_origins http://a.localhost\nallow_credentials true", "1 error loopback-in-production",
     ""},
    {"allow_origins http://*.localhost\nallow_credentials true", "1 error loopback-in-production",
     ""},
    {"allow_origins http://{label}.localhost:81\nallow_credentials true",
     "1 error loopback-in-production", ""},
    {"allow_origins http://localhost.\nallow_credentials true", "1 error loopback-in-production",
     ""},
    {"accept_risks loopback-in-production\nallow_origins http://localhost\nallow_credentials true",
     "2 info loopback-in-production", ""},
    {"accept_risks loopback-in-production\nallow_origins http://localhost",
     "2 info loopback-in-production", ""},
    {"only development http://localhost\nallow_origins https://a.example\nallow_credentials true",
     "", ""},
    {"only development http://localhost\nallow_credentials true", "", "development"},
    {"only production http://localhost\nallow_credentials true", "1 error loopback-in-production",
     ""},
    /* not loopback, whatever it looks like */
    {"allow_origins http://localhost.example", "1 warning insecure-origin", ""},
    {"allow_origins http://127.0.0.1.example", "1 warning insecure-origin", ""},
    {"allow_origins http://a-*.localhost.example", "1 warning insecure-origin", ""},
};

static void transports_are_judged(void **state) {
    (void)state;
    expect_rows(transports, ROWS(transports));
}

/* In these cases com, net, org, test, co.uk, github.io and vercel.app are public suffixes. */
static const struct row suffixes[] = {
    {"allow_origins https://*.com", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://*.co.uk", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://*.github.io", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://{label}.github.io", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://app-*.vercel.app", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://*-app.vercel.app", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://a-*-app.vercel.app:81", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://*.GitHub.io", "1 info origin-converted\n1 error public-suffix-wildcard",
     ""},
    {"allow_origins https://*.github.io.", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://*.github.io:*", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://a.*.github.io", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://*.a.github.io", "", ""},
    {"allow_origins https://app-*.a.vercel.app", "", ""},
    {"allow_origins https://*.uk", "", ""},
    {"allow_origins https://a.github.io", "", ""},
    {"allow_origins https://github.io:*", "", ""},
    /* nothing right of the wildcard's label: more than any suffix */
    {"allow_origins https://a.*", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://a.{label}", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://a-*", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://a.b-*:81", "1 error public-suffix-wildcard", ""},
    {"allow_origins https://a-*.", "1 error public-suffix-wildcard", ""},
    {"allow_origins capacitor://*.com", "1 error public-suffix-wildcard", ""},
    {"accept_risks public-suffix-wildcard\nallow_origins https://*.com",
     "2 info public-suffix-wildcard", ""},
    {"allow_origins http://*.com\nallow_credentials true",
     "1 error insecure-origin-with-credentials\n1 error public-suffix-wildcard", ""},
    /* names under localhost are the machine's own */
    {"allow_origins http://*.localhost", "", "development"},
    {"allow_origins http://*.app.localhost", "", "development"},
    {"allow_origins https://*.notlocalhost", "", "development"},
    {"only staging https://*.com\nallow_origins https://a.example", "", ""},
};

/* Rows for development have no entry that is only for it. */
static void public_suffixes_are_judged(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(suffixes); i++) {
        bool development = suffixes[i].environment[0] != '\0';
        char problems[256];
        snprintf(problems, sizeof problems, "%s%s", suffixes[i].problems,
                 development ? "1 warning unused-environment" : "");
        case_policy_expect(suffixes[i].environment, suffixes[i].lines, problems);
    }
}

/* Without the callback every domain counts as a public suffix. */
static void unknown_suffixes_fail_closed(void **state) {
    struct case_memory memory = {0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    size_t count;
    (void)state;
    options.is_public_suffix = NULL;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    assert_int_equal(case_policy_add(builder, "allow_origins https://*.a.b.example\n"
                                              "allow_origins https://a.example"),
                     CORS_OK);
    const cors_policy *policy;
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_INVALID);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, 1);
    assert_int_equal(problems[0].rule, CORS_RULE_PUBLIC_SUFFIX_WILDCARD);
    assert_int_equal(problems[0].position.line, 1);
    cors_builder_destroy(builder);
    assert_int_equal(memory.live, 0);
}

static const struct row presence[] = {
    {"path /", "1 error missing-origins", ""},
    {"policy\n\npath /a", "1 error missing-origins", ""},
    {"allow_methods PUT\nmax_age 5", "1 error missing-origins", ""},
    {"policy\nallow_origins https://a.example\npolicy\npath /b", "3 error missing-origins", ""},
    {"path /\nhas_origins", "2 warning no-origins-left", ""},
    {"path /\nhas_origins\naccept_risks no-origins-left", "2 info no-origins-left", ""},
    {"path /\nhas_origins\nallow_origins https://a.example", "", ""},
    {"path /\nhas_origins\nonly staging https://a.example", "2 warning no-origins-left", ""},
    {"path /\nonly staging https://a.example", "2 warning no-origins-left", ""},
    {"path /\nonly staging https://a.example\nonly b https://b.example",
     "2 warning no-origins-left", ""},
    {"path /\nonly staging https://a.example", "", "staging"},
    {"path /\nonly staging *", "", "staging"},
    {"path /\nhas_origins\nallow_origins b", "3 error origin-syntax", ""},
    {"path /\nincomplete", "", ""},
    {"path /\nincomplete\nhas_origins", "", ""},
    {"path /\nincomplete\nonly staging https://a.example", "", ""},
    {"path /\nincomplete\npolicy\npath /b", "3 error missing-origins", ""},
};

static void what_a_policy_lacks_is_told(void **state) {
    (void)state;
    expect_rows(presence, ROWS(presence));
}

static const struct row environments[] = {
    {"allow_origins https://a.example", "1 warning unused-environment", "staging"},
    {"allow_origins https://a.example", "", "production"},
    {"only staging https://a.example\nallow_origins https://b.example", "", "staging"},
    {"only staging https://a.example\nallow_origins https://b.example", "", "production"},
    {"only Staging https://a.example\nallow_origins https://b.example",
     "1 warning unused-environment", "staging"},
    {"policy\nallow_origins https://b.example\npolicy\npath /b\nonly staging https://a.example", "",
     "staging"},
    /* left out, but read: a fault there waits for the day the environment is used */
    {"only staging b\nallow_origins https://b.example", "1 error origin-syntax", ""},
    {"only staging https://a.example/\nallow_origins https://b.example", "1 error origin-path", ""},
    {"only staging http://a.example\nallow_origins https://b.example\nallow_credentials true", "",
     ""},
    {"only staging HTTPS://a.example\nallow_origins https://b.example", "", ""},
    {"only staging https://a.example\nallow_origins https://a.example", "", ""},
    {"only staging https://a.example\nallow_origins https://a.example",
     "2 warning redundant-origin", "staging"},
    {"only staging https://a.example\nonly test https://a.example\nonly staging https://a.example",
     "3 warning redundant-origin", "staging"},
    /* an entry that is faulty counts as one of its environment */
    {"only staging b\nallow_origins https://b.example", "1 error origin-syntax", "staging"},
};

static void environments_select_entries(void **state) {
    (void)state;
    expect_rows(environments, ROWS(environments));
}

/* The two entries of a policy, and what the second one's line says: "" where it says nothing. */
static const struct {
    const char *entries[2];
    bool redundant[2];
} pairs[] = {
    {{"https://a.example", "https://a.example"}, {false, true}},
    {{"https://a.example", "https://A.example"}, {false, true}},
    {{"https://a.example", "http://a.example"}, {false, false}},
    {{"https://a.example", "https://a.example:81"}, {false, false}},
    {{"https://a.example", "https://a.example."}, {false, false}},
    {{"https://a.example", "https://b.example"}, {false, false}},
    {{"https://*.a.example", "https://*.a.example"}, {false, true}},
    {{"https://*.a.example:81", "https://*.a.example:81"}, {false, true}},
    {{"https://{label}.a.example", "https://{LABEL}.a.example"}, {false, true}},
    {{"https://a.example:*", "https://a.example:*"}, {false, true}},
    /* any port */
    {{"https://a.example:*", "https://a.example"}, {false, true}},
    {{"https://a.example:81", "https://a.example:*"}, {true, false}},
    {{"https://a.example:*", "https://b.example"}, {false, false}},
    {{"https://a.example:*", "http://a.example"}, {false, false}},
    {{"https://[::1]:*", "https://[::1]:81"}, {false, true}},
    {{"https://[::1]:*", "https://[::1]"}, {false, true}},
    {{"https://[::1]:*", "https://[::2]"}, {false, false}},
    {{"https://[1::1]:*", "https://[1::2]:81"}, {false, false}},
    /* any depth */
    {{"https://*.a.example", "https://b.a.example"}, {false, true}},
    {{"https://*.a.example", "https://c.b.a.example"}, {false, true}},
    {{"https://*.a.example", "https://a.example"}, {false, false}},
    {{"https://*.a.example", "https://ba.example"}, {false, false}},
    {{"https://*.a.example", "https://b.a.example:81"}, {false, false}},
    {{"https://*.a.example", "https://b.a.example:*"}, {false, false}},
    {{"https://*.a.example:*", "https://b.a.example:81"}, {false, true}},
    {{"https://*.a.example:*", "https://b.a.example:*"}, {false, true}},
    {{"https://*.a.example:*", "https://*.a.example"}, {false, true}},
    {{"https://*.a.example:*", "https://*.a.example:81"}, {false, true}},
    {{"https://*.a.example:81", "https://*.a.example:*"}, {true, false}},
    {{"https://*.a.example:81", "https://*.a.example:82"}, {false, false}},
    {{"https://*.a.example", "https://*.b.a.example"}, {false, true}},
    {{"https://*.b.a.example", "https://*.a.example"}, {true, false}},
    {{"https://b.*.example", "https://b.*.a.example"}, {false, true}},
    /* {label} and * */
    {{"https://*.a.example", "https://{label}.a.example"}, {false, true}},
    {{"https://{label}.a.example", "https://*.a.example"}, {true, false}},
    {{"https://{label}.a.example", "https://b.a.example"}, {false, true}},
    {{"https://{label}.a.example", "https://c.b.a.example"}, {false, false}},
    {{"https://{label}.a.example", "https://{label}.b.a.example"}, {false, false}},
    {{"https://{label}.a.example", "https://{label}.a.example:81"}, {false, false}},
    {{"https://{label}.a.example:*", "https://{label}.a.example:81"}, {false, true}},
    {{"https://{label}.a.example:*", "https://*.a.example"}, {false, false}},
    {{"https://*.a.example", "https://{label}.a.example:*"}, {false, false}},
    /* beside other characters */
    {{"https://pr-*.a.example", "https://pr-1.a.example"}, {false, true}},
    {{"https://pr-*.a.example", "https://pr-.a.example"}, {false, false}},
    {{"https://pr-*.a.example", "https://pr-1.b.a.example"}, {false, false}},
    {{"https://pr-*.a.example", "https://pr-1*.a.example"}, {false, true}},
    {{"https://pr-*.a.example", "https://p*.a.example"}, {true, false}},
    {{"https://pr-*.a.example", "https://*-pr.a.example"}, {false, false}},
    {{"https://pr-*.a.example", "https://pr-*-x.a.example"}, {false, true}},
    {{"https://*-x.a.example", "https://pr-*-x.a.example"}, {false, true}},
    {{"https://{label}.a.example", "https://pr-*.a.example"}, {false, true}},
    {{"https://*.a.example", "https://pr-*.a.example"}, {false, true}},
    {{"https://pr-*.a.example", "https://*.a.example"}, {true, false}},
    {{"https://pr-*.a.example", "https://{label}.a.example"}, {true, false}},
    {{"https://pr-*.a.example:*", "https://pr-*.a.example"}, {false, true}},
    {{"https://pr-*.a.example", "https://pr-*.a.example:*"}, {true, false}},
    {{"https://a*.example", "https://a*.b.example"}, {false, false}},
    {{"capacitor://*.a", "capacitor://b.a"}, {false, true}},
    {{"capacitor://*.a", "https://b.a"}, {false, false}},
};

static void entries_that_say_nothing_new_are_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(pairs); i++) {
        struct case_policy made;
        char lines[256];
        snprintf(lines, sizeof lines,
                 "accept_risks public-suffix-wildcard\nallow_origins %s\nallow_origins %s",
                 pairs[i].entries[0], pairs[i].entries[1]);
        case_policy_build(&made, lines);
        bool found[2] = {false, false};
        for (size_t j = 0; j < made.problem_count; j++) {
            if (made.problems[j].rule == CORS_RULE_REDUNDANT_ORIGIN) {
                found[made.problems[j].position.line - 2] = true;
            }
        }
        expect_number(lines, "the first is redundant", found[0], pairs[i].redundant[0]);
        expect_number(lines, "the second is redundant", found[1], pairs[i].redundant[1]);
        case_policy_end(&made);
    }
}

static const struct {
    const char *lines;
    const char *rule;
    const char *message;
    const char *suggestion;
} words[] = {
    {"allow_origins a.example", "origin-syntax",
     "\"a.example\" is no origin: it has no scheme, such as https://: write https://a.example.",
     "https://a.example"},
    {"allow_origins *.A.example", "origin-syntax",
     "\"*.A.example\" is no origin: it has no scheme, such as https://: write "
     "https://*.a.example.",
     "https://*.a.example"},
    {"allow_origins //a.example", "origin-syntax",
     "\"//a.example\" is no origin: it has no scheme, such as https://.", ""},
    {"allow_origins a b", "origin-syntax",
     "\"a b\" is no origin: it has no scheme, such as https://.", ""},
    {"allow_origins ", "origin-syntax", "\"\" is no origin: it has no scheme, such as https://.",
     ""},
    {"allow_origins http://[0::1]", "origin-syntax",
     "\"http://[0::1]\" is no origin: browsers write an IPv6 address in its shortest form: write "
     "http://[::1].",
     "http://[::1]"},
    {"allow_origins https://a.example:070", "origin-syntax",
     "\"https://a.example:070\" is no origin: a port has no leading zero: write "
     "https://a.example:70.",
     "https://a.example:70"},
    {"allow_origins https://*", "origin-syntax",
     "\"https://*\" is no origin: a wildcard needs a domain to stand under; for every origin write "
     "\"*\".",
     ""},
    {"allow_origins https://a.\x1b[31m", "origin-syntax",
     "\"https://a.\xEF\xBF\xBD[31m\" is no origin: a host has letters, digits, dots, - and _ only, "
     "labels of 1 to 63 bytes, 253 in all.",
     ""},
    {"allow_origins https://a.example/b", "origin-path",
     "\"https://a.example/b\" goes on after the host and port, which no browser sends: write "
     "https://a.example.",
     "https://a.example"},
    {"allow_origins https://*.a.example:443", "origin-default-port",
     "\"https://*.a.example:443\" names its scheme's default port, which no browser sends: write "
     "https://*.a.example.",
     "https://*.a.example"},
    {"allow_origins https://b:c@a.example", "origin-userinfo",
     "\"https://b:c@a.example\" has a user name, which no browser sends: write "
     "https://a.example.",
     "https://a.example"},
    {"allow_origins HTTPS://{LABEL}.A.example:*", "origin-converted",
     "\"HTTPS://{LABEL}.A.example:*\" is compared as https://{label}.a.example:*, the form that "
     "browsers send.",
     "https://{label}.a.example:*"},
    {"allow_origins *\nallow_credentials true", "wildcard-with-credentials",
     "\"*\" with credentials would let every site act as the visitor, and browsers refuse it; list "
     "the origins, or remove allow_credentials.",
     ""},
    {"allow_origins null", "null-origin",
     "\"null\" is the origin of every sandboxed frame and data: URL, so that any site can take it "
     "on.",
     ""},
    {"allow_origins http://a.example", "insecure-origin",
     "\"http://a.example\" is http: whoever is on a visitor's network can hold it; use https.", ""},
    {"allow_origins http://localhost:3000", "loopback-in-production",
     "\"http://localhost:3000\" can be held by any program on a visitor's machine; keep it out of "
     "production with { origin: \"http://localhost:3000\", environment: development }.",
     ""},
    {"allow_origins https://*.github.io", "public-suffix-wildcard",
     "\"https://*.github.io\" lets in every site under github.io, where anyone can register a "
     "name.",
     ""},
    {"allow_origins https://a-*", "public-suffix-wildcard",
     "\"https://a-*\" has nothing right of the wildcard's label: any name that ends there matches.",
     ""},
    {"allow_origins https://a.example\nallow_origins https://a.example", "redundant-origin",
     "\"https://a.example\" is listed already, in line 1.", ""},
    {"allow_origins https://*.a.example\nallow_origins https://pr-*.a.example:81\n"
     "allow_origins https://{label}.a.example:*",
     "redundant-origin", "\"https://pr-*.a.example:81\" is covered by https://{label}.a.example:*.",
     ""},
    {"allow_origins *\nallow_origins https://a.example", "redundant-origin",
     "\"https://a.example\" is covered by \"*\".", ""},
    {"allow_origins *\nallow_origins *", "redundant-origin", "\"*\" is listed already.", ""},
    {"path /", "missing-origins",
     "This policy has no allow_origins, so it would allow nobody; list the origins that may read "
     "its answers.",
     ""},
    {"has_origins", "no-origins-left",
     "In the environment production no origin is left in this list, so it allows nobody.", ""},
};

static void messages_say_what_to_write(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(words); i++) {
        case_policy_expect_words(words[i].lines, words[i].rule, words[i].message,
                                 words[i].suggestion);
    }
}

/* Where the first one stands in another file, its name is told. */
static void a_duplicate_in_another_file_is_told_with_it(void **state) {
    struct case_memory memory = {0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    const cors_slice origin = CORS_SLICE("https://a.example");
    static const char *const files[] = {"cors.yaml", "a\x1b.txt"};
    static const cors_position places[] = {{0, 7, 1}, {1, 2, 1}, {1, 4, 1}};
    size_t count;
    (void)state;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    for (uint32_t i = 0; i < ROWS(files); i++) {
        uint32_t file;
        assert_int_equal(cors_builder_add_file(builder, case_slice(files[i]), &file), CORS_OK);
    }
    /* The first that was handed in is the first, wherever it stands. */
    for (size_t i = 0; i < ROWS(places); i++) {
        size_t from = (i + 1) % ROWS(places);
        assert_int_equal(cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, origin, places[from]),
                         CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, NULL), CORS_OK);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, 2);
    assert_int_equal(problems[0].position.line, 7);
    expect_text("cors.yaml, line 7", "the message", problems[0].message,
                "\"https://a.example\" is listed already, in line 2 of a\xEF\xBF\xBD.txt.");
    assert_int_equal(problems[1].position.line, 4);
    expect_text("a.txt, line 4", "the message", problems[1].message,
                "\"https://a.example\" is listed already, in line 2.");
    cors_builder_destroy(builder);
    assert_int_equal(memory.live, 0);
}

/* What has no scheme is proposed with one, up to the size of any entry. */
static void long_entries_get_no_proposal(void **state) {
    (void)state;
    for (size_t size = 380; size <= 400; size++) {
        struct case_policy made;
        char lines[512];
        int used = snprintf(lines, sizeof lines, "allow_origins %0*d", (int)size, 0);
        assert_int_equal(used, 14 + size);
        case_policy_build(&made, lines);
        assert_int_equal(made.problem_count, 1);
        assert_int_equal(made.problems[0].rule, CORS_RULE_ORIGIN_SYNTAX);
        assert_int_equal(made.problems[0].suggestion.size, 0);
        case_policy_end(&made);
    }
}

/* A NULL slice of no bytes is a value like any other that is empty. */
static void no_bytes_are_an_empty_entry(void **state) {
    struct case_memory memory = {0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    const cors_position place = {0, 1, 1};
    const cors_slice nothing = {NULL, 0};
    size_t count;
    (void)state;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    assert_int_equal(cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, nothing, place), CORS_OK);
    assert_int_equal(cors_builder_add_origin_for(builder, nothing, nothing, place), CORS_OK);
    assert_int_equal(cors_builder_finish(builder, NULL), CORS_INVALID);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, 2);
    assert_int_equal(problems[0].rule, CORS_RULE_ORIGIN_SYNTAX);
    assert_int_equal(problems[1].rule, CORS_RULE_ORIGIN_SYNTAX);
    cors_builder_destroy(builder);
    assert_int_equal(memory.live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syntax_is_checked),
        cmocka_unit_test(wildcards_and_null_are_judged),
        cmocka_unit_test(transports_are_judged),
        cmocka_unit_test(public_suffixes_are_judged),
        cmocka_unit_test(unknown_suffixes_fail_closed),
        cmocka_unit_test(what_a_policy_lacks_is_told),
        cmocka_unit_test(environments_select_entries),
        cmocka_unit_test(entries_that_say_nothing_new_are_told),
        cmocka_unit_test(messages_say_what_to_write),
        cmocka_unit_test(a_duplicate_in_another_file_is_told_with_it),
        cmocka_unit_test(long_entries_get_no_proposal),
        cmocka_unit_test(no_bytes_are_an_empty_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
