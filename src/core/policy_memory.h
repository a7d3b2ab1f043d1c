/* SPDX-License-Identifier: MIT */
/* Memory while a policy is built: arrays that grow, and texts that live as long as the builder. */
#ifndef CORS_CORE_POLICY_MEMORY_H
#define CORS_CORE_POLICY_MEMORY_H

#include "bytes.h"

/* An array that grows; `size` is that of an item. Zero it to begin. */
struct array {
    void *items;
    size_t count;
    size_t capacity;
};

/* Room for one more item at the end, zeroed; NULL where memory is out. */
void *cors_array_add(struct array *array, size_t size, const cors_allocator *allocator);
void cors_array_release(struct array *array, const cors_allocator *allocator);

/* Memory that is freed all at once. Zero it to begin. */
struct arena {
    struct arena_chunk *chunks;
};

/* `size` bytes aligned to 8, not zeroed; NULL where memory is out. */
void *cors_arena_take(struct arena *arena, size_t size, const cors_allocator *allocator);
void cors_arena_release(struct arena *arena, const cors_allocator *allocator);

/*
 * Sorts `count` items of `size` bytes by `compare`, keeping the order of equal ones. `spare` has
 * room for all of them.
 */
void cors_merge_sort(void *items, void *spare, size_t count, size_t size,
                     int (*compare)(const void *left, const void *right, const void *context),
                     const void *context);

#endif
