/* SPDX-License-Identifier: MIT */
/* Reading a request: each field line is looked at once, as it is handed in. */
#include <cors/server.h>

#include "policy_match.h"

void cors_request_begin(cors_request *request, const cors_policy *policy, cors_slice method,
                        cors_slice path) {
    memset(request, 0, offsetof(cors_request, echo));
    request->policy = policy;
    request->route = cors_route_find(policy, path);
    request->method = method;
    request->header_reason = CORS_REASON_ALLOWED;
}

void cors_request_set_own_origin(cors_request *request, cors_slice own_origin) {
    request->own_origin = own_origin;
}

void cors_request_set_origin_verdict(cors_request *request, cors_verdict verdict) {
    request->origin_verdict = (uint32_t)verdict;
}

/*
 * The size of the token at the start of the text. As much of it as fits goes in lower case to
 * `folded`, which has CORS_HEADER_NAME_MAX bytes.
 */
static size_t fold_token(cors_slice text, char *folded) {
    size_t fits = text.size < CORS_HEADER_NAME_MAX ? text.size : CORS_HEADER_NAME_MAX;
    size_t size = 0;
    while (size < fits && (folded[size] = cors_token_folds[(uint8_t)text.data[size]]) != 0) {
        size++;
    }
    if (size == CORS_HEADER_NAME_MAX) {
        while (size < text.size && byte_is(text.data[size], BYTE_TOKEN)) {
            size++;
        }
    }
    return size;
}

static bool header_is_allowed(const cors_request *request, cors_slice name) {
    const struct route *route = request->route;
    struct set_key key = {.head = name};
    if (name.size <= CORS_HEADER_NAME_MAX &&
        cors_set_find(request->policy, &route->headers, key) != NULL) {
        return true;
    }
    return route->any_header &&
           (route->credentials || !slice_equals(name, CORS_SLICE("authorization")));
}

static void echo_name(cors_request *request, cors_slice name) {
    if (request->echo_size > 0) {
        memcpy(request->echo + request->echo_size, ", ", 2);
        request->echo_size += 2;
    }
    memcpy(request->echo + request->echo_size, name.data, name.size);
    request->echo_size += (uint32_t)name.size;
}

/* The reasons in the order in which they count: what is noted already may weigh more. */
static void note_reason(cors_request *request, cors_reason reason) {
    static const uint8_t weights[] = {[CORS_REASON_ALLOWED] = 0,
                                      [CORS_REASON_HEADER_NOT_ALLOWED] = 1,
                                      [CORS_REASON_HEADER_TOO_MANY] = 2,
                                      [CORS_REASON_HEADER_MALFORMED] = 3};
    if (weights[reason] > weights[request->header_reason]) {
        request->header_reason = reason;
    }
}

/* `name` as the client sent it, and in lower case where it is short enough to be listed. */
static void judge_requested_name(cors_request *request, cors_slice name, const char *folded) {
    const struct route *route = request->route;
    if (request->header_names == CORS_REQUEST_HEADERS_NAMES_MAX) {
        note_reason(request, CORS_REASON_HEADER_TOO_MANY);
        return;
    }
    request->header_names++;
    cors_slice known = name.size <= CORS_HEADER_NAME_MAX ? slice_of(folded, name.size) : name;
    if (!header_is_allowed(request, known)) {
        note_reason(request, CORS_REASON_HEADER_NOT_ALLOWED);
    }
    if (route->any_header && request->header_reason == CORS_REASON_ALLOWED) {
        echo_name(request, name);
    }
}

/* A list of tokens, RFC 9110, section 5.6.1; returns false where it is none. */
static bool read_requested_names(cors_request *request, cors_slice list) {
    bool after_name = false;
    while (list.size > 0) {
        char folded[CORS_HEADER_NAME_MAX];
        size_t size = fold_token(list, folded);
        if (size > 0) {
            if (after_name) {
                return false;
            }
            judge_requested_name(request, slice_of(list.data, size), folded);
            after_name = true;
        } else {
            if (list.data[0] != ',' && !byte_is_space(list.data[0])) {
                return false;
            }
            after_name = after_name && list.data[0] != ',';
            size = 1;
        }
        list = slice_skip(list, size);
    }
    return true;
}

static void read_requested_headers(cors_request *request, cors_slice value) {
    if (request->route == NULL || request->header_reason == CORS_REASON_HEADER_MALFORMED) {
        return;
    }
    if (value.size > CORS_REQUEST_HEADERS_BYTES_MAX - request->header_bytes) {
        request->header_bytes = CORS_REQUEST_HEADERS_BYTES_MAX;
        note_reason(request, CORS_REASON_HEADER_TOO_MANY);
    } else {
        request->header_bytes += (uint32_t)value.size;
    }
    if (!read_requested_names(request, value)) {
        note_reason(request, CORS_REASON_HEADER_MALFORMED);
    }
}

/* Keeps the first line of a field that takes only one, and counts them. */
static void keep(cors_slice value, cors_slice *kept, uint32_t *lines) {
    if (*lines == 0) {
        *kept = value;
    }
    *lines += *lines < UINT32_MAX;
}

void cors_request_add_header(cors_request *request, cors_slice name, cors_slice value) {
    switch (name.size) {
    case 4:
        if (slice_equals_folded(name, CORS_SLICE("host"))) {
            keep(slice_trim(value), &request->host, &request->host_lines);
        }
        break;
    case 6:
        if (slice_equals_folded(name, CORS_SLICE("origin"))) {
            keep(slice_trim(value), &request->origin, &request->origin_lines);
        }
        break;
    case 14:
        if (slice_equals_folded(name, CORS_SLICE("sec-fetch-site"))) {
            keep(slice_trim(value), &request->fetch_site, &request->fetch_site_lines);
        }
        break;
    case 29:
        if (slice_equals_folded(name, CORS_SLICE("access-control-request-method"))) {
            keep(slice_trim(value), &request->requested_method, &request->requested_method_lines);
        }
        break;
    case 30:
        if (slice_equals_folded(name, CORS_SLICE("access-control-request-headers"))) {
            read_requested_headers(request, slice_trim(value));
        }
        break;
    default:
        break;
    }
}
