/* SPDX-License-Identifier: MIT */
/* JUnit's XML: a test case for each target, which fails by what was found. */
#include <stdlib.h>

#include "audit_sentence.h"
#include "audit_spool.h"
#include "audit_writer.h"
#include "text_slices.h"
#include "xml_text.h"

/* The counts stand before the cases, and are known after them: the cases wait here. */
struct junit {
    FILE *cases;
    size_t failed; /* cases */
    size_t broken;
};

static void begin_junit(struct audit_report *report) {
    struct junit *junit = calloc(1, sizeof *junit);
    report->state = junit;
    if (junit == NULL || (junit->cases = audit_spool_begin()) == NULL) {
        report->failed = true;
    }
}

static void print_attribute(FILE *stream, const char *name, cors_slice value) {
    (void)fprintf(stream, " %s=\"", name);
    xml_write(stream, value);
    (void)fputc('"', stream);
}

static void print_words(FILE *stream, const char *label, cors_slice words) {
    if (words.size > 0) {
        (void)fprintf(stream, "%s", label);
        xml_write(stream, words);
        (void)fputc('\n', stream);
    }
}

static void print_failure(FILE *stream, const struct audit_record_finding *finding) {
    (void)fputs("      <failure", stream);
    print_attribute(stream, "type", text_slice(audit_rule_name(finding->rule)));
    print_attribute(stream, "message", finding->message);
    (void)fprintf(stream, ">%s: %s\n", audit_severity_name(finding->severity),
                  audit_rule_title(finding->rule));
    print_words(stream, "origin: ", finding->origin);
    print_words(stream, "why: ", finding->reasoning);
    print_words(stream, "fix: ", text_slice(audit_rule_fix(finding->rule)));
    print_words(stream, "try: ", finding->reproduce);
    print_words(stream, "note: ", finding->suppression);
    print_words(stream, "", finding->evidence);
    (void)fputs("</failure>\n", stream);
}

/* What is no failure, for those who read on: information, and what the baseline accepts. */
static void print_remark(FILE *stream, const struct audit_record_finding *finding) {
    (void)fprintf(stream, "%s %s: ", audit_severity_name(finding->severity),
                  audit_rule_name(finding->rule));
    xml_write(stream, finding->message);
    if (finding->suppressed) {
        (void)fputs(" (accepted until ", stream);
        xml_write(stream, finding->until);
        (void)fputs(": ", stream);
        xml_write(stream, finding->suppression);
        (void)fputc(')', stream);
    }
    (void)fputc('\n', stream);
}

static bool is_failure(const struct audit_record_finding *finding) {
    return finding->severity >= AUDIT_LOW && !finding->suppressed;
}

/* Returns how many there were. */
static size_t print_failures(FILE *stream, const struct audit_record *record) {
    size_t failures = 0;
    for (size_t i = 0; i < record->finding_count; i++) {
        if (is_failure(&record->findings[i])) {
            print_failure(stream, &record->findings[i]);
            failures++;
        }
    }
    return failures;
}

static void print_remarks(FILE *stream, const struct audit_record *record, size_t failures) {
    if (record->matcher.size == 0 && record->finding_count == failures) {
        return;
    }
    (void)fputs("      <system-out>", stream);
    print_words(stream, "trusts: ", record->matcher);
    for (size_t i = 0; i < record->finding_count; i++) {
        if (!is_failure(&record->findings[i])) {
            print_remark(stream, &record->findings[i]);
        }
    }
    (void)fputs("</system-out>\n", stream);
}

static void print_error(FILE *stream, struct keep *keep, const struct audit_record *record) {
    (void)fputs("      <error", stream);
    print_attribute(stream, "type", text_slice(audit_reason_name(record->reason)));
    print_attribute(stream, "message", audit_sentence(keep, record));
    (void)fputs("/>\n", stream);
}

static void add_junit(struct audit_report *report, const struct audit_record *record) {
    struct junit *junit = report->state;
    struct keep keep = {NULL};
    if (report->failed) {
        return;
    }
    (void)fputs("    <testcase classname=\"cors audit\"", junit->cases);
    print_attribute(junit->cases, "name",
                    keep_format(&keep, "%.*s %.*s", SLICE_ARGUMENTS(record->method),
                                SLICE_ARGUMENTS(record->url)));
    (void)fputs(">\n", junit->cases);
    size_t failures = print_failures(junit->cases, record);
    junit->failed += failures > 0;
    if (record->outcome == AUDIT_INCONCLUSIVE) {
        print_error(junit->cases, &keep, record);
        junit->broken++;
    }
    print_remarks(junit->cases, record, failures);
    (void)fputs("    </testcase>\n", junit->cases);
    keep_free(&keep);
}

static void print_counts(const struct audit_report *report, const struct audit_summary *summary) {
    const struct junit *junit = report->state;
    (void)fprintf(report->stream,
                  " name=\"cors audit\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\""
                  " skipped=\"0\" time=\"%.3f\">\n",
                  report->count, junit->failed, junit->broken, summary->seconds);
}

static void end_junit(struct audit_report *report, const struct audit_summary *summary) {
    struct junit *junit = report->state;
    if (!report->failed) {
        (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", report->stream);
        print_counts(report, summary);
        (void)fputs("  <testsuite", report->stream);
        print_counts(report, summary);
        report->failed = !audit_spool_end(junit->cases, report->stream);
        (void)fputs("  </testsuite>\n</testsuites>\n", report->stream);
    }
    free(junit);
}

const struct audit_writer audit_junit_writer = {"junit", begin_junit, add_junit, end_junit};
