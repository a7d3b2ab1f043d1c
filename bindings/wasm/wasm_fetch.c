/* SPDX-License-Identifier: MIT */
/* Calls in progress: begun, answered, given back. */
#include "wasm_fetch.h"

#include "wasm_bytes.h"
#include "wasm_export.h"
#include "wasm_labels.h"
#include "wasm_memory.h"
#include "wasm_wire.h"

/* A record of the host's, for as long as it is borrowed. */
static char *copy_record(const char *data, size_t size) {
    char *copy = wasm_allocate(size);
    if (copy != NULL && size > 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

WASM_EXPORT(fetch_release) void wasm_fetch_release(struct wasm_fetch *fetch);
void wasm_fetch_release(struct wasm_fetch *fetch) {
    wasm_release(fetch->memory);
    wasm_release(fetch->call_record);
    wasm_release(fetch->call_headers);
    wasm_release(fetch->upgraded_hosts);
    wasm_release(fetch->response_record);
    wasm_release(fetch->response_fields);
    wasm_release(fetch);
}

static bool take_hosts(struct wire *wire, struct wasm_fetch *fetch, size_t *count) {
    *count = wire_take_count(wire, sizeof(uint32_t));
    fetch->upgraded_hosts = wasm_allocate(*count * sizeof *fetch->upgraded_hosts);
    for (size_t i = 0; fetch->upgraded_hosts != NULL && i < *count; i++) {
        fetch->upgraded_hosts[i] = wire_take_text(wire);
    }
    return fetch->upgraded_hosts != NULL;
}

/* Reads the call from its record; false if memory is short. */
static bool take_call(struct wire *wire, struct wasm_fetch *fetch) {
    cors_call *call = &fetch->call;
    *call = (cors_call){.page = wire_take_text(wire), .to_ascii = wasm_label_to_ascii};
    call->top = wire_take_text(wire);
    call->page_address = wire_take_text(wire);
    call->url = wire_take_text(wire);
    call->method = wire_take_text(wire);
    call->initiator = (cors_initiator)wire_take_word(wire);
    call->mode = (cors_mode)wire_take_word(wire);
    call->credentials = (cors_credentials_mode)wire_take_word(wire);
    call->redirect = (cors_redirect_mode)wire_take_word(wire);
    call->cache = (cors_cache_mode)wire_take_word(wire);
    call->body = (cors_body)wire_take_word(wire);
    call->body_type = wire_take_text(wire);
    call->upload_listener = wire_take_word(wire) != 0;
    bool read = wire_take_fields(wire, &fetch->call_headers, &call->header_count) &&
                take_hosts(wire, fetch, &call->upgraded_host_count);
    call->headers = fetch->call_headers;
    call->upgraded_hosts = fetch->upgraded_hosts;
    return read;
}

static cors_status begin(struct wasm_fetch *fetch, const char *data, size_t size,
                         size_t memory_size, double now) {
    fetch->memory_size = memory_size;
    fetch->memory = wasm_allocate(memory_size);
    fetch->call_record = copy_record(data, size);
    if (fetch->memory == NULL || fetch->call_record == NULL) {
        return CORS_NO_MEMORY;
    }
    struct wire wire = wire_over(fetch->call_record, size);
    if (!take_call(&wire, fetch)) {
        return CORS_NO_MEMORY;
    }
    return cors_fetch_begin(fetch->memory, memory_size, &fetch->call, fetch->browser->name,
                            &fetch->browser->cache, (int64_t)now, &fetch->fetch);
}

/* Begins the call of a record. The answer is the fetch's address. */
WASM_EXPORT(fetch_begin)
uint32_t wasm_fetch_begin(struct wasm_browser *browser, const char *data, size_t size,
                          size_t memory_size, double now);
uint32_t wasm_fetch_begin(struct wasm_browser *browser, const char *data, size_t size,
                          size_t memory_size, double now) {
    struct wasm_fetch *fetch = wasm_allocate(sizeof *fetch);
    if (fetch == NULL) {
        return CORS_NO_MEMORY;
    }
    *fetch = (struct wasm_fetch){.browser = browser};
    wasm_labels_begin();
    cors_status status = begin(fetch, data, size, memory_size, now);
    if (status != CORS_OK || wasm_labels_wanted()) {
        wasm_fetch_release(fetch);
        return status != CORS_OK ? (uint32_t)status : WASM_LABELS_WANTED;
    }
    wire_begin();
    wire_put_word((uint32_t)(uintptr_t)fetch);
    return (uint32_t)wire_end();
}

/* A cors_step. */
WASM_EXPORT(fetch_step) uint32_t wasm_fetch_step(const struct wasm_fetch *fetch);
uint32_t wasm_fetch_step(const struct wasm_fetch *fetch) {
    return (uint32_t)cors_fetch_step(fetch->fetch);
}

/* What an answer changes, to be put back if it has to be handed in once more. */
struct snapshot {
    char *memory;
    struct wasm_browser *browser;
};

static void release_snapshot(struct snapshot *snapshot) {
    wasm_release(snapshot->memory);
    wasm_release(snapshot->browser);
}

static bool take_snapshot(struct snapshot *snapshot, const struct wasm_fetch *fetch) {
    snapshot->memory = copy_record(fetch->memory, fetch->memory_size);
    snapshot->browser =
        (struct wasm_browser *)copy_record((const char *)fetch->browser, sizeof *fetch->browser);
    return snapshot->memory != NULL && snapshot->browser != NULL;
}

static void put_back(const struct snapshot *snapshot, const struct wasm_fetch *fetch) {
    memcpy(fetch->memory, snapshot->memory, fetch->memory_size);
    memcpy(fetch->browser, snapshot->browser, sizeof *fetch->browser);
}

/* Whether a redirect could lead to a Unicode host: nothing else in an answer can name one. */
static bool may_want_labels(const cors_response *response) {
    for (size_t i = 0; i < response->field_count; i++) {
        cors_slice value = response->fields[i].value;
        for (size_t j = 0; j < value.size; j++) {
            if ((uint8_t)value.data[j] >= 0x80 || value.data[j] == '%') {
                return true;
            }
        }
    }
    return false;
}

static uint32_t hand_in(struct wasm_fetch *fetch, const cors_response *response, double now) {
    struct snapshot snapshot = {NULL, NULL};
    wasm_labels_begin();
    if (may_want_labels(response) && !take_snapshot(&snapshot, fetch)) {
        release_snapshot(&snapshot);
        return CORS_NO_MEMORY;
    }
    uint32_t status = (uint32_t)cors_fetch_answer(fetch->fetch, response, (int64_t)now);
    if (snapshot.memory != NULL && wasm_labels_wanted()) {
        put_back(&snapshot, fetch);
        status = WASM_LABELS_WANTED;
    }
    release_snapshot(&snapshot);
    return status;
}

/* Hands in the answer of a record: status, address, fields. */
WASM_EXPORT(fetch_answer)
uint32_t wasm_fetch_answer(struct wasm_fetch *fetch, const char *data, size_t size, double now);
uint32_t wasm_fetch_answer(struct wasm_fetch *fetch, const char *data, size_t size, double now) {
    cors_response response = {0};
    cors_field *fields = NULL;
    char *record = copy_record(data, size);
    uint32_t status = CORS_NO_MEMORY;
    if (record != NULL) {
        struct wire wire = wire_over(record, size);
        response.status = (int)wire_take_word(&wire);
        response.address = wire_take_text(&wire);
        if (wire_take_fields(&wire, &fields, &response.field_count)) {
            response.fields = fields;
            status = hand_in(fetch, &response, now);
        }
    }
    if (status != CORS_NO_MEMORY && status != WASM_LABELS_WANTED) {
        char *former_record = fetch->response_record;
        cors_field *former_fields = fetch->response_fields;
        fetch->response_record = record;
        fetch->response_fields = fields;
        record = former_record;
        fields = former_fields;
    }
    wasm_release(record);
    wasm_release(fields);
    return status;
}

/* There was no answer. */
WASM_EXPORT(fetch_fail) void wasm_fetch_fail(struct wasm_fetch *fetch);
void wasm_fetch_fail(struct wasm_fetch *fetch) {
    cors_fetch_fail(fetch->fetch);
}

WASM_EXPORT(fetch_exposes)
uint32_t wasm_fetch_exposes(const struct wasm_fetch *fetch, const char *data, size_t size);
uint32_t wasm_fetch_exposes(const struct wasm_fetch *fetch, const char *data, size_t size) {
    return cors_fetch_exposes(fetch->fetch, slice_of(data, size));
}
