/* SPDX-License-Identifier: MIT */
/* "CORS check". Fetch, section 4.10. */
#include "browser_fetch.h"
#include "browser_headers.h"

struct found_field cors_fetch_field(struct cors_fetch *fetch, cors_slice name) {
    return cors_field_find(&fetch->memory, fetch->response.fields, fetch->response.field_count,
                           name, &fetch->full);
}

static bool holds_separator(cors_slice value) {
    return slice_holds(value, ' ') || slice_holds(value, ',');
}

cors_code cors_access_mismatch(struct fetch_memory scratch, cors_slice value) {
    struct url url;
    if (holds_separator(value)) {
        return CORS_CODE_MULTIPLE_ALLOW_ORIGIN;
    }
    bool is_url = slice_equals(value, CORS_SLICE("null")) ||
                  cors_url_parse(&scratch, NULL, value, NULL, &url) != URL_INVALID;
    return is_url ? CORS_CODE_ALLOW_ORIGIN_MISMATCH : CORS_CODE_INVALID_ALLOW_ORIGIN;
}

static struct access check_credentials(struct cors_fetch *fetch) {
    struct found_field allowed =
        cors_fetch_field(fetch, CORS_SLICE("access-control-allow-credentials"));
    bool allows = slice_equals(allowed.value, CORS_SLICE("true"));
    return (struct access){allows ? CORS_CODE_OK : CORS_CODE_INVALID_ALLOW_CREDENTIALS,
                           allowed.value, allowed.lines};
}

/* How many lines have the name as it is usually spelled, which is how Firefox counts. */
static uint32_t count_usual_lines(const struct cors_fetch *fetch, cors_field_id field) {
    cors_slice usual = slice_of_text(cors_field_name(field));
    uint32_t count = 0;
    for (size_t i = 0; i < fetch->response.field_count; i++) {
        count += slice_equals(fetch->response.fields[i].name, usual) ? 1 : 0;
    }
    return count;
}

struct access cors_access_check(struct cors_fetch *fetch, cors_slice origin) {
    struct found_field allowed = cors_fetch_field(fetch, CORS_SLICE("access-control-allow-origin"));
    bool include = fetch->credentials == CORS_CREDENTIALS_INCLUDE;
    bool wildcard = slice_equals(allowed.value, CORS_SLICE("*"));
    struct access access = {CORS_CODE_OK, allowed.value, 0};
    if (allowed.lines == 0) {
        access.code = CORS_CODE_MISSING_ALLOW_ORIGIN;
    } else if (wildcard) {
        access.code = include ? CORS_CODE_WILDCARD_WITH_CREDENTIALS : CORS_CODE_OK;
    } else if (!slice_equals(allowed.value, origin)) {
        access.code = cors_access_mismatch(fetch->memory, allowed.value);
    } else if (include) {
        return check_credentials(fetch);
    }
    if (access.code != CORS_CODE_OK) {
        access.value_lines = count_usual_lines(fetch, CORS_FIELD_ALLOW_ORIGIN);
    }
    return access;
}
