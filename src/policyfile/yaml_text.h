/* SPDX-License-Identifier: MIT */
/* The characters of a YAML file: whether they may stand there, and in which line and column. */
#ifndef CORS_POLICYFILE_YAML_TEXT_H
#define CORS_POLICYFILE_YAML_TEXT_H

#include <cors/types.h>

/*
 * A place in a text. Lines end with a line feed and nothing else, as editors count them; YAML has
 * more line breaks (U+2028 is one).
 */
struct text_cursor {
    cors_slice text; /* UTF-8 */
    size_t offset;   /* in bytes */
    size_t index;    /* in code points */
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in code points */
};

void text_cursor_begin(struct text_cursor *cursor, cors_slice text);

/* Moves to a code point; cheap for those behind the current one. */
void text_cursor_seek(struct text_cursor *cursor, size_t index);

enum text_fault { TEXT_SOUND, TEXT_NOT_UTF8, TEXT_CONTROL };

/*
 * Finds the first byte that no YAML file has: one that is not UTF-8, or a control character.
 *
 * before  out: the text up to that byte.
 */
enum text_fault text_find_fault(cors_slice text, cors_slice *before);

#endif
