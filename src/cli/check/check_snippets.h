/* SPDX-License-Identifier: MIT */
/* The configuration that a server needs, line by line: what check_snippet_fill.c fills in. */
#ifndef CORS_CLI_CHECK_SNIPPETS_H
#define CORS_CLI_CHECK_SNIPPETS_H

/* When a line is needed. */
enum snippet_when {
    WHEN_ALWAYS,
    WHEN_PREFLIGHT,             /* the call needs one */
    WHEN_PREFLIGHT_CREDENTIALS, /* both */
    WHEN_METHODS,               /* it needs a method that has to be listed */
    WHEN_HEADERS,               /* and headers */
    WHEN_CREDENTIALS,           /* the call carries credentials */
    WHEN_TWICE,                 /* the header came twice */
    WHEN_LOGIN,                 /* the preflight met authentication, or another status */
    WHEN_REDIRECT,              /* the preflight was redirected */
    WHEN_LOOPBACK_RISK,         /* a loopback origin with credentials */
    WHEN_INSECURE_RISK,         /* an http origin with credentials */
    WHEN_NULL_RISK,             /* the origin null */
    WHEN_EACH_METHOD,           /* a line for each, as @METHOD@ */
    WHEN_EACH_HEADER,           /* as @HEADER@ */
};

/*
 * Marks in a text: @ORIGIN@, @ORIGIN_PATTERN@ (a regular expression), @PATH@, @METHODS@ and
 * @HEADERS@ (the lists), @ALL_METHODS@ (with GET, HEAD and POST), each list also quoted:
 * @'HEADERS@, @"HEADERS@; and @ACAO@, @ACAC@, @ACAM@, @ACAH@, @ACMA@, @ACRM@: the fields' names.
 */
struct snippet_line {
    enum snippet_when when;
    const char *text;
};

struct snippet {
    const char *server; /* as check_server.c names it */
    const char *place;  /* where it goes, in a sentence */
    const struct snippet_line *lines;
};

/* The snippet for a server; there is one for "generic". A line with a NULL text ends its lines. */
const struct snippet *check_snippet_find(const char *server);

#endif
