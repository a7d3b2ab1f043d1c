/* SPDX-License-Identifier: MIT */
/* Which policy covers a path, and which targets are read in several ways. */
#include <cors/cors.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void *allocate(void *context, size_t size) {
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory) {
    (void)context;
    free(memory);
}

static const cors_allocator heap = {allocate, release, NULL};

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

/* A policy for each of the paths, which end at NULL. */
static const cors_policy *policy_of(const char *const *paths) {
    const cors_builder_options options = {.allocator = heap};
    const cors_position place = {0, 1, 1};
    cors_builder *builder;
    const cors_policy *policy = NULL;
    uint32_t file;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    assert_int_equal(cors_builder_add_file(builder, CORS_SLICE("test"), &file), CORS_OK);
    for (; *paths != NULL; paths++) {
        assert_int_equal(cors_builder_begin_policy(builder, place), CORS_OK);
        assert_int_equal(cors_builder_add(builder, CORS_KEY_PATH, slice(*paths), place), CORS_OK);
        assert_int_equal(cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS,
                                          CORS_SLICE("https://app.example.com"), place),
                         CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_destroy(builder);
    return policy;
}

static const char *const two_paths[] = {"/public/*", "/admin/*", NULL};

static void test_covering_path(void **state) {
    static const struct {
        const char *path;
        const char *covering; /* NULL: none */
    } cases[] = {
        {"/public/", "/public/*"},
        {"/public/a/b", "/public/*"},
        {"/admin/x", "/admin/*"},
        {"/public", NULL},
        {"/", NULL},
        {"", NULL},
    };
    (void)state;
    const cors_policy *policy = policy_of(two_paths);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cors_slice covering;
        bool found = cors_policy_find_path(policy, slice(cases[i].path), &covering);
        assert_int_equal(found, cases[i].covering != NULL);
        if (found) {
            assert_int_equal(covering.size, strlen(cases[i].covering));
            assert_memory_equal(covering.data, cases[i].covering, covering.size);
        }
    }
    cors_policy_destroy(policy, &heap);
}

static void test_exact_covering_path(void **state) {
    static const char *const paths[] = {"/a", "/a*", NULL};
    cors_slice covering;
    (void)state;
    const cors_policy *policy = policy_of(paths);
    assert_true(cors_policy_find_path(policy, CORS_SLICE("/a"), &covering));
    assert_int_equal(covering.size, 2);
    assert_true(cors_policy_find_path(policy, CORS_SLICE("/ab"), &covering));
    assert_int_equal(covering.size, 3);
    assert_false(cors_policy_find_path(NULL, CORS_SLICE("/a"), &covering));
    cors_policy_destroy(policy, &heap);
}

static void test_plain_targets(void **state) {
    static const struct {
        const char *target;
        bool plain;
    } cases[] = {
        {"/", true},
        {"/a/b.c", true},
        {"/a.b/c..d", true},
        {"/caf%C3%A9/%61", true},
        {"/a?x=%2f..//#%5c", true}, /* a query is no path */
        {"/a%", false},             /* what it encodes shows only when it is decoded again */
        {"/a%2", false},
        {"/a%zz", false},
        {"/a%2fb", false},
        {"/a%2Fb", false},
        {"/a%5cb", false},
        {"/a\\b", false},
        {"/a%2eb", false},
        {"/a/../b", false},
        {"/a/./b", false},
        {"/a/..", false},
        {"/.hidden", false}, /* looked at more closely, and then fine */
        {"/a//b", false},
        {"/a%252fb", false},
        {"/a#b", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cors_target_is_plain(slice(cases[i].target)) != cases[i].plain) {
            fail_msg("%s", cases[i].target);
        }
    }
}

/* The scratch has just the bytes that are promised, so that sanitizers see one too many. */
static bool is_ambiguous(const cors_policy *policy, const char *target) {
    size_t size = strlen(target);
    char *scratch = malloc(size == 0 ? 1 : size);
    assert_non_null(scratch);
    bool ambiguous = cors_target_is_ambiguous(policy, slice(target), scratch);
    free(scratch);
    return ambiguous;
}

static void test_ambiguous_targets(void **state) {
    static const struct {
        const char *target;
        bool ambiguous;
    } cases[] = {
        /* one policy whoever reads it */
        {"/public/a", false},
        {"/public/a%2Fb", false},
        {"/public/a%2eb", false},
        {"/public/./a", false},
        {"/public/a/../b", false},
        {"/public/a//b", false},
        {"/public/a%252fb", false},
        {"/public/.hidden", false},
        {"/public/a#b", false},
        {"/public/a?next=/../admin/x", false},
        {"/%70ublic/a", false},
        {"/elsewhere/a%2f..%2fb", false},
        {"", false},
        {"*", false},
        /* dot segments that lead elsewhere */
        {"/public/../admin/x", true},
        {"/public/%2e%2e/admin/x", true},
        {"/public/.%2E/admin/x", true},
        {"/public/..%2fadmin/x", true},
        {"/public%2f../admin/x", true},
        {"/public/a/../../admin/x", true},
        {"/public/./../admin/x", true},
        {"/public/..", true},
        {"/x/../public/a", true},
        {"/public/../../admin/x", true},
        /* a slash that some see and others do not */
        {"/public%2fa", true},
        {"/admin%5cx", true},
        {"/admin\\x", true},
        {"/public/..\\admin/x", true},
        {"/public/..%5cadmin/x", true},
        {"//admin/x", true},
        {"/x//../admin/x", true},
        {"/./admin/x", true},
        /* decoded twice */
        {"/public/%252e%252e/admin/x", true},
        {"/public/..%252fadmin/x", true},
        {"/admin%252fx", true},
        {"/admin%25%32%66x", true},
        {"/admin%%32%66x", true},
        {"/public/a%25", false},
        {"/public/100%25%3", false},
        {"/public/a%", false},
        {"/public/..%255cadmin/x", true},
        /* a fragment that some cut off */
        {"/public/#/../../admin/x", true},
        {"/public#/a", false}, /* no policy, cut or not */
        {"/public/%23/#/../../../admin/x", true},
        {"/public/a%23b", false}, /* an encoded one begins none */
        {"/public/%4g/%g4", false},
        {"/admin/#", false},
    };
    (void)state;
    const cors_policy *policy = policy_of(two_paths);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (is_ambiguous(policy, cases[i].target) != cases[i].ambiguous) {
            fail_msg("%s", cases[i].target);
        }
    }
    cors_policy_destroy(policy, &heap);
}

