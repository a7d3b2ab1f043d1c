/* SPDX-License-Identifier: MIT */
#include <cors/cors.h>

#include <stdlib.h>
#include <sys/mman.h>

#include "policy_block.h"

#include "case_policy.h"
#include "case_request.h"
#include "case_table.h"

static const char policy_lines[] = "policy\npath /api/*\n"
                                   "allow_origins https://a.example\n"
                                   "allow_origins https://*.b.example\n"
                                   "allow_origins https://pr-*.c.example:*\n"
                                   "allow_origins http://localhost:*\n"
                                   "accept_risks loopback-in-production\n"
                                   "allow_methods PUT\nallow_methods DELETE\n"
                                   "allow_headers X-One\nallow_headers Content-Type\n"
                                   "expose_headers X-Request-Id\nexpose_headers ETag\n"
                                   "allow_credentials true\nmax_age 10m\npreflight_status 200\n"
                                   "policy\npath /public\nallow_origins *\nallow_methods *\n"
                                   "allow_headers *\nallow_headers authorization\nmax_age 0\n"
                                   "policy\npath /open/*\nallow_origins https://a.example\n"
                                   "allow_methods *\nallow_headers *\nallow_credentials true\n"
                                   "policy\npath /plain\nallow_origins https://a.example\n";

#define PREFLIGHT(path, origin, method)                                                            \
    "OPTIONS " path "\nOrigin: " origin "\nAccess-Control-Request-Method: " method
#define FOR_HEADERS "\nAccess-Control-Request-Headers: "
#define VARY_ON_OPTIONS "\nVary: Access-Control-Request-Method, Access-Control-Request-Headers"

/* What the block says of each key, as it comes out in answers. */
static const struct {
    const char *request;
    const char *answer;
} answers[] = {
    {PREFLIGHT("/api/x", "https://a.example", "DELETE") FOR_HEADERS "x-one, content-type",
     "preflight allowed allowed 200\n"
     "Access-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Allow-Credentials: true\n"
     "Access-Control-Allow-Methods: PUT, DELETE\n"
     "Access-Control-Allow-Headers: X-One, Content-Type\n"
     "Access-Control-Max-Age: 600" VARY_ON_OPTIONS ", Origin"},
    {PREFLIGHT("/api/x", "https://a.example", "PATCH"),
     "preflight denied method-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {PREFLIGHT("/api/x", "https://a.example", "PUT") FOR_HEADERS "x-two",
     "preflight denied header-not-allowed 403" VARY_ON_OPTIONS ", Origin"},
    {"GET /api/x\nOrigin: https://x.y.b.example",
     "actual allowed allowed 0\n"
     "Access-Control-Allow-Origin: https://x.y.b.example\n"
     "Access-Control-Allow-Credentials: true\n"
     "Access-Control-Expose-Headers: X-Request-Id, ETag\nVary: Origin"},
    {"GET /api/x\nOrigin: https://pr-1.c.example:7",
     "actual allowed allowed 0\n"
     "Access-Control-Allow-Origin: https://pr-1.c.example:7\n"
     "Access-Control-Allow-Credentials: true\n"
     "Access-Control-Expose-Headers: X-Request-Id, ETag\nVary: Origin"},
    {"GET /api/x\nOrigin: https://b.example",
     "actual denied origin-not-allowed 0 blocked\nVary: Origin"},
    {PREFLIGHT("/public", "https://any.example", "PATCH") FOR_HEADERS "authorization,x",
     "preflight allowed allowed 204\n"
     "Access-Control-Allow-Origin: *\n"
     "Access-Control-Allow-Methods: *\n"
     "Access-Control-Allow-Headers: *, Authorization\n"
     "Access-Control-Max-Age: 0" VARY_ON_OPTIONS},
    {PREFLIGHT("/open/x", "https://a.example", "PATCH") FOR_HEADERS "authorization,x",
     "preflight allowed allowed 204\n"
     "Access-Control-Allow-Origin: https://a.example\n"
     "Access-Control-Allow-Credentials: true\n"
     "Access-Control-Allow-Methods: PATCH\n"
     "Access-Control-Allow-Headers: authorization, x" VARY_ON_OPTIONS ", Origin"},
    {PREFLIGHT("/plain", "https://a.example", "GET"),
     "preflight allowed allowed 204\n"
     "Access-Control-Allow-Origin: https://a.example" VARY_ON_OPTIONS ", Origin"},
    {"GET /public/not\nOrigin: https://a.example", "no-policy none no-policy 0"},
};

