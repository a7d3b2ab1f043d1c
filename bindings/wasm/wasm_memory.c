/* SPDX-License-Identifier: MIT */
/*
 * An allocator over the module's linear memory: the free blocks are a list in the order of their
 * addresses, the first that is large enough is taken, neighbours are joined when they are given
 * back. A module holds a handful of blocks at a time, so that the list stays short.
 */
#include "wasm_memory.h"

#include "wasm_export.h"

enum { ALIGNMENT = 16, PAGE_SIZE = 65536 };

/* Before each block; as large as the alignment, so that what follows is aligned. */
struct block {
    _Alignas(ALIGNMENT) size_t size; /* in bytes, with this header */
    struct block *next;              /* while it is free */
};

/* The first byte behind stack and data. */
extern char __heap_base; /* NOLINT(bugprone-reserved-identifier): the linker's name */

static struct block *free_blocks; /* in the order of their addresses */

static bool touches(const struct block *left, const struct block *right) {
    return (const char *)left + left->size == (const char *)right;
}

/* Joins a block with the one behind it, if nothing stands between. */
static void join_next(struct block *block) {
    struct block *next = block->next;
    if (next != NULL && touches(block, next)) {
        block->size += next->size;
        block->next = next->next;
    }
}

static void insert_free(struct block *block) {
    struct block *before = NULL;
    struct block *after = free_blocks;
    while (after != NULL && after < block) {
        before = after;
        after = after->next;
    }
    block->next = after;
    join_next(block);
    if (before == NULL) {
        free_blocks = block;
    } else {
        before->next = block;
        join_next(before);
    }
}

/* Hands a piece of memory to the list; what is too small for a block is lost. */
static void add_piece(uintptr_t start, uintptr_t end) {
    if (end - start > sizeof(struct block)) {
        struct block *block = (struct block *)start;
        block->size = end - start;
        insert_free(block);
    }
}

/* Gets more memory: what the last page holds behind the data; later, pages of the host's. */
static bool grow(size_t size) {
    static bool began;
    if (!began) {
        began = true;
        add_piece(((uintptr_t)&__heap_base + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT,
                  __builtin_wasm_memory_size(0) * PAGE_SIZE);
        return true;
    }
    size_t pages = (size - 1) / PAGE_SIZE + 1;
    size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX) {
        return false;
    }
    add_piece(before * PAGE_SIZE, (before + pages) * PAGE_SIZE);
    return true;
}

/* Takes `size` bytes off a free block, from its end, or the whole of it. */
static struct block *take_from(struct block *before, struct block *block, size_t size) {
    if (block->size - size > sizeof *block) {
        block->size -= size;
        block = (struct block *)((char *)block + block->size);
        block->size = size;
    } else if (before == NULL) {
        free_blocks = block->next;
    } else {
        before->next = block->next;
    }
    return block;
}

static struct block *take(size_t size) {
    struct block *before = NULL;
    for (struct block *block = free_blocks; block != NULL; block = block->next) {
        if (block->size >= size) {
            return take_from(before, block, size);
        }
        before = block;
    }
    return NULL;
}

WASM_EXPORT(allocate) void *wasm_allocate(size_t size) {
    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    size_t whole = sizeof(struct block) + (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *block = take(whole);
    while (block == NULL) {
        if (!grow(whole)) {
            return NULL;
        }
        block = take(whole);
    }
    return block + 1;
}

WASM_EXPORT(release) void wasm_release(void *memory) {
    if (memory != NULL) {
        insert_free((struct block *)memory - 1);
    }
}

static void *allocate(void *context, size_t size) {
    (void)context;
    return wasm_allocate(size);
}

static void release(void *context, void *memory) {
    (void)context;
    wasm_release(memory);
}

const cors_allocator wasm_allocator = {allocate, release, NULL};
