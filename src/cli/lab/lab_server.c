/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "lab_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

#include "lab_request.h"
#include "lab_routes.h"

enum {
    CONNECTIONS_MAX = 256,
    IDLE_SECONDS = 30,
    CONNECTION_MEMORY = 256 * 1024, /* for the heads of a request and of its answer */
    STRICTNESS = 1,                 /* no malformed request is guessed at */
};

struct lab_server {
    struct MHD_Daemon *daemons[LAB_SOCKETS_MAX]; /* one for each socket */
    int listening[LAB_SOCKETS_MAX];              /* those sockets; closed with the daemons */
    size_t count;
};

/* The first that is heard of a request. */
static void *see_target(void *context, const char *target, struct MHD_Connection *connection) {
    (void)context;
    (void)connection;
    return lab_request_create(target);
}

static void forget_request(void *context, struct MHD_Connection *connection, void **request,
                           enum MHD_RequestTerminationCode why) {
    (void)context;
    (void)connection;
    (void)why;
    lab_request_destroy(*request);
    *request = NULL;
}

/* libmicrohttpd calls this with the head alone, with each piece of the body, and at the end. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **kept) {
    const struct lab *lab = context;
    struct lab_request *request = *kept;
    (void)path; /* decoded and without its query: of no use here */
    (void)version;
    if (request == NULL) {
        return MHD_NO;
    }
    if (!request->begun) {
        bool refused;
        request->begun = true;
        request->connection = connection;
        request->method = method;
        return lab_routes_begin(request, &refused);
    }
    if (*size > 0) {
        bool fits = lab_request_append(request, data, *size);
        *size = 0;
        return fits ? MHD_YES : MHD_NO;
    }
    return lab_routes_answer(lab, request);
}

static struct MHD_Daemon *start_daemon(const struct lab *lab, int listening) {
    /*
     * By select(): libmicrohttpd's epoll misses the end of a connection that comes together with
     * its last bytes.
     */
    enum { FLAGS = MHD_USE_SUPPRESS_DATE_NO_CLOCK };
    /* The socket listens already; the port is not looked at. */
    return MHD_start_daemon(FLAGS, lab->port, NULL, NULL, handle, (void *)(uintptr_t)lab,
                            MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                            (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
                            (int)STRICTNESS, MHD_OPTION_URI_LOG_CALLBACK, see_target, NULL,
                            MHD_OPTION_NOTIFY_COMPLETED, forget_request, NULL, MHD_OPTION_END);
}

struct lab_server *lab_server_start(const struct lab *lab, const struct lab_sockets *sockets) {
    struct lab_server *server = calloc(1, sizeof *server);
    for (size_t i = 0; i < sockets->count; i++) {
        struct MHD_Daemon *daemon =
            server == NULL ? NULL : start_daemon(lab, sockets->descriptors[i]);
        if (daemon != NULL) {
            server->listening[server->count] = sockets->descriptors[i];
            server->daemons[server->count++] = daemon;
        } else {
            (void)close(sockets->descriptors[i]);
        }
    }
    if (server == NULL || server->count < sockets->count) {
        lab_say("cannot start the server: %s", strerror(errno));
        lab_server_stop(server);
        return NULL;
    }
    return server;
}

/* What to wait for. */
struct wait {
    fd_set readable;
    fd_set writable;
    fd_set broken;
    int highest;
    bool limited;
    struct timeval patience; /* where it is limited */
};

/* How long nothing has to be done if nothing comes. */
static void limit(struct wait *wait, MHD_UNSIGNED_LONG_LONG milliseconds) {
    struct timeval patience = {.tv_sec = (time_t)(milliseconds / 1000),
                               .tv_usec = (suseconds_t)(milliseconds % 1000 * 1000)};
    if (!wait->limited || timercmp(&patience, &wait->patience, <)) {
        wait->patience = patience;
    }
    wait->limited = true;
}

/*
 * Whether further connections have to wait until others end. libmicrohttpd itself would take them
 * and close them at once.
 */
static bool is_full(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info->num_connections >= CONNECTIONS_MAX;
}

/* Returns false where there are too many descriptors for select(). */
static bool prepare(const struct lab_server *server, int until, struct wait *wait) {
    *wait = (struct wait){.highest = until};
    FD_SET(until, &wait->readable);
    for (size_t i = 0; i < server->count; i++) {
        MHD_UNSIGNED_LONG_LONG timeout;
        if (MHD_get_fdset(server->daemons[i], &wait->readable, &wait->writable, &wait->broken,
                          &wait->highest) != MHD_YES) {
            return false;
        }
        if (is_full(server->daemons[i])) {
            FD_CLR(server->listening[i], &wait->readable);
        }
        if (MHD_get_timeout(server->daemons[i], &timeout) == MHD_YES) {
            limit(wait, timeout);
        }
    }
    return true;
}

bool lab_server_run(struct lab_server *server, int until) {
    for (;;) {
        struct wait wait;
        if (!prepare(server, until, &wait)) {
            lab_say("cannot wait for requests: too many files are open");
            return false;
        }
        if (select(wait.highest + 1, &wait.readable, &wait.writable, &wait.broken,
                   wait.limited ? &wait.patience : NULL) < 0) {
            if (errno == EINTR) {
                continue; /* stopped by the terminal, and woken up */
            }
            lab_say("cannot wait for requests: %s", strerror(errno));
            return false;
        }
        if (FD_ISSET(until, &wait.readable)) {
            return true;
        }
        for (size_t i = 0; i < server->count; i++) {
            (void)MHD_run_from_select(server->daemons[i], &wait.readable, &wait.writable,
                                      &wait.broken);
        }
    }
}

void lab_server_stop(struct lab_server *server) {
    if (server == NULL) {
        return;
    }
    for (size_t i = 0; i < server->count; i++) {
        MHD_stop_daemon(server->daemons[i]);
    }
    free(server);
}
