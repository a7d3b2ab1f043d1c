/* SPDX-License-Identifier: MIT */
#include "fuzzed_secrets.h"

#include <jansson.h>

#include "text_slices.h"

static size_t count_secrets(cors_slice text) {
    size_t count = 0;
    for (size_t at = text_find_folded(text, FUZZED_SECRET); at < text.size;
         at = text_find_folded(text, FUZZED_SECRET)) {
        text = text_skip(text, at + sizeof FUZZED_SECRET - 1);
        count++;
    }
    return count;
}

static size_t count_in(const json_t *value) {
    return count_secrets((cors_slice){json_string_value(value), json_string_length(value)});
}

static bool holds_credentials(const json_t *name) {
    static const char *const names[] = {"authorization", "cookie", "proxy-authorization"};
    cors_slice text = {json_string_value(name), json_string_length(name)};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_is_folded(text, names[i])) {
            return true;
        }
    }
    return false;
}

static size_t count_in_request(const json_t *request) {
    const json_t *headers = json_object_get(request, "headers");
    const json_t *cookies = json_object_get(request, "cookies");
    size_t count = count_in(json_object_get(json_object_get(request, "postData"), "text"));
    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        if (holds_credentials(json_object_get(header, "name"))) {
            count += count_in(json_object_get(header, "value"));
        }
    }
    for (size_t i = 0; i < json_array_size(cookies); i++) {
        count += count_in(json_object_get(json_array_get(cookies, i), "value"));
    }
    return count;
}

bool fuzzed_recording_holds_secret(cors_slice input) {
    json_t *whole = json_loadb(input.size == 0 ? "" : input.data, input.size,
                               JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    const json_t *entries = json_object_get(json_object_get(whole, "log"), "entries");
    size_t secrets = 0;
    for (size_t i = 0; i < json_array_size(entries); i++) {
        secrets += count_in_request(json_object_get(json_array_get(entries, i), "request"));
    }
    json_decref(whole);
    return secrets > 0 && secrets == count_secrets(input);
}

bool fuzzed_shows_secret(cors_slice text) {
    return count_secrets(text) > 0;
}
