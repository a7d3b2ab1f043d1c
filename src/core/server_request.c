/* SPDX-License-Identifier: MIT */
/* Reading a request: each field line is looked at once, as it is handed in. */
#include <cors/server.h>

#include "policy_match.h"
#include "server_names.h"

/* Most policies have one route. */
static const struct route *route_of(const cors_policy *policy, cors_slice path) {
    if (BUILT_FOR_SIZE || policy == NULL || policy->route_count != 1) {
        return cors_route_find(policy, path);
    }
    const struct route *route = policy_routes(policy);
    cors_slice literal = policy_text(policy, route->path);
    bool fits = route->exact ? literal.size == path.size : literal.size <= path.size;
    return fits && bytes_equal(literal.data, path.data, literal.size) ? route : NULL;
}

/* The slices of fields that were not handed in stay as they are: their counts tell. */
void cors_request_begin(cors_request *request, const cors_policy *policy, cors_slice method,
                        cors_slice path) {
    request->policy = policy;
    request->route = route_of(policy, path);
    request->method = method;
    request->own_origin.size = 0;
    request->origin_lines = 0;
    request->requested_method_lines = 0;
    request->host_lines = 0;
    request->fetch_site_lines = 0;
    request->header_bytes = 0;
    request->header_names = 0;
    request->header_reason = CORS_REASON_ALLOWED;
    request->echo_size = 0;
    request->origin_verdict = CORS_VERDICT_NONE;
}

void cors_request_set_own_origin(cors_request *request, cors_slice own_origin) {
    request->own_origin = own_origin;
}

void cors_request_set_origin_verdict(cors_request *request, cors_verdict verdict) {
    request->origin_verdict = (uint32_t)verdict;
}

static NOINLINE cors_slice trim(cors_slice value) {
    return slice_trim(value);
}

/* Servers have trimmed nearly all values; what is above a space needs none. */
static INLINE cors_slice trimmed(cors_slice value) {
    if (BUILT_FOR_SIZE) {
        return slice_trim(value);
    }
    bool bare =
        value.size > 0 && (uint8_t)value.data[0] > ' ' && (uint8_t)value.data[value.size - 1] > ' ';
    return bare ? value : trim(value);
}

/* Whether a field has a name, which the compiler knows, of 4 to 32 letters and dashes. */
static INLINE bool has_name(cors_slice field, cors_slice name) {
    if (BUILT_FOR_SIZE) {
        return slice_equals_folded(field, name);
    }
    const char *any = field.data;
    const char *lower = name.data;
    size_t size = name.size;
    if (size < 8) {
        return holds_name_4(any, lower) && holds_name_4(any + size - 4, lower + size - 4);
    }
    if (size > 16 &&
        !(holds_name_8(any + 8, lower + 8) && holds_name_8(any + size - 16, lower + size - 16))) {
        return false;
    }
    return holds_name_8(any, lower) && holds_name_8(any + size - 8, lower + size - 8);
}

/* Keeps the first line of a field that takes only one, and whether there are more. */
static inline void keep(cors_slice value, cors_slice *kept, uint32_t *lines) {
    if (*lines > 0) {
        *lines = 2;
        return;
    }
    *lines = 1;
    *kept = trimmed(value);
}

/* Of all fields of a request these five are told by their sizes and a few words. */
void cors_request_add_header(cors_request *request, cors_slice name, cors_slice value) {
    switch (name.size) {
    case 4:
        if (has_name(name, CORS_SLICE("host"))) {
            keep(value, &request->host, &request->host_lines);
        }
        break;
    case 6:
        if (has_name(name, CORS_SLICE("origin"))) {
            keep(value, &request->origin, &request->origin_lines);
        }
        break;
    case 14:
        if (has_name(name, CORS_SLICE("sec-fetch-site"))) {
            keep(value, &request->fetch_site, &request->fetch_site_lines);
        }
        break;
    case 29:
        if (has_name(name, CORS_SLICE("access-control-request-method"))) {
            keep(value, &request->requested_method, &request->requested_method_lines);
        }
        break;
    case 30:
        if (has_name(name, CORS_SLICE("access-control-request-headers"))) {
            cors_requested_names_read(request, trimmed(value));
        }
        break;
    default:
        break;
    }
}
