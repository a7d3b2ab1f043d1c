/* SPDX-License-Identifier: MIT */
/* The caller's memory for one fetch: handed out from the front, given back only as a whole. */
#ifndef CORS_CORE_BROWSER_MEMORY_H
#define CORS_CORE_BROWSER_MEMORY_H

#include "bytes.h"

struct fetch_memory {
    char *data;
    size_t size;
    size_t used;
};

/* Room for `size` bytes, aligned for any type; NULL where there is not as much. */
static inline void *memory_take(struct fetch_memory *memory, size_t size) {
    const size_t alignment = _Alignof(max_align_t);
    size_t misplaced = (size_t)((uintptr_t)(memory->data + memory->used) % alignment);
    size_t gap = misplaced == 0 ? 0 : alignment - misplaced;
    size_t left = memory->size - memory->used;
    if (gap > left || size > left - gap) {
        return NULL;
    }
    void *taken = memory->data + memory->used + gap;
    memory->used += gap + size;
    return taken;
}

/* Text that is put together at the end of the memory; `full` once there was no room. */
struct memory_text {
    struct fetch_memory *memory;
    char *data;
    size_t size;
    bool full;
};

/* No other taking may happen until text_end(). */
static inline struct memory_text text_begin(struct fetch_memory *memory) {
    return (struct memory_text){memory, memory->data + memory->used, 0, false};
}

static inline void text_add(struct memory_text *text, cors_slice bytes) {
    size_t left = text->memory->size - text->memory->used - text->size;
    if (text->full || bytes.size > left) {
        text->full = true;
        return;
    }
    if (bytes.size > 0) {
        memcpy(text->data + text->size, bytes.data, bytes.size);
        text->size += bytes.size;
    }
}

static inline void text_add_byte(struct memory_text *text, char byte) {
    text_add(text, slice_of(&byte, 1));
}

static inline cors_slice text_so_far(const struct memory_text *text) {
    return slice_of(text->data, text->size);
}

/* Keeps what was written. */
static inline cors_slice text_end(struct memory_text *text) {
    text->memory->used += text->size;
    return text_so_far(text);
}

#endif
