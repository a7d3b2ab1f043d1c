/* SPDX-License-Identifier: MIT */
/* Problems for programs: each an object with its rule, its place and its words. */
#ifndef CORS_CLI_JSON_PROBLEMS_H
#define CORS_CLI_JSON_PROBLEMS_H

#include <cors/policy.h>
#include <jansson.h>

/* Adds each problem that a builder found to a JSON array. Returns false where memory is out. */
bool json_problems_add(json_t *list, const cors_builder *builder);

#endif
