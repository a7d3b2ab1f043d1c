/* SPDX-License-Identifier: MIT */
/* What a front does with the builder: files, positions, the order of calls, what lives how long. */
#include <cors/policy.h>
#include <cors/server.h>

#include "case_policy.h"
#include "case_request.h"
#include "case_table.h"

#include <stdlib.h>

static const cors_position nowhere = {0, 0, 0};

static cors_builder *begin(struct case_memory *memory) {
    cors_builder_options options = case_policy_options(memory);
    cors_builder *builder;
    *memory = (struct case_memory){.live = 0};
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    return builder;
}

static void end(cors_builder *builder, const cors_policy *policy, struct case_memory *memory) {
    cors_allocator allocator = case_allocator(memory);
    cors_builder_destroy(builder);
    cors_policy_destroy(policy, &allocator);
    assert_int_equal(memory->live, 0);
}

static void nothing_is_destroyed_without_harm(void **state) {
    (void)state;
    struct case_memory memory = {0};
    cors_allocator allocator = case_allocator(&memory);
    cors_builder_destroy(NULL);
    cors_policy_destroy(NULL, &allocator);
    end(begin(&memory), NULL, &memory);
}

static void creating_says_when_memory_is_out(void **state) {
    size_t refused = 1;
    (void)state;
    for (;; refused++) {
        struct case_memory memory = {.refused_at = refused};
        cors_builder_options options = case_policy_options(&memory);
        cors_builder *builder = (cors_builder *)(void *)&memory;
        cors_status status = cors_builder_create(&options, &builder);
        if (status == CORS_OK) {
            cors_builder_destroy(builder);
            assert_false(memory.refused);
            break;
        }
        assert_int_equal(status, CORS_NO_MEMORY);
        assert_null(builder);
        assert_int_equal(memory.live, 0);
    }
    assert_int_equal(refused, 3); /* the builder and its environment */
}

static void no_policies_make_a_policy_for_no_path(void **state) {
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    const cors_policy *policy = NULL;
    size_t count = 1;
    (void)state;
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_problems(builder, &count);
    assert_int_equal(count, 0);
    case_request_expect(policy, "GET /\nOrigin: https://a.example", "no-policy none no-policy 0");
    case_request_expect(NULL, "GET /\nOrigin: https://a.example", "no-policy none no-policy 0");
    end(builder, policy, &memory);
}

static void files_are_numbered_and_their_names_copied(void **state) {
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        char name[16];
        uint32_t file = 1000;
        int size = snprintf(name, sizeof name, "file-%u", i);
        cors_slice slice = {name, (size_t)size};
        assert_int_equal(cors_builder_add_file(builder, slice, &file), CORS_OK);
        assert_int_equal(file, i);
        memset(name, 'x', sizeof name);
    }
    uint32_t unnamed = 0;
    assert_int_equal(cors_builder_add_file(builder, (cors_slice){NULL, 0}, &unnamed), CORS_OK);
    expect_text("file 0", "its name", cors_builder_file_name(builder, 0), "file-0");
    expect_text("file 99", "its name", cors_builder_file_name(builder, 99), "file-99");
    expect_text("file 100", "its name", cors_builder_file_name(builder, unnamed), "");
    expect_text("file 101", "its name", cors_builder_file_name(builder, 101), "");
    expect_text("the last file", "its name", cors_builder_file_name(builder, UINT32_MAX), "");
    end(builder, NULL, &memory);
}

