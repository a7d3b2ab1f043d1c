/* SPDX-License-Identifier: MIT */
/* Targets out of a HAR file: each distinct request over http or https, as the page sent it. */
#include <cors/origin.h>

#include "audit_targets.h"
#include "check.h"
#include "recording.h"

static bool is_over_http(cors_slice url) {
    return text_starts_folded(url, "http://") || text_starts_folded(url, "https://");
}

/* What the page set, and its cookies. */
static void take_fields(struct keep *keep, const json_t *entry, struct audit_target *target) {
    const json_t *headers = json_object_get(json_object_get(entry, "request"), "headers");
    cors_field *fields = keep_memory(keep, (json_array_size(headers) + 1) * sizeof *fields);
    cors_slice cookies = recording_cookies(keep, entry);
    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        cors_field field = {recording_text(header, "name"), recording_text(header, "value")};
        if (!recording_field_is_browsers(field.name, field.value)) {
            fields[target->field_count++] = *keep_fields(keep, &field, 1);
        }
    }
    if (cookies.size > 0 && recording_header(entry, "Cookie").data == NULL) {
        fields[target->field_count++] = (cors_field){text_slice("Cookie"), cookies};
    }
    target->fields = fields;
}

static void take_body(struct keep *keep, const json_t *entry, struct audit_target *target) {
    const json_t *data = json_object_get(json_object_get(entry, "request"), "postData");
    if (json_is_object(data)) {
        target->body = keep_slice(keep, recording_text(data, "text"));
        target->has_body = true;
    }
}

/* The page that made the call was let in, as far as anyone knows. */
static void take_origin(struct keep *keep, const json_t *entry, struct audit_target *target) {
    cors_origin parsed;
    cors_slice origin = recording_header(entry, "Origin");
    if (cors_origin_parse(origin, &parsed) && !parsed.opaque) {
        target->known_origin = keep_slice(keep, origin);
    }
}

static bool add_entry(struct audit_targets *targets, const char *path, size_t number,
                      const json_t *entry) {
    struct keep *keep = targets->keep;
    struct audit_target target = {.url = keep_slice(keep, recording_url(entry)),
                                  .method = keep_slice(keep, recording_method(entry))};
    if (recording_is_preflight(entry) || !is_over_http(target.url) || target.method.size == 0) {
        return true;
    }
    take_fields(keep, entry, &target);
    take_body(keep, entry, &target);
    take_origin(keep, entry, &target);
    return audit_targets_add_found(
        targets, keep_format(keep, "%s, request %zu: ", path, number + 1), &target);
}

bool audit_har_read(struct audit_targets *targets, const char *path) {
    const json_t *entries;
    json_t *har = recording_read(targets->keep, path, &entries);
    bool fine = har != NULL;
    for (size_t i = 0; fine && i < json_array_size(entries); i++) {
        fine = add_entry(targets, path, i, json_array_get(entries, i));
    }
    json_decref(har);
    return fine;
}
