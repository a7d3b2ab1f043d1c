/* SPDX-License-Identifier: MIT */
/*
 * Bytes and slices: character classes, comparison, trimming. Everything here is inline, since the
 * request path is made of it.
 */
#ifndef CORS_CORE_BYTES_H
#define CORS_CORE_BYTES_H

#include <cors/types.h>

#include "byte_words.h"

/* Character classes, as bits of cors_byte_classes[byte]. */
enum cors_byte_class {
    BYTE_TOKEN = 1,   /* tchar of RFC 9110, section 5.6.2 */
    BYTE_SCHEME = 2,  /* [a-z0-9+.-], after a scheme's first letter */
    BYTE_LABEL = 4,   /* [a-z0-9_-], inside a host label */
    BYTE_ADDRESS = 8, /* [0-9a-f:.], inside the brackets of an IPv6 address */
    BYTE_DIGIT = 16,
    BYTE_LOWER = 32,
    BYTE_UPPER = 64,
    BYTE_CONTROL = 128, /* C0 and DEL */
};

extern const uint8_t cors_byte_classes[256];

/* The lower case of a token's byte; 0 for any other byte. */
extern const char cors_token_folds[256];

static inline bool byte_is(char byte, unsigned classes) {
    return (cors_byte_classes[(uint8_t)byte] & classes) != 0;
}

/* ASCII lower case; other bytes stay. */
static INLINE_UNLESS_SMALL char byte_fold(char byte) {
    return byte_is(byte, BYTE_UPPER) ? (char)(byte | 0x20) : byte;
}

static inline cors_slice slice_of(const char *data, size_t size) {
    return (cors_slice){data, size};
}

/* From a NUL-terminated text of a table. */
static inline cors_slice slice_of_text(const char *text) {
    size_t size = 0;
    while (text[size] != '\0') {
        size++;
    }
    return slice_of(text, size);
}

/* Without the first `size` bytes, of which there must be as many. To a NULL nothing is added. */
static inline cors_slice slice_skip(cors_slice slice, size_t size) {
    return slice_of(size == 0 ? slice.data : slice.data + size, slice.size - size);
}

static INLINE_UNLESS_SMALL bool slice_equals(cors_slice left, cors_slice right) {
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

/* `lower` is in lower case; `any` may be in any ASCII case. */
static INLINE_UNLESS_SMALL bool slice_equals_folded(cors_slice any, cors_slice lower) {
    size_t size = any.size;
    if (size != lower.size) {
        return false;
    }
    if (size < 4) {
        for (size_t i = 0; i < size; i++) {
            if (byte_fold(any.data[i]) != lower.data[i]) {
                return false;
            }
        }
        return true;
    }
    if (size < 8) {
        return word_fold(load_4(any.data)) == load_4(lower.data) &&
               word_fold(load_4(any.data + size - 4)) == load_4(lower.data + size - 4);
    }
    /* The last word may overlap the one before it. */
    for (size_t i = 0; i < size - 8; i += 8) {
        if (word_fold(load_8(any.data + i)) != load_8(lower.data + i)) {
            return false;
        }
    }
    return word_fold(load_8(any.data + size - 8)) == load_8(lower.data + size - 8);
}

static inline bool slice_starts_with(cors_slice slice, cors_slice start) {
    return slice.size >= start.size &&
           (start.size == 0 || memcmp(slice.data, start.data, start.size) == 0);
}

static inline bool slice_ends_with(cors_slice slice, cors_slice end) {
    return slice.size >= end.size &&
           (end.size == 0 || memcmp(slice.data + (slice.size - end.size), end.data, end.size) == 0);
}

/* The index of the first `byte`, or the slice's size. */
static INLINE_UNLESS_SMALL size_t slice_find(cors_slice slice, char byte) {
    const char *found = slice.size == 0 ? NULL : (const char *)memchr(slice.data, byte, slice.size);
    return found == NULL ? slice.size : (size_t)(found - slice.data);
}

static inline bool slice_holds(cors_slice slice, char byte) {
    return slice_find(slice, byte) < slice.size;
}

/* Bytewise order, a prefix before what it begins. */
static inline int slice_compare(cors_slice left, cors_slice right) {
    size_t shorter = left.size < right.size ? left.size : right.size;
    int order = shorter == 0 ? 0 : memcmp(left.data, right.data, shorter);
    if (order != 0) {
        return order;
    }
    return left.size < right.size ? -1 : left.size > right.size;
}

/* Optional white space of RFC 9110, section 5.6.3. */
static inline bool byte_is_space(char byte) {
    return byte == ' ' || byte == '\t';
}

static INLINE_UNLESS_SMALL cors_slice slice_trim(cors_slice slice) {
    while (slice.size > 0 && byte_is_space(slice.data[0])) {
        slice = slice_skip(slice, 1);
    }
    while (slice.size > 0 && byte_is_space(slice.data[slice.size - 1])) {
        slice.size--;
    }
    return slice;
}

/* Whether the slice is not empty and every byte is in one of the classes. */
static INLINE_UNLESS_SMALL bool slice_is_all(cors_slice slice, unsigned classes) {
    for (size_t i = 0; i < slice.size; i++) {
        if (!byte_is(slice.data[i], classes)) {
            return false;
        }
    }
    return slice.size > 0;
}

/*
 * Takes the next element off a comma-separated list, trimmed; empty elements come too.
 * RFC 9110, section 5.6.1. Returns false at the end.
 */
static inline bool slice_next_element(cors_slice *list, cors_slice *element) {
    if (list->data == NULL) {
        return false;
    }
    size_t comma = slice_find(*list, ',');
    *element = slice_trim(slice_of(list->data, comma));
    *list = comma < list->size ? slice_skip(*list, comma + 1) : slice_of(NULL, 0);
    return true;
}

#endif
