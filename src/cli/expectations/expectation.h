/* SPDX-License-Identifier: MIT */
/* Expectations: sentences that say who may do what, as they are read from a file. */
#ifndef CORS_CLI_EXPECTATION_H
#define CORS_CLI_EXPECTATION_H

#include <cors/browser.h>

#include "keep.h"

/* Bounds on what is read. */
enum {
    EXPECTATION_FILE_BYTES_MAX = 4 << 20,
    EXPECTATION_WORDS_MAX = 256, /* in one sentence */
    EXPECTATION_LINE_BYTES_MAX = 16 << 10,
    EXPECTATION_PROBLEMS_MAX = 100,
};

struct expectation_place {
    uint32_t line;
    uint32_t column; /* from 1, in code points */
};

/* Names, methods: slices of the file's text. */
struct expectation_list {
    cors_slice *items;
    size_t count;
};

/*
 * One sentence. `everywhere` is a bare "may not": no path of the policy, and none of the file, can
 * be read with GET, with or without credentials. Else each of the methods is tried on the path; who
 * may not, and hidden headers are named, may make the call as long as those stay hidden.
 */
struct expectation {
    struct expectation_place place;
    cors_slice line; /* the whole line, for people */
    cors_slice text; /* the sentence */
    cors_slice origin;
    bool may;
    bool everywhere;
    struct expectation_list methods;
    cors_slice path; /* with its query */
    cors_field *headers;
    size_t header_count;
    bool credentials;
    struct expectation_list read;   /* headers that script must see */
    struct expectation_list hidden; /* headers that script must not see */
};

struct expectation_problem {
    struct expectation_place place;
    cors_slice line;
    cors_slice message;
    cors_slice suggestion; /* what to write instead; may be empty */
};

struct expectation_file {
    cors_slice policy; /* what `policy:` names; empty: nothing */
    struct expectation_place policy_place;
    cors_slice policy_line;
    struct expectation *expectations;
    size_t count;
    struct expectation_problem *problems;
    size_t problem_count; /* which may be more than were kept */
};

#endif
