/* SPDX-License-Identifier: MIT */
/* What came of a check, in short: for the report, the drawing and the JSON alike. */
#include "check.h"

enum { MESSAGE_BYTES = 16 << 10 };

const struct check_exchange *check_last(const struct check_outcome *outcome) {
    return outcome->browser_count == 0 ? NULL : &outcome->exchanges[outcome->browser_count - 1];
}

bool check_failed(const struct check_outcome *outcome) {
    return outcome->result != NULL && outcome->result->code != CORS_CODE_OK;
}

cors_slice check_field(const struct check_exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->field_count; i++) {
        if (text_is_folded(exchange->fields[i].name, name)) {
            return exchange->fields[i].value;
        }
    }
    return (cors_slice){NULL, 0};
}

bool check_network_failed(const struct check_outcome *outcome) {
    const struct check_exchange *last = check_last(outcome);
    return last != NULL && last->outcome != PROBE_ANSWERED;
}

const char *check_verdict(const struct check_outcome *outcome) {
    if (outcome->result == NULL || check_network_failed(outcome)) {
        return "unknown";
    }
    return check_failed(outcome) ? "blocked" : "allowed";
}

cors_slice check_undecided(const struct check_outcome *outcome) {
    const struct check_exchange *last = check_last(outcome);
    bool passed = last != NULL && last->preflight;
    switch (outcome->end) {
    case CHECK_UNSENT:
        return text_slice(passed ? "The preflight passes; the request itself was not sent: --send "
                                   "sends it."
                                 : "The call needs no preflight, and the request itself was not "
                                   "sent, as it could change something: --send sends it.");
    case CHECK_UNANSWERED:
        return text_slice(passed
                              ? "The preflight passes; no answer to the request itself was "
                                "handed in."
                              : "The answers that were handed in pass; the next one is missing.");
    case CHECK_TOO_LARGE:
        return text_slice("The exchange is longer than any that a browser goes through.");
    default:
        return text_slice("");
    }
}

cors_slice check_message(const struct check_outcome *outcome, cors_browser browser) {
    if (!check_failed(outcome) || browser == CORS_BROWSER_STANDARD) {
        return text_slice("");
    }
    struct keep *keep = outcome->call->keep;
    cors_failure failure = outcome->result->failure;
    failure.url = shown_url(keep, failure.url);
    failure.first_url = shown_url(keep, failure.first_url);
    failure.value = shown_url(keep, failure.value);
    char *buffer = keep_memory(keep, MESSAGE_BYTES);
    size_t size = cors_failure_message(&failure, browser, buffer, MESSAGE_BYTES);
    return (cors_slice){buffer, size < MESSAGE_BYTES ? size : MESSAGE_BYTES};
}

cors_slice check_cause(const struct check_outcome *outcome) {
    struct keep *keep = outcome->call->keep;
    const struct check_exchange *last = check_last(outcome);
    if (outcome->result == NULL) {
        return check_undecided(outcome);
    }
    const cors_failure *failure = &outcome->result->failure;
    const char *cause = cors_code_cause(outcome->result->code);
    if (check_network_failed(outcome)) {
        return last->sentence;
    }
    switch (outcome->result->code) {
    case CORS_CODE_HEADER_NOT_ALLOWED:
        return keep_format(keep, "%s It misses: %.*s.", cause, SLICE_ARGUMENTS(failure->header));
    case CORS_CODE_METHOD_NOT_ALLOWED:
        return keep_format(keep, "%s It misses: %.*s.", cause, SLICE_ARGUMENTS(failure->method));
    case CORS_CODE_ALLOW_ORIGIN_MISMATCH:
    case CORS_CODE_INVALID_ALLOW_ORIGIN:
        return keep_format(keep, "%s It is %.*s, and the page's is %.*s.", cause,
                           SLICE_ARGUMENTS(failure->value), SLICE_ARGUMENTS(failure->origin));
    case CORS_CODE_PREFLIGHT_REDIRECT:
        return keep_format(keep, "%s It leads to %.*s.", cause,
                           SLICE_ARGUMENTS(shown_url(
                               keep, check_field(last, cors_field_name(CORS_FIELD_LOCATION)))));
    case CORS_CODE_PREFLIGHT_STATUS:
        return keep_format(keep, "%s It was %d.", cause, failure->status);
    default:
        return text_slice(cause);
    }
}
