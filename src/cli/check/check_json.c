/* SPDX-License-Identifier: MIT */
/* What cors check --json prints. */
#include <wchar.h>

#include "check.h"
#include "json_writer.h"
#include "terminal.h"

static json_t *text(cors_slice slice) {
    return json_stringn(slice.data == NULL ? "" : slice.data, slice.size);
}

/* The size of the UTF-8 character at the start, or 0 where there is none. */
static size_t character_size(cors_slice slice) {
    wchar_t character;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t size = mbrtowc(&character, slice.data, slice.size, &state);
    bool broken = size == (size_t)-1 || size == (size_t)-2;
    if (broken || character > 0x10FFFF) { /* libc goes on after Unicode's last character */
        return 0;
    }
    return size == 0 ? 1 : size; /* a NUL is a character here */
}

/* Bytes that are no UTF-8 become U+FFFD each. */
static json_t *clean_text(struct keep *keep, cors_slice slice) {
    struct keep_text clean = {.keep = keep};
    json_t *value = text(slice);
    if (value != NULL) {
        return value;
    }
    while (slice.size > 0) {
        size_t size = character_size(slice);
        keep_text_add(&clean,
                      size == 0 ? text_slice("\xEF\xBF\xBD") : (cors_slice){slice.data, size});
        slice = text_skip(slice, size == 0 ? 1 : size);
    }
    return text(keep_text_slice(&clean));
}

/* A sentence that quotes what a server said: it may end up on a terminal after all. */
static json_t *sentence(struct keep *keep, cors_slice slice) {
    struct keep_text clean = {.keep = keep};
    while (slice.size > 0) {
        size_t size = printable_size(slice);
        keep_text_add(&clean,
                      size == 0 ? text_slice("\xEF\xBF\xBD") : (cors_slice){slice.data, size});
        slice = text_skip(slice, size == 0 ? 1 : size);
    }
    return text(keep_text_slice(&clean));
}

static json_t *text_or_null(cors_slice slice) {
    return slice.size == 0 ? json_null() : text(slice);
}

static json_t *fields_of(struct keep *keep, const cors_field *fields, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(
            list, json_pack("[o, o]", clean_text(keep, fields[i].name),
                            clean_text(keep, check_shown_value(keep, &fields[i]))));
    }
    return list;
}

static json_t *exchange_of(struct keep *keep, const struct check_exchange *exchange) {
    bool answered = exchange->outcome == PROBE_ANSWERED;
    json_t *made = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "kind",
        exchange->preflight ? "preflight" : "request", "method", clean_text(keep, exchange->method),
        "url", clean_text(keep, shown_url(keep, exchange->url)), "status",
        answered ? json_integer(exchange->status) : json_null(), "request_headers",
        fields_of(keep, exchange->sent, exchange->sent_count), "response_headers",
        fields_of(keep, exchange->fields, exchange->field_count), "beyond", (int)exchange->beyond);
    if (!answered) {
        (void)json_object_set_new(made, "failure",
                                  json_string(probe_outcome_name(exchange->outcome)));
    }
    return made;
}

static json_t *exchanges_of(const struct check_outcome *outcome) {
    json_t *list = json_array();
    for (size_t i = 0; i < outcome->exchange_count; i++) {
        (void)json_array_append_new(list, exchange_of(outcome->call->keep, &outcome->exchanges[i]));
    }
    return list;
}

static json_t *messages_of(const struct check_outcome *outcome) {
    static const cors_browser browsers[] = {CORS_BROWSER_CHROMIUM, CORS_BROWSER_FIREFOX,
                                            CORS_BROWSER_SAFARI};
    json_t *messages = json_object();
    for (size_t i = 0; i < sizeof browsers / sizeof browsers[0]; i++) {
        cors_slice message = check_message(outcome, browsers[i]);
        (void)json_object_set_new(messages, cors_browser_name(browsers[i]),
                                  message.size == 0 ? json_null()
                                                    : clean_text(outcome->call->keep, message));
    }
    return messages;
}

static json_t *next_of(const struct check_outcome *outcome) {
    json_t *list = json_array();
    for (size_t i = 0; i < outcome->next_count; i++) {
        (void)json_array_append_new(list, json_string(cors_code_name(outcome->next[i])));
    }
    return list;
}

static json_t *whys_of(const struct check_outcome *outcome) {
    json_t *list = json_array();
    for (size_t i = 0; i < outcome->why_count; i++) {
        const struct check_why *why = &outcome->whys[i];
        (void)json_array_append_new(list,
                                    json_pack("{s:s, s:o, s:s}", "why", cors_why_name(why->why),
                                              "what", clean_text(outcome->call->keep, why->what),
                                              "advice", cors_why_advice(why->why)));
    }
    return list;
}

static json_t *list_of(json_t *(*each)(struct keep *, cors_slice), struct keep *keep,
                       const cors_slice *slices, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, each(keep, slices[i]));
    }
    return list;
}

static json_t *code_of(const struct check_outcome *outcome) {
    return outcome->result == NULL ? json_null()
                                   : json_string(cors_code_name(outcome->result->code));
}

static const char *fix_of(const struct check_outcome *outcome) {
    return outcome->result == NULL ? "" : cors_code_fix(outcome->result->code);
}

bool check_json_print(const struct check_outcome *outcome, FILE *stream) {
    const struct check_call *call = outcome->call;
    struct keep *keep = call->keep;
    bool failed_preflight = check_failed(outcome) && outcome->result->failure.preflight;
    json_t *whole = json_pack(
        "{s:o, s:o, s:s, s:s, s:o, s:b, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "url", clean_text(keep, shown_url(keep, call->call.url)), "origin",
        clean_text(keep, call->call.page), "browser", cors_browser_name(call->browser), "verdict",
        check_verdict(outcome), "code", code_of(outcome), "preflight", (int)failed_preflight,
        "cause", sentence(keep, check_cause(outcome)), "fix", fix_of(outcome), "messages",
        messages_of(outcome), "exchange", exchanges_of(outcome), "next", next_of(outcome),
        "why_preflight", whys_of(outcome), "curl",
        list_of(clean_text, keep, outcome->curl, outcome->curl_count), "server",
        text_or_null(outcome->server_id), "snippet", text_or_null(outcome->snippet), "notes",
        list_of(sentence, keep, outcome->notes, outcome->note_count), "remarks",
        list_of(sentence, keep, call->remarks, call->remark_count));
    bool written =
        whole != NULL && json_print(whole, JSON_INDENT(2), stream) && fputc('\n', stream) != EOF;
    json_decref(whole);
    return written;
}
