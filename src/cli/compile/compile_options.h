/* SPDX-License-Identifier: MIT */
/* What `cors compile` is told. */
#ifndef CORS_CLI_COMPILE_OPTIONS_H
#define CORS_CLI_COMPILE_OPTIONS_H

#include "terminal.h"

struct compile_options {
    const char *policy;
    const char *output; /* "-": standard output */
    const char *environment;
    bool json;
    enum colour_choice colour;
};

/* Reads the options; returns -1 to go on, else the exit code. */
int compile_options_read(int argc, char **argv, struct compile_options *options);

#endif
