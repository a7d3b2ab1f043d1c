/* SPDX-License-Identifier: MIT */
/*
 * What a report can write only after something that is known at its end: kept in a file without a
 * name until then, so that memory does not grow with the number of targets.
 */
#ifndef CORS_CLI_AUDIT_SPOOL_H
#define CORS_CLI_AUDIT_SPOOL_H

#include <stdbool.h>
#include <stdio.h>

/* Returns NULL, with a complaint on standard error, where there is no room. */
FILE *audit_spool_begin(void);

/* Copies it to the stream's end, and closes it. Returns false, with a complaint, where it broke. */
bool audit_spool_end(FILE *spool, FILE *stream);

#endif
