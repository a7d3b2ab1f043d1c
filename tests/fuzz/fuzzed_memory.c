/* SPDX-License-Identifier: MIT */
#include "fuzzed_memory.h"

#include <stdlib.h>
#include <string.h>

#include "invariant.h"

/* The list stands apart from what it lists, so that nothing lies before or behind a piece. */
struct fuzzed_piece {
    struct fuzzed_piece *next;
    void *bytes;
};

void *fuzzed_allocate(struct fuzzed_memory *memory, size_t size) {
    struct fuzzed_piece *piece = malloc(sizeof *piece);
    void *bytes = malloc(size);
    INVARIANT(piece != NULL && bytes != NULL, "the machine has memory for one execution");
    *piece = (struct fuzzed_piece){memory->pieces, bytes};
    memory->pieces = piece;
    return bytes;
}

cors_slice fuzzed_copy(struct fuzzed_memory *memory, cors_slice text) {
    if (text.size == 0) {
        return (cors_slice){NULL, 0};
    }
    char *copy = fuzzed_allocate(memory, text.size);
    memcpy(copy, text.data, text.size);
    return (cors_slice){copy, text.size};
}

cors_slice fuzzed_join(struct fuzzed_memory *memory, cors_slice left, cors_slice right) {
    if (left.size == 0 || right.size == 0) {
        return fuzzed_copy(memory, left.size == 0 ? right : left);
    }
    char *joined = fuzzed_allocate(memory, left.size + right.size);
    memcpy(joined, left.data, left.size);
    memcpy(joined + left.size, right.data, right.size);
    return (cors_slice){joined, left.size + right.size};
}

static bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A copy with upper case letters in lower case, and if wanted the other way round too. */
static cors_slice change_case(struct fuzzed_memory *memory, cors_slice text, bool lower_too) {
    cors_slice copy = fuzzed_copy(memory, text);
    char *bytes = (char *)(uintptr_t)copy.data;
    for (size_t i = 0; i < copy.size; i++) {
        bool upper = bytes[i] >= 'A' && bytes[i] <= 'Z';
        if (upper || (lower_too && is_letter(bytes[i]))) {
            bytes[i] = (char)(bytes[i] ^ 0x20);
        }
    }
    return copy;
}

cors_slice fuzzed_swap_case(struct fuzzed_memory *memory, cors_slice text) {
    return change_case(memory, text, true);
}

cors_slice fuzzed_lower(struct fuzzed_memory *memory, cors_slice text) {
    return change_case(memory, text, false);
}

void fuzzed_free_all(struct fuzzed_memory *memory) {
    while (memory->pieces != NULL) {
        struct fuzzed_piece *piece = memory->pieces;
        memory->pieces = piece->next;
        free(piece->bytes);
        free(piece);
    }
}

static void *allocate(void *context, size_t size) {
    (void)context;
    return malloc(size);
}

static void release(void *context, void *memory) {
    (void)context;
    free(memory);
}

const cors_allocator fuzzed_allocator = {allocate, release, NULL};
