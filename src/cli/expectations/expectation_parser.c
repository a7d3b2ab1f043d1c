/* SPDX-License-Identifier: MIT */
#include "expectation_parser.h"

#include "expectation_values.h"
#include "expectation_words.h"
#include "text_slices.h"

/* Says what should stand where the next word is. */
static void expect(struct expectation_words *words, const char *wanted,
                   const char *const *keywords) {
    cors_slice word = expectation_word(words);
    const char *nearest = word.size > 0 ? expectation_nearest(word, keywords) : NULL;
    struct keep_text message = {.keep = words->keep};
    keep_text_put(&message, wanted);
    if (word.size > 0) {
        keep_text_put(&message, ", not \"");
        keep_text_add(&message, word);
        keep_text_put(&message, "\"");
    }
    expectation_report(words, expectation_word_place(words), keep_text_slice(&message),
                       nearest == NULL ? CORS_SLICE("") : text_slice(nearest));
}

static const char *const after_origin[] = {"may", NULL};
static const char *const after_may[] = {"not", "read",  "GET",    "HEAD",    "POST",
                                        "PUT", "PATCH", "DELETE", "OPTIONS", NULL};
static const char *const after_path[] = {"with", "and", NULL};
static const char *const after_and[] = {"read", "not", NULL};
static const char *const after_read[] = {"and", "from", NULL};

static bool add_item(struct expectation_words *words, struct expectation_list *list) {
    if (list->items == NULL) {
        list->items = keep_memory(words->keep, EXPECTATION_WORDS_MAX * sizeof *list->items);
    }
    list->items[list->count++] = expectation_word(words);
    words->next++;
    return true;
}

static bool at_separator(const struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    return text_is(word, ",") || text_is(word, "and");
}

/* Over a ",", an "and", or both. */
static void skip_separator(struct expectation_words *words) {
    if (expectation_word_is(words, ",")) {
        (void)expectation_word_is(words, "and");
    } else {
        words->next++;
    }
}

/* Whether after a separator something else begins than a further name. */
static bool list_ends(const struct expectation_words *words) {
    struct expectation_words ahead = *words;
    skip_separator(&ahead);
    cors_slice word = expectation_word(&ahead);
    return text_is(word, "read") || text_is(word, "with") ||
           (text_is(word, "not") && text_is(expectation_word_after(&ahead), "read"));
}

/* One or more of something, with separators between. */
static bool parse_list(struct expectation_words *words, const char *wanted,
                       void (*check)(struct expectation_words *words),
                       struct expectation_list *list) {
    static const char *const none[] = {NULL};
    for (;;) {
        if (expectation_word(words).size == 0 || at_separator(words)) {
            expect(words, wanted, none);
            return false;
        }
        check(words);
        (void)add_item(words, list);
        if (!at_separator(words) || list_ends(words)) {
            return true;
        }
        skip_separator(words);
    }
}

static bool parse_methods(struct expectation_words *words, struct expectation *expectation) {
    return parse_list(words, "here a method is named, such as GET", expectation_check_method,
                      &expectation->methods);
}

static bool parse_path(struct expectation_words *words, struct expectation *expectation) {
    static const char *const none[] = {NULL};
    cors_slice word = expectation_word(words);
    if (word.size == 0 || word.data[0] != '/') {
        expect(words, "after the method comes a path that begins with /", none);
        return false;
    }
    expectation_check_path(words);
    expectation->path = word;
    words->next++;
    return true;
}

static void add_header(struct expectation_words *words, struct expectation *expectation,
                       cors_slice name, cors_slice value) {
    if (expectation->headers == NULL) {
        expectation->headers = keep_memory(words->keep, EXPECTATION_WORDS_MAX * sizeof(cors_field));
    }
    expectation->headers[expectation->header_count++] = (cors_field){name, value};
}

static bool is_media_type(cors_slice word) {
    size_t slash = text_find(word, '/');
    for (size_t i = 0; i < word.size; i++) {
        if ((unsigned char)word.data[i] >= 0x7F) {
            return false;
        }
    }
    return slash > 0 && slash + 1 < word.size;
}

