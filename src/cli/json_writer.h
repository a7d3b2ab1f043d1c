/* SPDX-License-Identifier: MIT */
/*
 * JSON that is written straight into memory: compact, and in ASCII, since some readers take U+2028
 * and the like for the end of a line, and terminals take some characters for commands. The bytes
 * are those that jansson would write of the same values, but for DEL, which it does not escape.
 */
#ifndef CORS_CLI_JSON_WRITER_H
#define CORS_CLI_JSON_WRITER_H

#include <cors/types.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* All zero at first. Once memory failed nothing more is written, and `failed` tells. */
struct json_writer {
    char *data; /* of malloc */
    size_t size;
    size_t capacity;
    bool failed;
};

/* Makes room for so many bytes more; false where memory failed. */
bool json_writer_grow(struct json_writer *writer, size_t size);

/* JSON as it stands: brackets, names of members, literals. */
static inline void json_write(struct json_writer *writer, const char *json, size_t size) {
    bool room = size <= writer->capacity - writer->size || json_writer_grow(writer, size);
    if (size > 0 && room) {
        memcpy(writer->data + writer->size, json, size);
        writer->size += size;
    }
}

#define JSON_WRITE(writer, literal) json_write(writer, literal, sizeof(literal) - 1)

/* A string. Bytes that are no UTF-8 are shown as the characters that they are in Latin-1. */
void json_write_slice(struct json_writer *writer, cors_slice text);
/* The same without the quotation marks: a part of a string. */
void json_write_characters(struct json_writer *writer, cors_slice text);
void json_write_text(struct json_writer *writer, const char *text);
void json_write_integer(struct json_writer *writer, int value);
void json_write_boolean(struct json_writer *writer, bool value);
/* Any value that jansson holds. */
void json_write_value(struct json_writer *writer, const json_t *value);

/*
 * Prints a value in the same way, so that no terminal takes what strangers said for commands.
 *
 * flags  of jansson: JSON_COMPACT, JSON_INDENT(n), JSON_REAL_PRECISION(n).
 * Returns false where there is no value, or the stream cannot be written, or jansson has no memory
 * (see json_needs_memory()).
 */
bool json_print(const json_t *value, size_t flags, FILE *stream);

/* A comma, unless what is written so far ends where a list or an object begins. */
static inline void json_write_comma(struct json_writer *writer, size_t start) {
    if (writer->size > start) {
        JSON_WRITE(writer, ",");
    }
}

#endif
