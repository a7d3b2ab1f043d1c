/* SPDX-License-Identifier: MIT */
/*
 * A policy (drawn_policy.h) and requests for it, each "METHOD PATH", field lines, "=ORIGIN" for the
 * server's own origin, "+" or "-" for what the application judged; an empty line ends each. Every
 * answer must be the naive one, and one that a server may give.
 */
#include <cors/server.h>
#include <string.h>

#include "invariant.h"
#include "naive_decision.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_line(struct asked *asked, cors_slice line, struct fuzzed_memory *memory) {
    struct fuzzed_input rest = {line.data, line.size};
    if (line.data[0] == '=') {
        asked->own_origin = fuzzed_copy(memory, naive_after(line, 1));
    } else if (line.data[0] == '+' || line.data[0] == '-') {
        asked->verdict = line.data[0] == '+' ? CORS_VERDICT_ALLOWED : CORS_VERDICT_DENIED;
    } else if (asked->count < ASKED_LINES_MAX) {
        cors_field *field = &asked->lines[asked->count++];
        field->name = fuzzed_copy(memory, fuzzed_until(&rest, ':'));
        field->value = fuzzed_copy(memory, fuzzed_rest(&rest));
    }
}

static void read_request(struct asked *asked, struct fuzzed_input *input,
                         struct fuzzed_memory *memory) {
    cors_slice first = fuzzed_until(input, '\n');
    struct fuzzed_input words = {first.data, first.size};
    *asked = (struct asked){.verdict = CORS_VERDICT_NONE};
    asked->method = fuzzed_copy(memory, fuzzed_until(&words, ' '));
    asked->path = fuzzed_copy(memory, fuzzed_rest(&words));
    cors_slice line;
    while ((line = fuzzed_until(input, '\n')).size > 0) {
        add_line(asked, line, memory);
    }
}

/* `request` holds texts of the decision. */
static void decide(const cors_policy *policy, const struct asked *asked, cors_request *request,
                   cors_decision *decision) {
    cors_request_begin(request, policy, asked->method, asked->path);
    cors_request_set_own_origin(request, asked->own_origin);
    cors_request_set_origin_verdict(request, asked->verdict);
    for (size_t i = 0; i < asked->count; i++) {
        cors_request_add_header(request, asked->lines[i].name, asked->lines[i].value);
    }
    cors_decide(request, decision);
}

/* The value of a field, and empty where there is none; it must not be there twice. */
static cors_slice field(const cors_decision *decision, cors_slice name) {
    cors_slice value = {NULL, 0};
    size_t lines = 0;
    for (size_t i = 0; i < decision->field_count; i++) {
        if (naive_is_same(decision->fields[i].name, name)) {
            value = decision->fields[i].value;
            lines++;
        }
    }
    INVARIANT(lines <= 1, "a decision sets each field once");
    return value;
}

static bool varies_by(const cors_decision *decision, cors_slice name) {
    for (size_t i = 0; i < decision->vary_count; i++) {
        if (naive_is_same_in_any_case(decision->vary[i], name)) {
            return true;
        }
    }
    return false;
}

/* Whether the same bytes would go to the client. */
static bool is_same_answer(const cors_decision *left, const cors_decision *right) {
    if (left->status != right->status || left->field_count != right->field_count ||
        !naive_is_same(left->body, right->body)) {
        return false;
    }
    for (size_t i = 0; i < left->field_count; i++) {
        if (!naive_is_same(left->fields[i].name, right->fields[i].name) ||
            !naive_is_same(left->fields[i].value, right->fields[i].value)) {
            return false;
        }
    }
    return true;
}

static bool is_same_decision(const cors_decision *left, const cors_decision *right) {
    return left->kind == right->kind && left->verdict == right->verdict &&
           left->reason == right->reason && left->same_origin == right->same_origin &&
           left->vary_count == right->vary_count && is_same_answer(left, right);
}

