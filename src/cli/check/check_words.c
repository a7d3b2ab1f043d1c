/* SPDX-License-Identifier: MIT */
/*
 * Splits a command line as the shell would, for what browsers copy as cURL: bash's quotes, with
 * $'...', or those of Windows' cmd. Nothing is expanded, substituted or run.
 */
#include <string.h>

#include "check.h"

enum { WORDS_MAX = 4096 };

struct splitter {
    struct keep *keep;
    cors_slice rest;
    struct keep_text word;
    bool in_word;
    struct check_words *words;
    const char *error;
};

static void put(struct splitter *splitter, char byte) {
    keep_text_add(&splitter->word, (cors_slice){&byte, 1});
    splitter->in_word = true;
}

static bool more(const struct splitter *splitter) {
    return splitter->rest.size > 0;
}

static char peek(const struct splitter *splitter) {
    return splitter->rest.data[0];
}

static char take(struct splitter *splitter) {
    char byte = splitter->rest.data[0];
    splitter->rest = text_skip(splitter->rest, 1);
    return byte;
}

static void end_word(struct splitter *splitter) {
    if (splitter->in_word && splitter->words->count == WORDS_MAX) {
        splitter->error = "the command has too many words";
        return;
    }
    if (splitter->in_word) {
        splitter->words->items[splitter->words->count++] =
            keep_slice(splitter->keep, keep_text_slice(&splitter->word));
    }
    splitter->word.size = 0;
    splitter->in_word = false;
}

/* A number of up to `digits` digits, as in \x41, \u00e9 and \101. */
static uint32_t take_number(struct splitter *splitter, uint32_t base, size_t digits) {
    uint32_t number = 0;
    for (size_t i = 0; i < digits && more(splitter); i++) {
        char byte = (char)(peek(splitter) | 0x20);
        uint32_t digit = byte >= '0' && byte <= '9'   ? (uint32_t)(byte - '0')
                         : byte >= 'a' && byte <= 'f' ? (uint32_t)(byte - 'a') + 10
                                                      : base;
        if (digit >= base) {
            break;
        }
        number = number * base + digit;
        (void)take(splitter);
    }
    return number;
}

static void put_code_point(struct splitter *splitter, uint32_t point) {
    if (point < 0x80) {
        put(splitter, (char)point);
    } else if (point < 0x800) {
        put(splitter, (char)(0xC0 | point >> 6));
        put(splitter, (char)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        put(splitter, (char)(0xE0 | point >> 12));
        put(splitter, (char)(0x80 | (point >> 6 & 0x3F)));
        put(splitter, (char)(0x80 | (point & 0x3F)));
    } else {
        put(splitter, (char)(0xF0 | (point >> 18 & 0x07)));
        put(splitter, (char)(0x80 | (point >> 12 & 0x3F)));
        put(splitter, (char)(0x80 | (point >> 6 & 0x3F)));
        put(splitter, (char)(0x80 | (point & 0x3F)));
    }
}

/* A surrogate pair, as Chromium writes characters beyond the first plane. */
static void put_utf16(struct splitter *splitter) {
    uint32_t unit = take_number(splitter, 16, 4);
    bool pair = unit >= 0xD800 && unit < 0xDC00 && splitter->rest.size >= 2 &&
                memcmp(splitter->rest.data, "\\u", 2) == 0;
    if (pair) {
        splitter->rest = text_skip(splitter->rest, 2);
        uint32_t low = take_number(splitter, 16, 4);
        unit = 0x10000 + ((unit - 0xD800) << 10) + ((low - 0xDC00) & 0x3FF);
    }
    put_code_point(splitter, unit);
}

/* What follows a backslash in $'...'. */
static void put_escape(struct splitter *splitter) {
    static const char letters[] = "abefnrtv";
    static const char meant[] = "\a\b\033\f\n\r\t\v";
    char byte = peek(splitter);
    const char *letter = byte == '\0' ? NULL : strchr(letters, byte);
    if (byte >= '0' && byte <= '7') {
        put(splitter, (char)take_number(splitter, 8, 3));
        return;
    }
    (void)take(splitter);
    if (letter != NULL) {
        put(splitter, meant[letter - letters]);
    } else if (byte == 'x') {
        put(splitter, (char)take_number(splitter, 16, 2));
    } else if (byte == 'u') {
        put_utf16(splitter);
    } else if (byte == 'U') {
        put_code_point(splitter, take_number(splitter, 16, 8));
    } else {
        put(splitter, byte);
    }
}

/* Up to the quote that closes; `escapes` says what a backslash does inside. */
enum escapes { ESCAPES_NONE, ESCAPES_DOUBLE, ESCAPES_ANSI };

static void take_quoted(struct splitter *splitter, char quote, enum escapes escapes) {
    splitter->in_word = true;
    while (more(splitter) && peek(splitter) != quote) {
        char byte = take(splitter);
        bool escape = byte == '\\' && escapes != ESCAPES_NONE && more(splitter);
        if (!escape) {
            put(splitter, byte);
        } else if (escapes == ESCAPES_ANSI) {
            put_escape(splitter);
        } else if (peek(splitter) == '\n') {
            (void)take(splitter);
        } else {
            bool special = strchr("\"\\$`", peek(splitter)) != NULL && peek(splitter) != '\0';
            if (!special) {
                put(splitter, byte);
            }
            put(splitter, take(splitter));
        }
    }
    if (!more(splitter)) {
        splitter->error = "a quote is opened and never closed";
        return;
    }
    (void)take(splitter);
}

static void take_line_end(struct splitter *splitter) {
    if (more(splitter) && peek(splitter) == '\r') {
        (void)take(splitter);
    }
    if (more(splitter) && peek(splitter) == '\n') {
        (void)take(splitter);
    }
}

static void take_backslash(struct splitter *splitter) {
    bool line_end = more(splitter) && (peek(splitter) == '\n' || peek(splitter) == '\r');
    if (line_end) {
        take_line_end(splitter);
    } else if (more(splitter)) {
        put(splitter, take(splitter));
    }
}

static void split_bash(struct splitter *splitter) {
    while (more(splitter) && splitter->error == NULL) {
        char byte = take(splitter);
        if (byte_is_blank(byte)) {
            end_word(splitter);
        } else if (byte == '\'') {
            take_quoted(splitter, '\'', ESCAPES_NONE);
        } else if (byte == '"') {
            take_quoted(splitter, '"', ESCAPES_DOUBLE);
        } else if (byte == '$' && more(splitter) && peek(splitter) == '\'') {
            (void)take(splitter);
            take_quoted(splitter, '\'', ESCAPES_ANSI);
        } else if (byte == '\\') {
            take_backslash(splitter);
        } else if (byte == ';' || byte == '|' || byte == '&') {
            break; /* what follows is another command */
        } else {
            put(splitter, byte);
        }
    }
}

/* cmd's own part: a caret takes the meaning from what follows it, but not inside quotes. */
static cors_slice without_carets(struct keep *keep, cors_slice line) {
    struct keep_text text = {.keep = keep};
    bool quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        char byte = line.data[i];
        if (byte == '^' && !quoted && i + 1 < line.size) {
            i++;
            if (line.data[i] == '\r' && i + 1 < line.size && line.data[i + 1] == '\n') {
                i++;
            }
            /* A line end after a caret goes, and what follows it is taken as it is. */
            i += line.data[i] == '\n' && i + 1 < line.size;
            keep_text_add(&text, (cors_slice){line.data + i, 1});
            continue;
        }
        quoted = quoted != (byte == '"');
        keep_text_add(&text, (cors_slice){line.data + i, 1});
    }
    return keep_text_slice(&text);
}

