/* SPDX-License-Identifier: MIT */
/* The `cors` command: finds the subcommand. */
#include <cors/policy.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "terminal.h"

static const struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"lint", "check policy files and show what is wrong, and where", cors_lint_main},
    {"check", "play the browser against a real server, and say what fails and why",
     cors_check_main},
    {"audit", "find out which origins servers trust, and whether they should", cors_audit_main},
    {"test", "judge expectations beside a policy: who may do what", cors_test_main},
    {"compile", "write a checked policy as a file that servers take as it is", cors_compile_main},
    {"decide", "say what a policy answers to requests, as JSON Lines", cors_decide_main},
    {"simulate", "say what browsers do with calls and answers, as JSON Lines", cors_simulate_main},
    {"explain", "say what a browser's console message means, and what to do", cors_explain_main},
    {"serve", "put a policy before an HTTP API: a gateway, with nginx", cors_serve_main},
    {"lab", "a page where one sees CORS happen, in one's own browser", cors_lab_main},
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

/* As complaints begin. */
static char command_called[32] = "cors";

const char *command_words(void) {
    return command_called;
}

static int run_command(size_t number, int argc, char **argv) {
    (void)snprintf(command_called, sizeof command_called, "cors %s", commands[number].name);
    return commands[number].run(argc, argv);
}

/* The command that was probably meant, or NULL. */
static const char *nearest_command(const char *given) {
    const char *nearest = NULL;
    size_t best = SIZE_MAX;
    cors_slice word = {given, strlen(given)};
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        cors_slice name = {commands[i].name, strlen(commands[i].name)};
        size_t distance = cors_name_distance(word, name);
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
    print_clean(stderr, (cors_slice){given, strcspn(given, "=")}); /* a secret may stand behind */
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

/* An answer that nobody could be given is a failure, which who failed before has told of. */
static int finish(int code) {
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (!failed || code > EXIT_FINDING) {
        return code;
    }
    (void)fprintf(stderr, "%s: standard output cannot be written: %s\n", command_called,
                  errno != 0 ? strerror(errno) : "a write failed before");
    return code == EXIT_FINE ? EXIT_FAILED : code;
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
            return asks_version ? print_version() : run_command(i, argc - 1, argv + 1);
        }
    }
    return report_unknown(argv[1]);
}

/*
 * Who was started without one of the three gets a stand-in, which cannot be read or written either:
 * else the next file or socket would have its number, and what is printed would go there.
 */
static bool fill_streams(void) {
    static const int useless[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) < 0 && open("/dev/null", useless[i]) != i) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv) {
    /* Text is UTF-8 whatever the user's locale says; numbers stay as in C. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    /* A reader that goes away ends the command by a failed write, not by a signal. */
    (void)signal(SIGPIPE, SIG_IGN);
    return fill_streams() ? finish(run(argc, argv)) : EXIT_FAILED;
}