static void blocks_hold_what_the_policies_say(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    for (size_t i = 0; i < ROWS(answers); i++) {
        case_request_expect(made.policy, answers[i].request, answers[i].answer);
    }
    assert_int_equal(made.policy->magic, POLICY_MAGIC);
    assert_int_equal(made.policy->layout, POLICY_LAYOUT);
    assert_memory_equal(made.policy, "cors", 4);
    case_policy_end(&made);
}

/*
 * The parent of a route is the one with the longest literal among those that begin its own, so that
 * a path is matched along its own literals only, however many others there are.
 */
static void parents_begin_their_routes(void **state) {
    static const char *const paths[] = {"/a/*",   "/a/b*", "/a/b/c/d/*", "/a/b/c",  "/a/c/*",
                                        "/a/b/*", "/a",    "/b/x",       "/a/b/c*", "/b/*"};
    char lines[512];
    size_t size = 0;
    struct case_policy made;
    (void)state;
    for (size_t i = 0; i < ROWS(paths); i++) {
        size += (size_t)snprintf(lines + size, sizeof lines - size,
                                 "policy\npath %s\nallow_origins *\n", paths[i]);
    }
    case_policy_build_sound(&made, lines);
    const struct route *routes = policy_routes(made.policy);
    assert_int_equal(made.policy->route_count, ROWS(paths));
    for (uint32_t i = 0; i < ROWS(paths); i++) {
        cors_slice literal = policy_text(made.policy, routes[i].path);
        uint32_t wanted = ROUTE_NONE;
        for (uint32_t j = 0; j < i; j++) {
            if (slice_starts_with(literal, policy_text(made.policy, routes[j].path))) {
                wanted = j; /* sorted by path: the last is the longest */
            }
        }
        assert_int_equal(routes[i].parent, wanted);
    }
    case_policy_end(&made);
}

/* The block holds no pointer: its copy serves when the original is overwritten and gone. */
static void copies_decide_as_the_original(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    size_t size = cors_policy_size(made.policy);
    char *memory = case_take(size + 64);
    for (size_t shift = 8; shift <= 64; shift += 56) {
        cors_policy *copy = (cors_policy *)(void *)(memory + shift);
        memcpy(copy, made.policy, size);
        if (shift == 64) {
            memset((void *)(uintptr_t)made.policy, 0xEE, size);
            case_policy_end(&made);
        }
        assert_int_equal(cors_policy_size(copy), size);
        for (size_t i = 0; i < ROWS(answers); i++) {
            case_request_expect(copy, answers[i].request, answers[i].answer);
        }
    }
    free(memory);
}

/* The policy outlives its builder, and the texts that it was built from. */
static void policies_own_their_texts(void **state) {
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    char *lines = case_take(sizeof policy_lines);
    cors_builder *builder;
    const cors_policy *policy;
    (void)state;
    memcpy(lines, policy_lines, sizeof policy_lines);
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    assert_int_equal(case_policy_add(builder, lines), CORS_OK);
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_destroy(builder);
    memset(lines, 0xEE, sizeof policy_lines);
    free(lines);
    assert_int_equal(memory.live, 1);
    for (size_t i = 0; i < ROWS(answers); i++) {
        case_request_expect(policy, answers[i].request, answers[i].answer);
    }
    cors_policy_destroy(policy, &options.allocator);
    assert_int_equal(memory.live, 0);
    cors_policy_destroy(NULL, &options.allocator);
}

enum { ORIGINS = 100000, BYTES_AN_ORIGIN = 64 };

static void a_hundred_thousand_origins_are_small_and_found(void **state) {
    static char texts[ORIGINS][32];
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    const cors_policy *policy;
    size_t text_size = 0;
    (void)state;
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    for (uint32_t i = 0; i < ORIGINS; i++) {
        int size = snprintf(texts[i], sizeof texts[i], "https://t%u.example", i);
        cors_slice origin = {texts[i], (size_t)size};
        text_size += origin.size;
        assert_int_equal(
            cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, origin, (cors_position){0, i + 1, 1}),
            CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_OK);
    cors_builder_destroy(builder);
    size_t size = cors_policy_size(policy);
    if (size > text_size + (size_t)BYTES_AN_ORIGIN * ORIGINS) {
        fail_msg("%zu bytes for %zu bytes of text", size, text_size);
    }
    for (uint32_t i = 0; i < ORIGINS + 10; i++) {
        char text[32];
        char buffer[CORS_ENTRY_MAX];
        cors_slice entry;
        snprintf(text, sizeof text, "https://t%u.example", i);
        bool found =
            cors_policy_find_origin(policy, CORS_SLICE("/"), case_slice(text), buffer, &entry);
        expect_number(text, "allowed", found, i < ORIGINS);
    }
    cors_policy_destroy(policy, &options.allocator);
    assert_int_equal(memory.live, 0);
}