/* Where one policy covers all, there is nothing to disagree about. */
static void test_one_policy_for_all(void **state) {
    static const char *const paths[] = {"/*", NULL};
    static const char *const targets[] = {"/a/../b",      "/..%2f..%5c", "//x//",
                                          "/%252e%252e/", "/a#/../..",   "/a\\..\\..\\b"};
    (void)state;
    const cors_policy *policy = policy_of(paths);
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        assert_false(is_ambiguous(policy, targets[i]));
        assert_false(is_ambiguous(NULL, targets[i]));
    }
    cors_policy_destroy(policy, &heap);
}

/* Decoded bytes select a policy, too, and dots inside a file's name count only there. */
static void test_exact_paths(void **state) {
    static const char *const paths[] = {"/api/*", "/api/a.json", "/caf\xC3\xA9/*", NULL};
    (void)state;
    const cors_policy *policy = policy_of(paths);
    assert_true(is_ambiguous(policy, "/api/a%2ejson"));
    assert_false(is_ambiguous(policy, "/api/b%2ejson"));
    assert_false(is_ambiguous(policy, "/caf%C3%A9/a%2fb"));
    assert_true(is_ambiguous(policy, "/caf%C3%A9%2fb"));
    cors_policy_destroy(policy, &heap);
}

/* Who leaves a byte encoded sees its code, not nothing. */
static void test_encoded_bytes_stay(void **state) {
    static const char *const paths[] = {"/ab*", "/c*", NULL};
    (void)state;
    const cors_policy *policy = policy_of(paths);
    assert_false(is_ambiguous(policy, "/a%2fb"));
    assert_false(is_ambiguous(policy, "/a%2eb"));
    assert_false(is_ambiguous(policy, "/a%5cb"));
    assert_false(is_ambiguous(policy, "/ab%2fc"));
    assert_true(is_ambiguous(policy, "/a%2562")); /* decoded twice */
    cors_policy_destroy(policy, &heap);
}

static void test_normalized_paths(void **state) {
    static const struct {
        const char *target;
        const char *path;
    } cases[] = {
        {"/", "/"},
        {"/a/b?c=/../d", "/a/b"},
        {"/a/../b/./c", "/b/c"},
        {"/a/%2e%2E/b", "/b"},
        {"/a%2fb", "/a/b"},
        {"//a///b/", "/a/b/"},
        {"/a/..", "/"},
        {"/../../a", "/a"},
        {"/caf%C3%A9", "/caf\xC3\xA9"},
        {"/%01%10%0f%F0", "/\x01\x10\x0f\xF0"},
        {"/a%2", "/a%2"},
        {"/a%25b", "/a%b"},
        {"/a#b", "/a"},
        {"*", "*"},
        {"", ""},
        {"http://api.example/a/../b?c", "/b"},
        {"http://api.example?a", "/"},
        {"http://api.example", "/"},
        {"/http://api.example/a", "/http:/api.example/a"},
    };
    char buffer[64];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cors_slice path = cors_target_path(slice(cases[i].target), buffer);
        assert_int_equal(path.size, strlen(cases[i].path));
        assert_memory_equal(path.data, cases[i].path, path.size);
    }
}

/* What a target in absolute form names is judged as that of one in origin form. */
static void test_absolute_targets(void **state) {
    (void)state;
    const cors_policy *policy = policy_of(two_paths);
    assert_true(is_ambiguous(policy, "http://api.example/public/..%2fadmin/"));
    assert_false(is_ambiguous(policy, "http://api.example/public/a"));
    assert_true(cors_target_is_plain(CORS_SLICE("http://api.example/public/a")));
    cors_policy_destroy(policy, &heap);
}

/* All that 32 KiB can hold takes a number of steps that the size bounds. */
static void test_large_targets(void **state) {
    static const char *const pieces[] = {"/..", "/%2e%2e", "/a/%252e%252e%252f", "/#\\..%5c"};
    static char target[32769];
    (void)state;
    const cors_policy *policy = policy_of(two_paths);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t size = strlen(pieces[i]);
        size_t used = 0;
        for (; used + size < sizeof target; used += size) {
            memcpy(target + used, pieces[i], size);
        }
        target[used] = '\0';
        assert_false(is_ambiguous(policy, target));
    }
    cors_policy_destroy(policy, &heap);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_covering_path),      cmocka_unit_test(test_exact_covering_path),
        cmocka_unit_test(test_plain_targets),      cmocka_unit_test(test_ambiguous_targets),
        cmocka_unit_test(test_one_policy_for_all), cmocka_unit_test(test_exact_paths),
        cmocka_unit_test(test_encoded_bytes_stay), cmocka_unit_test(test_large_targets),
        cmocka_unit_test(test_normalized_paths),   cmocka_unit_test(test_absolute_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