/* Whoever adds to no policy begins one, where the value stands. */
static void a_first_policy_begins_by_itself(void **state) {
    static const struct {
        const char *row;
        const char *lines;
        const char *problems;
    } rows[] = {
        {"an origin", "\nallow_origins https://a.example", ""},
        {"an origin for an environment", "\nonly staging https://a.example",
         "2 warning no-origins-left"},
        {"another key", "\n\nallow_credentials true", "3 error missing-origins"},
        {"a list of origins", "\n\nhas_origins", "3 warning no-origins-left"},
        {"incomplete: there is nothing to mark", "incomplete\npath /a", "2 error missing-origins"},
        {"incomplete: only the last one", "path /a\nincomplete\npolicy\npath /b",
         "3 error missing-origins"},
        {"a policy of its own", "policy\nallow_origins https://a.example", ""},
        {"an empty policy", "policy", "1 error missing-origins"},
        {"two empty policies", "policy\npolicy",
         "1 error missing-origins\n2 error missing-origins\n2 error duplicate-path"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        case_policy_expect("", rows[i].lines, rows[i].problems);
    }
}

/* A key that takes one value has the last one, and its position. */
static void a_second_value_replaces_the_first(void **state) {
    static const struct {
        const char *lines;
        const char *problems;
    } rows[] = {
        {"allow_origins https://a.example\npath b\npath /b", ""},
        {"allow_origins https://a.example\npath /b\npath b", "3 error path-syntax"},
        {"allow_origins *\nallow_credentials true\nallow_credentials false", ""},
        {"allow_origins https://a.example\nallow_credentials yes\nallow_credentials true", ""},
        {"allow_origins https://a.example\nallow_credentials true\nallow_credentials yes",
         "3 error wrong-type"},
        {"allow_origins https://a.example\nmax_age 1x\nmax_age 1s", ""},
        {"allow_origins https://a.example\npreflight_status 404\npreflight_status 200", ""},
        {"allow_origins https://a.example\npreflight_status 200\npreflight_status 404",
         "3 error wrong-type"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        case_policy_expect("", rows[i].lines, rows[i].problems);
    }
}

static void keys_that_are_none_are_ignored(void **state) {
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    const cors_policy *policy;
    size_t count;
    (void)state;
    assert_int_equal(case_policy_add(builder, "allow_origins https://a.example"), CORS_OK);
    assert_int_equal(cors_builder_add(builder, (cors_key)0, CORS_SLICE("a"), nowhere), CORS_OK);
    assert_int_equal(cors_builder_add(builder, (cors_key)99, CORS_SLICE("a"), nowhere), CORS_OK);
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_problems(builder, &count);
    assert_int_equal(count, 0);
    end(builder, policy, &memory);
}

/* Where a value stands is the front's business: any file, line and column comes back. */
static void problems_have_their_value_s_position(void **state) {
    static const struct {
        cors_key key;
        const char *value;
        cors_position position;
        cors_rule rule;
    } values[] = {
        /* in the order in which their problems come */
        {CORS_KEY_ALLOW_METHODS, "patch", {0, 1, 2}, CORS_RULE_METHOD_CASE},
        {CORS_KEY_MAX_AGE, "1x", {0, 1, 3}, CORS_RULE_MAX_AGE_RANGE},
        {CORS_KEY_ALLOW_ORIGINS, "b/", {0, 2, 1}, CORS_RULE_ORIGIN_SYNTAX},
        {CORS_KEY_PATH, "a", {0, 7, UINT32_MAX}, CORS_RULE_PATH_SYNTAX},
        {CORS_KEY_ALLOW_CREDENTIALS, "no", {0, UINT32_MAX, 1}, CORS_RULE_WRONG_TYPE},
        {CORS_KEY_ACCEPT_RISKS, "x", {1, 1, 1}, CORS_RULE_UNKNOWN_RISK},
        {CORS_KEY_PREFLIGHT_STATUS, "x", {1, 1, 2}, CORS_RULE_WRONG_TYPE},
        {CORS_KEY_ALLOW_HEADERS, "Cookie", {2, 1, 1}, CORS_RULE_FORBIDDEN_REQUEST_HEADER},
        {CORS_KEY_EXPOSE_HEADERS, "Set-Cookie", {9, 1, 1}, CORS_RULE_FORBIDDEN_RESPONSE_HEADER},
        {CORS_KEY_ALLOW_ORIGINS, "null", {UINT32_MAX, 1, 1}, CORS_RULE_NULL_ORIGIN},
    };
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    size_t count;
    (void)state;
    for (size_t i = ROWS(values); i-- > 0;) { /* added the other way round */
        assert_int_equal(cors_builder_add(builder, values[i].key, case_slice(values[i].value),
                                          values[i].position),
                         CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, NULL), CORS_INVALID);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, ROWS(values));
    for (size_t i = 0; i < ROWS(values); i++) {
        const cors_position *position = &problems[i].position;
        expect_number(values[i].value, "the rule", problems[i].rule, values[i].rule);
        expect_number(values[i].value, "the file", position->file, values[i].position.file);
        expect_number(values[i].value, "the line", position->line, values[i].position.line);
        expect_number(values[i].value, "the column", position->column, values[i].position.column);
    }
    end(builder, NULL, &memory);
}

/* The environment may go once the builder was created; it selects entries by its bytes. */
static void the_environment_is_copied(void **state) {
    struct case_memory memory = {0};
    cors_builder_options options = case_policy_options(&memory);
    char name[] = "staging";
    cors_builder *builder;
    const cors_policy *policy;
    size_t count;
    (void)state;
    options.environment = (cors_slice){name, 7};
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    memset(name, 'x', sizeof name);
    assert_int_equal(case_policy_add(builder, "only staging https://a.example\n"
                                              "only stagin https://b.example\n"
                                              "only staging2 https://c.example"),
                     CORS_OK);
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_problems(builder, &count);
    assert_int_equal(count, 0);
    case_request_expect(policy, "GET /\nOrigin: https://a.example",
                        "actual allowed allowed 0\n"
                        "Access-Control-Allow-Origin: https://a.example\nVary: Origin");
    case_request_expect(policy, "GET /\nOrigin: https://b.example",
                        "actual denied origin-not-allowed 0 blocked\nVary: Origin");
    case_request_expect(policy, "GET /\nOrigin: https://c.example",
                        "actual denied origin-not-allowed 0 blocked\nVary: Origin");
    end(builder, policy, &memory);
}

/* Said once, at the beginning: it is nobody's line. */
static void an_unused_environment_is_told_once(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_for(
        &made, "stagign",
        "policy\nallow_origins https://a.example\nonly staging https://b.example\n"
        "policy\npath /b\nallow_origins https://a.example\n"
        "accept_risks unused-environment");
    assert_int_equal(made.problem_count, 1);
    assert_int_equal(made.problems[0].rule, CORS_RULE_UNUSED_ENVIRONMENT);
    assert_int_equal(made.problems[0].severity, CORS_SEVERITY_WARNING);
    assert_int_equal(made.problems[0].position.file, 0);
    assert_int_equal(made.problems[0].position.line, 1);
    assert_int_equal(made.problems[0].position.column, 1);
    expect_text("stagign", "the message", made.problems[0].message,
                "No entry is for the environment \"stagign\"; is its name right?");
    case_policy_end(&made);
}

/* An entry of which no origin came, such as an empty variable, is for its environment as well. */
static void an_environment_without_origins_is_used(void **state) {
    static const struct {
        const char *row;
        const char *named;
        size_t problems;
    } rows[] = {
        {"that one", "staging", 0},
        {"another", "test", 1},
        {"no environment", "", 1},
        {"its beginning", "stag", 1},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct case_memory memory = {0};
        cors_builder_options options = case_policy_options(&memory);
        cors_builder *builder;
        size_t count;
        options.environment = CORS_SLICE("staging");
        assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
        assert_int_equal(case_policy_add(builder, "allow_origins https://a.example"), CORS_OK);
        cors_builder_has_environment(builder, case_slice(rows[i].named));
        cors_builder_has_environment(builder, CORS_SLICE("other"));
        assert_int_equal(cors_builder_finish(builder, NULL), CORS_OK);
        cors_builder_problems(builder, &count);
        expect_number(rows[i].row, "the problems", (long long)count, (long long)rows[i].problems);
        end(builder, NULL, &memory);
    }
}

static void many_environments_are_kept_apart(void **state) {
    enum { COUNT = 40 };
    char lines[COUNT * 64] = "";
    size_t size = 0;
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        size += (size_t)snprintf(lines + size, sizeof lines - size,
                                 "only e%d https://a%d.example\n", i, i);
    }
    for (int i = 0; i < COUNT; i += 13) {
        struct case_policy made;
        char environment[8];
        snprintf(environment, sizeof environment, "e%d", i);
        case_policy_build_for(&made, environment, lines);
        assert_int_equal(made.problem_count, 0);
        for (int j = 0; j < COUNT; j++) {
            char origin[32];
            char buffer[CORS_ENTRY_MAX];
            cors_slice entry;
            snprintf(origin, sizeof origin, "https://a%d.example", j);
            assert_int_equal(cors_policy_find_origin(made.policy, CORS_SLICE("/"),
                                                     case_slice(origin), buffer, &entry),
                             i == j);
        }
        case_policy_end(&made);
    }
}

