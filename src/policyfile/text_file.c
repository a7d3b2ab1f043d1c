/* SPDX-License-Identifier: MIT */
#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A pipe is read in pieces that start with as many bytes and double. */
enum { FIRST_PIECE = 65536 };

static bool grow(struct text_file *file, size_t *capacity) {
    size_t larger = *capacity * 2;
    char *data = realloc(file->data, larger);
    if (data != NULL) {
        file->data = data;
        *capacity = larger;
    }
    return data != NULL;
}

static const char *read_all(int descriptor, size_t expected, size_t limit, struct text_file *file) {
    /* One byte more than expected, so that the end of the file is seen without growing. */
    size_t capacity = expected < limit ? expected + 1 : limit + 1;
    capacity = capacity < FIRST_PIECE ? FIRST_PIECE : capacity;
    file->data = malloc(capacity);
    if (file->data == NULL) {
        return strerror(errno);
    }
    for (;;) {
        if (file->size == capacity && !grow(file, &capacity)) {
            return strerror(errno);
        }
        ssize_t got = read(descriptor, file->data + file->size, capacity - file->size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return strerror(errno);
        }
        if (got == 0) {
            return NULL;
        }
        file->size += (size_t)got;
        if (file->size > limit) {
            return "it is larger than such a file may be";
        }
    }
}

static const char *check_kind(const struct stat *status, enum text_file_kind kind, size_t limit) {
    if (S_ISDIR(status->st_mode)) {
        return "it is a directory";
    }
    if (kind == TEXT_FILE_REGULAR && !S_ISREG(status->st_mode)) {
        return "it is not a regular file";
    }
    if (S_ISREG(status->st_mode) && (uintmax_t)status->st_size > limit) {
        return "it is larger than such a file may be";
    }
    return NULL;
}

static const char *read_open(int descriptor, enum text_file_kind kind, size_t limit,
                             struct text_file *file) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return strerror(errno);
    }
    const char *fault = check_kind(&status, kind, limit);
    size_t expected = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0;
    return fault != NULL ? fault : read_all(descriptor, expected, limit, file);
}

const char *text_file_read(const char *path, enum text_file_kind kind, size_t limit,
                           struct text_file *file) {
    *file = (struct text_file){NULL, 0};
    /* Opening a pipe without a writer would wait for one, where only files are wanted. */
    int flags = O_RDONLY | O_CLOEXEC | (kind == TEXT_FILE_REGULAR ? O_NONBLOCK : 0);
    int descriptor = open(path, flags);
    if (descriptor < 0) {
        return strerror(errno);
    }
    errno = 0;
    const char *fault = read_open(descriptor, kind, limit, file);
    int failure = errno;
    close(descriptor);
    if (fault != NULL) {
        free(file->data);
        *file = (struct text_file){NULL, 0};
    }
    errno = failure;
    return fault;
}

cors_slice text_without_mark(cors_slice text) {
    bool marked = text.size >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0;
    return marked ? (cors_slice){text.data + 3, text.size - 3} : text;
}

cors_slice text_file_content(const struct text_file *file) {
    return text_without_mark((cors_slice){file->data, file->size});
}
