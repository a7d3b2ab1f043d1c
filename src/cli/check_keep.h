/* SPDX-License-Identifier: MIT */
/*
 * The memory of one `cors check`: everything it learns is kept until its end. Where there is no
 * memory the command says so and ends; nothing that it does has to be undone.
 */
#ifndef CORS_CLI_CHECK_KEEP_H
#define CORS_CLI_CHECK_KEEP_H

#include <cors/server.h>
#include <stdarg.h>

struct check_keep_block;
struct check_keep {
    struct check_keep_block *blocks;
};

/* Zeroed memory, aligned for any type. */
void *check_keep_memory(struct check_keep *keep, size_t size);
/* A copy that ends in NUL, which its size does not count. */
cors_slice check_keep_slice(struct check_keep *keep, cors_slice text);
cors_slice check_keep_format(struct check_keep *keep, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
cors_field *check_keep_fields(struct check_keep *keep, const cors_field *fields, size_t count);
void check_keep_free(struct check_keep *keep);

/* How "%.*s" takes a slice. */
#define SLICE_ARGUMENTS(slice) (int)(slice).size, (slice).size == 0 ? "" : (slice).data

/* Text that grows, for what is put together in pieces. */
struct check_text {
    struct check_keep *keep;
    char *data;
    size_t size;
    size_t capacity;
};

void check_text_add(struct check_text *text, cors_slice piece);
void check_text_put(struct check_text *text, const char *piece);
cors_slice check_text_slice(const struct check_text *text);

#endif
