/* SPDX-License-Identifier: MIT */
#include "json_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "terminal.h"

json_t *json_text(cors_slice text) {
    json_t *string = json_stringn(text.data == NULL ? "" : text.data, text.size);
    if (string != NULL) {
        return string;
    }
    char *clean = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&clean, &size);
    if (stream != NULL) {
        print_clean(stream, text);
        (void)fclose(stream);
        string = json_stringn(clean, size);
        free(clean);
    }
    return string;
}
