/* SPDX-License-Identifier: MIT */
/* Records: out of results, into JSON and back. */
#include <string.h>

#include "audit_fingerprint.h"
#include "audit_record.h"
#include "json_text.h"
#include "shown_url.h"
#include "text_slices.h"

/* An empty text is null. */
static json_t *text_or_null(cors_slice text) {
    return text.size == 0 ? json_null() : json_text(text);
}

/* As it will come back from JSON: a record is the same before and after a journal. */
static cors_slice keep_clean(struct keep *keep, cors_slice text) {
    json_t *string = json_clean_text(text);
    cors_slice clean =
        keep_slice(keep, (cors_slice){json_string_value(string), json_string_length(string)});
    json_decref(string);
    return clean;
}

void audit_record_fill(struct keep *keep, cors_slice url, cors_slice method,
                       const struct audit_result *result, struct audit_record *record) {
    *record = (struct audit_record){
        .url = keep_clean(keep, shown_url(keep, url)),
        .method = keep_clean(keep, method),
        .outcome = result->outcome,
        .reason = result->reason,
        .detail = keep_clean(keep, result->detail),
        .requests = result->requests,
        .matcher = keep_clean(keep, result->matcher),
        .finding_count = result->finding_count,
    };
    record->findings = keep_memory(keep, (result->finding_count + 1) * sizeof *record->findings);
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct audit_finding *finding = &result->findings[i];
        record->findings[i] = (struct audit_record_finding){
            .rule = finding->rule,
            .severity = finding->severity,
            .origin = keep_clean(keep, finding->origin),
            .message = keep_clean(keep, finding->message),
            .reasoning = keep_clean(keep, finding->reasoning),
            .evidence = keep_clean(keep, finding->evidence),
            .reproduce = keep_clean(keep, finding->reproduce),
            .fingerprint = audit_fingerprint(keep, record->method, record->url, finding->rule),
        };
    }
}

/* The members that are texts, in the order in which they are written. */
struct text_member {
    const char *name;
    size_t offset;
};