static bool parse_thing(struct expectation_words *words, struct expectation *expectation) {
    static const char *const none[] = {NULL};
    if (expectation_word_is(words, "credentials")) {
        expectation->credentials = true;
        return true;
    }
    if (text_is_folded(expectation_word(words), "content-type") &&
        is_media_type(expectation_word_after(words))) {
        add_header(words, expectation, expectation_word(words), expectation_word_after(words));
        words->next += 2;
        return true;
    }
    bool forced = expectation_word_is(words, "header") || expectation_word_is(words, "headers");
    cors_slice name = expectation_word(words);
    if (name.size == 0 || at_separator(words)) {
        expect(words, "here a header is named, or credentials", none);
        return false;
    }
    if (!forced || !text_is_folded(name, "credentials")) {
        expectation_check_sent_header(words);
    }
    add_header(words, expectation, name, expectation_header_value(name));
    words->next++;
    return true;
}

static bool parse_things(struct expectation_words *words, struct expectation *expectation) {
    while (parse_thing(words, expectation)) {
        if (!at_separator(words) || list_ends(words)) {
            return true;
        }
        skip_separator(words);
    }
    return false;
}

/* "read etag", "not read x-secret" */
static bool parse_reading(struct expectation_words *words, struct expectation *expectation) {
    struct expectation_place place = expectation_word_place(words);
    bool hidden = expectation_word_is(words, "not");
    if (!expectation_word_is(words, "read")) {
        expect(words, "after \"and\" comes \"read\" or \"not read\" with header names", after_and);
        return false;
    }
    if (!expectation->may) {
        expectation_report(
            words, place,
            CORS_SLICE("whoever may not make the call reads nothing of its answer; say only what "
                       "may not be read"),
            keep_format(words->keep, "%.*s may not read ... from %.*s",
                        SLICE_ARGUMENTS(expectation->origin), SLICE_ARGUMENTS(expectation->path)));
        return false;
    }
    return parse_list(words, "here the name of an answer's header stands",
                      expectation_check_read_header,
                      hidden ? &expectation->hidden : &expectation->read);
}

