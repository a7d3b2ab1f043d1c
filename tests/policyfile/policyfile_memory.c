/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out while a policy file is read: each allocation, libyaml's and libidn2's too,
 * fails in turn. The loader must say so or have got by without, and give everything back.
 *
 * malloc and its kin here take the place of the C library's, in the libraries as well.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policyfile.h"

/* glibc's own, under the names that it keeps for such replacements. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

static long live;        /* blocks given out and not given back */
static long until_fault; /* the allocation that fails; 0: none */

static bool fails(void) {
    if (until_fault > 0 && --until_fault == 0) {
        errno = ENOMEM;
        return true;
    }
    return false;
}

void *malloc(size_t size) {
    void *memory = fails() ? NULL : __libc_malloc(size);
    live += memory != NULL;
    return memory;
}

void *calloc(size_t count, size_t size) {
    void *memory = fails() ? NULL : __libc_calloc(count, size);
    live += memory != NULL;
    return memory;
}

void *realloc(void *memory, size_t size) {
    void *moved = fails() ? NULL : __libc_realloc(memory, size);
    live += memory == NULL && moved != NULL;
    return moved;
}

void free(void *memory) {
    live -= memory != NULL;
    __libc_free(memory);
}

static const char good_policy[] = "policies:\n"
                                  "  - path: /api/*\n"
                                  "    allow_origins:\n"
                                  "      - https://app.example.com\n"
                                  "      - https://b\xC3\xBC"
                                  "cher.example\n"
                                  "      - https://*.example.org\n"
                                  "      - { origin: \"http://localhost:*\", environment: test }\n"
                                  "      - { from_env: POLICYFILE_ORIGINS }\n"
                                  "      - { from_file: list.txt }\n"
                                  "    allow_methods: [PUT, DELETE]\n"
                                  "    allow_headers: [Authorization]\n"
                                  "    allow_credentials: true\n"
                                  "    max_age: 10m\n"
                                  "    accept_risks: [null-origin]\n";

static const char faulty_policy[] = "policies:\n"
                                    "  - allow_origins: https://app.example.com\n"
                                    "    allow_credentials: yes\n"
                                    "    alow_methods: &a [PUT]\n"
                                    "    path: [x]\n"
                                    "    path: /api\n"
                                    "  - allow_origins:\n"
                                    "      - https://app.example.com/\n"
                                    "      - { from_file: missing.txt }\n"
                                    "      - { from_env: \"A\\0\" }\n"
                                    "      - { origin: a, from_env: b }\n"
                                    "      - { colour: *a }\n"
                                    "      - {}\n"
                                    "  - <<: x\n"
                                    "    path: *.x\n";

static const char cut_policy[] = "policies:\n  - allow_origins: [\"https://a.example\",\n\xFF\n";

