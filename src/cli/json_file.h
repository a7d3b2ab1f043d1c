/* SPDX-License-Identifier: MIT */
/* Whole files of JSON that people hand in. */
#ifndef CORS_CLI_JSON_FILE_H
#define CORS_CLI_JSON_FILE_H

#include <jansson.h>

#include "keep.h"

/*
 * Reads a file, or standard input for "-".
 *
 * what  "the HAR file", for complaints.
 * Returns a value owned by the caller, or NULL with a complaint on standard error. The complaint
 * says where the fault is and does not repeat what stands there: it may be a secret.
 */
json_t *json_file_read(struct keep *keep, const char *path, const char *what);

#endif
