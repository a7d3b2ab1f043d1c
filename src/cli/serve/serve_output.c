/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_output.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

/* What waits at most: some thousand lines. */
enum { WAITING_MAX = 1 << 20 };

/* How long the end waits for a slow terminal. */
enum { END_SECONDS = 1 };

/* A piece of text that waits; its bytes follow in the same memory. */
struct piece {
    struct piece *next;
    int descriptor;
    size_t size;
    char text[];
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t arrived;
    pthread_cond_t emptied;
    struct piece *first;
    struct piece *last;
    size_t waiting; /* bytes */
    uint64_t left_out;
    bool writing; /* the thread holds a piece */
    bool running;
    pthread_t thread;
} output = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .arrived = PTHREAD_COND_INITIALIZER,
    .emptied = PTHREAD_COND_INITIALIZER,
};

/* A reader that went away is no reason to end a gateway: what it would have got is dropped. */
static void write_all(int descriptor, const char *text, size_t size) {
    while (size > 0) {
        ssize_t written = write(descriptor, text, size);
        if (written < 0 && errno != EINTR) {
            return;
        }
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
}

/* Takes the first piece off the queue, or NULL. The mutex is held. */
static struct piece *take_piece(void) {
    struct piece *piece = output.first;
    if (piece != NULL) {
        output.first = piece->next;
        output.last = output.first == NULL ? NULL : output.last;
        output.waiting -= piece->size;
    }
    return piece;
}

static void say_left_out(uint64_t count) {
    char text[128];
    int size =
        snprintf(text, sizeof text,
                 "cors serve: %llu lines left out, the terminal is too slow or memory is short\n",
                 (unsigned long long)count);
    write_all(STDERR_FILENO, text, (size_t)size);
}

static void *write_pieces(void *unused) {
    (void)unused;
    (void)pthread_mutex_lock(&output.mutex);
    for (;;) {
        struct piece *piece = take_piece();
        uint64_t left_out = piece == NULL ? output.left_out : 0;
        if (piece == NULL && left_out == 0) {
            output.writing = false;
            (void)pthread_cond_signal(&output.emptied);
            (void)pthread_cond_wait(&output.arrived, &output.mutex);
            continue;
        }
        output.writing = true;
        output.left_out -= left_out;
        (void)pthread_mutex_unlock(&output.mutex);
        if (piece != NULL) {
            write_all(piece->descriptor, piece->text, piece->size);
            free(piece);
        } else {
            say_left_out(left_out);
        }
        (void)pthread_mutex_lock(&output.mutex);
    }
    return NULL;
}

bool serve_output_start(void) {
    int fault = pthread_create(&output.thread, NULL, write_pieces, NULL);
    errno = fault;
    output.running = fault == 0;
    return output.running;
}

void serve_output_stop(void) {
    struct timespec deadline;
    /* Not the wall clock: where that is set back the end would wait for as long. */
    (void)clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += END_SECONDS;
    if (!output.running) {
        return;
    }
    (void)pthread_mutex_lock(&output.mutex);
    int fault = 0;
    while (fault == 0 && (output.writing || output.first != NULL || output.left_out > 0)) {
        fault = pthread_cond_clockwait(&output.emptied, &output.mutex, CLOCK_MONOTONIC, &deadline);
    }
    output.running = false;
    (void)pthread_mutex_unlock(&output.mutex);
}

/* Puts a piece into the queue, or counts it as left out. Returns false where memory failed. */
static bool enqueue(int descriptor, const char *text, size_t size) {
    struct piece *piece = malloc(sizeof *piece + size);
    if (piece == NULL) {
        return false;
    }
    *piece = (struct piece){.descriptor = descriptor, .size = size};
    memcpy(piece->text, text, size);
    (void)pthread_mutex_lock(&output.mutex);
    if (output.waiting + size > WAITING_MAX) {
        free(piece);
        output.left_out++;
    } else {
        if (output.last == NULL) {
            output.first = piece;
        } else {
            output.last->next = piece;
        }
        output.last = piece;
        output.waiting += size;
        (void)pthread_cond_signal(&output.arrived);
    }
    (void)pthread_mutex_unlock(&output.mutex);
    return true;
}

/* Queued, or written at once while there is no thread. Returns false where memory failed. */
static bool print_text(FILE *stream, const char *text, size_t size) {
    if (output.running) {
        return enqueue(fileno(stream), text, size);
    }
    write_all(fileno(stream), text, size);
    return true;
}

void serve_output_write(FILE *stream, const char *text, size_t size) {
    if (!print_text(stream, text, size)) {
        (void)pthread_mutex_lock(&output.mutex);
        output.left_out++;
        (void)pthread_cond_signal(&output.arrived);
        (void)pthread_mutex_unlock(&output.mutex);
    }
}

/*
 * The line of a message, of malloc, or NULL where memory failed. Names of files and the like come
 * from outside: of all that a message holds, only its end is a control character.
 */
static char *write_line(const char *format, va_list arguments, size_t *size) {
    char *words = NULL;
    char *line = NULL;
    int length = vasprintf(&words, format, arguments);
    if (length < 0) {
        return NULL;
    }
    FILE *stream = open_memstream(&line, size);
    bool whole = false;
    if (stream != NULL) {
        (void)fputs("cors serve: ", stream);
        print_clean(stream, (cors_slice){words, (size_t)length});
        (void)fputc('\n', stream);
        whole = ferror(stream) == 0;
        whole = fclose(stream) == 0 && whole;
    }
    free(words);
    if (!whole) {
        free(line);
        line = NULL;
    }
    return line;
}

/*
 * Without memory a message is said too, since it says most likely that memory is out: at once, cut
 * at some length, and in plain ASCII.
 */
static void say_without_memory(const char *format, va_list arguments) {
    char line[512] = "cors serve: ";
    size_t start = strlen(line);
    (void)vsnprintf(line + start, sizeof line - start - 1, format, arguments);
    size_t size = strlen(line);
    for (size_t i = start; i < size; i++) {
        bool plain = line[i] >= ' ' && line[i] <= '~';
        line[i] = (char)(plain ? line[i] : '?');
    }
    line[size] = '\n';
    write_all(STDERR_FILENO, line, size + 1);
}

void serve_say_list(const char *format, va_list arguments) {
    size_t size = 0;
    va_list again;
    va_copy(again, arguments);
    char *line = write_line(format, arguments, &size);
    if (line == NULL || !print_text(stderr, line, size)) {
        say_without_memory(format, again);
    }
    free(line);
    va_end(again);
}

void serve_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    serve_say_list(format, arguments);
    va_end(arguments);
}
