/* SPDX-License-Identifier: MIT */
/*
 * Memory of one task: what it learns is kept until its end, and freed at once. Where there is no
 * memory the program says so and ends; what keeps its memory so has nothing to undo.
 */
#ifndef CORS_TEXT_KEEP_H
#define CORS_TEXT_KEEP_H

#include <cors/server.h>
#include <stdarg.h>

struct keep_block;
struct keep {
    struct keep_block *blocks;
};

/* Zeroed memory, aligned for any type. */
void *keep_memory(struct keep *keep, size_t size);
/* A copy that ends in NUL, which its size does not count. */
cors_slice keep_slice(struct keep *keep, cors_slice text);
cors_slice keep_format(struct keep *keep, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
cors_field *keep_fields(struct keep *keep, const cors_field *fields, size_t count);
void keep_free(struct keep *keep);

/* How "%.*s" takes a slice. */
#define SLICE_ARGUMENTS(slice) (int)(slice).size, (slice).size == 0 ? "" : (slice).data

/* Text that grows, for what is put together in pieces. */
struct keep_text {
    struct keep *keep;
    char *data;
    size_t size;
    size_t capacity;
};

void keep_text_add(struct keep_text *text, cors_slice piece);
void keep_text_put(struct keep_text *text, const char *piece);
cors_slice keep_text_slice(const struct keep_text *text);

#endif
