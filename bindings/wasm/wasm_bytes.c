/* SPDX-License-Identifier: MIT */
#include "wasm_bytes.h"

/* Of these three the compiler makes an instruction: memory.copy, memory.fill. */
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    return __builtin_memcpy(to, from, size);
}

void *memmove(void *to, const void *from, size_t size) {
    return __builtin_memmove(to, from, size);
}

void *memset(void *to, int byte, size_t size) {
    return __builtin_memset(to, byte, size);
}

int memcmp(const void *left, const void *right, size_t size) {
    const unsigned char *one = left;
    const unsigned char *other = right;
    for (size_t i = 0; i < size; i++) {
        if (one[i] != other[i]) {
            return one[i] < other[i] ? -1 : 1;
        }
    }
    return 0;
}

void *memchr(const void *from, int byte, size_t size) {
    const unsigned char *bytes = from;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == (unsigned char)byte) {
            return (void *)(bytes + i);
        }
    }
    return NULL;
}
