/* SPDX-License-Identifier: MIT */
/* What -H takes: a header, or a file of them, so that no secret has to stand among arguments. */
#include "check.h"
#include "text_slices.h"

/* Servers take 8 to 64 KiB of headers. */
enum { HEADER_FILE_BYTES_MAX = 1 << 16 };

bool check_header_option_read(struct keep *keep, const char *argument, check_header_taker *take,
                              void *context) {
    cors_slice text;
    cors_slice line;
    if (argument[0] != '@') {
        return take(context, text_slice(argument));
    }
    if (!check_file_read(keep, argument + 1, HEADER_FILE_BYTES_MAX, &text)) {
        return false;
    }
    while (text_take(&text, '\n', &line)) {
        if (line.size > 0 && !take(context, line)) {
            return false;
        }
    }
    return true;
}
