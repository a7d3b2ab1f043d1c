/* SPDX-License-Identifier: MIT */
/* Prints which bytes of a host name each browser sends: a line for each, as "0x5f standard ...". */
#include "audit_characters.h"

#include <stdio.h>

#define BROWSER_NAME(name, number, text) {CORS_BROWSER_##name, text},

static const struct {
    cors_browser browser;
    const char *name;
} browsers[] = {CORS_BROWSERS(BROWSER_NAME)};

int main(void) {
    for (int byte = 0; byte <= UINT8_MAX; byte++) {
        printf("0x%02x", (unsigned)byte);
        for (size_t i = 0; i < sizeof browsers / sizeof browsers[0]; i++) {
            if (audit_character_is_sent((char)byte, browsers[i].browser)) {
                printf(" %s", browsers[i].name);
            }
        }
        putchar('\n');
    }
    return ferror(stdout) != 0 || fflush(stdout) != 0;
}
