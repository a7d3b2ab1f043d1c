/* SPDX-License-Identifier: MIT */
#include "fuzzed_output.h"

#include <string.h>

#include "invariant.h"

/*
 * Reads the character that begins the text, as RFC 3629 has it; 0 where it is none. Written apart
 * from the command's own reader, which asks the C library.
 */
static size_t read_character(cors_slice text, uint32_t *character) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = (uint8_t)text.data[0];
    size_t size = first < 0x80             ? 1
                  : (first & 0xE0) == 0xC0 ? 2
                  : (first & 0xF0) == 0xE0 ? 3
                  : (first & 0xF8) == 0xF0 ? 4
                                           : 0;
    if (size == 0 || size > text.size) {
        return 0;
    }
    *character = size == 1 ? first : first & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        uint8_t next = (uint8_t)text.data[i];
        if ((next & 0xC0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (next & 0x3FU);
    }
    bool surrogate = *character >= 0xD800 && *character <= 0xDFFF;
    return *character < least[size] || *character > 0x10FFFF || surrogate ? 0 : size;
}

static bool is_command(uint32_t character) {
    return (character < 0x20 && character != '\n') || (character >= 0x7F && character < 0xA0) ||
           (character >= 0x202A && character <= 0x202E) ||
           (character >= 0x2066 && character <= 0x2069);
}

bool fuzzed_is_clean(cors_slice text) {
    while (text.size > 0) {
        uint32_t character = 0;
        size_t size = read_character(text, &character);
        if (size == 0 || is_command(character)) {
            return false;
        }
        text = (cors_slice){text.data + size, text.size - size};
    }
    return true;
}

json_t *fuzzed_json(cors_slice text) {
    json_t *value = json_loadb(text.data, text.size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    INVARIANT(value != NULL, "what is printed as JSON is JSON");
    return value;
}

json_t *fuzzed_json_lines(cors_slice text) {
    json_t *lines = json_array();
    while (text.size > 0) {
        const char *end = memchr(text.data, '\n', text.size);
        INVARIANT(end != NULL, "the last line of JSON Lines ends, too");
        size_t size = (size_t)(end - text.data);
        (void)json_array_append_new(lines, fuzzed_json((cors_slice){text.data, size}));
        text = (cors_slice){end + 1, text.size - size - 1};
    }
    return lines;
}
