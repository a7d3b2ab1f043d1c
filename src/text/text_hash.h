/* SPDX-License-Identifier: MIT */
/* A hash that is no secret and withstands accidents only: FNV-1a. */
#ifndef CORS_TEXT_HASH_H
#define CORS_TEXT_HASH_H

#include <cors/types.h>

#define TEXT_HASH_START UINT64_C(0xCBF29CE484222325)

/* Goes on with a text; where it ends counts, so that "ab", "c" is not "a", "bc". */
static inline uint64_t text_hash(uint64_t hash, cors_slice text) {
    const uint64_t prime = UINT64_C(0x100000001B3);
    for (size_t i = 0; i < text.size; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * prime;
    }
    return (hash ^ 0xFF) * prime; /* a byte that no text in UTF-8 holds */
}

#endif
