/* SPDX-License-Identifier: MIT */
/* The `cors check` command line for a console message. */
#include <cors/browser.h>

#include "bytes.h"

/* A line under way: counts what does not fit. */
struct line {
    char *data;
    size_t size;
    size_t capacity;
};

static void add(struct line *line, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (line->size < line->capacity) {
            line->data[line->size] = text.data[i];
        }
        line->size++;
    }
}

/* The inside of a quoted word; control characters have no place in one. */
static void add_inside_quotes(struct line *line, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\'') {
            add(line, CORS_SLICE("'\\''"));
        } else if (!byte_is(text.data[i], BYTE_CONTROL)) {
            add(line, slice_of(text.data + i, 1));
        }
    }
}

/* One word of a shell's command line. */
static void add_quoted(struct line *line, cors_slice text) {
    add(line, CORS_SLICE("'"));
    add_inside_quotes(line, text);
    add(line, CORS_SLICE("'"));
}

static void add_option(struct line *line, cors_slice option, cors_slice value) {
    if (value.size > 0) {
        add(line, option);
        add_quoted(line, value);
    }
}

static bool starts_folded(cors_slice text, cors_slice lower) {
    return text.size > lower.size && slice_equals_folded(slice_of(text.data, lower.size), lower);
}

/* Whether `cors check` can call it. */
static bool is_callable(cors_slice url) {
    return starts_folded(url, CORS_SLICE("http://")) || starts_folded(url, CORS_SLICE("https://"));
}

static bool needs_credentials(cors_code code) {
    return code == CORS_CODE_WILDCARD_WITH_CREDENTIALS ||
           code == CORS_CODE_INVALID_ALLOW_CREDENTIALS;
}

/* The method that the message names, or one that it may be about where it names none. */
static void add_method(struct line *line, const cors_explanation *explanation) {
    bool is_about_method = explanation->code == CORS_CODE_METHOD_NOT_ALLOWED;
    cors_slice method = explanation->named.method;
    add_option(line, CORS_SLICE(" -X "),
               is_about_method && method.size == 0 ? CORS_SLICE("PUT") : method);
}

/* A header that the message names, or one that forces the preflight that it speaks of. */
static void add_header(struct line *line, const cors_explanation *explanation) {
    static const cors_slice content_type = {"content-type", 12};
    cors_slice header = explanation->named.header;
    bool forces = explanation->preflight_known && explanation->preflight;
    if (header.size > 0) {
        add(line, CORS_SLICE(" -H '"));
        add_inside_quotes(line, header);
        add(line, slice_equals_folded(header, content_type) ? CORS_SLICE(": application/json'")
                                                            : CORS_SLICE(": x'"));
    } else if (forces && explanation->code != CORS_CODE_METHOD_NOT_ALLOWED) {
        add_option(line, CORS_SLICE(" -H "), CORS_SLICE("content-type: application/json"));
    }
}

size_t cors_explanation_check(const cors_explanation *explanation, char *buffer, size_t size) {
    const cors_failure *named = &explanation->named;
    struct line line = {.capacity = size};
    cors_slice url = named->first_url.size > 0 ? named->first_url : named->url;
    line.data = buffer;
    if (!is_callable(url)) {
        return 0;
    }
    add(&line, CORS_SLICE("cors check "));
    add_quoted(&line, url);
    add_option(&line, CORS_SLICE(" --origin "), named->page);
    add_method(&line, explanation);
    add_header(&line, explanation);
    if (needs_credentials(explanation->code)) {
        add(&line, CORS_SLICE(" --credentials"));
    }
    if (explanation->browser_known) {
        add(&line, CORS_SLICE(" --browser "));
        add(&line, slice_of_text(cors_browser_name(explanation->browser)));
    }
    return line.size;
}
