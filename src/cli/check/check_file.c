/* SPDX-License-Identifier: MIT */
/* Reads a whole file, or standard input, up to a bound. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "command.h"
#include "terminal.h"

static bool read_stream(FILE *stream, struct keep_text *text, size_t bytes_max) {
    char piece[16384];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, stream)) > 0) {
        keep_text_add(text, (cors_slice){piece, got});
        if (text->size > bytes_max) {
            errno = EFBIG;
            return false;
        }
    }
    return ferror(stream) == 0;
}

bool check_file_read(struct keep *keep, const char *path, size_t bytes_max, cors_slice *text) {
    struct keep_text whole = {.keep = keep};
    bool standard_input = strcmp(path, "-") == 0;
    FILE *stream = standard_input ? stdin : fopen(path, "rb");
    bool fine = stream != NULL && read_stream(stream, &whole, bytes_max);
    int error = errno;
    if (stream != NULL && !standard_input) {
        (void)fclose(stream);
    }
    if (!fine) {
        terminal_complain("%s: %s cannot be read: %s", command_words(),
                          standard_input ? "standard input" : path, strerror(error));
    }
    *text = keep_text_slice(&whole);
    return fine;
}
