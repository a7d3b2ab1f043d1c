/* SPDX-License-Identifier: MIT */
#include "recording.h"

#include <cors/browser.h>
#include <stdio.h>

#include "command.h"
#include "json_file.h"
#include "text_slices.h"

json_t *recording_read(struct keep *keep, const char *path, const json_t **entries) {
    json_t *har = json_file_read(keep, path, "the HAR file");
    if (har == NULL) {
        return NULL;
    }
    *entries = json_object_get(json_object_get(har, "log"), "entries");
    if (!json_is_array(*entries)) {
        (void)fprintf(stderr, "%s: this JSON is no HAR file: it has no log.entries\n",
                      command_words());
        json_decref(har);
        return NULL;
    }
    return har;
}

cors_slice recording_text(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value)) {
        return (cors_slice){NULL, 0};
    }
    return (cors_slice){json_string_value(value), json_string_length(value)};
}

cors_slice recording_url(const json_t *entry) {
    return recording_text(json_object_get(entry, "request"), "url");
}

cors_slice recording_method(const json_t *entry) {
    return recording_text(json_object_get(entry, "request"), "method");
}

cors_slice recording_header(const json_t *entry, const char *name) {
    const json_t *headers = json_object_get(json_object_get(entry, "request"), "headers");
    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        if (text_is_folded(recording_text(header, "name"), name)) {
            return recording_text(header, "value");
        }
    }
    return (cors_slice){NULL, 0};
}

bool recording_is_preflight(const json_t *entry) {
    const char *mark = cors_field_name(CORS_FIELD_REQUEST_METHOD);
    return text_is(recording_method(entry), "OPTIONS") &&
           recording_header(entry, mark).data != NULL;
}

cors_slice recording_cookies(struct keep *keep, const json_t *entry) {
    const json_t *cookies = json_object_get(json_object_get(entry, "request"), "cookies");
    struct keep_text pairs = {.keep = keep};
    for (size_t i = 0; i < json_array_size(cookies); i++) {
        const json_t *cookie = json_array_get(cookies, i);
        keep_text_put(&pairs, i == 0 ? "" : "; ");
        keep_text_add(&pairs, recording_text(cookie, "name"));
        keep_text_put(&pairs, "=");
        keep_text_add(&pairs, recording_text(cookie, "value"));
    }
    return keep_text_slice(&pairs);
}

/* As the browsers' network panels and their "copy as" show it. */
static const char *const browser_fields[] = {
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "alt-used",
    "cache-control",
    "connection",
    "content-length",
    "date",
    "dnt",
    "expect",
    "host",
    "http2-settings",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "x-client-data",
};

/* The longest Accept that needs no preflight: what browsers send to load a page is longer. */
enum { ACCEPT_BYTES_MAX = 128 };

bool recording_field_is_browsers(cors_slice name, cors_slice value) {
    if (text_is_folded(name, "accept")) {
        return value.size > ACCEPT_BYTES_MAX;
    }
    for (size_t i = 0; i < sizeof browser_fields / sizeof browser_fields[0]; i++) {
        if (text_is_folded(name, browser_fields[i])) {
            return true;
        }
    }
    return name.size == 0 || name.data[0] == ':' || /* HTTP/2's own */
           text_starts_folded(name, "sec-") || text_starts_folded(name, "proxy-");
}
