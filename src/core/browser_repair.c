/* SPDX-License-Identifier: MIT */
/* What a server has to change so that a failure does not come again. */
#include "browser_fetch.h"
#include "browser_headers.h"

/* A value that is put together in the caller's buffer. */
struct value_writer {
    char *data;
    size_t size;
    size_t capacity;
    bool full;
};

static void add(struct value_writer *writer, cors_slice text) {
    if (text.size > writer->capacity - writer->size) {
        writer->full = true;
        return;
    }
    memcpy(writer->data + writer->size, text.data, text.size); /* which is never empty */
    writer->size += text.size;
}

static void add_element(struct value_writer *writer, cors_slice element) {
    if (writer->size > 0) {
        add(writer, CORS_SLICE(", "));
    }
    add(writer, element);
}

/* The tokens of a list; what is none, and a * that does not count, are left out. */
static void add_tokens(struct value_writer *writer, cors_slice list, bool keep_wildcard) {
    cors_slice element;
    while (slice_next_element(&list, &element)) {
        bool wildcard = slice_equals(element, CORS_SLICE("*"));
        if (slice_is_all(element, BYTE_TOKEN) && (keep_wildcard || !wildcard)) {
            add_element(writer, element);
        }
    }
}

static void set_field(cors_repair *repair, cors_field_id field, cors_slice value) {
    repair->name = slice_of_text(cors_field_name(field));
    repair->value = value;
}

/* What the answer's list allows, and what the request needs beside that. */
static void repair_methods(const struct cors_fetch *fetch, cors_slice list,
                           struct value_writer *writer) {
    bool include = fetch->credentials == CORS_CREDENTIALS_INCLUDE;
    add_tokens(writer, list, !include);
    if (!cors_list_holds(list, fetch->method, false)) {
        add_element(writer, fetch->method);
    }
}

static void repair_headers(const struct cors_fetch *fetch, cors_slice list,
                           struct value_writer *writer) {
    bool include = fetch->credentials == CORS_CREDENTIALS_INCLUDE;
    add_tokens(writer, list, !include);
    for (size_t i = 0; i < fetch->need.header_count; i++) {
        cors_slice name = fetch->need.headers[i];
        bool again = i > 0 && slice_equals(name, fetch->need.headers[i - 1]);
        if (!again && !cors_list_holds(list, name, true)) {
            add_element(writer, name);
        }
    }
}

/* The whole list of the answer that failed, not only its part at fault. */
static cors_slice answered_list(const struct cors_fetch *fetch, cors_slice name) {
    struct fetch_memory scratch = fetch->memory;
    bool full = false;
    return cors_field_find(&scratch, fetch->response.fields, fetch->response.field_count, name,
                           &full)
        .value;
}

bool cors_fetch_repair(const cors_fetch *fetch, char *buffer, size_t size, cors_repair *repair) {
    const cors_failure *failure = &fetch->result.failure;
    struct value_writer writer = {buffer, 0, size, false};
    *repair = (cors_repair){.preflight = failure->preflight, .name = CORS_SLICE("")};
    repair->value = CORS_SLICE("");
    switch (fetch->result.code) {
    case CORS_CODE_MISSING_ALLOW_ORIGIN:
    case CORS_CODE_MULTIPLE_ALLOW_ORIGIN:
    case CORS_CODE_INVALID_ALLOW_ORIGIN:
    case CORS_CODE_ALLOW_ORIGIN_MISMATCH:
    case CORS_CODE_WILDCARD_WITH_CREDENTIALS:
        set_field(repair, CORS_FIELD_ALLOW_ORIGIN, failure->origin);
        return true;
    case CORS_CODE_INVALID_ALLOW_CREDENTIALS:
        set_field(repair, CORS_FIELD_ALLOW_CREDENTIALS, CORS_SLICE("true"));
        return true;
    case CORS_CODE_PREFLIGHT_STATUS:
    case CORS_CODE_PREFLIGHT_REDIRECT:
        repair->status = 204;
        return true;
    case CORS_CODE_INVALID_ALLOW_METHODS:
    case CORS_CODE_METHOD_NOT_ALLOWED:
        repair_methods(fetch, answered_list(fetch, CORS_SLICE("access-control-allow-methods")),
                       &writer);
        set_field(repair, CORS_FIELD_ALLOW_METHODS, slice_of(buffer, writer.size));
        return !writer.full;
    case CORS_CODE_INVALID_ALLOW_HEADERS:
    case CORS_CODE_HEADER_NOT_ALLOWED:
        repair_headers(fetch, answered_list(fetch, CORS_SLICE("access-control-allow-headers")),
                       &writer);
        set_field(repair, CORS_FIELD_ALLOW_HEADERS, slice_of(buffer, writer.size));
        return !writer.full;
    default:
        return false;
    }
}
