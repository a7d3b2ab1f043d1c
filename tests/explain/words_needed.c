/* SPDX-License-Identifier: MIT */
/*
 * How much of a console message it takes to tell its cause. The input is messages, each ended by a
 * NUL; a line of output is the size of the shortest beginning that means what the whole does.
 */
#include <cors/browser.h>
#include <stdio.h>
#include <stdlib.h>

static size_t needed(cors_slice message) {
    cors_explanation whole;
    cors_explanation cut;
    if (!cors_explain(message, &whole)) {
        return 0;
    }
    for (size_t size = 1; size < message.size; size++) {
        if (cors_explain((cors_slice){message.data, size}, &cut) && cut.code == whole.code) {
            return size;
        }
    }
    return message.size;
}

int main(void) {
    char *message = NULL;
    size_t room = 0;
    ssize_t size;
    while ((size = getdelim(&message, &room, '\0', stdin)) > 0) {
        printf("%zu\n", needed((cors_slice){message, (size_t)size - 1}));
    }
    free(message);
    return 0;
}
