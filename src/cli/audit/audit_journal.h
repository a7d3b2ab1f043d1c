/* SPDX-License-Identifier: MIT */
/*
 * The results of targets that are done, in a file: a run that was ended goes on where it ends, and
 * memory does not grow with what is done. JSON Lines: the first says what run it belongs to, each
 * other holds a target and its result.
 */
#ifndef CORS_CLI_AUDIT_JOURNAL_H
#define CORS_CLI_AUDIT_JOURNAL_H

#include "audit_record.h"
#include "audit_targets.h"

struct audit_journal {
    const struct audit_targets *targets;
    const char *path; /* NULL: a file without a name, which ends with the run */
    int descriptor;
    struct audit_journal_line {
        off_t start;
        size_t size; /* 0: not done */
    } * lines;       /* a target each */
    off_t end;
    size_t done;
};

/*
 * Opens the journal that the settings name, or a nameless one, and finds what is done already. A
 * last line that was not written whole is cut off. Returns false with a complaint, with the file
 * as it was, where it is no journal, belongs to a run with other options, or cannot be used.
 */
bool audit_journal_open(struct audit_journal *journal, const struct audit_targets *targets);

bool audit_journal_has(const struct audit_journal *journal, size_t target);

/* Adds a result, written out at once. Returns false with a complaint. */
bool audit_journal_put(struct audit_journal *journal, size_t target,
                       const struct audit_record *record);

/* Reads a result back; its texts belong to `keep`. Returns false with a complaint. */
bool audit_journal_get(const struct audit_journal *journal, struct keep *keep, size_t target,
                       struct audit_record *record);

void audit_journal_close(struct audit_journal *journal);

#endif
