/* SPDX-License-Identifier: MIT */
/* The five functions of the C library that the core calls, and slices. */
#ifndef CORS_WASM_BYTES_H
#define CORS_WASM_BYTES_H

#include <cors/types.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
void *memchr(const void *from, int byte, size_t size);

static inline cors_slice slice_of(const char *data, size_t size) {
    return (cors_slice){data, size};
}

/* A NUL-terminated text. */
static inline cors_slice slice_of_text(const char *text) {
    size_t size = 0;
    while (text[size] != '\0') {
        size++;
    }
    return slice_of(text, size);
}

/* Without the first `size` bytes, of which there must be as many. */
static inline cors_slice slice_skip(cors_slice slice, size_t size) {
    return slice_of(slice.data + size, slice.size - size);
}

static inline bool slice_equals(cors_slice left, cors_slice right) {
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

/* The index of the first `byte`, or the slice's size. */
static inline size_t slice_find(cors_slice slice, char byte) {
    const char *found = slice.size == 0 ? NULL : (const char *)memchr(slice.data, byte, slice.size);
    return found == NULL ? slice.size : (size_t)(found - slice.data);
}

#endif
