/* SPDX-License-Identifier: MIT */
#include "json_file.h"

#include <stdio.h>

#include "check.h"
#include "command.h"
#include "terminal.h"

json_t *json_file_read(struct keep *keep, const char *path, const char *what) {
    cors_slice text;
    json_error_t fault;
    if (!check_file_read(keep, path, CHECK_INPUT_BYTES_MAX, &text)) {
        return NULL;
    }
    json_t *value = json_loadb(text.data == NULL ? "" : text.data, text.size,
                               JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &fault);
    if (value == NULL) {
        (void)fprintf(stderr, "%s: %s ", command_words(), what);
        print_clean(stderr, text_slice(path));
        (void)fprintf(stderr, " is no JSON: see line %d, column %d\n", fault.line, fault.column);
    }
    return value;
}
