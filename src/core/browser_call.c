/* SPDX-License-Identifier: MIT */
/*
 * From a call to a request: the constructor of Request, XMLHttpRequest's send(), and what elements
 * set. Fetch, sections 5.1 "Headers class" and 5.4 "Request class".
 */
#include "browser_fetch.h"
#include "browser_headers.h"
#include "http_names.h"

/* Enough for any one; its bytes do not matter but for their number. */
#define FORM_TYPE "multipart/form-data; boundary=----WebKitFormBoundaryAAAAAAAAAAAAAAAA"

/* Methods that are upper-cased. Fetch, "normalize". */
static const cors_slice normalized_methods[] = {{"DELETE", 6},  {"GET", 3},  {"HEAD", 4},
                                                {"OPTIONS", 7}, {"POST", 4}, {"PUT", 3}};

static cors_slice normalize_method(cors_slice method) {
    for (size_t i = 0; i < sizeof normalized_methods / sizeof normalized_methods[0]; i++) {
        if (cors_names_equal(method, normalized_methods[i])) {
            return normalized_methods[i];
        }
    }
    return method;
}

static bool method_is_valid(const struct cors_fetch *fetch) {
    cors_slice method = fetch->call->method;
    bool no_cors = fetch->mode == CORS_MODE_NO_CORS;
    return slice_is_all(method, BYTE_TOKEN) && !cors_method_is_forbidden(method) &&
           (!no_cors || cors_method_is_safelisted(fetch->method));
}

static bool is_bodiless(cors_slice method) {
    return slice_equals(method, CORS_SLICE("GET")) || slice_equals(method, CORS_SLICE("HEAD"));
}

/* Whether script can make such a request: all that throws a TypeError. */
static bool arguments_are_valid(const struct cors_fetch *fetch) {
    const cors_call *call = fetch->call;
    bool bodiless = is_bodiless(fetch->method);
    bool is_fetch = call->initiator == CORS_INITIATOR_FETCH;
    if (!method_is_valid(fetch)) {
        return false;
    }
    if (is_fetch && (fetch->url.has_userinfo || (call->body != CORS_BODY_NONE && bodiless))) {
        return false;
    }
    if (fetch->body == CORS_BODY_STREAM && fetch->mode == CORS_MODE_NO_CORS) {
        return false;
    }
    return call->cache != CORS_CACHE_ONLY_IF_CACHED || fetch->mode == CORS_MODE_SAME_ORIGIN;
}

cors_field *cors_fetch_header(const struct cors_fetch *fetch, cors_slice name) {
    for (size_t i = 0; i < fetch->header_count; i++) {
        if (cors_names_equal(fetch->headers[i].name, name)) {
            return &fetch->headers[i];
        }
    }
    return NULL;
}

/* Whether a no-cors request may have the header: "request-no-cors" guard. No memory: `full`. */
static bool no_cors_takes(struct cors_fetch *fetch, cors_slice name, cors_slice value) {
    struct fetch_memory scratch = fetch->memory;
    const cors_field *older = cors_fetch_header(fetch, name);
    if (!cors_header_is_no_cors_name(name)) {
        return false;
    }
    if (older != NULL) {
        cors_slice joined = older->value;
        fetch->full = !cors_value_join(&scratch, &joined, value);
        return !fetch->full && cors_request_header_is_safe(fetch->profile, name, joined);
    }
    return cors_request_header_is_safe(fetch->profile, name, value);
}

/* "append" to the header list; false: no memory. */
static bool append(struct cors_fetch *fetch, cors_slice name, cors_slice value) {
    bool joins = fetch->profile->joins_headers || fetch->call->initiator == CORS_INITIATOR_XHR;
    cors_field *older = joins ? cors_fetch_header(fetch, name) : NULL;
    if (older != NULL) {
        return cors_value_join(&fetch->memory, &older->value, value);
    }
    fetch->headers[fetch->header_count++] = (cors_field){name, value};
    return true;
}

