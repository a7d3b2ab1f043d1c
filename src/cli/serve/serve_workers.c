/* SPDX-License-Identifier: MIT */
#include "serve_workers.h"

#include <stdio.h>

#include "serve_output.h"

/* How long a start is put off at first, and at most where one after the other fails. */
enum { WAIT_MILLISECONDS = 1000, WAIT_MILLISECONDS_MAX = 5 * 60 * 1000 };

/* A worker that is lacking so soon after nginx was told is so in spite of that. */
enum { FAILED_MILLISECONDS = 10 * 1000 };

static int64_t wait_before_next(const struct serve_workers *workers, int64_t now) {
    bool failed = workers->told_at != 0 && now - workers->told_at < FAILED_MILLISECONDS;
    int64_t twice = 2 * workers->wait;
    if (!failed) {
        return WAIT_MILLISECONDS;
    }
    return twice < WAIT_MILLISECONDS_MAX ? twice : WAIT_MILLISECONDS_MAX;
}

void serve_workers_lack(struct serve_workers *workers, int64_t now) {
    if (workers->look_at != 0) {
        return;
    }
    workers->wait = wait_before_next(workers, now);
    workers->anew_at = now + workers->wait;
    workers->look_at = now + WAIT_MILLISECONDS;
    serve_say("nginx lacks a worker: in %d s, or sooner if it has none left, it is told to start "
              "all of them anew",
              (int)(workers->wait / 1000));
}

/* Whether a worker is left; also where the kernel does not tell. */
static bool is_any_left(pid_t master) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)master, (int)master);
    FILE *children = fopen(path, "re");
    if (children == NULL) {
        return true;
    }
    bool any = fgetc(children) != EOF;
    (void)fclose(children);
    return any;
}

bool serve_workers_are_due(struct serve_workers *workers, pid_t master, int64_t now) {
    if (workers->look_at == 0 || now < workers->look_at) {
        return false;
    }
    if (now < workers->anew_at && is_any_left(master)) {
        workers->look_at = now + WAIT_MILLISECONDS;
        return false;
    }
    workers->look_at = 0;
    workers->told_at = now;
    return true;
}

void serve_workers_forget(struct serve_workers *workers) {
    workers->look_at = 0;
}
