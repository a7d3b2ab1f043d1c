/* SPDX-License-Identifier: MIT */
#include "xml_text.h"

#include "terminal.h"
#include "text_slices.h"

/* What stands for a byte; NULL where it stands for itself. */
static const char *entity_of(char byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\n':
        return "&#10;";
    default:
        return NULL;
    }
}

/* How much of the text's start needs no entity and is no character that XML leaves out. */
static size_t plain_size(cors_slice text) {
    size_t size = 0;
    while (size < text.size && entity_of(text.data[size]) == NULL && text.data[size] != '\xEF') {
        size++;
    }
    return size;
}

/* U+FFFE and U+FFFF, which are printable to libc and forbidden in XML. */
static bool is_noncharacter(cors_slice text) {
    return text.size >= 3 &&
           (memcmp(text.data, "\xEF\xBF\xBE", 3) == 0 || memcmp(text.data, "\xEF\xBF\xBF", 3) == 0);
}

void xml_write(FILE *stream, cors_slice text) {
    while (text.size > 0) {
        const char *entity = entity_of(text.data[0]);
        size_t size = plain_size(text);
        if (entity != NULL) {
            (void)fputs(entity, stream);
            size = 1;
        } else if (is_noncharacter(text)) {
            (void)fputs("\xEF\xBF\xBD", stream);
            size = 3;
        } else {
            /* A character that begins with 0xEF, or a broken one. */
            size_t character = size > 0 ? 0 : printable_size(text);
            size = size > 0 ? size : character + (character == 0);
            print_clean(stream, (cors_slice){text.data, size});
        }
        text = text_skip(text, size);
    }
}
