/* SPDX-License-Identifier: MIT */
/*
 * Eight bytes at a time, as a number: loaded, compared and classified without a branch a byte. What
 * is asked of each byte is answered in its highest bit.
 */
#ifndef CORS_CORE_BYTE_WORDS_H
#define CORS_CORE_BYTE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The only things of the C library that the core uses; a freestanding host provides them. */
#if __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
void *memchr(const void *from, int byte, size_t size);
#endif

/*
 * For what is rare, or large, beside a path that should stay short; and for what the compiler is to
 * see at every place where it is called.
 */
#if defined(__GNUC__) || defined(__clang__)
#define NOINLINE __attribute__((noinline))
#define INLINE inline __attribute__((always_inline))
#define UNUSED __attribute__((unused))
#else
#define NOINLINE
#define UNUSED
#define INLINE inline
#endif

/*
 * Whether this is built for size, as the engine in a page is: what only saves time, beside a plain
 * way that does the same, is left out, and functions of some size are inlined nowhere.
 */
#ifdef __OPTIMIZE_SIZE__
enum { BUILT_FOR_SIZE = 1 };
#define INLINE_UNLESS_SMALL NOINLINE UNUSED
#else
enum { BUILT_FOR_SIZE = 0 };
#define INLINE_UNLESS_SMALL inline
#endif

/* A one in each byte: `b * WORD_ONES` has the byte b eight times. */
#define WORD_ONES UINT64_C(0x0101010101010101)
#define WORD_HIGHS (0x80 * WORD_ONES)

/* Eight or four bytes as a number, from anywhere, in the machine's order. */
static inline uint64_t load_8(const char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint64_t load_4(const char *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* byte_fold() of eight bytes at once. */
static inline uint64_t word_fold(uint64_t word) {
    uint64_t low = word & ~WORD_HIGHS;
    uint64_t from_a = low + (0x80 - 'A') * WORD_ONES; /* bit 7: at or above A */
    uint64_t past_z = low + (0x7f - 'Z') * WORD_ONES; /* bit 7: above Z */
    uint64_t upper = (from_a ^ past_z) & ~word & WORD_HIGHS;
    return word | upper >> 2;
}

/*
 * Whether bytes are a name's in any case, given it in lower case: letters, digits and dashes only.
 * Of these only letters have the bit 0x40, which tells where the case's bit, 0x20, may be missing.
 */
static inline bool word_is_name(uint64_t any, uint64_t lower) {
    return (any | (lower & 0x40 * WORD_ONES) >> 1) == lower;
}

static inline bool holds_name_8(const char *any, const char *lower) {
    return word_is_name(load_8(any), load_8(lower));
}

static inline bool holds_name_4(const char *any, const char *lower) {
    return word_is_name(load_4(any), load_4(lower));
}

static inline bool words_equal(const char *left, const char *right, size_t first, size_t second) {
    return ((load_8(left + first) ^ load_8(right + first)) |
            (load_8(left + second) ^ load_8(right + second))) == 0;
}

/* Whether two texts of a size are equal; without a call where they are as short as most. */
static inline bool bytes_equal(const char *left, const char *right, size_t size) {
    enum { LONG = 64 };
    if (BUILT_FOR_SIZE || size > LONG) {
        return size == 0 || memcmp(left, right, size) == 0;
    }
    if (size >= 16) {
        /* The last words may overlap those before them. */
        for (size_t i = 0; i < size - 16; i += 16) {
            if (!words_equal(left, right, i, i + 8)) {
                return false;
            }
        }
        return words_equal(left, right, size - 16, size - 8);
    }
    if (size >= 8) {
        return words_equal(left, right, 0, size - 8);
    }
    if (size >= 4) {
        return load_4(left) == load_4(right) && load_4(left + size - 4) == load_4(right + size - 4);
    }
    return size == 0 || (left[0] == right[0] && left[size / 2] == right[size / 2] &&
                         left[size - 1] == right[size - 1]);
}

/* As load_8() and load_4(), with the first byte lowest on every machine. */
static inline uint64_t load_8_in_order(const char *bytes) {
    uint64_t word = load_8(bytes);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline uint64_t load_4_in_order(const char *bytes) {
    uint64_t word = load_4(bytes);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word) >> 32;
#endif
    return word;
}

/* The first eight bytes of a text in order; zeros stand for those that it does not have. */
static inline uint64_t load_start(const char *bytes, size_t size) {
    if (size >= 8) {
        return load_8_in_order(bytes);
    }
    if (size >= 4) {
        return load_4_in_order(bytes) | load_4_in_order(bytes + size - 4) << (size - 4) * 8;
    }
    uint64_t word = 0;
    for (size_t i = size; i-- > 0;) {
        word = word << 8 | (uint8_t)bytes[i];
    }
    return word;
}

/* Which byte the lowest marked one is; 8 where none is. */
static inline size_t first_marked(uint64_t marks) {
#if defined(__GNUC__) || defined(__clang__)
    return marks == 0 ? 8 : (size_t)__builtin_ctzll(marks) / 8;
#else
    size_t place = 0;
    for (; place < 8 && (marks & 0xff) == 0; place++) {
        marks >>= 8;
    }
    return place;
#endif
}

/*
 * Marks the bytes from `first` to `last`, both below 0x80. A byte from 0x80 upwards spoils the
 * marks of itself and of later bytes: whoever cares masks it, or takes all that follow as unknown.
 */
static inline uint64_t bytes_within(uint64_t word, uint8_t first, uint8_t last) {
    return (word + (0x80U - first) * WORD_ONES) ^ (word + (0x7fU - last) * WORD_ONES);
}

#endif