static void write_file(const char *name, const char *text) {
    FILE *file = fopen(name, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A policy in memory is read under this name, which no file has. */
static const char inline_name[] = "inline";
static const char inline_policy[] =
    "\xEF\xBB\xBF{\"policies\": [{\"path\": \"/api/*\", \"allow_origins\": ["
    "\"https://app.example.com\", \"https://b\xC3\xBC"
    "cher.example\", {\"from_file\": \"list.txt\"}], \"max_age\": 600}]}";

static cors_status load_from(const char *name, cors_builder **builder, const cors_policy **policy) {
    if (strcmp(name, inline_name) != 0) {
        return cors_policyfile_load(name, "production", builder, policy);
    }
    cors_slice text = {inline_policy, sizeof inline_policy - 1};
    return cors_policyfile_load_text(text, name, "production", builder, policy);
}

/* Loads a policy and gives all back; returns what the loader said. */
static cors_status load(const char *name) {
    cors_builder *builder;
    const cors_policy *policy;
    cors_status status = load_from(name, &builder, &policy);
    if ((status == CORS_NO_MEMORY) != (builder == NULL) ||
        (status == CORS_OK) != (policy != NULL)) {
        fail_msg("status %d, builder %p, policy %p", (int)status, (void *)builder,
                 (const void *)policy);
    }
    cors_builder_destroy(builder);
    cors_policy_destroy(policy, &cors_heap);
    return status;
}

/* Fails each allocation in turn until a load gets through without one that fails. */
static void fail_each(const char *name, cors_status expected) {
    assert_int_equal(load(name), expected); /* what the libraries set up once, they keep */
    long refused = 0;
    for (long nth = 1;; nth++) {
        long before = live;
        until_fault = nth;
        cors_status status = load(name);
        bool reached = until_fault == 0;
        until_fault = 0;
        long left = live - before;
        if (left != 0) {
            fail_msg("%s: %ld blocks are left after allocation %ld failed", name, left, nth);
        }
        if (!reached) {
            assert_int_equal(status, expected);
            break;
        }
        refused += status == CORS_NO_MEMORY;
        /* A conversion that lacks memory is a refused origin: closed, though not in its words. */
        assert_true(status == CORS_NO_MEMORY || status == expected || status == CORS_INVALID);
    }
    assert_true(refused > 20);
}

static void fails_and_says_so(void **state) {
    (void)state;
    fail_each("good.yaml", CORS_OK);
}

static void fails_while_it_reports(void **state) {
    (void)state;
    fail_each("faulty.yaml", CORS_INVALID);
}

static void fails_with_a_file_that_is_cut(void **state) {
    (void)state;
    fail_each("cut.yaml", CORS_INVALID);
}

static void fails_with_a_policy_in_memory(void **state) {
    (void)state;
    fail_each(inline_name, CORS_OK);
}

/* Reads a text; returns how many problems of which the first is of `rule` there are. */
static size_t count_problems(cors_slice text, cors_rule rule) {
    cors_builder *builder;
    size_t count;
    cors_status status = cors_policyfile_load_text(text, inline_name, "production", &builder, NULL);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(status, CORS_INVALID);
    assert_int_equal(problems[0].rule, rule);
    cors_slice name = cors_builder_file_name(builder, problems[0].position.file);
    assert_memory_equal(name.data, inline_name, name.size);
    cors_builder_destroy(builder);
    return count;
}

static void a_text_that_is_no_policy(void **state) {
    (void)state;
    assert_int_equal(count_problems(CORS_SLICE("{\"policies\": ["), CORS_RULE_YAML_SYNTAX), 1);
    assert_true(count_problems(CORS_SLICE(""), CORS_RULE_WRONG_TYPE) == 1);
    assert_true(count_problems(CORS_SLICE("{\"policies\": [{}]}"), CORS_RULE_MISSING_ORIGINS) == 1);
}

static void a_text_that_is_too_large(void **state) {
    (void)state;
    size_t size = ((size_t)64 << 20) + 1;
    char *text = calloc(size, 1);
    assert_non_null(text);
    assert_int_equal(count_problems((cors_slice){text, size}, CORS_RULE_UNREADABLE_FILE), 1);
    free(text);
}

static void an_unreadable_file_is_a_problem(void **state) {
    (void)state;
    cors_builder *builder;
    size_t count;
    assert_int_equal(cors_policyfile_load("missing.yaml", "production", &builder, NULL),
                     CORS_INVALID);
    const cors_problem *problems = cors_builder_problems(builder, &count);
    assert_int_equal(count, 1);
    assert_int_equal(problems[0].rule, CORS_RULE_UNREADABLE_FILE);
    cors_builder_destroy(builder);
}

static char folder[] = "/tmp/cors-policyfile-XXXXXX";
static const struct {
    const char *name;
    const char *text;
} files[] = {{"good.yaml", good_policy},
             {"faulty.yaml", faulty_policy},
             {"cut.yaml", cut_policy},
             {"list.txt", "https://t1.example.net\nhttps://t2.example.net # two\n"}};

enum { FILE_COUNT = sizeof files / sizeof files[0] };

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
        setenv("POLICYFILE_ORIGINS", "https://v1.example.net https://v2.example.net", 1) != 0) {
        return -1;
    }
    for (size_t i = 0; i < FILE_COUNT; i++) {
        write_file(files[i].name, files[i].text);
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        (void)unlink(files[i].name);
    }
    return chdir("/") != 0 || rmdir(folder) != 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fails_and_says_so),
        cmocka_unit_test(fails_while_it_reports),
        cmocka_unit_test(fails_with_a_file_that_is_cut),
        cmocka_unit_test(fails_with_a_policy_in_memory),
        cmocka_unit_test(a_text_that_is_no_policy),
        cmocka_unit_test(a_text_that_is_too_large),
        cmocka_unit_test(an_unreadable_file_is_a_problem),
    };
    return cmocka_run_group_tests_name("policyfile memory", tests, set_up, tear_down);
}
