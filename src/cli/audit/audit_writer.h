/* SPDX-License-Identifier: MIT */
/* The forms of report, each a writer. Internal to the reports. */
#ifndef CORS_CLI_AUDIT_WRITER_H
#define CORS_CLI_AUDIT_WRITER_H

#include "audit_report.h"

struct audit_report {
    const struct audit_writer *writer;
    FILE *stream;
    bool colour;
    size_t count; /* of the records before this one */
    void *state;  /* the writer's own; freed by its `end` */
    bool failed;  /* something besides the stream broke, and was complained about */
};

/* `begin` may be NULL. What is written goes to the report's stream. */
struct audit_writer {
    const char *name; /* on the command line */
    void (*begin)(struct audit_report *report);
    void (*add)(struct audit_report *report, const struct audit_record *record);
    void (*end)(struct audit_report *report, const struct audit_summary *summary);
};

extern const struct audit_writer audit_table_writer;
extern const struct audit_writer audit_json_writer;
extern const struct audit_writer audit_json_lines_writer;
extern const struct audit_writer audit_sarif_writer;
extern const struct audit_writer audit_junit_writer;
extern const struct audit_writer audit_html_writer;

#endif
