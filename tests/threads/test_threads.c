/* SPDX-License-Identifier: MIT */
/*
 * The library in many threads at once: each must get what one thread alone gets. Under
 * ThreadSanitizer (test_thread_sanitizer.py) any access that races fails, too.
 */
#include <cors/cors.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest.h"
#include "policyfile.h"
#include "shared_policy.h"

/* A slice where a constant is needed. */
#define STATIC_SLICE(text)                                                                         \
    { text, sizeof(text) - 1 }

enum {
    THREADS = 8,
    ROUNDS = 200,
    REPLACEMENTS = 300,
};

/* What one thread does in a round; the answer must be the same in each. */
typedef uint64_t work_done(const void *context, unsigned round);

struct team {
    work_done *work;
    const void *context;
    const uint64_t *wanted; /* by round */
    pthread_barrier_t start;
    atomic_uint wrong;
};

static void *run_member(void *argument) {
    struct team *team = argument;
    pthread_barrier_wait(&team->start);
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (team->work(team->context, round) != team->wanted[round]) {
            atomic_fetch_add(&team->wrong, 1);
        }
    }
    return NULL;
}

/* Does the work alone, and then in all threads at once; fails where they differ. */
static void expect_same_in_all_threads(work_done *work, const void *context) {
    static uint64_t wanted[ROUNDS];
    struct team team = {.work = work, .context = context, .wanted = wanted};
    pthread_t threads[THREADS];
    for (unsigned round = 0; round < ROUNDS; round++) {
        wanted[round] = work(context, round);
    }
    assert_int_equal(pthread_barrier_init(&team.start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, run_member, &team), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    pthread_barrier_destroy(&team.start);
    assert_int_equal(atomic_load(&team.wrong), 0);
}

static const char policy_text[] =
    "policies:\n"
    "  - allow_origins: ['https://app.example.com', 'https://*.apps.example.com',\n"
    "      'https://b\xc3\xbc"
    "cher.example']\n"
    "    allow_methods: [GET, PUT]\n"
    "    allow_headers: [X-Team, Content-Type]\n"
    "    allow_credentials: true\n"
    "    max_age: 10m\n"
    "  - path: /public/\n"
    "    allow_origins: ['*']\n";

static const cors_policy *load(cors_slice text, const char *environment) {
    cors_builder *builder;
    const cors_policy *policy;
    cors_status status =
        cors_policyfile_load_text(text, "policy.yaml", environment, &builder, &policy);
    cors_builder_destroy(builder);
    return status == CORS_OK ? policy : NULL;
}

static void destroy(const cors_policy *policy) {
    cors_policy_destroy(policy, &cors_heap);
}

static const cors_policy *load_policy(void) {
    const cors_policy *policy = load((cors_slice)STATIC_SLICE(policy_text), "production");
    assert_non_null(policy);
    return policy;
}

static uint64_t digest_decision(const cors_decision *decision) {
    uint64_t digest = digest_number(DIGEST_START, (uint64_t)decision->reason);
    digest = digest_number(digest, (uint64_t)decision->status);
    for (size_t i = 0; i < decision->field_count; i++) {
        digest = digest_slice(digest, decision->fields[i].name);
        digest = digest_slice(digest, decision->fields[i].value);
    }
    for (size_t i = 0; i < decision->vary_count; i++) {
        digest = digest_slice(digest, decision->vary[i]);
    }
    return digest;
}

static uint64_t decide(const void *context, unsigned round) {
    static const cors_slice origins[] = {
        STATIC_SLICE("https://app.example.com"),
        STATIC_SLICE("https://team-7.apps.example.com"),
        STATIC_SLICE("https://xn--bcher-kva.example"),
        STATIC_SLICE("https://evil.example"),
        STATIC_SLICE("null"),
    };
    static const cors_slice paths[] = {STATIC_SLICE("/a"), STATIC_SLICE("/public/b")};
    cors_request request;
    cors_decision decision;
    bool preflight = round % 3 == 0;
    cors_request_begin(&request, context, preflight ? CORS_SLICE("OPTIONS") : CORS_SLICE("GET"),
                       paths[round % 2]);
    cors_request_add_header(&request, CORS_SLICE("Origin"), origins[round % 5]);
    if (preflight) {
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                                CORS_SLICE("PUT"));
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"),
                                CORS_SLICE("content-type,x-team"));
    }
    cors_decide(&request, &decision);
    return digest_decision(&decision);
}

