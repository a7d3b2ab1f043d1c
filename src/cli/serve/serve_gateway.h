/* SPDX-License-Identifier: MIT */
/* A gateway as it runs: nginx, its log, the policy that is in force, signals. */
#ifndef CORS_SERVE_GATEWAY_H
#define CORS_SERVE_GATEWAY_H

#include <cors/policy.h>

#include "serve_folder.h"
#include "serve_intake.h"
#include "serve_near.h"
#include "serve_options.h"
#include "serve_process.h"
#include "serve_watch.h"
#include "serve_workers.h"

enum gateway_state { GATEWAY_STARTING, GATEWAY_RUNNING, GATEWAY_ENDING };

/* What came of a line whose end has not come yet. */
struct serve_begun_line {
    char *bytes;
    size_t size;
};

struct serve_gateway {
    struct serve_options *options;
    enum gateway_state state;
    int64_t kill_at; /* when an nginx that does not end is ended; in milliseconds */

    const cors_policy *policy;    /* the newest that was taken */
    bool awaited;                 /* it is not in force in all workers yet */
    bool renew_when_started;      /* someone asked for it while nginx was starting */
    int64_t reload_at;            /* when nginx reads its configuration at the latest; 0: never */
    int64_t start_until;          /* nginx is given up where it does not serve by then */
    struct serve_workers workers; /* those that nginx lacks */
    struct serve_near *near;
    struct serve_watch watch;

    struct serve_folder folder;
    struct serve_process nginx;
    pid_t group;      /* of nginx and its workers */
    int nginx_status; /* as wait(2) gave it */

    int signals;       /* a signalfd */
    bool has_terminal; /* it was started from one, and ends when that is closed */
    struct serve_intake *intake;
    struct serve_begun_line begun[SERVE_STREAM_COUNT];
};

/* Whether this process has a terminal that it belongs to. */
bool serve_terminal_is_there(void);

/* Serves until a signal or a failure ends it. Returns the exit code. */
int serve_gateway_run(struct serve_gateway *gateway);

#endif
