/* SPDX-License-Identifier: MIT */
/*
 * Nothing allocates while requests are judged. The linker sends every malloc(), calloc() and
 * realloc() of this program and of the library in it through here (see meson.build), and the
 * caller's allocator counts too.
 */
#include <cors/cors.h>

#include <stdlib.h>

#include "case_policy.h"
#include "case_request.h"
#include "case_table.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

/* Volatile, since compilers know that malloc() changes no variable of a program's. */
static volatile size_t allocations;

void *__wrap_malloc(size_t size) {
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    allocations++;
    return __real_realloc(memory, size);
}

enum { ORIGINS = 10000 };

static void add(cors_builder *builder, cors_key key, const char *value) {
    assert_int_equal(cors_builder_add(builder, key, case_slice(value), (cors_position){0, 1, 1}),
                     CORS_OK);
}

/* Ten thousand origins and some patterns, with credentials, so that preflights are echoed. */
static const cors_policy *build_large_policy(struct case_memory *memory) {
    static char origins[ORIGINS][40];
    cors_builder_options options = case_policy_options(memory);
    cors_builder *builder;
    const cors_policy *policy;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    add(builder, CORS_KEY_PATH, "/api/*");
    for (size_t i = 0; i < ORIGINS; i++) {
        snprintf(origins[i], sizeof origins[i], "https://tenant-%zu.example", i);
        add(builder, CORS_KEY_ALLOW_ORIGINS, origins[i]);
    }
    add(builder, CORS_KEY_ALLOW_ORIGINS, "https://*.wild.example");
    add(builder, CORS_KEY_ALLOW_ORIGINS, "https://pr-*.one.example:*");
    add(builder, CORS_KEY_ALLOW_METHODS, "*");
    add(builder, CORS_KEY_ALLOW_HEADERS, "*");
    add(builder, CORS_KEY_EXPOSE_HEADERS, "X-Request-Id");
    add(builder, CORS_KEY_ALLOW_CREDENTIALS, "true");
    add(builder, CORS_KEY_MAX_AGE, "10m");
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_destroy(builder);
    return policy;
}

static void the_count_counts(void **state) {
    (void)state;
    size_t before = allocations;
    char *volatile taken = malloc(1);
    assert_int_equal(allocations, before + 1);
    taken = realloc(taken, 2);
    assert_int_equal(allocations, before + 2);
    free(taken);
    taken = calloc(1, 1);
    assert_int_equal(allocations, before + 3);
    free(taken);
    struct case_memory memory = {.asked = 0};
    const cors_policy *policy = build_large_policy(&memory);
    assert_true(allocations > before + 3);
    cors_allocator allocator = case_allocator(&memory);
    cors_policy_destroy(policy, &allocator);
}

static const char *const requests[] = {
    "GET /other\nOrigin: https://tenant-1.example",
    "GET /api/a",
    "GET /api/a\nOrigin: null",
    "GET /api/a\nOrigin: https://tenant-9999.example",
    "GET /api/a\nOrigin: https://tenant-10000.example\nHost: tenant-10000.example",
    "GET /api/a\nOrigin: https://a.b.wild.example",
    "GET /api/a\nOrigin: https://pr-7.one.example:8443\nSec-Fetch-Site: cross-site",
    "GET /api/a\nOrigin: https://a.example/\nOrigin: https://b.example",
    "OPTIONS /api/a\nOrigin: https://tenant-5.example\nAccess-Control-Request-Method: PATCH\n"
    "Access-Control-Request-Headers: authorization, content-type, x-a",
    "OPTIONS /api/a\nOrigin: https://tenant-5.example\nAccess-Control-Request-Method: PATCH\n"
    "Access-Control-Request-Headers: a\nAccess-Control-Request-Headers: b,c d",
    "OPTIONS /api/a\nOrigin: https://tenant-5.example\nAccess-Control-Request-Method: (",
};

/* Judges a request and asks all there is to ask about it. */
static void judge(const cors_policy *policy, const char *text) {
    static const char target[] = "/api/..%2f//%252e/x\\y?q";
    cors_request request;
    cors_decision decision;
    char buffer[CORS_ENTRY_MAX];
    char scratch[sizeof target];
    cors_slice found;
    case_request_read(&request, policy, text);
    cors_decide(&request, &decision);
    cors_decision_blocks(&decision);
    cors_decision_logged_reason(&decision);
    cors_header_is_owned(CORS_SLICE("Access-Control-Allow-Origin"));
    cors_vary_covers(CORS_SLICE("Accept, Origin"), CORS_SLICE("Origin"));
    cors_policy_find_origin(policy, CORS_SLICE("/api/x"), request.origin, buffer, &found);
    cors_policy_find_path(policy, CORS_SLICE("/api/x"), &found);
    cors_target_is_plain(case_slice(target));
    cors_target_is_ambiguous(policy, case_slice(target), scratch);
}

static bool count_entry(void *context, cors_slice path, cors_slice entry) {
    (void)path;
    (void)entry;
    (*(size_t *)context)++;
    return true;
}

static void judging_allocates_nothing(void **state) {
    struct case_memory memory = {.asked = 0};
    (void)state;
    const cors_policy *policy = build_large_policy(&memory);
    size_t asked = memory.asked;
    size_t before = allocations;
    for (size_t i = 0; i < ROWS(requests); i++) {
        judge(policy, requests[i]);
        assert_int_equal(allocations, before);
    }
    size_t entries = 0;
    cors_policy_each_origin(policy, count_entry, &entries);
    assert_int_equal(entries, ORIGINS + 2);
    assert_int_equal(allocations, before);
    assert_int_equal(memory.asked, asked);
    cors_allocator allocator = case_allocator(&memory);
    cors_policy_destroy(policy, &allocator);
    assert_int_equal(memory.live, 0);
}

/* As many names as a preflight may have, all echoed. */
static void the_largest_echo_allocates_nothing(void **state) {
    static char value[CORS_REQUEST_HEADERS_BYTES_MAX];
    struct case_memory memory = {.asked = 0};
    cors_request request;
    cors_decision decision;
    (void)state;
    const cors_policy *policy = build_large_policy(&memory);
    for (size_t i = 0; i < sizeof value; i++) {
        value[i] = i % 64 == 63 ? ',' : 'x';
    }
    size_t before = allocations;
    cors_request_begin(&request, policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/api/x"));
    cors_request_add_header(&request, CORS_SLICE("Origin"), CORS_SLICE("https://tenant-7.example"));
    cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                            CORS_SLICE("PUT"));
    cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"),
                            (cors_slice){value, sizeof value});
    cors_decide(&request, &decision);
    assert_int_equal(allocations, before);
    assert_int_equal(decision.reason, CORS_REASON_ALLOWED);
    assert_int_equal(decision.fields[3].value.size, 256 * 63 + 255 * 2);
    cors_allocator allocator = case_allocator(&memory);
    cors_policy_destroy(policy, &allocator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_count_counts),
        cmocka_unit_test(judging_allocates_nothing),
        cmocka_unit_test(the_largest_echo_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
