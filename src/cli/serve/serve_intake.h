/* SPDX-License-Identifier: MIT */
/*
 * What nginx says, taken off its hands at once: a thread of its own empties the two pipes, so that
 * no worker waits for a slow terminal or while a large policy is read.
 */
#ifndef CORS_SERVE_INTAKE_H
#define CORS_SERVE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* nginx writes decisions to its standard output, complaints to its standard error. */
enum serve_stream { SERVE_STREAM_DECISIONS, SERVE_STREAM_ERRORS, SERVE_STREAM_COUNT };

struct serve_intake;

/*
 * Starts to empty the pipes, whose reading ends go over to it. Returns NULL, with errno set, where
 * that is not possible.
 */
struct serve_intake *serve_intake_start(const int pipes[SERVE_STREAM_COUNT]);

/* A descriptor that can be read from when there is something to take. */
int serve_intake_event(const struct serve_intake *intake);

/* What was taken off a pipe: whole lines, but for the last. To be freed. */
struct serve_lines {
    char *bytes;
    size_t size;
    uint64_t lost; /* lines that there was no memory for */
};

/* Takes what has come of each stream since the last time; `bytes` may be NULL. */
void serve_intake_take(struct serve_intake *intake, struct serve_lines lines[SERVE_STREAM_COUNT]);

/* Waits until the pipes are at their end, which is when nginx and all its workers are. */
void serve_intake_wait(struct serve_intake *intake);

/* Frees it; to be called after serve_intake_wait(). NULL is fine. */
void serve_intake_destroy(struct serve_intake *intake);

#endif
