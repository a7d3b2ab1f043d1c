/* SPDX-License-Identifier: MIT */
/* Reading a whole file into memory, within a bound. */
#ifndef CORS_POLICYFILE_TEXT_FILE_H
#define CORS_POLICYFILE_TEXT_FILE_H

#include <cors/types.h>

struct text_file {
    char *data; /* owned: free() it */
    size_t size;
};

enum text_file_kind {
    TEXT_FILE_ANY,     /* a pipe too */
    TEXT_FILE_REGULAR, /* nothing that could keep the reader waiting */
};

/*
 * Reads a file of at most `limit` bytes.
 *
 * Returns NULL with the text in `*file`, else why it cannot be read, as words that live until the
 * next call. errno is ENOMEM where memory is out.
 */
const char *text_file_read(const char *path, enum text_file_kind kind, size_t limit,
                           struct text_file *file);

/* The text without a byte order mark at its start. */
cors_slice text_file_content(const struct text_file *file);
cors_slice text_without_mark(cors_slice text);

#endif
