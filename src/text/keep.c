/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the command ends when the machine fails it. */
enum { EXIT_NO_MEMORY = 3 };

struct keep_block {
    struct keep_block *next;
    max_align_t memory[];
};

void *keep_memory(struct keep *keep, size_t size) {
    struct keep_block *block = NULL;
    if (size < SIZE_MAX - sizeof *block) {
        block = calloc(1, sizeof *block + size);
    }
    if (block == NULL) {
        (void)fputs("cors: out of memory\n", stderr);
        exit(EXIT_NO_MEMORY);
    }
    block->next = keep->blocks;
    keep->blocks = block;
    return block->memory;
}

cors_slice keep_slice(struct keep *keep, cors_slice text) {
    char *copy = keep_memory(keep, text.size + 1);
    if (text.size > 0) {
        memcpy(copy, text.data, text.size);
    }
    return (cors_slice){copy, text.size};
}

cors_slice keep_format(struct keep *keep, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        return (cors_slice){"", 0};
    }
    char *text = keep_memory(keep, (size_t)size + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return (cors_slice){text, (size_t)size};
}

cors_field *keep_fields(struct keep *keep, const cors_field *fields, size_t count) {
    cors_field *copies = keep_memory(keep, (count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        copies[i].name = keep_slice(keep, fields[i].name);
        copies[i].value = keep_slice(keep, fields[i].value);
    }
    return copies;
}

void keep_free(struct keep *keep) {
    while (keep->blocks != NULL) {
        struct keep_block *next = keep->blocks->next;
        free(keep->blocks);
        keep->blocks = next;
    }
}

void keep_text_add(struct keep_text *text, cors_slice piece) {
    if (text->capacity - text->size < piece.size) {
        size_t capacity = 2 * (text->size + piece.size) + 64;
        char *data = keep_memory(text->keep, capacity);
        if (text->size > 0) {
            memcpy(data, text->data, text->size);
        }
        text->data = data;
        text->capacity = capacity;
    }
    if (piece.size > 0) {
        memcpy(text->data + text->size, piece.data, piece.size);
    }
    text->size += piece.size;
}

void keep_text_put(struct keep_text *text, const char *piece) {
    keep_text_add(text, (cors_slice){piece, strlen(piece)});
}

cors_slice keep_text_slice(const struct keep_text *text) {
    return (cors_slice){text->data, text->size};
}
