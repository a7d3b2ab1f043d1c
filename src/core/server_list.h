/* SPDX-License-Identifier: MIT */
/* A list of tokens, RFC 9110, section 5.6.1, as far as its names do not matter. */
#ifndef CORS_CORE_SERVER_LIST_H
#define CORS_CORE_SERVER_LIST_H

#include "bytes.h"

/* What the last bytes of a list were. */
enum list_place {
    BEFORE_NAME, /* nothing, or separators behind a comma */
    IN_NAME,
    BEHIND_NAME, /* spaces behind a name: a comma must come before the next */
};

struct unread_list {
    cors_slice text;
    enum list_place place;
};

static inline bool is_separator(char byte) {
    return byte == ',' || byte_is_space(byte);
}

/* Takes a separator. */
static inline void take_separator(struct unread_list *unread) {
    if (unread->text.data[0] == ',') {
        unread->place = BEFORE_NAME;
    } else if (unread->place == IN_NAME) {
        unread->place = BEHIND_NAME;
    }
    unread->text = slice_skip(unread->text, 1);
}

/* Marks letters, digits and dashes: what nearly all names consist of. */
static inline uint64_t mark_usual_names(uint64_t word) {
    uint64_t letters = bytes_within(word | 0x20 * WORD_ONES, 'a', 'z');
    uint64_t others = bytes_within(word, '0', '9') | bytes_within(word, '-', '-');
    return (letters | others) & ~word;
}

/* Takes words that consist of commas and spaces. */
void cors_list_take_separator_words(struct unread_list *unread);

/*
 * Takes all that is left, and adds to `*names` how many names begin there; once they are more than
 * `names_max`, it need not count them all. Returns false where it is no list.
 */
bool cors_list_take_rest(struct unread_list *unread, size_t *names, size_t names_max);

#endif
