/* SPDX-License-Identifier: MIT */
/*
 * Inputs beside an inaccessible page, once ending right before it and once beginning right behind:
 * a byte read too far, or before the first, is a crash. Every prefix of every input is tried.
 */
#include <cors/cors.h>

#include <sys/mman.h>
#include <unistd.h>

#include "case_policy.h"
#include "case_table.h"

/* A page that can be used, between two that cannot. */
struct island {
    char *pages;
    size_t page;
};

static void create_island(struct island *island) {
    island->page = (size_t)sysconf(_SC_PAGESIZE);
    void *pages = mmap(NULL, 3 * island->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    island->pages = pages;
    assert_int_equal(mprotect(island->pages + island->page, island->page, PROT_READ | PROT_WRITE),
                     0);
}

static void destroy_island(struct island *island) {
    assert_int_equal(munmap(island->pages, 3 * island->page), 0);
}

enum place { AT_START, AT_END, PLACES };

/* Copies a text to one end of the island. */
static cors_slice put(const struct island *island, enum place place, cors_slice text) {
    assert_true(text.size <= island->page);
    char *start = island->pages + island->page;
    char *at = place == AT_START ? start : start + island->page - text.size;
    if (text.size > 0) {
        memcpy(at, text.data, text.size);
    }
    return (cors_slice){at, text.size};
}

static const char policy_lines[] = "policy\n"
                                   "path /api/*\n"
                                   "accept_risks null-origin\n"
                                   "allow_origins https://app.example\n"
                                   "allow_origins https://*.deep.example\n"
                                   "allow_origins https://pr-*.one.example\n"
                                   "allow_origins https://[2001:db8::1]:*\n"
                                   "allow_origins null\n"
                                   "allow_methods *\n"
                                   "allow_headers *\n"
                                   "allow_headers Authorization\n"
                                   "allow_credentials true\n"
                                   "policy\n"
                                   "path /api/exact\n"
                                   "allow_origins *\n"
                                   "allow_methods PATCH\n"
                                   "allow_headers X-One\n"
                                   "allow_headers Content-Type\n"
                                   "max_age 10m\n";

/* Inputs of one kind, the rest of the request being sound. */
static const char *const methods[] = {"OPTIONS", "GET", "OPTIONSX"};
static const char *const paths[] = {"/api/exact", "/api/exactly", "/api/", "/other"};
static const char *const names[] = {
    "Origin", "Host", "Sec-Fetch-Site", "Access-Control-Request-Method",
    "Access-Control-Request-Headers", "access-control-request-headersx"};

static const struct {
    const char *name;
    const char *value;
} values[] = {
    {"Origin", "https://app.example"},
    {"Origin", "https://a.b.deep.example:8443"},
    {"Origin", "https://pr-12.one.example"},
    {"Origin", "https://[2001:db8::1]:8443"},
    {"Origin", "null"},
    {"Origin", " \thttps://app.example\t "},
    {"Host", "app.example:443"},
    {"Host", "[2001:db8::1]:8443"},
    {"Host", "[2001:db8::1"},
    {"Sec-Fetch-Site", "same-origin"},
    {"Sec-Fetch-Site", "cross-site"},
    {"Access-Control-Request-Method", "PATCH"},
    {"Access-Control-Request-Method", " DELETE "},
    {"Access-Control-Request-Headers", "authorization,content-type, x-one ,, x-a,b"},
    {"Access-Control-Request-Headers", "a bc"},
    {"Access-Control-Request-Headers", "\t,"},
};

/* A request of which one part is the input. */
struct parts {
    cors_slice method;
    cors_slice path;
    cors_slice name;
    cors_slice value;
};

static void judge(const cors_policy *policy, const struct parts *parts) {
    cors_request request;
    cors_decision decision;
    cors_request_begin(&request, policy, parts->method, parts->path);
    cors_request_add_header(&request, parts->name, parts->value);
    cors_request_add_header(&request, CORS_SLICE("Origin"), CORS_SLICE("https://app.example"));
    cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                            CORS_SLICE("PUT"));
    cors_decide(&request, &decision);
    assert_true(decision.field_count <= CORS_DECISION_FIELDS_MAX);
    assert_true(decision.vary_count <= CORS_DECISION_VARY_MAX);
}

/* The same without the lines that judge() adds, so that the input's own line is the one looked at. */
static void judge_alone(const cors_policy *policy, const struct parts *parts) {
    cors_request request;
    cors_decision decision;
    cors_request_begin(&request, policy, parts->method, parts->path);
    cors_request_add_header(&request, parts->name, parts->value);
    if (parts->name.size != 6) {
        cors_request_add_header(&request, CORS_SLICE("Origin"), CORS_SLICE("https://app.example"));
    }
    if (parts->name.size != 29) {
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                                CORS_SLICE("PUT"));
    }
    cors_decide(&request, &decision);
    assert_true(decision.field_count <= CORS_DECISION_FIELDS_MAX);
}

/* Puts each prefix of a text to `part` of the request and judges it. */
static void judge_prefixes(const cors_policy *policy, struct parts parts, cors_slice *part,
                           const char *text) {
    struct island island;
    create_island(&island);
    for (enum place place = AT_START; place < PLACES; place++) {
        for (size_t size = 0; size <= strlen(text); size++) {
            *part = put(&island, place, (cors_slice){text, size});
            judge(policy, &parts);
            judge_alone(policy, &parts);
        }
    }
    destroy_island(&island);
}

static struct parts sound_parts(void) {
    struct parts parts = {CORS_SLICE("OPTIONS"), CORS_SLICE("/api/x"), CORS_SLICE("Accept"),
                          CORS_SLICE("*")};
    return parts;
}

static void requests_are_read_within_their_bytes(void **state) {
    struct case_policy made;
    (void)state;
    case_policy_build_sound(&made, policy_lines);
    struct parts parts = sound_parts();
    for (size_t i = 0; i < ROWS(methods); i++) {
        struct parts with = parts;
        cors_slice *part = &with.method;
        judge_prefixes(made.policy, with, part, methods[i]);
    }
    case_policy_end(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read_within_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
