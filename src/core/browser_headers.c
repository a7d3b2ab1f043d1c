/* SPDX-License-Identifier: MIT */
#include "browser_headers.h"

#include "http_names.h"

/* Fetch: a longer value is not safelisted, whatever its name. */
enum { SAFELISTED_VALUE_MAX = 128 };

static bool is_named(cors_slice name, const cors_slice *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (slice_equals_folded(name, names[i])) {
            return true;
        }
    }
    return false;
}

#define IS_NAMED(name, names) is_named(name, names, sizeof(names) / sizeof(names)[0])
#define NAME(text)                                                                                 \
    { text, sizeof text - 1 }

static const cors_slice no_cors_names[] = {NAME("accept"), NAME("accept-language"),
                                           NAME("content-language"), NAME("content-type")};
static const cors_slice conditions[] = {NAME("if-modified-since"), NAME("if-none-match"),
                                        NAME("if-unmodified-since"), NAME("if-match"),
                                        NAME("if-range")};
static const cors_slice body_names[] = {NAME("content-encoding"), NAME("content-language"),
                                        NAME("content-location"), NAME("content-type")};
static const cors_slice overriding_names[] = {NAME("x-http-method"), NAME("x-http-method-override"),
                                              NAME("x-method-override")};
static const cors_slice response_names[] = {
    NAME("cache-control"), NAME("content-language"), NAME("content-length"), NAME("content-type"),
    NAME("expires"),       NAME("last-modified"),    NAME("pragma")};
static const cors_slice body_types[] = {NAME("application/x-www-form-urlencoded"),
                                        NAME("multipart/form-data"), NAME("text/plain")};

/* What a client hint's value has to be. */
enum hint_kind { HINT_DECIMAL, HINT_NUMBER, HINT_CONNECTION, HINT_ON, HINT_ANYTHING };

static const struct {
    cors_slice name;
    enum hint_kind kind;
} hints[] = {
    {NAME("intervention"), HINT_ANYTHING}, {NAME("device-memory"), HINT_DECIMAL},
    {NAME("dpr"), HINT_DECIMAL},           {NAME("downlink"), HINT_DECIMAL},
    {NAME("ect"), HINT_CONNECTION},        {NAME("rtt"), HINT_NUMBER},
    {NAME("save-data"), HINT_ON},          {NAME("viewport-width"), HINT_NUMBER},
    {NAME("width"), HINT_NUMBER},
};

static bool byte_is_http_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

cors_slice cors_value_normalize(cors_slice value) {
    while (value.size > 0 && byte_is_http_space(value.data[0])) {
        value = slice_skip(value, 1);
    }
    while (value.size > 0 && byte_is_http_space(value.data[value.size - 1])) {
        value.size--;
    }
    return value;
}

bool cors_value_is_valid(cors_slice value) {
    return slice_find(value, '\0') == value.size && slice_find(value, '\n') == value.size &&
           slice_find(value, '\r') == value.size;
}

static const cors_slice unsafe_bytes = NAME("\"():<>?@[\\]{}");
static const cors_slice language_bytes = NAME(" *,-.;=");

/* "CORS-unsafe request-header byte" */
static bool byte_is_unsafe(char byte) {
    if (byte_is(byte, BYTE_TOKEN)) {
        return false;
    }
    bool control = byte_is(byte, BYTE_CONTROL) && byte != '\t';
    return control || slice_holds(unsafe_bytes, byte);
}

static bool holds_unsafe(const struct browser_profile *profile, cors_slice value) {
    for (size_t i = 0; i < value.size; i++) {
        bool high = (uint8_t)value.data[i] >= 0x80 && profile->refuses_high_bytes;
        if (high || byte_is_unsafe(value.data[i])) {
            return true;
        }
    }
    return false;
}

static bool is_language_list(cors_slice value) {
    for (size_t i = 0; i < value.size; i++) {
        char byte = value.data[i];
        bool alphanumeric = byte_is(byte, BYTE_DIGIT | BYTE_LOWER | BYTE_UPPER);
        if (!alphanumeric && !slice_holds(language_bytes, byte)) {
            return false;
        }
    }
    return true;
}

