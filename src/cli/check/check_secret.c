/* SPDX-License-Identifier: MIT */
/* What must never be shown: on a terminal, in JSON, in a command line to copy. */
#include "check.h"

/* Parts of names of fields whose values let somebody in. */
static const char *const secret_parts[] = {
    "authorization", "cookie", "token",   "secret",     "password", "passwd",
    "api-key",       "apikey", "api_key", "access-key", "session",  "credential",
    "signature",     "x-auth", "jwt",     "assertion",  "private",  "subscription-key",
};

bool check_is_secret(cors_slice name) {
    if (cors_header_is_owned(name) ||
        text_is_folded(name, cors_field_name(CORS_FIELD_REQUEST_PRIVATE_NETWORK))) {
        return false;
    }
    for (size_t i = 0; i < sizeof secret_parts / sizeof secret_parts[0]; i++) {
        if (text_holds_folded(name, secret_parts[i])) {
            return true;
        }
    }
    return text_is_folded(name, "key") || text_is_folded(name, "x-key");
}

cors_slice check_shown_value(struct keep *keep, const cors_field *field) {
    if (check_is_secret(field->name)) {
        return text_slice(HIDDEN);
    }
    if (text_is_folded(field->name, cors_field_name(CORS_FIELD_LOCATION))) {
        return shown_url(keep, field->value);
    }
    return field->value;
}
