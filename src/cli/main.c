/* SPDX-License-Identifier: MIT */
/* The `cors` command: finds the subcommand. */
#include <cors/types.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"lint", "check policy files and show what is wrong, and where", cors_lint_main},
    {"decide", "say what a policy answers to requests, as JSON Lines", cors_decide_main},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(void) {
    (void)printf("Usage: cors COMMAND [OPTION]...\n\n"
                 "CORS policies: checked before they are used, and answered exactly right.\n\n"
                 "Commands:\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    }
    (void)printf("\nOptions:\n"
                 "  --help     this text; `cors COMMAND --help` has that of a command\n"
                 "  --version  the version\n\n"
                 "Examples:\n"
                 "  cors lint cors.yaml\n"
                 "  cors decide --policy cors.yaml < requests.jsonl\n\n"
                 "Exit status: 0 fine, 1 a finding, 2 wrong usage or a bad policy, 3 something\n"
                 "needed failed.\n");
}

int main(int argc, char **argv) {
    /* Text is UTF-8 whatever the user's locale says; numbers stay as in C. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    /* A reader that goes away ends the command by a failed write, not by a signal. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        (void)fputs("cors: name a command; `cors --help` lists them\n", stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("cors %s\n", cors_version());
        return EXIT_FINE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    (void)fprintf(stderr, "cors: there is no command \"%s\"; `cors --help` lists them\n", argv[1]);
    return EXIT_USAGE;
}