/* Checking only frees what was compiled; the problems are the same. */
static void a_policy_need_not_be_wanted(void **state) {
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    size_t count;
    (void)state;
    assert_int_equal(case_policy_add(builder, "allow_origins http://a.example"), CORS_OK);
    assert_int_equal(cors_builder_finish(builder, NULL), CORS_OK);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, 1);
    assert_int_equal(problems[0].rule, CORS_RULE_INSECURE_ORIGIN);
    end(builder, NULL, &memory);
}

/* The policy has copies of all: neither texts nor builder are needed any more. */
static void a_policy_outlives_what_it_was_built_from(void **state) {
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    const cors_policy *policy;
    char lines[] = "path /api/*\nallow_origins https://a.example\nallow_methods PUT\n"
                   "allow_headers X-A\nexpose_headers X-B\nmax_age 5\nallow_credentials true";
    (void)state;
    assert_int_equal(case_policy_add(builder, lines), CORS_OK);
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    memset(lines, 'x', sizeof lines);
    cors_builder_destroy(builder);
    case_request_expect(policy,
                        "OPTIONS /api/b\nOrigin: https://a.example\n"
                        "Access-Control-Request-Method: PUT\n"
                        "Access-Control-Request-Headers: x-a",
                        "preflight allowed allowed 204\n"
                        "Access-Control-Allow-Origin: https://a.example\n"
                        "Access-Control-Allow-Credentials: true\n"
                        "Access-Control-Allow-Methods: PUT\n"
                        "Access-Control-Allow-Headers: X-A\n"
                        "Access-Control-Max-Age: 5\n"
                        "Vary: Access-Control-Request-Method, Access-Control-Request-Headers, "
                        "Origin");
    end(NULL, policy, &memory);
}

