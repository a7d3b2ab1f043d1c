/* SPDX-License-Identifier: MIT */
/* The forms of report by name, and the two in JSON. */
#include <stdlib.h>
#include <string.h>

#include "audit_writer.h"
#include "json_writer.h"

static const struct audit_writer *const writers[] = {
    [AUDIT_FORMAT_TABLE] = &audit_table_writer,
    [AUDIT_FORMAT_JSON] = &audit_json_writer,
    [AUDIT_FORMAT_JSON_LINES] = &audit_json_lines_writer,
    [AUDIT_FORMAT_SARIF] = &audit_sarif_writer,
    [AUDIT_FORMAT_JUNIT] = &audit_junit_writer,
    [AUDIT_FORMAT_HTML] = &audit_html_writer,
};

const char *audit_format_name(enum audit_format format) {
    return writers[format]->name;
}

bool audit_format_find(const char *name, enum audit_format *format) {
    for (int i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        if (strcmp(name, writers[i]->name) == 0) {
            *format = (enum audit_format)i;
            return true;
        }
    }
    return false;
}

struct audit_report *audit_report_begin(enum audit_format format, FILE *stream, bool colour) {
    struct audit_report *report = calloc(1, sizeof *report);
    if (report != NULL) {
        *report =
            (struct audit_report){.writer = writers[format], .stream = stream, .colour = colour};
        if (report->writer->begin != NULL) {
            report->writer->begin(report);
        }
    }
    return report;
}

void audit_report_add(struct audit_report *report, const struct audit_record *record) {
    report->writer->add(report, record);
    report->count++;
}

bool audit_report_end(struct audit_report *report, const struct audit_summary *summary) {
    report->writer->end(report, summary);
    bool written = fflush(report->stream) == 0 && ferror(report->stream) == 0 && !report->failed;
    free(report);
    return written;
}

static void print_record(struct audit_report *report, const struct audit_record *record,
                         size_t flags) {
    json_t *object = audit_record_to_json(record);
    report->failed = !json_print(object, flags, report->stream) || report->failed;
    json_decref(object);
}

static void begin_json(struct audit_report *report) {
    (void)fputs("{\"targets\":[", report->stream);
}

static void add_json(struct audit_report *report, const struct audit_record *record) {
    (void)fputs(report->count == 0 ? "\n" : ",\n", report->stream);
    print_record(report, record, JSON_INDENT(2));
}

static void end_json(struct audit_report *report, const struct audit_summary *summary) {
    (void)summary;
    (void)fputs("\n]}\n", report->stream);
}

static void add_line(struct audit_report *report, const struct audit_record *record) {
    print_record(report, record, JSON_COMPACT);
    (void)fputc('\n', report->stream);
    (void)fflush(report->stream); /* who reads line by line reads it now */
}

static void end_lines(struct audit_report *report, const struct audit_summary *summary) {
    (void)report;
    (void)summary;
}

const struct audit_writer audit_json_writer = {"json", begin_json, add_json, end_json};
const struct audit_writer audit_json_lines_writer = {"jsonl", NULL, add_line, end_lines};
