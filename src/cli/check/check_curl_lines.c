/* SPDX-License-Identifier: MIT */
/* The curl lines that repeat preflight and request, to be pasted into a shell. */
#include "check.h"
#include "secret_name.h"

/* In single quotes; a quote inside ends them, stands escaped, and begins them again. */
static void add_quoted(struct keep_text *line, cors_slice text) {
    keep_text_put(line, "'");
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\'') {
            keep_text_put(line, "'\\''");
        } else {
            keep_text_add(line, (cors_slice){text.data + i, 1});
        }
    }
    keep_text_put(line, "'");
}

static bool is_plain_word(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (!((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
              (byte >= '0' && byte <= '9') || byte == '-')) {
            return false;
        }
    }
    return text.size > 0;
}

static void add_word(struct keep_text *line, cors_slice word) {
    if (is_plain_word(word)) {
        keep_text_add(line, word);
    } else {
        add_quoted(line, word);
    }
}

static void add_header(struct keep_text *line, const cors_field *field) {
    struct keep_text header = {.keep = line->keep};
    keep_text_add(&header, field->name);
    if (is_secret_name(field->name)) {
        keep_text_put(&header, ": <your ");
        keep_text_add(&header, field->name);
        keep_text_put(&header, ">");
    } else {
        keep_text_put(&header, field->value.size == 0 ? ";" : ": ");
        keep_text_add(&header, field->value);
    }
    keep_text_put(line, " -H ");
    add_quoted(line, keep_text_slice(&header));
}

static void add_body(struct keep_text *line, const struct check_call *call) {
    keep_text_put(line, " --data-raw ");
    add_quoted(line, call->data_hidden ? text_slice("<your data>") : call->data);
}

static void add_method(struct keep_text *line, const cors_fetch *fetch) {
    cors_slice method = cors_fetch_method(fetch);
    if (text_is(method, "HEAD")) {
        keep_text_put(line, " --head");
    } else if (!text_is(method, "GET")) {
        keep_text_put(line, " -X ");
        add_word(line, method);
    }
}

/* What the engine would send now. */
static cors_slice line_of(const struct check_call *call, const cors_fetch *fetch) {
    struct keep_text line = {.keep = call->keep};
    cors_field field;
    size_t position = 0;
    bool names_type = false;
    keep_text_put(&line, "curl -i");
    add_method(&line, fetch);
    keep_text_put(&line, " ");
    add_quoted(&line, shown_url(call->keep, cors_fetch_url(fetch)));
    while (cors_fetch_next_field(fetch, &position, &field)) {
        names_type = names_type || text_is_folded(field.name, "Content-Type");
        add_header(&line, &field);
    }
    if (cors_fetch_sends_credentials(fetch) && call->cookies.size > 0) {
        add_header(&line, &(cors_field){text_slice("Cookie"), text_slice("")});
    }
    if (cors_fetch_sends_body(fetch)) {
        if (!names_type) {
            keep_text_put(&line, " -H 'Content-Type:'");
        }
        add_body(&line, call);
    }
    return keep_text_slice(&line);
}

/* An answer to the preflight that allows all it asks for. */
static void allow(cors_fetch *fetch) {
    cors_field fields[] = {
        {text_slice(cors_field_name(CORS_FIELD_ALLOW_ORIGIN)), cors_fetch_origin(fetch)},
        {text_slice(cors_field_name(CORS_FIELD_ALLOW_CREDENTIALS)), text_slice("true")},
        {text_slice(cors_field_name(CORS_FIELD_ALLOW_METHODS)), cors_fetch_requested_method(fetch)},
        {text_slice(cors_field_name(CORS_FIELD_ALLOW_HEADERS)),
         cors_fetch_requested_headers(fetch)},
    };
    cors_response response = {.status = 204, .fields = fields, .field_count = 4};
    (void)cors_fetch_answer(fetch, &response, 0);
}

void check_curl_lines_make(struct check_outcome *outcome) {
    const struct check_call *call = outcome->call;
    cors_fetch *fetch = check_play_begin_again(outcome);
    if (fetch == NULL) {
        return;
    }
    if (cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT) {
        outcome->curl[outcome->curl_count++] = line_of(call, fetch);
        allow(fetch);
    }
    if (cors_fetch_step(fetch) == CORS_STEP_REQUEST) {
        outcome->curl[outcome->curl_count++] = line_of(call, fetch);
    }
}
