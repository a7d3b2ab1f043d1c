/* SPDX-License-Identifier: MIT */
#include "json_file.h"

#include <stdio.h>

#include "check.h"
#include "command.h"
#include "terminal.h"

/* Without the mark that some editors put before UTF-8. */
static cors_slice without_mark(cors_slice text) {
    static const char mark[] = "\xEF\xBB\xBF";
    bool marked = text.size >= sizeof mark - 1 && memcmp(text.data, mark, sizeof mark - 1) == 0;
    return text_skip(text, marked ? sizeof mark - 1 : 0);
}

/* Bounds such as 18446744073709551615 stand in real files: what is no int64 is read as a real. */
static json_t *parse(cors_slice text, json_error_t *fault) {
    size_t flags = JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES;
    const char *data = text.data == NULL ? "" : text.data;
    json_t *value = json_loadb(data, text.size, flags, fault);
    return value != NULL ? value
                         : json_loadb(data, text.size, flags | JSON_DECODE_INT_AS_REAL, fault);
}

json_t *json_file_read(struct keep *keep, const char *path, const char *what) {
    cors_slice text;
    json_error_t fault;
    if (!check_file_read(keep, path, CHECK_INPUT_BYTES_MAX, &text)) {
        return NULL;
    }
    json_t *value = parse(without_mark(text), &fault);
    if (value == NULL) {
        (void)fprintf(stderr, "%s: %s ", command_words(), what);
        print_clean(stderr, text_slice(path));
        (void)fprintf(stderr, " is no JSON: see line %d, column %d\n", fault.line, fault.column);
    }
    return value;
}
