/* SPDX-License-Identifier: MIT */
/* The head of an HTTP answer, read line by line: nothing is shared with the library. */
#ifndef CORS_TESTS_NAIVE_HEAD_H
#define CORS_TESTS_NAIVE_HEAD_H

#include <cors/server.h>

#include "fuzzed_memory.h"

enum { NAIVE_FIELDS_MAX = 4096 };

struct naive_head {
    int status;        /* 0: no status line begins the text */
    size_t size;       /* of the text, with the empty line that ends it, if one does */
    size_t line_count; /* in it, each with those that go on with it */
    cors_field fields[NAIVE_FIELDS_MAX];
    size_t field_count;
};

/*
 * Of the status line the status is read (RFC 9112, section 4): the version may be as short as that
 * of HTTP/2, and the space before a reason may be wanting, or be a CR alone. Lines that begin with
 * a space or a tab go on with the line before, whose line end becomes as many spaces (RFC 9112,
 * section 5.2).
 */
void naive_head_read(struct naive_head *head, struct fuzzed_memory *memory, cors_slice text);

#endif
