/* SPDX-License-Identifier: MIT */
/*
 * A client chooses what stands in a list and how much, so it is read eight bytes at a time where it
 * holds what lists usually do, and byte by byte only around the rest.
 */
#include "server_list.h"

/* Whether all bytes of a word are marked. */
static bool is_full(uint64_t marks) {
    return (marks & WORD_HIGHS) == WORD_HIGHS;
}

/*
 * Marks letters, digits and "*+,-.", and takes bytes from 0x80 upwards for what they may be: of all
 * bytes that cannot make a list malformed wherever they stand, those that are told fastest.
 */
static uint64_t mark_sound(uint64_t word) {
    return bytes_within(word | 0x20 * WORD_ONES, 'a', 'z') | bytes_within(word, '0', '9') |
           bytes_within(word, '*', '.');
}

static bool are_sound(const char *bytes) {
    uint64_t first = load_8_in_order(bytes);
    uint64_t second = load_8_in_order(bytes + 8);
    return is_full(mark_sound(first) & mark_sound(second) & ~(first | second));
}

/* Takes words that are sound, without a look at the names. */
static void take_sound_words(struct unread_list *unread) {
    const char *start = unread->text.data;
    const char *end = start + unread->text.size;
    const char *data = start;
    while (end - data >= 16 && are_sound(data)) {
        data += 16;
    }
    if (data > start) {
        unread->place = data[-1] == ',' ? BEFORE_NAME : IN_NAME;
    }
    unread->text = slice_of(data, (size_t)(end - data));
}

/*
 * Takes a word of usual names, commas, and spaces that do not follow a name, and counts the names
 * that begin in it. Returns false where it holds anything else. Not for a place behind a name.
 */
static bool take_word(struct unread_list *unread, size_t *names) {
    if (unread->text.size < 8) {
        return false;
    }
    uint64_t word = load_8_in_order(unread->text.data);
    uint64_t named = mark_usual_names(word) & WORD_HIGHS;
    uint64_t commas = bytes_within(word, ',', ',') & ~word;
    uint64_t spaces = bytes_within(word, ' ', ' ') & ~word;
    uint64_t after_name = named << 8 | (unread->place == IN_NAME ? 0x80 : 0);
    if (!is_full(named | commas | (spaces & ~after_name))) {
        return false;
    }
    *names += ((named & ~after_name) >> 7) * WORD_ONES >> 56;
    unread->place = named >> 63 != 0 ? IN_NAME : BEFORE_NAME;
    unread->text = slice_skip(unread->text, 8);
    return true;
}

static bool take_byte(struct unread_list *unread, size_t *names) {
    char byte = unread->text.data[0];
    if (is_separator(byte)) {
        take_separator(unread);
        return true;
    }
    *names += unread->place == BEFORE_NAME;
    if (unread->place == BEHIND_NAME || !byte_is(byte, BYTE_TOKEN)) {
        return false;
    }
    unread->place = IN_NAME;
    unread->text = slice_skip(unread->text, 1);
    return true;
}

/* Takes words as long as it can. */
static void take_words(struct unread_list *unread, size_t *names, size_t names_max) {
    while (unread->place != BEHIND_NAME) {
        if (*names > names_max) {
            take_sound_words(unread);
        }
        if (!take_word(unread, names)) {
            return;
        }
    }
}

bool cors_list_take_rest(struct unread_list *unread, size_t *names, size_t names_max) {
    while (unread->text.size > 0) {
        take_words(unread, names, names_max);
        for (size_t i = 0; i < 8 && unread->text.size > 0; i++) {
            if (!take_byte(unread, names)) {
                return false;
            }
        }
    }
    return true;
}

void cors_list_take_separator_words(struct unread_list *unread) {
    while (unread->text.size >= 8) {
        uint64_t word = load_8_in_order(unread->text.data);
        uint64_t commas = bytes_within(word, ',', ',') & ~word & WORD_HIGHS;
        uint64_t spaces = bytes_within(word, ' ', ' ') & ~word;
        if (!is_full(commas | spaces)) {
            return;
        }
        unread->place = commas != 0 ? BEFORE_NAME : unread->place;
        unread->text = slice_skip(unread->text, 8);
    }
}
