/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

bool colour_choice_read(const char *argument, enum colour_choice *choice) {
    static const char *const words[] = {
        [COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(argument, words[i]) == 0) {
            *choice = (enum colour_choice)i;
            return true;
        }
    }
    (void)fputs("cors: --color is auto, always or never\n", stderr);
    return false;
}

bool colour_wanted(enum colour_choice choice, FILE *stream) {
    const char *refused = getenv("NO_COLOR");
    if (choice != COLOUR_AUTO) {
        return choice == COLOUR_ALWAYS;
    }
    return (refused == NULL || refused[0] == '\0') && isatty(fileno(stream)) != 0;
}

void style_begin(FILE *stream, bool colour, const char *style) {
    if (colour) {
        (void)fprintf(stream, "\033[%sm", style);
    }
}

void style_end(FILE *stream, bool colour) {
    if (colour) {
        (void)fputs("\033[0m", stream);
    }
}

enum { LAST_CHARACTER = 0x10FFFF }; /* of Unicode */

size_t printable_size(cors_slice text) {
    if (text.data[0] >= 0x20 && text.data[0] < 0x7F) {
        return 1;
    }
    wchar_t character;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    size_t size = mbrtowc(&character, text.data, text.size, &state);
    /* libc takes numbers for characters that lie beyond the last one. */
    bool broken =
        size == 0 || size == (size_t)-1 || size == (size_t)-2 || character > LAST_CHARACTER;
    /* C0, DEL and C1 controls; the marks that turn the direction of text around. */
    if (broken || character < 0x20 || (character >= 0x7F && character < 0xA0) ||
        (character >= 0x202A && character <= 0x202E) ||
        (character >= 0x2066 && character <= 0x2069)) {
        return 0;
    }
    return size;
}

/* How many bytes of plain ASCII stand at the start of the text. */
static size_t plain_size(cors_slice text) {
    size_t size = 0;
    while (size < text.size && text.data[size] >= 0x20 && text.data[size] < 0x7F) {
        size++;
    }
    return size;
}

void print_clean(FILE *stream, cors_slice text) {
    while (text.size > 0) {
        size_t size = plain_size(text);
        size = size == 0 ? printable_size(text) : size;
        if (size == 0) {
            (void)fputs("\xEF\xBF\xBD", stream);
            size = 1;
        } else {
            (void)fwrite(text.data, 1, size, stream);
        }
        text = (cors_slice){text.data + size, text.size - size};
    }
}

/* The longest path, and the words around it. */
enum { COMPLAINT_MAX = 8192 };

void terminal_complain(const char *format, ...) {
    char words[COMPLAINT_MAX];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    size_t whole = size < 0 ? 0 : (size_t)size;
    print_clean(stderr, (cors_slice){words, whole < sizeof words ? whole : sizeof words - 1});
    (void)fputc('\n', stderr);
}
