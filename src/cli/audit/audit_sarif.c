/* SPDX-License-Identifier: MIT */
/* SARIF 2.1.0, the static analysis results interchange format that CI services read. */
#include <stdlib.h>

#include "audit_sentence.h"
#include "audit_spool.h"
#include "audit_uri.h"
#include "audit_writer.h"
#include "json_text.h"
#include "json_writer.h"
#include "text_slices.h"

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* Notifications stand after the results: those of targets that could not be judged wait here. */
struct sarif {
    FILE *notifications;
    size_t results;
    size_t notification_count;
};

/* SARIF's level, and the number that services sort security findings by: CVSS's ranges. */
static const struct grade {
    const char *level;
    const char *score;
} grades[AUDIT_SEVERITY_COUNT] = {
    [AUDIT_INFO] = {"note", NULL},       [AUDIT_LOW] = {"warning", "3.0"},
    [AUDIT_MEDIUM] = {"warning", "5.5"}, [AUDIT_HIGH] = {"error", "8.0"},
    [AUDIT_CRITICAL] = {"error", "9.5"},
};

/* The worst that a finding of the rule can be; a result has its own level. */
static const enum audit_severity worst[AUDIT_RULE_COUNT] = {
    [AUDIT_REFLECTED_ORIGIN] = AUDIT_CRITICAL,
    [AUDIT_NULL_ORIGIN] = AUDIT_CRITICAL,
    [AUDIT_SUFFIX_MATCH] = AUDIT_CRITICAL,
    [AUDIT_PREFIX_MATCH] = AUDIT_CRITICAL,
    [AUDIT_SUBSTRING_MATCH] = AUDIT_CRITICAL,
    [AUDIT_UNESCAPED_DOT] = AUDIT_CRITICAL,
    [AUDIT_SPECIAL_CHARACTERS] = AUDIT_CRITICAL,
    [AUDIT_ANY_SUBDOMAIN] = AUDIT_HIGH,
    [AUDIT_ANY_PORT] = AUDIT_MEDIUM,
    [AUDIT_INSECURE_ORIGIN] = AUDIT_HIGH,
    [AUDIT_SHARED_HOSTING] = AUDIT_CRITICAL,
    [AUDIT_LOOPBACK_ORIGIN] = AUDIT_MEDIUM,
    [AUDIT_PRIVATE_ADDRESS_ORIGIN] = AUDIT_HIGH,
    [AUDIT_ANY_SCHEME] = AUDIT_INFO,
    [AUDIT_WILDCARD_WITH_CREDENTIALS] = AUDIT_INFO,
    [AUDIT_WILDCARD] = AUDIT_INFO,
    [AUDIT_MISSING_VARY] = AUDIT_LOW,
    [AUDIT_CACHE_POISONING] = AUDIT_MEDIUM,
    [AUDIT_MULTIPLE_ALLOW_ORIGIN] = AUDIT_INFO,
    [AUDIT_INVALID_ALLOW_ORIGIN] = AUDIT_INFO,
    [AUDIT_INVALID_ALLOW_CREDENTIALS] = AUDIT_INFO,
    [AUDIT_PREFLIGHT_REFLECTS] = AUDIT_MEDIUM,
    [AUDIT_PREFLIGHT_FAILS] = AUDIT_LOW,
    [AUDIT_PREFLIGHT_NEEDS_CREDENTIALS] = AUDIT_LOW,
    [AUDIT_PREFLIGHT_REDIRECTS] = AUDIT_LOW,
    [AUDIT_ERRORS_LACK_HEADERS] = AUDIT_LOW,
    [AUDIT_METHODS_TOO_WIDE] = AUDIT_LOW,
    [AUDIT_HEADERS_TOO_WIDE] = AUDIT_LOW,
    [AUDIT_EXPOSES_SENSITIVE_HEADER] = AUDIT_LOW,
    [AUDIT_MAX_AGE_INVALID] = AUDIT_INFO,
    [AUDIT_PRIVATE_NETWORK_ALLOWED] = AUDIT_LOW,
};

