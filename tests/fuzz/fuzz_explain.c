/* SPDX-License-Identifier: MIT */
/*
 * What was pasted from a console: whatever it holds, an explanation points into it, and its command
 * line is one. An input that begins with "!" is a failure instead: a browser, a code, an initiator
 * and texts, a line each; what is printed about it must be read as that failure, of that browser.
 */
#include <cors/browser.h>
#include <string.h>

#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(cors_slice text, cors_slice part) {
    INVARIANT(part.size == 0 || (part.data >= text.data && part.size <= text.size &&
                                 (size_t)(part.data - text.data) <= text.size - part.size),
              "what a message names stands in it");
}

/* Words of a shell: quoted, or of bytes that mean themselves; spaces between them. */
static bool is_command_line(cors_slice line) {
    bool quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        char byte = line.data[i];
        bool plain =
            (naive_lower(byte) >= 'a' && naive_lower(byte) <= 'z') || byte == ' ' || byte == '-';
        if (byte == '\'') {
            quoted = !quoted;
        } else if (!quoted && byte == '\\' && i + 1 < line.size && line.data[i + 1] == '\'') {
            i++;
        } else if (!quoted && !plain) {
            return false;
        } else if ((uint8_t)byte < ' ' || byte == 0x7f) {
            return false;
        }
    }
    return !quoted;
}

static void check_command(struct fuzzed_memory *memory, const cors_explanation *explanation) {
    char small[5];
    size_t size = cors_explanation_check(explanation, NULL, 0);
    char *whole = fuzzed_allocate(memory, size);
    INVARIANT(cors_explanation_check(explanation, whole, size) == size &&
                  cors_explanation_check(explanation, small, sizeof small) == size,
              "a command line is as long as it was");
    INVARIANT(memcmp(whole, small, size < sizeof small ? size : sizeof small) == 0,
              "a small buffer gets the start of a command line");
    INVARIANT(size == 0 || naive_starts_with((cors_slice){whole, size}, CORS_SLICE("cors check '")),
              "a command line is one of cors check");
    INVARIANT(is_command_line((cors_slice){whole, size}),
              "a message cannot put a command of its own into the line");
}

static bool explain(struct fuzzed_memory *memory, cors_slice text, cors_explanation *explanation) {
    if (!cors_explain(text, explanation)) {
        return false;
    }
    const cors_failure *named = &explanation->named;
    const cors_slice parts[] = {named->url,   named->first_url, named->page,  named->origin,
                                named->value, named->method,    named->header};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        check_inside(text, parts[i]);
    }
    INVARIANT(cors_code_name(explanation->code)[0] != '\0', "an explanation has a code");
    INVARIANT(explanation->code != CORS_CODE_OK, "a message is about a failure");
    INVARIANT(explanation->also_count <= CORS_ALSO_MAX, "further codes are not too many");
    for (size_t i = 0; i < explanation->also_count; i++) {
        INVARIANT(explanation->also[i] != explanation->code, "a further code is another one");
    }
    check_command(memory, explanation);
    return true;
}

static bool is_among(cors_code code, const cors_explanation *explanation) {
    bool found = explanation->code == code;
    for (size_t i = 0; i < explanation->also_count; i++) {
        found = found || explanation->also[i] == code;
    }
    return found;
}

/* Firefox has one wording for these: the value tells which, and here it is any. */
static bool is_not_matching(cors_code code) {
    return code == CORS_CODE_ALLOW_ORIGIN_MISMATCH || code == CORS_CODE_INVALID_ALLOW_ORIGIN ||
           code == CORS_CODE_MULTIPLE_ALLOW_ORIGIN;
}

/* A message that was printed is read as what it was printed for. */
static void check_read_back(struct fuzzed_memory *memory, const cors_failure *failure,
                            cors_browser browser, cors_slice message) {
    cors_explanation explanation;
    INVARIANT(explain(memory, message, &explanation), "what a console prints is explained");
    INVARIANT(is_among(failure->code, &explanation) ||
                  (browser == CORS_BROWSER_FIREFOX && is_not_matching(failure->code) &&
                   is_not_matching(explanation.code)),
              "a message is read as of its failure");
    INVARIANT(explanation.browser_known && explanation.browser == browser,
              "a message is read as its browser's");
    INVARIANT(!explanation.preflight_known || explanation.preflight == failure->preflight,
              "a message tells the phase in which it failed, or none");
}

/* Bytes that cannot be taken for the words of a message. */
static cors_slice take_plain(struct fuzzed_memory *memory, struct fuzzed_input *input,
                             cors_slice otherwise) {
    cors_slice line = fuzzed_copy(memory, fuzzed_until(input, '\n'));
    for (size_t i = 0; i < line.size; i++) {
        char byte = naive_lower(line.data[i]);
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
                     byte == '.' || byte == '/' || byte == ':';
        if (!plain) {
            return otherwise;
        }
    }
    return line.size > 0 ? line : otherwise;
}

static void explain_failure(struct fuzzed_memory *memory, struct fuzzed_input *input) {
    cors_browser browser = (cors_browser)fuzzed_choice(input, 4);
    cors_failure failure = {.code = (cors_code)fuzzed_choice(input, CORS_CODE_NETWORK_FAILURE + 1),
                            .initiator = (cors_initiator)fuzzed_choice(input, 9),
                            .mode = (cors_mode)fuzzed_choice(input, 3),
                            .preflight = fuzzed_flag(input),
                            .redirected = fuzzed_flag(input),
                            .value_lines = fuzzed_choice(input, 3),
                            .status = fuzzed_byte(input) * 4};
    failure.url = fuzzed_join(memory, CORS_SLICE("https://a.example/"),
                              take_plain(memory, input, CORS_SLICE("x")));
    failure.first_url = fuzzed_join(memory, CORS_SLICE("https://first.example/"),
                                    take_plain(memory, input, CORS_SLICE("x")));
    failure.page = CORS_SLICE("https://app.example");
    failure.origin = failure.page;
    failure.value = take_plain(memory, input, CORS_SLICE("https://other.example"));
    failure.method = take_plain(memory, input, CORS_SLICE("PUT"));
    failure.header = take_plain(memory, input, CORS_SLICE("x-token"));
    size_t size = cors_failure_message(&failure, browser, NULL, 0);
    char *message = fuzzed_allocate(memory, size);
    (void)cors_failure_message(&failure, browser, message, size);
    if (size > 0) {
        check_read_back(memory, &failure, browser, (cors_slice){message, size});
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    cors_explanation explanation;
    if (size > 0 && data[0] == '!') {
        fuzzed_take(&input, 1);
        explain_failure(&memory, &input);
    } else {
        (void)explain(&memory, fuzzed_copy(&memory, fuzzed_rest(&input)), &explanation);
    }
    fuzzed_free_all(&memory);
    return 0;
}
