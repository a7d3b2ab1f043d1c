/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lab.h"
#include "terminal.h"

void lab_say(const char *format, ...) {
    char *sentence = NULL;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&sentence, format, arguments);
    va_end(arguments);
    if (size < 0) {
        return;
    }
    (void)fputs("cors lab: ", stderr);
    print_clean(stderr, (cors_slice){sentence, (size_t)size});
    (void)fputc('\n', stderr);
    free(sentence);
}
