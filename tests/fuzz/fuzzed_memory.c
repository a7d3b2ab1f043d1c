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

cors_slice fuzzed_swap_case(struct fuzzed_memory *memory, cors_slice text) {
    if (text.size == 0) {
        return (cors_slice){NULL, 0};
    }
    char *swapped = fuzzed_allocate(memory, text.size);
    for (size_t i = 0; i < text.size; i++) {
        swapped[i] = is_letter(text.data[i]) ? (char)(text.data[i] ^ 0x20) : text.data[i];
    }
    return (cors_slice){swapped, text.size};
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
