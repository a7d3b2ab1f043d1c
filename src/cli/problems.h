/* SPDX-License-Identifier: MIT */
/* Printing problems for people: gcc's form, the line, a caret under the place. */
#ifndef CORS_CLI_PROBLEMS_H
#define CORS_CLI_PROBLEMS_H

#include <cors/policy.h>
#include <stdio.h>

/* How many problems of each severity. */
struct problem_counts {
    size_t errors;
    size_t warnings;
    size_t infos;
};

/* Prints each problem that a builder found to `stream`, which may be a terminal with colours. */
void problems_print(const cors_builder *builder, FILE *stream, bool colour);

/* Prints a line, or the part of it around the column, and a caret below the place. */
void problems_print_place(FILE *stream, bool colour, cors_slice line, uint32_t column);

struct problem_counts problems_count(const cors_builder *builder);

#endif