/* Takes script's headers; false where one is no header at all. */
static bool take_headers(struct cors_fetch *fetch) {
    const cors_call *call = fetch->call;
    fetch->headers = memory_take(&fetch->memory, (call->header_count + 1) * sizeof(cors_field));
    if (fetch->headers == NULL) {
        fetch->full = true;
        return false;
    }
    for (size_t i = 0; i < call->header_count; i++) {
        cors_slice name = call->headers[i].name;
        cors_slice value = cors_value_normalize(call->headers[i].value);
        if (!slice_is_all(name, BYTE_TOKEN) || !cors_value_is_valid(value)) {
            return false;
        }
        bool dropped = cors_request_header_is_dropped(fetch->profile, name, value) ||
                       (fetch->mode == CORS_MODE_NO_CORS && !no_cors_takes(fetch, name, value));
        if (!dropped) {
            fetch->full = !append(fetch, name, value);
        }
        if (fetch->full) {
            return false;
        }
    }
    return true;
}

/* The constructor of Blob takes no type with anything but printable ASCII. File API, 3.2. */
static bool is_blob_type(cors_slice type) {
    for (size_t i = 0; i < type.size; i++) {
        if (type.data[i] < ' ' || type.data[i] > '~') {
            return false;
        }
    }
    return true;
}

/* The type of a Blob, as far as it is sent. */
static cors_slice blob_type(const struct cors_fetch *fetch) {
    const cors_call *call = fetch->call;
    bool dropped = !is_blob_type(call->body_type) ||
                   (fetch->profile->drops_bad_type && call->initiator != CORS_INITIATOR_FETCH &&
                    !cors_value_is_mime_type(call->body_type));
    return dropped ? CORS_SLICE("") : call->body_type;
}

/* The Content-Type that a body brings; empty: none. "Extract a body". */
static cors_slice body_type(const struct cors_fetch *fetch) {
    switch (fetch->body) {
    case CORS_BODY_TEXT:
        return CORS_SLICE("text/plain;charset=UTF-8");
    case CORS_BODY_PARAMS:
        return CORS_SLICE("application/x-www-form-urlencoded;charset=UTF-8");
    case CORS_BODY_FORM:
        return CORS_SLICE(FORM_TYPE);
    case CORS_BODY_BLOB:
        return blob_type(fetch);
    case CORS_BODY_NONE:
    case CORS_BODY_BYTES:
    case CORS_BODY_STREAM:
        break;
    }
    return CORS_SLICE("");
}

static void add_body_type(struct cors_fetch *fetch) {
    cors_slice type = body_type(fetch);
    cors_slice name = CORS_SLICE("Content-Type");
    if (fetch->has_body && type.size > 0 && cors_fetch_header(fetch, name) == NULL) {
        fetch->headers[fetch->header_count++] = (cors_field){name, type};
    }
}

/* A beacon is no-cors, unless its body's type would be one that no form can send. */
static cors_mode mode_of(const struct cors_fetch *fetch) {
    const cors_call *call = fetch->call;
    if (call->initiator != CORS_INITIATOR_BEACON) {
        return call->mode;
    }
    cors_slice type = body_type(fetch);
    bool safe = type.size == 0 ||
                cors_request_header_is_safe(fetch->profile, CORS_SLICE("content-type"), type);
    return safe ? CORS_MODE_NO_CORS : CORS_MODE_CORS;
}

/* Conditional headers of the author make browsers look into no cache, as a reload does. */
static cors_cache_mode cache_mode_of(const struct cors_fetch *fetch) {
    bool skips = (fetch->profile->conditional_initiators >> fetch->call->initiator & 1) != 0;
    for (size_t i = 0; i < fetch->header_count && skips; i++) {
        if (fetch->call->cache == CORS_CACHE_DEFAULT &&
            cors_header_is_condition(fetch->headers[i].name)) {
            return CORS_CACHE_RELOAD;
        }
    }
    return fetch->call->cache;
}

/* "unsafe-request flag": script chose the method and headers. */
static bool is_unsafe_request(cors_initiator initiator) {
    return initiator == CORS_INITIATOR_FETCH || initiator == CORS_INITIATOR_XHR ||
           initiator == CORS_INITIATOR_BEACON;
}