static void decisions_by_one_policy(void **state) {
    (void)state;
    const cors_policy *policy = load_policy();
    expect_same_in_all_threads(decide, policy);
    destroy(policy);
}

static uint64_t fetch(const void *context, unsigned round) {
    (void)context;
    static const cors_field granted[] = {
        {STATIC_SLICE("Access-Control-Allow-Origin"), STATIC_SLICE("https://app.test")},
        {STATIC_SLICE("Access-Control-Allow-Methods"), STATIC_SLICE("PUT")},
    };
    char memory[CORS_FETCH_MEMORY];
    char message[1024];
    cors_call call = {.page = CORS_SLICE("https://app.test"),
                      .url = CORS_SLICE("https://api.test/x"),
                      .method = round % 2 == 0 ? CORS_SLICE("PUT") : CORS_SLICE("GET")};
    cors_response answer = {
        .status = round % 5 == 0 ? 500 : 204, .fields = granted, .field_count = round % 3};
    cors_fetch *running;
    if (cors_fetch_begin(memory, sizeof memory, &call, (cors_browser)(round % 4), NULL, 0,
                         &running) != CORS_OK) {
        return 0;
    }
    for (int step = 0; step < 3 && cors_fetch_step(running) != CORS_STEP_DONE; step++) {
        if (cors_fetch_answer(running, &answer, 1) != CORS_OK) {
            return 0;
        }
    }
    const cors_result *result = cors_fetch_result(running);
    uint64_t digest = digest_number(DIGEST_START, (uint64_t)result->code);
    if (result->code != CORS_CODE_OK) {
        size_t size =
            cors_failure_message(&result->failure, CORS_BROWSER_CHROMIUM, message, sizeof message);
        digest = digest_slice(digest, (cors_slice){message, size});
    }
    return digest;
}

static void calls_of_a_browser(void **state) {
    (void)state;
    expect_same_in_all_threads(fetch, NULL);
}

static uint64_t explain(const void *context, unsigned round) {
    (void)context;
    static const cors_slice messages[] = {
        STATIC_SLICE("Access to fetch at 'https://api.test/x' from origin 'https://app.test' has "
                     "been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is "
                     "present on the requested resource."),
        STATIC_SLICE("Cross-Origin Request Blocked: The Same Origin Policy disallows reading the "
                     "remote resource at https://api.test/x. (Reason: CORS header "
                     "\xe2\x80\x98"
                     "Access-Control-Allow-Origin\xe2\x80\x99 missing). Status code: 200."),
        STATIC_SLICE("no message of any browser"),
    };
    cors_explanation explanation;
    if (!cors_explain(messages[round % 3], &explanation)) {
        return 1;
    }
    uint64_t digest = digest_number(DIGEST_START, (uint64_t)explanation.code);
    return digest_slice(digest, explanation.named.url);
}

static void messages_explained(void **state) {
    (void)state;
    expect_same_in_all_threads(explain, NULL);
}

/* With libyaml, libpsl and libidn2, which have state of their own. */
static uint64_t load_and_compare(const void *context, unsigned round) {
    (void)round;
    const cors_policy *policy = load((cors_slice)STATIC_SLICE(policy_text), "production");
    if (policy == NULL) {
        return 0;
    }
    bool same = cors_policy_size(policy) == cors_policy_size(context) &&
                memcmp(policy, context, cors_policy_size(policy)) == 0;
    destroy(policy);
    return same;
}

