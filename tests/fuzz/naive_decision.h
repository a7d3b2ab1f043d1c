/* SPDX-License-Identifier: MIT */
/*
 * What a server answers, told a second time from the lines that a policy was built of: lists and
 * loops, nothing shared with the library. Which lines count the builder says; drawn_policy.h holds
 * that against naive_entry.h where an entry's form is at fault.
 */
#ifndef CORS_TESTS_NAIVE_DECISION_H
#define CORS_TESTS_NAIVE_DECISION_H

#include <cors/server.h>

#include "drawn_policy.h"

enum { ASKED_LINES_MAX = 24 };

/* A request; its texts are as they came. */
struct asked {
    cors_slice method;
    cors_slice path;
    cors_slice own_origin; /* empty: not known */
    cors_verdict verdict;  /* of the application */
    cors_field lines[ASKED_LINES_MAX];
    size_t count;
};

/* What is wanted; the texts point into the policy's lines, the request or `memory`. */
struct naive_answer {
    cors_kind kind;
    cors_verdict verdict;
    cors_reason reason;
    int status;
    bool same_origin;
    bool vary_origin;
    bool vary_preflight;
    cors_slice allow_origin; /* empty where a field is not sent, as all below */
    bool allow_credentials;
    cors_slice allow_methods;
    cors_slice allow_headers;
    cors_slice max_age;
    cors_slice expose_headers;
};

/* The policy whose path fits and is the longest; of two as long the exact one. False: none fits. */
bool naive_find_policy(const struct drawn_policy *drawn, cors_slice path, unsigned *policy);

void naive_decide(const struct drawn_policy *drawn, const struct asked *asked,
                  struct fuzzed_memory *memory, struct naive_answer *answer);

#endif
