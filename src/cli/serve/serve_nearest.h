/* SPDX-License-Identifier: MIT */
/* Near misses: the allowed entry that a denied origin resembles most, and what differs. */
#ifndef CORS_SERVE_NEAREST_H
#define CORS_SERVE_NEAREST_H

#include <cors/server.h>
#include <stdio.h>

#include "serve_origins.h"

/* What differs: enum name, weight, words. */
#define SERVE_DIFFERENCES(DIFFERENCE)                                                              \
    DIFFERENCE(SCHEME, 2, "the scheme differs")                                                    \
    DIFFERENCE(PORT, 2, "the port differs")                                                        \
    DIFFERENCE(CASE, 1, "the case differs")                                                        \
    DIFFERENCE(SLASH, 1, "a trailing slash too many")                                              \
    DIFFERENCE(PATH, 1, "a path too many")                                                         \
    DIFFERENCE(USERINFO, 1, "a user name too many")                                                \
    DIFFERENCE(DOT, 1, "a trailing dot too many")                                                  \
    DIFFERENCE(LABEL_EXTRA, 3, "one label too many")                                               \
    DIFFERENCE(LABEL_MISSING, 3, "one label too few")                                              \
    DIFFERENCE(HOST, 8, "another host of the same site")

enum serve_difference {
#define SERVE_DIFFERENCE_ENUM(name, weight, words) SERVE_DIFFERS_##name,
    SERVE_DIFFERENCES(SERVE_DIFFERENCE_ENUM)
#undef SERVE_DIFFERENCE_ENUM
        SERVE_DIFFERENCE_COUNT
};

struct serve_nearest {
    unsigned differences; /* a bit for each enum serve_difference; 0: nothing is near */
    unsigned weight;
    char entry[CORS_ENTRY_MAX];
    size_t entry_size;
};

/*
 * Looks for the entry that a policy's path allows and that the origin comes closest to. Only
 * look-ups, never a walk over the list.
 */
void serve_nearest_find(const cors_policy *policy, const struct serve_origins *origins,
                        cors_slice path, cors_slice origin, struct serve_nearest *nearest);

/* Writes "https://app.example.com (the scheme differs)". */
void serve_nearest_write(FILE *stream, const struct serve_nearest *nearest);

#endif
