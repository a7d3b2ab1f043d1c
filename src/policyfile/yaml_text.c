/* SPDX-License-Identifier: MIT */
#include "yaml_text.h"

void text_cursor_begin(struct text_cursor *cursor, cors_slice text) {
    *cursor = (struct text_cursor){.text = text, .line = 1, .column = 1};
}

static bool continues_character(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static void step(struct text_cursor *cursor) {
    bool ends_line = cursor->text.data[cursor->offset] == '\n';
    do {
        cursor->offset++;
    } while (cursor->offset < cursor->text.size &&
             continues_character(cursor->text.data[cursor->offset]));
    cursor->index++;
    cursor->line += ends_line;
    cursor->column = ends_line ? 1 : cursor->column + 1;
}

void text_cursor_seek(struct text_cursor *cursor, size_t index) {
    if (index < cursor->index) {
        text_cursor_begin(cursor, cursor->text);
    }
    while (cursor->index < index && cursor->offset < cursor->text.size) {
        step(cursor);
    }
}

/* The code point at the start of the text and its size in bytes; size 0 where it is not UTF-8. */
static uint32_t decode(cors_slice text, size_t *size) {
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text.data[0];
    size_t length = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *size = 0;
    if (length == 0 || first > 0xF4 || length > text.size) {
        return 0;
    }
    uint32_t point = length == 1 ? first : first & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if (!continues_character(text.data[i])) {
            return 0;
        }
        point = point << 6 | ((unsigned char)text.data[i] & 0x3FU);
    }
    bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    *size = point < smallest[length] || point > 0x10FFFF || surrogate ? 0 : length;
    return point;
}

/* YAML 1.1, section 4.1.1: the printable characters. */
static bool is_printable(uint32_t point) {
    return (point >= 0x20 && point <= 0x7E) || point == '\t' || point == '\n' || point == '\r' ||
           point == 0x85 || (point >= 0xA0 && point != 0xFFFE && point != 0xFFFF);
}

enum text_fault text_find_fault(cors_slice text, cors_slice *before) {
    *before = text;
    for (size_t offset = 0; offset < text.size;) {
        size_t size;
        uint32_t point = decode((cors_slice){text.data + offset, text.size - offset}, &size);
        if (size == 0 || !is_printable(point)) {
            before->size = offset;
            return size == 0 ? TEXT_NOT_UTF8 : TEXT_CONTROL;
        }
        offset += size;
    }
    return TEXT_SOUND;
}