/* The essence of a MIME type, case as written; empty where there is none. MIME Sniffing, 4.4. */
static cors_slice mime_essence(cors_slice value) {
    value = cors_value_normalize(value);
    cors_slice essence = slice_of(value.data, slice_find(value, ';'));
    while (essence.size > 0 && byte_is_http_space(essence.data[essence.size - 1])) {
        essence.size--;
    }
    size_t slash = slice_find(essence, '/');
    bool valid = slash < essence.size && slice_is_all(slice_of(essence.data, slash), BYTE_TOKEN) &&
                 slice_is_all(slice_skip(essence, slash + 1), BYTE_TOKEN);
    return valid ? essence : CORS_SLICE("");
}

bool cors_value_is_mime_type(cors_slice value) {
    return mime_essence(value).size > 0;
}

/* A ";" at the end that is not the only one. */
static bool ends_in_semicolon(cors_slice value) {
    size_t first = slice_find(value, ';');
    return first + 1 < value.size && value.data[value.size - 1] == ';';
}

static bool is_safe_content_type(const struct browser_profile *profile, cors_slice value) {
    if (profile->refuses_semicolon && ends_in_semicolon(value)) {
        return false;
    }
    bool refused = profile->refuses_comma && slice_holds(value, ',');
    return !refused && !holds_unsafe(profile, value) && IS_NAMED(mime_essence(value), body_types);
}

/* The digits at the start of the text, without leading zeros. */
static cors_slice take_number(cors_slice *text, bool *found) {
    size_t size = 0;
    while (size < text->size && byte_is(text->data[size], BYTE_DIGIT)) {
        size++;
    }
    cors_slice number = slice_of(text->data, size);
    *found = size > 0;
    *text = slice_skip(*text, size);
    while (number.size > 0 && number.data[0] == '0') {
        number = slice_skip(number, 1);
    }
    return number;
}

/* Numbers without leading zeros. */
static bool is_at_most(cors_slice number, cors_slice bound) {
    return number.size != bound.size ? number.size < bound.size : slice_compare(number, bound) <= 0;
}

/* "parse a single range header value" without white space, and a start is there. */
static bool is_safe_range(const struct browser_profile *profile, cors_slice value) {
    bool has_start;
    bool has_end;
    if (!slice_starts_with(value, CORS_SLICE("bytes="))) {
        return false;
    }
    value = slice_skip(value, 6);
    cors_slice start = take_number(&value, &has_start);
    if (!has_start || value.size == 0 || value.data[0] != '-') {
        return false;
    }
    value = slice_skip(value, 1);
    cors_slice end = take_number(&value, &has_end);
    if (value.size > 0) {
        return false;
    }
    cors_slice max = slice_of_text(profile->range_max == NULL ? "" : profile->range_max);
    bool fits = max.size == 0 || (is_at_most(start, max) && is_at_most(end, max));
    return fits && (!has_end || is_at_most(start, end));
}

/* 1*DIGIT, and where `fraction` is set a dot with digits behind it. */
static bool is_number(cors_slice value, bool fraction) {
    size_t dot = fraction ? slice_find(value, '.') : value.size;
    return slice_is_all(slice_of(value.data, dot), BYTE_DIGIT) &&
           (dot == value.size || slice_is_all(slice_skip(value, dot + 1), BYTE_DIGIT));
}

static bool is_well_formed_hint(enum hint_kind kind, cors_slice value) {
    static const cors_slice connections[] = {NAME("slow-2g"), NAME("2g"), NAME("3g"), NAME("4g")};
    switch (kind) {
    case HINT_DECIMAL:
        return is_number(value, true);
    case HINT_NUMBER:
        return is_number(value, false);
    case HINT_ON:
        return slice_equals_folded(value, CORS_SLICE("on"));
    case HINT_ANYTHING:
        return true;
    case HINT_CONNECTION:
        break;
    }
    for (size_t i = 0; i < sizeof connections / sizeof connections[0]; i++) {
        if (slice_equals(value, connections[i])) {
            return true;
        }
    }
    return false;
}

static bool is_safe_hint(cors_slice name, cors_slice value) {
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (slice_equals_folded(name, hints[i].name)) {
            return is_well_formed_hint(hints[i].kind, value);
        }
    }
    return false;
}

