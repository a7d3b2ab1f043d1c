/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines, as `cors decide` and `cors simulate` read them, and the one object of JSON that pages
 * hand to `cors lab`, which is then a text that JSON is to hold. The first byte chooses which.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_output.h"
#include "invariant.h"
#include "json_writer.h"
#include "lab.h"
#include "lab_script_reader.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy[] =
    "policies:\n"
    "  - path: /api/*\n"
    "    allow_origins: [https://app.example.com, 'https://*.example.org']\n"
    "    allow_methods: [PUT, DELETE]\n"
    "    allow_headers: [Content-Type, X-Token]\n"
    "    allow_credentials: true\n"
    "    expose_headers: [ETag]\n"
    "    max_age: 10m\n"
    "  - path: /public/*\n"
    "    allow_origins: ['*']\n"
    "    allow_methods: ['*']\n"
    "    allow_headers: ['*']\n";

/* As many lines as JSON Lines has: what stands behind the last line feed counts if it is anything.
 */
static json_t *read_ids(cors_slice input) {
    json_t *ids = json_array();
    struct fuzzed_input rest = {input.data, input.size};
    while (!fuzzed_is_empty(&rest)) {
        cors_slice line = fuzzed_until(&rest, '\n');
        json_t *value = json_loadb(line.size == 0 ? "" : line.data, line.size,
                                   JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
        json_t *id = json_object_get(value, "id");
        (void)json_array_append_new(ids, id == NULL ? json_null() : json_incref(id));
        json_decref(value);
    }
    return ids;
}

/* Each line is answered, in its order and with its id: by an error, or by what is expected. */
static void check_answers(cors_slice input, cors_slice out, const char *member) {
    json_t *ids = read_ids(input);
    json_t *answers = fuzzed_json_lines(out);
    INVARIANT(json_array_size(ids) == json_array_size(answers), "each line has one answer");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *answer = json_array_get(answers, i);
        const json_t *id = json_object_get(answer, "id");
        INVARIANT(id != NULL && json_equal(id, json_array_get(ids, i)),
                  "an answer has the id of its line");
        INVARIANT((json_object_get(answer, "error") == NULL) !=
                      (json_object_get(answer, member) == NULL),
                  "an answer is an error or an answer");
    }
    json_decref(ids);
    json_decref(answers);
}

static cors_slice text_of(const json_t *value) {
    return (cors_slice){json_string_value(value), json_string_length(value)};
}

static bool ends_with(cors_slice text, const char *end) {
    size_t size = strlen(end);
    return text.size > size && text_is(text_skip(text, text.size - size), end);
}

/* What the policy above may ever let in. */
static bool may_be_allowed(cors_slice origin) {
    return text_is(origin, "*") || text_is(origin, "https://app.example.com") ||
           (text_starts_folded(origin, "https://") && ends_with(origin, ".example.org"));
}

/* Looks at the field lines of a decision. */
static void check_decision(const json_t *answer) {
    static const char origin_name[] = "Access-Control-Allow-Origin";
    static const char credentials_name[] = "Access-Control-Allow-Credentials";
    const json_t *fields = json_object_get(answer, "set");
    size_t origins = 0;
    bool star = false;
    bool credentials = false;
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        cors_slice name = text_of(json_array_get(field, 0));
        cors_slice value = text_of(json_array_get(field, 1));
        credentials = credentials || text_is(name, credentials_name);
        if (text_is(name, origin_name)) {
            origins++;
            star = text_is(value, "*");
            INVARIANT(may_be_allowed(value), "no origin is allowed that the policy does not hold");
        }
    }
    bool refused = json_is_false(json_object_get(answer, "allowed"));
    INVARIANT(origins <= 1, "at most one origin is allowed");
    INVARIANT(!star || !credentials, "* and credentials never stand together");
    INVARIANT(!refused || (origins == 0 && !credentials), "who is refused is allowed nothing");
}

static void check_decisions(cors_slice out) {
    json_t *answers = fuzzed_json_lines(out);
    for (size_t i = 0; i < json_array_size(answers); i++) {
        check_decision(json_array_get(answers, i));
    }
    json_decref(answers);
}

static void decide(cors_slice input) {
    const struct fuzzed_command command = {
        .words = "cors decide",
        .run = cors_decide_main,
        .arguments = {"--policy", fuzzed_file(0, text_slice(policy))},
        .input = input,
    };
    struct fuzzed_result result = fuzzed_command_run(&command);
    INVARIANT(result.code == EXIT_FINE && result.errors.size == 0, "every line can be answered");
    INVARIANT(fuzzed_is_clean(result.out), "answers hold no control characters");
    check_answers(input, result.out, "kind");
    check_decisions(result.out);
}

static void simulate(cors_slice input, const char *browser) {
    const struct fuzzed_command command = {
        .words = "cors simulate",
        .run = cors_simulate_main,
        .arguments = {"--browser", browser},
        .input = input,
    };
    struct fuzzed_result result = fuzzed_command_run(&command);
    INVARIANT(result.code == EXIT_FINE && result.errors.size == 0, "every line can be answered");
    INVARIANT(fuzzed_is_clean(result.out), "answers hold no control characters");
    check_answers(input, result.out, "fetches");
}

/* A script is taken, or refused with a sentence. */
static void script(cors_slice input) {
    struct lab lab = {.address = "127.0.0.1", .port = 8000};
    char fault[LAB_FAULT_MAX] = "";
    struct lab_script *read = lab_script_read(&lab, CORS_SLICE("0123456789abcdef"), input, fault);
    size_t size = strlen(fault);
    INVARIANT(read != NULL || (size > 0 && fault[size - 1] == '.'),
              "what is refused is refused with a sentence");
    INVARIANT(read == NULL || read->url_count <= LAB_URLS_MAX, "a script has a bounded size");
    lab_script_destroy(read);
}

/* Bytes that are no UTF-8 are the characters that they are in Latin-1. */
static json_t *read_as_latin_1(struct fuzzed_memory *memory, cors_slice text) {
    char *encoded = fuzzed_allocate(memory, 2 * text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte >= 0x80) {
            encoded[size++] = (char)(0xC0 | byte >> 6);
        }
        encoded[size++] = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte);
    }
    return json_stringn(encoded, size);
}

/* What is written of any text, and of no byte behind it, is read back as that text. */
static void write_string(cors_slice text) {
    struct fuzzed_memory memory = {NULL};
    struct json_writer writer = {.data = NULL};
    cors_slice exact = fuzzed_copy(&memory, text);
    json_write_slice(&writer, exact);
    json_t *read = json_loadb(writer.data, writer.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t *wanted = json_stringn(exact.size == 0 ? "" : exact.data, exact.size);
    wanted = wanted == NULL ? read_as_latin_1(&memory, exact) : wanted;
    INVARIANT(fuzzed_is_clean((cors_slice){writer.data, writer.size}),
              "what is written holds no control characters");
    INVARIANT(read != NULL && json_equal(read, wanted), "what is written can be read back");
    json_decref(read);
    json_decref(wanted);
    free(writer.data);
    fuzzed_free_all(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const browsers[] = {"standard", "chromium", "firefox", "safari"};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    unsigned choice = fuzzed_choice(&input, 6);
    cors_slice lines = fuzzed_rest(&input);
    if (choice == 0) {
        decide(lines);
    } else if (choice == 5) {
        script(lines);
        write_string(lines);
    } else {
        simulate(lines, browsers[choice - 1]);
    }
    return 0;
}
