/* SPDX-License-Identifier: MIT */
#include "expectation_words.h"

#include <cors/policy.h>

#include "text_slices.h"

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static void add_word(struct expectation_words *words, cors_slice word) {
    if (words->count < EXPECTATION_WORDS_MAX) {
        words->words[words->count] = word;
    }
    words->count++;
}

/* A comma parts names and methods, but not what a path or an origin is made of. */
static void add_parts(struct expectation_words *words, cors_slice word) {
    bool whole = word.data[0] == '/' || text_holds_folded(word, "://");
    while (word.size > 0) {
        size_t comma = text_find(word, ',');
        bool last = comma + 1 == word.size;
        size_t size = whole ? word.size - (word.data[word.size - 1] == ',') : comma;
        if (size > 0) {
            add_word(words, (cors_slice){word.data, size});
        }
        if (size < word.size) {
            add_word(words, (cors_slice){word.data + size, 1});
            size++;
        }
        word = text_skip(word, size);
        whole = whole && !last;
    }
}

bool expectation_words_take(struct expectation_words *words, cors_slice *rest) {
    const char *begin = NULL;
    bool ended = false;
    words->count = 0;
    words->next = 0;
    words->broken = false;
    while (!ended && rest->size > 0) {
        size_t size = 0;
        while (size < rest->size && is_blank(rest->data[size])) {
            size++;
        }
        *rest = text_skip(*rest, size);
        for (size = 0; size < rest->size && !is_blank(rest->data[size]);) {
            size++;
        }
        cors_slice word = {rest->data, size};
        *rest = text_skip(*rest, size);
        ended = word.size > 0 && word.data[word.size - 1] == ';';
        word.size -= ended;
        if (word.size > 0) {
            begin = begin == NULL ? word.data : begin;
            words->sentence = (cors_slice){begin, (size_t)(word.data + word.size - begin)};
            add_parts(words, word);
        }
        ended = ended && begin != NULL;
    }
    return begin != NULL;
}

cors_slice expectation_word(const struct expectation_words *words) {
    return words->next < words->count ? words->words[words->next] : CORS_SLICE("");
}

cors_slice expectation_word_after(const struct expectation_words *words) {
    return words->next + 1 < words->count ? words->words[words->next + 1] : CORS_SLICE("");
}

bool expectation_word_is(struct expectation_words *words, const char *word) {
    bool same = text_is(expectation_word(words), word);
    words->next += same;
    return same;
}

struct expectation_place expectation_place_of(const struct expectation_words *words,
                                              const char *where) {
    struct expectation_place place = {words->number, 1};
    for (const char *byte = words->line.data; byte < where; byte++) {
        place.column += (*byte & 0xC0) != 0x80; /* not for what continues a UTF-8 character */
    }
    return place;
}

struct expectation_place expectation_word_place(const struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    const char *end = words->sentence.data + words->sentence.size;
    return expectation_place_of(words, word.size > 0 ? word.data : end);
}

void expectation_report(struct expectation_words *words, struct expectation_place place,
                        cors_slice message, cors_slice suggestion) {
    struct expectation_file *file = words->file;
    words->broken = true;
    if (file->problems == NULL) {
        file->problems =
            keep_memory(words->keep, EXPECTATION_PROBLEMS_MAX * sizeof *file->problems);
    }
    if (file->problem_count < EXPECTATION_PROBLEMS_MAX) {
        file->problems[file->problem_count] =
            (struct expectation_problem){place, words->line, message, suggestion};
    }
    file->problem_count++;
}

const char *expectation_nearest(cors_slice given, const char *const *known) {
    const char *nearest = NULL;
    size_t best = SIZE_MAX;
    for (size_t i = 0; known[i] != NULL; i++) {
        size_t distance = cors_name_distance(given, text_slice(known[i]));
        if (distance < best) {
            best = distance;
            nearest = known[i];
        }
    }
    return nearest;
}
