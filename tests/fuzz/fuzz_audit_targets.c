/* SPDX-License-Identifier: MIT */
/*
 * What `cors audit` takes targets from: lists, OpenAPI and Swagger files, HAR files; each target is
 * then asked about without a network. A byte of choices, the base URL of an API, a byte 1E, the
 * file.
 */
#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_output.h"
#include "fuzzed_secrets.h"
#include "invariant.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHOICE_KIND = 3, CHOICE_JSON = 4, CHOICE_UNSAFE = 8, CHOICE_FULL = 16 };

static void check_result(const struct fuzzed_result *result, bool json) {
    INVARIANT(result->code == EXIT_FINE || result->code == EXIT_USAGE,
              "a rehearsal is done, or what it is to be done with is refused");
    INVARIANT(fuzzed_is_clean(result->out) && fuzzed_is_clean(result->errors),
              "what is printed holds no control characters");
    INVARIANT(result->errors.size > 0, "what is refused is refused with words");
    if (result->code == EXIT_FINE && json) {
        json_decref(fuzzed_json(result->out));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const kinds[] = {"--targets", "--openapi", "--har", "--targets"};
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    unsigned choice = fuzzed_byte(&input);
    cors_slice base = fuzzed_until(&input, '\x1e');
    bool json = (choice & CHOICE_JSON) != 0;
    struct fuzzed_command command = {
        .words = "cors audit",
        .run = cors_audit_main,
        .arguments = {"--dry-run", kinds[choice & CHOICE_KIND], "-"},
        .input = fuzzed_rest(&input),
    };
    size_t count = 3;
    if (json) {
        command.arguments[count++] = "--json";
    }
    if ((choice & CHOICE_UNSAFE) != 0) {
        command.arguments[count++] = "--unsafe";
    }
    if ((choice & CHOICE_FULL) == 0) {
        command.arguments[count++] = "--quick";
    }
    if (base.size > 0) {
        command.arguments[count++] = "--base";
        command.arguments[count++] = fuzzed_join(&memory, base, (cors_slice){"", 1}).data;
    }
    struct fuzzed_result result = fuzzed_command_run(&command);
    check_result(&result, json);
    if (fuzzed_recording_holds_secret(command.input)) {
        INVARIANT(!fuzzed_shows_secret(result.out) && !fuzzed_shows_secret(result.errors),
                  "no secret of a recording is shown");
    }
    fuzzed_free_all(&memory);
    return 0;
}
