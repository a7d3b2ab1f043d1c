/* SPDX-License-Identifier: MIT */
/* Writing a compiled policy to its place: whole, or not at all. */
#ifndef CORS_CLI_BLOCK_FILE_H
#define CORS_CLI_BLOCK_FILE_H

#include <cors/types.h>
#include <sys/types.h>

/*
 * Writes bytes to a file. They are written beside it, under another name and for its owner's eyes
 * alone, and take its place once they are on the disk. A symbolic link stays one, and one that
 * leads nowhere is refused. Where there is something else than a plain file, such as a pipe, it is
 * written to as it is.
 *
 * mode  what the file is to have; 0: that of the file that is replaced, or the usual one.
 * A signal that ends the program while it writes leaves no part of a file behind.
 * Returns NULL, or why not, as words that live until the next call; what was there is then still
 * there.
 */
const char *block_file_write(const char *path, cors_slice bytes, mode_t mode);

/* Writes bytes to an open file; returns false with errno set. */
bool block_file_write_to(int descriptor, cors_slice bytes);

/* Whether both names lead to one file. A file that is not there is no other. */
bool block_file_is_same(const char *path, const char *other);

/*
 * Whether a name leads to an open file, as /dev/stdout does. A terminal is no file.
 */
bool block_file_is_open(const char *path, int descriptor);

#endif
