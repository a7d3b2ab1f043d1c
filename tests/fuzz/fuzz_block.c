/* SPDX-License-Identifier: MIT */
/*
 * A compiled policy that somebody else wrote: a policy (drawn_policy.h) is compiled, and the rest
 * of the input changes its block. A byte says whether the tags of records are put right after that,
 * and three bytes are a change: a place, and what to do there. The checksum is always put right.
 * Where the block opens, every look-up must stay inside, end, and answer what a builder could have
 * said.
 */
#include <cors/server.h>
#include <stdlib.h>
#include <string.h>

#include "case_block.h"
#include "drawn_policy.h"
#include "invariant.h"
#include "naive_entry.h"
#include "naive_text.h"
#include "origin_entry.h"
#include "policy_block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of an exact size, and aligned to 8. */
struct block {
    char *bytes;
    size_t size;
};

/* What a change does: of the word at a place, of its byte, or of the block's size. */
enum change { SET_BYTE, ADD_TO_WORD, COPY_WORD, SET_WORD, CUT, CHANGES };

/* Half of the bytes that are set are flags: 0, 1, or neither. */
enum { FLAGS_BELOW = 128 };

/* Values at which bounds break. */
static const uint32_t words[] = {0, 1, 7, 8, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};

static void change_word(struct block *block, size_t at, enum change change, uint8_t value) {
    uint32_t word;
    at = at / sizeof word * sizeof word;
    memcpy(&word, block->bytes + at, sizeof word);
    if (change == ADD_TO_WORD) {
        word += (uint32_t)(int8_t)value;
    } else if (change == SET_WORD) {
        word = words[value % (sizeof words / sizeof words[0])];
    } else {
        size_t from = (size_t)value * sizeof word;
        memcpy(&word, block->bytes + (from + sizeof word <= block->size ? from : 0), sizeof word);
    }
    memcpy(block->bytes + at, &word, sizeof word);
}

static void change(struct block *block, struct fuzzed_input *input) {
    size_t place = fuzzed_byte(input);
    unsigned kind = fuzzed_byte(input);
    uint8_t value = fuzzed_byte(input);
    size_t at = (place | (size_t)(kind / CHANGES) << 8) % block->size;
    switch ((enum change)(kind % CHANGES)) {
    case SET_BYTE:
        block->bytes[at] = (char)(value < FLAGS_BELOW ? value % 3 : value);
        break;
    case CUT:
        block->size -= value % 9 < block->size ? value % 9 : 0;
        break;
    default:
        change_word(block, at, kind % CHANGES, value);
        break;
    }
}

/*
 * Puts right what would tell of any change: the checksum, and if wanted the tags of records, where
 * these lie as they did.
 */
static void mend(struct block *block, const cors_policy *sound, bool tags) {
    struct case_block mended = {.start = block->bytes, .size = block->size};
    if (tags && block->size == cors_policy_size(sound)) {
        case_block_retag(&mended, sound);
    }
    if (block->size >= sizeof(struct cors_policy) && block->size % 8 == 0) {
        case_block_mend(&mended);
    }
}

static void check_value(cors_slice value) {
    INVARIANT(value.size > 0, "a field has a value");
    for (size_t i = 0; i < value.size; i++) {
        INVARIANT(value.data[i] >= ' ' && value.data[i] < 0x7f, "a value is visible ASCII");
    }
}

static void check_decision(const cors_decision *decision) {
    bool any = false;
    bool credentials = false;
    INVARIANT(decision->status == 0 || decision->status == 200 || decision->status == 204 ||
                  decision->status == 403,
              "a status is one that policies have");
    for (size_t i = 0; i < decision->field_count; i++) {
        const cors_field *field = &decision->fields[i];
        check_value(field->value);
        any |= naive_ends_with(field->name, CORS_SLICE("Allow-Origin")) &&
               naive_is_same(field->value, CORS_SLICE("*"));
        credentials |= naive_ends_with(field->name, CORS_SLICE("Allow-Credentials"));
    }
    INVARIANT(!any || !credentials, "* never comes with credentials");
}

static void decide(const cors_policy *policy, cors_slice path, cors_slice origin, cors_slice method,
                   cors_slice names) {
    cors_request request;
    cors_decision decision;
    cors_request_begin(&request, policy, CORS_SLICE("OPTIONS"), path);
    cors_request_add_header(&request, CORS_SLICE("Origin"), origin);
    if (method.size > 0) {
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Method"), method);
        cors_request_add_header(&request, CORS_SLICE("Access-Control-Request-Headers"), names);
    }
    cors_decide(&request, &decision);
    check_decision(&decision);
}

