/* SPDX-License-Identifier: MIT */
#include "http_names.h"

#include <cors/server.h>

/* Lists end with an empty text; header names are in lower case. */
static const char *const forbidden_methods[] = {"connect", "trace", "track", ""};
static const char *const safelisted_headers[] = {"accept", "accept-language", "content-language",
                                                 ""};
static const char *const forbidden_request_headers[] = {"accept-charset",
                                                        "accept-encoding",
                                                        "access-control-request-headers",
                                                        "access-control-request-method",
                                                        "connection",
                                                        "content-length",
                                                        "cookie",
                                                        "cookie2",
                                                        "date",
                                                        "dnt",
                                                        "expect",
                                                        "host",
                                                        "keep-alive",
                                                        "origin",
                                                        "referer",
                                                        "set-cookie",
                                                        "te",
                                                        "trailer",
                                                        "transfer-encoding",
                                                        "upgrade",
                                                        "via",
                                                        ""};
static const char *const forbidden_prefixes[] = {"proxy-", "sec-", ""};
static const char *const forbidden_response_headers[] = {"set-cookie", "set-cookie2", ""};
static const char *const secret_words[] = {"authorization", "token",      "cookie",    "secret",
                                           "api-key",       "apikey",     "api_key",   "password",
                                           "credential",    "session-id", "sessionid", ""};

static bool is_listed(cors_slice name, const char *const *list) {
    /* All lists begin with letters, which this folds; of others it only has to be the same. */
    char first = name.size == 0 ? '\0' : (char)(name.data[0] | 0x20);
    for (; **list != '\0'; list++) {
        if (**list == first && slice_equals_folded(name, slice_of_text(*list))) {
            return true;
        }
    }
    return false;
}

bool cors_method_is_safelisted(cors_slice method) {
    return slice_equals(method, CORS_SLICE("GET")) || slice_equals(method, CORS_SLICE("HEAD")) ||
           slice_equals(method, CORS_SLICE("POST"));
}

bool cors_method_is_forbidden(cors_slice method) {
    return is_listed(method, forbidden_methods);
}

bool cors_header_is_safelisted(cors_slice name) {
    return is_listed(name, safelisted_headers);
}

bool cors_request_header_is_forbidden(cors_slice name) {
    for (const char *const *prefix = forbidden_prefixes; **prefix != '\0'; prefix++) {
        cors_slice start = slice_of_text(*prefix);
        if (name.size >= start.size &&
            slice_equals_folded(slice_of(name.data, start.size), start)) {
            return true;
        }
    }
    return is_listed(name, forbidden_request_headers);
}

bool cors_response_header_is_forbidden(cors_slice name) {
    return is_listed(name, forbidden_response_headers);
}

static bool holds_folded(cors_slice name, cors_slice word) {
    for (size_t i = 0; i + word.size <= name.size; i++) {
        if (slice_equals_folded(slice_of(name.data + i, word.size), word)) {
            return true;
        }
    }
    return false;
}

bool cors_header_is_sensitive(cors_slice name) {
    for (const char *const *word = secret_words; **word != '\0'; word++) {
        if (holds_folded(name, slice_of_text(*word))) {
            return true;
        }
    }
    return false;
}
