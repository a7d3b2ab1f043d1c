/* SPDX-License-Identifier: MIT */
/* What must hold for everything that is printed, whatever strangers said. */
#ifndef CORS_TESTS_FUZZED_OUTPUT_H
#define CORS_TESTS_FUZZED_OUTPUT_H

#include <cors/types.h>
#include <jansson.h>

/*
 * Whether a terminal takes the text as text: UTF-8 without control characters, but for line feeds,
 * and without the marks that turn the direction of text around.
 */
bool fuzzed_is_clean(cors_slice text);

/* The JSON value that the text is, owned by the caller; anything else breaks an invariant. */
json_t *fuzzed_json(cors_slice text);

/* Each line as such a value in a list, owned by the caller. */
json_t *fuzzed_json_lines(cors_slice text);

#endif
