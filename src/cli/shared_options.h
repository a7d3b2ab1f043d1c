/* SPDX-License-Identifier: MIT */
/* The options that every subcommand has. */
#ifndef CORS_CLI_SHARED_OPTIONS_H
#define CORS_CLI_SHARED_OPTIONS_H

#include <getopt.h>

#include "terminal.h"

/* For getopt_long()'s table. */
#define SHARED_OPTIONS                                                                             \
    {"color", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {                   \
        NULL, 0, NULL, 0                                                                           \
    }

/*
 * getopt_long() with a complaint that holds no control character and no value, whatever the
 * arguments hold.
 *
 * letters  begins with a colon.
 */
int shared_option_next(int argc, char **argv, const char *letters, const struct option *known);

/*
 * Takes --color or --help, or complains of anything else.
 *
 * option      as getopt_long() returned it.
 * command     "cors lint".
 * print_help  what --help prints.
 * Returns -1 to go on, else the exit code.
 */
int shared_option_take(int option, const char *command, void (*print_help)(void),
                       enum colour_choice *colour);

#endif
