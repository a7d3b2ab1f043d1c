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
        snprintf(text, sizeof text, "cors serve: %llu lines left out, the terminal is too slow\n",
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
    (void)clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += END_SECONDS;
    if (!output.running) {
        return;
    }
    (void)pthread_mutex_lock(&output.mutex);
    int fault = 0;
    while (fault == 0 && (output.writing || output.first != NULL || output.left_out > 0)) {
        fault = pthread_cond_timedwait(&output.emptied, &output.mutex, &deadline);
    }
    output.running = false;
    (void)pthread_mutex_unlock(&output.mutex);
}

/* Puts a piece into the queue, or counts it as left out. */
static void enqueue(int descriptor, const char *text, size_t size) {
    struct piece *piece = malloc(sizeof *piece + size);
    (void)pthread_mutex_lock(&output.mutex);
    if (piece == NULL || output.waiting + size > WAITING_MAX) {
        free(piece);
        output.left_out++;
    } else {
        *piece = (struct piece){.descriptor = descriptor, .size = size};
        memcpy(piece->text, text, size);
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
}

void serve_output_write(FILE *stream, const char *text, size_t size) {
    if (output.running) {
        enqueue(fileno(stream), text, size);
    } else {
        write_all(fileno(stream), text, size);
    }
}

/*
 * Names of files and the like come from outside: of all that a message holds, only its end is a
 * control character.
 */
void serve_say_list(const char *format, va_list arguments) {
    char *words = NULL;
    char *line = NULL;
    size_t size = 0;
    int length = vasprintf(&words, format, arguments);
    if (length < 0) {
        return;
    }
    FILE *stream = open_memstream(&line, &size);
    if (stream != NULL) {
        (void)fputs("cors serve: ", stream);
        print_clean(stream, (cors_slice){words, (size_t)length});
        (void)fputc('\n', stream);
        if (fclose(stream) == 0) {
            serve_output_write(stderr, line, size);
        }
        free(line);
    }
    free(words);
}

void serve_say(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    serve_say_list(format, arguments);
    va_end(arguments);
}
