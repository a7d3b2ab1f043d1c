/* SPDX-License-Identifier: MIT */
#include "json_writer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 1 << 16 };

bool json_writer_grow(struct json_writer *writer, size_t size) {
    size_t capacity = writer->capacity == 0 ? FIRST_CAPACITY : writer->capacity;
    while (!writer->failed && capacity - writer->size < size) {
        writer->failed = capacity > SIZE_MAX / 2;
        capacity *= 2;
    }
    char *data = writer->failed ? NULL : realloc(writer->data, capacity);
    writer->failed = data == NULL;
    if (writer->failed) {
        return false;
    }
    writer->data = data;
    writer->capacity = capacity;
    return true;
}

/* Eight equal bytes. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * Whether eight bytes are written as they are: none is a quotation mark, a backslash, a control
 * character or beyond ASCII. In a byte below 0x80 a subtraction sets the topmost bit only where
 * what is subtracted was more, and adding one sets it in DEL.
 */
static bool eight_are_plain(const char *text) {
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    uint64_t controls = (bytes - EIGHT(0x20)) | (bytes + EIGHT(1));
    uint64_t quotes = (bytes ^ EIGHT('"')) - EIGHT(1);
    uint64_t backslashes = (bytes ^ EIGHT('\\')) - EIGHT(1);
    return ((bytes | controls | quotes | backslashes) & EIGHT(0x80)) == 0;
}

static bool is_plain(unsigned char byte) {
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* How many bytes from here on are written as they are. */
static size_t plain_size(cors_slice text, size_t from) {
    size_t end = from;
    while (text.size - end >= sizeof(uint64_t) && eight_are_plain(text.data + end)) {
        end += sizeof(uint64_t);
    }
    while (end < text.size && is_plain((unsigned char)text.data[end])) {
        end++;
    }
    return end - from;
}

/*
 * Reads the character at `from`, of two bytes or more.
 * Returns how many bytes it takes; 0 where they are no UTF-8 (RFC 3629, section 4).
 */
static size_t read_character(cors_slice text, size_t from, uint32_t *character) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)text.data[from];
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size - from < size) {
        return 0;
    }
    *character = lead & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        unsigned char byte = (unsigned char)text.data[from + i];
        if ((byte & 0xC0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (byte & 0x3F);
    }
    bool surrogate = *character >= 0xD800 && *character <= 0xDFFF;
    return *character < smallest[size] || *character > 0x10FFFF || surrogate ? 0 : size;
}

static void write_unit(struct json_writer *writer, uint32_t unit) {
    static const char digits[] = "0123456789ABCDEF";
    char escape[] = {'\\',
                     'u',
                     digits[unit >> 12],
                     digits[unit >> 8 & 15],
                     digits[unit >> 4 & 15],
                     digits[unit & 15]};
    json_write(writer, escape, sizeof escape);
}

/* Any character that is not plain. */
static void write_escape(struct json_writer *writer, uint32_t character) {
    static const char named[] = "\"\\\b\f\n\r\t";
    static const char names[] = "\"\\bfnrt";
    const char *found = character < 0x80 ? memchr(named, (int)character, sizeof named - 1) : NULL;
    if (found != NULL) {
        char escape[] = {'\\', names[found - named]};
        json_write(writer, escape, sizeof escape);
    } else if (character < 0x10000) {
        write_unit(writer, character);
    } else {
        write_unit(writer, 0xD800 + ((character - 0x10000) >> 10));
        write_unit(writer, 0xDC00 + ((character - 0x10000) & 0x3FF));
    }
}

/* As Latin-1, or as UTF-8: false where the text is none. */
static bool write_as(struct json_writer *writer, cors_slice text, bool latin_1) {
    for (size_t at = 0; at < text.size;) {
        size_t plain = plain_size(text, at);
        json_write(writer, text.data + at, plain);
        at += plain;
        if (at == text.size) {
            break;
        }
        uint32_t character = (unsigned char)text.data[at];
        size_t size = character < 0x80 || latin_1 ? 1 : read_character(text, at, &character);
        if (size == 0) {
            return false;
        }
        write_escape(writer, character);
        at += size;
    }
    return true;
}

void json_write_characters(struct json_writer *writer, cors_slice text) {
    size_t start = writer->size;
    if (!write_as(writer, text, false)) {
        writer->size = start;
        (void)write_as(writer, text, true);
    }
}

void json_write_slice(struct json_writer *writer, cors_slice text) {
    JSON_WRITE(writer, "\"");
    json_write_characters(writer, text);
    JSON_WRITE(writer, "\"");
}

void json_write_text(struct json_writer *writer, const char *text) {
    json_write_slice(writer, (cors_slice){text, strlen(text)});
}

void json_write_integer(struct json_writer *writer, int value) {
    char digits[16];
    size_t first = sizeof digits;
    unsigned rest = value < 0 ? 0U - (unsigned)value : (unsigned)value;
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        digits[--first] = '-';
    }
    json_write(writer, digits + first, sizeof digits - first);
}

void json_write_boolean(struct json_writer *writer, bool value) {
    if (value) {
        JSON_WRITE(writer, "true");
    } else {
        JSON_WRITE(writer, "false");
    }
}

/*
 * Hands on a part of what jansson writes, in pieces. It leaves DEL as it is, which can only stand
 * in a string.
 */
static void put_part(const char *json, size_t size,
                     void (*put)(void *to, const char *piece, size_t size), void *to) {
    static const char escaped[] = "\\u007F";
    const char *end = json + size;
    const char *delete;
    while ((delete = memchr(json, 0x7F, (size_t)(end - json))) != NULL) {
        put(to, json, (size_t)(delete - json));
        put(to, escaped, sizeof escaped - 1);
        json = delete + 1;
    }
    put(to, json, (size_t)(end - json));
}

static void put_in_writer(void *to, const char *piece, size_t size) {
    json_write(to, piece, size);
}

static void put_in_stream(void *to, const char *piece, size_t size) {
    (void)fwrite(piece, 1, size, to);
}

static int write_part(const char *json, size_t size, void *context) {
    const struct json_writer *writer = context;
    put_part(json, size, put_in_writer, context);
    return writer->failed ? -1 : 0;
}

static int print_part(const char *json, size_t size, void *context) {
    put_part(json, size, put_in_stream, context);
    return ferror(context) == 0 ? 0 : -1;
}

void json_write_value(struct json_writer *writer, const json_t *value) {
    if (json_is_string(value)) {
        json_write_slice(writer, (cors_slice){json_string_value(value), json_string_length(value)});
    } else if (json_dump_callback(value, write_part, writer,
                                  JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) != 0) {
        writer->failed = true;
    }
}

bool json_print(const json_t *value, size_t flags, FILE *stream) {
    return json_dump_callback(value, print_part, stream,
                              flags | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) == 0;
}