/* Frees the object. */
static void print_object(struct audit_report *report, FILE *stream, json_t *object) {
    if (!json_print(object, JSON_COMPACT, stream)) {
        report->failed = true;
    }
    json_decref(object);
}

/* As SARIF names rules for people: "any-port" is AnyPort. */
static json_t *camel_name(struct keep *keep, const char *words) {
    struct keep_text name = {.keep = keep};
    bool upper = true;
    for (; *words != '\0'; words++) {
        char letter = *words;
        if (letter != '-') {
            letter = upper && letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
            keep_text_add(&name, (cors_slice){&letter, 1});
        }
        upper = *words == '-';
    }
    return json_text(keep_text_slice(&name));
}

static json_t *json_rule(struct keep *keep, enum audit_rule rule) {
    const struct grade *grade = &grades[worst[rule]];
    const char *name = audit_rule_name(rule);
    return json_pack("{s:s, s:o, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:[s], s:s*}}", "id", name, "name",
                     camel_name(keep, name), "shortDescription", "text", audit_rule_title(rule),
                     "help", "text", audit_rule_fix(rule), "defaultConfiguration", "level",
                     grade->level, "properties", "tags", "security", "security-severity",
                     grade->score);
}

static json_t *json_rules(void) {
    struct keep keep = {NULL};
    json_t *rules = json_array();
    for (int i = 0; i < AUDIT_RULE_COUNT; i++) {
        (void)json_array_append_new(rules, json_rule(&keep, (enum audit_rule)i));
    }
    keep_free(&keep);
    return rules;
}

/* Why a target may stay without a judgement: what notifications are about. */
static json_t *json_reasons(void) {
    json_t *reasons = json_array();
    for (int i = AUDIT_REASON_NONE + 1; i < AUDIT_REASON_COUNT; i++) {
        enum audit_reason reason = (enum audit_reason)i;
        (void)json_array_append_new(
            reasons, json_pack("{s:s, s:{s:s}}", "id", audit_reason_name(reason),
                               "shortDescription", "text", audit_reason_meaning(reason)));
    }
    return reasons;
}

/* In SARIF's messages braces are doubled, and "[words](address)" would become a link. */
static json_t *message_text(struct keep *keep, cors_slice words) {
    struct keep_text text = {.keep = keep};
    for (size_t i = 0; i < words.size; i++) {
        char byte = words.data[i];
        bool brace = byte == '{' || byte == '}';
        bool link = byte == '(' && i > 0 && words.data[i - 1] == ']';
        keep_text_put(&text, link ? " " : "");
        keep_text_add(&text, (cors_slice){&byte, 1});
        keep_text_add(&text, (cors_slice){&byte, brace});
    }
    return json_text(keep_text_slice(&text));
}

static json_t *json_locations(struct keep *keep, const struct audit_record *record) {
    cors_slice uri = audit_uri(keep, record->url, record->reason != AUDIT_REASON_BAD_URL);
    return json_pack("[{s:{s:{s:o}}}]", "physicalLocation", "artifactLocation", "uri",
                     json_text(uri));
}

/* What SARIF has no member for. */
static json_t *json_properties(const struct audit_record *record,
                               const struct audit_record_finding *finding) {
    const struct property {
        const char *name;
        cors_slice text;
    } properties[] = {
        {"severity", text_slice(audit_severity_name(finding->severity))},
        {"method", record->method},
        {"origin", finding->origin},
        {"matcher", record->matcher},
        {"evidence", finding->evidence},
        {"reproduce", finding->reproduce},
    };
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if (properties[i].text.size > 0) {
            (void)json_object_set_new(object, properties[i].name, json_text(properties[i].text));
        }
    }
    return object;
}

/* An empty list says that nothing suppresses a result; no list would say that nobody knows. */
static json_t *json_suppressions(const struct audit_record_finding *finding) {
    return finding->suppressed
               ? json_pack("[{s:s, s:s, s:o, s:{s:o}}]", "kind", "external", "status", "accepted",
                           "justification", json_text(finding->suppression), "properties", "until",
                           json_text(finding->until))
               : json_array();
}