static void policies_loaded(void **state) {
    (void)state;
    const cors_policy *policy = load_policy();
    assert_int_equal(load_and_compare(policy, 0), 1);
    expect_same_in_all_threads(load_and_compare, policy);
    destroy(policy);
}

static uint64_t open_and_decide(const void *context, unsigned round) {
    const cors_policy *policy = context;
    const cors_policy *opened;
    if (cors_policy_open(policy, cors_policy_size(policy), &opened, NULL) != CORS_OK) {
        return 0;
    }
    return decide(opened, round);
}

static void compiled_policies_opened(void **state) {
    (void)state;
    const cors_policy *policy = load_policy();
    assert_int_not_equal(open_and_decide(policy, 0), 0);
    expect_same_in_all_threads(open_and_decide, policy);
    destroy(policy);
}

/* The policy of a generation allows the origin of that generation alone, and is named after it. */
static const cors_policy *policy_of_generation(unsigned generation) {
    char text[128];
    char name[32];
    int size = snprintf(text, sizeof text,
                        "policies:\n  - allow_origins: ['https://g%u.example']\n", generation);
    (void)snprintf(name, sizeof name, "%u", generation);
    return load((cors_slice){text, (size_t)size}, name);
}

static bool is_allowed(const cors_policy *policy, unsigned generation) {
    char origin[64];
    cors_request request;
    cors_decision decision;
    int size = snprintf(origin, sizeof origin, "https://g%u.example", generation);
    cors_request_begin(&request, policy, CORS_SLICE("GET"), CORS_SLICE("/"));
    cors_request_add_header(&request, CORS_SLICE("Origin"), (cors_slice){origin, (size_t)size});
    cors_decide(&request, &decision);
    return decision.verdict == CORS_VERDICT_ALLOWED && decision.field_count > 0 &&
           decision.fields[0].value.size == (size_t)size &&
           memcmp(decision.fields[0].value.data, origin, (size_t)size) == 0;
}

static unsigned generation_of(const cors_policy *policy) {
    char name[32] = "";
    cors_slice environment = cors_policy_environment(policy);
    memcpy(name, environment.data, environment.size < sizeof name ? environment.size : 0);
    return (unsigned)strtoul(name, NULL, 10);
}

struct readers {
    struct shared_policy shared;
    atomic_bool over;
    atomic_uint decided;
    atomic_uint wrong;
};

static void *read_policies(void *argument) {
    struct readers *readers = argument;
    unsigned newest = 0;
    do {
        struct held_policy *held = shared_policy_hold(&readers->shared);
        unsigned generation = generation_of(held->policy);
        bool right = generation >= newest && is_allowed(held->policy, generation) &&
                     !is_allowed(held->policy, generation + 1);
        newest = generation;
        shared_policy_let_go(&readers->shared, held);
        atomic_fetch_add(&readers->decided, 1);
        atomic_fetch_add(&readers->wrong, right ? 0 : 1);
    } while (!atomic_load(&readers->over));
    return NULL;
}

static void policy_replaced_under_readers(void **state) {
    (void)state;
    struct readers readers = {.over = false};
    pthread_t threads[THREADS];
    assert_true(shared_policy_begin(&readers.shared, policy_of_generation(1), destroy));
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_policies, &readers), 0);
    }
    for (unsigned generation = 2; generation <= REPLACEMENTS; generation++) {
        const cors_policy *policy = policy_of_generation(generation);
        assert_non_null(policy);
        assert_true(shared_policy_replace(&readers.shared, policy));
    }
    atomic_store(&readers.over, true);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(generation_of(readers.shared.current->policy), REPLACEMENTS);
    shared_policy_end(&readers.shared);
    assert_true(atomic_load(&readers.decided) >= THREADS);
    assert_int_equal(atomic_load(&readers.wrong), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_by_one_policy),  cmocka_unit_test(calls_of_a_browser),
        cmocka_unit_test(messages_explained),       cmocka_unit_test(policies_loaded),
        cmocka_unit_test(compiled_policies_opened), cmocka_unit_test(policy_replaced_under_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
