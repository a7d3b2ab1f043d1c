/* SPDX-License-Identifier: MIT */
/*
 * A policy and calls of a page, as what was drawn: bits that choose from the tables in
 * loop_values.c. Clearing a bit makes a smaller pair, which is how failures are made readable.
 */
#ifndef CORS_TESTS_LOOP_PAIR_H
#define CORS_TESTS_LOOP_PAIR_H

#include <cors/browser.h>
#include <cors/policy.h>
#include <stdint.h>

enum { BROWSERS = 4, ROUTES = 2, CALLS_MAX = 3 };

/* What an entry of allow_origins lets in, to be told from its text alone. */
struct loop_origin {
    const char *text;
    const char *risk;   /* that a policy has to accept for it, or NULL */
    const char *before; /* the origin begins with this, */
    const char *after;  /* ends with this, */
    bool dots;          /* and what stands between may hold dots; NULL: the texts are equal */
};

/* A header as script sets it; `unsafe` in which browsers it needs a preflight. */
struct loop_header {
    const char *name;
    const char *value;
    bool unsafe[BROWSERS];
};

struct loop_body {
    cors_body kind;
    const char *type;   /* of a Blob */
    bool brings_unsafe; /* a Content-Type that is not safelisted */
};

extern const struct loop_origin loop_origins[];
extern const char *const loop_pages[];
extern const char *const loop_methods[];
extern const char *const loop_call_methods[];
extern const char *const loop_allowed_headers[];
extern const struct loop_header loop_headers[];
extern const char *const loop_exposed[];
extern const char *const loop_answer_headers[];
extern const struct loop_body loop_bodies[];
extern const char *const loop_ages[];
extern const char *const loop_paths[];
extern const char *const loop_route_paths[ROUTES];
extern const int loop_statuses[];

enum {
    LOOP_ORIGINS = 9,
    LOOP_PAGES = 12,
    LOOP_METHODS = 6,
    LOOP_CALL_METHODS = 12,
    LOOP_ALLOWED_HEADERS = 9,
    LOOP_HEADERS = 18,
    LOOP_EXPOSED = 6,
    LOOP_ANSWER_HEADERS = 8,
    LOOP_BODIES = 7,
    LOOP_AGES = 4,
    LOOP_PATHS = 4,
    LOOP_STATUSES = 5,
};

struct loop_route {
    bool present;
    bool credentials;
    bool status_200; /* preflights are answered with 200, not 204 */
    uint8_t age;     /* 0: none */
    uint32_t origins;
    uint32_t methods;
    uint32_t headers;
    uint32_t exposed;
};

struct loop_call {
    uint8_t page;
    uint8_t path;
    uint8_t method;
    uint8_t body;
    uint8_t status; /* of the application's answer */
    cors_mode mode;
    cors_credentials_mode credentials;
    bool listener; /* an XMLHttpRequest with a listener on its upload */
    uint32_t headers;
};

struct loop_pair {
    struct loop_route routes[ROUTES];
    struct loop_call calls[CALLS_MAX]; /* one after the other, with one preflight cache */
    uint32_t call_count;
};

/* How a call comes out: allowed or not, and which of loop_answer_headers script reads. */
struct loop_outcome {
    bool allowed;
    uint32_t readable;
};

/* Draws a pair; the same state gives the same pair. */
void loop_draw(uint64_t *state, struct loop_pair *pair);

/* What the policy says about a call, from the drawn values alone. */
struct loop_outcome loop_judge(const struct loop_pair *pair, const struct loop_call *call,
                               cors_browser browser);

/* The policy of a pair, or NULL where it is refused; to be given back with loop_release(). */
const cors_policy *loop_build(const struct loop_pair *pair);
void loop_release(const cors_policy *policy);

/* What the two halves of the library make of the calls. Returns NULL, or what went wrong. */
const char *loop_run(const cors_policy *policy, const struct loop_pair *pair, cors_browser browser,
                     struct loop_outcome outcomes[CALLS_MAX]);

/* Prints a pair for people. */
void loop_print(const struct loop_pair *pair);

#define LOOP_SERVER "https://api.test"

static inline bool loop_has(uint32_t bits, unsigned number) {
    return (bits >> number & 1) != 0;
}

#endif
