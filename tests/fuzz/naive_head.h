/* SPDX-License-Identifier: MIT */
/* The head of an HTTP answer, read line by line: nothing is shared with the library. */
#ifndef CORS_TESTS_NAIVE_HEAD_H
#define CORS_TESTS_NAIVE_HEAD_H

#include <cors/server.h>

#include "fuzzed_memory.h"

enum { NAIVE_FIELDS_MAX = 4096 };

struct naive_head {
    size_t size; /* of the text, with the empty line that ends it, if one does */
    size_t line_count; /* in it, each with those that go on with it */
    cors_field fields[NAIVE_FIELDS_MAX];
    size_t field_count;
};

/*
 * Reads all but the status line, which is passed over. Lines that begin with a space or a tab go on
 * with the line before, whose line end becomes as many spaces (RFC 9112, section 5.2).
 */
void naive_head_read(struct naive_head *head, struct fuzzed_memory *memory, cors_slice text);

#endif
