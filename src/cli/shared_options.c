/* SPDX-License-Identifier: MIT */
#include "shared_options.h"

#include <getopt.h>
#include <stdio.h>

#include "command.h"

int shared_option_take(int option, const char *command, void (*print_help)(void),
                       enum colour_choice *colour) {
    if (option == 'c') {
        return colour_choice_read(optarg, colour) ? -1 : EXIT_USAGE;
    }
    if (option == 'h') {
        print_help();
        return EXIT_FINE;
    }
    (void)fprintf(stderr, "%s: `%s --help` lists the options\n", command, command);
    return EXIT_USAGE;
}
