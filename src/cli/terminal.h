/* SPDX-License-Identifier: MIT */
/* What every subcommand has to do with terminals: colours, and bytes that must not reach one. */
#ifndef CORS_CLI_TERMINAL_H
#define CORS_CLI_TERMINAL_H

#include <cors/types.h>
#include <stdio.h>

enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* Reads the argument of --color; says what is wrong and returns false where it is none. */
bool colour_choice_read(const char *argument, enum colour_choice *choice);

/* Whether to colour what goes to `stream`: on a terminal, unless NO_COLOR is set. */
bool colour_wanted(enum colour_choice choice, FILE *stream);

/* Colours, as the escape sequence where they are wanted and nothing else. */
#define STYLE_BOLD "1"
#define STYLE_RED "1;31"
#define STYLE_GREEN "32"
#define STYLE_YELLOW "1;33"
#define STYLE_BLUE "1;34"
#define STYLE_DIM "2"
void style_begin(FILE *stream, bool colour, const char *style);
void style_end(FILE *stream, bool colour);

/*
 * Prints text that may hold anything: UTF-8 as it is, control characters and broken bytes as
 * U+FFFD, so that no terminal takes them for commands.
 */
void print_clean(FILE *stream, cors_slice text);

/*
 * Prints a line to standard error, clean as above whatever the names of files and the like hold. It
 * allocates nothing, since it also tells that there is no memory.
 */
__attribute__((format(printf, 1, 2))) void terminal_complain(const char *format, ...);

/* The size of the UTF-8 character at the start of the text, or 0 where it must not be printed. */
size_t printable_size(cors_slice text);

#endif
