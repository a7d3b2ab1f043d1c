/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "terminal.h"
#include "text_slices.h"

/* Line ends stay, as they do in text that is whole. */
static void print_clean_lines(FILE *stream, cors_slice text) {
    while (text.size > 0) {
        size_t line = text_find(text, '\n');
        print_clean(stream, (cors_slice){text.data, line});
        if (line < text.size) {
            (void)fputc('\n', stream);
            line++;
        }
        text = text_skip(text, line);
    }
}

json_t *json_text(cors_slice text) {
    json_t *string = json_stringn(text.data == NULL ? "" : text.data, text.size);
    if (string != NULL) {
        return string;
    }
    char *clean = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&clean, &size);
    if (stream != NULL) {
        print_clean_lines(stream, text);
        (void)fclose(stream);
        string = json_stringn(clean, size);
        free(clean);
    }
    return string;
}
