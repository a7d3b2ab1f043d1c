/* SPDX-License-Identifier: MIT */
#include "compiled_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The block's first number, which spells "cors", and its second, a small one: see policy_block.h.
 */
enum { START_SIZE = 8 };

/* Of an environment's name a message repeats as much, so that it stays a sentence. */
enum { NAME_SHOWN_MAX = 32 };

/* A text may begin with "cors" too, but holds no zero byte. */
bool compiled_text_is(cors_slice text) {
    bool marked = text.size >= START_SIZE &&
                  (memcmp(text.data, "cors", 4) == 0 || memcmp(text.data, "sroc", 4) == 0);
    return marked && memchr(text.data + 4, 0, START_SIZE - 4) != NULL;
}

/* Reads what a file begins with, wherever it stands. Returns as pread() does. */
static ssize_t read_start(int descriptor, void *start, size_t size) {
    ssize_t got;
    do {
        got = pread(descriptor, start, size, 0);
    } while (got < 0 && errno == EINTR);
    return got;
}

bool compiled_file_is(int descriptor) {
    char start[START_SIZE];
    ssize_t got = read_start(descriptor, start, sizeof start);
    if (got < 0) {
        return errno != ESPIPE && errno != EISDIR;
    }
    return compiled_text_is((cors_slice){start, (size_t)got});
}

uint64_t compiled_file_size(int descriptor) {
    struct {
        char magic[4];
        uint32_t layout;
        uint64_t size;
    } start;
    const uint32_t native = 0x73726f63; /* "cors", or what is left of it when turned */
    ssize_t got = read_start(descriptor, &start, sizeof start);
    return got == sizeof start && memcmp(start.magic, &native, sizeof native) == 0 ? start.size : 0;
}

/* A name that may hold anything, as a log may have it. */
static void write_harmless(cors_slice name, char *buffer, size_t capacity) {
    size_t size = name.size < capacity - 1 ? name.size : capacity - 1;
    for (size_t i = 0; i < size; i++) {
        bool harmless = name.data[i] >= ' ' && name.data[i] <= '~';
        buffer[i] = (char)(harmless ? name.data[i] : '?');
    }
    buffer[size] = '\0';
}

const char *compiled_file_open(const void *block, size_t size, const char *environment,
                               const cors_policy **policy) {
    static _Thread_local char words[256];
    cors_block_fault fault;
    if (cors_policy_open(block, size, policy, &fault) != CORS_OK) {
        (void)snprintf(words, sizeof words,
                       "it is damaged or of another version (byte %llu: %.*s); compile it again",
                       (unsigned long long)fault.offset, (int)fault.message.size,
                       fault.message.data);
        return words;
    }
    cors_slice made_for = cors_policy_environment(*policy);
    cors_slice selected = {environment, strlen(environment)};
    if (made_for.size != selected.size ||
        memcmp(made_for.data, selected.data, selected.size) != 0) {
        char made_name[NAME_SHOWN_MAX + 1];
        char selected_name[NAME_SHOWN_MAX + 1];
        write_harmless(made_for, made_name, sizeof made_name);
        write_harmless(selected, selected_name, sizeof selected_name);
        (void)snprintf(words, sizeof words,
                       "it was compiled for the environment \"%s\", and \"%s\" is selected;"
                       " compile it for that one",
                       made_name, selected_name);
        *policy = NULL;
        return words;
    }
    return NULL;
}
