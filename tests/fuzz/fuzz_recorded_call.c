/* SPDX-License-Identifier: MIT */
/*
 * Calls as browsers recorded them, read and judged by `cors check`: a byte of choices, then parts
 * with a byte 1E between them: the answers as `curl -i` prints them, a URL that chooses, and a
 * curl command line or a HAR file.
 */
#include <string.h>

#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_output.h"
#include "fuzzed_secrets.h"
#include "invariant.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHOICE_HAR = 1, CHOICE_JSON = 2, CHOICE_BROWSER = 4 };

/* In place of an empty one. */
static const char usual_answers[] = "HTTP/1.1 204 No Content\n"
                                    "Access-Control-Allow-Origin: https://app.example\n"
                                    "Access-Control-Allow-Methods: *\n\n"
                                    "HTTP/1.1 200 OK\n"
                                    "Access-Control-Allow-Origin: *\n\n";

/* As an argument; a NUL ends it. */
static const char *argument_of(struct fuzzed_memory *memory, cors_slice text) {
    return fuzzed_join(memory, text, (cors_slice){"", 1}).data;
}

static void check_result(const struct fuzzed_result *result, bool json) {
    INVARIANT(result->code != EXIT_FAILED, "nothing is needed that could fail");
    INVARIANT(fuzzed_is_clean(result->out) && fuzzed_is_clean(result->errors),
              "what is printed holds no control characters");
    INVARIANT((result->code == EXIT_USAGE) == (result->errors.size > 0),
              "what is refused is refused with words, and nothing else is");
    INVARIANT((result->code == EXIT_USAGE) == (result->out.size == 0), "what is judged is told");
    if (result->out.size > 0 && json) {
        json_decref(fuzzed_json(result->out));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const browsers[] = {"chromium", "firefox", "safari", "standard"};
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    unsigned choice = fuzzed_byte(&input);
    cors_slice answers = fuzzed_until(&input, '\x1e');
    cors_slice url = fuzzed_until(&input, '\x1e');
    cors_slice call = fuzzed_rest(&input);
    bool har = (choice & CHOICE_HAR) != 0;
    bool json = (choice & CHOICE_JSON) != 0;
    answers = answers.size == 0 ? text_slice(usual_answers) : answers;
    struct fuzzed_command command = {
        .words = "cors check",
        .run = cors_check_main,
        .arguments = {"--answer", fuzzed_file(0, answers), "--browser",
                      browsers[choice / CHOICE_BROWSER % 4], har ? "--har" : "--curl",
                      har ? "-" : argument_of(&memory, call)},
        .input = har ? call : CORS_SLICE(""),
    };
    size_t count = 6;
    if (json) {
        command.arguments[count++] = "--json";
    }
    if (url.size > 0) {
        command.arguments[count++] = "--";
        command.arguments[count++] = argument_of(&memory, url);
    }
    struct fuzzed_result result = fuzzed_command_run(&command);
    check_result(&result, json);
    if (har && fuzzed_recording_holds_secret(call) && !fuzzed_shows_secret(answers)) {
        INVARIANT(!fuzzed_shows_secret(result.out) && !fuzzed_shows_secret(result.errors),
                  "no secret of a recording is shown");
    }
    fuzzed_free_all(&memory);
    return 0;
}
