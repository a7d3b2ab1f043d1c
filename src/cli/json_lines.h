/* SPDX-License-Identifier: MIT */
/*
 * JSON Lines in, JSON Lines out: a line for each line, in the same order, written out whenever no
 * further line is ready.
 */
#ifndef CORS_CLI_JSON_LINES_H
#define CORS_CLI_JSON_LINES_H

#include <jansson.h>

#include "json_writer.h"

/*
 * Answers a line: writes the members that stand behind the id. Returns false with why the line
 * cannot be answered in `*error`, words that live as long as the program; what it wrote is then
 * dropped. What jansson allocates meanwhile lives until the line is answered, and need not be given
 * back.
 */
typedef bool (*json_lines_answer)(void *context, const json_t *line, struct json_writer *out,
                                  const char **error);

/* Reads standard input to its end; returns an exit code. `command` is for complaints. */
int json_lines_run(const char *command, json_lines_answer answer, void *context);

#endif
