/* SPDX-License-Identifier: MIT */
/* How far a run is: a line that is drawn over and over on a terminal, and nothing elsewhere. */
#ifndef CORS_CLI_AUDIT_PROGRESS_H
#define CORS_CLI_AUDIT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct audit_progress {
    FILE *stream; /* NULL: nobody looks */
    bool colour;
    size_t targets;
    size_t done_before; /* by an earlier run */
    size_t done;
    unsigned long long requests;
    size_t findings;
    int64_t began; /* milliseconds of a clock that nobody sets */
    int64_t drawn; /* when, 0: not now */
};

void audit_progress_begin(struct audit_progress *progress, FILE *stream, bool colour,
                          size_t targets, size_t done_before);
/* Draws it, unless it was drawn a moment ago. */
void audit_progress_draw(struct audit_progress *progress);
/* Makes room for other output; the next call draws it again. */
void audit_progress_clear(struct audit_progress *progress);

double audit_progress_seconds(const struct audit_progress *progress);

#endif
