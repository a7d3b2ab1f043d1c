/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "terminal.h"
#include "text_slices.h"

/* What JSON escapes by itself and terminals never see. */
static bool is_layout(char byte) {
    return byte == '\n' || byte == '\t';
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

static bool memory_is_needed;

static void end_without_memory(void) {
    (void)fputs("cors: out of memory\n", stderr);
    exit(EXIT_FAILED);
}

json_t *json_clean_text(cors_slice text) {
    char *clean = NULL;
    size_t size = 0;
    bool whole = false;
    FILE *stream = open_memstream(&clean, &size);
    if (stream != NULL) {
        print_clean_lines(stream, text);
        whole = ferror(stream) == 0;
        whole = fclose(stream) == 0 && whole;
    }
    json_t *string = whole ? json_stringn(clean, size) : NULL;
    free(clean);
    if (string == NULL && memory_is_needed) {
        end_without_memory();
    }
    return string;
}

json_t *json_text(cors_slice text) {
    json_t *string = json_stringn(text.data == NULL ? "" : text.data, text.size);
    return string != NULL ? string : json_clean_text(text);
}

static void *allocate_or_end(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) {
        end_without_memory();
    }
    return memory;
}

void json_needs_memory(void) {
    memory_is_needed = true;
    json_set_alloc_funcs(allocate_or_end, free);
}
