/* SPDX-License-Identifier: MIT */
/* One number for everything that a call answered, so that threads can compare what they got. */
#ifndef CORS_TESTS_DIGEST_H
#define CORS_TESTS_DIGEST_H

#include <cors/cors.h>

/* FNV-1a, begun with DIGEST_START. */
#define DIGEST_START 0xcbf29ce484222325U

static inline uint64_t digest_number(uint64_t digest, uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) {
        digest = (digest ^ (number >> shift & 0xff)) * 0x100000001b3U;
    }
    return digest;
}

static inline uint64_t digest_slice(uint64_t digest, cors_slice slice) {
    for (size_t i = 0; i < slice.size; i++) {
        digest = (digest ^ (unsigned char)slice.data[i]) * 0x100000001b3U;
    }
    return digest_number(digest, slice.size);
}

#endif
