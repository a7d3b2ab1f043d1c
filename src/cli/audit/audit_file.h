/* SPDX-License-Identifier: MIT */
/*
 * A file that is there whole or not at all: it is written beside its place, under another name,
 * and renamed at the end. Where the command ends before, by exit() or by a signal that it takes
 * while it asks, nothing of it is left.
 */
#ifndef CORS_CLI_AUDIT_FILE_H
#define CORS_CLI_AUDIT_FILE_H

#include <stdio.h>

#include "keep.h"

struct audit_file {
    FILE *stream;
    const char *path;        /* for complaints */
    const char *place;       /* where it is to be at the end; NULL: it is there already */
    const char *temporary;   /* where it is until then */
    struct audit_file *next; /* of those that are under way: the struct stays where it is */
};

/*
 * Begins a file; "-" is standard output. What is there and no plain file, such as a pipe, is
 * written to as it is. Returns false with a complaint.
 */
bool audit_file_begin(struct keep *keep, const char *path, struct audit_file *file);

/* Puts it in its place. Returns false with a complaint, and leaves nothing, where that fails. */
bool audit_file_finish(struct audit_file *file);

/* Leaves what was there before. */
void audit_file_abandon(struct audit_file *file);

#endif