static void check_fields(const cors_decision *decision) {
    cors_slice origin = field(decision, CORS_SLICE("Access-Control-Allow-Origin"));
    cors_slice credentials = field(decision, CORS_SLICE("Access-Control-Allow-Credentials"));
    bool any = naive_is_same(origin, CORS_SLICE("*"));
    INVARIANT(!any || credentials.size == 0, "* never comes with credentials");
    INVARIANT(credentials.size == 0 || naive_is_same(credentials, CORS_SLICE("true")),
              "credentials are allowed by true, or not at all");
    INVARIANT(decision->field_count == 0 || origin.size > 0,
              "whoever gets any field gets Access-Control-Allow-Origin");
    INVARIANT(decision->verdict != CORS_VERDICT_DENIED || decision->field_count == 0,
              "who is refused gets no field");
    INVARIANT(decision->field_count == 0 || any || varies_by(decision, CORS_SLICE("Origin")),
              "an answer for one origin varies by it");
    for (size_t i = 0; i < decision->field_count; i++) {
        cors_slice value = decision->fields[i].value;
        INVARIANT(cors_header_is_owned(decision->fields[i].name), "a field is the owner's to set");
        for (size_t at = 0; at < value.size; at++) {
            INVARIANT(value.data[at] >= ' ' && value.data[at] < 0x7f, "a value is visible ASCII");
        }
    }
}

/* The origin that an answer names is the request's, and one that the policy holds. */
static void check_origin(const cors_policy *policy, const struct asked *asked,
                         const cors_decision *decision) {
    cors_slice allowed = field(decision, CORS_SLICE("Access-Control-Allow-Origin"));
    bool asked_for = false;
    if (allowed.size == 0 || naive_is_same(allowed, CORS_SLICE("*"))) {
        return;
    }
    for (size_t i = 0; i < asked->count; i++) {
        asked_for |= naive_is_same_in_any_case(asked->lines[i].name, CORS_SLICE("Origin")) &&
                     naive_is_same(naive_trim(asked->lines[i].value), allowed);
    }
    INVARIANT(asked_for, "the origin that is allowed is the one that asked");
    char buffer[CORS_ENTRY_MAX];
    cors_slice entry;
    INVARIANT(asked->verdict == CORS_VERDICT_ALLOWED ||
                  cors_policy_find_origin(policy, asked->path, allowed, buffer, &entry),
              "the origin that is allowed is one that the policy holds");
}

static void check_naive(const struct drawn_policy *drawn, const struct asked *asked,
                        struct fuzzed_memory *memory, const cors_decision *decision) {
    struct naive_answer wanted;
    naive_decide(drawn, asked, memory, &wanted);
    const struct {
        const char *words;
        cors_slice name;
        cors_slice value;
    } fields[] = {
        {"Access-Control-Allow-Origin is the naive one", CORS_SLICE("Access-Control-Allow-Origin"),
         wanted.allow_origin},
        {"Access-Control-Allow-Credentials is the naive one",
         CORS_SLICE("Access-Control-Allow-Credentials"),
         wanted.allow_credentials ? CORS_SLICE("true") : CORS_SLICE("")},
        {"Access-Control-Allow-Methods is the naive one",
         CORS_SLICE("Access-Control-Allow-Methods"), wanted.allow_methods},
        {"Access-Control-Allow-Headers is the naive one",
         CORS_SLICE("Access-Control-Allow-Headers"), wanted.allow_headers},
        {"Access-Control-Max-Age is the naive one", CORS_SLICE("Access-Control-Max-Age"),
         wanted.max_age},
        {"Access-Control-Expose-Headers is the naive one",
         CORS_SLICE("Access-Control-Expose-Headers"), wanted.expose_headers},
    };
    INVARIANT(decision->kind == wanted.kind, "the kind is the naive one");
    INVARIANT(decision->verdict == wanted.verdict, "the verdict is the naive one");
    INVARIANT(decision->reason == wanted.reason, "the reason is the naive one");
    INVARIANT(decision->status == wanted.status, "the status is the naive one");
    INVARIANT(decision->same_origin == wanted.same_origin, "same-origin is the naive one");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        INVARIANT(naive_is_same(field(decision, fields[i].name), fields[i].value), fields[i].words);
    }
    INVARIANT(varies_by(decision, CORS_SLICE("Origin")) == wanted.vary_origin &&
                  varies_by(decision, CORS_SLICE("Access-Control-Request-Method")) ==
                      wanted.vary_preflight &&
                  varies_by(decision, CORS_SLICE("Access-Control-Request-Headers")) ==
                      wanted.vary_preflight,
              "Vary holds the naive names");
}

