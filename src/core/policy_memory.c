/* SPDX-License-Identifier: MIT */
#include "policy_memory.h"

void *cors_array_add(struct array *array, size_t size, const cors_allocator *allocator) {
    if (array->count == array->capacity) {
        size_t capacity = array->capacity == 0 ? 8 : array->capacity * 2;
        void *items = allocator->allocate(allocator->context, capacity * size);
        if (items == NULL) {
            return NULL;
        }
        if (array->count > 0) {
            memcpy(items, array->items, array->count * size);
        }
        allocator->release(allocator->context, array->items);
        array->items = items;
        array->capacity = capacity;
    }
    void *item = (char *)array->items + array->count * size;
    memset(item, 0, size);
    array->count++;
    return item;
}

void cors_array_release(struct array *array, const cors_allocator *allocator) {
    allocator->release(allocator->context, array->items);
    *array = (struct array){.items = NULL};
}

struct arena_chunk {
    struct arena_chunk *next;
    size_t used;
    size_t capacity;
    _Alignas(8) char bytes[];
};

/* Most policies need less than one chunk. */
enum { CHUNK_SIZE = 16384 };

static struct arena_chunk *add_chunk(struct arena *arena, size_t capacity,
                                     const cors_allocator *allocator) {
    struct arena_chunk *chunk = (struct arena_chunk *)allocator->allocate(
        allocator->context, sizeof(struct arena_chunk) + capacity);
    if (chunk != NULL) {
        chunk->next = arena->chunks;
        chunk->used = 0;
        chunk->capacity = capacity;
        arena->chunks = chunk;
    }
    return chunk;
}

void *cors_arena_take(struct arena *arena, size_t size, const cors_allocator *allocator) {
    size_t padded = (size + 7) / 8 * 8;
    struct arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->capacity - chunk->used < padded) {
        chunk = add_chunk(arena, padded > CHUNK_SIZE ? padded : CHUNK_SIZE, allocator);
        if (chunk == NULL) {
            return NULL;
        }
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += padded;
    return memory;
}

void cors_arena_release(struct arena *arena, const cors_allocator *allocator) {
    while (arena->chunks != NULL) {
        struct arena_chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        allocator->release(allocator->context, chunk);
    }
}

struct sorting {
    size_t size;
    int (*compare)(const void *left, const void *right, const void *context);
    const void *context;
};

/* Merges from[0, middle) and from[middle, count) into `to`. */
static void merge(const struct sorting *sorting, const char *from, size_t middle, size_t count,
                  char *to) {
    size_t size = sorting->size;
    size_t left = 0;
    size_t right = middle;
    while (left < middle || right < count) {
        bool take_left = right == count;
        if (left < middle && right < count) {
            take_left =
                sorting->compare(from + left * size, from + right * size, sorting->context) <= 0;
        }
        size_t taken = take_left ? left++ : right++;
        memcpy(to, from + taken * size, size);
        to += size;
    }
}

void cors_merge_sort(void *items, void *spare, size_t count, size_t size,
                     int (*compare)(const void *left, const void *right, const void *context),
                     const void *context) {
    struct sorting sorting = {size, compare, context};
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t left = count - start;
            size_t end = left < 2 * width ? left : 2 * width;
            size_t middle = end < width ? end : width;
            merge(&sorting, (char *)items + start * size, middle, end,
                  (char *)spare + start * size);
        }
        memcpy(items, spare, count * size);
    }
}
