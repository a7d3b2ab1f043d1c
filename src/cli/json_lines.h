/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines in, JSON Lines out: a line for each line, in the same order, written out whenever no
 * further line is ready.
 */
#ifndef CORS_CLI_JSON_LINES_H
#define CORS_CLI_JSON_LINES_H

#include <cors/types.h>
#include <jansson.h>

/*
 * Answers a line. Returns the answer without its id, owned by the caller; or NULL with why the
 * line cannot be answered in `*error`, words that live as long as the program.
 */
typedef json_t *(*json_lines_answer)(void *context, const json_t *line, const char **error);

/* Reads standard input to its end; returns an exit code. `command` is for complaints. */
int json_lines_run(const char *command, json_lines_answer answer, void *context);

#endif