/* The C runtime's part: backslashes count only before a quote; "" in quotes is one. */
static void take_windows_backslashes(struct splitter *splitter, bool *quoted) {
    size_t count = 1;
    while (more(splitter) && peek(splitter) == '\\') {
        (void)take(splitter);
        count++;
    }
    bool before_quote = more(splitter) && peek(splitter) == '"';
    for (size_t i = 0; i < (before_quote ? count / 2 : count); i++) {
        put(splitter, '\\');
    }
    if (before_quote) {
        (void)take(splitter);
        if (count % 2 == 1) {
            put(splitter, '"');
        } else {
            *quoted = !*quoted;
            splitter->in_word = true;
        }
    }
}

static void split_windows(struct splitter *splitter) {
    bool quoted = false;
    while (more(splitter) && splitter->error == NULL) {
        char byte = take(splitter);
        if (byte_is_blank(byte) && !quoted) {
            end_word(splitter);
        } else if (byte == '\\') {
            take_windows_backslashes(splitter, &quoted);
        } else if (byte == '"' && quoted && more(splitter) && peek(splitter) == '"') {
            put(splitter, take(splitter));
        } else if (byte == '"') {
            quoted = !quoted;
            splitter->in_word = true;
        } else {
            put(splitter, byte);
        }
    }
    if (quoted) {
        splitter->error = "a quote is opened and never closed";
    }
}

/* Only cmd's command lines have carets before quotes, and at the ends of lines. */
static bool is_windows(cors_slice line) {
    for (size_t i = 0; i + 1 < line.size; i++) {
        if (line.data[i] == '\'') {
            return false;
        }
        if (line.data[i] == '^' && strchr("\"\r\n", line.data[i + 1]) != NULL) {
            return true;
        }
    }
    return false;
}

bool check_words_split(struct keep *keep, cors_slice line, struct check_words *words,
                       const char **error) {
    struct splitter splitter = {.keep = keep, .rest = line, .word.keep = keep, .words = words};
    *words = (struct check_words){keep_memory(keep, WORDS_MAX * sizeof(cors_slice)), 0};
    if (is_windows(line)) {
        splitter.rest = without_carets(keep, line);
        split_windows(&splitter);
    } else {
        split_bash(&splitter);
    }
    end_word(&splitter);
    *error = splitter.error;
    return splitter.error == NULL;
}
