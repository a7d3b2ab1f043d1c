/* SPDX-License-Identifier: MIT */
/*
 * A compiled policy that somebody else wrote: a policy (drawn_policy.h) is compiled, a byte says
 * what is put right after it was changed, two bytes name a place at which all values are tried,
 * and the rest are further changes (changed_block.h), of four bytes each. Where the block opens,
 * every look-up must stay inside, end, and answer what a builder could have said; what is wrong
 * with the block otherwise, it has nothing to say of.
 */
#include <cors/server.h>
#include <stdlib.h>
#include <string.h>

#include "case_block.h"
#include "changed_block.h"
#include "drawn_policy.h"
#include "invariant.h"
#include "naive_entry.h"
#include "naive_text.h"
#include "origin_entry.h"
#include "policy_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bits of the byte behind the policy: what stays as it is although the block was changed. */
enum { KEEPS_TAGS = 1, KEEPS_CHECKSUM = 2, KEEPS_SIZE = 4 };

/* So many entries of a policy are asked for: a list is short, and each costs some decisions. */
enum { ENTRIES_MAX = 64 };

/* For texts that become longer. */
enum { ROOM_TO_GROW = 512 };

/*
 * Puts right what would tell of any change: the checksum, the size that the block says, and the
 * tags of records, where these lie as they did.
 */
static void mend(struct changed_block *block, const cors_policy *sound, unsigned kept) {
    struct case_block mended = {.start = block->bytes, .size = block->size};
    bool whole = block->size >= sizeof(struct cors_policy) && block->size % 8 == 0;
    if ((kept & KEEPS_TAGS) == 0 && block->size == cors_policy_size(sound)) {
        case_block_retag(&mended, sound);
    }
    if ((kept & KEEPS_SIZE) == 0 && whole) {
        ((cors_policy *)(void *)block->bytes)->size = block->size;
    }
    if ((kept & KEEPS_CHECKSUM) == 0 && whole) {
        case_block_mend(&mended);
    }
}

/* A NULL text where there is none. */
static cors_slice field(const cors_decision *decision, cors_slice name) {
    for (size_t i = 0; i < decision->field_count; i++) {
        if (naive_is_same(decision->fields[i].name, name)) {
            return decision->fields[i].value;
        }
    }
    return (cors_slice){NULL, 0};
}

/* At most the seconds that a browser can read: 2147483647. */
static bool is_seconds(cors_slice text) {
    uint64_t seconds = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || seconds > INT32_MAX) {
            return false;
        }
        seconds = seconds * 10 + (uint64_t)(text.data[i] - '0');
    }
    return seconds <= INT32_MAX && (text.size < 2 || text.data[0] != '0');
}

static void check_decision(const cors_decision *decision) {
    cors_slice credentials = field(decision, CORS_SLICE("Access-Control-Allow-Credentials"));
    cors_slice exposed = field(decision, CORS_SLICE("Access-Control-Expose-Headers"));
    cors_slice name;
    INVARIANT(decision->status == 0 || decision->status == 200 || decision->status == 204 ||
                  decision->status == 403,
              "a status is one that policies have");
    for (size_t i = 0; i < decision->field_count; i++) {
        cors_slice value = decision->fields[i].value;
        INVARIANT(value.size > 0, "a field has a value");
        for (size_t at = 0; at < value.size; at++) {
            INVARIANT(value.data[at] >= ' ' && value.data[at] < 0x7f, "a value is visible ASCII");
        }
        INVARIANT(credentials.size == 0 || !naive_is_same(value, CORS_SLICE("*")),
                  "* never comes with credentials");
    }
    while (naive_next_element(&exposed, &name)) {
        INVARIANT(naive_is_token(name), "what is exposed is a list of names");
        INVARIANT(credentials.size == 0 || !naive_is_same(name, CORS_SLICE("*")),
                  "not every header is exposed with credentials");
        INVARIANT(!naive_is_same_in_any_case(name, CORS_SLICE("set-cookie")),
                  "no page is to read cookies");
    }
    INVARIANT(is_seconds(field(decision, CORS_SLICE("Access-Control-Max-Age"))),
              "seconds are a number that every browser reads");
}

/* A request, an answer, and what the answer's fields point to. */
struct asked {
    cors_request request;
    cors_decision decision;
};

static void decide(struct asked *asked, const cors_policy *policy, cors_slice path,
                   cors_slice origin, cors_slice method, cors_slice names) {
    cors_request *request = &asked->request;
    cors_request_begin(request, policy, CORS_SLICE("OPTIONS"), path);
    cors_request_add_header(request, CORS_SLICE("Origin"), origin);
    if (method.size > 0) {
        cors_request_add_header(request, CORS_SLICE("Access-Control-Request-Method"), method);
        cors_request_add_header(request, CORS_SLICE("Access-Control-Request-Headers"), names);
    }
    cors_decide(request, &asked->decision);
    check_decision(&asked->decision);
}

static bool is_forbidden_method(cors_slice name) {
    return naive_is_same_in_any_case(name, CORS_SLICE("TRACE")) ||
           naive_is_same_in_any_case(name, CORS_SLICE("TRACK")) ||
           naive_is_same_in_any_case(name, CORS_SLICE("CONNECT"));
}

