/* SPDX-License-Identifier: MIT */
/* The words of one line, and what is wrong with them. */
#ifndef CORS_CLI_EXPECTATION_WORDS_H
#define CORS_CLI_EXPECTATION_WORDS_H

#include "expectation.h"

struct expectation_words {
    struct keep *keep;
    struct expectation_file *file;
    cors_slice line; /* the whole of it */
    uint32_t number;
    cors_slice words[EXPECTATION_WORDS_MAX]; /* of one sentence; a comma is a word */
    size_t count;
    size_t next;
    cors_slice sentence;
    bool broken; /* the sentence has a problem */
};

/*
 * Takes the next sentence off what is left of a line, up to a semicolon or the end. Returns false
 * where there is none.
 */
bool expectation_words_take(struct expectation_words *words, cors_slice *rest);

/* The word that comes next; empty at the sentence's end. */
cors_slice expectation_word(const struct expectation_words *words);
/* The one after it. */
cors_slice expectation_word_after(const struct expectation_words *words);
/* Goes on, if the next word is this one. */
bool expectation_word_is(struct expectation_words *words, const char *word);

/* Where the next word stands, or the sentence's end. */
struct expectation_place expectation_word_place(const struct expectation_words *words);

/* The place of a part of the line. */
struct expectation_place expectation_place_of(const struct expectation_words *words,
                                              const char *where);

/* Reports a problem at a place. The message is kept as it is. */
void expectation_report(struct expectation_words *words, struct expectation_place place,
                        cors_slice message, cors_slice suggestion);

/* The word of a NULL-terminated list that a misspelt one is probably meant to be, or NULL. */
const char *expectation_nearest(cors_slice given, const char *const *known);

#endif
