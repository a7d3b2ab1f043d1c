/* SPDX-License-Identifier: MIT */
/*
 * What nginx and whoever sends it requests make `cors serve` print: lines of nginx's log, read,
 * looked at for near misses and written for people. A byte of choices, then the lines.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_output.h"
#include "invariant.h"
#include "policyfile.h"
#include "serve_log.h"
#include "serve_near.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy_text[] =
    "policies:\n"
    "  - path: /api/*\n"
    "    allow_origins: [https://app.example.com, 'https://*.example.org', 'http://localhost:*',\n"
    "                    'https://pr-*.preview.example.com', capacitor://localhost]\n"
    "  - path: /public\n"
    "    allow_origins: ['*']\n";

static const cors_policy *own_policy(void) {
    cors_builder *builder;
    const cors_policy *policy;
    cors_status status = cors_policyfile_load_text(text_slice(policy_text), "cors.yaml",
                                                   "production", &builder, &policy);
    INVARIANT(status == CORS_OK, "the target's own policy is sound");
    cors_builder_destroy(builder);
    return policy;
}

static bool is_within(cors_slice part, cors_slice whole) {
    return part.size == 0 ||
           (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

static void check_entry(const struct serve_log_entry *entry, cors_slice line) {
    INVARIANT(is_within(entry->text, line), "a complaint is a part of its line");
    INVARIANT(entry->kind != SERVE_LOG_TROUBLE || entry->text.size > 0,
              "a complaint says something");
    for (size_t i = 0; i < SERVE_FIELD_COUNT; i++) {
        INVARIANT(is_within(entry->fields[i], line), "a field is a part of its line");
        INVARIANT(text_find(entry->fields[i], '\t') == entry->fields[i].size, "a tab ends a field");
    }
}

/* As the gateway does: with the origin and the path as they were sent. */
static const char *near_miss(struct serve_near *near, struct fuzzed_memory *memory,
                             const struct serve_log_entry *entry, int64_t now) {
    if (!serve_log_denied_origin(entry)) {
        return NULL;
    }
    cors_slice origin = entry->fields[SERVE_FIELD_ORIGIN];
    cors_slice path = entry->fields[SERVE_FIELD_PATH];
    return serve_near_words(near, serve_log_unescape(path, fuzzed_allocate(memory, path.size)),
                            serve_log_unescape(origin, fuzzed_allocate(memory, origin.size)), now);
}

static void print_decision(const struct serve_log_entry *entry, const char *enforce,
                           const char *near) {
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);
    INVARIANT(stream != NULL, "the machine gives a stream in memory");
    serve_log_write(stream, false, enforce, entry, near);
    INVARIANT(fclose(stream) == 0, "what is printed can be kept");
    size_t lines = 0;
    for (size_t i = 0; i < size; i++) {
        lines += printed[i] == '\n';
    }
    INVARIANT(fuzzed_is_clean((cors_slice){printed, size}),
              "what is printed holds no control characters");
    INVARIANT(lines == (near == NULL ? 1U : 2U), "a decision takes a line, a near miss another");
    free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const enforcements[] = {"off", "report", "block"};
    static const cors_policy *policy;
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    unsigned choice = fuzzed_byte(&input);
    enum serve_stream from = (choice & 1) == 0 ? SERVE_STREAM_DECISIONS : SERVE_STREAM_ERRORS;
    struct serve_near *near = serve_near_create();
    policy = policy == NULL ? own_policy() : policy;
    INVARIANT(near != NULL, "the machine has memory for one execution");
    serve_near_set_policy(near, policy);
    for (int64_t now = 0; !fuzzed_is_empty(&input); now += 100) {
        struct serve_log_entry entry;
        cors_slice line = fuzzed_copy(&memory, fuzzed_until(&input, '\n'));
        serve_log_read(from, line, &entry);
        check_entry(&entry, line);
        if (entry.kind == SERVE_LOG_DECISION) {
            print_decision(&entry, enforcements[choice / 2 % 3],
                           near_miss(near, &memory, &entry, now));
        }
    }
    serve_near_destroy(near);
    fuzzed_free_all(&memory);
    return 0;
}
