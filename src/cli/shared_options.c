/* SPDX-License-Identifier: MIT */
#include "shared_options.h"

#include <stdio.h>
#include <string.h>

#include "command.h"

/* In place of getopt_long(), which prints arguments as they are: clean. */
static void complain(const char *command, const char *before, cors_slice option,
                     const char *after) {
    (void)fprintf(stderr, "%s: %s '", command, before);
    print_clean(stderr, option);
    (void)fprintf(stderr, "'%s\n", after);
}

int shared_option_next(int argc, char **argv, const char *letters, const struct option *known) {
    opterr = 0;
    int before = optind;
    int option = getopt_long(argc, argv, letters, known, NULL);
    const char *argument = argv[optind - 1];
    const char letter[] = {(char)optopt, '\0'};
    /* Of a letter that others follow in its argument, getopt_long() is not done with that. */
    bool is_word = optind != before && strncmp(argument, "--", 2) == 0;
    /* What stands behind the name may be a secret. */
    cors_slice shown = is_word ? (cors_slice){argument, strcspn(argument, "=")}
                               : (cors_slice){letter, strlen(letter)};
    if (option == ':') {
        complain(argv[0], "option", shown, " requires an argument");
        return '?';
    }
    if (option == '?' && !is_word) {
        complain(argv[0], "invalid option --", shown, "");
    } else if (option == '?' && optopt == 0) {
        complain(argv[0], "unrecognized option", shown, "");
    } else if (option == '?') {
        complain(argv[0], "option", shown, " takes no argument");
    }
    return option;
}

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
