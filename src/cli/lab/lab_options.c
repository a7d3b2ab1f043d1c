/* SPDX-License-Identifier: MIT */
#include "lab_options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "lab.h"
#include "serve_options.h"
#include "shared_options.h"

static const char default_address[] = "localhost:8081";

static void print_help(void) {
    (void)printf(
        "Usage: cors lab [--listen ADDR:PORT] [--open] [--page DIR]\n\n"
        "Serves the lab: a page where one sees CORS happen, and the local origins that it needs to\n"
        "try calls for real. Any name below localhost is such an origin, like api.localhost.\n\n"
        "Options:\n"
        "  --listen ADDR:PORT          default localhost:8081, which is 127.0.0.1 and [::1]; port 0\n"
        "                              takes any that is free\n"
        "  --open                      open the page in the browser\n"
        "  --page DIR                  the folder of the page; default: lab beside this command,\n"
        "                              else the one that is installed\n"
        "  --color auto|always|never   colours in messages; NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Requests are answered where their Host is localhost, a name below it, 127.0.0.1, [::1] or\n"
        "the address given, so that no other website gets in by a name of its own. Ctrl-C ends it.\n\n"
        "Examples:\n"
        "  cors lab --open\n"
        "  cors lab --listen 127.0.0.1:9000\n\n"
        "Exit status: 0 ended by a signal, 2 wrong usage, 3 the address is taken, or there is no\n"
        "page.\n");
}

static int read_listen(struct lab_options *options, const char *text) {
    static const char name[] = "localhost:";
    options->both = strncmp(text, name, sizeof name - 1) == 0;
    const char *fault = serve_listen_read(text, &options->listen, &options->listen_size);
    if (fault == NULL) {
        return -1;
    }
    lab_say("--listen: %s %s", text, fault);
    return EXIT_USAGE;
}

static int take_option(struct lab_options *options, int option, enum colour_choice *colour) {
    switch (option) {
    case 'l':
        return read_listen(options, optarg);
    case 'o':
        options->open = true;
        return -1;
    case 'p':
        options->page = optarg;
        return -1;
    default:
        return shared_option_take(option, "cors lab", print_help, colour);
    }
}

int lab_options_read(int argc, char **argv, struct lab_options *options) {
    static const struct option known[] = {
        {"listen", required_argument, NULL, 'l'},
        {"open", no_argument, NULL, 'o'},
        {"page", required_argument, NULL, 'p'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors lab"; /* for getopt's messages */
    enum colour_choice colour = COLOUR_AUTO;
    int option;
    int code = -1;
    *options = (struct lab_options){.page = NULL};
    (void)read_listen(options, default_address);
    argv[0] = command_name;
    while (code < 0 && (option = shared_option_next(argc, argv, ":", known)) != -1) {
        code = take_option(options, option, &colour);
    }
    options->colour = colour_wanted(colour, stderr);
    if (code < 0 && optind < argc) {
        lab_say("%s is not an option; `cors lab --help` lists them", argv[optind]);
        return EXIT_USAGE;
    }
    return code;
}
