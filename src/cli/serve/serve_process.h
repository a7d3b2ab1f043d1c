/* SPDX-License-Identifier: MIT */
/* The nginx that a gateway runs: found, started, ended, together with all its workers. */
#ifndef CORS_SERVE_PROCESS_H
#define CORS_SERVE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "serve_intake.h"
#include "serve_options.h"

struct serve_process {
    pid_t pid; /* of the master, and the group that its workers are in; 0: none runs */
    int pipes[SERVE_STREAM_COUNT]; /* what nginx writes, to be read */
};

/*
 * The path of the nginx program: $CORS_NGINX, or in PATH, or in /usr/sbin. Says what is wrong and
 * returns NULL where there is none. To be freed.
 */
char *serve_nginx_find(void);

/* The path of the nginx module, likewise: $CORS_NGINX_MODULE, beside this command, or installed. */
char *serve_module_find(void);

/*
 * Listens on the address in `options`, and stores the port there if any free one was asked for.
 * nginx inherits the socket, so that nothing can come between. Says what is wrong and returns -1
 * on failure.
 */
int serve_listen(struct serve_options *options);

/*
 * Starts nginx, which gets SIGTERM when this thread ends, however it ends. Says what is wrong and
 * returns false on failure.
 *
 * prefix     the folder that has its configuration, as nginx gets to it.
 * inherited  the descriptors that it keeps: first the socket that it listens on, which is closed
 *            here, then any others; -1 among them is none.
 */
bool serve_process_start(struct serve_process *process, const char *nginx, const char *prefix,
                         const int *inherited, size_t inherited_count);

/* Sends a signal to the master. */
void serve_process_signal(const struct serve_process *process, int number);

/* Reaps what ended. If the master did, `status` is its wait status, and `pid` is then 0. */
void serve_process_reap(struct serve_process *process, int *status);

/* Ends what is left of nginx at once: the master, if it runs, and all workers. */
void serve_process_kill(struct serve_process *process, pid_t group);

#endif
