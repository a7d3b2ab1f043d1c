/* SPDX-License-Identifier: MIT */
/*
 * Every allocation while a policy is built is refused in turn, once alone and once with all after
 * it: each time the builder says CORS_NO_MEMORY, and nothing is left behind.
 */
#include <cors/cors.h>

#include "case_policy.h"
#include "case_table.h"

enum { MANY = 400 };

static cors_status add_many_origins(cors_builder *builder) {
    static char origins[MANY][32];
    cors_status status = CORS_OK;
    for (uint32_t i = 0; i < MANY && status == CORS_OK; i++) {
        int size = snprintf(origins[i], sizeof origins[i], "https://T%u.a.example", i % 300);
        cors_slice origin = {origins[i], (size_t)size};
        status =
            cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, origin, (cors_position){0, i + 1, 1});
    }
    return status;
}

static cors_status add_files_and_reports(cors_builder *builder) {
    cors_status status = CORS_OK;
    for (uint32_t i = 0; i < 40 && status == CORS_OK; i++) {
        uint32_t file = 0;
        static char name[5000]; /* more than what is left of a chunk */
        status =
            cors_builder_add_file(builder, (cors_slice){name, i % 8 == 0 ? sizeof name : 8}, &file);
        if (status == CORS_OK) {
            status = cors_builder_report(builder, CORS_RULE_UNKNOWN_RISK,
                                         (cors_position){file, 9 - i % 9, 1},
                                         CORS_SLICE("Something is odd."), CORS_SLICE("this"));
        }
    }
    return status;
}

static cors_status add_environments(cors_builder *builder) {
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    cors_status status = CORS_OK;
    for (size_t i = 0; i < ROWS(names) && status == CORS_OK; i++) {
        status =
            cors_builder_add_origin_for(builder, case_slice(names[i]),
                                        CORS_SLICE("https://a.example"), (cors_position){0, 1, 1});
    }
    return status;
}

/* Names and origins so long that the builder's memory for texts grows within each kind of work. */
static cors_status add_long_texts(cors_builder *builder) {
    static const struct {
        cors_key key;
        const char *format;
    } kinds[] = {{CORS_KEY_ALLOW_METHODS, "m%0*u"},
                 {CORS_KEY_ALLOW_HEADERS, "X-%0*u"},
                 {CORS_KEY_ALLOW_ORIGINS, "S%0*u://a.example"}};
    static char texts[ROWS(kinds)][MANY / 4][256];
    cors_status status = CORS_OK;
    for (uint32_t i = 0; i < MANY / 4; i++) {
        for (size_t kind = 0; kind < ROWS(kinds) && status == CORS_OK; kind++) {
            int width = kinds[kind].key == CORS_KEY_ALLOW_ORIGINS ? 60 : 200 + (int)i % 40;
            int size =
                snprintf(texts[kind][i], sizeof texts[kind][i], kinds[kind].format, width, i);
            cors_slice text = {texts[kind][i], (size_t)size};
            status = cors_builder_add(builder, kinds[kind].key, text, (cors_position){0, i + 1, 1});
        }
    }
    return status;
}

