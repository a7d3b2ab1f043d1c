/* SPDX-License-Identifier: MIT */
/* A policy from a file of lines, each a key of cors-policy(5) and its values: see notes_policy.txt.
 */
#ifndef CORS_EXAMPLES_POLICY_LINES_H
#define CORS_EXAMPLES_POLICY_LINES_H

#include <cors/cors.h>

/*
 * Prints what is wrong as file:line:column, and returns NULL where that is an error.
 * The policy is given back with policy_lines_free().
 */
const cors_policy *policy_lines_read(const char *name);
void policy_lines_free(const cors_policy *policy);

#endif
