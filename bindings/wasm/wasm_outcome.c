/* SPDX-License-Identifier: MIT */
/* What a call in progress sends, and how it ended. */
#include "wasm_export.h"
#include "wasm_fetch.h"
#include "wasm_memory.h"
#include "wasm_wire.h"

static void put_optional(cors_slice text) {
    if (text.data == NULL) {
        wire_put_nothing();
    } else {
        wire_put_text(text);
    }
}

static void put_fields(const cors_fetch *fetch) {
    size_t position = 0;
    cors_field field;
    while (cors_fetch_next_field(fetch, &position, &field)) {
        wire_put_word(1);
        wire_put_text(field.name);
        wire_put_text(field.value);
    }
    wire_put_word(0);
}

static void put_whys(const cors_fetch *fetch) {
    size_t position = 0;
    cors_why why;
    cors_slice what;
    while (cors_fetch_next_why(fetch, &position, &why, &what)) {
        wire_put_word(1);
        wire_put_word((uint32_t)why);
        wire_put_text(what);
    }
    wire_put_word(0);
}

/* What to send now. */
WASM_EXPORT(fetch_request) cors_status wasm_fetch_request(const struct wasm_fetch *call);
cors_status wasm_fetch_request(const struct wasm_fetch *call) {
    const cors_fetch *fetch = call->fetch;
    wire_begin();
    wire_put_text(cors_fetch_method(fetch));
    wire_put_text(cors_fetch_url(fetch));
    put_optional(cors_fetch_origin(fetch));
    put_optional(cors_fetch_requested_method(fetch));
    put_optional(cors_fetch_requested_headers(fetch));
    wire_put_word(cors_fetch_sends_credentials(fetch));
    wire_put_word(cors_fetch_sends_body(fetch));
    put_fields(fetch);
    put_whys(fetch);
    return wire_end();
}

/* The names that script can read, as they came. */
static void put_visible(const cors_fetch *fetch) {
    const cors_response *response = cors_fetch_response(fetch);
    for (size_t i = 0; i < response->field_count; i++) {
        if (cors_fetch_exposes(fetch, response->fields[i].name)) {
            wire_put_word(1);
            wire_put_text(response->fields[i].name);
        }
    }
    wire_put_word(0);
}

static void put_message(const cors_failure *failure, cors_browser browser) {
    size_t size = cors_failure_message(failure, browser, NULL, 0);
    char *room = size == 0 ? NULL : wire_put_room(size);
    if (size == 0) {
        wire_put_nothing();
    } else if (room != NULL) {
        (void)cors_failure_message(failure, browser, room, size);
    }
}

/* The repair, behind 1; or 0 where there is none. */
static void put_repair(const struct wasm_fetch *call) {
    cors_repair repair;
    char *buffer = wasm_allocate(call->memory_size);
    bool found =
        buffer != NULL && cors_fetch_repair(call->fetch, buffer, call->memory_size, &repair);
    wire_put_word(found);
    if (found) {
        wire_put_word(repair.preflight);
        wire_put_word((uint32_t)repair.status);
        wire_put_text(repair.name);
        wire_put_text(repair.value);
    }
    wasm_release(buffer);
}

static void put_failure(const struct wasm_fetch *call, const cors_failure *failure) {
    cors_field_id field;
    bool has_field = cors_code_field(failure->code, &field);
    wire_put_word(failure->preflight);
    if (has_field) {
        wire_put_words(cors_field_name(field));
    } else {
        wire_put_nothing();
    }
    wire_put_text(failure->value);
    wire_put_text(failure->header);
    put_message(failure, CORS_BROWSER_CHROMIUM);
    put_message(failure, CORS_BROWSER_FIREFOX);
    put_message(failure, CORS_BROWSER_SAFARI);
    put_repair(call);
}

static void put_success(const struct wasm_fetch *call, const cors_result *result) {
    wire_put_words(cors_response_type_name(result->type));
    wire_put_word((uint32_t)result->status);
    wire_put_word(result->redirected);
    wire_put_text(result->url);
    put_visible(call->fetch);
}

/* How the call ended: the code, and what script has of it or why it failed. */
WASM_EXPORT(fetch_outcome) cors_status wasm_fetch_outcome(const struct wasm_fetch *fetch);
cors_status wasm_fetch_outcome(const struct wasm_fetch *fetch) {
    const cors_result *result = cors_fetch_result(fetch->fetch);
    wire_begin();
    wire_put_word((uint32_t)result->code);
    if (result->code == CORS_CODE_OK) {
        put_success(fetch, result);
    } else {
        put_failure(fetch, &result->failure);
    }
    return wire_end();
}