/* Names in the other case, and the lines so that only those of one name keep their order. */
static void check_rearranged(const cors_policy *policy, const struct asked *asked,
                             struct fuzzed_memory *memory, const cors_decision *decision) {
    struct asked other = *asked;
    cors_request request;
    cors_decision again;
    other.count = 0;
    for (size_t last = asked->count; last-- > 0;) {
        cors_slice name = asked->lines[last].name;
        bool taken = false;
        for (size_t i = last + 1; i < asked->count; i++) {
            taken |= naive_is_same_in_any_case(asked->lines[i].name, name);
        }
        for (size_t i = 0; i <= last && !taken; i++) {
            if (naive_is_same_in_any_case(asked->lines[i].name, name)) {
                other.lines[other.count] = asked->lines[i];
                other.lines[other.count++].name = fuzzed_swap_case(memory, asked->lines[i].name);
            }
        }
    }
    INVARIANT(other.count == asked->count, "the target rearranges every line");
    decide(policy, &other, &request, &again);
    INVARIANT(is_same_decision(decision, &again),
              "neither the case nor the order of names changes a decision");
}

/* What Vary does not name may change without a change of the answer. */
static void check_vary(const cors_policy *policy, const struct asked *asked,
                       const cors_decision *decision) {
    static const struct {
        cors_slice name;
        cors_slice value;
        const char *words;
    } changes[] = {
        {{"Origin", 6},
         {"https://elsewhere.example", 25},
         "an answer that the origin changes varies by it"},
        {{"Access-Control-Request-Method", 29},
         {"PURGE", 5},
         "an answer that the method changes varies by it"},
        {{"Access-Control-Request-Headers", 30},
         {"x-elsewhere", 11},
         "an answer that the names change varies by them"},
        {{"Host", 4}, {"elsewhere.example", 17}, "no answer depends on Host"},
        {{"Sec-Fetch-Site", 14}, {"none", 4}, "no answer depends on Sec-Fetch-Site"},
    };
    for (size_t change = 0; change < sizeof changes / sizeof changes[0]; change++) {
        struct asked other = *asked;
        cors_request request;
        cors_decision again;
        for (size_t i = 0; i < other.count; i++) {
            if (naive_is_same_in_any_case(other.lines[i].name, changes[change].name)) {
                other.lines[i].value = changes[change].value;
            }
        }
        decide(policy, &other, &request, &again);
        INVARIANT(varies_by(decision, changes[change].name) || is_same_answer(decision, &again),
                  changes[change].words);
    }
}

/* A copy of the block, opened as from a file, decides the same. */
static void check_opened(const struct drawn_policy *drawn, const struct asked *asked,
                         struct fuzzed_memory *memory, const cors_decision *decision) {
    size_t size = cors_policy_size(drawn->policy);
    void *copy = fuzzed_allocate(memory, size);
    const cors_policy *opened;
    cors_request request;
    cors_decision again;
    memcpy(copy, drawn->policy, size);
    INVARIANT(cors_policy_open(copy, size, &opened, NULL) == CORS_OK,
              "what a builder made can be opened");
    decide(opened, asked, &request, &again);
    INVARIANT(is_same_decision(decision, &again), "an opened policy decides like the built one");
}

static void check_request(const struct drawn_policy *drawn, struct asked *asked,
                          struct fuzzed_memory *memory) {
    cors_request request;
    cors_decision decision;
    decide(drawn->policy, asked, &request, &decision);
    check_naive(drawn, asked, memory, &decision);
    check_fields(&decision);
    check_rearranged(drawn->policy, asked, memory, &decision);
    check_vary(drawn->policy, asked, &decision);
    if (drawn->policy != NULL) {
        check_origin(drawn->policy, asked, &decision);
        check_opened(drawn, asked, memory, &decision);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    struct drawn_policy drawn;
    drawn_policy_begin(&drawn, &input, &memory);
    while (!fuzzed_is_empty(&input)) {
        struct asked asked;
        read_request(&asked, &input, &memory);
        check_request(&drawn, &asked, &memory);
    }
    drawn_policy_end(&drawn);
    fuzzed_free_all(&memory);
    return 0;
}
