/* SPDX-License-Identifier: MIT */
#include "compile_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "shared_options.h"

static void print_help(void) {
    (void)printf(
        "Usage: cors compile FILE -o FILE.corsc [--env NAME] [--json]\n\n"
        "Checks a policy file, with all that it names, and writes the policy as one file\n"
        "that every command, binding and server takes in its place, at once and of any\n"
        "size. What was there before is replaced whole, or not at all.\n\n"
        "Options:\n"
        "  -o, --output FILE           where to write it; - is standard output\n"
        "  --env NAME                  environment; default $CORS_ENV, else production;\n"
        "                              the file is good for this one only\n"
        "  --json                      one JSON object: what was written, and the problems\n"
        "  --color auto|always|never   colours in problems; NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Examples:\n"
        "  cors compile cors.yaml -o cors.corsc\n"
        "  cors compile tenants.yaml -o /etc/nginx/tenants.corsc && cors lint \\\n"
        "    /etc/nginx/tenants.corsc\n"
        "  cors compile cors.yaml --env staging -o - | ssh edge 'cat > cors.corsc.new &&\n"
        "    mv cors.corsc.new cors.corsc'\n\n"
        "Exit status: 0 written, 2 wrong usage or a bad policy, 3 it cannot be written.\n");
}

/* Whether what was said makes sense together. */
static bool check(int argc, char **argv, const struct compile_options *options) {
    if (options->policy == NULL) {
        (void)fputs("cors compile: name a policy file; `cors compile --help` says more\n", stderr);
        return false;
    }
    if (optind + 1 < argc) {
        (void)fputs("cors compile: one policy file at a time: \"", stderr);
        print_clean(stderr, (cors_slice){argv[optind + 1], strlen(argv[optind + 1])});
        (void)fputs("\" is one too many\n", stderr);
        return false;
    }
    if (options->output == NULL || options->output[0] == '\0') {
        (void)fputs("cors compile: say where to write it with -o FILE.corsc\n", stderr);
        return false;
    }
    if (strcmp(options->output, "-") == 0 && isatty(STDOUT_FILENO) != 0) {
        (void)fputs("cors compile: a compiled policy is no text for a terminal: name a file with"
                    " -o FILE.corsc, or lead standard output somewhere else\n",
                    stderr);
        return false;
    }
    return true;
}

int compile_options_read(int argc, char **argv, struct compile_options *options) {
    static const struct option known[] = {
        {"output", required_argument, NULL, 'o'},
        {"env", required_argument, NULL, 'e'},
        {"json", no_argument, NULL, 'j'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors compile"; /* for getopt's messages */
    int option;
    int code = -1;
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":o:", known)) != -1) {
        switch (option) {
        case 'o':
            options->output = optarg;
            break;
        case 'e':
            options->environment = optarg;
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
    options->policy = optind < argc ? argv[optind] : NULL;
    return check(argc, argv, options) ? -1 : EXIT_USAGE;
}
