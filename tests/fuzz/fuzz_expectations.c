/* SPDX-License-Identifier: MIT */
/*
 * Files of expectations, as `cors test` reads and judges them: a byte that chooses the form of the
 * report, the policy, a byte 1E and the expectations.
 */
#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_output.h"
#include "fuzzed_xml.h"
#include "invariant.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In place of an empty policy, so that expectations are judged early on. */
static const char usual_policy[] =
    "policies:\n"
    "  - path: /api/*\n"
    "    allow_origins: [https://app.example.com, 'https://*.example.org', 'null']\n"
    "    allow_methods: [PUT]\n"
    "    allow_headers: [Content-Type, X-Token]\n"
    "    allow_credentials: true\n"
    "    expose_headers: [ETag]\n"
    "  - path: /\n"
    "    allow_origins: ['*']\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const formats[] = {"table", "tap", "junit", "json"};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    const char *format = formats[fuzzed_choice(&input, 4)];
    cors_slice policy = fuzzed_until(&input, '\x1e');
    policy = policy.size == 0 ? text_slice(usual_policy) : policy;
    const struct fuzzed_command command = {
        .words = "cors test",
        .run = cors_test_main,
        .arguments = {"--format", format, "--verbose", "--env", "production", "--policy",
                      fuzzed_file(0, policy), fuzzed_file(1, fuzzed_rest(&input))},
    };
    struct fuzzed_result result = fuzzed_command_run(&command);
    INVARIANT(result.code != EXIT_FAILED, "nothing is needed that could fail");
    INVARIANT(fuzzed_is_clean(result.out) && fuzzed_is_clean(result.errors),
              "what is printed holds no control characters");
    INVARIANT(result.code != EXIT_USAGE || result.errors.size > 0,
              "what is refused is refused with words");
    INVARIANT(result.code == EXIT_USAGE || result.out.size > 0, "what is judged is told");
    if (result.code != EXIT_USAGE && text_is(text_slice(format), "json")) {
        json_decref(fuzzed_json(result.out));
    } else if (result.code != EXIT_USAGE && text_is(text_slice(format), "junit")) {
        INVARIANT(fuzzed_is_xml(result.out), "what is printed as XML is XML");
    }
    return 0;
}
