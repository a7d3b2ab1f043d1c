/* SPDX-License-Identifier: MIT */
/*
 * Comma-separated lists, as a server reads requested headers and Vary, and as a browser reads what
 * it is allowed: each beside a reader that takes one element after the other.
 *
 * The input is a few field lines, with a line feed between them; a "*" line stands for one that is
 * repeated 300 times, so that the bounds on lists are reached.
 */
#include <cors/policy.h>
#include <cors/server.h>

#include "browser_headers.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPEATED = 300 };

/* What is known of the lines of a list so far. */
struct list_facts {
    size_t bytes;
    size_t names;
    bool malformed;
    bool unlisted; /* a name that the policy below does not list */
};

static bool is_listed(cors_slice name) {
    return naive_is_same_in_any_case(name, CORS_SLICE("x-first")) ||
           naive_is_same_in_any_case(name, CORS_SLICE("content-type"));
}

static void note_line(struct list_facts *facts, cors_slice line) {
    cors_slice element;
    facts->bytes += naive_trim(line).size;
    while (naive_next_element(&line, &element)) {
        if (element.size > 0) {
            facts->names++;
            facts->malformed |= !naive_is_token(element);
            facts->unlisted |= !is_listed(element);
        }
    }
}

static cors_reason wanted_reason(const struct list_facts *facts) {
    if (facts->malformed) {
        return CORS_REASON_HEADER_MALFORMED;
    }
    if (facts->bytes > CORS_REQUEST_HEADERS_BYTES_MAX ||
        facts->names > CORS_REQUEST_HEADERS_NAMES_MAX) {
        return CORS_REASON_HEADER_TOO_MANY;
    }
    return facts->unlisted ? CORS_REASON_HEADER_NOT_ALLOWED : CORS_REASON_ALLOWED;
}

static const cors_policy *built_policy(void) {
    static const cors_position nowhere = {0, 1, 1};
    cors_builder_options options = {.allocator = fuzzed_allocator};
    cors_builder *builder;
    const cors_policy *policy;
    bool built = cors_builder_create(&options, &builder) == CORS_OK &&
                 cors_builder_begin_policy(builder, nowhere) == CORS_OK &&
                 cors_builder_add(builder, CORS_KEY_ALLOW_ORIGINS, CORS_SLICE("https://a.example"),
                                  nowhere) == CORS_OK &&
                 cors_builder_add(builder, CORS_KEY_ALLOW_HEADERS, CORS_SLICE("X-First"),
                                  nowhere) == CORS_OK &&
                 cors_builder_add(builder, CORS_KEY_ALLOW_HEADERS, CORS_SLICE("Content-Type"),
                                  nowhere) == CORS_OK &&
                 cors_builder_finish(builder, &policy) == CORS_OK;
    INVARIANT(built, "the target's own policy is sound");
    cors_builder_destroy(builder);
    return policy;
}

/* As browsers read a list: which element is no token, and whether a token is in it. */
static void check_browser_list(cors_slice line) {
    cors_slice rest = line;
    cors_slice element;
    cors_slice bad = {NULL, 0};
    cors_slice last = {NULL, 0};
    while (naive_next_element(&rest, &element)) {
        last = element.size > 0 ? element : last;
        bad = bad.size == 0 && !naive_is_token(element) ? element : bad;
    }
    INVARIANT(naive_is_same(cors_list_bad_token(line), bad),
              "the first element that is no token is told");
    INVARIANT(cors_value_is_token_list(line) == (bad.size == 0), "a list of tokens is one");
    INVARIANT(last.size == 0 || cors_list_holds(line, last, false),
              "a list holds its last element");
    INVARIANT(last.size == 0 || cors_list_holds(line, last, true),
              "a list holds its last element whatever its case");
    INVARIANT(!cors_list_holds(line, CORS_SLICE(""), true), "no list holds an empty element");
}

static void check_vary(struct fuzzed_memory *memory, cors_slice line) {
    cors_slice rest = line;
    cors_slice element;
    bool covers = false;
    while (naive_next_element(&rest, &element)) {
        covers |= naive_is_same(element, CORS_SLICE("*"));
        covers |= naive_is_same_in_any_case(element, CORS_SLICE("origin"));
    }
    cors_slice other_case = fuzzed_swap_case(memory, line);
    INVARIANT(cors_vary_covers(line, CORS_SLICE("Origin")) == covers, "Vary covers what it names");
    INVARIANT(cors_vary_covers(other_case, CORS_SLICE("Origin")) == covers,
              "Vary covers a name in any case");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const cors_policy *policy;
    policy = policy == NULL ? built_policy() : policy;
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    struct list_facts facts = {0, 0, false, false};
    cors_request request;
    cors_request_begin(&request, policy, CORS_SLICE("OPTIONS"), CORS_SLICE("/"));
    cors_request_add_header(&request, CORS_SLICE("Origin"), CORS_SLICE("https://a.example"));
    cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"),
                            CORS_SLICE("GET"));
    while (!fuzzed_is_empty(&input)) {
        cors_slice line = fuzzed_until(&input, '\n');
        bool repeated = line.size > 0 && line.data[0] == '*';
        line = repeated ? (cors_slice){line.data + 1, line.size - 1} : line;
        line = fuzzed_copy(&memory, line);
        check_browser_list(line);
        check_vary(&memory, line);
        for (int i = 0; i < (repeated ? REPEATED : 1); i++) {
            note_line(&facts, line);
            cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"), line);
        }
    }
    cors_decision decision;
    cors_decide(&request, &decision);
    INVARIANT(decision.reason == wanted_reason(&facts),
              "requested headers are judged as a list of names");
    fuzzed_free_all(&memory);
    return 0;
}
