/* SPDX-License-Identifier: MIT */
#include "case_fetch.h"

#include <stdlib.h>

enum { FIELDS_MAX = 16, TOLD_MAX = 8192, STEPS_MAX = 50 };

/* Cuts "Name: value" lines into fields. */
static size_t read_fields(const char *lines, cors_field *fields) {
    size_t count = 0;
    while (lines != NULL && *lines != '\0') {
        const char *colon = strstr(lines, ": ");
        assert_non_null(colon);
        assert_true(count < FIELDS_MAX);
        size_t size = strcspn(colon + 2, "\n");
        fields[count++] =
            (cors_field){{lines, (size_t)(colon - lines)}, {size == 0 ? "" : colon + 2, size}};
        lines = colon + 2 + size;
        lines += *lines == '\n';
    }
    return count;
}

static cors_slice given(cors_slice text, const char *otherwise) {
    return text.data == NULL ? case_slice(otherwise) : text;
}

/* What is told so far. */
struct teller {
    char text[TOLD_MAX];
    size_t size;
};

static void tell(struct teller *teller, const char *before, cors_slice text) {
    size_t left = sizeof teller->text - teller->size;
    int size = snprintf(teller->text + teller->size, left, "%s%.*s", before, SHOWN(text));
    assert_true(size >= 0 && (size_t)size < left);
    teller->size += (size_t)size;
}

static cors_slice told_by(const struct teller *teller) {
    return (cors_slice){teller->text, teller->size};
}

static void tell_step(struct teller *teller, const cors_fetch *fetch) {
    size_t position = 0;
    cors_field field;
    tell(teller, "", cors_fetch_method(fetch));
    tell(teller, " ", cors_fetch_url(fetch));
    tell(teller, cors_fetch_sends_credentials(fetch) ? " +cookies" : "", case_slice(""));
    tell(teller, cors_fetch_sends_body(fetch) ? " +body" : "", case_slice(""));
    while (cors_fetch_next_field(fetch, &position, &field)) {
        tell(teller, " | ", field.name);
        tell(teller, ": ", field.value);
    }
    tell(teller, "\n", case_slice(""));
}

static void tell_failure(struct teller *teller, const cors_failure *failure) {
    tell(teller, "= ", case_slice(cors_code_name(failure->code)));
    tell(teller, failure->preflight ? " (preflight)" : "", case_slice(""));
    tell(teller, failure->silent ? " (silent)" : "", case_slice(""));
    if (failure->value.size > 0) {
        tell(teller, " value ", failure->value);
    }
    if (failure->header.size > 0) {
        tell(teller, " header ", failure->header);
    }
    if (failure->code == CORS_CODE_ALLOW_ORIGIN_MISMATCH) {
        tell(teller, " origin ", failure->origin);
    }
}

static void tell_result(struct teller *teller, const cors_result *result) {
    char status[16];
    if (result->code != CORS_CODE_OK) {
        assert_int_equal(result->failure.code, result->code);
        assert_int_equal(result->type, CORS_RESPONSE_ERROR);
        tell_failure(teller, &result->failure);
        return;
    }
    (void)snprintf(status, sizeof status, " %d ", result->status);
    tell(teller, "= ok ", case_slice(cors_response_type_name(result->type)));
    tell(teller, status, result->url);
    tell(teller, result->redirected ? " redirected" : "", case_slice(""));
}

static cors_status give_answer(cors_fetch *fetch, const struct case_answer *answer, int64_t now,
                               cors_field *fields) {
    cors_response response = {.status = answer->status, .fields = fields};
    if (answer->status == 0) {
        cors_fetch_fail(fetch);
        return CORS_OK;
    }
    response.field_count = read_fields(answer->fields, fields);
    response.address = case_slice(answer->address == NULL ? "" : answer->address);
    return cors_fetch_answer(fetch, &response, now);
}

static cors_call call_of(const struct case_fetch *one, cors_field *headers) {
    cors_call call = one->call;
    call.page = given(call.page, "https://app.test");
    call.url = given(call.url, "https://api.test/x");
    call.method = given(call.method, "GET");
    call.headers = headers;
    call.header_count = read_fields(one->headers, headers);
    return call;
}

static const struct case_answer *answer_after(const struct case_fetch *one,
                                              const struct case_answer *answer) {
    bool last = answer == &one->answers[CASE_ANSWERS_MAX - 1] ||
                (answer[1].status == 0 && answer[1].fields == NULL);
    return last ? answer : answer + 1;
}

/* The call in a memory of some size. */
static cors_status run(const struct case_fetch *one, char *memory, size_t size,
                       cors_preflight_cache *cache, int64_t now, struct teller *teller) {
    cors_field headers[FIELDS_MAX];
    cors_field answered[FIELDS_MAX];
    cors_fetch *fetch;
    cors_call call = call_of(one, headers);
    const struct case_answer *next = one->answers;
    cors_status status = cors_fetch_begin(memory, size, &call, one->browser, cache, now, &fetch);
    for (int steps = 0; status == CORS_OK && cors_fetch_step(fetch) != CORS_STEP_DONE; steps++) {
        assert_true(steps < STEPS_MAX);
        tell_step(teller, fetch);
        status = give_answer(fetch, next, now, answered);
        next = answer_after(one, next);
    }
    if (status == CORS_OK) {
        tell_result(teller, cors_fetch_result(fetch));
    }
    return status;
}

static cors_status run_all(const struct case_fetch *one, char *memory, size_t size,
                           struct teller *teller) {
    enum { SECOND = 1000 };
    char cached[2048];
    cors_preflight_cache cache;
    teller->size = 0;
    cors_preflight_cache_begin(&cache, cached, sizeof cached);
    cors_status status = run(one, memory, size, &cache, 0, teller);
    if (status == CORS_OK && one->again) {
        tell(teller, "\n", case_slice(""));
        status = run(one, memory, size, &cache, SECOND, teller);
    }
    return status;
}

void expect_fetch(const struct case_fetch *one) {
    static char whole[CORS_FETCH_MEMORY];
    static struct teller teller;
    assert_int_equal(run_all(one, whole, sizeof whole, &teller), CORS_OK);
    expect_text(one->name, "told", told_by(&teller), one->told);
    bool enough = false;
    for (size_t size = 8; !enough; size += 8) {
        char *memory = malloc(size); /* with a sanitizer behind its end */
        assert_non_null(memory);
        cors_status status = run_all(one, memory, size, &teller);
        if (status == CORS_OK) {
            expect_text(one->name, "told in little memory", told_by(&teller), one->told);
            enough = true;
        } else {
            assert_int_equal(status, CORS_TOO_LARGE);
        }
        free(memory);
    }
}