/* The body as far as there is one: XMLHttpRequest ignores that of GET and HEAD. */
static cors_body body_of(const struct cors_fetch *fetch) {
    const cors_call *call = fetch->call;
    if (call->initiator == CORS_INITIATOR_XHR && is_bodiless(fetch->method)) {
        return CORS_BODY_NONE;
    }
    bool as_text = call->body == CORS_BODY_STREAM && fetch->profile->stream_is_text;
    return as_text ? CORS_BODY_TEXT : call->body;
}

/* "use-CORS-preflight flag" */
static bool is_flagged(const struct cors_fetch *fetch) {
    bool listener =
        fetch->call->upload_listener && (fetch->has_body || !fetch->profile->listener_needs_body);
    return listener || fetch->body == CORS_BODY_STREAM;
}

/*
 * The page's URL as far as its origin tells, for relative ones to stand on; NULL: there is none, or
 * no memory for it, which `full` says.
 */
static const struct url *find_base(struct cors_fetch *fetch, struct url *base) {
    /* Nearly all URLs are whole, and need none. */
    if (slice_starts_with(fetch->call->url, CORS_SLICE("https://")) ||
        slice_starts_with(fetch->call->url, CORS_SLICE("http://"))) {
        return NULL;
    }
    enum url_outcome outcome = cors_url_parse(&fetch->memory, NULL, fetch->page, NULL, base);
    fetch->full = outcome == URL_TOO_LARGE;
    return outcome == URL_PARSED && base->is_http ? base : NULL;
}

bool cors_call_construct(struct cors_fetch *fetch) {
    const cors_call *call = fetch->call;
    struct url base_url;
    const struct url *base = find_base(fetch, &base_url);
    if (fetch->full) {
        return false;
    }
    enum url_outcome outcome =
        cors_url_parse(&fetch->memory, &fetch->converter, call->url, base, &fetch->url);
    if (outcome != URL_PARSED) {
        fetch->full = outcome == URL_TOO_LARGE;
        return false;
    }
    bool beacon = call->initiator == CORS_INITIATOR_BEACON;
    fetch->first = fetch->url;
    fetch->method = normalize_method(call->method);
    fetch->body = body_of(fetch);
    fetch->mode = mode_of(fetch);
    fetch->credentials = beacon ? CORS_CREDENTIALS_INCLUDE : call->credentials;
    fetch->has_body = fetch->body != CORS_BODY_NONE;
    fetch->unsafe_request = is_unsafe_request(call->initiator);
    fetch->flagged = is_flagged(fetch);
    if (!arguments_are_valid(fetch) || !take_headers(fetch)) {
        return false;
    }
    add_body_type(fetch);
    if (!cors_need_find(fetch)) {
        fetch->full = true;
        return false;
    }
    fetch->cache_mode = cache_mode_of(fetch);
    return true;
}

cors_status cors_fetch_begin(void *memory, size_t size, const cors_call *call, cors_browser browser,
                             cors_preflight_cache *cache, int64_t now, cors_fetch **fetch) {
    struct fetch_memory whole = {memory, size, 0};
    struct cors_fetch *begun = memory_take(&whole, sizeof *begun);
    if (begun == NULL) {
        return CORS_TOO_LARGE;
    }
    *begun = (struct cors_fetch){
        .memory = whole,
        .call = call,
        .profile = cors_browser_profile(browser),
        .cache = cache,
        .converter = {call->to_ascii, call->context},
        .page = call->page,
        .origin = call->page,
        .url = {.text = call->url},
        .first = {.text = call->url},
        .method = call->method,
    };
    if (cors_call_construct(begun)) {
        cors_fetch_enter(begun, now);
    } else if (!begun->full) {
        cors_fetch_end(begun, CORS_CODE_BAD_REQUEST, CORS_SLICE(""));
    }
    *fetch = begun;
    return begun->full ? CORS_TOO_LARGE : CORS_OK;
}
