/* SPDX-License-Identifier: MIT */
/*
 * A request out of a text, and what is decided about it as one:
 *
 *     OPTIONS /api/a                      preflight allowed allowed 204
 *     Origin: https://a.test              Access-Control-Allow-Origin: https://a.test
 *     Access-Control-Request-Method: PUT  Vary: Access-Control-Request-Method, ...
 *
 * The first line of the answer is kind, verdict, reason and status; "same-origin" behind it says
 * that the request is one, and "blocked" that an enforcing server refuses it.
 */
#ifndef CORS_TESTS_CASE_REQUEST_H
#define CORS_TESTS_CASE_REQUEST_H

#include <cors/server.h>

/* Reads a request's text into `request`, which borrows from it. */
void case_request_read(cors_request *request, const cors_policy *policy, const char *text);

/* The decision as a text, which the next call overwrites. */
const char *case_decision_text(const cors_decision *decision);

/* Decides about the request, and fails the test unless the answer reads as `wanted`. */
void case_request_expect(const cors_policy *policy, const char *text, const char *wanted);

#endif
