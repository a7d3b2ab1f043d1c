/* SPDX-License-Identifier: MIT */
/* cors lint: the problems of policy files. */
#include <getopt.h>
#include <jansson.h>
#include <string.h>

#include "command.h"
#include "json_problems.h"
#include "json_writer.h"
#include "policyfile.h"
#include "problems.h"
#include "shared_options.h"
#include "terminal.h"

struct lint_options {
    const char *environment;
    bool strict;
    bool json;
    enum colour_choice colour;
};

static void print_help(void) {
    (void)printf("Usage: cors lint [--env NAME] [--strict] [--json] FILE...\n\n"
                 "Checks policy files and prints every problem with its line, a caret under the\n"
                 "place, and what to write instead.\n\n"
                 "Options:\n"
                 "  --env NAME                  environment; default $CORS_ENV, else production\n"
                 "  --strict                    exit with 1 for warnings too\n"
                 "  --json                      one JSON object: {\"problems\": [...]}\n"
                 "  --color auto|always|never   colours; NO_COLOR is honoured\n"
                 "  --help                      this text\n\n"
                 "Examples:\n"
                 "  cors lint cors.yaml\n"
                 "  cors lint --env development --strict cors.yaml\n"
                 "  cors lint --json cors.yaml | jq '.problems[].rule'\n\n"
                 "Exit status: 0 fine, 1 an error (with --strict: or a warning), 2 wrong usage.\n"
                 "The rules are in cors-policy(5).\n");
}

/* Reads the options; returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct lint_options *options) {
    static const struct option known[] = {
        {"env", required_argument, NULL, 'e'},
        {"strict", no_argument, NULL, 's'},
        {"json", no_argument, NULL, 'j'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors lint"; /* for getopt's messages */
    int option;
    int code = -1;
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":", known)) != -1) {
        switch (option) {
        case 'e':
            options->environment = optarg;
            break;
        case 's':
            options->strict = true;
            break;
        case 'j':
            options->json = true;
            break;
        default:
            code = shared_option_take(option, command_name, print_help, &options->colour);
            break;
        }
        if (code >= 0) {
            return code;
        }
    }
    if (optind == argc) {
        (void)fputs("cors lint: name a policy file; `cors lint --help` says more\n", stderr);
        return EXIT_USAGE;
    }
    return -1;
}

static void add_counts(struct problem_counts *all, struct problem_counts more) {
    all->errors += more.errors;
    all->warnings += more.warnings;
    all->infos += more.infos;
}

/* Checks one file; `list` is NULL where people read the result. */
static bool lint_file(const char *path, const struct lint_options *options, json_t *list,
                      struct problem_counts *counts) {
    cors_builder *builder;
    const char *environment = cors_environment_select(options->environment);
    cors_status status = cors_policyfile_load(path, environment, &builder, NULL);
    bool fine = builder != NULL;
    if (fine) {
        add_counts(counts, problems_count(builder));
        if (list == NULL) {
            problems_print(builder, stdout, colour_wanted(options->colour, stdout));
        } else {
            fine = json_problems_add(list, builder);
        }
    }
    if (status == CORS_TOO_LARGE) {
        terminal_complain("cors lint: the lists of %s are larger than a policy can be", path);
        counts->errors++;
    }
    cors_builder_destroy(builder);
    return fine;
}

/* Prints "2 errors, 1 warning": what there is of each, or that there is nothing. */
static void print_summary(const struct problem_counts *counts) {
    const struct {
        size_t count;
        const char *word;
    } rows[] = {{counts->errors, "error"}, {counts->warnings, "warning"}, {counts->infos, "info"}};
    const char *separator = "";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].count > 0) {
            (void)fprintf(stderr, "%s%zu %s%s", separator, rows[i].count, rows[i].word,
                          rows[i].count == 1 ? "" : "s");
            separator = ", ";
        }
    }
    (void)fputs(separator[0] == '\0' ? "no problems\n" : "\n", stderr);
}

static bool print_json(json_t *list) {
    json_t *result = list == NULL ? NULL : json_pack("{s:O}", "problems", list);
    bool printed =
        result != NULL && json_print(result, JSON_COMPACT, stdout) && fputc('\n', stdout) != EOF;
    json_decref(result);
    return printed;
}

int cors_lint_main(int argc, char **argv) {
    struct lint_options options = {NULL, false, false, COLOUR_AUTO};
    struct problem_counts counts = {0, 0, 0};
    int code = read_options(argc, argv, &options);
    if (code >= 0) {
        return code;
    }
    json_t *list = options.json ? json_array() : NULL;
    bool fine = !options.json || list != NULL;
    for (int i = optind; i < argc && fine; i++) {
        fine = lint_file(argv[i], &options, list, &counts);
    }
    if (fine && options.json) {
        fine = print_json(list);
    }
    json_decref(list);
    if (!fine || fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fputs("cors lint: out of memory, or the output cannot be written\n", stderr);
        return EXIT_FAILED;
    }
    if (!options.json) {
        print_summary(&counts);
    }
    bool found = counts.errors > 0 || (options.strict && counts.warnings > 0);
    return found ? EXIT_FINDING : EXIT_FINE;
}
