/* SPDX-License-Identifier: MIT */
/* What the two example servers serve; nothing of it is about CORS. */
#ifndef CORS_EXAMPLES_NOTES_APPLICATION_H
#define CORS_EXAMPLES_NOTES_APPLICATION_H

#include <stddef.h>

struct note_line {
    const char *name;
    const char *value;
};

struct note_answer {
    const char *path;
    int status;
    const char *body;
    struct note_line lines[4]; /* the last one's name is NULL */
};

/* The answer for a path, which need not end in NUL. */
const struct note_answer *note_answer_for(const char *path, size_t size);

#endif