/* An error refuses the policy; what is no error does not. */
static void only_errors_refuse(void **state) {
    static const struct {
        const char *lines;
        cors_status status;
    } rows[] = {
        {"allow_origins https://a.example", CORS_OK},
        {"allow_origins http://a.example", CORS_OK},
        {"allow_origins HTTPS://a.example", CORS_OK},
        {"allow_origins null", CORS_INVALID},
        {"accept_risks null-origin\nallow_origins null", CORS_OK},
        {"allow_origins https://a.example\npolicy\nallow_origins https://a.example", CORS_INVALID},
        {"allow_origins https://a.example\npolicy\npath /b", CORS_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct case_policy made;
        case_policy_build(&made, rows[i].lines);
        expect_number(rows[i].lines, "the status", made.status, rows[i].status);
        case_policy_end(&made);
    }
}

/* What a policy accepts, another does not. */
static void risks_are_accepted_by_policy(void **state) {
    (void)state;
    case_policy_expect("",
                       "policy\npath /a\nallow_origins null\naccept_risks null-origin\n"
                       "policy\npath /b\nallow_origins null",
                       "3 info null-origin\n7 error null-origin");
}

/* Faulty methods whose bytes cancel the hash's salt cannot be spread; their faults are told too. */
static void a_passed_bound_hides_no_problem(void **state) {
    enum { COUNT = 25, SIZE = 33 };
    static const uint64_t salt = UINT64_C(0xa0c9b7d3e5f1938d);
    char methods[COUNT][SIZE];
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    const cors_policy *policy;
    size_t count;
    (void)state;
    assert_int_equal(case_policy_add(builder, "allow_origins https://a.example\nmax_age 5"),
                     CORS_OK);
    for (int i = 0; i < COUNT; i++) {
        memset(methods[i], 'X', sizeof methods[i]);
        memcpy(methods[i], &salt, sizeof salt);
        methods[i][8] = (char)('A' + i);
        cors_slice method = {methods[i], sizeof methods[i]};
        assert_int_equal(cors_builder_add(builder, CORS_KEY_ALLOW_METHODS, method, nowhere),
                         CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_TOO_LARGE);
    assert_null(policy);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, COUNT);
    assert_int_equal(problems[0].rule, CORS_RULE_METHOD_SYNTAX);
    end(builder, NULL, &memory);
}

/* A slice of no bytes may have no address, whatever it is a value of. */
static void no_bytes_are_a_value(void **state) {
    struct case_memory memory;
    cors_builder *builder = begin(&memory);
    (void)state;
    for (int key = CORS_KEY_PATH; key <= CORS_KEY_ACCEPT_RISKS; key++) {
        cors_slice nothing = {NULL, 0};
        assert_int_equal(cors_builder_add(builder, (cors_key)key, nothing, nowhere), CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, NULL), CORS_INVALID);
    size_t count;
    cors_builder_problems(builder, &count);
    assert_int_equal(count, 9);
    end(builder, NULL, &memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_destroyed_without_harm),
        cmocka_unit_test(creating_says_when_memory_is_out),
        cmocka_unit_test(no_policies_make_a_policy_for_no_path),
        cmocka_unit_test(files_are_numbered_and_their_names_copied),
        cmocka_unit_test(a_first_policy_begins_by_itself),
        cmocka_unit_test(a_second_value_replaces_the_first),
        cmocka_unit_test(keys_that_are_none_are_ignored),
        cmocka_unit_test(problems_have_their_value_s_position),
        cmocka_unit_test(the_environment_is_copied),
        cmocka_unit_test(an_unused_environment_is_told_once),
        cmocka_unit_test(an_environment_without_origins_is_used),
        cmocka_unit_test(many_environments_are_kept_apart),
        cmocka_unit_test(a_policy_need_not_be_wanted),
        cmocka_unit_test(a_policy_outlives_what_it_was_built_from),
        cmocka_unit_test(only_errors_refuse),
        cmocka_unit_test(risks_are_accepted_by_policy),
        cmocka_unit_test(a_passed_bound_hides_no_problem),
        cmocka_unit_test(no_bytes_are_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
