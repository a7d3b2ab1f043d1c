/* SPDX-License-Identifier: MIT */
/* All that a run is to write: its reports, and the baseline that accepts it. */
#ifndef CORS_CLI_AUDIT_OUTPUT_H
#define CORS_CLI_AUDIT_OUTPUT_H

#include "audit_accept.h"
#include "audit_baseline.h"
#include "audit_file.h"
#include "audit_report.h"
#include "audit_settings.h"

struct audit_output {
    struct keep *keep;
    const struct audit_settings *settings;
    struct audit_baseline *baseline; /* NULL: none was named */
    struct audit_file files[AUDIT_FORMAT_COUNT];
    struct audit_report *reports[AUDIT_FORMAT_COUNT]; /* NULL: not wanted */
    struct audit_file accepted;                       /* without a stream: not wanted */
    struct audit_accept accept;
    struct audit_summary summary;
    bool failing; /* a finding makes the exit code 1 */
};

/* Reads the baseline and begins all files. Returns -1 to go on, else the exit code. */
int audit_output_begin(struct audit_output *output, struct keep *keep,
                       const struct audit_settings *settings);

/* Writes a target's result, in the order of the targets. The baseline is applied to it. */
void audit_output_add(struct audit_output *output, struct audit_record *record);

/* Puts everything in its place. Returns false with a complaint where that fails. */
bool audit_output_finish(struct audit_output *output, double seconds);

/* Leaves all files as they were. */
void audit_output_abandon(struct audit_output *output);

#endif
