/* SPDX-License-Identifier: MIT */
/*
 * Workers that nginx lacks. It starts them when it reads its configuration again, and only all of
 * them anew: those that still serve are ended, whether the others could be started or not. Where
 * processes are short for long, that must not be often.
 */
#ifndef CORS_SERVE_WORKERS_H
#define CORS_SERVE_WORKERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* All times are in milliseconds. */
struct serve_workers {
    int64_t look_at; /* when there is something to do; 0: nginx lacks none */
    int64_t anew_at; /* when it is told to start them anew, if any is left until then */
    int64_t told_at; /* when it was told last; 0: never */
    int64_t wait;    /* how long that had been put off */
};

/* To be called when nginx says that it lacks one. Says what comes of it. */
void serve_workers_lack(struct serve_workers *workers, int64_t now);

/* Whether nginx, whose master is given, is to be told now. */
bool serve_workers_are_due(struct serve_workers *workers, pid_t master, int64_t now);

/* To be called when nginx starts them anew for another reason, or is to end. */
void serve_workers_forget(struct serve_workers *workers);

#endif