bool cors_request_header_is_safe(const struct browser_profile *profile, cors_slice name,
                                 cors_slice value) {
    if (value.size > SAFELISTED_VALUE_MAX) {
        return false;
    }
    if (slice_equals_folded(name, CORS_SLICE("accept"))) {
        return !holds_unsafe(profile, value);
    }
    if (slice_equals_folded(name, CORS_SLICE("content-type"))) {
        return is_safe_content_type(profile, value);
    }
    if (slice_equals_folded(name, CORS_SLICE("range"))) {
        return is_safe_range(profile, value);
    }
    if (cors_header_is_safelisted(name)) {
        return is_language_list(value);
    }
    return profile->safelists_hints && is_safe_hint(name, value);
}

bool cors_header_is_no_cors_name(cors_slice name) {
    return IS_NAMED(name, no_cors_names);
}

bool cors_header_is_passing_hint(cors_slice name) {
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (slice_equals_folded(name, hints[i].name)) {
            return hints[i].kind != HINT_ON && hints[i].kind != HINT_ANYTHING;
        }
    }
    return false;
}

bool cors_header_is_condition(cors_slice name) {
    return IS_NAMED(name, conditions);
}

bool cors_header_is_of_body(cors_slice name) {
    return IS_NAMED(name, body_names);
}

bool cors_response_header_is_safelisted(cors_slice name) {
    return IS_NAMED(name, response_names);
}

/* Whether one of the values, split at commas outside quotes, is a forbidden method. */
static bool names_forbidden_method(cors_slice value) {
    size_t start = 0;
    bool quoted = false;
    for (size_t i = 0; i <= value.size; i++) {
        if (i < value.size && value.data[i] == '"') {
            quoted = !quoted;
        } else if (i < value.size && value.data[i] == '\\' && quoted) {
            i++;
        } else if (i == value.size || (value.data[i] == ',' && !quoted)) {
            cors_slice element = slice_of(slice_skip(value, start).data, i - start);
            if (cors_method_is_forbidden(slice_trim(element))) {
                return true;
            }
            start = i + 1;
        }
    }
    return false;
}

bool cors_request_header_is_dropped(const struct browser_profile *profile, cors_slice name,
                                    cors_slice value) {
    if (profile->ignores_user_agent && slice_equals_folded(name, CORS_SLICE("user-agent"))) {
        return true;
    }
    if (IS_NAMED(name, overriding_names)) {
        return names_forbidden_method(value);
    }
    return cors_request_header_is_forbidden(name);
}

bool cors_value_join(struct fetch_memory *memory, cors_slice *value, cors_slice more) {
    struct memory_text text = text_begin(memory);
    text_add(&text, *value);
    text_add(&text, CORS_SLICE(", "));
    text_add(&text, more);
    *value = text_end(&text);
    return !text.full;
}

struct found_field cors_field_find(struct fetch_memory *memory, const cors_field *fields,
                                   size_t count, cors_slice name, bool *full) {
    struct found_field found = {CORS_SLICE(""), 0};
    for (size_t i = 0; i < count; i++) {
        if (!slice_equals_folded(fields[i].name, name)) {
            continue;
        }
        cors_slice value = cors_value_normalize(fields[i].value);
        if (found.lines++ == 0) {
            found.value = value;
        } else if (!cors_value_join(memory, &found.value, value)) {
            *full = true;
        }
    }
    return found;
}

cors_slice cors_list_bad_token(cors_slice list) {
    cors_slice token;
    while (cors_list_next_token(&list, &token)) {
        if (!slice_is_all(token, BYTE_TOKEN)) {
            return token;
        }
    }
    return CORS_SLICE("");
}

bool cors_value_is_token_list(cors_slice value) {
    return cors_list_bad_token(value).size == 0;
}

bool cors_list_next_token(cors_slice *list, cors_slice *token) {
    while (slice_next_element(list, token)) {
        if (token->size > 0) {
            return true;
        }
    }
    return false;
}

bool cors_names_equal(cors_slice left, cors_slice right) {
    size_t i = 0;
    if (left.size != right.size) {
        return false;
    }
    for (; left.size - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        if (word_fold(load_8(left.data + i)) != word_fold(load_8(right.data + i))) {
            return false;
        }
    }
    for (; i < left.size; i++) {
        if (byte_fold(left.data[i]) != byte_fold(right.data[i])) {
            return false;
        }
    }
    return true;
}

bool cors_list_holds(cors_slice list, cors_slice token, bool any_case) {
    cors_slice held;
    while (cors_list_next_token(&list, &held)) {
        if (any_case ? cors_names_equal(held, token) : slice_equals(held, token)) {
            return true;
        }
    }
    return false;
}
