/* SPDX-License-Identifier: MIT */
/* Text that may hold anything, as JSON. */
#ifndef CORS_CLI_JSON_TEXT_H
#define CORS_CLI_JSON_TEXT_H

#include <cors/types.h>
#include <jansson.h>

/*
 * A JSON string, owned by the caller, that holds the text as it is; where it is no UTF-8, as
 * json_clean_text() has it. NULL where there is no memory.
 */
json_t *json_text(cors_slice text);

/*
 * The same for what strangers said: what is no UTF-8, and what would not be printed on a terminal,
 * becomes U+FFFD; line ends and tabs stay.
 */
json_t *json_clean_text(cors_slice text);

/*
 * From here on the command ends, with a message, where there is no memory for JSON: else a result
 * would be without a member and look whole. For commands that write results as JSON.
 */
void json_needs_memory(void);

#endif