static json_t *json_result(struct keep *keep, const struct audit_record *record,
                           const struct audit_record_finding *finding) {
    cors_slice words = keep_format(keep, "%.*s %.*s", SLICE_ARGUMENTS(finding->message),
                                   SLICE_ARGUMENTS(finding->reasoning));
    return json_pack("{s:s, s:i, s:s, s:{s:o}, s:o, s:{s:o}, s:o, s:o}", "ruleId",
                     audit_rule_name(finding->rule), "ruleIndex", (int)finding->rule, "level",
                     grades[finding->severity].level, "message", "text",
                     message_text(keep, text_trim(words)), "locations",
                     json_locations(keep, record), "partialFingerprints", "corsAudit/v1",
                     json_text(finding->fingerprint), "suppressions", json_suppressions(finding),
                     "properties", json_properties(record, finding));
}

static void begin_sarif(struct audit_report *report) {
    struct sarif *sarif = calloc(1, sizeof *sarif);
    report->state = sarif;
    if (sarif == NULL || (sarif->notifications = audit_spool_begin()) == NULL) {
        report->failed = true;
    }
    (void)fputs("{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":",
                report->stream);
    print_object(report, report->stream,
                 json_pack("{s:{s:s, s:s, s:s, s:o, s:o}}", "driver", "name", "cors audit",
                           "version", CORS_VERSION_STRING, "semanticVersion", CORS_VERSION_STRING,
                           "rules", json_rules(), "notifications", json_reasons()));
    (void)fputs(",\"results\":[", report->stream);
}

static void add_notification(struct audit_report *report, struct keep *keep,
                             const struct audit_record *record) {
    struct sarif *sarif = report->state;
    (void)fputs(sarif->notification_count++ == 0 ? "\n" : ",\n", sarif->notifications);
    print_object(report, sarif->notifications,
                 json_pack("{s:{s:s, s:i}, s:s, s:{s:o}, s:o}", "descriptor", "id",
                           audit_reason_name(record->reason), "index", (int)record->reason - 1,
                           "level", "warning", "message", "text",
                           message_text(keep, audit_sentence(keep, record)), "locations",
                           json_locations(keep, record)));
}

static void add_sarif(struct audit_report *report, const struct audit_record *record) {
    struct sarif *sarif = report->state;
    struct keep keep = {NULL};
    if (report->failed) {
        return;
    }
    for (size_t i = 0; i < record->finding_count; i++) {
        (void)fputs(sarif->results++ == 0 ? "\n" : ",\n", report->stream);
        print_object(report, report->stream, json_result(&keep, record, &record->findings[i]));
    }
    if (record->outcome == AUDIT_INCONCLUSIVE && record->reason != AUDIT_REASON_NONE) {
        add_notification(report, &keep, record);
    }
    keep_free(&keep);
}

static void end_sarif(struct audit_report *report, const struct audit_summary *summary) {
    struct sarif *sarif = report->state;
    (void)fputs("\n],\"invocations\":[{\"executionSuccessful\":true,"
                "\"toolExecutionNotifications\":[",
                report->stream);
    if (sarif != NULL && sarif->notifications != NULL) {
        report->failed = !audit_spool_end(sarif->notifications, report->stream) || report->failed;
    }
    (void)fprintf(report->stream,
                  "]}],\"properties\":{\"targets\":%zu,\"clean\":%zu,\"withFindings\":%zu,"
                  "\"inconclusive\":%zu,\"requests\":%llu}}]}\n",
                  summary->targets, summary->outcomes[AUDIT_CLEAN],
                  summary->outcomes[AUDIT_FINDINGS], summary->outcomes[AUDIT_INCONCLUSIVE],
                  summary->requests);
    free(sarif);
}

const struct audit_writer audit_sarif_writer = {"sarif", begin_sarif, add_sarif, end_sarif};
