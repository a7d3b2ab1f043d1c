/* SPDX-License-Identifier: MIT */
/*
 * Printing from a program that must not wait: a thread of its own writes to the terminal. Where
 * that is too slow, lines are left out and counted.
 */
#ifndef CORS_SERVE_OUTPUT_H
#define CORS_SERVE_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Starts the thread. Returns false, with errno set, where there is no memory for it. */
bool serve_output_start(void);

/*
 * Prints what is still waiting, for a second at most. The thread waits on, for the end of the
 * process; what is printed later is written at once.
 */
void serve_output_stop(void);

/* Prints a whole line or several to standard output or standard error. The bytes are copied. */
void serve_output_write(FILE *stream, const char *text, size_t size);

/*
 * Prints a complaint or news to standard error: "cors serve: ", the words, a line break. What of
 * the words no terminal should get becomes U+FFFD.
 */
__attribute__((format(printf, 1, 2))) void serve_say(const char *format, ...);
__attribute__((format(printf, 1, 0))) void serve_say_list(const char *format, va_list arguments);

#endif
