/* SPDX-License-Identifier: MIT */
/* Calls of script from begin to end, each told as text: what is sent, and how it ends. */
#ifndef CORS_TESTS_CASE_FETCH_H
#define CORS_TESTS_CASE_FETCH_H

#include <cors/browser.h>

#include "case_table.h"

enum { CASE_ANSWERS_MAX = 4 };

/* What a server answers. */
struct case_answer {
    int status;         /* 0 with fields: none came; 0 without: the case ends here */
    const char *fields; /* "Name: value", a line each */
    const char *address;
};

/*
 * A call and what comes of it. What the call leaves empty is a GET of https://api.test/x by
 * https://app.test. The last answer is given again as long as something is sent, so that a loop of
 * redirects takes one.
 *
 * `told` has a line for each thing that is sent, "METHOD URL", "+cookies" and "+body" where they
 * go along, and its fields, separated by " | "; and a last one for how it ended: "= ok TYPE STATUS
 * URL", "redirected" after it where script is told so, or "= CODE", "(preflight)" where that
 * failed, "value", "header" and "origin" where they are told.
 */
struct case_fetch {
    const char *name;
    cors_browser browser;
    cors_call call;
    const char *headers; /* of the call, "Name: value", a line each */
    struct case_answer answers[CASE_ANSWERS_MAX];
    bool again; /* the same once more, a second later, with the same preflight cache */
    const char *told;
};

/*
 * Fails the test unless the call goes as it is told; in any smaller memory likewise, or ends with
 * CORS_TOO_LARGE.
 */
void expect_fetch(const struct case_fetch *one);

#endif
