/* SPDX-License-Identifier: MIT */
/* Reading a request: each field line is looked at once, as it is handed in. */
#include <cors/server.h>

#include "policy_match.h"
#include "server_names.h"

/* Most policies have one route. */
static const struct route *route_of(const cors_policy *policy, cors_slice path) {
    if (policy == NULL || policy->route_count != 1) {
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
static inline cors_slice trimmed(cors_slice value) {
    bool bare =
        value.size > 0 && (uint8_t)value.data[0] > ' ' && (uint8_t)value.data[value.size - 1] > ' ';
    return bare ? value : trim(value);
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
    const char *text = name.data;
    switch (name.size) {
    case 4:
        if (holds_name_4(text, "host")) {
            keep(value, &request->host, &request->host_lines);
        }
        break;
    case 6:
        if (holds_name_4(text, "orig") && holds_name_4(text + 2, "igin")) {
            keep(value, &request->origin, &request->origin_lines);
        }
        break;
    case 14:
        if (holds_name_8(text, "sec-fetc") && holds_name_8(text + 6, "tch-site")) {
            keep(value, &request->fetch_site, &request->fetch_site_lines);
        }
        break;
    case 29:
        if (holds_name_8(text, "access-c") && holds_name_8(text + 8, "ontrol-r") &&
            holds_name_8(text + 16, "equest-m") && holds_name_8(text + 21, "t-method")) {
            keep(value, &request->requested_method, &request->requested_method_lines);
        }
        break;
    case 30:
        if (holds_name_8(text, "access-c") && holds_name_8(text + 8, "ontrol-r") &&
            holds_name_8(text + 16, "equest-h") && holds_name_8(text + 22, "-headers")) {
            cors_requested_names_read(request, trimmed(value));
        }
        break;
    default:
        break;
    }
}
