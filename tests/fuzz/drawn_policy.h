/* SPDX-License-Identifier: MIT */
/*
 * A policy out of the lines of an input, up to an empty one. A line's first two bytes say what the
 * rest of it is:
 *
 *     /api/a                  begins a policy for a path; values before the first have none
 *     o https://a.example     allow_origins; so is any line that begins otherwise
 *     e staging https://b     the same, for one environment
 *     m PUT    h X-A    x X-B    c true    a 10m    s 200
 *                             allow_methods, allow_headers, expose_headers, allow_credentials,
 *                             max_age, preflight_status
 *     r null-origin           accept_risks; "r all" accepts all that can be accepted
 *
 * What a builder refuses is dropped and the rest built anew, so that nearly all inputs make one.
 * That an entry is one, or is refused for its form, is held against naive_entry.h.
 */
#ifndef CORS_TESTS_DRAWN_POLICY_H
#define CORS_TESTS_DRAWN_POLICY_H

#include <cors/policy.h>

#include "fuzzed_input.h"
#include "fuzzed_memory.h"

enum { DRAWN_LINES_MAX = 48 };

struct drawn_line {
    unsigned policy; /* from 0 */
    cors_key key;
    cors_slice value;
    cors_slice environment; /* empty: for all */
    bool dropped;
};

struct drawn_policy {
    struct drawn_line lines[DRAWN_LINES_MAX];
    size_t count;
    unsigned policies;
    const cors_policy *policy; /* NULL where nothing sound was left */
};

/* Reads and builds; the lines point into `memory`. */
void drawn_policy_begin(struct drawn_policy *drawn, struct fuzzed_input *input,
                        struct fuzzed_memory *memory);
void drawn_policy_end(struct drawn_policy *drawn);

#endif