static bool is_forbidden_header(cors_slice name) {
    return naive_is_same_in_any_case(name, CORS_SLICE("host")) ||
           naive_is_same_in_any_case(name, CORS_SLICE("cookie")) ||
           naive_starts_with(name, CORS_SLICE("sec-"));
}

static uint32_t count_names(cors_slice list) {
    uint32_t count = 0;
    cors_slice name;
    while (naive_next_element(&list, &name)) {
        count++;
    }
    return count;
}

/* What an answer to a preflight lists is as much as its policy holds, and can be asked for. */
static void check_lists(const cors_policy *policy, const struct route *route, cors_slice path,
                        cors_slice origin) {
    struct asked asked;
    struct asked again;
    const struct set_record *record = NULL;
    cors_slice name;
    decide(&asked, policy, path, origin, CORS_SLICE("GET"), CORS_SLICE(""));
    if (asked.decision.verdict != CORS_VERDICT_ALLOWED || route->credentials != 0) {
        return;
    }
    cors_slice methods = field(&asked.decision, CORS_SLICE("Access-Control-Allow-Methods"));
    cors_slice headers = field(&asked.decision, CORS_SLICE("Access-Control-Allow-Headers"));
    while ((record = cors_set_next(policy, &route->methods, record)) != NULL) {
        name = cors_set_record_key(record).head;
        INVARIANT(!is_forbidden_method(name), "no page may use a method that is forbidden");
    }
    while ((record = cors_set_next(policy, &route->headers, record)) != NULL) {
        name = cors_set_record_key(record).head;
        INVARIANT(!is_forbidden_header(name), "no page may set a header that is forbidden");
    }
    INVARIANT(route->any_method != 0 || count_names(methods) >= route->methods.count,
              "no fewer methods are named than are allowed");
    INVARIANT(route->any_header != 0 || count_names(headers) >= route->headers.count,
              "no fewer headers are named than are allowed");
    while (naive_next_element(&methods, &name)) {
        decide(&again, policy, path, origin, name, CORS_SLICE(""));
        INVARIANT(again.decision.verdict == CORS_VERDICT_ALLOWED,
                  "a method that is named is allowed");
    }
    while (naive_next_element(&headers, &name)) {
        decide(&again, policy, path, origin, CORS_SLICE("GET"), name);
        INVARIANT(again.decision.verdict == CORS_VERDICT_ALLOWED,
                  "a header that is named is allowed");
    }
}

static void check_entry(cors_slice text) {
    const cors_builder_options options = {.environment = {NULL, 0}};
    struct origin_entry entry;
    cors_entry_read(text, &options, &entry);
    INVARIANT(entry.faults == 0 && !entry.converted, "an entry is one that a builder lets pass");
}

static bool has_wildcard(cors_slice entry) {
    cors_slice host =
        naive_ends_with(entry, CORS_SLICE(":*")) ? (cors_slice){entry.data, entry.size - 2} : entry;
    return naive_find(host, CORS_SLICE("*")) < host.size ||
           naive_find(host, CORS_SLICE("{label}")) < host.size;
}

/* All that is known of a policy by its own account. */
struct visit {
    const cors_policy *policy;
    struct fuzzed_memory *memory;
    size_t entries;
};

static bool visit_origin(void *context, cors_slice path, cors_slice entry) {
    struct visit *visit = context;
    struct asked asked;
    char buffer[CORS_ENTRY_MAX];
    cors_slice found;
    cors_slice covering;
    INVARIANT(path.size > 0 && path.data[0] == '/', "a path begins with a slash");
    check_entry(entry);
    cors_slice literal = {path.data, path.size - (naive_ends_with(path, CORS_SLICE("*")) ? 1 : 0)};
    cors_slice sample = naive_entry_sample(visit->memory, entry);
    bool covers =
        cors_policy_find_path(visit->policy, literal, &covering) && naive_is_same(covering, path);
    bool held = cors_policy_find_origin(visit->policy, literal, sample, buffer, &found);
    INVARIANT(held || !covers || has_wildcard(entry), "an entry that is listed is found");
    if (held) {
        check_entry(found);
    }
    decide(&asked, visit->policy, literal, sample, CORS_SLICE("PUT"), CORS_SLICE("x-a, x-q"));
    decide(&asked, visit->policy, literal, sample, CORS_SLICE(""), CORS_SLICE(""));
    if (covers && visit->entries++ == 0) {
        check_lists(visit->policy, cors_route_find(visit->policy, literal), literal, sample);
    }
    return visit->entries < ENTRIES_MAX;
}

/* The longest literal part that begins the path; of two, that of an exact path. */
static const struct route *find_naively(const cors_policy *policy, cors_slice path) {
    const struct route *routes = policy_routes(policy);
    const struct route *best = NULL;
    size_t best_weight = 0;
    for (uint32_t i = 0; i < policy->route_count; i++) {
        cors_slice literal = policy_text(policy, routes[i].path);
        size_t weight = 2 * literal.size + routes[i].exact;
        bool fits =
            routes[i].exact != 0 ? naive_is_same(literal, path) : naive_starts_with(path, literal);
        if (fits && weight > best_weight) {
            best = &routes[i];
            best_weight = weight;
        }
    }
    return best;
}