static bool parse_tail(struct expectation_words *words, struct expectation *expectation) {
    while (expectation_word(words).size > 0) {
        bool fine;
        if (expectation_word_is(words, "with")) {
            fine = parse_things(words, expectation);
        } else if (at_separator(words)) {
            skip_separator(words);
            fine = expectation_word_is(words, "with") ? parse_things(words, expectation)
                                                      : parse_reading(words, expectation);
        } else {
            expect(words, "here the sentence ends, or goes on with \"with\" or \"and read\"",
                   after_path);
            fine = false;
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}

/* "read etag from GET /api/x" */
static bool parse_reading_from(struct expectation_words *words, struct expectation *expectation) {
    if (!parse_list(words, "here the name of an answer's header stands",
                    expectation_check_read_header,
                    expectation->may ? &expectation->read : &expectation->hidden)) {
        return false;
    }
    if (!expectation_word_is(words, "from")) {
        expect(words, "after the header names comes \"from\" and a path", after_read);
        return false;
    }
    cors_slice word = expectation_word(words);
    if (word.size > 0 && word.data[0] == '/') {
        expectation->methods.items = keep_memory(words->keep, sizeof(cors_slice));
        expectation->methods.items[expectation->methods.count++] = CORS_SLICE("GET");
    } else if (!parse_methods(words, expectation)) {
        return false;
    }
    return parse_path(words, expectation) && parse_tail(words, expectation);
}

static bool parse_sentence(struct expectation_words *words, struct expectation *expectation) {
    expectation->origin = expectation_word(words);
    expectation->place = expectation_word_place(words);
    expectation_check_origin(words);
    words->next++;
    if (!expectation_word_is(words, "may")) {
        expect(words, "after the origin comes \"may\" or \"may not\"", after_origin);
        return false;
    }
    expectation->may = !expectation_word_is(words, "not");
    if (expectation_word(words).size == 0 && !expectation->may) {
        expectation->everywhere = true;
        return true;
    }
    if (expectation_word_is(words, "read")) {
        return parse_reading_from(words, expectation);
    }
    cors_slice word = expectation_word(words);
    bool method = word.size > 0 && word.data[0] != '/' && expectation_is_token(word);
    if (!method) {
        expect(words, "after \"may\" comes a method and a path, such as GET /api/x", after_may);
        return false;
    }
    return parse_methods(words, expectation) && parse_path(words, expectation) &&
           parse_tail(words, expectation);
}

static void add_expectation(struct expectation_words *words,
                            const struct expectation *expectation) {
    struct expectation_file *file = words->file;
    bool full = file->count == 0 || (file->count >= 64 && (file->count & (file->count - 1)) == 0);
    if (full) {
        size_t capacity = file->count == 0 ? 64 : 2 * file->count;
        struct expectation *larger = keep_memory(words->keep, capacity * sizeof *larger);
        if (file->count > 0) {
            memcpy(larger, file->expectations, file->count * sizeof *larger);
        }
        file->expectations = larger;
    }
    file->expectations[file->count++] = *expectation;
}

static void take_sentence(struct expectation_words *words) {
    struct expectation expectation = {.line = words->line, .text = words->sentence};
    if (words->count > EXPECTATION_WORDS_MAX) {
        words->count = EXPECTATION_WORDS_MAX;
        expectation_report(words, expectation_place_of(words, words->sentence.data),
                           CORS_SLICE("this sentence is too long; make several of it"),
                           CORS_SLICE(""));
        return;
    }
    if (parse_sentence(words, &expectation) && !words->broken) {
        add_expectation(words, &expectation);
    }
}

/* Up to a "#" that begins the line or follows white space. */
static cors_slice without_comment(cors_slice line) {
    for (size_t i = 0; i < line.size; i++) {
        bool begins = i == 0 || line.data[i - 1] == ' ' || line.data[i - 1] == '\t';
        if (line.data[i] == '#' && begins) {
            line.size = i;
        }
    }
    return line;
}

static void take_policy(struct expectation_words *words, cors_slice name) {
    struct expectation_file *file = words->file;
    struct expectation_place place = expectation_place_of(words, name.data);
    name = text_trim(name);
    if (name.size == 0) {
        expectation_report(words, place, CORS_SLICE("after \"policy:\" a file is named"),
                           CORS_SLICE("policy: cors.yaml"));
    } else if (file->policy.size > 0) {
        expectation_report(words, place,
                           CORS_SLICE("a second policy; put its expectations into another file"),
                           CORS_SLICE(""));
    } else {
        file->policy = keep_slice(words->keep, name);
        file->policy_place = expectation_place_of(words, text_trim(name).data);
        file->policy_line = words->line;
    }
}

static bool line_is_sound(struct expectation_words *words) {
    if (words->line.size > EXPECTATION_LINE_BYTES_MAX) {
        words->line.size = 0;
        expectation_report(words, (struct expectation_place){words->number, 1},
                           CORS_SLICE("this line is longer than 16 KiB"), CORS_SLICE(""));
        return false;
    }
    for (size_t i = 0; i < words->line.size; i++) {
        unsigned char byte = (unsigned char)words->line.data[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
            expectation_report(words, expectation_place_of(words, words->line.data + i),
                               CORS_SLICE("a control character stands here"), CORS_SLICE(""));
            return false;
        }
    }
    return true;
}

static void take_line(struct expectation_words *words) {
    if (!line_is_sound(words)) {
        return;
    }
    cors_slice rest = without_comment(words->line);
    cors_slice trimmed = text_trim(rest);
    if (text_starts_folded(trimmed, "policy:")) {
        take_policy(words, text_skip(trimmed, strlen("policy:")));
        return;
    }
    while (expectation_words_take(words, &rest)) {
        take_sentence(words);
    }
}

void expectation_parse(struct keep *keep, cors_slice text, struct expectation_file *file) {
    struct expectation_words *words = keep_memory(keep, sizeof *words);
    words->keep = keep;
    words->file = file;
    while (text.size > 0) {
        size_t size = text_find(text, '\n');
        words->line = (cors_slice){text.data, size};
        words->number++;
        text = text_skip(text, size < text.size ? size + 1 : size);
        if (size > 0 && words->line.data[size - 1] == '\r') {
            words->line.size--;
        }
        take_line(words);
    }
}
