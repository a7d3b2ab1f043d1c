/* SPDX-License-Identifier: MIT */
/* What nginx writes is announced, whenever it comes: no line waits for the next one. */
#define _GNU_SOURCE
#include "serve_intake.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Enough for the two lines to arrive in every order about the reader's steps. */
enum { ROUNDS = 50000, PAUSES = 4000 };

/* A lost announcement shows as this wait coming to its end. */
enum { PATIENCE_MILLISECONDS = 10000 };

static size_t take_all(struct serve_intake *intake) {
    struct serve_lines lines[SERVE_STREAM_COUNT];
    size_t taken = 0;
    serve_intake_take(intake, lines);
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        taken += lines[i].size;
        free(lines[i].bytes);
    }
    return taken;
}

/* In a thread of its own, where cmocka can assert nothing. */
static void write_line(int output) {
    if (write(output, "\n", 1) != 1) {
        abort();
    }
}

/* Writes a line to the one stream and, a little later each round, a line to the other. */
static void write_two_lines(const int *outputs, size_t round) {
    write_line(outputs[round % SERVE_STREAM_COUNT]);
    for (volatile size_t i = 0; i < round % PAUSES; i++) {
    }
    write_line(outputs[(round + 1) % SERVE_STREAM_COUNT]);
}

struct writer {
    int outputs[SERVE_STREAM_COUNT];
    atomic_size_t taken; /* lines that the reader has */
};

static void *write_lines(void *context) {
    struct writer *writer = context;
    for (size_t round = 0; round < ROUNDS; round++) {
        write_two_lines(writer->outputs, round);
        while (atomic_load(&writer->taken) < (round + 1) * SERVE_STREAM_COUNT) {
            (void)sched_yield();
        }
    }
    return NULL;
}

static void each_line_is_announced(void **state) {
    static struct writer writer; /* the thread may outlive a failed assertion */
    int inputs[SERVE_STREAM_COUNT];
    pthread_t thread;
    (void)state;
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        inputs[i] = ends[0];
        writer.outputs[i] = ends[1];
    }
    struct serve_intake *intake = serve_intake_start(inputs);
    assert_non_null(intake);
    assert_int_equal(pthread_create(&thread, NULL, write_lines, &writer), 0);
    while (atomic_load(&writer.taken) < (size_t)ROUNDS * SERVE_STREAM_COUNT) {
        struct pollfd event = {.fd = serve_intake_event(intake), .events = POLLIN};
        assert_int_equal(poll(&event, 1, PATIENCE_MILLISECONDS), 1);
        atomic_fetch_add(&writer.taken, take_all(intake));
    }
    (void)pthread_join(thread, NULL);
    for (size_t i = 0; i < SERVE_STREAM_COUNT; i++) {
        (void)close(writer.outputs[i]);
    }
    serve_intake_wait(intake);
    serve_intake_destroy(intake);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_line_is_announced)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
