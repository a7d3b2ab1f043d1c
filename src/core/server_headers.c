/* SPDX-License-Identifier: MIT */
/* Response headers: which belong to the policy's owner, and what Vary holds. */
#include <cors/server.h>

#include "bytes.h"

bool cors_header_is_owned(cors_slice name) {
    static const cors_slice allow = {"access-control-allow-", 21};
    if (name.size >= allow.size && slice_equals_folded(slice_of(name.data, allow.size), allow)) {
        return true;
    }
    return slice_equals_folded(name, CORS_SLICE("access-control-expose-headers")) ||
           slice_equals_folded(name, CORS_SLICE("access-control-max-age"));
}

static bool names_equal(cors_slice left, cors_slice right) {
    if (left.size != right.size) {
        return false;
    }
    for (size_t i = 0; i < left.size; i++) {
        if (byte_fold(left.data[i]) != byte_fold(right.data[i])) {
            return false;
        }
    }
    return true;
}

bool cors_vary_covers(cors_slice vary_value, cors_slice name) {
    cors_slice element;
    while (slice_next_element(&vary_value, &element)) {
        if (names_equal(element, name) || slice_equals(element, CORS_SLICE("*"))) {
            return true;
        }
    }
    return false;
}
