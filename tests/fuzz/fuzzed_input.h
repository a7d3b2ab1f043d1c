/* SPDX-License-Identifier: MIT */
/*
 * The bytes of one execution, taken one after the other as choices, numbers and texts. Past their
 * end all is zero and empty, so that every input means something, and a shorter one means less.
 */
#ifndef CORS_TESTS_FUZZED_INPUT_H
#define CORS_TESTS_FUZZED_INPUT_H

#include <cors/types.h>

struct fuzzed_input {
    const char *data;
    size_t size;
};

static inline struct fuzzed_input fuzzed_input_of(const uint8_t *data, size_t size) {
    return (struct fuzzed_input){(const char *)data, size};
}

static inline bool fuzzed_is_empty(const struct fuzzed_input *input) {
    return input->size == 0;
}

/* All that is left, which stays. */
static inline cors_slice fuzzed_rest(const struct fuzzed_input *input) {
    return (cors_slice){input->data, input->size};
}

/* The next `size` bytes, or as many as there are. */
static inline cors_slice fuzzed_take(struct fuzzed_input *input, size_t size) {
    size_t taken = size < input->size ? size : input->size;
    cors_slice slice = {input->data, taken};
    if (taken > 0) {
        input->data += taken;
        input->size -= taken;
    }
    return slice;
}

static inline uint8_t fuzzed_byte(struct fuzzed_input *input) {
    cors_slice byte = fuzzed_take(input, 1);
    return byte.size == 0 ? 0 : (uint8_t)byte.data[0];
}

/* One of `count` choices, of which there are at most 256. */
static inline unsigned fuzzed_choice(struct fuzzed_input *input, unsigned count) {
    return fuzzed_byte(input) % count;
}

static inline bool fuzzed_flag(struct fuzzed_input *input) {
    return (fuzzed_byte(input) & 1) != 0;
}

/* Up to the next `end`, which is taken too; all that is left where there is none. */
static inline cors_slice fuzzed_until(struct fuzzed_input *input, char end) {
    size_t size = 0;
    while (size < input->size && input->data[size] != end) {
        size++;
    }
    cors_slice slice = fuzzed_take(input, size);
    fuzzed_take(input, 1);
    return slice;
}

#endif
