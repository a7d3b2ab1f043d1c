/* SPDX-License-Identifier: MIT */
/* The `cors` command: finds the subcommand. */
#include <cors/types.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "terminal.h"

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"lint", "check policy files and show what is wrong, and where", cors_lint_main},
    {"decide", "say what a policy answers to requests, as JSON Lines", cors_decide_main},
    {"serve", "put a policy before an HTTP API: a gateway, with nginx", cors_serve_main},
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

/* How many letters must be changed, added, dropped or swapped: how far a typing error goes. */
static size_t typing_distance(const char *given, const char *name) {
    enum { SIZE_MAX_HERE = 24 };
    size_t rows[3][SIZE_MAX_HERE + 1];
    size_t given_size = strlen(given);
    size_t name_size = strlen(name);
    if (given_size > SIZE_MAX_HERE || name_size > SIZE_MAX_HERE) {
        return SIZE_MAX_HERE;
    }
    for (size_t i = 0; i <= given_size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *swapped = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= name_size; j++) {
            row[j] = i == 0 ? j : row[j - 1] + 1;
            if (i == 0) {
                continue;
            }
            size_t replaced = above[j - 1] + (given[i - 1] != name[j - 1]);
            row[j] = above[j] + 1 < row[j] ? above[j] + 1 : row[j];
            row[j] = replaced < row[j] ? replaced : row[j];
            if (i > 1 && j > 1 && given[i - 1] == name[j - 2] && given[i - 2] == name[j - 1] &&
                swapped[j - 2] + 1 < row[j]) {
                row[j] = swapped[j - 2] + 1;
            }
        }
    }
    return rows[given_size % 3][name_size];
}

/* The command that was probably meant, or NULL. */
static const char *nearest_command(const char *given) {
    const char *nearest = NULL;
    size_t best = 3; /* three wrong letters are another word */
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        size_t distance = typing_distance(given, commands[i].name);
        bool begins = given[0] != '\0' && strncmp(given, commands[i].name, strlen(given)) == 0;
        if (begins || distance < best) {
            best = begins ? 0 : distance;
            nearest = commands[i].name;
        }
    }
    return nearest;
}

static int report_unknown(const char *given) {
    const char *nearest = nearest_command(given);
    (void)fputs("cors: there is no command \"", stderr);
    print_clean(stderr, (cors_slice){given, strlen(given)});
    (void)fputs("\"; ", stderr);
    if (nearest != NULL) {
        (void)fprintf(stderr, "did you mean \"%s\"? ", nearest);
    }
    (void)fputs("`cors --help` lists the commands\n", stderr);
    return EXIT_USAGE;
}

static int print_version(void) {
    (void)printf("cors %s\n", cors_version());
    return EXIT_FINE;
}

/* An answer that nobody could be given is a failure. */
static int finish(int code) {
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    return failed && code == EXIT_FINE ? EXIT_FAILED : code;
}

static int run(int argc, char **argv) {
    if (argc < 2) {
        (void)fputs("cors: name a command; `cors --help` lists them\n", stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return EXIT_FINE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        return print_version();
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            bool asks_version = argc == 3 && strcmp(argv[2], "--version") == 0;
            return asks_version ? print_version() : commands[i].run(argc - 1, argv + 1);
        }
    }
    return report_unknown(argv[1]);
}

int main(int argc, char **argv) {
    /* Text is UTF-8 whatever the user's locale says; numbers stay as in C. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    /* A reader that goes away ends the command by a failed write, not by a signal. */
    (void)signal(SIGPIPE, SIG_IGN);
    return finish(run(argc, argv));
}
