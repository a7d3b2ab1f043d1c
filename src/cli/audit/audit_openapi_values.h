/* SPDX-License-Identifier: MIT */
/* Values for what an OpenAPI or Swagger file leaves open: parameters and bodies. */
#ifndef CORS_CLI_AUDIT_OPENAPI_VALUES_H
#define CORS_CLI_AUDIT_OPENAPI_VALUES_H

#include <jansson.h>

#include "keep.h"

/* What "$ref" leads to within the file; the value itself where it is no reference. */
const json_t *audit_openapi_resolve(const json_t *file, const json_t *value);

/*
 * A value for a parameter: an example, a default, the first of an enumeration, else a plain value
 * of its type.
 *
 * stated  out: whether the file states one.
 * Returns a text in `keep`.
 */
cors_slice audit_openapi_value(struct keep *keep, const json_t *file, const json_t *parameter,
                               bool *stated);

/* The example of a request body of JSON, or "{}". */
cors_slice audit_openapi_body(struct keep *keep, const json_t *file, const json_t *media);

/* Adds a text to a URL, what is no letter, digit, -, ., _ or ~ as %XX. */
void audit_openapi_encode(struct keep_text *url, cors_slice text);

#endif
