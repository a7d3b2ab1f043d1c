/* SPDX-License-Identifier: MIT */
/*
 * Asks libpsl and the engine's own list about every name of standard input, one a line, and prints
 * those on which they differ: suffix_answers suffixes.bin < names. Exit status 1: there are such.
 */
#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wasm_suffixes.h"

static uint8_t list[1 << 20];

static size_t read_list(const char *path) {
    FILE *file = fopen(path, "rb");
    size_t size = file == NULL ? 0 : fread(list, 1, sizeof list, file);
    if (file != NULL) {
        (void)fclose(file);
    }
    return size;
}

/* Every list that ends too early, or has a byte that makes it no list, is refused or harmless. */
static void disturb(size_t size) {
    static const cors_slice names[] = {{"a.co.uk", 7}, {"b.kawasaki.jp", 13}, {"x.y.z", 5}};
    for (size_t i = 0; i < size; i += 131) {
        uint8_t *copy = malloc(size);
        if (copy == NULL) {
            abort();
        }
        memcpy(copy, list, size);
        copy[i] = (uint8_t)(copy[i] ^ 1U << i / 131 % 8);
        if (wasm_suffixes_load(copy, size) == CORS_OK) {
            for (size_t name = 0; name < sizeof names / sizeof names[0]; name++) {
                (void)wasm_is_public_suffix(NULL, names[name]);
            }
        }
        if (wasm_suffixes_load(list, size) != CORS_OK) {
            abort();
        }
        free(copy);
    }
    uint8_t *cut = malloc(size);
    if (cut == NULL) {
        abort();
    }
    for (size_t left = 0; left < size; left += 499) {
        memcpy(cut, list, left);
        if (wasm_suffixes_load(cut, left) == CORS_OK) {
            (void)puts("a list that was cut counts as one");
            exit(1);
        }
    }
    free(cut);
}

int main(int argc, char **argv) {
    static char line[2048];
    int differences = 0;
    if (argc != 2 || !wasm_is_public_suffix(NULL, (cors_slice){"a.example", 9})) {
        (void)puts("without a list every domain is a public suffix");
        return 2;
    }
    size_t size = read_list(argv[1]);
    if (wasm_suffixes_load(list, size) != CORS_OK) {
        (void)puts("the list is refused");
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        bool theirs = psl_is_public_suffix2(psl_builtin(), line, PSL_TYPE_ANY) != 0;
        if (wasm_is_public_suffix(NULL, (cors_slice){line, strlen(line)}) != theirs) {
            (void)printf("%s: libpsl says %s\n", line, theirs ? "yes" : "no");
            differences = 1;
        }
    }
    memset(line, 'a', 1024);
    if (!wasm_is_public_suffix(NULL, (cors_slice){line, 1024})) {
        (void)puts("a name that is too long to ask about is a public suffix");
        return 2;
    }
    disturb(size);
    return differences;
}
