/* SPDX-License-Identifier: MIT */
/* What was judged, as a table for people, TAP 14, JUnit XML or JSON. */
#ifndef CORS_CLI_EXPECTATION_OUTPUT_H
#define CORS_CLI_EXPECTATION_OUTPUT_H

#include <stdio.h>

#include "expectation_judge.h"

enum expectation_format { EXPECTATION_TABLE, EXPECTATION_TAP, EXPECTATION_JUNIT, EXPECTATION_JSON };

struct expectation_report {
    const char *name; /* of the file */
    const struct expectation_file *file;
    const struct expectation_judgement *judgements;
    unsigned browsers;
    bool verbose;
    bool colour;
};

void expectation_print(const struct expectation_report *report, enum expectation_format format);

/* The problems of a file: gcc's form, the line, a caret. */
void expectation_print_problems(const char *name, const struct expectation_file *file, FILE *stream,
                                bool colour);

#endif