static const struct {
    const char *row;
    const char *lines;
    cors_status (*more)(cors_builder *builder);
    cors_status wanted;
} scenarios[] = {
    {"nothing", "", NULL, CORS_OK},
    {"one origin", "allow_origins https://a.example", NULL, CORS_OK},
    {"the lines alone", "has_origins", NULL, CORS_OK},
    {"every key",
     "policy\npath /api/*\nallow_origins https://a.example\nallow_origins https://*.b.example\n"
     "allow_origins https://{label}.c.example:*\nallow_methods PUT\nallow_methods DELETE\n"
     "allow_headers X-A\nallow_headers Authorization\nexpose_headers ETag\n"
     "allow_credentials true\nmax_age 10m\npreflight_status 200\naccept_risks null-origin\n"
     "allow_origins null\n",
     NULL, CORS_OK},
    {"warnings",
     "policy\npath /a\nallow_origins http://A.example\nallow_origins https://B.example\n"
     "allow_origins https://b.example\nallow_origins https://x.d.example\n"
     "allow_origins https://*.d.example\nallow_methods patch\nallow_headers Accept\n"
     "expose_headers X-Token\nmax_age 1d\naccept_risks nonsense\n"
     "policy\npath /b\nhas_origins\nonly staging https://s.example\nallow_methods PUT\n"
     "policy\npath /c\nallow_origins *\nallow_origins https://e.example\n",
     NULL, CORS_OK},
    {"errors",
     "policy\npath a//b\nallow_origins https://u@A.example:443/x\nallow_origins a.example\n"
     "allow_origins https://*.com\nallow_origins null\nallow_origins https://[0::1]\n"
     "allow_methods TRACE\nallow_headers Cookie\nexpose_headers Set-Cookie\nmax_age 10x\n"
     "allow_credentials yes\npreflight_status 7\n"
     "policy\npath /b\npolicy\npath /b\nallow_origins http://localhost\nallow_credentials true",
     NULL, CORS_INVALID},
    {"many origins", "path /api/*", add_many_origins, CORS_OK},
    {"many patterns and policies",
     "policy\npath /1\nallow_origins https://a-*.a.example\nallow_origins https://ab-*.a.example\n"
     "allow_origins https://abc-*.a.example\nallow_origins https://a-*.a.b.example\n"
     "allow_origins https://ab-*.a.b.example\nallow_origins https://abc-*.a.b.example\n"
     "allow_origins https://*-a.a.example\nallow_origins https://*-ab.a.example\n"
     "allow_origins https://*-abc.a.example\nallow_origins https://a*a.a.example\n"
     "allow_origins http://localhost:*\n"
     "policy\npath /2\nallow_origins *\npolicy\npath /3\nallow_origins *\n"
     "policy\npath /4\nallow_origins *\npolicy\npath /5\nallow_origins *\n"
     "policy\npath /6\nallow_origins *\npolicy\npath /7\nallow_origins *\n"
     "policy\npath /8\nallow_origins *\npolicy\npath /9\nallow_origins *\n",
     NULL, CORS_OK},
    {"long texts", "max_age 1", add_long_texts, CORS_OK},
    {"files and reports", "allow_origins https://a.example", add_files_and_reports, CORS_OK},
    {"environments", "path /", add_environments, CORS_OK},
};

/* Builds; after a refusal goes on as a careless caller may, and finishes all the same. */
static cors_status build(size_t scenario, struct case_memory *memory, bool check_only) {
    cors_builder_options options = case_policy_options(memory);
    cors_builder *builder;
    const cors_policy *policy = NULL;
    cors_status created = cors_builder_create(&options, &builder);
    if (created != CORS_OK) {
        assert_null(builder);
        return created;
    }
    cors_status added = case_policy_add(builder, scenarios[scenario].lines);
    if (scenarios[scenario].more != NULL) {
        cors_status more = scenarios[scenario].more(builder);
        added = added == CORS_OK ? more : added;
    }
    cors_status finished = cors_builder_finish(builder, check_only ? NULL : &policy);
    expect_number(scenarios[scenario].row, "a policy", policy != NULL,
                  finished == CORS_OK && !check_only);
    if (added != CORS_OK) {
        expect_number(scenarios[scenario].row, "the end after a refusal", finished, added);
    }
    size_t count;
    cors_builder_problems(builder, &count);
    cors_policy_destroy(policy, &options.allocator);
    cors_builder_destroy(builder);
    return finished;
}

/* Refuses the first, then the second, and so on, until the build succeeds. */
static size_t refuse_in_turn(size_t scenario, bool refuses_on, bool check_only) {
    const char *row = scenarios[scenario].row;
    for (size_t at = 1;; at++) {
        struct case_memory memory = {.refused_at = at, .refuses_on = refuses_on};
        cors_status status = build(scenario, &memory, check_only);
        expect_number(row, "what is left", (long long)memory.live, 0);
        if (!memory.refused) {
            expect_number(row, "the end", status, scenarios[scenario].wanted);
            return at;
        }
        if (status != CORS_NO_MEMORY) {
            fail_msg("row \"%s\": refused allocation %zu, and the end was %d", row, at,
                     (int)status);
        }
    }
}

static void each_refused_allocation_is_told(void **state) {
    (void)state;
    for (size_t i = 0; i < ROWS(scenarios); i++) {
        size_t turns = refuse_in_turn(i, false, false);
        assert_true(turns > 4);
        refuse_in_turn(i, true, false);
        refuse_in_turn(i, false, true);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_refused_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
