/* SPDX-License-Identifier: MIT */
#include "server_same_origin.h"

#include <cors/origin.h>

/* The host and port of "scheme://host:port", and the scheme's default port. */
struct authority {
    cors_slice host;
    cors_slice port;
};

static struct authority split_authority(cors_slice text) {
    size_t bracket = slice_find(text, ']');
    size_t from = bracket < text.size ? bracket : 0;
    size_t colon = from + slice_find(slice_skip(text, from), ':');
    struct authority split = {slice_of(text.data, colon), CORS_SLICE("")};
    if (colon < text.size) {
        split.port = slice_skip(text, colon + 1);
    }
    return split;
}

static bool is_default_port(cors_slice port, cors_slice scheme) {
    int number = 0;
    if (port.size == 0) {
        return true;
    }
    if (port.size > 5 || !slice_is_all(port, BYTE_DIGIT)) {
        return false;
    }
    for (size_t i = 0; i < port.size; i++) {
        number = number * 10 + (port.data[i] - '0');
    }
    return number == cors_scheme_default_port(scheme);
}

/* Whether an origin's host and port are those of the one Host line. */
static bool is_host(const cors_request *request) {
    cors_origin origin;
    if (request->origin_lines != 1 || request->host_lines != 1 ||
        !cors_origin_parse(request->origin, &origin) || origin.opaque) {
        return false;
    }
    struct authority host = split_authority(request->host);
    if (!slice_equals_folded(host.host, origin.host)) {
        return false;
    }
    return origin.port.size == 0 ? is_default_port(host.port, origin.scheme)
                                 : slice_equals(host.port, origin.port);
}

bool cors_request_is_same_origin(const cors_request *request) {
    cors_slice site = request->fetch_site;
    if (request->fetch_site_lines == 1) {
        if (slice_equals(site, CORS_SLICE("same-origin")) ||
            slice_equals(site, CORS_SLICE("none"))) {
            return true;
        }
        if (slice_equals(site, CORS_SLICE("same-site")) ||
            slice_equals(site, CORS_SLICE("cross-site"))) {
            return false;
        }
    }
    if (request->own_origin.size > 0) {
        return request->origin_lines == 1 && slice_equals(request->origin, request->own_origin);
    }
    return is_host(request);
}
