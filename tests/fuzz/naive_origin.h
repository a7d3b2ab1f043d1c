/* SPDX-License-Identifier: MIT */
/* Serialized origins, read one byte after the other: nothing is shared with the library. */
#ifndef CORS_TESTS_NAIVE_ORIGIN_H
#define CORS_TESTS_NAIVE_ORIGIN_H

#include <cors/types.h>

/* The parts of one; all are empty of null. */
struct naive_origin {
    cors_slice scheme;
    cors_slice host;
    cors_slice port;
};

/* Whether a text is an origin as an Origin header has it, to its last byte. */
bool naive_origin_read(cors_slice text, struct naive_origin *origin);

/* -1: the scheme has none. */
long naive_default_port(cors_slice scheme);

#endif
