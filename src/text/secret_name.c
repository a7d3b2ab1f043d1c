/* SPDX-License-Identifier: MIT */
#include "secret_name.h"

#include <cors/browser.h>
#include <cors/server.h>

#include "text_slices.h"

/* Parts of names, beside those for which lint warns of a header that is exposed. */
static const char *const secret_parts[] = {
    "access-key", "accesskey", "assertion", "hmac",    "jwt",       "passphrase", "passwd",
    "private",    "saml",      "sessid",    "session", "signature", "x-auth",
};

/* Whole names: inside others they mean something else. */
static const char *const secret_names[] = {"auth", "code", "pass", "pwd", "sid", "sig", "state"};

static bool is_of_cors(cors_slice name) {
    return cors_header_is_owned(name) ||
           text_is_folded(name, cors_field_name(CORS_FIELD_REQUEST_PRIVATE_NETWORK));
}

static bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* "X-Functions-Key", not "monkey". */
static bool is_key(cors_slice name) {
    const size_t size = sizeof "key" - 1;
    return name.size >= size && text_is_folded(text_skip(name, name.size - size), "key") &&
           (name.size == size || !is_letter(name.data[name.size - size - 1]));
}

bool is_secret_name(cors_slice name) {
    if (is_of_cors(name)) {
        return false;
    }
    bool secret = cors_header_is_sensitive(name) || is_key(name);
    for (size_t i = 0; i < sizeof secret_parts / sizeof secret_parts[0]; i++) {
        secret = secret || text_holds_folded(name, secret_parts[i]);
    }
    for (size_t i = 0; i < sizeof secret_names / sizeof secret_names[0]; i++) {
        secret = secret || text_is_folded(name, secret_names[i]);
    }
    return secret;
}
