/* SPDX-License-Identifier: MIT */
/* What a fetch tells its caller: what to send, why, and how it ended. */
#include "browser_fetch.h"
#include "browser_headers.h"
#include "http_names.h"

static const cors_slice absent = {NULL, 0};

cors_step cors_fetch_step(const cors_fetch *fetch) {
    return fetch->step;
}

static bool is_preflight(const cors_fetch *fetch) {
    return fetch->step == CORS_STEP_PREFLIGHT;
}

cors_slice cors_fetch_method(const cors_fetch *fetch) {
    return is_preflight(fetch) ? CORS_SLICE("OPTIONS") : fetch->method;
}

cors_slice cors_fetch_url(const cors_fetch *fetch) {
    return fetch->url.request;
}

bool cors_fetch_sends_credentials(const cors_fetch *fetch) {
    bool same_origin =
        fetch->credentials == CORS_CREDENTIALS_SAME_ORIGIN && fetch->tainting == TAINTING_BASIC;
    return !is_preflight(fetch) && (fetch->credentials == CORS_CREDENTIALS_INCLUDE || same_origin);
}

bool cors_fetch_sends_body(const cors_fetch *fetch) {
    return !is_preflight(fetch) && fetch->has_body;
}

/* Elements that fetch with CORS, where a browser has them send the Origin even at home. */
static bool tells_own_origin(const cors_fetch *fetch) {
    cors_initiator initiator = fetch->call->initiator;
    bool element = initiator == CORS_INITIATOR_IMAGE || initiator == CORS_INITIATOR_SCRIPT ||
                   initiator == CORS_INITIATOR_MODULE || initiator == CORS_INITIATOR_STYLESHEET ||
                   initiator == CORS_INITIATOR_FONT;
    return element && fetch->mode == CORS_MODE_CORS && fetch->profile->elements_send_origin;
}

/* "Append a request `Origin` header", with the default referrer policy. Fetch, section 3.1. */
cors_slice cors_fetch_origin(const cors_fetch *fetch) {
    bool bodiless = slice_equals(fetch->method, CORS_SLICE("GET")) ||
                    slice_equals(fetch->method, CORS_SLICE("HEAD"));
    if (is_preflight(fetch)) {
        return cors_preflight_origin(fetch);
    }
    if (fetch->tainting == TAINTING_CORS) {
        return fetch->origin;
    }
    if (bodiless) {
        return tells_own_origin(fetch) ? fetch->origin : absent;
    }
    if (fetch->crossed && fetch->profile->crossing_hides_origin) {
        return CORS_SLICE("null");
    }
    bool downgrade = fetch->profile->downgrade_hides_origin && fetch->mode != CORS_MODE_CORS &&
                     slice_starts_with(fetch->page, CORS_SLICE("https://")) &&
                     slice_equals(fetch->url.scheme, CORS_SLICE("http"));
    return downgrade ? CORS_SLICE("null") : fetch->origin;
}

cors_slice cors_fetch_requested_method(const cors_fetch *fetch) {
    return is_preflight(fetch) ? fetch->method : absent;
}

cors_slice cors_fetch_requested_headers(const cors_fetch *fetch) {
    bool sent = is_preflight(fetch) && fetch->need.header_count > 0;
    return sent ? fetch->need.joined : absent;
}

/* The fields that CORS adds, in the order in which browsers send them. */
static const struct {
    cors_slice name;
    cors_slice (*value)(const cors_fetch *fetch);
} added_fields[] = {
    {{"Access-Control-Request-Method", 29}, cors_fetch_requested_method},
    {{"Access-Control-Request-Headers", 30}, cors_fetch_requested_headers},
    {{"Origin", 6}, cors_fetch_origin},
};

bool cors_fetch_next_field(const cors_fetch *fetch, size_t *position, cors_field *field) {
    const size_t added = sizeof added_fields / sizeof added_fields[0];
    while (*position < added) {
        cors_slice value = added_fields[*position].value(fetch);
        field->name = added_fields[(*position)++].name;
        if (value.data != NULL) {
            field->value = value;
            return true;
        }
    }
    size_t own = *position - added;
    if (is_preflight(fetch) || own >= fetch->header_count) {
        return false;
    }
    *field = fetch->headers[own];
    (*position)++;
    return true;
}

/* The reasons in a row: the method, each header, the flag, an earlier preflight. */
bool cors_fetch_next_why(const cors_fetch *fetch, size_t *position, cors_why *why,
                         cors_slice *what) {
    const struct need *need = &fetch->need;
    size_t headers = need->header_count;
    *what = CORS_SLICE("");
    if (!is_preflight(fetch)) {
        return false;
    }
    if (*position == 0) {
        (*position)++;
        if (need->by_method) {
            *why = CORS_WHY_METHOD;
            *what = fetch->method;
            return true;
        }
    }
    if (*position <= headers) {
        size_t i = *position - 1;
        bool type = slice_equals(need->headers[i], CORS_SLICE("content-type"));
        *why = type ? CORS_WHY_CONTENT_TYPE : CORS_WHY_HEADER;
        *what = type ? need->values[i] : need->headers[i];
        (*position)++;
        return true;
    }
    if (*position == headers + 1 && (fetch->flagged || need->by_redirect)) {
        *why = need->by_redirect              ? CORS_WHY_REDIRECT
               : fetch->call->upload_listener ? CORS_WHY_UPLOAD_LISTENER
                                              : CORS_WHY_STREAM;
        (*position)++;
        return true;
    }
    return false;
}

const cors_result *cors_fetch_result(const cors_fetch *fetch) {
    return &fetch->result;
}

const cors_response *cors_fetch_response(const cors_fetch *fetch) {
    return &fetch->response;
}

bool cors_fetch_exposes(const cors_fetch *fetch, cors_slice name) {
    if (fetch->result.code != CORS_CODE_OK || cors_response_header_is_forbidden(name)) {
        return false;
    }
    switch (fetch->exposure) {
    case EXPOSE_NONE:
        break;
    case EXPOSE_ALL:
        return true;
    case EXPOSE_LISTED:
        return cors_response_header_is_safelisted(name) ||
               cors_list_holds(fetch->exposed, name, true);
    }
    return false;
}
