/* SPDX-License-Identifier: MIT */
/* The recorded exchange goes through the browser engine: what it allows is what counts. */
#include <stddef.h>

#include "audit_facts.h"
#include "text_slices.h"

/* A question to the engine: would this answer let the page go on? */
struct verdict {
    bool allowed;
    bool too_large; /* for us: the answer has to be judged by somebody else */
    cors_code code;
};

/* Script's call that leads to just this request, or to this preflight. */
static cors_call make_call(cors_slice origin, bool preflight, cors_slice method,
                           const cors_field *header, bool credentials) {
    cors_call call = {
        .page = origin,
        .method = method,
        .url = CORS_SLICE("https://elsewhere.invalid/"), /* of another origin than any page */
        .credentials = credentials ? CORS_CREDENTIALS_INCLUDE : CORS_CREDENTIALS_OMIT,
    };
    if (preflight) {
        call.initiator = CORS_INITIATOR_XHR; /* may have an upload listener: always a preflight */
        call.upload_listener = true;
        call.headers = header;
        call.header_count = header->name.size > 0;
    }
    return call;
}

static struct verdict ask(const cors_call *call, cors_browser browser,
                          const cors_response *response, bool preflight) {
    max_align_t memory[CORS_FETCH_MEMORY / sizeof(max_align_t)];
    cors_fetch *fetch;
    struct verdict verdict = {false, true, CORS_CODE_NETWORK_FAILURE};
    if (cors_fetch_begin(memory, sizeof memory, call, browser, NULL, 0, &fetch) != CORS_OK) {
        return verdict;
    }
    if (cors_fetch_step(fetch) == (preflight ? CORS_STEP_PREFLIGHT : CORS_STEP_REQUEST) &&
        cors_fetch_answer(fetch, response, 0) == CORS_TOO_LARGE) {
        return verdict;
    }
    verdict.too_large = false;
    cors_step step = cors_fetch_step(fetch);
    if (step == CORS_STEP_DONE) {
        verdict.code = cors_fetch_result(fetch)->code;
        verdict.allowed = verdict.code == CORS_CODE_OK;
    } else if (preflight && step == CORS_STEP_REQUEST) {
        verdict = (struct verdict){true, false, CORS_CODE_OK};
    }
    return verdict;
}

void audit_facts_judge(struct audit_facts *facts, const struct audit_answer *answer,
                       cors_slice origin, bool preflight, cors_slice method, cors_slice header) {
    const cors_response response = {
        .status = answer->status, .fields = answer->fields, .field_count = answer->field_count};
    const cors_field field = {header, CORS_SLICE("x")};
    const cors_call plain = make_call(origin, preflight, method, &field, false);
    const cors_call full = make_call(origin, preflight, method, &field, true);
    struct verdict without = ask(&plain, CORS_BROWSER_STANDARD, &response, preflight);
    struct verdict with = ask(&full, CORS_BROWSER_STANDARD, &response, preflight);
    if (without.too_large || with.too_large) { /* a refusal never comes of our own bound */
        facts->failure = AUDIT_REASON_TOO_LARGE;
        facts->sentence = CORS_SLICE("The answer's fields are larger than what is judged of one.");
        return;
    }
    facts->code = without.code;
    facts->access = AUDIT_ACCESS_NONE;
    if (without.allowed) {
        facts->access =
            text_is(facts->allow_origin, "*") ? AUDIT_ACCESS_ANYONE : AUDIT_ACCESS_ORIGIN;
    }
    if (with.allowed) {
        facts->access = AUDIT_ACCESS_CREDENTIALS;
    }
    const cors_call *call = with.allowed ? &full : &plain;
    for (cors_browser browser = CORS_BROWSER_STANDARD; browser <= CORS_BROWSER_SAFARI; browser++) {
        facts->browsers[browser] = ask(call, browser, &response, preflight).allowed;
    }
}
