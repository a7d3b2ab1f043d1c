/* SPDX-License-Identifier: MIT */
/* Small things done with slices by several files of the command. */
#ifndef CORS_TEXT_SLICES_H
#define CORS_TEXT_SLICES_H

#include <cors/types.h>
#include <string.h>
#include <strings.h>

static inline cors_slice text_slice(const char *text) {
    return (cors_slice){text, text == NULL ? 0 : strlen(text)};
}

static inline cors_slice text_skip(cors_slice text, size_t size) {
    return (cors_slice){size == 0 ? text.data : text.data + size, text.size - size};
}

static inline bool text_is(cors_slice text, const char *word) {
    size_t size = strlen(word);
    return text.size == size && (size == 0 || memcmp(text.data, word, size) == 0);
}

/* In any ASCII case. */
static inline bool text_is_folded(cors_slice text, const char *word) {
    size_t size = strlen(word);
    return text.size == size && (size == 0 || strncasecmp(text.data, word, size) == 0);
}

static inline bool text_same(cors_slice left, cors_slice right) {
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.data, right.data, left.size) == 0);
}

static inline bool text_same_folded(cors_slice left, cors_slice right) {
    return left.size == right.size &&
           (left.size == 0 || strncasecmp(left.data, right.data, left.size) == 0);
}

static inline bool text_starts_folded(cors_slice text, const char *start) {
    size_t size = strlen(start);
    return text.size >= size && (size == 0 || strncasecmp(text.data, start, size) == 0);
}

/* Where `part` begins in the text, in any ASCII case; the text's size where it does not stand. */
static inline size_t text_find_folded(cors_slice text, const char *part) {
    for (size_t i = 0; i < text.size; i++) {
        if (text_starts_folded(text_skip(text, i), part)) {
            return i;
        }
    }
    return text.size;
}

static inline bool text_holds_folded(cors_slice text, const char *part) {
    return text_find_folded(text, part) < text.size;
}

/* The index of the first `byte`, or the text's size. */
static inline size_t text_find(cors_slice text, char byte) {
    const char *found = text.size == 0 ? NULL : (const char *)memchr(text.data, byte, text.size);
    return found == NULL ? text.size : (size_t)(found - text.data);
}

static inline bool byte_is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static inline cors_slice text_trim_start(cors_slice text) {
    while (text.size > 0 && byte_is_blank(text.data[0])) {
        text = text_skip(text, 1);
    }
    return text;
}

static inline cors_slice text_trim(cors_slice text) {
    text = text_trim_start(text);
    while (text.size > 0 && byte_is_blank(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

/* Takes what stands before the next `separator` off the list, trimmed; false at its end. */
static inline bool text_take(cors_slice *list, char separator, cors_slice *part) {
    if (list->data == NULL || list->size == 0) {
        return false;
    }
    size_t end = text_find(*list, separator);
    *part = text_trim((cors_slice){list->data, end});
    *list = text_skip(*list, end < list->size ? end + 1 : end);
    return true;
}

#endif
