/* SPDX-License-Identifier: MIT */
/* The field lines of a scripted answer: kept ready, and sent in the order that they were given. */
#ifndef CORS_LAB_SCRIPTED_LINES_H
#define CORS_LAB_SCRIPTED_LINES_H

#include <jansson.h>
#include <microhttpd.h>

enum { LAB_LINES_FAULT_MAX = 320 };

/* A script's answer has at most so many lines, and so many bytes in them. */
enum { LAB_LINES_MAX = 512, LAB_LINES_BYTES_MAX = 64 * 1024 };

/*
 * Makes a response of [[name, value], ...]. A character of a value up to U+00FF is a byte, as in
 * script.
 *
 * lines  NULL for none.
 * fault  out: what is wrong, as the end of a sentence; LAB_LINES_FAULT_MAX bytes.
 * Returns the response, owned by the caller, or NULL.
 */
struct MHD_Response *lab_scripted_lines_read(const json_t *lines, char *fault);

#endif
