/* SPDX-License-Identifier: MIT */
/*
 * libcors: CORS done once, in C.
 *
 * The umbrella header. A server builds a policy once (policy.h) and asks it about each request
 * (server.h); browser.h says what a browser makes of the answers; origin.h has the web origins
 * that all stand on.
 *
 * What holds everywhere:
 * - Text is a cors_slice, pointer and length; nothing is assumed to end in NUL.
 * - After a policy is built nothing allocates. A policy is immutable: any number of threads may
 *   use it at once. It may be destroyed when the last decision by it was used; examples/ has a way
 *   to replace one under threads (shared_policy.h).
 * - There is no state besides what is handed in: whatever is not shared needs no lock.
 * - A denial is a result with a reason, never an error.
 */
#ifndef CORS_CORS_H
#define CORS_CORS_H

#include <cors/browser.h>
#include <cors/origin.h>
#include <cors/policy.h>
#include <cors/server.h>

#endif