#define FINDING_TEXT(member)                                                                       \
    { #member, offsetof(struct audit_record_finding, member) }

static const struct text_member finding_texts[] = {
    FINDING_TEXT(origin),   FINDING_TEXT(message),   FINDING_TEXT(reasoning),
    FINDING_TEXT(evidence), FINDING_TEXT(reproduce), FINDING_TEXT(fingerprint)};

enum { FINDING_TEXT_COUNT = sizeof finding_texts / sizeof finding_texts[0] };

static cors_slice *text_of(struct audit_record_finding *finding, size_t member) {
    return (cors_slice *)(void *)((char *)finding + finding_texts[member].offset);
}

static json_t *finding_to_json(const struct audit_record_finding *finding) {
    struct audit_record_finding copy = *finding;
    json_t *object = json_object();
    (void)json_object_set_new(object, "rule", json_string(audit_rule_name(finding->rule)));
    (void)json_object_set_new(object, "severity",
                              json_string(audit_severity_name(finding->severity)));
    for (size_t i = 0; i < FINDING_TEXT_COUNT; i++) {
        if (strcmp(finding_texts[i].name, "reproduce") == 0) {
            (void)json_object_set_new(object, "fix", json_string(audit_rule_fix(finding->rule)));
        }
        cors_slice text = *text_of(&copy, i);
        bool may_lack = strcmp(finding_texts[i].name, "origin") == 0;
        (void)json_object_set_new(object, finding_texts[i].name,
                                  may_lack ? text_or_null(text) : json_text(text));
    }
    if (finding->suppressed) {
        (void)json_object_set_new(object, "suppressed",
                                  json_pack("{s:o, s:o}", "reason", json_text(finding->suppression),
                                            "until", json_text(finding->until)));
    }
    return object;
}

json_t *audit_record_to_json(const struct audit_record *record) {
    json_t *object = json_object();
    json_t *findings = json_array();
    const char *reason = audit_reason_name(record->reason);
    for (size_t i = 0; i < record->finding_count; i++) {
        (void)json_array_append_new(findings, finding_to_json(&record->findings[i]));
    }
    (void)json_object_set_new(object, "url", json_text(record->url));
    (void)json_object_set_new(object, "method", json_text(record->method));
    (void)json_object_set_new(object, "outcome", json_string(audit_outcome_name(record->outcome)));
    (void)json_object_set_new(object, "reason", text_or_null(text_slice(reason)));
    (void)json_object_set_new(object, "detail", text_or_null(record->detail));
    (void)json_object_set_new(object, "requests", json_integer((json_int_t)record->requests));
    (void)json_object_set_new(object, "matcher", text_or_null(record->matcher));
    (void)json_object_set_new(object, "findings", findings);
    return object;
}

/* Reads a member that is a text or null; false where it is neither. */
static bool read_text(struct keep *keep, const json_t *object, const char *name, cors_slice *text) {
    const json_t *value = json_object_get(object, name);
    *text = (cors_slice){"", 0};
    if (json_is_string(value)) {
        *text = keep_slice(keep, (cors_slice){json_string_value(value), json_string_length(value)});
    }
    return json_is_string(value) || json_is_null(value);
}

static bool read_finding(struct keep *keep, const json_t *object,
                         struct audit_record_finding *finding) {
    cors_slice rule;
    cors_slice severity;
    bool read = read_text(keep, object, "rule", &rule) && audit_rule_find(rule, &finding->rule) &&
                read_text(keep, object, "severity", &severity) &&
                audit_severity_find(severity, &finding->severity);
    for (size_t i = 0; i < FINDING_TEXT_COUNT && read; i++) {
        read = read_text(keep, object, finding_texts[i].name, text_of(finding, i));
    }
    return read;
}

static bool read_findings(struct keep *keep, const json_t *array, struct audit_record *record) {
    if (!json_is_array(array)) {
        return false;
    }
    record->finding_count = json_array_size(array);
    record->findings = keep_memory(keep, (record->finding_count + 1) * sizeof *record->findings);
    for (size_t i = 0; i < record->finding_count; i++) {
        if (!read_finding(keep, json_array_get(array, i), &record->findings[i])) {
            return false;
        }
    }
    return true;
}

static bool read_outcome(cors_slice name, enum audit_outcome *outcome) {
    for (int i = 0; i < AUDIT_OUTCOME_COUNT; i++) {
        if (text_is(name, audit_outcome_name((enum audit_outcome)i))) {
            *outcome = (enum audit_outcome)i;
            return true;
        }
    }
    return false;
}

static bool read_reason(cors_slice name, enum audit_reason *reason) {
    for (int i = 0; i < AUDIT_REASON_COUNT; i++) {
        if (text_is(name, audit_reason_name((enum audit_reason)i))) {
            *reason = (enum audit_reason)i;
            return true;
        }
    }
    return false;
}

bool audit_record_from_json(struct keep *keep, const json_t *object, struct audit_record *record) {
    cors_slice outcome;
    cors_slice reason;
    const json_t *requests = json_object_get(object, "requests");
    *record = (struct audit_record){.requests = 0};
    bool counted = json_is_integer(requests) && json_integer_value(requests) >= 0 &&
                   json_integer_value(requests) <= INT32_MAX;
    record->requests = counted ? (unsigned)json_integer_value(requests) : 0;
    return counted && read_text(keep, object, "url", &record->url) &&
           read_text(keep, object, "method", &record->method) &&
           read_text(keep, object, "outcome", &outcome) &&
           read_outcome(outcome, &record->outcome) && read_text(keep, object, "reason", &reason) &&
           read_reason(reason, &record->reason) &&
           read_text(keep, object, "detail", &record->detail) &&
           read_text(keep, object, "matcher", &record->matcher) &&
           read_findings(keep, json_object_get(object, "findings"), record);
}
