/* SPDX-License-Identifier: MIT */
#include "naive_text.h"

#include <string.h>

char naive_lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool naive_is_same(cors_slice left, cors_slice right) {
    for (size_t i = 0; left.size == right.size && i < left.size; i++) {
        if (left.data[i] != right.data[i]) {
            return false;
        }
    }
    return left.size == right.size;
}

bool naive_is_same_in_any_case(cors_slice left, cors_slice right) {
    for (size_t i = 0; left.size == right.size && i < left.size; i++) {
        if (naive_lower(left.data[i]) != naive_lower(right.data[i])) {
            return false;
        }
    }
    return left.size == right.size;
}

static bool is_token_byte(char byte) {
    bool digit = byte >= '0' && byte <= '9';
    bool letter = naive_lower(byte) >= 'a' && naive_lower(byte) <= 'z';
    return digit || letter || (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

bool naive_is_token(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (!is_token_byte(text.data[i])) {
            return false;
        }
    }
    return text.size > 0;
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t';
}

cors_slice naive_after(cors_slice text, size_t size) {
    return size == 0 ? text : (cors_slice){text.data + size, text.size - size};
}

cors_slice naive_trim(cors_slice text) {
    while (text.size > 0 && is_space(text.data[0])) {
        text = naive_after(text, 1);
    }
    while (text.size > 0 && is_space(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

bool naive_next_element(cors_slice *list, cors_slice *element) {
    if (list->data == NULL) {
        return false;
    }
    size_t comma = naive_find(*list, CORS_SLICE(","));
    *element = naive_trim((cors_slice){list->data, comma});
    *list = comma < list->size ? naive_after(*list, comma + 1) : (cors_slice){NULL, 0};
    return true;
}

size_t naive_find(cors_slice text, cors_slice wanted) {
    for (size_t at = 0; at + wanted.size <= text.size; at++) {
        if (naive_starts_with(naive_after(text, at), wanted)) {
            return at;
        }
    }
    return text.size;
}

bool naive_starts_with(cors_slice text, cors_slice start) {
    return text.size >= start.size && naive_is_same((cors_slice){text.data, start.size}, start);
}

bool naive_ends_with(cors_slice text, cors_slice end) {
    return text.size >= end.size && naive_is_same(naive_after(text, text.size - end.size), end);
}
