/* SPDX-License-Identifier: MIT */
/*
 * Memory of one execution, freed all at once. Each piece is an allocation of its own and of its
 * exact size, so that AddressSanitizer sees a read of one byte too many.
 */
#ifndef CORS_TESTS_FUZZED_MEMORY_H
#define CORS_TESTS_FUZZED_MEMORY_H

#include <cors/types.h>

struct fuzzed_piece;

struct fuzzed_memory {
    struct fuzzed_piece *pieces;
};

void *fuzzed_allocate(struct fuzzed_memory *memory, size_t size);

/* A copy that no other bytes stand behind. An empty one has NULL data. */
cors_slice fuzzed_copy(struct fuzzed_memory *memory, cors_slice text);

/* Two texts joined. */
cors_slice fuzzed_join(struct fuzzed_memory *memory, cors_slice left, cors_slice right);

/* Copies with ASCII letters in the other case, and in lower case. */
cors_slice fuzzed_swap_case(struct fuzzed_memory *memory, cors_slice text);
cors_slice fuzzed_lower(struct fuzzed_memory *memory, cors_slice text);

void fuzzed_free_all(struct fuzzed_memory *memory);

/* malloc() and free() for what takes an allocator. */
extern const cors_allocator fuzzed_allocator;

#endif
