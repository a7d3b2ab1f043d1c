/* SPDX-License-Identifier: MIT */
/* Targets out of a list: a URL a line, with a method before it where it is not the default. */
#include "audit_targets.h"
#include "check.h"

/* Up to the next blank. */
static cors_slice take_word(cors_slice *line) {
    size_t size = 0;
    *line = text_trim_start(*line);
    while (size < line->size && !byte_is_blank(line->data[size])) {
        size++;
    }
    cors_slice word = {line->data, size};
    *line = text_skip(*line, size);
    return word;
}

/* A comment begins the line, or stands behind a blank: in a URL, # begins a fragment. */
static cors_slice without_comment(cors_slice line) {
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '#' && (i == 0 || byte_is_blank(line.data[i - 1]))) {
            return (cors_slice){line.data, i};
        }
    }
    return line;
}

static bool add_line(struct audit_targets *targets, cors_slice place, cors_slice line) {
    struct audit_target target = {.url = take_word(&line)};
    cors_slice second = take_word(&line);
    if (target.url.size == 0) {
        return true;
    }
    if (second.size > 0) {
        target.method = target.url;
        target.url = second;
    }
    if (text_trim(line).size > 0) {
        (void)fputs("cors audit: ", stderr);
        print_clean(stderr, place);
        (void)fputs("a line is a URL, or a method, a blank and a URL\n", stderr);
        return false;
    }
    return audit_targets_add(targets, place, &target);
}

/* Said before any of it is quoted: a recording holds cookies and tokens. */
static bool refuse_json(cors_slice name) {
    (void)fputs("cors audit: ", stderr);
    print_clean(stderr, name);
    (void)fputs(": this is JSON, not a list of URLs: give a HAR file with --har, an OpenAPI file "
                "with --openapi\n",
                stderr);
    return false;
}

bool audit_list_read(struct audit_targets *targets, const char *path) {
    cors_slice text;
    size_t number = 0;
    if (!check_file_read(targets->keep, path, CHECK_INPUT_BYTES_MAX, &text)) {
        return false;
    }
    if (text_starts_folded(text, "\xEF\xBB\xBF")) {
        text = text_skip(text, 3); /* a mark of UTF-8 that some editors write */
    }
    cors_slice name =
        text_is(text_slice(path), "-") ? CORS_SLICE("standard input") : text_slice(path);
    if (text_starts_folded(text_trim_start(text), "{")) {
        return refuse_json(name);
    }
    while (text.size > 0) {
        size_t end = text_find(text, '\n');
        cors_slice line = without_comment((cors_slice){text.data, end});
        char place[512];
        int size = snprintf(place, sizeof place, "%.400s:%zu: ", name.data, ++number);
        if (!add_line(targets, (cors_slice){place, (size_t)size}, line)) {
            return false;
        }
        text = text_skip(text, end < text.size ? end + 1 : end);
    }
    return true;
}
