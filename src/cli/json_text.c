/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "terminal.h"
#include "text_slices.h"

/* What JSON escapes by itself and terminals never see. */
static bool is_layout(char byte) {
    return byte == '\n' || byte == '\t';
}

static bool is_plain(cors_slice text) {
    size_t size = 0;
    while (size < text.size &&
           ((text.data[size] >= 0x20 && text.data[size] < 0x7F) || is_layout(text.data[size]))) {
        size++;
    }
    return size == text.size;
}

static void print_clean_lines(FILE *stream, cors_slice text) {
    while (text.size > 0) {
        size_t size = 0;
        while (size < text.size && !is_layout(text.data[size])) {
            size++;
        }
        print_clean(stream, (cors_slice){text.data, size});
        if (size < text.size) {
            (void)fputc(text.data[size++], stream);
        }
        text = text_skip(text, size);
    }
}

json_t *json_text(cors_slice text) {
    if (is_plain(text)) {
        return json_stringn(text.size == 0 ? "" : text.data, text.size);
    }
    char *clean = NULL;
    size_t size = 0;
    json_t *string = NULL;
    FILE *stream = open_memstream(&clean, &size);
    if (stream != NULL) {
        print_clean_lines(stream, text);
        (void)fclose(stream);
        string = json_stringn(clean, size);
        free(clean);
    }
    return string;
}
