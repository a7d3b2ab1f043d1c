/* SPDX-License-Identifier: MIT */
#include "expectation_values.h"

#include <cors/origin.h>
#include <ctype.h>
#include <stddef.h>

#include "text_slices.h"

bool expectation_is_token(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        bool alphanumeric = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                            (byte >= 'a' && byte <= 'z');
        if (!alphanumeric && (byte == '\0' || strchr("!#$%&'*+-.^_`|~", byte) == NULL)) {
            return false;
        }
    }
    return text.size > 0;
}

static cors_slice in_case(struct keep *keep, cors_slice text, int (*convert)(int)) {
    cors_slice copy = keep_slice(keep, text);
    char *bytes = keep_memory(keep, text.size + 1);
    for (size_t i = 0; i < copy.size; i++) {
        bytes[i] = (char)convert((unsigned char)copy.data[i]);
    }
    return (cors_slice){bytes, text.size};
}

static void complain(struct expectation_words *words, const char *format, cors_slice suggestion) {
    cors_slice word = expectation_word(words);
    struct keep_text message = {.keep = words->keep};
    keep_text_put(&message, "\"");
    keep_text_add(&message, word);
    keep_text_put(&message, "\" ");
    keep_text_put(&message, format);
    expectation_report(words, expectation_word_place(words), keep_text_slice(&message), suggestion);
}

/* The origin that was probably meant: in lower case, without path, user and default port. */
static cors_slice mend_origin(struct keep *keep, cors_slice word) {
    cors_slice text = in_case(keep, word, tolower);
    size_t scheme = text_find_folded(text, "://");
    cors_origin origin;
    if (scheme == text.size) {
        text = keep_format(keep, "https://%.*s", SLICE_ARGUMENTS(text));
        scheme = strlen("https");
    }
    cors_slice host = text_skip(text, scheme + 3);
    host.size = text_find(host, '/');
    size_t user = text_find(host, '@');
    host = user < host.size ? text_skip(host, user + 1) : host;
    size_t port = text_find(host, ':');
    cors_slice digits = text_skip(host, port);
    int standard = cors_scheme_default_port((cors_slice){text.data, scheme});
    if (digits.size > 1 && standard > 0 &&
        text_is(digits, keep_format(keep, ":%d", standard).data)) {
        host.size = port;
    }
    text = keep_format(keep, "%.*s://%.*s", (int)scheme, text.data, SLICE_ARGUMENTS(host));
    return cors_origin_parse(text, &origin) ? text : CORS_SLICE("");
}

void expectation_check_origin(struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    cors_origin origin;
    if (cors_origin_parse(word, &origin)) {
        return;
    }
    if (text_find(word, '*') < word.size || text_find(word, '{') < word.size) {
        complain(words, "is a pattern; an expectation speaks of one origin, as a browser sends it",
                 CORS_SLICE(""));
        return;
    }
    complain(words,
             "is no origin as browsers send it: scheme://host or scheme://host:port in lower case, "
             "or null",
             mend_origin(words->keep, word));
}

static const char *const common_methods[] = {"GET",   "HEAD",   "POST",    "PUT",
                                             "PATCH", "DELETE", "OPTIONS", NULL};
static const char *const forbidden_methods[] = {"CONNECT", "TRACE", "TRACK", NULL};

static bool is_one_of(cors_slice word, const char *const *known) {
    for (size_t i = 0; known[i] != NULL; i++) {
        if (text_is_folded(word, known[i])) {
            return true;
        }
    }
    return false;
}

void expectation_check_method(struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    cors_slice upper = in_case(words->keep, word, toupper);
    const char *nearest = expectation_nearest(word, common_methods);
    if (!expectation_is_token(word)) {
        complain(words, "is no HTTP method", CORS_SLICE(""));
    } else if (is_one_of(word, forbidden_methods)) {
        complain(words, "is a method that browsers never let script send", CORS_SLICE(""));
    } else if (is_one_of(word, common_methods)) {
        if (!text_same(word, upper)) {
            complain(words, "is in lower case, and methods are case-sensitive", upper);
        }
    } else if (nearest != NULL) {
        complain(words, "is no method that is known", text_slice(nearest));
    } else if (!text_same(word, upper)) {
        complain(words, "is no method: those are written in upper case", CORS_SLICE(""));
    }
}