/* Texts that are together longer than a block can be; nothing is written before that is known. */
static void blocks_end_at_four_gigabytes(void **state) {
    enum { TEXTS = 5 };
    const size_t size = (size_t)1 << 30;
    struct case_memory memory = {.asked = 0};
    cors_builder_options options = case_policy_options(&memory);
    cors_builder *builder;
    const cors_policy *policy;
    (void)state;
    void *zeros = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(zeros != MAP_FAILED);
    assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
    assert_int_equal(case_policy_add(builder, "allow_origins https://a.example"), CORS_OK);
    for (int i = 0; i < TEXTS; i++) {
        assert_int_equal(cors_builder_add(builder, CORS_KEY_EXPOSE_HEADERS,
                                          (cors_slice){zeros, size}, (cors_position){0, 2, 1}),
                         CORS_OK);
    }
    assert_int_equal(cors_builder_finish(builder, &policy), CORS_TOO_LARGE);
    assert_null(policy);
    cors_builder_destroy(builder);
    assert_int_equal(memory.live, 0);
    assert_int_equal(munmap(zeros, size), 0);
}

/* A name that no record can hold is an error like any other that is too long. */
static void names_that_fit_no_record_are_refused(void **state) {
    static const cors_key keys[] = {CORS_KEY_ALLOW_METHODS, CORS_KEY_ALLOW_HEADERS,
                                    CORS_KEY_ALLOW_ORIGINS, CORS_KEY_EXPOSE_HEADERS};
    static char name[70000];
    (void)state;
    memset(name, 'A', sizeof name);
    for (size_t i = 0; i < ROWS(keys); i++) {
        struct case_memory memory = {.asked = 0};
        cors_builder_options options = case_policy_options(&memory);
        cors_builder *builder;
        const cors_policy *policy;
        assert_int_equal(cors_builder_create(&options, &builder), CORS_OK);
        assert_int_equal(case_policy_add(builder, "allow_origins https://a.example\nmax_age 1"),
                         CORS_OK);
        assert_int_equal(cors_builder_add(builder, keys[i], (cors_slice){name, sizeof name},
                                          (cors_position){0, 3, 1}),
                         CORS_OK);
        assert_int_equal(cors_builder_finish(builder, &policy), CORS_INVALID);
        size_t count;
        const cors_problem *problems = cors_builder_problems(builder, &count);
        assert_int_equal(count, 1);
        assert_int_equal(problems[0].position.line, 3);
        assert_true(problems[0].message.size < 512);
        cors_builder_destroy(builder);
        assert_int_equal(memory.live, 0);
    }
}

/* Equal names are held once, in whatever case; the answer lists what was written. */
static void repeated_names_are_answered_as_written(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, "allow_origins https://a.example\nmax_age 1\n"
                                   "allow_methods PUT\nallow_methods PUT\n"
                                   "allow_headers X-A\nallow_headers x-a");
    case_request_expect(made.policy, PREFLIGHT("/", "https://a.example", "PUT") FOR_HEADERS "X-a",
                        "preflight allowed allowed 204\n"
                        "Access-Control-Allow-Origin: https://a.example\n"
                        "Access-Control-Allow-Methods: PUT, PUT\n"
                        "Access-Control-Allow-Headers: X-A, x-a\n"
                        "Access-Control-Max-Age: 1" VARY_ON_OPTIONS ", Origin");
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_hold_what_the_policies_say),
        cmocka_unit_test(parents_begin_their_routes),
        cmocka_unit_test(copies_decide_as_the_original),
        cmocka_unit_test(policies_own_their_texts),
        cmocka_unit_test(a_hundred_thousand_origins_are_small_and_found),
        cmocka_unit_test(blocks_end_at_four_gigabytes),
        cmocka_unit_test(names_that_fit_no_record_are_refused),
        cmocka_unit_test(repeated_names_are_answered_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
