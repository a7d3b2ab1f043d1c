/* SPDX-License-Identifier: MIT */
/*
 * Subcommands of `cors`, run in this process: with the arguments and the standard input of one
 * execution, and what they print caught.
 */
#ifndef CORS_TESTS_FUZZED_COMMAND_H
#define CORS_TESTS_FUZZED_COMMAND_H

#include <cors/types.h>

enum { FUZZED_ARGUMENTS_MAX = 24 };

struct fuzzed_command {
    const char *words; /* as complaints begin: "cors check" */
    int (*run)(int argc, char **argv);
    const char *arguments[FUZZED_ARGUMENTS_MAX]; /* behind the words, up to a NULL */
    cors_slice input;                            /* standard input */
};

/* What a run came to; the texts live until the next. */
struct fuzzed_result {
    int code;
    cors_slice out;
    cors_slice errors;
};

/* Runs a subcommand. It must end with an exit code that the manual knows. */
struct fuzzed_result fuzzed_command_run(const struct fuzzed_command *command);

/*
 * Files of one execution. Each stands in the same folder under a number of its own, "100" for the
 * first, until the same one is asked for again.
 *
 * number  of the file, below FUZZED_FILES.
 * Returns its path.
 */
enum { FUZZED_FILES = 4, FUZZED_FILE_FIRST = 100 };
const char *fuzzed_file(unsigned number, cors_slice content);

#endif
