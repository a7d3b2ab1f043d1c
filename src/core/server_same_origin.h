/* SPDX-License-Identifier: MIT */
/* Whether a request comes from the server's own origin. */
#ifndef CORS_CORE_SERVER_SAME_ORIGIN_H
#define CORS_CORE_SERVER_SAME_ORIGIN_H

#include <cors/server.h>

#include "bytes.h"

/* The whole answer, by all that the request says. */
bool cors_request_is_same_origin(const cors_request *request);

/*
 * Whether Host tells at a glance that the origin is another one, as it does for nearly all requests
 * that need CORS. An origin of this host ends with what Host says, behind a slash; only if Host
 * ends with a port, it may be one that the origin leaves out. Where cases may differ no glance
 * decides.
 */
static inline bool host_differs(cors_slice host, cors_slice origin) {
    if (host.size < 8) {
        return false;
    }
    if ((uint8_t)(host.data[host.size - 1] - '0') <= ':' - '0') {
        return false;
    }
    if (origin.size <= host.size || origin.data[origin.size - host.size - 1] != '/') {
        return true;
    }
    const uint64_t any_case = ~(0x20 * WORD_ONES);
    uint64_t differ = load_8(host.data) ^ load_8(origin.data + (origin.size - host.size));
    return (differ & any_case) != 0;
}

static inline bool is_from_elsewhere(const cors_request *request) {
    return !BUILT_FOR_SIZE && request->fetch_site_lines == 0 && request->own_origin.size == 0 &&
           request->host_lines == 1 && host_differs(request->host, request->origin);
}

#endif
