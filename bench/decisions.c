/* SPDX-License-Identifier: MIT */
/*
 * How long a decision takes. Every workload runs in turn, round after round, so that what else the
 * machine does falls on all alike. Prints a JSON line for each: the nanoseconds a decision of every
 * round.
 *
 *     decisions ROUNDS
 */
#include <cors/cors.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPEATS = 20000, ADVERSARIAL_REPEATS = 400, ADVERSARIAL_BYTES = 16384, ORIGIN_BYTES = 48 };

static void *allocate(void *context, size_t size) {
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory) {
    (void)context;
    free(memory);
}

static const cors_allocator heap = {allocate, release, NULL};

/* A policy with `count` origins, and the one that requests use. */
struct policy {
    size_t count;
    const cors_policy *compiled;
    char last[ORIGIN_BYTES];
};

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static void require(cors_status status) {
    if (status != CORS_OK) {
        (void)fprintf(stderr, "decisions: the policy is refused (%d)\n", (int)status);
        exit(EXIT_FAILURE);
    }
}

static void add_list(cors_builder *builder, cors_key key, const char *const *values) {
    cors_position nowhere = {0, 1, 1};
    for (; *values != NULL; values++) {
        require(cors_builder_add(builder, key, slice(*values), nowhere));
    }
}

static void build(struct policy *policy) {
    static const char *const methods[] = {"PUT", "PATCH", "DELETE", NULL};
    static const char *const headers[] = {"Authorization", "Content-Type", "X-Requested-With",
                                          "X-Trace-Id", NULL};
    cors_builder_options options = {.allocator = heap};
    cors_builder *builder;
    cors_position nowhere = {0, 1, 1};
    char(*origins)[ORIGIN_BYTES] = malloc(policy->count * sizeof *origins);
    if (origins == NULL) {
        exit(EXIT_FAILURE);
    }
    require(cors_builder_create(&options, &builder));
    for (size_t i = 0; i < policy->count; i++) {
        (void)snprintf(origins[i], ORIGIN_BYTES, "https://tenant-%06zu.example.com", i);
        require(cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, slice(origins[i]), nowhere));
    }
    memcpy(policy->last, origins[policy->count - 1], ORIGIN_BYTES);
    add_list(builder, CORS_KEY_ALLOW_METHODS, methods);
    add_list(builder, CORS_KEY_ALLOW_HEADERS, headers);
    require(cors_builder_finish(builder, &policy->compiled));
    cors_builder_destroy(builder);
    free(origins);
}

/* A request as its field lines. */
struct request {
    const char *name;
    const char *method;
    cors_field fields[4];
    size_t count;
    bool adversarial;
};

static cors_verdict judge(const cors_policy *policy, const struct request *work) {
    cors_request request;
    cors_decision decision;
    cors_request_begin(&request, policy, slice(work->method), CORS_SLICE("/api/items/1"));
    for (size_t i = 0; i < work->count; i++) {
        cors_request_add_header(&request, work->fields[i].name, work->fields[i].value);
    }
    cors_decide(&request, &decision);
    return decision.verdict;
}

static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Nanoseconds a decision; `sum` keeps the compiler from leaving the work out. */
static double measure(const cors_policy *policy, const struct request *work, unsigned long *sum) {
    size_t repeats = work->adversarial ? ADVERSARIAL_REPEATS : REPEATS;
    double start = now();
    for (size_t i = 0; i < repeats; i++) {
        *sum += (unsigned long)judge(policy, work);
    }
    return (now() - start) / (double)repeats;
}

enum { REQUESTS = 4, POLICIES = 4 };

static void set_requests(struct request requests[REQUESTS], const char *allowed,
                         const char *adversarial) {
    cors_field host = {CORS_SLICE("Host"), CORS_SLICE("api.example.com")};
    cors_field origin = {CORS_SLICE("Origin"), slice(allowed)};
    cors_field other = {CORS_SLICE("Origin"), CORS_SLICE("https://tenant-00000x.example.com")};
    cors_field method = {CORS_SLICE("Access-Control-Request-Method"), CORS_SLICE("PUT")};
    cors_field headers = {CORS_SLICE("Access-Control-Request-Headers"),
                          CORS_SLICE("authorization,content-type,x-requested-with")};
    cors_field hostile = {headers.name, {adversarial, ADVERSARIAL_BYTES}};
    requests[0] = (struct request){"actual, allowed", "GET", {host, origin}, 2, false};
    requests[1] = (struct request){"actual, denied", "GET", {host, other}, 2, false};
    requests[2] = (struct request){
        "preflight, three headers", "OPTIONS", {host, origin, method, headers}, 4, false};
    requests[3] = (struct request){
        "preflight, 16 KiB of commas", "OPTIONS", {host, origin, method, hostile}, 4, true};
}

int main(int argc, char **argv) {
    enum { ROUNDS_MAX = 1000 };
    static struct policy policies[POLICIES] = {
        {.count = 1}, {.count = 10}, {.count = 1000}, {.count = 100000}};
    static double rounds[POLICIES][REQUESTS][ROUNDS_MAX];
    static char adversarial[ADVERSARIAL_BYTES];
    size_t wanted = argc == 2 ? (size_t)strtoul(argv[1], NULL, 10) : 0;
    unsigned long sum = 0;
    if (wanted == 0 || wanted > ROUNDS_MAX) {
        (void)fprintf(stderr, "usage: decisions ROUNDS (1 to %d)\n", ROUNDS_MAX);
        return 2;
    }
    memset(adversarial, ',', sizeof adversarial);
    for (size_t p = 0; p < POLICIES; p++) {
        build(&policies[p]);
    }
    struct request requests[REQUESTS];
    for (size_t round = 0; round < wanted; round++) {
        for (size_t p = 0; p < POLICIES; p++) {
            set_requests(requests, policies[p].last, adversarial);
            for (size_t r = 0; r < REQUESTS; r++) {
                rounds[p][r][round] = measure(policies[p].compiled, &requests[r], &sum);
            }
        }
    }
    for (size_t p = 0; p < POLICIES; p++) {
        for (size_t r = 0; r < REQUESTS; r++) {
            (void)printf("{\"origins\":%zu,\"request\":\"%s\",\"ns\":[", policies[p].count,
                         requests[r].name);
            for (size_t round = 0; round < wanted; round++) {
                (void)printf("%s%.2f", round == 0 ? "" : ",", rounds[p][r][round]);
            }
            (void)printf("]}\n");
        }
        cors_policy_destroy(policies[p].compiled, &heap);
    }
    return sum == 0;
}
