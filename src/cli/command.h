/* SPDX-License-Identifier: MIT */
/* The subcommands, and what they end with. */
#ifndef CORS_CLI_COMMAND_H
#define CORS_CLI_COMMAND_H

enum exit_code {
    EXIT_FINE = 0,
    EXIT_FINDING = 1,     /* a problem, a mismatch, something blocked */
    EXIT_USAGE = 2,       /* wrong options, or a bad policy for a command that needs a good one */
    EXIT_FAILED = 3,      /* the network, memory, or a program that is needed */
    EXIT_BY_SIGNAL = 128, /* and the signal's number */
};

/* The subcommand that runs, as complaints begin: "cors check". */
const char *command_words(void);

/* Each takes its own name as argv[0], and returns an exit code. */
int cors_lint_main(int argc, char **argv);
int cors_compile_main(int argc, char **argv);
int cors_decide_main(int argc, char **argv);
int cors_audit_main(int argc, char **argv);
int cors_check_main(int argc, char **argv);
int cors_explain_main(int argc, char **argv);
int cors_lab_main(int argc, char **argv);
int cors_simulate_main(int argc, char **argv);
int cors_test_main(int argc, char **argv);
int cors_serve_main(int argc, char **argv);

#endif
