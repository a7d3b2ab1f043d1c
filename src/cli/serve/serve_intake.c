/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_intake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What waits at most of each stream: some hundred thousand lines. */
enum { WAITING_MAX = 1 << 25 };

/* What a pipe shall hold, and one read takes. */
enum { PIPE_BYTES = 1 << 20, READ_BYTES = 1 << 16 };

struct stream {
    int pipe; /* -1: at its end */
    char *bytes;
    size_t size;
    size_t capacity;
    uint64_t lost;
    bool skipping; /* until the end of a line of which a part was lost */
};

struct serve_intake {
    pthread_t thread;
    pthread_mutex_t mutex;
    int event;
    struct stream streams[SERVE_STREAM_COUNT];
};

static size_t count_lines(const char *bytes, size_t size) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += bytes[i] == '\n';
    }
    return count;
}

static bool make_room(struct stream *stream, size_t size) {
    size_t needed = stream->size + size;
    if (needed <= stream->capacity) {
        return true;
    }
    size_t capacity = needed * 2;
    char *larger = needed > WAITING_MAX ? NULL : realloc(stream->bytes, capacity);
    if (larger == NULL) {
        return false;
    }
    stream->bytes = larger;
    stream->capacity = capacity;
    return true;
}

/* Adds bytes; where there is no room, whole lines are lost and counted. The mutex is held. */
static void add_bytes(struct stream *stream, const char *bytes, size_t size) {
    if (stream->skipping) {
        const char *end = memchr(bytes, '\n', size);
        size_t skipped = end == NULL ? size : (size_t)(end - bytes) + 1;
        stream->lost += end != NULL;
        stream->skipping = end == NULL;
        bytes += skipped;
        size -= skipped;
    }
    if (make_room(stream, size + 1)) {
        memcpy(stream->bytes + stream->size, bytes, size);
        stream->size += size;
        return;
    }
    stream->lost += count_lines(bytes, size);
    stream->skipping = size > 0 && bytes[size - 1] != '\n';
    /* A line that was begun is cut off, so that the next one does not become its end. */
    if (stream->size > 0 && stream->size < stream->capacity &&
        stream->bytes[stream->size - 1] != '\n') {
        stream->bytes[stream->size++] = '\n';
    }
}

static void empty_pipe(struct serve_intake *intake, struct stream *stream, char *buffer) {
    ssize_t size = read(stream->pipe, buffer, READ_BYTES);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    if (size <= 0) {
        (void)close(stream->pipe);
        stream->pipe = -1;
        return;
    }
    (void)pthread_mutex_lock(&intake->mutex);
    add_bytes(stream, buffer, (size_t)size);
    (void)pthread_mutex_unlock(&intake->mutex);
    (void)eventfd_write(intake->event, 1);
}

static void *empty_pipes(void *context) {
    struct serve_intake *intake = context;
    static char buffer[READ_BYTES]; /* there is one such thread */
    struct stream *streams = intake->streams;
    while (streams[0].pipe >= 0 || streams[1].pipe >= 0) {
        struct pollfd events[SERVE_STREAM_COUNT];
        for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
            events[i] = (struct pollfd){.fd = streams[i].pipe, .events = POLLIN};
        }
        if (poll(events, SERVE_STREAM_COUNT, -1) < 0) {
            continue;
        }
        for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
            if (events[i].revents != 0) {
                empty_pipe(intake, &streams[i], buffer);
            }
        }
    }
    return NULL;
}

struct serve_intake *serve_intake_start(const int pipes[SERVE_STREAM_COUNT]) {
    struct serve_intake *intake = calloc(1, sizeof *intake);
    if (intake == NULL) {
        return NULL;
    }
    (void)pthread_mutex_init(&intake->mutex, NULL);
    intake->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        intake->streams[i].pipe = pipes[i];
        (void)fcntl(pipes[i], F_SETPIPE_SZ, PIPE_BYTES); /* it works with less, too */
    }
    int fault =
        intake->event < 0 ? errno : pthread_create(&intake->thread, NULL, empty_pipes, intake);
    if (fault != 0) {
        serve_intake_destroy(intake);
        errno = fault;
        return NULL;
    }
    return intake;
}

int serve_intake_event(const struct serve_intake *intake) {
    return intake->event;
}

/* The announcement goes before anything is taken: what comes after it is announced anew. */
void serve_intake_take(struct serve_intake *intake, struct serve_lines lines[SERVE_STREAM_COUNT]) {
    eventfd_t ignored;
    (void)eventfd_read(intake->event, &ignored);
    (void)pthread_mutex_lock(&intake->mutex);
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        struct stream *stream = &intake->streams[i];
        lines[i] = (struct serve_lines){stream->bytes, stream->size, stream->lost};
        stream->bytes = NULL;
        stream->size = 0;
        stream->capacity = 0;
        stream->lost = 0;
    }
    (void)pthread_mutex_unlock(&intake->mutex);
}

void serve_intake_wait(struct serve_intake *intake) {
    (void)pthread_join(intake->thread, NULL);
}

void serve_intake_destroy(struct serve_intake *intake) {
    if (intake == NULL) {
        return;
    }
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        free(intake->streams[i].bytes);
        if (intake->streams[i].pipe >= 0) {
            (void)close(intake->streams[i].pipe);
        }
    }
    if (intake->event >= 0) {
        (void)close(intake->event);
    }
    (void)pthread_mutex_destroy(&intake->mutex);
    free(intake);
}
