/* SPDX-License-Identifier: MIT */
#include "check_keep.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

struct check_keep_block {
    struct check_keep_block *next;
    max_align_t memory[];
};

void *check_keep_memory(struct check_keep *keep, size_t size) {
    struct check_keep_block *block = NULL;
    if (size < SIZE_MAX - sizeof *block) {
        block = calloc(1, sizeof *block + size);
    }
    if (block == NULL) {
        (void)fputs("cors: out of memory\n", stderr);
        exit(EXIT_FAILED);
    }
    block->next = keep->blocks;
    keep->blocks = block;
    return block->memory;
}

cors_slice check_keep_slice(struct check_keep *keep, cors_slice text) {
    char *copy = check_keep_memory(keep, text.size + 1);
    if (text.size > 0) {
        memcpy(copy, text.data, text.size);
    }
    return (cors_slice){copy, text.size};
}

cors_slice check_keep_format(struct check_keep *keep, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        return (cors_slice){"", 0};
    }
    char *text = check_keep_memory(keep, (size_t)size + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return (cors_slice){text, (size_t)size};
}

cors_field *check_keep_fields(struct check_keep *keep, const cors_field *fields, size_t count) {
    cors_field *copies = check_keep_memory(keep, (count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        copies[i].name = check_keep_slice(keep, fields[i].name);
        copies[i].value = check_keep_slice(keep, fields[i].value);
    }
    return copies;
}

void check_keep_free(struct check_keep *keep) {
    while (keep->blocks != NULL) {
        struct check_keep_block *next = keep->blocks->next;
        free(keep->blocks);
        keep->blocks = next;
    }
}

void check_text_add(struct check_text *text, cors_slice piece) {
    if (text->capacity - text->size < piece.size) {
        size_t capacity = 2 * (text->size + piece.size) + 64;
        char *data = check_keep_memory(text->keep, capacity);
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

void check_text_put(struct check_text *text, const char *piece) {
    check_text_add(text, (cors_slice){piece, strlen(piece)});
}

cors_slice check_text_slice(const struct check_text *text) {
    return (cors_slice){text->data, text->size};
}
