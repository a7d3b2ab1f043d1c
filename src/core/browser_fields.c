/* SPDX-License-Identifier: MIT */
/* The names of the field lines that CORS knows, for whoever writes or shows them. */
#include <cors/browser.h>

static const char *const field_names[] = {
#define FIELD_NAME(name, number, text) [number] = text,
    CORS_FIELDS(FIELD_NAME)
#undef FIELD_NAME
};

const char *cors_field_name(cors_field_id field) {
    return field_names[field];
}

bool cors_code_field(cors_code code, cors_field_id *field) {
    switch (code) {
    case CORS_CODE_MISSING_ALLOW_ORIGIN:
    case CORS_CODE_MULTIPLE_ALLOW_ORIGIN:
    case CORS_CODE_INVALID_ALLOW_ORIGIN:
    case CORS_CODE_ALLOW_ORIGIN_MISMATCH:
    case CORS_CODE_WILDCARD_WITH_CREDENTIALS:
        *field = CORS_FIELD_ALLOW_ORIGIN;
        return true;
    case CORS_CODE_INVALID_ALLOW_CREDENTIALS:
        *field = CORS_FIELD_ALLOW_CREDENTIALS;
        return true;
    case CORS_CODE_INVALID_ALLOW_METHODS:
    case CORS_CODE_METHOD_NOT_ALLOWED:
        *field = CORS_FIELD_ALLOW_METHODS;
        return true;
    case CORS_CODE_INVALID_ALLOW_HEADERS:
    case CORS_CODE_HEADER_NOT_ALLOWED:
        *field = CORS_FIELD_ALLOW_HEADERS;
        return true;
    case CORS_CODE_PREFLIGHT_REDIRECT:
    case CORS_CODE_REDIRECT_WITH_USERINFO:
    case CORS_CODE_REDIRECT_SCHEME:
    case CORS_CODE_TOO_MANY_REDIRECTS:
    case CORS_CODE_REDIRECT_REFUSED:
        *field = CORS_FIELD_LOCATION;
        return true;
    default:
        return false;
    }
}