void expectation_check_path(struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    if (text_find(word, '*') < word.size) {
        complain(words, "is a pattern; an expectation speaks of one path, such as /api/x",
                 CORS_SLICE(""));
    } else if (text_find(word, '#') < word.size) {
        cors_slice before = {word.data, text_find(word, '#')};
        complain(words, "has a #, and what follows it never reaches a server", before);
    } else if (!cors_target_is_plain(word)) {
        complain(words,
                 "is a path that servers read in different ways: it holds an empty or dot segment, "
                 "a backslash, or one of them encoded",
                 CORS_SLICE(""));
    }
}

/* Whether a browser drops a header that script sets: no request then has it. */
static bool header_is_dropped(cors_slice name) {
    _Alignas(max_align_t) char memory[CORS_FETCH_MEMORY];
    cors_field header = {name, expectation_header_value(name)};
    cors_call call = {.page = CORS_SLICE("https://a.example"),
                      .url = CORS_SLICE("https://b.example/"),
                      .method = CORS_SLICE("GET"),
                      .headers = &header,
                      .header_count = 1};
    cors_fetch *fetch;
    cors_field field;
    size_t position = 0;
    if (cors_fetch_begin(memory, sizeof memory, &call, CORS_BROWSER_STANDARD, NULL, 0, &fetch) !=
            CORS_OK ||
        cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT) {
        return false;
    }
    while (cors_fetch_next_field(fetch, &position, &field)) {
        if (text_same_folded(field.name, name) && text_same(field.value, header.value)) {
            return false;
        }
    }
    return true;
}

static bool check_name(struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    if (!expectation_is_token(word) || text_is(word, "*")) {
        complain(words, "is no header name", CORS_SLICE(""));
        return false;
    }
    if (word.size > CORS_HEADER_NAME_MAX) {
        complain(words, "is longer than a policy's header names can be", CORS_SLICE(""));
        return false;
    }
    return true;
}

void expectation_check_sent_header(struct expectation_words *words) {
    static const char *const known[] = {"credentials", "content-type", NULL};
    cors_slice word = expectation_word(words);
    if (!check_name(words)) {
        return;
    }
    const char *nearest = expectation_nearest(word, known);
    if (text_is_folded(word, "cookie") || text_is_folded(word, "cookies")) {
        complain(words, "is nothing that script sets: cookies go along with credentials",
                 CORS_SLICE("credentials"));
    } else if (text_is_folded(word, "content-type")) {
        complain(words, "needs its value, which decides whether there is a preflight",
                 CORS_SLICE("content-type application/json"));
    } else if (nearest != NULL) {
        complain(words, "is probably misspelt; for a header of that name write \"header\" before",
                 text_slice(nearest));
    } else if (header_is_dropped(word)) {
        complain(words, "is a header that browsers never let script set", CORS_SLICE(""));
    }
}

void expectation_check_read_header(struct expectation_words *words) {
    cors_slice word = expectation_word(words);
    if (check_name(words) &&
        (text_is_folded(word, "set-cookie") || text_is_folded(word, "set-cookie2"))) {
        complain(words, "is a header that browsers never let script read", CORS_SLICE(""));
    }
}

cors_slice expectation_header_value(cors_slice name) {
    static const char *const values[][2] = {
        {"accept", "*/*"},          {"accept-language", "en"},
        {"content-language", "en"}, {"authorization", "Bearer 1"},
        {"range", "bytes=0-"},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (text_is_folded(name, values[i][0])) {
            return text_slice(values[i][1]);
        }
    }
    return CORS_SLICE("1");
}