static void check_routes(const cors_policy *policy, struct fuzzed_memory *memory) {
    const struct route *routes = policy_routes(policy);
    for (uint32_t i = 0; i < policy->route_count; i++) {
        const cors_slice literal = policy_text(policy, routes[i].path);
        const cors_slice longer = fuzzed_join(memory, literal, CORS_SLICE("x"));
        const cors_slice shorter = {literal.data, literal.size - 1};
        const cors_slice paths[] = {literal, longer, shorter};
        INVARIANT(routes[i].any_origin == 0 || routes[i].origins.count == 0,
                  "who allows every origin lists none");
        for (size_t path = 0; path < sizeof paths / sizeof paths[0]; path++) {
            INVARIANT(cors_route_find(policy, paths[path]) == find_naively(policy, paths[path]),
                      "a path has the policy of the longest path that covers it");
        }
    }
}

static void ask_strangers(const cors_policy *policy) {
    static const cors_slice paths[] = {CORS_SLICE("/api/x"), CORS_SLICE("")};
    static const cors_slice origins[] = {CORS_SLICE("https://a.b"),
                                         CORS_SLICE("https://x.y.a.b:81"),
                                         CORS_SLICE("null"),
                                         CORS_SLICE("https://p-q.a.b"),
                                         CORS_SLICE("http://[::1]:8080"),
                                         CORS_SLICE("*"),
                                         CORS_SLICE("http://127.0.0.1:1"),
                                         CORS_SLICE("")};
    struct asked asked;
    char scratch[16];
    for (size_t path = 0; path < sizeof paths / sizeof paths[0]; path++) {
        for (size_t origin = 0; origin < sizeof origins / sizeof origins[0]; origin++) {
            decide(&asked, policy, paths[path], origins[origin], CORS_SLICE("PUT"),
                   CORS_SLICE("x-a"));
            decide(&asked, policy, paths[path], origins[origin], CORS_SLICE(""), CORS_SLICE(""));
        }
        (void)cors_target_is_ambiguous(policy, paths[path], scratch);
    }
}

static void exercise(const cors_policy *policy, struct fuzzed_memory *memory) {
    struct visit visit = {policy, memory, 0};
    check_routes(policy, memory);
    ask_strangers(policy);
    cors_policy_each_origin(policy, visit_origin, &visit);
    INVARIANT(cors_policy_environment(policy).size > 0, "a policy knows its environment");
}

static bool open_and_exercise(const struct changed_block *block, struct fuzzed_memory *memory) {
    const cors_policy *policy;
    cors_block_fault fault;
    void *exact = fuzzed_allocate(memory, block->size);
    memcpy(exact, block->bytes, block->size);
    if (cors_policy_open(exact, block->size, &policy, &fault) == CORS_OK) {
        INVARIANT((const void *)policy == exact, "an opened policy is the block itself");
        exercise(policy, memory);
        return true;
    }
    INVARIANT(policy == NULL, "what does not open is no policy");
    INVARIANT(fault.offset <= block->size, "a fault lies in the block, or at its end");
    INVARIANT(naive_ends_with(fault.message, CORS_SLICE(".")), "a fault is told in a sentence");
    return false;
}

/* What is tried of one input: the place, and what else is changed. */
struct changes {
    const cors_policy *sound;
    unsigned kept;
    size_t place;
    struct fuzzed_input more;
};

static void change_and_open(const struct changes *changes, size_t number) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input more = changes->more;
    const size_t size = cors_policy_size(changes->sound);
    const size_t room = size + ROOM_TO_GROW;
    struct changed_block block = {fuzzed_allocate(&memory, room), size, room};
    memcpy(block.bytes, changes->sound, size);
    changed_block_try(&block, changes->sound, changes->place, number);
    while (!fuzzed_is_empty(&more)) {
        changed_block_change(&block, changes->sound, &more);
    }
    mend(&block, changes->sound, changes->kept);
    bool opens = open_and_exercise(&block, &memory);
    bool same = block.size == size && memcmp(block.bytes, changes->sound, size) == 0;
    INVARIANT(opens || !same, "what a builder made can be opened");
    INVARIANT(!opens || same || (changes->kept & KEEPS_CHECKSUM) == 0,
              "a damaged block does not open");
    fuzzed_free_all(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    struct drawn_policy drawn;
    drawn_policy_begin(&drawn, &input, &memory);
    if (drawn.policy != NULL) {
        struct changes changes = {.sound = drawn.policy, .kept = fuzzed_byte(&input)};
        changes.place = changed_block_place(drawn.policy, &input);
        changes.more = input;
        for (size_t number = 0; number < CHANGED_BLOCK_VALUES; number++) {
            change_and_open(&changes, number);
        }
    }
    drawn_policy_end(&drawn);
    fuzzed_free_all(&memory);
    return 0;
}
