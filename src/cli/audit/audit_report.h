/* SPDX-License-Identifier: MIT */
/*
 * Where results go. Each form of report is written while the audit runs, a record at a time in the
 * order of the targets, so that memory does not grow with their number.
 */
#ifndef CORS_CLI_AUDIT_REPORT_H
#define CORS_CLI_AUDIT_REPORT_H

#include <stdio.h>

#include "audit_record.h"

/* The forms: enum name, name on the command line. */
#define AUDIT_FORMATS(FORMAT)                                                                      \
    FORMAT(TABLE, "table")                                                                         \
    FORMAT(JSON, "json")                                                                           \
    FORMAT(JSON_LINES, "jsonl")                                                                    \
    FORMAT(SARIF, "sarif")                                                                         \
    FORMAT(JUNIT, "junit")                                                                         \
    FORMAT(HTML, "html")

enum audit_format {
#define AUDIT_FORMAT_ENUM(name, text) AUDIT_FORMAT_##name,
    AUDIT_FORMATS(AUDIT_FORMAT_ENUM)
#undef AUDIT_FORMAT_ENUM
        AUDIT_FORMAT_COUNT
};

const char *audit_format_name(enum audit_format format);
bool audit_format_find(const char *name, enum audit_format *format);

/* What was counted over all targets. */
struct audit_summary {
    size_t targets;
    size_t outcomes[AUDIT_OUTCOME_COUNT];
    size_t findings[AUDIT_SEVERITY_COUNT]; /* that are not suppressed */
    size_t suppressed;
    unsigned long long requests;
    double seconds;
};

struct audit_report;

/* Begins a report. The stream is the caller's. Returns NULL where there is no memory. */
struct audit_report *audit_report_begin(enum audit_format format, FILE *stream, bool colour);
void audit_report_add(struct audit_report *report, const struct audit_record *record);
/* Ends and frees it. Returns false where writing failed. */
bool audit_report_end(struct audit_report *report, const struct audit_summary *summary);

#endif