static void check_entry(cors_slice text) {
    const cors_builder_options options = {.environment = {NULL, 0}};
    struct origin_entry entry;
    cors_entry_read(text, &options, &entry);
    INVARIANT(entry.faults == 0 && !entry.converted, "an entry is one that a builder lets pass");
}

/* All that is known of a policy by its own account. */
struct visit {
    const cors_policy *policy;
    struct fuzzed_memory *memory;
    size_t entries;
};

static bool visit_origin(void *context, cors_slice path, cors_slice entry) {
    struct visit *visit = context;
    char buffer[CORS_ENTRY_MAX];
    cors_slice found;
    visit->entries++;
    INVARIANT(path.size > 0 && path.data[0] == '/', "a path begins with a slash");
    check_entry(entry);
    cors_slice literal = {path.data, path.size - (naive_ends_with(path, CORS_SLICE("*")) ? 1 : 0)};
    cors_slice sample = naive_entry_sample(visit->memory, entry);
    if (cors_policy_find_origin(visit->policy, literal, sample, buffer, &found)) {
        check_entry(found);
    }
    decide(visit->policy, literal, sample, CORS_SLICE("PUT"), CORS_SLICE("x-a, authorization"));
    decide(visit->policy, literal, sample, CORS_SLICE(""), CORS_SLICE(""));
    return visit->entries < 64;
}

static void exercise(const cors_policy *policy, struct fuzzed_memory *memory) {
    static const cors_slice paths[] = {CORS_SLICE("/"), CORS_SLICE("/api"), CORS_SLICE("/api/x"),
                                       CORS_SLICE("")};
    static const cors_slice origins[] = {CORS_SLICE("https://a.b"),
                                         CORS_SLICE("https://x.y.a.b:81"),
                                         CORS_SLICE("null"),
                                         CORS_SLICE("https://p-q.a.b"),
                                         CORS_SLICE("http://[::1]:8080"),
                                         CORS_SLICE("*"),
                                         CORS_SLICE("http://127.0.0.1:1"),
                                         CORS_SLICE("")};
    struct visit visit = {policy, memory, 0};
    char scratch[16];
    cors_slice covering;
    for (size_t path = 0; path < sizeof paths / sizeof paths[0]; path++) {
        for (size_t origin = 0; origin < sizeof origins / sizeof origins[0]; origin++) {
            decide(policy, paths[path], origins[origin], CORS_SLICE("PUT"), CORS_SLICE("x-a"));
            decide(policy, paths[path], origins[origin], CORS_SLICE(""), CORS_SLICE(""));
        }
        (void)cors_policy_find_path(policy, paths[path], &covering);
        (void)cors_target_is_ambiguous(policy, paths[path], scratch);
    }
    cors_policy_each_origin(policy, visit_origin, &visit);
    INVARIANT(cors_policy_environment(policy).size > 0, "a policy knows its environment");
}

static void open_and_exercise(const struct block *block, struct fuzzed_memory *memory) {
    const cors_policy *policy;
    cors_block_fault fault;
    void *exact = fuzzed_allocate(memory, block->size);
    memcpy(exact, block->bytes, block->size);
    if (cors_policy_open(exact, block->size, &policy, &fault) == CORS_OK) {
        INVARIANT((const void *)policy == exact, "an opened policy is the block itself");
        exercise(policy, memory);
        return;
    }
    INVARIANT(policy == NULL, "what does not open is no policy");
    INVARIANT(fault.offset <= block->size, "a fault lies in the block, or at its end");
    INVARIANT(naive_ends_with(fault.message, CORS_SLICE(".")), "a fault is told in a sentence");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    struct drawn_policy drawn;
    drawn_policy_begin(&drawn, &input, &memory);
    if (drawn.policy != NULL) {
        struct block block = {NULL, cors_policy_size(drawn.policy)};
        block.bytes = fuzzed_allocate(&memory, block.size);
        memcpy(block.bytes, drawn.policy, block.size);
        bool tags = fuzzed_flag(&input);
        while (!fuzzed_is_empty(&input)) {
            change(&block, &input);
        }
        mend(&block, drawn.policy, tags);
        open_and_exercise(&block, &memory);
    }
    drawn_policy_end(&drawn);
    fuzzed_free_all(&memory);
    return 0;
}
