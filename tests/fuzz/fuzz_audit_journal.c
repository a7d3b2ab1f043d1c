/* SPDX-License-Identifier: MIT */
/*
 * Journals and baselines of `cors audit`, and the reports that are made of them: a byte that
 * chooses the report, the baseline, a byte 1E, the journal. What the journal does not hold is asked
 * of servers that nobody reaches.
 */

#include "command.h"
#include "fuzzed_command.h"
#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "fuzzed_network.h"
#include "fuzzed_output.h"
#include "fuzzed_xml.h"
#include "invariant.h"
#include "text_slices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What stands on standard output; the accepted findings come after a table. */
enum form {
    FORM_TABLE,
    FORM_JSON,
    FORM_LINES,
    FORM_SARIF,
    FORM_JUNIT,
    FORM_HTML,
    FORM_BASELINE,
    FORMS
};

static const char *const form_options[FORMS][2] = {
    [FORM_TABLE] = {NULL, NULL},
    [FORM_JSON] = {"--json", NULL},
    [FORM_LINES] = {"--jsonl", NULL},
    [FORM_SARIF] = {"--sarif", "-"},
    [FORM_JUNIT] = {"--junit", "-"},
    [FORM_HTML] = {"--html", "-"},
    [FORM_BASELINE] = {"--write-baseline", "-"},
};

static void check_result(const struct fuzzed_result *result, enum form form) {
    INVARIANT(fuzzed_is_clean(result->out) && fuzzed_is_clean(result->errors),
              "what is printed holds no control characters");
    INVARIANT(result->code != EXIT_USAGE || result->errors.size > 0,
              "what is refused is refused with words");
    INVARIANT(result->code != EXIT_USAGE || result->out.size == 0, "what is refused is not told");
    if (result->out.size > 0 && (form == FORM_JSON || form == FORM_SARIF)) {
        json_decref(fuzzed_json(result->out));
    } else if (form == FORM_LINES) {
        json_decref(fuzzed_json_lines(result->out));
    } else if (result->out.size > 0 && form == FORM_JUNIT) {
        INVARIANT(fuzzed_is_xml(result->out), "what is printed as XML is XML");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzzed_memory memory = {NULL};
    struct fuzzed_input input = fuzzed_input_of(data, size);
    enum form form = (enum form)fuzzed_choice(&input, FORMS);
    cors_slice baseline = fuzzed_until(&input, '\x1e');
    struct fuzzed_command command = {
        .words = "cors audit",
        .run = cors_audit_main,
        .arguments = {"http://a.test:8765/x?token=hush", "http://b.test:8765/y", "--resolve",
                      "a.test:8765:192.0.2.1", "--resolve", "b.test:8765:192.0.2.2", "--proxy", "",
                      "--resume", fuzzed_file(0, fuzzed_rest(&input))},
    };
    size_t count = 10;
    if (baseline.size > 0) {
        command.arguments[count++] = "--baseline";
        command.arguments[count++] = fuzzed_file(1, baseline);
    }
    command.arguments[count++] = form_options[form][0];
    command.arguments[count] = command.arguments[count - 1] == NULL ? NULL : form_options[form][1];
    fuzzed_network_serve(NULL, 0);
    struct fuzzed_result first = fuzzed_command_run(&command);
    int code = first.code;
    cors_slice said = fuzzed_copy(&memory, first.out);
    check_result(&first, form);
    if (code != EXIT_USAGE && form != FORM_TABLE && form != FORM_BASELINE) {
        struct fuzzed_result second = fuzzed_command_run(&command);
        INVARIANT(second.code == code, "a journal that a run wrote is one that the next can read");
        INVARIANT(form != FORM_LINES || text_same(said, second.out),
                  "what was found is told in the same words again");
    }
    fuzzed_free_all(&memory);
    return 0;
}
